"""Ages as keys of stats: how many days a time lies back when somebody asks, in the bands that were declared."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import pytest
import strawberry
from graphql import GraphQLObjectType

from fund_api.core import clock
from fund_api.core.access import PUBLIC, Viewer
from fund_api.core.database import Database
from fund_api.graph import declare
from fund_api.graph.catalogue import Catalogue
from fund_api.graph.types import Connection, Node, Stats
from tests.graph.shelf_tables import EditionTable, LoanTable, edition, fill, id_of, moment
from tests.graph.shelves import asking

NOW = moment(20)
BIT = timedelta(microseconds=1)
KEEPER = Viewer(None, frozenset({"fund:end:read"}))


@declare.entity(EditionTable, order=("title",), row_key="edition_id")
class Edition(Node):
    """A book as it is for a while."""

    title: str = declare.column("Its title.", order=True)
    kind: str = declare.column("What kind of book it is.")
    copies: int = declare.column("How many there are.")
    shown_from: datetime | None = declare.column("Since when it is shown.")
    shown_until: datetime | None = declare.column("Until when.", permission="fund:end:read")


@declare.entity(LoanTable, order=("days",))
class Loan(Node):
    """A book that is out."""

    days: int | None = declare.column("For how many days.")
    book: Edition | None = declare.to_one("Which one.", own="book_id")


@strawberry.type
class Query:
    editions: Connection[Edition] = declare.listing("All editions.")
    loans: Connection[Loan] = declare.listing("All loans.")
    edition_stats: Stats = declare.stats(
        "Figures about editions.",
        Edition,
        keys=("kind", "shown_from"),
        measures=("copies",),
        ages={"shown_from": (14, 30, 90), "shown_until": (1,)},
    )
    loan_stats: Stats = declare.stats("Figures about loans.", Loan, keys=(), ages={"book.shown_from": (7,)})


CATALOGUE = Catalogue(strawberry.Schema(Query))
Group = tuple[Any, ...]


@pytest.fixture(autouse=True)
def at_noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)


def made(ages: Iterable[timedelta | None], kind: str = "NOVEL", **values: Any) -> list[tuple[Any, Any]]:
    """An edition of each age: novel 0, novel 1, and so on. Any: columns of its table."""
    since = [None if age is None else NOW - age for age in ages]
    names = [f"{kind.lower()} {i}" for i in range(len(since))]
    return [
        edition(name, name, None, kind=kind, shown_from=time, **values) for name, time in zip(names, since, strict=True)
    ]


async def ages(database: Database, selection: str = "count", arguments: str = "") -> list[Group]:
    """The values of each group by the age since it is shown."""
    async with asking(database, catalogue=CATALOGUE) as ask:
        document = f"{{ editionStats(groupBy: [SHOWN_FROM_AGE] {arguments}) {{ groups {{ key {{ shownFromAge }} "
        found = (await ask(f"{document} {selection} }} }} }}"))["editionStats"]["groups"]
    return [(group.pop("key")["shownFromAge"], *group.values()) for group in found]


@pytest.mark.parametrize(
    ("age", "band"),
    [
        (None, None),
        (timedelta(days=-400), 0),
        (-BIT, 0),
        (timedelta(0), 0),
        (timedelta(days=14) - BIT, 0),
        (timedelta(days=14), 14),
        (timedelta(days=30) - BIT, 14),
        (timedelta(days=30), 30),
        (timedelta(days=90) - BIT, 30),
        (timedelta(days=90), 90),
        (timedelta(days=90) + BIT, 90),
        (timedelta(days=3_000), 90),
    ],
)
async def test_a_band_begins_at_its_day_to_the_microsecond(
    empty: Database, age: timedelta | None, band: int | None
) -> None:
    await fill(empty, *made([age]))

    assert await ages(empty) == [(band, 1)]


async def test_the_age_follows_the_clock_while_the_plan_is_kept(
    empty: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await fill(empty, *made([timedelta(0)]))
    document = "{ editionStats(groupBy: SHOWN_FROM_AGE) { groups { key { shownFromAge } } } }"
    found = []

    async with asking(empty, catalogue=CATALOGUE) as ask:
        for day in (-1, 0, 13, 14, 31, 365):
            monkeypatch.setattr(clock, "now", lambda day=day: NOW + timedelta(days=day))
            [group] = (await ask(document))["editionStats"]["groups"]
            found.append(group["key"]["shownFromAge"])
        assert len(ask.engine.plans) == 1

    assert found == [0, 0, 0, 14, 30, 90]


async def test_groups_are_ordered_and_kept_by_it_as_by_other_keys(empty: Database) -> None:
    days = [1, 2, 3, 20, 25, 40, None, None, 100, 200, 300, 400]
    rows = made([None if day is None else timedelta(days=day) for day in days], copies=2)
    await fill(empty, *rows, *made([timedelta(days=50)], kind="DIARY", copies=5))

    selection = "count copies { sum }"
    assert await ages(empty, selection) == [
        (0, 3, {"sum": 6}),
        (14, 2, {"sum": 4}),
        (30, 2, {"sum": 7}),
        (90, 4, {"sum": 8}),
        (None, 2, {"sum": 4}),
    ]
    first = ", orderBy: {field: SHOWN_FROM_AGE, direction: DESC, nulls: FIRST}"
    assert [group[0] for group in await ages(empty, arguments=first)] == [None, 90, 30, 14, 0]
    assert await ages(empty, arguments=", having: {count: {gte: 3}}") == [(0, 3), (90, 4)]
    assert await ages(empty, arguments=", orderBy: {field: COPIES_SUM, direction: DESC}, first: 2") == [
        (90, 4),
        (30, 2),
    ]

    async with asking(empty, catalogue=CATALOGUE) as ask:
        document = """{ editionStats(groupBy: [KIND, SHOWN_FROM_AGE, SHOWN_FROM_YEAR], filter: {copies: {gte: 5}}) {
          totalCount groups { key { kind shownFromAge shownFromYear } count } } }"""
        found = (await ask(document))["editionStats"]
        refused = await ask.refusal("{ editionStats { groups { key { shownFromAge } } } }")
    key = {"kind": "DIARY", "shownFromAge": 30, "shownFromYear": 2026}
    assert found == {"totalCount": 1, "groups": [{"key": key, "count": 1}]}
    assert refused == "shownFromAge is no key of these groups; name it in groupBy."


async def test_the_age_of_a_time_that_the_viewer_may_not_read_is_unknown(empty: Database) -> None:
    await fill(empty, edition("emma", "Emma", 1, 3))

    for viewer, age in ((PUBLIC, None), (KEEPER, 1)):
        async with asking(empty, viewer, CATALOGUE) as ask:
            data = await ask("{ editionStats(groupBy: SHOWN_UNTIL_AGE) { groups { key { shownUntilAge } } } }")
        assert data == {"editionStats": {"groups": [{"key": {"shownUntilAge": age}}]}}


async def test_the_time_may_be_that_of_another_row(empty: Database) -> None:
    books = ("novel 0", "novel 1", "novel 2")
    loans = [(LoanTable, {"id": id_of("loan", name), "book_id": id_of("book", name), "days": 1}) for name in books]
    await fill(empty, *made([timedelta(days=7), timedelta(days=7) - BIT]), *loans)

    async with asking(empty, catalogue=CATALOGUE) as ask:
        data = await ask("{ loanStats(groupBy: BOOK_SHOWN_FROM_AGE) { groups { key { bookShownFromAge } count } } }")

    ages = [(group["key"]["bookShownFromAge"], group["count"]) for group in data["loanStats"]["groups"]]
    assert ages == [(0, 1), (7, 1), (None, 1)]


def test_clients_are_told_what_the_bands_mean() -> None:
    key = CATALOGUE.schema.type_map["EditionStatsKey"]

    assert isinstance(key, GraphQLObjectType)
    assert key.fields["shownFromAge"].description == (
        "Since when it is shown. How many days ago that is, in bands: 0, 14, 30 and 90 mean at least so many days and "
        "fewer than the next. A day is 24 hours; a time to come is 0, an unknown one null."
    )


@pytest.mark.parametrize(
    ("ages", "message"),
    [
        ({"kind": (1,)}, "Edition has no time kind, so no age of it"),
        ({"shown_from": ()}, "the bands of Edition.shown_from begin at 1 or more, the smallest first"),
        ({"shown_from": (0, 7)}, "begin at 1 or more"),
        ({"shown_from": (-1, 7)}, "begin at 1 or more"),
        ({"shown_from": (30, 7)}, "the smallest first"),
        ({"shown_from": (7, 7)}, "the smallest first"),
    ],
)
def test_only_times_have_ages_and_bands_ascend(ages: dict[str, tuple[int, ...]], message: str) -> None:
    @strawberry.type
    class Query:
        editions: Connection[Edition] = declare.listing("All editions.")
        figures: Stats = declare.stats("Figures.", Edition, keys=("kind",), ages=ages)

    with pytest.raises(ValueError, match=message):
        Catalogue(strawberry.Schema(Query))
