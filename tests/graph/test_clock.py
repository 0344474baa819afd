"""The clock in rights: what is seen follows the time, which is one time in the whole of an operation."""

from datetime import datetime, timedelta
from functools import partial
from itertools import count

import pytest
import sqlalchemy as sa

from fund_api.core import clock
from fund_api.core.access import PUBLIC, LookingAs
from fund_api.core.columns import table_of
from fund_api.core.database import Database
from tests.graph.shelf_tables import EditionTable, edition, fill, id_of, moment
from tests.graph.shelves import asking, shown
from tests.rows import fetch

EMMA = (edition("emma", "Emma", 1, 3), edition("emma", "Emma revised", 3, 5))
ALL = """query ($id: ID!) { book(by: {id: $id}) { title } books { totalCount nodes { title } }
  none: books(filter: {title: {eq: "x"}}) { totalCount } }"""


@pytest.mark.parametrize(
    ("at", "title"),
    [
        (moment(1) - timedelta(microseconds=1), None),
        (moment(1), "Emma"),
        (moment(3) - timedelta(microseconds=1), "Emma"),
        (moment(3), "Emma revised"),
        (moment(5), None),
    ],
)
async def test_rows_are_seen_at_their_time(
    empty: Database, monkeypatch: pytest.MonkeyPatch, at: datetime, title: str | None
) -> None:
    await fill(empty, *EMMA)
    monkeypatch.setattr(clock, "now", lambda: at)
    found = {"title": title} if title else None

    async with asking(empty) as ask:
        data = await ask(ALL, id=id_of("book", "emma"))

    assert data["book"] == found
    assert data["books"] == {"totalCount": int(title is not None), "nodes": [found] if found else []}


async def test_a_plan_is_kept_while_the_time_goes_on(empty: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    await fill(empty, *EMMA)
    found = []

    async with asking(empty) as ask:
        for day in (2, 4, 6):
            monkeypatch.setattr(clock, "now", partial(moment, day))
            found.append((await ask(ALL, id=id_of("book", "emma")))["book"])
        assert len(ask.engine.plans) == 1

    assert found == [{"title": "Emma"}, {"title": "Emma revised"}, None]


async def test_an_operation_has_one_time(empty: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """A clock that goes on whenever somebody looks at it: day 2, day 3, ..."""
    await fill(empty, *EMMA)
    days = count(2)
    monkeypatch.setattr(clock, "now", lambda: moment(next(days)))

    async with asking(empty) as ask:
        data = await ask("{ a: books { nodes { title } } b: books { totalCount nodes { title } } }")

    assert data["a"]["nodes"] == data["b"]["nodes"] == [{"title": "Emma"}]
    assert next(days) == 3


async def test_rules_have_a_time_in_their_own_statements(empty: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    await fill(empty, *EMMA)
    table = table_of(EditionTable)
    monkeypatch.setattr(clock, "now", lambda: moment(4))

    async def titles(looking: LookingAs) -> list[str]:
        rows = await fetch(empty, sa.select(table.c.title).where(shown(table.c, looking)))
        return [title for (title,) in rows]

    assert await titles(LookingAs(PUBLIC)) == ["Emma revised"]
    assert await titles(LookingAs(PUBLIC, moment(2))) == ["Emma"]


async def test_a_payload_shows_what_its_rule_wrote_for_now(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    await fill(database)
    days = count(2)
    monkeypatch.setattr(clock, "now", lambda: moment(next(days)))

    async with asking(database) as ask:
        data = await ask('mutation { show(title: "Emma") { book { title } errors { message } } }')

    assert data["show"] == {"book": {"title": "Emma"}, "errors": []}
