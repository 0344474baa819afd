"""Lists in the order of their link: the place of a row beside its parent, then its id."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import strawberry

from fund_api.core.database import Database
from fund_api.graph import declare
from fund_api.graph.catalogue import Catalogue
from fund_api.graph.declarations import Link
from fund_api.graph.types import Connection, Node
from tests.asking import Asker
from tests.graph.shelf_tables import LoanTable, PlaceTable, ShelfTable, edition, fill, id_of, place, shelf
from tests.graph.shelves import asking

TITLES = ("Walden", "Emma", "Middlemarch", "Persuasion", "Ulysses")
ROWS = (
    *(edition(title.lower(), title, 1) for title in TITLES),
    edition("emma", "Emma as it was", None),
    shelf("left"),
    shelf("right"),
    shelf("top"),
    *(place("left", title.lower(), at) for title, at in zip(TITLES, (0, 10, 10, 10, 1_000), strict=True)),
    *(place("right", title.lower(), at) for title, at in zip(TITLES[:3], (3, 2, 1), strict=True)),
)
LEFT = ["Walden", "Emma", "Middlemarch", "Persuasion", "Ulysses"]
"""Three of them in one place, by their ids."""
PAGE = """query ($id: ID!, $first: Int, $after: String, $last: Int, $before: String) { shelf(id: $id) {
  books(first: $first, after: $after, last: $last, before: $before) {
    totalCount edges { cursor node { title } }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } } }"""
SHELF = id_of("shelf", "left")


@pytest.fixture
async def ask(empty: Database) -> AsyncIterator[Asker]:
    await fill(empty, *ROWS)
    async with asking(empty) as asker:
        yield asker


async def test_each_list_has_its_own_order(ask: Asker) -> None:
    data = await ask("{ shelves { nodes { name books { totalCount nodes { title } } } } }")

    titles = {one["name"]: [book["title"] for book in one["books"]["nodes"]] for one in data["shelves"]["nodes"]}
    assert titles == {"left": LEFT, "right": ["Middlemarch", "Emma", "Walden"], "top": []}
    assert [one["books"]["totalCount"] for one in data["shelves"]["nodes"]] == [5, 3, 0]


async def test_an_order_that_is_asked_for_comes_before_that_of_the_link(ask: Asker) -> None:
    orders = "a: books(orderBy: {field: TITLE, direction: DESC}) { nodes { title } } b: books(orderBy: []) { nodes { title } }"
    data = await ask(f'{{ shelf(id: "{id_of("shelf", "right")}") {{ {orders} }} }}')

    assert [book["title"] for book in data["shelf"]["a"]["nodes"]] == ["Walden", "Middlemarch", "Emma"]
    assert [book["title"] for book in data["shelf"]["b"]["nodes"]] == ["Middlemarch", "Emma", "Walden"]


@pytest.mark.parametrize("size", [1, 2, 3, 5])
@pytest.mark.parametrize("backward", [False, True])
async def test_pages_lead_through_it_both_ways(ask: Asker, size: int, backward: bool) -> None:
    found: list[str] = []
    given: dict[str, Any] = {"last" if backward else "first": size}
    more = True
    while more:
        page = (await ask(PAGE, id=SHELF, **given))["shelf"]["books"]
        titles = [edge["node"]["title"] for edge in page["edges"]]
        info = page["pageInfo"]
        assert (info["startCursor"], info["endCursor"]) == (page["edges"][0]["cursor"], page["edges"][-1]["cursor"])
        assert info["hasNextPage" if backward else "hasPreviousPage"] == bool(found)
        assert page["totalCount"] == 5
        found = titles + found if backward else found + titles
        more = info["hasPreviousPage" if backward else "hasNextPage"]
        given["before" if backward else "after"] = info["startCursor" if backward else "endCursor"]

    assert found == LEFT


async def test_a_cursor_belongs_to_its_order(ask: Asker) -> None:
    cursor = (await ask(PAGE, id=SHELF, first=1))["shelf"]["books"]["edges"][0]["cursor"]
    document = "query ($after: String) { books(after: $after) { nodes { title } } }"

    assert (await ask.refusal(document, after=cursor)).startswith("This cursor was made for another order")


def catalogue(link: Link) -> Catalogue:
    """A schema with one list in the order of a link."""

    @declare.entity(LoanTable)
    class Loan(Node):
        """A loan."""

    @declare.entity(ShelfTable)
    class Shelf(Node):
        """A shelf."""

        loans: Connection[Loan] = declare.to_many("Loans.", via=link)

    @strawberry.type
    class Query:
        shelves: Connection[Shelf] = declare.listing("All shelves.")

    return Catalogue(strawberry.Schema(Query))


def test_a_link_that_has_no_order_is_told_so() -> None:
    with pytest.raises(ValueError, match=r"place\.book_id is not always a whole number, so it orders no list"):
        catalogue(Link(PlaceTable, "shelf_id", "book_id", order="book_id"))
    with pytest.raises(ValueError, match=r"loan\.days is not always a whole number"):
        catalogue(Link(LoanTable, "book_id", "id", order="days"))
    with pytest.raises(ValueError, match="place may join two rows more than once, so it orders no list"):
        catalogue(Link(PlaceTable, "shelf_id", "position", order="position"))
