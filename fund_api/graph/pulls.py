"""Pulls: every row of one list from one snapshot, some at a time, however many there are.

A document that is pulled is one that is asked for in pages, too; see tabular.py for what of it counts. A chunk of rows
may touch no more rows than an operation may, so that a pull needs little memory whatever lists hang on its rows.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, TypeVar

import asyncpg
from graphql import GraphQLError

from fund_api.core.errors import InvalidValue, TimedOut
from fund_api.graph.compile import Late, Plan
from fund_api.graph.errors import Code, RequestErrors
from fund_api.graph.pull_snapshots import Snapshot, closed, snapshot
from fund_api.graph.run import Reads
from fund_api.graph.steps import Given
from fund_api.graph.tabular import Column

CHUNK = 500
"""Rows that are shaped at a time, at most; twice as many were as fast, and took 3 MB more."""
SECONDS = 600.0
"""How long a pull may last."""
Row = dict[str, Any]  # Any: what JSON holds, and dates and times
Rows = list[Row]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class PullPlan:
    """How a pull is made: its plan, and the columns of its rows."""

    plan: Plan
    columns: tuple[Column, ...]
    name: str
    """The operation's, or that of its root field."""


@dataclass(slots=True)
class Pull:
    """A pull that is under way."""

    columns: tuple[Column, ...]
    name: str
    """The operation's, or that of its root field."""
    number: int
    """The number of the last event that its snapshot sees."""
    feed: Sequence[Any]
    """What its snapshot knows of the feed of changes. Any: whatever the database holds."""
    at: datetime
    """When it was looked at."""
    size: int
    """Rows of a chunk, at most."""
    _plan: Plan
    _late: Late
    _snapshot: Snapshot

    async def chunks(self) -> AsyncGenerator[Rows, None]:
        """The rows, a chunk at a time."""
        chunks = self.made(lambda rows: rows)
        try:
            async for rows in chunks:
                yield rows
        finally:
            await chunks.aclose()

    async def made(self, make: Callable[[Rows], T]) -> AsyncGenerator[T, None]:
        """What `make` makes of each chunk, in the thread of the pull. The database brings one more chunk meanwhile.

        Without rows it gets one chunk that is empty.
        """
        ahead = asyncio.create_task(self._fetched())
        try:
            while True:
                slots = await ahead
                goes_on = len(slots) == self.size
                making = asyncio.ensure_future(self._snapshot.made(partial(self._made, slots, make)))
                if goes_on:
                    ahead = asyncio.create_task(self._fetched())
                yield await making
                if not goes_on:
                    return
        finally:
            ahead.cancel()
            await asyncio.gather(ahead, return_exceptions=True)

    async def run(self, work: Callable[[], T]) -> T:
        """What comes out of some work, done in the thread of the pull."""
        return await self._snapshot.made(work)

    async def _fetched(self) -> Any:  # Any: rows of slots, whatever the database holds
        return await self._snapshot.fetch(self.size)

    def _made(self, slots: Any, make: Callable[[Rows], T]) -> T:
        rows: Any = self._plan.shape((slots,), self._late)  # Any: a pull's plan makes a list, others make an object
        return make(rows)


@asynccontextmanager
async def pulling(
    reads: Reads, found: PullPlan, size: int, given: Given, late: Late, *, seconds: float
) -> AsyncIterator[Pull]:
    """A pull for as long as the block lasts, which is stopped with TimedOut when it takes too long."""
    try:
        async with asyncio.timeout(seconds) as limit:
            source = snapshot(reads, found.plan, given, seconds)
            try:
                number, feed = await source.open()
                yield Pull(found.columns, found.name, number, feed, given[1].at, size, found.plan, late, source)
            finally:
                await closed(source)
    except TimeoutError:
        if limit.expired():
            raise TimedOut(seconds) from None
        raise
    except asyncpg.QueryCanceledError:
        raise TimedOut(seconds) from None
    except GraphQLError as error:
        raise RequestErrors([error], Code.BAD_USER_INPUT) from error
    except InvalidValue as failure:  # an argument of a computed field
        raise RequestErrors([GraphQLError(str(failure))], Code.BAD_USER_INPUT) from failure


def size_of(one: int, limit: int) -> int:
    """How many rows are shaped at a time, of which each may touch so many rows."""
    return max(1, min(CHUNK, limit // max(1, one)))
