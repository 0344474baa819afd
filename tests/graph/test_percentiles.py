"""Medians and 90th percentiles: values of rows at their rank, alike on both databases and in Python."""

import asyncio
from collections import defaultdict
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
import strawberry
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fund_api.core.columns import table_of
from fund_api.core.database import Database
from fund_api.core.nearest_rank import NearestRank
from fund_api.graph import declare
from fund_api.graph.catalogue import Catalogue
from fund_api.graph.types import Connection, Node, Stats
from tests.asking import Asker
from tests.graph.shelf_tables import LoanTable, id_of
from tests.graph.shelves import asking
from tests.statements import read_by

Loans = list[tuple[str, int | None]]
"""Which book, and for how many days."""


@declare.entity(LoanTable, order=("days",))
class Loan(Node):
    """A book that is out."""

    book_id: str = declare.column("Which one.")
    days: int | None = declare.column("For how many days.")


@strawberry.type
class Query:
    loans: Connection[Loan] = declare.listing("All loans.")
    loan_stats: Stats = declare.stats("Figures about loans.", Loan, keys=("book_id",), measures=("days",))


CATALOGUE = Catalogue(strawberry.Schema(Query))


def at_rank(percent: int) -> Callable[[list[int]], int | None]:
    """By the definition: the smallest value that so many of a hundred do not exceed. Not how the databases find it."""

    def found(values: list[int]) -> int | None:
        reached = [one for one in values if sum(other <= one for other in values) * 100 >= percent * len(values)]
        return min(reached, default=None)

    return found


MEDIAN, P90 = at_rank(50), at_rank(90)


async def save(database: Database, loans: Loans) -> None:
    table = table_of(LoanTable)
    rows = [{"id": id_of("loan", f"{i:04}"), "book_id": book, "days": days} for i, (book, days) in enumerate(loans)]
    async with database.writing() as connection:
        await connection.run_sync(table.create, checkfirst=True)
        await connection.execute(table.delete())
        if rows:
            await connection.execute(table.insert(), rows)


async def groups(ask: Asker, arguments: str) -> list[tuple[Any, ...]]:
    document = f"{{ loanStats({arguments}) {{ groups {{ key {{ bookId }} days {{ count median p90 }} }} }} }}"
    found = (await ask(document))["loanStats"]["groups"]
    return [(group["key"]["bookId"], *group["days"].values()) for group in found]


def expected(loans: Loans) -> dict[str, tuple[int, int | None, int | None]]:
    known: dict[str, list[int]] = defaultdict(list)
    for book, days in loans:
        known[book] += [] if days is None else [days]
    return {book: (len(values), MEDIAN(values), P90(values)) for book, values in known.items()}


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.lists(st.tuples(st.sampled_from("abc"), st.none() | st.integers(0, 9) | st.integers(0, 1_000)), max_size=60))
async def test_any_rows_have_the_percentiles_that_python_finds(empty: Database, loans: Loans) -> None:
    await save(empty, loans)
    figures = expected(loans)

    async with asking(empty, catalogue=CATALOGUE) as ask:
        found = await groups(ask, "groupBy: BOOK_ID")
        assert found == [(book, *figures[book]) for book in sorted(figures)]
        for place, name in ((1, "median"), (2, "p90")):
            order = f"{{field: DAYS_{name.upper()}, direction: DESC, nulls: FIRST}}"
            ranked = await groups(ask, f"groupBy: BOOK_ID, orderBy: {order}")
            by_value = sorted(figures, key=lambda book: (-(figures[book][place] or 0), book))
            by_value.sort(key=lambda book: figures[book][place] is not None)
            assert [group[0] for group in ranked] == by_value
            long = await groups(ask, f"groupBy: BOOK_ID, having: {{days: {{{name}: {{gte: 5}}}}}}")
            assert [group[0] for group in long] == [
                book for book in sorted(figures) if (figures[book][place] or 0) >= 5
            ]


@pytest.mark.parametrize(
    ("days", "median", "p90"),
    [
        ([], None, None),
        ([None, None], None, None),
        ([7], 7, 7),
        ([None, 4, None], 4, 4),
        ([1, 2], 1, 2),
        ([3, 1, 2], 2, 3),
        ([*range(10, 0, -1)], 5, 9),
        ([*range(11)], 5, 9),
        ([*range(1, 101), None], 50, 90),
        ([*range(1, 1_001)], 500, 900),
    ],
)
async def test_it_is_the_value_of_a_row_and_none_between_two(
    empty: Database, days: list[int | None], median: int | None, p90: int | None
) -> None:
    await save(empty, [("a", day) for day in days])

    async with asking(empty, catalogue=CATALOGUE) as ask:
        data = await ask("{ loanStats { groups { days { median p90 } } } }")

    assert data == {"loanStats": {"groups": [{"days": {"median": median, "p90": p90}}]}}


async def test_it_is_found_only_when_asked_for(empty: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    await save(empty, [])

    async with asking(empty, catalogue=CATALOGUE) as ask:
        statements = read_by(ask.engine.reads, monkeypatch)
        await ask("{ loanStats { groups { days { count sum avg min max } } } }")
        await ask("{ loanStats { groups { days { p90 } } } }")
        await asyncio.sleep(0)  # asyncpg hands its log over in the next turn of the loop

    assert ["percentile_disc(" in text or "nearest_rank(" in text for text in statements] == [False, True]


async def test_writers_know_the_aggregate_of_readers(empty_sqlite: Database) -> None:
    values = sa.text("SELECT nearest_rank(value, 50), nearest_rank(value, 90) FROM json_each('[4, null, 3, 1, 2]')")

    async with empty_sqlite.writing() as connection:
        assert (await connection.execute(values)).one() == (2, 4)


def test_ranks_are_counted_in_whole_numbers() -> None:
    """The product of a fraction may lie above a whole number: 0.07 * 100 is more than 7."""
    for percent in range(1, 101):
        aggregate = NearestRank()
        for value in range(1, 101):
            aggregate.step(value, percent)
        assert aggregate.finalize() == percent
