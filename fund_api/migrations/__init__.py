"""The schema's history, by Alembic; the same revisions run on SQLite and on PostgreSQL."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from fund_api.core.database import Database, Dialect, reached
from fund_api.core.errors import Failure

_HERE = Path(__file__).parent
_LOCK = 7_403_811
"""Key of PostgreSQL's advisory lock, so that several processes may start at once."""
NEWEST = max(each.name.partition("_")[0] for each in (_HERE / "versions").glob("[0-9]*.py"))
"""The newest revision: each is named in its file's name, and they follow each other in this order."""
_REVISION = sa.text("SELECT version_num FROM alembic_version")


async def upgrade(database: Database) -> bool:
    """Bring the database to the newest revision, in one transaction; True when there was something to do.

    One that is there already is only read, so that a start neither waits for a writer nor looks at every row.
    """
    if await is_current(database):
        return False
    async with _restructuring(database) as connection:
        return await connection.run_sync(_upgrade)


@asynccontextmanager
async def migrated(address: str) -> AsyncIterator[tuple[Database, bool]]:
    """The database at `address` at the newest revision, and whether it had to be brought there.

    Raises Failure when it can't be reached or refuses what we ask.
    """
    async with reached(address) as database:
        changed = await upgrade(database)
        yield database, changed


@asynccontextmanager
async def _restructuring(database: Database) -> AsyncIterator[AsyncConnection]:
    """One write transaction. On SQLite a table that others refer to may be made anew in it, since foreign keys are
    checked at its end: they can only be switched off, for this connection, before it begins.
    """
    async with database.engine.connect() as connection:
        driver: Any = (await connection.get_raw_connection()).driver_connection  # aiosqlite's, or asyncpg's
        checks = database.dialect is Dialect.SQLITE
        if checks:
            await driver.execute("PRAGMA foreign_keys = OFF")
        try:
            async with connection.begin():
                yield connection
                if checks:
                    await connection.run_sync(_check_foreign_keys)
        finally:
            if checks:
                await driver.execute("PRAGMA foreign_keys = ON")


async def is_current(database: Database) -> bool:
    """Whether the database is at the newest revision."""
    async with database.reading() as connection:
        return await connection.run_sync(_is_current)


def _is_current(connection: sa.Connection) -> bool:
    if not sa.inspect(connection).has_table("alembic_version"):
        return False
    return connection.execute(_REVISION).scalar() == NEWEST


def _check_foreign_keys(connection: sa.Connection) -> None:
    lost: Any = connection.exec_driver_sql("PRAGMA foreign_key_check").first()  # table, row, table referred to, number
    if lost is not None:
        raise Failure(f"A row of {lost[0]} refers to a row of {lost[2]} that is not there.")


def _upgrade(connection: sa.Connection) -> bool:
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
    if _is_current(connection):
        return False
    from fund_api.migrations import history  # noqa: PLC0415  # Alembic's 9 MB, which who is up to date does without

    history.upgrade(connection)
    return True
