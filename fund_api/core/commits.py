"""Commits, followed: what waits for the log to grow is woken, by whatever process it grew.

On PostgreSQL every commit that appends to the log notifies (see events.append). On SQLite a commit of this process is
told here, and one of another process is seen by the file's data_version, which is looked at a few times a second. Both
are looked at now and then in any case: a lost connection delays what is told, and loses nothing.
"""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing, suppress
from typing import Protocol

import asyncpg
import structlog

from fund_api.core.database import Database, Dialect, SqliteConnection, prepare_sqlite
from fund_api.core.events import CHANNEL

POLL = 0.2
"""Seconds between two looks at an SQLite file."""
LOOK = 5.0
"""Seconds after which PostgreSQL is asked though it said nothing."""
RETRY = 1.0
"""Seconds before a lost connection is made again."""
NAME = "fund-api follows its log"
"""How the connection calls itself where PostgreSQL lists them."""
_HEAD = "SELECT coalesce(max(number), 0) FROM event_head"
_TOUCHED = """
SELECT coalesce(max(number), 0) FROM event WHERE number > $1 AND number <= $2
AND (action LIKE 'person.%' OR action LIKE 'role_assignment.%' OR action LIKE 'api_token.%')
"""
"""Of events after which somebody may have other rights, or none; both drivers read these placeholders."""
_log = structlog.get_logger()


class GoingAway(Exception):
    """The server stops; whoever followed can follow another one from where they are."""

    def __init__(self) -> None:
        super().__init__("The server stops: connect again, and continue after the last number that you have.")


class Source(Protocol):
    """One connection that is asked where the log ends."""

    async def head(self) -> int:
        """The number of the last event."""
        ...

    async def look(self, since: int) -> tuple[int, int]:
        """The number of the last event, and that of the last one after `since` that touches rights, or 0."""
        ...


class Commits:
    """Where the log ends, as long as anybody follows it; one object in a process.

    Of those who follow, `at_once` take their turn to read at a time, so that readers are left to whoever asks.
    """

    def __init__(self, database: Database, at_once: int = 4) -> None:
        self.turns = asyncio.Semaphore(at_once)
        self.head = 0
        """The number of the last event that is known here."""
        self.rights = 0
        """The number of the last known event that touches rights."""
        self._database = database
        self._followers = 0
        self._task: asyncio.Task[None] | None = None
        self._nudge, self._grown, self._known = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self._stopped = asyncio.Event()

    @asynccontextmanager
    async def followed(self) -> AsyncIterator[None]:
        """Know where the log ends for as long as the block lasts. Raises GoingAway."""
        self._check()
        self._followers += 1
        try:
            if self._task is None:
                self._known.clear()
                self._database.listeners.add(self._nudge.set)
                self._task = asyncio.create_task(self._follow())
            while not self._known.is_set():
                await self._wait(self._known, LOOK)
                self._check()
            yield
        finally:
            self._followers -= 1
            if self._followers == 0 and self._task is not None:
                self._task.cancel()
                self._database.listeners.discard(self._nudge.set)
                self._task = None

    async def beyond(self, number: int, seconds: float) -> None:
        """Wait until the log goes beyond an event, at most so many seconds. Raises GoingAway."""
        if self.head <= number:
            self._check()
            await self._wait(self._grown, seconds)
        self._check()

    async def pause(self, seconds: float) -> None:
        """Wait so many seconds. Raises GoingAway."""
        await self._wait(self._stopped, seconds)
        self._check()

    def stop(self) -> None:
        """Let everybody go who follows: the server stops."""
        self._stopped.set()
        self._wake()

    def _check(self) -> None:
        if self._stopped.is_set():
            raise GoingAway

    @staticmethod
    async def _wait(event: asyncio.Event, seconds: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):  # wait_for swallows a cancel that comes with the event, on Python 3.11
                await event.wait()

    def _wake(self) -> None:
        """Wake everybody who waits, and let the next ones wait anew."""
        grown, self._grown = self._grown, asyncio.Event()
        grown.set()

    async def _follow(self) -> None:
        """Look whenever there may be something new, until nobody wants to know."""
        while True:
            try:
                async with self._source() as (source, patience):
                    await self._look_on(source, patience)
            except Exception as error:  # noqa: BLE001  # the entry point of a task: the next try may go well
                _log.warning("the log can't be followed; trying again", reason=f"{type(error).__name__}: {error}")
            await asyncio.sleep(RETRY)

    async def _look_on(self, source: Source, patience: float) -> None:
        while True:
            self._nudge.clear()
            if not self._known.is_set():  # whoever begins now has their rights looked at after this
                self.head = self.rights = await source.head()
                self._known.set()
                self._wake()
            head, rights = await source.look(self.head)
            if head > self.head:
                self.head, self.rights = head, max(rights, self.rights)
                self._wake()
            await self._wait(self._nudge, patience)

    @asynccontextmanager
    async def _source(self) -> AsyncIterator[tuple[Source, float]]:
        """What is asked, and after how many seconds at the latest."""
        if self._database.dialect is Dialect.SQLITE:
            with closing(sqlite3.connect(self._database.file, factory=SqliteConnection)) as own:
                prepare_sqlite(own)
                yield _File(own), POLL
            return
        connection = await asyncpg.connect(
            self._database.driver_url, timeout=LOOK, command_timeout=LOOK, server_settings={"application_name": NAME}
        )
        try:
            await connection.add_listener(CHANNEL, lambda *_: self._nudge.set())
            yield _Server(connection), LOOK
        finally:
            connection.terminate()


class _File:
    """An SQLite file: reads of some microseconds, which wait for no writer, so that no thread is needed."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._version = -1
        self._found = (0, 0)

    async def head(self) -> int:
        """Where the log ends."""
        [head] = self._connection.execute(_HEAD).fetchone()
        return int(head)

    async def look(self, since: int) -> tuple[int, int]:
        """The same as before unless anything was committed."""
        [version] = self._connection.execute("PRAGMA data_version").fetchone()
        if version != self._version:
            [head] = self._connection.execute(_HEAD).fetchone()
            [rights] = self._connection.execute(_TOUCHED, {"1": since, "2": head}).fetchone()
            self._version, self._found = version, (head, rights)
        return self._found


class _Server:
    """A connection to PostgreSQL that listens."""

    def __init__(self, connection: asyncpg.Connection) -> None:
        self._connection = connection

    async def head(self) -> int:
        """Where the log ends."""
        return int(await self._connection.fetchval(_HEAD))

    async def look(self, since: int) -> tuple[int, int]:
        """One read, and a second one when the log has grown."""
        head = await self._connection.fetchval(_HEAD)
        rights = await self._connection.fetchval(_TOUCHED, since, head) if head > since else 0
        return head, rights
