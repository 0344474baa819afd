"""What the server does by itself, once a minute: it tells people of milestones that come due and of what was done with
their grants, and mails notices.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import structlog
from sqlalchemy.exc import IntegrityError

from fund_api.campaigns.mail import send_notices
from fund_api.campaigns.notices import due_notices
from fund_api.core import clock
from fund_api.core.access import PUBLIC
from fund_api.core.database import Database
from fund_api.core.idempotency import forget_old_keys
from fund_api.core.settings import Settings
from fund_api.core.writing import writing
from fund_api.grants.notices import tell_applicants

EVERY = 60.0
"""Seconds between two ticks."""
_log = structlog.get_logger()


@asynccontextmanager
async def ticking(database: Database, settings: Settings) -> AsyncIterator[None]:
    """Tick for as long as the block lasts."""
    task = asyncio.create_task(_run(database, settings))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def tick(database: Database, settings: Settings) -> None:
    """Tell what came due and what was done, then mail what was told.

    Of several processes each notice is written and mailed by one.
    """
    now = clock.now()
    with suppress(IntegrityError):  # another process told the same at this moment
        async with writing(database, PUBLIC, now) as tx:
            await due_notices(tx, now.date())
            await forget_old_keys(tx)
    async with writing(database, PUBLIC, now) as tx:
        await tell_applicants(tx)
    await send_notices(database, settings, now)


async def _run(database: Database, settings: Settings) -> None:
    while True:
        await asyncio.sleep(EVERY)
        try:
            await tick(database, settings)
        except Exception:  # noqa: BLE001  # the entry point of a task: whatever it was, the next tick tries again
            _log.exception("a tick failed; the next one tries again")
