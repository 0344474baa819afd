"""What the server does by itself, once a minute: it tells people of milestones and of follow-ups that come due and of
what was done with their grants, mails notices, and writes into the log what of the library went live or expired.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from functools import partial

import structlog
from sqlalchemy.exc import IntegrityError

from fund_api.campaigns.mail import send_notices
from fund_api.campaigns.notices import due_notices
from fund_api.core import clock, past
from fund_api.core.access import PUBLIC
from fund_api.core.database import Database
from fund_api.core.idempotency import forget_old_keys
from fund_api.core.settings import Settings
from fund_api.core.writing import writing
from fund_api.grants.notices import tell_applicants
from fund_api.hiring.notices import tell_due_follow_ups
from fund_api.library.boundaries import tell_what_came_due
from fund_api.library.views import Views

EVERY = 60.0
"""Seconds between two ticks."""
_log = structlog.get_logger()


@asynccontextmanager
async def ticking(database: Database, settings: Settings) -> AsyncIterator[None]:
    """Tick for as long as the block lasts."""
    async with _repeating("tick", partial(tick, database, settings)):
        yield


@asynccontextmanager
async def writing_views(database: Database, views: Views) -> AsyncIterator[None]:
    """Write the views that were counted for as long as the block lasts, and what is left at its end."""

    async def write() -> None:
        await views.flush(database, clock.now())

    async with _repeating("write of views", write):
        yield
    await write()


async def tick(database: Database, settings: Settings) -> None:
    """Tell what came due and what was done, then mail what was told.

    Of several processes each notice is written and mailed by one.
    """
    now = clock.now()
    with suppress(IntegrityError):  # another process told the same at this moment
        async with writing(database, PUBLIC, now) as tx:
            await due_notices(tx, now.date())
            await forget_old_keys(tx)
            await past.purge(tx.connection, now)
    async with writing(database, PUBLIC, now) as tx:
        await tell_applicants(tx)
    async with writing(database, PUBLIC, now) as tx:
        await tell_due_follow_ups(tx)
    async with writing(database, PUBLIC, now) as tx:
        await tell_what_came_due(tx)
    await send_notices(database, settings, now)


@asynccontextmanager
async def _repeating(what: str, work: Callable[[], Awaitable[None]]) -> AsyncIterator[None]:
    """Do this again and again for as long as the block lasts."""
    task = asyncio.create_task(_repeat(what, work))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _repeat(what: str, work: Callable[[], Awaitable[None]]) -> None:
    while True:
        await asyncio.sleep(EVERY)
        try:
            await work()
        except Exception:  # noqa: BLE001  # the entry point of a task: whatever it was, the next time tries again
            _log.exception(f"a {what} failed; the next one tries again")
