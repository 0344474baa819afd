"""The databases that the other tests rely on."""

import shutil
import tempfile
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from fund_api import migrations
from fund_api.core.database import Database, Dialect
from tests.databases import Databases
from tests.postgres import Server, Unavailable
from tests.structure import structure

COMMUNITIES = sa.text("SELECT count(*) FROM community")


@pytest.mark.parametrize("dialect", list(Dialect))
async def test_every_migrated_database_is_its_own(databases: Databases, dialect: Dialect) -> None:
    async with databases.migrated(dialect) as one, databases.migrated(dialect) as other:
        async with one.writing() as connection:
            await connection.execute(sa.text("DROP TABLE notice"))
        assert (await structure(other)).keys() - (await structure(one)).keys() == {"notice"}


async def test_empty_database_has_no_tables(empty: Database) -> None:
    assert await structure(empty) == {}
    assert not await migrations.is_current(empty)


async def test_loaded_database_holds_the_reference_data(loaded: Database) -> None:
    assert await migrations.is_current(loaded)
    async with loaded.engine.connect() as connection:
        assert await connection.scalar(COMMUNITIES) == 39_234


@pytest.mark.parametrize("loaded", [Dialect.POSTGRESQL], ids=str, indirect=True)
async def test_loaded_database_is_only_to_read(loaded: Database) -> None:
    with pytest.raises(DBAPIError, match=r"read-?only"):
        async with loaded.writing() as connection:
            await connection.execute(sa.text("DELETE FROM milestone"))


async def test_server_that_does_not_start_says_why() -> None:
    folder = Path(tempfile.mkdtemp(prefix="a-folder-too-deep-for-a-socket-".ljust(110, "-")))
    with pytest.raises(Unavailable, match=r"(?s)PostgreSQL did not start: .*Unix-domain socket path .* is too long"):
        Server(folder).start()
    shutil.rmtree(folder)
