"""Rows that share an id: each has words of its own, and nobody finds the one that is seen by the words of another."""

from typing import Any

import pytest
import sqlalchemy as sa
import strawberry

from fund_api.core import clock
from fund_api.core.columns import table_of
from fund_api.core.database import Database
from fund_api.core.words import search_text
from fund_api.graph import declare
from fund_api.graph.catalogue import Catalogue
from fund_api.graph.types import Connection, Node
from tests.graph.shelf_tables import EditionTable, author, edition, fill, id_of, moment
from tests.graph.shelves import asking

SEARCH = """query ($query: String!) {
  search(query: $query) { totalCount edges { highlights { field } node { ... on Book { id title } ... on Author { name } } } }
  books(filter: {search: $query}) { totalCount nodes { title } }
  others: books(filter: {not: {search: $query}}) { totalCount } }"""
ROWS = (
    edition("emma", "Emma", 1, 3),
    edition("emma", "Clueless", 3, 5),
    edition("emma", "Matchmaker", None),
    edition("walden", "Walden", 1),
    author("Emma Thompson"),
)


@pytest.fixture
async def shelves(empty: Database, monkeypatch: pytest.MonkeyPatch) -> Database:
    await fill(empty, *ROWS)
    monkeypatch.setattr(clock, "now", lambda: moment(2))
    return empty


async def found(database: Database, query: str) -> tuple[list[str], list[str]]:
    """The names of what a search and a filter find; the counts say the same."""
    async with asking(database) as ask:
        data = await ask(SEARCH, query=query)
    results: list[Any] = [edge["node"] for edge in data["search"]["edges"]]
    books = [node["title"] for node in data["books"]["nodes"]]
    assert data["search"]["totalCount"] == len(results)
    assert data["books"]["totalCount"] == len(books) == 2 - data["others"]["totalCount"]
    assert all(edge["highlights"] for edge in data["search"]["edges"])
    return sorted(node.get("title") or node["name"] for node in results), books


async def test_the_row_that_is_seen_is_found_by_its_own_words_alone(
    shelves: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert await found(shelves, "emma") == (["Emma", "Emma Thompson"], ["Emma"])
    for hidden in ("clueless", "matchmaker", "emma clueless", "matchmak*"):
        assert await found(shelves, hidden) == ([], [])

    monkeypatch.setattr(clock, "now", lambda: moment(4))
    assert await found(shelves, "emma") == (["Emma Thompson"], [])
    assert await found(shelves, "clueless") == (["Clueless"], ["Clueless"])
    assert await found(shelves, "novels") == (["Clueless", "Walden"], ["Clueless", "Walden"])


async def test_a_result_has_the_id_that_its_rows_share(shelves: Database) -> None:
    async with asking(shelves) as ask:
        [edge] = (await ask(SEARCH, query="emma novel"))["search"]["edges"]

    assert edge["node"] == {"id": id_of("book", "emma"), "title": "Emma"}


async def test_search_follows_the_changes_of_one_row_among_several(shelves: Database) -> None:
    table = table_of(EditionTable)
    changed = {"title": "Emma Woodhouse", "search_text": search_text("Emma Woodhouse")}
    async with shelves.writing() as connection:
        await connection.execute(sa.update(table).where(table.c.title == "Emma").values(changed))
        await connection.execute(sa.delete(table).where(table.c.title == "Matchmaker"))

    assert await found(shelves, "woodhouse") == (["Emma Woodhouse"], ["Emma Woodhouse"])
    assert await found(shelves, "emma novel") == ([], [])
    assert await found(shelves, "matchmaker") == ([], [])


def test_a_row_key_is_the_primary_key_of_its_table() -> None:
    @declare.entity(EditionTable)
    class Edition(Node):
        """An edition."""

    @strawberry.type
    class Query:
        editions: Connection[Edition] = declare.listing("All editions.")

    with pytest.raises(ValueError, match="Edition has the row key 'id', which is not its table's primary key"):
        Catalogue(strawberry.Schema(Query))
