"""The state of the data by its name: the same name means the same rows. For who keeps answers until something changes.

The name is the hash of the last event, with the number of the writes of which no event tells. It is read after it was
asked for: whoever knows of a commit, from whatever process, gets a name that no answer before it has.
"""

import asyncio
import sqlite3

import asyncpg
import structlog
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from fund_api.core.columns import table_of
from fund_api.core.database import Database, Dialect, SqliteConnection, prepare_sqlite
from fund_api.core.tables import UnloggedWrite

_UNLOGGED = table_of(UnloggedWrite)
_NAME = "writes"
HEAD = """
SELECT coalesce((SELECT hash FROM event_head), '') || ' ' || coalesce((SELECT number FROM unlogged_write), 0)
"""
"""The name of the state, on both databases."""
PATIENCE = 2.0
"""Seconds in which PostgreSQL says it."""
BUSY = 0.1
"""Seconds for which SQLite may be busy with what keeps readers out."""
NAME = "fund-api asks for the last event"
"""How the connection calls itself where PostgreSQL lists them."""
_FAILURES = (
    sqlite3.Error,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    OSError,
    TimeoutError,
)
_log = structlog.get_logger()


async def tell_unlogged(connection: AsyncConnection) -> None:
    """Give the state another name, last in a transaction of which no event tells; others who do so wait for it."""
    insert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    first = insert(_UNLOGGED).values(name=_NAME, number=1)
    more = {"number": _UNLOGGED.c.number + 1}
    await connection.execute(first.on_conflict_do_update(index_elements=[_UNLOGGED.c.name], set_=more))


class Heads:
    """Says what the state is called, over a connection of its own."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._file: sqlite3.Connection | None = None
        self._server: asyncpg.Connection | None = None
        self._waiting: list[asyncio.Future[str | None]] = []
        self._reading: asyncio.Task[None] | None = None

    async def fresh(self) -> str | None:
        """The name of the state at some moment from now on; None when the database does not say it.

        All who ask while it is read wait for the next reading, and share that.
        """
        if self._database.dialect is Dialect.SQLITE:  # some microseconds, which wait for no writer: no thread is needed
            try:
                name: str = (self._file or self._opened()).execute(HEAD).fetchone()[0]
            except sqlite3.Error as error:
                _unsaid(error)
                return None
            return name
        waiting: asyncio.Future[str | None] = asyncio.get_running_loop().create_future()
        self._waiting.append(waiting)
        if self._reading is None:
            self._reading = asyncio.create_task(self._read())
        return await waiting

    async def close(self) -> None:
        """Close the connection."""
        if self._file is not None:
            self._file.close()
            self._file = None
        if self._server is not None:
            self._server.terminate()
            self._server = None

    def _opened(self) -> sqlite3.Connection:
        self._file = sqlite3.connect(self._database.file, isolation_level=None, factory=SqliteConnection)
        prepare_sqlite(self._file, BUSY)
        return self._file

    async def _read(self) -> None:
        """Read for all who wait, and again for those who came meanwhile, until nobody waits."""
        told: list[asyncio.Future[str | None]] = []
        try:
            while self._waiting:
                told, self._waiting = self._waiting, []
                name = await self._from_server()
                for each in told:
                    if not each.done():  # who went away waits no more
                        each.set_result(name)
        finally:
            self._reading = None
            for each in (*told, *self._waiting):
                if not each.done():  # stopped, or a fault of ours: nothing is known
                    each.set_result(None)
            self._waiting = []

    async def _from_server(self) -> str | None:
        """The name, over the connection, which is made when there is none."""
        try:
            if self._server is None or self._server.is_closed():
                self._server = await asyncpg.connect(
                    self._database.driver_url,
                    timeout=PATIENCE,
                    command_timeout=PATIENCE,
                    server_settings={"application_name": NAME},
                )
            return str(await self._server.fetchval(HEAD))
        except _FAILURES as error:
            if self._server is not None:
                self._server.terminate()
                self._server = None
            _unsaid(error)
            return None


def _unsaid(error: Exception) -> None:
    """Log why nothing is known."""
    _log.warning("answers are not kept: the last event can't be read", reason=f"{type(error).__name__}: {error}")
