"""The schema's history, by Alembic; the same revisions run on SQLite and on PostgreSQL."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from fund_api.core.database import Database, reached

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
    async with database.writing() as connection:
        return await connection.run_sync(_upgrade)


@asynccontextmanager
async def migrated(address: str) -> AsyncIterator[tuple[Database, bool]]:
    """The database at `address` at the newest revision, and whether it had to be brought there.

    Raises Failure when it can't be reached or refuses what we ask.
    """
    async with reached(address) as database:
        changed = await upgrade(database)
        yield database, changed


async def is_current(database: Database) -> bool:
    """Whether the database is at the newest revision."""
    async with database.engine.connect() as connection:
        return await connection.run_sync(_is_current)


def _is_current(connection: sa.Connection) -> bool:
    newest = ScriptDirectory(str(_HERE)).get_current_head()
    return MigrationContext.configure(connection).get_current_revision() == newest


def _upgrade(connection: sa.Connection) -> bool:
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
    if _is_current(connection):
        return False
    command.upgrade(configuration(connection), "head")
    return True
