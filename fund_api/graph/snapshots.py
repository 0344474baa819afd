"""Snapshots: several statements that see the database at one moment, on a connection of the readers' kind."""

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator, Callable
from typing import Any, Protocol

import asyncpg

from fund_api.core.database import Dialect
from fund_api.graph.turns import Threads, Turn

BATCH = 500
"""Rows that are fetched at a time."""
SETTLED = 2.0
"""Seconds that PostgreSQL has to stop a statement, before its connection is given up."""
Row = tuple[Any, ...]  # Any: whatever the database holds


class Snapshot(Protocol):
    """The database at the moment of the first statement."""

    dialect: Dialect

    async def fetch(self, text: str, *values: object) -> list[Row]:
        """All rows of a statement."""
        ...

    def stream(self, text: str, *values: object) -> AsyncIterator[list[Row]]:
        """The rows of a statement, so many at a time; several may be read side by side."""
        ...


class PostgresSnapshot:
    """A connection in a transaction that sees what was committed when it began."""

    dialect = Dialect.POSTGRESQL

    def __init__(self, connection: asyncpg.Connection) -> None:
        self._connection = connection

    async def fetch(self, text: str, *values: object) -> list[Row]:
        """Statements differ each time, so they are prepared for one use."""
        statement = await self._connection.prepare(text)
        return list(await statement.fetch(*values))

    async def stream(self, text: str, *values: object) -> AsyncIterator[list[Row]]:
        """By a cursor of the server."""
        cursor = await (await self._connection.prepare(text)).cursor(*values)
        while rows := await cursor.fetch(BATCH):
            yield [tuple(row) for row in rows]


class SqliteSnapshot:
    """A connection of its own in one transaction; each piece of work is one hop to a thread."""

    dialect = Dialect.SQLITE

    def __init__(self, threads: Threads, connect: Callable[[], sqlite3.Connection]) -> None:
        self._threads = threads
        self._connect = connect
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None

    async def work(self, work: Callable[[sqlite3.Connection], Any]) -> Any:
        """What comes out of work with the connection. Any: of whichever type. It stops when its task is cancelled."""

        def run(turn: Turn) -> Any:
            with self._lock:
                connection = self._connection
                if connection is None:
                    connection = self._connection = self._connect()
                    connection.execute("BEGIN")
                turn.begin(connection)
                try:
                    return work(connection)
                finally:
                    turn.end()

        return await self._threads.run(run)

    async def fetch(self, text: str, *values: object) -> list[Row]:
        """In one hop."""
        found: list[Row] = await self.work(lambda connection: connection.execute(text, values).fetchall())
        return found

    async def stream(self, text: str, *values: object) -> AsyncIterator[list[Row]]:
        """In one hop for each batch."""
        cursor = await self.work(lambda connection: connection.execute(text, values))
        while rows := await self.work(lambda _: cursor.fetchmany(BATCH)):
            yield rows

    async def close(self) -> None:
        """Close the connection once nothing runs on it any more, even when whoever waits is cancelled."""

        def end(_turn: Turn) -> None:
            with self._lock:
                if self._connection is not None:
                    self._connection.close()

        await asyncio.shield(self._threads.run(end))


async def settled(connection: asyncpg.Connection) -> None:
    """Wait until a statement that was cancelled is gone from the server; a connection that can't say so is closed."""
    settled = False
    try:
        await connection.fetch("select 1", timeout=SETTLED)  # the driver waits for the other's end first
        settled = True
    except asyncpg.QueryCanceledError:  # it was this one that the server stopped
        settled = True
    except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError):
        pass
    finally:
        if not settled:
            connection.terminate()
