"""Patience with a source that breaks off, is busy or is away: how often it is tried again, and after how long."""

import asyncio
from typing import Any

from fund_api.core.errors import Failure
from fund_api.core.text import several
from fund_api.exporting.progress import Telling
from fund_api.exporting.sources import Broken, Source
from fund_api.reporting.questions import Asked

TRIES = 6
"""How often something is tried that brings nothing."""
PAUSE = 1.0
"""Seconds before the second try; each further one waits twice as long."""


async def pause(broken: Broken, tried: int, telling: Telling) -> None:
    """Wait before the next try, as long as the server says, and tell why."""
    wait = PAUSE * 2 ** (tried - 1) if broken.wait is None else broken.wait
    telling.say(f"{broken}\nTrying again in {several(wait, 'second')}.")
    await asyncio.sleep(wait)


async def patiently(source: Source, asked: Asked, telling: Telling) -> Any:  # Any: what JSON holds
    """The data of a short answer, which a server may be too busy for at first. Raises Failure and OnlyTrusted."""
    tried = 0
    while True:
        try:
            return await source.data(asked)
        except Broken as broken:
            tried += 1
            if tried == TRIES:
                raise Failure(f"{source.name} can't be reached: {broken}") from None
            await pause(broken, tried, telling)
