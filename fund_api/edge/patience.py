"""Patience: work that takes too long is stopped, and so is work that nobody waits for any more.

One timer looks at everything that is under way, a few times a second while anything is, so that quick work pays for no
timer of its own. Who has waited for a while is watched: when they go away, their work is stopped, too.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from types import TracebackType

from fund_api.core.errors import TimedOut

Gone = Callable[[], Awaitable[object]]
"""Waits until whoever asked went away."""
LOOKS = 0.25
"""Seconds between two looks at what is under way; at the first of them the client of slow work begins to be watched."""
FINEST = 5
"""Looks within a time limit, at the least."""
IDLE = 8
"""Looks at nothing, after which there are none until there is work again."""


class ClientGone(Exception):
    """Who asked went away; nobody is left to be answered."""


class Patience:
    """The time limit of one kind of work, in seconds."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.under_way: dict[Watch, None] = {}
        self.looking = False
        self._idle = 0
        self._every = min(LOOKS, seconds / FINEST)

    def look(self) -> None:
        """Look at what is under way, and again until nothing is for a while."""
        now = time.monotonic()
        for watch in list(self.under_way):
            watch.look(now)
        self._idle = 0 if self.under_way else self._idle + 1
        self.looking = self._idle < IDLE
        if self.looking:
            asyncio.get_running_loop().call_later(self._every, self.look)


class Watch:
    """Watches what the block of a `with` does in this task: it ends with TimedOut or ClientGone when it must."""

    __slots__ = ("_began", "_cancelling", "_gone", "_patience", "_task", "_watching", "_why")

    def __init__(self, patience: Patience, gone: Gone | None = None) -> None:
        self._patience = patience
        self._gone = gone
        self._began = time.monotonic()
        self._task = asyncio.current_task()
        self._cancelling = self._task.cancelling() if self._task else 0
        self._watching: asyncio.Task[None] | None = None
        self._why: Exception | None = None

    def __enter__(self) -> None:
        patience = self._patience
        patience.under_way[self] = None
        if not patience.looking:
            patience.look()

    def __exit__(
        self, kind: type[BaseException] | None, _error: BaseException | None, _at: TracebackType | None
    ) -> None:
        del self._patience.under_way[self]
        if self._watching is not None:
            self._watching.cancel()
        if self._why is None or self._task is None:
            return
        others = self._task.uncancel() > self._cancelling  # somebody else wants this task to end, too
        if kind is asyncio.CancelledError and not others:
            raise self._why from None

    def look(self, now: float) -> None:
        """Stop the work when its time is up, and watch who asked for it from the second look on."""
        taken = now - self._began
        if taken >= self._patience.seconds:
            self._stop(TimedOut(self._patience.seconds))
        elif self._gone is not None and self._watching is None and taken >= LOOKS / 2:
            self._watching = asyncio.create_task(self._watch(self._gone))

    async def _watch(self, gone: Gone) -> None:
        await gone()
        self._stop(ClientGone())

    def _stop(self, why: Exception) -> None:
        if self._why is None and self._task:
            self._why = why
            self._task.cancel()
