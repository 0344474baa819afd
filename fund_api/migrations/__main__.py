"""`python -m fund_api.migrations MESSAGE` writes the next revision: how the tables differ from the last one."""

import asyncio
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import sqlalchemy as sa
from alembic import command
from alembic.script import ScriptDirectory

from fund_api import migrations
from fund_api.core.database import Database
from fund_api.migrations import history


def _write(connection: sa.Connection, message: str) -> None:
    config = history.configuration(connection)
    last = ScriptDirectory.from_config(config).get_current_head() or "0"
    command.revision(config, message, autogenerate=True, rev_id=f"{int(last) + 1:04d}")


async def revise(message: str) -> None:
    """Compare with a database that has every revision so far."""
    with TemporaryDirectory() as folder:
        database = Database.at(f"sqlite:///{Path(folder) / 'revision.db'}")
        await migrations.upgrade(database)
        async with database.engine.connect() as connection:
            await connection.run_sync(_write, message)
        await database.close()


if __name__ == "__main__":
    asyncio.run(revise(sys.argv[1]))
