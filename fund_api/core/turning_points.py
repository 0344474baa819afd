"""Turning points: moments at which answers change by the clock alone, though nothing is written.

From one of them to the next the same is true of every column that is compared with the time.
"""

import asyncio
from bisect import bisect_right
from collections.abc import Iterable
from datetime import UTC, datetime

import sqlalchemy as sa

from fund_api.core.database import Database
from fund_api.core.heads import HEAD


class TurningPoints:
    """The last moment that has passed, and all that are to come, read once for each state of the data."""

    def __init__(self, database: Database, columns: Iterable[sa.Column[datetime]]) -> None:
        self._database = database
        self._columns = tuple(columns)
        self.names = frozenset(f"{column.table.name}.{column.name}" for column in self._columns)
        """The columns that hold them, each as table.column."""
        self._head = ""
        self._read_at = datetime.max.replace(tzinfo=UTC)
        self._moments: list[datetime] = []
        self._names: list[str] = []
        """What the state is called before the first of them, and after each."""
        self._alone = asyncio.Lock()

    async def standing(self, head: str, now: datetime) -> str:
        """The name of the state with the last turning point; where the data has changed since, of its new state."""
        if not self._holds(head, now):
            async with self._alone:
                if not self._holds(head, now):
                    await self._read(now)
        return self._names[bisect_right(self._moments, now)]

    def held(self, head: str, now: datetime) -> str | None:
        """The same without reading anything; None when this state of the data has not been read yet."""
        return self._names[bisect_right(self._moments, now)] if self._holds(head, now) else None

    def _holds(self, head: str, now: datetime) -> bool:
        return self._head == head and now >= self._read_at

    async def _read(self, now: datetime) -> None:
        parts: list[sa.Select[*tuple[datetime | None, ...]]] = []
        for column in self._columns:
            parts += [sa.select(sa.func.max(column)).where(column <= now), sa.select(column).where(column > now)]
        async with self._database.snapshot() as connection:
            head = await connection.scalar(sa.text(HEAD))
            found = (await connection.execute(sa.union_all(*parts))).all()
        self._moments = sorted({moment for (moment,) in found if moment is not None})
        self._names = [f"{head} -", *(f"{head} {moment.isoformat()}" for moment in self._moments)]
        self._head, self._read_at = str(head), now
