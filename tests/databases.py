"""Databases for one run of the tests: each kind is made once for all workers, then copied or shared."""

import asyncio
import fcntl
import os
import secrets
import shutil
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import asyncpg
from sqlalchemy import event
from sqlalchemy.engine import make_url

from fund_api import migrations
from fund_api.core.database import Database, Dialect
from fund_api.core.installation import installed
from tests.postgres import Server, Unavailable

Fill = Callable[[Database], Awaitable[object]]
_MEMORY = Path("/dev/shm")
"""Where Linux keeps files in memory."""
_ROOM = 4 * 2**30
"""Bytes that must be free there; a run takes a quarter of them."""


def new_folder() -> Path:
    """A folder for a run: in memory, where PostgreSQL copies databases ten times as fast as on a disk, if it may."""
    parent = _MEMORY if _MEMORY.is_dir() and os.access(_MEMORY, os.W_OK) and _is_fit(_MEMORY) else None
    return Path(tempfile.mkdtemp(prefix="fund-tests-", dir=parent))


def _is_fit(folder: Path) -> bool:
    """Whether there is room for databases, and copied programs may run."""
    system = os.statvfs(folder)
    return system.f_bavail * system.f_frsize >= _ROOM and not system.f_flag & os.ST_NOEXEC


def _carelessly(connection: Any, _record: object) -> None:
    """Commit without waiting for the disk, as the tests' PostgreSQL does. Any: the driver's connection."""
    cursor = connection.cursor()
    cursor.execute("PRAGMA synchronous = OFF")
    cursor.close()


class Databases:
    """The databases of the run whose folder this is; every worker has its own object on the same folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._server = Server(folder)
        self._given = os.environ.get("TEST_DATABASE_URL")
        self._prefix = folder.name.replace("-", "_")
        self._free: dict[Dialect, list[Database]] = {dialect: [] for dialect in Dialect}

    @asynccontextmanager
    async def empty(self, dialect: Dialect) -> AsyncIterator[Database]:
        """A database with nothing in it, dropped afterwards."""
        async with self._temporary(dialect, None) as database:
            yield database

    @asynccontextmanager
    async def migrated(self, dialect: Dialect) -> AsyncIterator[Database]:
        """A database with our tables and no rows, dropped afterwards."""
        template = await self._once(dialect, "migrated", migrations.upgrade)
        async with self._temporary(dialect, template) as database:
            await installed(database)  # what a process asks once is not what tests count
            yield database

    @asynccontextmanager
    async def filled(self, dialect: Dialect, kind: str, fill: Fill) -> AsyncIterator[Database]:
        """The one database of this kind, migrated and filled by whoever came first; it is shared, so only to read.

        PostgreSQL refuses writes to it. SQLite would refuse the transactions of readers too, so there it is a promise.
        """

        async def protect(database: Database) -> None:
            if dialect is Dialect.POSTGRESQL:
                name = database.url.database
                await self._administrate(f"ALTER DATABASE {name} SET default_transaction_read_only = on")

        template = await self._filled_template(dialect, kind, fill)
        name = await self._once(dialect, kind, protect, template)
        async with self._opened(dialect, name) as database:
            yield database

    @asynccontextmanager
    async def copied(self, dialect: Dialect, kind: str, fill: Fill) -> AsyncIterator[Database]:
        """A database of this kind of one's own, to write to as well, dropped afterwards."""
        template = await self._filled_template(dialect, kind, fill)
        async with self._temporary(dialect, template) as database:
            yield database

    def remove(self) -> None:
        """Stop the server, or drop our databases from the one that was given, and delete the folder."""
        if self._given:
            asyncio.run(self._drop_all())
        elif self._server.running:
            self._server.stop()
        shutil.rmtree(self.folder)

    def _address(self, dialect: Dialect, name: str) -> str:
        if dialect is Dialect.SQLITE:
            return f"sqlite:///{self.folder / name}.db"
        return self._postgres(name)

    def _postgres(self, name: str) -> str:
        """The address of a PostgreSQL database; the server is started by whoever asks first."""
        if self._given:
            return make_url(self._given).set(database=name).render_as_string(hide_password=False)
        with self._alone("server") as done:
            if not done.exists():
                done.write_text(self._start())
            if failure := done.read_text():
                raise Unavailable(failure)
        return self._server.address(name)

    def _start(self) -> str:
        """Start the server, once; "" or why it did not start, which every later test then says at once."""
        try:
            self._server.start()
        except (Unavailable, OSError) as failure:
            return str(failure)
        return ""

    @contextmanager
    def _alone(self, work: str) -> Iterator[Path]:
        """One process at a time does this work; yields the file that says that it was done."""
        with (self.folder / f"{work}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield self.folder / f"{work}.done"

    async def _filled_template(self, dialect: Dialect, kind: str, fill: Fill) -> str:
        """A database of this kind that nobody has open, as PostgreSQL copies no other."""

        async def prepare(database: Database) -> None:
            await migrations.upgrade(database)
            await fill(database)

        return await self._once(dialect, f"{kind}_template", prepare)

    async def _once(self, dialect: Dialect, kind: str, fill: Fill, template: str | None = None) -> str:
        name = f"{self._prefix}_{kind}"
        with self._alone(f"{dialect}-{kind}") as done:
            if not done.exists():
                await self._create(dialect, name, template)
                try:
                    async with self._opened(dialect, name) as database:
                        await fill(database)
                except BaseException:
                    await self._drop(dialect, name)
                    raise
                done.touch()
        return name

    @asynccontextmanager
    async def _temporary(self, dialect: Dialect, template: str | None) -> AsyncIterator[Database]:
        """A copy of the template under an address that is used again: its engine keeps the statements it compiled."""
        free = self._free[dialect]
        database = free.pop() if free else self._at(dialect, f"{self._prefix}_{secrets.token_hex(6)}")
        name = database.file.stem
        await self._create(dialect, name, template)
        try:
            yield database
        finally:
            await database.close()
            await self._drop(dialect, name)
        database.known.clear()
        free.append(database)

    @asynccontextmanager
    async def _opened(self, dialect: Dialect, name: str) -> AsyncIterator[Database]:
        database = self._at(dialect, name)
        try:
            yield database
        finally:
            await database.close()

    def _at(self, dialect: Dialect, name: str) -> Database:
        database = Database.at(self._address(dialect, name))
        if dialect is Dialect.SQLITE:
            event.listen(database.engine.sync_engine, "connect", _carelessly)
        return database

    async def _create(self, dialect: Dialect, name: str, template: str | None) -> None:
        if (
            dialect is Dialect.POSTGRESQL
        ):  # copying files takes a third of the time of the default, without care for crashes
            await self._administrate(
                f"CREATE DATABASE {name} TEMPLATE {template or 'template0'}", " STRATEGY FILE_COPY"
            )
        elif template:  # its last connection is closed, so the file is whole without its log
            shutil.copyfile(self.folder / f"{template}.db", self.folder / f"{name}.db")

    async def _drop(self, dialect: Dialect, name: str) -> None:
        if dialect is Dialect.POSTGRESQL:
            await self._administrate(f"DROP DATABASE {name} WITH (FORCE)")
        else:
            for file in (f"{name}.db", f"{name}.db-wal", f"{name}.db-shm"):
                (self.folder / file).unlink(missing_ok=True)

    async def _administrate(self, statement: str, since_15: str = "") -> None:
        """Run a statement on the server, with a part that it knows since version 15."""
        connection = await asyncpg.connect(self._postgres("postgres"))
        try:
            await connection.execute(statement + (since_15 if connection.get_server_version().major >= 15 else ""))
        finally:
            await connection.close()

    async def _drop_all(self) -> None:
        connection = await asyncpg.connect(self._postgres("postgres"))
        try:
            ours = "SELECT datname FROM pg_database WHERE starts_with(datname, $1)"
            for (name,) in await connection.fetch(ours, self._prefix):
                await connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
        finally:
            await connection.close()
