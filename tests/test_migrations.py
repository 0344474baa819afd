"""The migrations make exactly the tables that are declared, on both databases."""

import asyncio
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from alembic import command

from fund_api import migrations
from fund_api.core.database import Database
from tests.databases import Databases
from tests.structure import structure, tables

BREAKS = (
    "ALTER TABLE state DROP CONSTRAINT ck_state_name_length",
    "ALTER TABLE state ALTER name DROP NOT NULL",
    'ALTER TABLE state ALTER name TYPE text COLLATE "default"',
    "ALTER TABLE state ALTER population TYPE bigint",
    "ALTER TABLE state ALTER population SET DEFAULT 1",
    "ALTER TABLE ballot_measure ALTER margin DROP EXPRESSION",
    "DROP INDEX ix_state_name",
    "ALTER TABLE state ADD extra integer",
    "DROP TABLE milestone",
)


async def perform(database: Database, order: Callable[[sa.Connection], object]) -> None:
    async with database.writing() as connection:
        await connection.run_sync(order)


async def test_upgrade_makes_the_declared_tables(empty: Database, databases: Databases) -> None:
    await perform(empty, tables().create_all)
    async with databases.migrated(empty.dialect) as migrated:
        assert await structure(migrated) == await structure(empty)


@pytest.mark.parametrize("statement", BREAKS)
async def test_the_comparison_sees_every_kind_of_difference(empty_postgres: Database, statement: str) -> None:
    await perform(empty_postgres, tables().create_all)
    before = await structure(empty_postgres)
    await perform(empty_postgres, lambda connection: connection.execute(sa.text(statement)))
    assert await structure(empty_postgres) != before


async def test_upgrade_says_whether_there_was_something_to_do(empty: Database) -> None:
    assert await migrations.is_current(empty) is False
    assert await migrations.upgrade(empty) is True
    assert await migrations.is_current(empty) is True
    assert await migrations.upgrade(empty) is False


# Alembic cannot read SQLite's expression indexes; the comparison above can.
@pytest.mark.filterwarnings("ignore:autogenerate skipping metadata-specified expression-based index:UserWarning")
async def test_alembic_finds_nothing_to_add(database: Database) -> None:
    await perform(database, lambda connection: command.check(migrations.configuration(connection)))


async def test_downgrade_leaves_nothing_and_upgrade_makes_it_again(database: Database) -> None:
    before = await structure(database)
    await perform(database, lambda connection: command.downgrade(migrations.configuration(connection), "base"))
    assert await structure(database) == {}
    assert await migrations.upgrade(database) is True
    assert await structure(database) == before


async def test_two_may_upgrade_at_once(empty: Database) -> None:
    other = Database.at(empty.url.render_as_string(hide_password=False))
    done = await asyncio.gather(migrations.upgrade(empty), migrations.upgrade(other))
    await other.close()
    assert sorted(done) == [False, True]
    assert await migrations.is_current(empty)
