"""Time limits of what a database does: work that takes too long is stopped, did nothing, and ends with TimedOut."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import asyncpg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnection
from sqlalchemy.ext.asyncio import AsyncConnection

from fund_api.core.errors import TimedOut

AGAIN = 0.05
"""Seconds after which SQLite is told to stop once more: between two statements it does not hear it."""
_PRIMARY = 0xFF
"""The part of SQLite's codes that says what went wrong; the rest says more exactly how."""


def server_settings(timeout: float | None) -> dict[str, str]:
    """What PostgreSQL is told of a time limit, in seconds, when a connection is made."""
    return {} if timeout is None else {"statement_timeout": str(max(1, round(timeout * 1_000)))}


@contextmanager
def told_in_time(timeout: float | None) -> Iterator[None]:
    """Where there is a time limit, raise TimedOut for what the database gave up; it is rolled back inside the block."""
    try:
        yield
    except (DBAPIError, NoConnection, asyncpg.QueryCanceledError, sqlite3.OperationalError) as error:
        if timeout is not None and is_late(error):
            raise TimedOut(timeout) from error
        raise


def is_late(error: Exception) -> bool:
    """Whether a database says by this error that it was stopped, or waited for too long."""
    cause: Any = error.orig if isinstance(error, DBAPIError) else error  # Any: each driver's own error
    if isinstance(cause, NoConnection) or getattr(cause, "sqlstate", None) == asyncpg.QueryCanceledError.sqlstate:
        return True
    return (getattr(cause, "sqlite_errorcode", 0) & _PRIMARY) in (sqlite3.SQLITE_INTERRUPT, sqlite3.SQLITE_BUSY)


@asynccontextmanager
async def stopped_in_time(connection: AsyncConnection, limit: float | None) -> AsyncIterator[None]:
    """On SQLite, stop what the block runs when it takes longer than `limit`; PostgreSQL does so by itself.

    When the task of the block is cancelled, PostgreSQL's driver stops it, too, where SQLite runs on until the limit.
    """
    if limit is None or connection.dialect.name != "sqlite":
        yield
        return
    driver: Any = (await connection.get_raw_connection()).driver_connection  # Any: aiosqlite's
    stopping = asyncio.create_task(_stop(driver, limit))
    try:
        yield
    finally:
        stopping.cancel()


async def _stop(driver: Any, after: float) -> None:
    """Stop whatever a connection runs from then on, until this is cancelled."""
    await asyncio.sleep(after)
    while True:
        await driver.interrupt()
        await asyncio.sleep(AGAIN)
