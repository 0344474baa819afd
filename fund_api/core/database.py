"""The database: one SQLite file or PostgreSQL, each opened the one way that is safe.

Reads of the engine use the driver's own connections (`fund_api.graph.run`); everything that writes goes through
`Database.writing`.
"""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Any

import asyncpg
import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from fund_api.core.errors import Failure
from fund_api.core.nearest_rank import NearestRank

_UNBEGUN = "unbegun"
"""The option of connections on which SQLAlchemy begins no transaction."""
BUSY_TIMEOUT = 10_000
"""How long a writer waits for SQLite's one write lock, in milliseconds."""


class Dialect(StrEnum):
    """The two databases."""

    SQLITE = "sqlite"
    POSTGRESQL = "postgresql"


@dataclass(frozen=True)
class Database:
    """Where the data is, and the engine that writes to it."""

    url: URL
    dialect: Dialect
    engine: AsyncEngine
    known: dict[str, object] = field(default_factory=dict, init=False, compare=False, repr=False)
    """What never changes in it as long as this object lives, kept by whoever asked it first."""

    @classmethod
    def at(cls, address: str) -> "Database":
        """The database at `address`, as FUND_DATABASE_URL writes it. Raises Failure for any other address."""
        try:
            url = make_url(address)
            dialect = Dialect(url.get_backend_name())
        except (ArgumentError, ValueError):
            raise Failure("FUND_DATABASE_URL must be sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME.") from None
        if dialect is Dialect.SQLITE:
            return cls(url, dialect, _sqlite_engine(url))
        return cls(url, dialect, _postgresql_engine(url))

    @property
    def file(self) -> Path:
        """The file of an SQLite database."""
        return Path(self.url.database or "fund.db")

    @property
    def driver_url(self) -> str:
        """The address as PostgreSQL's own libraries read it."""
        return _driver_url(self.url)

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncConnection]:
        """One write transaction: committed at the end of the block, rolled back when it raises.

        On SQLite it begins IMMEDIATE, so that what it reads cannot change before it writes.
        """
        async with self.engine.begin() as connection:
            yield connection

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """A connection outside of a transaction: every statement is its own, waits for no writer and holds none up."""
        option = {_UNBEGUN: True} if self.dialect is Dialect.SQLITE else {"isolation_level": "AUTOCOMMIT"}
        async with self.engine.execution_options(**option).connect() as connection:
            yield connection

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[AsyncConnection]:
        """A connection whose statements all see the database as it was at the first of them."""
        if self.dialect is Dialect.SQLITE:
            async with self.reading() as connection:
                await connection.exec_driver_sql("BEGIN")
                yield connection
        else:
            async with self.engine.execution_options(isolation_level="REPEATABLE READ").connect() as connection:
                yield connection

    async def close(self) -> None:
        """Close every connection of the engine."""
        await self.engine.dispose()


class SqliteConnection(sqlite3.Connection):
    """A connection that knows our aggregates; every one that this process opens is of this kind."""

    def __init__(self, *args: Any, **options: Any) -> None:  # Any: what sqlite3.connect is given
        super().__init__(*args, **options)
        self.create_aggregate("nearest_rank", 2, NearestRank)  # type: ignore[arg-type]  # typeshed: one number, no null


def prepare_sqlite(connection: Any) -> None:
    """Settings that every SQLite connection needs; they are per connection. Any: sqlite3's, or its async twin."""
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT}")
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.close()


def _driver_url(url: URL) -> str:
    return url.set(drivername="postgresql").render_as_string(hide_password=False)


def _postgresql_engine(url: URL) -> AsyncEngine:
    """The driver reads the address itself, so that options such as sslmode mean here what they mean to it."""
    connect = partial(asyncpg.connect, _driver_url(url))
    return create_async_engine(url.set(drivername="postgresql+asyncpg"), async_creator=connect)


def _sqlite_engine(url: URL) -> AsyncEngine:
    if url.database in (None, "", ":memory:"):
        raise Failure("FUND_DATABASE_URL needs a file: sqlite:///fund.db, for example.")
    if sqlite3.sqlite_version_info < (3, 35):
        raise Failure(f"SQLite {sqlite3.sqlite_version} is too old: 3.35 or later is needed.")
    engine = create_async_engine(url.set(drivername="sqlite+aiosqlite"), connect_args={"factory": SqliteConnection})

    @event.listens_for(engine.sync_engine, "connect")
    def _connect(connection: Any, _record: object) -> None:
        connection.isolation_level = None
        prepare_sqlite(connection)

    @event.listens_for(engine.sync_engine, "begin")
    def _begin(connection: sa.Connection) -> None:
        if _UNBEGUN not in connection.get_execution_options():
            connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


@asynccontextmanager
async def reached(address: str) -> AsyncIterator[Database]:
    """The database at `address`, closed afterwards. Raises Failure when it can't be reached or refuses what we ask."""
    database = Database.at(address)
    try:
        _check_file(database)
        yield database
    except DBAPIError as error:
        raise Failure(f"The database of FUND_DATABASE_URL refuses: {error.orig}") from error
    except (asyncpg.PostgresError, sqlite3.Error, OSError) as error:
        raise Failure(f"The database of FUND_DATABASE_URL cannot be reached: {error}") from error
    finally:
        await database.close()


def _check_file(database: Database) -> None:
    """Open SQLite's file once in this thread: the driver's would print a traceback when it cannot."""
    if database.dialect is Dialect.SQLITE:
        with closing(sqlite3.connect(database.file, factory=SqliteConnection)) as connection:
            prepare_sqlite(connection)
