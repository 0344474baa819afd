"""Snapshots: all rows of one statement, some at a time, from one transaction on a connection of its own.

Nothing of it is held longer than it is read: whatever ends a snapshot closes its cursor, transaction and connection.
"""

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Protocol, TypeVar

import asyncpg

from fund_api.core.database import Dialect
from fund_api.core.past import HEAD
from fund_api.core.timeouts import server_settings
from fund_api.graph.compile import Plan, QueryStep
from fund_api.graph.run import Reads, connected, opened
from fund_api.graph.snapshots import SETTLED
from fund_api.graph.steps import Given, Slots, parameters, with_children
from fund_api.graph.turns import Threads, Turn

T = TypeVar("T")
Seen = tuple[int, Sequence[Any]]
"""The number of the last event that a snapshot sees, and what it knows of the feed of changes (see core.past.HEAD)."""
EVENTS = "SELECT coalesce(max(number), 0) FROM event_head"
NAME = "fund-api pull"
"""How its connection calls itself where PostgreSQL lists them."""
CHECKED = 1_000
"""Milliseconds between two looks of PostgreSQL, while it works, whether its client is still there."""
_LOOKS_SINCE = 14
"""The version of PostgreSQL that has these looks."""


class Snapshot(Protocol):
    """One transaction that is read, and a thread for what is made of its rows."""

    async def open(self) -> Seen:
        """Begin; answers with what it sees of the log and of the feed."""
        ...

    async def fetch(self, number: int) -> Sequence[Slots]:
        """The next rows, fewer than `number` at the end."""
        ...

    async def made(self, work: Callable[[], T]) -> T:
        """What comes out of some work, which is done in the thread."""
        ...

    async def close(self) -> None:
        """End it, whatever is under way."""
        ...


def snapshot(reads: Reads, plan: Plan, given: Given, seconds: float) -> Snapshot:
    """The snapshot for the plan of a pull, on a connection that no other reader has; it lasts so long at most."""
    if reads.dialect is Dialect.POSTGRESQL:
        return _OfServer(reads.place, plan, given, seconds)
    return _OfFile(reads.place, plan.steps[0], given)


class _OfServer:
    """PostgreSQL's: the server keeps the cursor, and the loop reads it."""

    def __init__(self, url: str, plan: Plan, given: Given, seconds: float) -> None:
        self._url = url
        self._plan = plan
        self._given = given
        self._seconds = seconds
        self._threads = Threads(1, "pull")
        self._connection: asyncpg.Connection | None = None
        self._cursor: Any = None  # Any: asyncpg's, which ships no types

    async def open(self) -> Seen:
        """Begin a transaction that only reads; the server ends it, too, when nobody asks any more."""
        if self._plan.query is None:
            raise TypeError("a pull has a statement")
        variables, asked = self._given
        values = self._plan.query.bind(variables, None, asked.viewer.id, asked.at)
        limits = server_settings(self._seconds)
        limits |= {"idle_in_transaction_session_timeout": limits["statement_timeout"], "application_name": NAME}
        limits |= {"max_parallel_workers_per_gather": "0", "datestyle": "ISO"}  # who reads a cursor has no workers
        self._connection = connection = await connected(self._url, limits)
        if connection.get_server_version().major >= _LOOKS_SINCE:
            await connection.execute(f"SET client_connection_check_interval = {CHECKED}")
        await connection.transaction(isolation="repeatable_read", readonly=True).start()
        number = int(await connection.fetchval(EVENTS))
        feed = tuple(await connection.fetchrow(HEAD[Dialect.POSTGRESQL]))
        self._cursor = await connection.cursor(self._plan.query.text, *values)
        return number, feed

    async def fetch(self, number: int) -> Sequence[Slots]:
        """The next rows of the cursor."""
        rows: Sequence[Slots] = await self._cursor.fetch(number)
        return rows

    async def made(self, work: Callable[[], T]) -> T:
        """What comes out of some work."""
        made: T = await self._threads.run(lambda _turn: work())
        return made

    async def close(self) -> None:
        """Stop what the server does, and leave it."""
        connection, self._connection = self._connection, None
        if connection is not None:
            try:
                await connection.close(timeout=SETTLED)
            except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError):
                connection.terminate()
        await self._threads.run(_nothing)
        self._threads.close()


class _OfFile:
    """SQLite's: a thread with a connection, on which everything is done."""

    def __init__(self, file: str, step: QueryStep, given: Given) -> None:
        self._file = file
        self._step = step
        self._given = given
        self._threads = Threads(1, "pull")
        self._connection: sqlite3.Connection | None = None
        self._cursor: Any = None  # Any: run_step's protocol has no cursors
        self._begun = False

    async def open(self) -> Seen:
        """Begin a transaction; from its first read on it sees what it saw then."""
        seen: Seen = await self._threads.run(self._open)
        return seen

    async def fetch(self, number: int) -> Sequence[Slots]:
        """The next rows of the statement, with what their children bring."""
        rows: Sequence[Slots] = await self._threads.run(partial(self._fetch, number))
        return rows

    async def made(self, work: Callable[[], T]) -> T:
        """What comes out of some work."""
        made: T = await self._threads.run(lambda _turn: work())
        return made

    async def close(self) -> None:
        """Close the connection behind what was stopped, and with it the transaction."""
        await self._threads.run(self._close)
        self._threads.close()

    def _open(self, turn: Turn) -> Seen:
        self._connection = connection = opened(self._file)
        turn.begin(connection)
        try:
            connection.execute("BEGIN")
            [number] = connection.execute(EVENTS).fetchone()
            feed = connection.execute(HEAD[Dialect.SQLITE]).fetchone()
            self._cursor = connection.execute(self._step.query.text, parameters(self._step, self._given, None))
        finally:
            turn.end()
        return int(number), feed

    def _fetch(self, number: int, turn: Turn) -> list[Slots]:
        if self._connection is None:
            raise TypeError("the snapshot is not open")
        turn.begin(self._connection)
        try:
            rows: list[Slots] = self._cursor.fetchmany(number)
            if rows or not self._begun:  # without parents their arguments are checked all the same, once
                rows = with_children(self._connection, self._step, self._given, rows)
            self._begun = True
        finally:
            turn.end()
        return rows

    def _close(self, _turn: Turn) -> None:
        if self._cursor is not None:
            self._cursor.close()  # as long as it is open, SQLite keeps the transaction of a connection that is closed
        if self._connection is not None:
            self._connection.close()


def _nothing(_turn: Turn) -> None:
    """Let what is under way in a thread come to its end."""


async def closed(snapshot: Snapshot) -> None:
    """End a snapshot, even when whoever ends it is stopped meanwhile."""
    await asyncio.shield(asyncio.ensure_future(snapshot.close()))
