"""Running plans: each operation reads one snapshot, on PostgreSQL by one statement, on SQLite in one transaction."""

import asyncio
import sqlite3
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, Protocol

import asyncpg
import orjson
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from fund_api.core.access import Viewer
from fund_api.core.database import Database, Dialect, SqliteConnection, prepare_sqlite
from fund_api.core.errors import TimedOut
from fund_api.core.timeouts import server_settings
from fund_api.graph.compile import Late, Plan, QueryStep, Variables
from fund_api.graph.turns import Threads, Turn

STATEMENTS = 1_000
"""Prepared statements kept by each connection."""
SETTLED = 2.0
"""Seconds that PostgreSQL has to stop a statement, before its connection is given up."""
_SESSION = {"plan_cache_mode": "force_generic_plan", "jit": "off", "timezone": "UTC"}


@dataclass(frozen=True, slots=True)
class Asked:
    """Who asks for an operation, and when: rights follow both."""

    viewer: Viewer
    at: datetime


class Reads(Protocol):
    """What answers plans."""

    dialect: Dialect

    async def read(self, plan: Plan, variables: Variables, late: Late, asked: Asked) -> dict[str, Any]:
        """The data that a plan's root fields ask for."""
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
        self._url = url
        self._timeout = timeout
        self._limit = asyncio.Semaphore(connections)
        self._free: list[asyncpg.Connection] = []

    async def read(self, plan: Plan, variables: Variables, late: Late, asked: Asked) -> dict[str, Any]:
        """Run the plan's one statement and shape its one row. Raises TimedOut when the server gave it up."""
        if plan.query is None:
            return plan.shape((), late)
        values = plan.query.bind(variables, None, asked.viewer.id, asked.at)
        async with self._limit:
            connection = self._free.pop() if self._free else await self._connect()
            try:
                rows = await connection.fetch(plan.query.text, *values)
            except asyncpg.QueryCanceledError:
                raise TimedOut(self._timeout or 0) from None
            except asyncio.CancelledError:
                await _settled(connection)
                raise
            finally:
                if not connection.is_closed():
                    self._free.append(connection)
        return plan.shape((rows,) if plan.query.lone else rows[0], late)

    async def close(self) -> None:
        """Close the connections that are not in use."""
        while self._free:
            await self._free.pop().close()

    async def _connect(self) -> asyncpg.Connection:
        connection = await asyncpg.connect(
            self._url,
            statement_cache_size=STATEMENTS,
            max_cacheable_statement_size=0,
            server_settings=_SESSION | server_settings(self._timeout),
        )
        try:
            await connection.fetch("select array(select row(1))")  # makes the driver learn what an array of records is
        except BaseException:
            connection.terminate()
            raise
        return connection


async def _settled(connection: asyncpg.Connection) -> None:
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


class SqliteReader:
    """Threads with a connection each; an operation is one hop to one of them."""

    dialect = Dialect.SQLITE

    def __init__(self, database: Database, connections: int) -> None:
        self._file = database.file
        self._threads = Threads(connections, "read")
        self._own = threading.local()
        self._all: list[sqlite3.Connection] = []

    async def read(self, plan: Plan, variables: Variables, late: Late, asked: Asked) -> dict[str, Any]:
        """Run the plan's steps in one transaction and shape their rows."""
        found: dict[str, Any] = await self._threads.run(partial(self._read, plan, variables, late, asked))
        return found

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
            connection = sqlite3.connect(
                self._file,
                isolation_level=None,
                check_same_thread=False,
                factory=SqliteConnection,
                cached_statements=STATEMENTS,
            )
            prepare_sqlite(connection)
            connection.execute("PRAGMA query_only = ON")
            self._own.connection = connection
            self._all.append(connection)
        found: sqlite3.Connection = self._own.connection
        return found


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


class Executes(Protocol):
    """What statements of SQLite are run on."""

    def execute(self, text: str, parameters: tuple[object, ...], /) -> Any:
        """A cursor over the rows. Any: sqlite3's, or SQLAlchemy's."""
        ...


Given = tuple[Variables, Asked]
"""What a request brings: its variables, and who asks."""
Slots = tuple[Any, ...]  # Any: whatever the database holds


def parameters(step: QueryStep, given: Given, parents: str | None) -> Slots:
    """The parameters of a level's statement."""
    variables, asked = given
    return step.query.bind(variables, parents, asked.viewer.id, asked.at)


def run_step(connection: Executes, step: QueryStep, given: Given, keys: list[object]) -> list[Slots]:
    """What a level brings for each of its parents' keys: its rows, then its extras."""
    level = step.step
    parents = orjson.dumps(keys).decode() if level.keyed else None
    rows = connection.execute(step.query.text, parameters(step, given, parents)).fetchall()
    prefix = level.keyed + (1 + level.extras if level.extras else 0)
    found: list[list[Slots]] = [[] for _ in keys]
    extras: list[Slots] = [()] * len(keys)
    kept: list[Slots] = []
    owners: list[int] = []
    for row in rows:
        owner = row[0] if level.keyed else 0
        if level.extras:
            extras[owner] = row[level.keyed + 1 : prefix]
            if row[level.keyed] is None:
                continue
        kept.append(row[prefix:])
        owners.append(owner)
    for owner, row in zip(owners, with_children(connection, step, given, kept), strict=True):
        found[owner].append(row)
    return [((own,) if level.wants_rows else ()) + extra for own, extra in zip(found, extras, strict=True)]


def with_children(connection: Executes, step: QueryStep, given: Given, rows: list[Slots]) -> list[Slots]:
    """The rows of a level with what each child level brings at their end."""
    if not rows:
        _check(step.children, given)
        return rows
    if not step.children:
        return rows
    brought = [
        run_step(connection, child, given, [row[child.step.parent_slot] for row in rows]) for child in step.children
    ]
    return [row + tail(slots) for row, *slots in zip(rows, *brought, strict=True)]


def _check(steps: Iterable[QueryStep], given: Given) -> None:
    """Refuse what levels are asked for, though they have no parents: the same request is refused whatever the rows."""
    for step in steps:
        parameters(step, given, None)
        _check(step.children, given)


def tail(brought: list[Slots]) -> Slots:
    """The slots of all children as they stand at the end of their parent's row: the first child's come last."""
    return tuple(slot for slots in brought for slot in slots)[::-1]
