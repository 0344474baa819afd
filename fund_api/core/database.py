"""The database: one SQLite file or PostgreSQL, each opened the one way that is safe.

Reads of the engine use the driver's own connections (`fund_api.graph.run`); everything that writes goes through
`Database.writing`. What a statement was given is never part of an error: it may say something of a person.
"""

import sqlite3
from collections.abc import AsyncIterator, Callable
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
from fund_api.core.timeouts import server_settings, stopped_in_time, told_in_time

_UNBEGUN = "unbegun"
"""The option of connections on which SQLAlchemy begins no transaction."""
BUSY_TIMEOUT = 10_000
"""How long a writer waits for SQLite's one write lock, in milliseconds."""
_POOL_TIMEOUT = 30.0
"""Seconds that work waits for one of SQLAlchemy's connections."""


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
    timeout: float | None = None
    """Seconds that a statement may take, on SQLite a whole transaction, and the wait for a connection; None: any."""
    listeners: set[Callable[[], None]] = field(default_factory=set, init=False, compare=False, repr=False)
    """What is called after every commit by which this process let the log grow."""
    known: dict[str, object] = field(default_factory=dict, init=False, compare=False, repr=False)
    """What never changes in it as long as this object lives, kept by whoever asked it first."""

    @classmethod
    def at(cls, address: str, timeout: float | None = None) -> "Database":
        """The database at `address`, as FUND_DATABASE_URL writes it. Raises Failure for any other address.

        With a timeout, in seconds, what takes longer ends with TimedOut and did nothing.
        """
        try:
            url = make_url(address)
            dialect = Dialect(url.get_backend_name())
        except (ArgumentError, ValueError):
            raise Failure("FUND_DATABASE_URL must be sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME.") from None
        if dialect is Dialect.SQLITE:
            return cls(url, dialect, _sqlite_engine(url, timeout), timeout)
        return cls(url, dialect, _postgresql_engine(url, timeout), timeout)

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
        with told_in_time(self.timeout):
            async with self.engine.begin() as connection, stopped_in_time(connection, self.timeout):
                yield connection

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """A connection outside of a transaction: every statement is its own, waits for no writer and holds none up."""
        option = {_UNBEGUN: True} if self.dialect is Dialect.SQLITE else {"isolation_level": "AUTOCOMMIT"}
        engine = self.engine.execution_options(**option)
        with told_in_time(self.timeout):
            async with engine.connect() as connection, stopped_in_time(connection, self.timeout):
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


def prepare_sqlite(connection: Any, timeout: float | None = None) -> None:
    """Settings that every SQLite connection needs; they are per connection. Any: sqlite3's, or its async twin.

    It waits no longer than a timeout, in seconds, for the lock.
    """
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT if timeout is None else int(timeout * 1_000)}")
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.close()


def _pool_timeout(timeout: float | None) -> float:
    return _POOL_TIMEOUT if timeout is None else timeout


_LOST = (OSError, asyncpg.InterfaceError, asyncpg.PostgresConnectionError, asyncpg.OperatorInterventionError)


def is_lost(error: Exception) -> bool:
    """Whether a connection was lost on the way, so that the same may succeed on another one."""
    if isinstance(error, DBAPIError):
        return error.connection_invalidated or isinstance(getattr(error.orig, "__cause__", None), _LOST)
    return isinstance(error, _LOST)


def _driver_url(url: URL) -> str:
    return url.set(drivername="postgresql").render_as_string(hide_password=False)


def _postgresql_engine(url: URL, timeout: float | None) -> AsyncEngine:
    """The driver reads the address itself, so that options such as sslmode mean here what they mean to it."""
    connect = partial(asyncpg.connect, _driver_url(url), server_settings=server_settings(timeout))
    return create_async_engine(
        url.set(drivername="postgresql+asyncpg"),
        async_creator=connect,
        pool_timeout=_pool_timeout(timeout),
        hide_parameters=True,
    )


def _sqlite_engine(url: URL, timeout: float | None) -> AsyncEngine:
    if url.database in (None, "", ":memory:"):
        raise Failure("FUND_DATABASE_URL needs a file: sqlite:///fund.db, for example.")
    if sqlite3.sqlite_version_info < (3, 35):
        raise Failure(f"SQLite {sqlite3.sqlite_version} is too old: 3.35 or later is needed.")
    engine = create_async_engine(
        url.set(drivername="sqlite+aiosqlite"),
        connect_args={"factory": SqliteConnection},
        pool_timeout=_pool_timeout(timeout),
        hide_parameters=True,
    )

    @event.listens_for(engine.sync_engine, "connect")
    def _connect(connection: Any, _record: object) -> None:
        connection.isolation_level = None
        prepare_sqlite(connection, timeout)

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
