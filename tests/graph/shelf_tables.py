"""Tables of shelves and books, and rows in them. Several editions have the id of their book, each at another time."""

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field

from fund_api.core import columns, search_index
from fund_api.core.columns import Text, table_of
from fund_api.core.database import Database, Dialect
from fund_api.core.search_index import word_index
from fund_api.core.words import search_text


class Stock(columns.Table):
    """Base of the tables, which are no tables of ours: metadata of their own keeps them out of ours."""

    metadata = sa.MetaData()


class EditionTable(Stock, table=True):
    """How a book is from one time until another."""

    __tablename__ = "edition"

    edition_id: str = columns.identity("edition")
    id: str = Field(sa_column=sa.Column(Text, nullable=False, index=True, info={"prefix": "book"}))
    title: str = columns.text(40)
    kind: str = columns.text(40)
    copies: int = columns.integer(0, 1_000)
    shelf_mark: str = columns.text(40)
    search_text: str = columns.search_text()
    shown_from: datetime | None = columns.time(nullable=True)
    shown_until: datetime | None = columns.time(nullable=True)

    __table_args__ = (word_index("edition"),)


class AuthorTable(Stock, table=True):
    """Somebody who writes."""

    __tablename__ = "author"

    id: str = columns.identity("author")
    name: str = columns.text(40)
    search_text: str = columns.search_text()

    __table_args__ = (word_index("author"),)


class ShelfTable(Stock, table=True):
    """Where books stand."""

    __tablename__ = "shelf"

    id: str = columns.identity("shelf")
    name: str = columns.text(40)
    kind: str = columns.text(40)
    hidden: bool = columns.flag()
    keeper_id: str | None = columns.reference("author.id", nullable=True)


class PlaceTable(Stock, table=True):
    """Which book stands where on a shelf."""

    __tablename__ = "place"

    shelf_id: str = columns.reference("shelf.id", primary_key=True)
    book_id: str = columns.key(40)
    position: int = columns.integer(0, 1_000)

    __table_args__ = (sa.Index("ix_place_position", "shelf_id", "position", "book_id"),)


class LoanTable(Stock, table=True):
    """A book that somebody has taken home."""

    __tablename__ = "loan"

    id: str = columns.identity("loan")
    book_id: str = columns.text(40)
    days: int | None = columns.integer(0, 1_000, nullable=True)


def moment(day: int) -> datetime:
    """A time: noon of a day."""
    return datetime(2026, 3, day, 12, tzinfo=UTC)


def id_of(prefix: str, name: str) -> str:
    """A well-formed id that begins with the letters of a name, in their order."""
    return f"{prefix}_0{name.encode().hex():0<25.25}"


def edition(
    book: str, title: str, since: int | None, until: int | None = None, **values: Any
) -> tuple[type[Stock], Any]:
    """A row of an edition that is shown between two days."""
    times = {"shown_from": since and moment(since), "shown_until": until and moment(until)}
    own = {"edition_id": id_of("edition", title), "id": id_of("book", book), "title": title}
    row: dict[str, Any] = {"kind": "NOVEL", "copies": 1, "shelf_mark": title[:1]} | own | times | values
    return EditionTable, row | {"search_text": search_text(row["title"], row["kind"])}


def author(name: str) -> tuple[type[Stock], Any]:
    """A row of an author."""
    return AuthorTable, {"id": id_of("author", name.lower()), "name": name, "search_text": search_text(name)}


def shelf(name: str, **values: Any) -> tuple[type[Stock], Any]:
    """A row of a shelf."""
    return ShelfTable, {
        "id": id_of("shelf", name),
        "name": name,
        "kind": "NOVEL",
        "hidden": False,
        "keeper_id": None,
    } | values


def place(shelf: str, book: str, position: int) -> tuple[type[Stock], Any]:
    """A row that places a book."""
    return PlaceTable, {"shelf_id": id_of("shelf", shelf), "book_id": id_of("book", book), "position": position}


async def fill(database: Database, *rows: tuple[type[Stock], Any]) -> None:
    """Make the tables and their rows."""
    async with database.writing() as connection:
        await connection.run_sync(Stock.metadata.create_all)
        if database.dialect is Dialect.SQLITE:
            await connection.run_sync(_index)
        for table, values in rows:
            await connection.execute(table_of(table).insert(), values)


def _index(connection: sa.Connection) -> None:
    """What search needs on SQLite: where our own tables are, its tables are, too."""
    known = sa.inspect(connection).has_table("search_entry")
    made = [*search_index.triggers(table_of(EditionTable)), *search_index.triggers(table_of(AuthorTable))]
    for statement in made if known else [*search_index.TABLES, *made]:
        connection.exec_driver_sql(statement)
