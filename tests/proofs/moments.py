"""Moments at which to kill a server: as soon as it commits."""

import asyncio
import time
from collections.abc import Callable

import asyncpg

from fund_api.core.database import Database, Dialect
from tests.proofs.server import PATIENCE

Moment = Callable[[], None]
"""Returns when the moment has come; called in a thread of its own, where it may wait without a pause."""


def next_commit(database: Database) -> Moment:
    """The next commit of anybody: on SQLite while it is written, on PostgreSQL just after it."""
    return _next_write(database) if database.dialect is Dialect.SQLITE else lambda: asyncio.run(_next_event(database))


def _next_write(database: Database) -> Moment:
    """The next write to SQLite's log. A connection that looked into the database would outlive the server."""
    log = database.file.with_name(f"{database.file.name}-wal")

    def wait() -> None:
        deadline, before = _deadline(), log.stat().st_mtime_ns
        while log.stat().st_mtime_ns == before:
            _check(deadline)

    return wait


async def _next_event(database: Database) -> None:
    """The next event that others can see."""
    connection = await asyncpg.connect(database.driver_url)
    try:
        deadline, before = _deadline(), await connection.fetchval("SELECT number FROM event_head")
        while await connection.fetchval("SELECT number FROM event_head") == before:
            _check(deadline)
    finally:
        await connection.close()


def _deadline() -> float:
    return time.monotonic() + PATIENCE


def _check(deadline: float) -> None:
    if time.monotonic() > deadline:
        raise TimeoutError(f"nothing was committed within {PATIENCE} seconds")
