"""Running plans: each operation reads one snapshot, on PostgreSQL by one statement, on SQLite in one transaction."""

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol

import asyncpg
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from fund_api.core.database import Database, Dialect, SqliteConnection, prepare_sqlite
from fund_api.core.errors import TimedOut
from fund_api.core.timeouts import server_settings
from fund_api.graph.compile import Late, Plan, Variables
from fund_api.graph.snapshots import PostgresSnapshot, Snapshot, SqliteSnapshot, settled
from fund_api.graph.steps import Asked, run_step, tail
from fund_api.graph.turns import Threads, Turn

STATEMENTS = 1_000
"""Prepared statements kept by each connection."""
_SESSION = {"plan_cache_mode": "force_generic_plan", "jit": "off", "timezone": "UTC"}


class Reads(Protocol):
    """What answers plans."""

    dialect: Dialect
    place: str
    """Where the database is: its address, on SQLite its file."""

    async def read(self, plan: Plan, variables: Variables, late: Late, asked: Asked) -> dict[str, Any]:
        """The data that a plan's root fields ask for."""
        ...

    def snapshot(self) -> AbstractAsyncContextManager[Snapshot]:
        """A connection for several statements that see one moment."""
        ...

    async def close(self) -> None:
        """Close every connection."""
        ...


def reader(database: Database, connections: int) -> Reads:
    """The reader of a database, with at most so many connections. Its reads can be cancelled, and then stop."""
    if database.dialect is Dialect.POSTGRESQL:
        return PostgresReader(database.driver_url, connections, database.timeout)
    return SqliteReader(database, connections)


class PostgresReader:
    """Bare connections, the last one used first; the statements leave no session state that would need a reset."""

    dialect = Dialect.POSTGRESQL

    def __init__(self, url: str, connections: int, timeout: float | None = None) -> None:
        self.place = url
        self._timeout = timeout
        self._limit = asyncio.Semaphore(connections)
        self._free: list[asyncpg.Connection] = []

    async def read(self, plan: Plan, variables: Variables, late: Late, asked: Asked) -> dict[str, Any]:
        """Run the plan's one statement and shape its one row. Raises TimedOut when the server gave it up."""
        if plan.query is None:
            return plan.shape((), late)
        values = plan.query.bind(variables, None, asked.viewer.id, asked.at)
        async with self._limit:
            connection = self._unused() or await self._connect()
            try:
                rows = await connection.fetch(plan.query.text, *values)
            except asyncpg.QueryCanceledError:
                raise TimedOut(self._timeout or 0) from None
            except asyncio.CancelledError:
                await settled(connection)
                raise
            finally:
                if not connection.is_closed():
                    self._free.append(connection)
        return plan.shape((rows,) if plan.query.lone else rows[0], late)

    def _unused(self) -> asyncpg.Connection | None:
        """The connection that was used last, of those that the server has not closed meanwhile."""
        while self._free:
            connection = self._free.pop()
            if not connection.is_closed():
                return connection
        return None

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[Snapshot]:
        """One of the same connections, in a transaction. Raises TimedOut when the server gave a statement up."""
        async with self._limit:
            connection = self._unused() or await self._connect()
            try:
                async with connection.transaction(isolation="repeatable_read", readonly=True):
                    yield PostgresSnapshot(connection)
            except asyncpg.QueryCanceledError:
                raise TimedOut(self._timeout or 0) from None
            except asyncio.CancelledError:
                await settled(connection)
                raise
            finally:
                if not connection.is_closed():
                    self._free.append(connection)

    async def close(self) -> None:
        """Close the connections that are not in use."""
        while self._free:
            await self._free.pop().close()

    async def _connect(self) -> asyncpg.Connection:
        """A connection that has learned what an array of records is, which takes the driver longer than to connect."""
        connection = await connected(self.place, server_settings(self._timeout))
        try:
            await connection.fetch("select array(select row(1))")
        except BaseException:
            connection.terminate()
            raise
        return connection


async def connected(url: str, settings: dict[str, str]) -> asyncpg.Connection:
    """A connection whose session is set up for plans, and otherwise as these settings say."""
    return await asyncpg.connect(
        url,
        statement_cache_size=STATEMENTS,
        max_cacheable_statement_size=0,
        server_settings=_SESSION | settings,
    )


class SqliteReader:
    """Threads with a connection each; an operation is one hop to one of them."""

    dialect = Dialect.SQLITE

    def __init__(self, database: Database, connections: int) -> None:
        self.place = str(database.file)
        self._threads = Threads(connections, "read")
        self._own = threading.local()
        self._all: list[sqlite3.Connection] = []

    async def read(self, plan: Plan, variables: Variables, late: Late, asked: Asked) -> dict[str, Any]:
        """Run the plan's steps in one transaction and shape their rows."""
        found: dict[str, Any] = await self._threads.run(partial(self._read, plan, variables, late, asked))
        return found

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[Snapshot]:
        """A connection of its own, in a transaction."""
        made = SqliteSnapshot(self._threads, partial(opened, self.place))
        try:
            yield made
        finally:
            await made.close()

    async def close(self) -> None:
        """Wait for the threads and close their connections."""
        self._threads.close()
        while self._all:
            self._all.pop().close()

    def _read(self, plan: Plan, variables: Variables, late: Late, asked: Asked, turn: Turn) -> dict[str, Any]:
        connection = self._connection()
        turn.begin(connection)
        try:
            connection.execute("BEGIN")
            slots = [run_step(connection, step, (variables, asked), [None])[0] for step in plan.steps]
        finally:
            turn.end()
            if connection.in_transaction:
                connection.execute("ROLLBACK")
        return plan.shape(tail(slots), late)

    def _connection(self) -> sqlite3.Connection:
        if not hasattr(self._own, "connection"):
            self._own.connection = opened(self.place)
            self._all.append(self._own.connection)
        found: sqlite3.Connection = self._own.connection
        return found


def opened(file: str) -> sqlite3.Connection:
    """A connection to a file that only reads."""
    connection = sqlite3.connect(
        file,
        isolation_level=None,
        check_same_thread=False,
        factory=SqliteConnection,
        cached_statements=STATEMENTS,
    )
    prepare_sqlite(connection)
    connection.execute("PRAGMA query_only = ON")
    return connection


class Inside:
    """Reads on the connection of an open transaction: what it wrote is there, too."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def read(self, plan: Plan, variables: Variables, late: Late, asked: Asked) -> dict[str, Any]:
        """Run a plan and shape its rows."""
        if plan.query is not None:
            driver: Any = (await self._connection.get_raw_connection()).driver_connection  # Any: asyncpg's
            rows = await driver.fetch(plan.query.text, *plan.query.bind(variables, None, asked.viewer.id, asked.at))
            return plan.shape((rows,) if plan.query.lone else rows[0], late)
        given = (variables, asked)
        slots = await self._connection.run_sync(
            lambda own: [run_step(_Drivers(own), step, given, [None])[0] for step in plan.steps]
        )
        return plan.shape(tail(slots), late)


@dataclass(frozen=True, slots=True)
class _Drivers:
    """SQLAlchemy's connection, asked as sqlite3's own."""

    connection: sa.Connection

    def execute(self, text: str, parameters: tuple[object, ...]) -> "sa.CursorResult[Any]":
        """The rows of a statement of SQLite's own dialect."""
        return self.connection.exec_driver_sql(text, parameters)
