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
from tests.granting import Fund
from tests.postgres import Server, Unavailable
from tests.rows import contents, count, table
from tests.structure import structure

COMMUNITIES = sa.text("SELECT count(*) FROM community")


@pytest.mark.parametrize("dialect", list(Dialect))
async def test_every_migrated_database_is_its_own(databases: Databases, dialect: Dialect) -> None:
    async with databases.migrated(dialect) as one, databases.migrated(dialect) as other:
        async with one.writing() as connection:
            await connection.execute(sa.text("DROP TABLE notice"))
        assert (await structure(other)).keys() - (await structure(one)).keys() == {"notice"}


async def test_a_database_that_was_lent_before_is_as_fresh_as_the_first(databases: Databases) -> None:
    for dialect in Dialect:
        fund = Fund()
        fund.community("Saratoga Springs")
        async with databases.migrated(dialect) as before:
            await fund.save(before)
        async with databases.migrated(dialect) as again:
            assert again is before  # as then its engine is
            assert await count(again, "community") == 0


async def test_contents_tell_every_value_and_row(database: Database) -> None:
    fund = Fund()
    fund.community("Saratoga Springs", population=28_000)
    await fund.save(database)
    names, community = ("state", "community"), table("community")
    before = await contents(database, names)
    assert {name: len(lines) for name, lines in before.items()} == {"state": 1, "community": 1}

    for change in (
        community.update().values(population=28_001),
        community.update().values(population=None),
        community.delete(),
    ):
        async with database.writing() as connection:
            await connection.execute(change)
        after = await contents(database, names)
        assert after["state"] == before["state"]
        assert after["community"] != before["community"]
        before = after


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
