"""The schema's history, by Alembic; the same revisions run on SQLite and on PostgreSQL."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.ext.asyncio import AsyncConnection

from fund_api.core.database import Database, Dialect, reached
from fund_api.core.errors import Failure

_HERE = Path(__file__).parent
_LOCK = 7_403_811
"""Key of PostgreSQL's advisory lock, so that several processes may start at once."""


def configuration(connection: sa.Connection) -> Config:
    """Alembic's settings for an open connection."""
    config = Config()
    config.set_main_option("script_location", str(_HERE))
    config.attributes["connection"] = connection
    return config


async def upgrade(database: Database) -> bool:
    """Bring the database to the newest revision, in one transaction; True when there was something to do."""
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
    async with database.engine.connect() as connection:
        return await connection.run_sync(_is_current)


def _is_current(connection: sa.Connection) -> bool:
    newest = ScriptDirectory(str(_HERE)).get_current_head()
    return MigrationContext.configure(connection).get_current_revision() == newest


def _check_foreign_keys(connection: sa.Connection) -> None:
    lost: Any = connection.exec_driver_sql("PRAGMA foreign_key_check").first()  # table, row, table referred to, number
    if lost is not None:
        raise Failure(f"A row of {lost[0]} refers to a row of {lost[2]} that is not there.")


def _upgrade(connection: sa.Connection) -> bool:
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
    if _is_current(connection):
        return False
    command.upgrade(configuration(connection), "head")
    return True
