"""Work that waits for a lock, on PostgreSQL, where writers run side by side."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

import sqlalchemy as sa

from fund_api.core.database import Database

T = TypeVar("T")
WAITERS = sa.text(
    "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
)


async def waiting(database: Database, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
    """Work that has begun and waits for a lock."""
    task = asyncio.create_task(work)
    async with asyncio.timeout(30), database.reading() as connection:
        while not await connection.scalar(WAITERS):
            assert not task.done(), "it did not wait"
    return task
