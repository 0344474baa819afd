"""A small schema for what the engine can do and the real schema does not ask of it everywhere: shelves with books.

A book has editions, each shown from a time until another, so that at most one is shown at any time. Rows of `edition`
share the id of their book.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Any

import sqlalchemy as sa
import strawberry

from fund_api.core.access import PUBLIC, Looking, Viewer
from fund_api.core.columns import table_of
from fund_api.core.database import Database
from fund_api.graph import declare
from fund_api.graph.catalogue import Catalogue
from fund_api.graph.declarations import Link, Variant
from fund_api.graph.engine import Engine
from fund_api.graph.mutations import Acting
from fund_api.graph.run import reader
from fund_api.graph.types import Connection, Node, PageInfo, Stats
from fund_api.graph.user_errors import TYPES, Payload
from schema.search import Highlight
from tests.asking import Asker
from tests.graph.shelf_tables import AuthorTable, EditionTable, LoanTable, PlaceTable, ShelfTable, edition

Condition = sa.ColumnElement[bool]


KEEPER = Viewer(None, frozenset({"fund:shelf:read"}))
"""Sees the shelves that are hidden, too."""


def open_to(columns: Any, looking: Looking) -> Condition | None:
    """Shelves are for everybody, but for the hidden ones."""
    return None if looking.may("fund:shelf:read") else columns.hidden.is_(False)


def shown(columns: Any, looking: Looking) -> Condition:
    """Books are seen as they are at the time."""
    begun: Condition = columns.shown_from <= looking.now
    return sa.and_(begun, sa.or_(columns.shown_until.is_(None), looking.now < columns.shown_until))


def draft(columns: Any, looking: Looking) -> Condition:
    """The edition of a book that is not shown yet and nobody knows when, for those who keep the shelves."""
    return columns.shown_from.is_(None) if looking.may("fund:shelf:read") else sa.false()


def announced(columns: Any, looking: Looking) -> Condition:
    """The edition of a book that is shown from a time to come."""
    to_come: Condition = columns.shown_from > looking.now
    return to_come


def suits(book: Any, kind: sa.ColumnElement[Any], looking: Looking) -> Condition:
    """Books of a kind that stand on no shelf of that kind which the viewer sees."""
    placed, other = table_of(PlaceTable).alias(), table_of(ShelfTable).alias()
    is_open = open_to(other.c, looking)
    here = sa.select(other.c.id).where(other.c.id == placed.c.shelf_id, other.c.kind == kind)
    seen = here if is_open is None else here.where(is_open)
    stands = sa.select(placed.c.book_id).where(placed.c.book_id == book.id, seen.exists())
    return sa.and_(book.kind == kind, ~stands.exists())


@declare.entity(AuthorTable, search=("name",))
class Author(Node):
    """Somebody who writes."""

    name: str = declare.column("Their name.", order=True)


@declare.entity(EditionTable, order=("title",), visible=shown, search=("title", "kind"), row_key="edition_id")
class Book(Node):
    """A book."""

    title: str = declare.column("Its title.", order=True)
    kind: str = declare.column("What kind of book it is.", order=True)
    copies: int = declare.column("How many there are.", order=True)
    shelf_mark: str | None = declare.column("What its spine says.", permission="fund:mark:read")
    shelves: Connection["Shelf"] = declare.to_many(
        "Where it stands.", via=Link(PlaceTable, parent="book_id", child="shelf_id")
    )
    loans: Connection["Loan"] = declare.to_many("Who has it.", key="book_id")


@declare.entity(ShelfTable, order=("name",), visible=open_to)
class Shelf(Node):
    """A shelf."""

    name: str = declare.column("What it is called.", order=True)
    kind: str = declare.column("What kind of books it is for.", order=True)
    books: Connection[Book] = declare.to_many(
        "What stands on it, from left to right.",
        via=Link(PlaceTable, parent="shelf_id", child="book_id", order="position"),
    )
    keeper: Author | None = declare.to_one("The author who looks after it.", own="keeper_id")
    missing: Connection[Book] = declare.to_many("Books of its kind that no shelf has.", own="kind", matching=suits)


@declare.entity(LoanTable, order=("days",))
class Loan(Node):
    """A book that is out."""

    days: int | None = declare.column("For how many days.", order=True)
    book: Book | None = declare.to_one("Which one.", own="book_id", order=True)


SearchResult = Annotated[Author | Book, strawberry.union("SearchResult", description="Anything that can be found.")]


@strawberry.type(description="One result.")
class SearchEdge:
    """As in the real schema."""

    cursor: str
    node: SearchResult
    rank: float
    highlights: list[Highlight]


@strawberry.type(description="The results of a search.")
class SearchConnection:
    """As in the real schema."""

    edges: list[SearchEdge]
    nodes: list[SearchResult]
    page_info: PageInfo
    total_count: int


@strawberry.type(description="Everything that can be read.")
class Query:
    """The root of all queries."""

    book: Book | None = declare.lookup(
        "A book.",
        "id",
        "title",
        by=True,
        variants={"draft": Variant(draft, "As it may be one day."), "announced": Variant(announced, "As it will be.")},
    )
    books: Connection[Book] = declare.listing("All books.")
    book_stats: Stats = declare.stats(
        "Figures about books.",
        Book,
        keys=("kind", "shelves.name", "shelves.kind", "shelves.keeper.name"),
        measures=("copies",),
    )
    shelf: Shelf | None = declare.lookup("A shelf.", "id")
    shelves: Connection[Shelf] = declare.listing("All shelves.")
    loans: Connection[Loan] = declare.listing("All loans.")
    node: Node | None = declare.node("Anything.")
    nodes: list[Node | None] = declare.nodes("Several things.")
    authors: Connection[Author] = declare.listing("All authors.")
    search: SearchConnection = declare.search("What can be found.")


@strawberry.type(description="What show answers.")
class ShowPayload(Payload):
    """The book."""

    book: Book | None = None


@strawberry.type(description="Everything that can be done.")
class Mutation:
    """The root of all mutations."""

    @declare.mutation("Show a book from now on.")
    async def show(self, info: strawberry.Info[Acting, None], title: str) -> ShowPayload | None:
        tx = info.context.tx
        table, values = edition(title.lower(), title, None, shown_from=tx.now)
        await tx.connection.execute(table_of(table).insert(), values)
        return ShowPayload(book=declare.entity_of(values["id"]))


def make_catalogue() -> Catalogue:
    """The schema as the engine reads it."""
    return Catalogue(strawberry.Schema(Query, Mutation, types=TYPES))


CATALOGUE = make_catalogue()


@asynccontextmanager
async def asking(database: Database, viewer: Viewer = PUBLIC, catalogue: Catalogue = CATALOGUE) -> AsyncIterator[Asker]:
    """Ask about shelves as somebody."""
    reads = reader(database, 2)
    try:
        yield Asker(Engine(catalogue, reads, 100, 10**9, database), viewer)
    finally:
        await reads.close()
