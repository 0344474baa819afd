"""Pulls by the engine: every row that the pages of the same document hold, in their order, from one snapshot."""

import asyncio
from contextlib import aclosing
from typing import Any

import orjson
import pytest
import sqlalchemy as sa

from fund_api.core.database import Database, Dialect
from fund_api.core.errors import TimedOut
from fund_api.graph import pull_snapshots, run
from fund_api.graph.errors import RequestErrors
from fund_api.graph.pulls import Pull
from tests.asking import REPORTER, Asker, asking
from tests.pulls.pulling import CAMPAIGNS, COMMUNITIES, NUMBER, ended, under_way

DRAFTS = "{ grants { nodes { id status requested { amount } } } }"


def text(rows: Any) -> Any:
    """Rows as a client gets them."""
    return orjson.loads(orjson.dumps(rows, option=orjson.OPT_UTC_Z))


async def pulled(ask: Asker, document: str, **variables: Any) -> tuple[Pull, list[Any]]:
    async with ask.engine.pull(ask.engine.prepare(document, None, variables), ask.viewer) as pull:
        return pull, [row async for rows in pull.chunks() for row in text(rows)]


async def refused(ask: Asker, document: str, **variables: Any) -> str:
    with pytest.raises(RequestErrors) as refusal:
        await pulled(ask, document, **variables)
    return refusal.value.errors[0].message


async def _write(database: Database, statement: str) -> None:
    async with database.writing() as connection:
        await connection.execute(sa.text(statement))


async def paged(ask: Asker, **variables: Any) -> list[Any]:
    """The rows of all pages, each with what a pull adds."""
    rows: list[Any] = []
    after = None
    while True:
        page = (await ask(CAMPAIGNS, **variables | {"after": after}))["campaigns"]
        rows += [{"cursor": edge["cursor"], **edge["node"], "provenance": "FICTIONAL"} for edge in page["edges"]]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            return rows


async def test_a_pull_has_the_rows_of_all_pages_in_their_order(world: Database) -> None:
    async with asking(world) as ask:
        pull, rows = await pulled(ask, CAMPAIGNS)

        assert rows == await paged(ask)
    assert (len(rows), pull.name, pull.number, pull.size) == (NUMBER, "Campaigns", 0, 7)
    assert [f"{column.name}: {column.type} as {column.kind}" for column in pull.columns] == [
        "cursor: String as text",
        "id: ID as text",
        "kind: CampaignKind as text",
        "electionOn: Date as date",
        "publishedAt: DateTime as time",
        "community.name: String as text",
        "community.population: Int as integer",
        "community.state.code: String as text",
        "measures.totalCount: Int as integer",
        "measures.nodes: BallotMeasure as json",
        "grants.nodes: Grant as json",
        "provenance: Provenance as text",
    ]


async def test_a_pull_goes_on_after_any_of_its_cursors(world: Database) -> None:
    async with asking(world) as ask:
        _, rows = await pulled(ask, CAMPAIGNS)
        for at in (0, 6, 7, 29, 30, NUMBER - 1):  # 30 have a day, and come before those without
            _, rest = await pulled(ask, CAMPAIGNS, after=rows[at]["cursor"])
            assert rest == rows[at + 1 :]


async def test_filters_hold_and_no_row_is_an_answer_too(world: Database) -> None:
    async with asking(world) as ask:
        assert (await pulled(ask, CAMPAIGNS, name="Town 03"))[1] == await paged(ask, name="Town 03")
        assert (await pulled(ask, CAMPAIGNS, name="Nowhere"))[1] == []


async def test_times_are_cursors_in_a_pull_as_in_pages(world: Database) -> None:
    document = """query ($after: String) {
      grants(after: $after, orderBy: [{ field: SUBMITTED_AT }], first: 100) { edges { cursor node { submittedAt } } }
    }"""
    async with asking(world) as ask:
        page = [(edge["cursor"], edge["node"]["submittedAt"]) for edge in (await ask(document))["grants"]["edges"]]
        _, rows = await pulled(ask, document)
        assert [(row["cursor"], row["submittedAt"]) for row in rows] == page
        assert {row["submittedAt"] for row in rows} >= {None, "2026-02-02T00:00:00Z", "2026-02-02T00:00:00.000010Z"}
        for at in (0, 10, len(page) - 3):
            assert (await pulled(ask, document, after=page[at][0]))[1] == rows[at + 1 :]


async def test_who_sees_more_in_pages_sees_more_in_a_pull(world: Database) -> None:
    await _write(world, "UPDATE \"grant\" SET status = 'DRAFT', awarded = NULL WHERE requested < 10010")
    async with asking(world) as public, asking(world, REPORTER) as reporter:
        for ask in (public, reporter):
            paged = (await ask("{ grants(first: 100) { nodes { id status requested { amount } } } }"))["grants"][
                "nodes"
            ]
            rows = (await pulled(ask, DRAFTS))[1]
            assert [{key: row[key] for key in row if key != "provenance"} for row in rows] == paged
        hidden = len((await pulled(reporter, DRAFTS))[1]) - len((await pulled(public, DRAFTS))[1])
    assert hidden == 9


async def test_a_pull_sees_nothing_of_what_is_written_meanwhile(world: Database) -> None:
    async with asking(world) as ask:
        operation = ask.engine.prepare(COMMUNITIES, None, {})
        async with ask.engine.pull(operation, ask.viewer) as pull, aclosing(pull.chunks()) as chunks:
            first = await anext(chunks)
            await _write(world, "UPDATE community SET name = 'renamed'")
            rest = [row async for rows in chunks for row in rows]
        _, after = await pulled(ask, COMMUNITIES)

    assert len(first + rest) == NUMBER
    assert all(row["name"] != "renamed" for row in first + rest)
    assert {row["name"] for row in after} == {"renamed"}


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ("{ states { nodes { code } } campaigns { nodes { id } } }", "A pull has one root field, which is a list: "),
        ('{ state(code: "CA") { name } }', "A pull has one root field, which is a list: "),
        ('{ search(query: "x") { edges { cursor } } }', "A pull has one root field, which is a list: "),
        ("{ __typename }", "A pull has one root field, which is a list: "),
        ("{ states { totalCount } }", "A pull selects nodes or edges, once."),
        ("{ states { nodes { code } edges { cursor } } }", "A pull selects nodes or edges, once."),
        ("{ states { nodes { code } more: nodes { name } } }", "A pull selects nodes or edges, once."),
        ("{ states { edges { node { code } again: node { name } } } }", "A pull selects the node of its edges once."),
        ("{ states(last: 3) { nodes { code } } }", "A pull goes from the start to the end: last and before"),
        ('{ states(before: "x") { nodes { code } } }', "A pull goes from the start to the end: last and before"),
        ("{ states { edges { cursor node { cursor: code } } } }", "A row has cursor twice: give one of them an alias."),
        ("{ states { nodes { provenance: code } } }", "A row has provenance twice: give one of them an alias."),
        ('{ states(after: "x") { nodes { code } } }', "This cursor is malformed"),
        ("mutation { __typename }", "A pull is a query."),
        ("subscription { changes { number } }", "A pull is a query."),
    ],
)
async def test_a_document_that_is_no_pull_is_refused(both: list[Asker], document: str, message: str) -> None:
    for ask in both:
        assert (await refused(ask, document)).startswith(message)


async def test_a_row_that_may_touch_too_many_is_refused_and_one_that_may_touch_many_comes_with_few(
    world: Database,
) -> None:
    nested = "{ states { nodes { communities(first: 100) { nodes { campaigns(first: %d) { nodes { id } } } } } } }"
    async with asking(world) as ask:
        assert (await refused(ask, nested % 1_000)).startswith("A page holds from 1 to")
        assert (await pulled(ask, nested % 100))[0].size == 7
        ask.engine.cost_limit = 25_000
        assert (await pulled(ask, nested % 100))[0].size == 2
        ask.engine.cost_limit = 10_000
        assert (await refused(ask, nested % 100)).startswith("This operation may touch")


async def test_who_stops_reading_leaves_no_transaction(world: Database) -> None:
    async with asking(world) as ask:
        operation = ask.engine.prepare(COMMUNITIES, None, {})
        with pytest.raises(ZeroDivisionError):
            async with ask.engine.pull(operation, ask.viewer) as pull, aclosing(pull.chunks()) as chunks:
                await anext(chunks)
                await _write(world, "UPDATE community SET name = 'renamed'")
                assert await under_way(world) == 1
                raise ZeroDivisionError
        await ended(world)


async def test_a_pull_that_takes_too_long_is_stopped_whatever_its_reader_does(world: Database) -> None:
    async with asking(world) as ask:
        operation = ask.engine.prepare(COMMUNITIES, None, {})
        with pytest.raises(TimedOut):
            async with ask.engine.pull(operation, ask.viewer, seconds=0.3) as pull, aclosing(pull.chunks()) as chunks:
                await anext(chunks)
                await asyncio.Event().wait()
        await ended(world)


@pytest.mark.parametrize("world", [Dialect.POSTGRESQL], indirect=True, ids=str)
@pytest.mark.parametrize(("document", "learned"), [(COMMUNITIES, 0), (CAMPAIGNS, 1)], ids=["plain", "lists"])
async def test_postgresql_is_asked_for_types_by_pulls_whose_rows_hold_lists_alone(
    world: Database, monkeypatch: pytest.MonkeyPatch, document: str, learned: int
) -> None:
    asked: list[str] = []

    async def connected(url: str, settings: dict[str, str]) -> Any:  # Any: asyncpg's, which ships no types
        connection = await run.connected(url, settings)
        connection.add_query_logger(lambda each: asked.append(each.query))
        return connection

    monkeypatch.setattr(pull_snapshots, "connected", connected)
    async with asking(world) as ask:
        await pulled(ask, document)

    assert [statement.split()[0] for statement in asked[:4]] == ["SET", "BEGIN", "SELECT", "SELECT"]
    assert sum("typeinfo_tree" in statement for statement in asked[4:]) == learned
    assert bool(learned) == (len(asked) > 4)
