"""The database is opened the one way that is safe."""

import asyncio
from pathlib import Path

import asyncpg
import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from fund_api.core.database import Database, Dialect
from fund_api.core.errors import Failure

COUNTER = sa.Table(
    "counter", sa.MetaData(), sa.Column("id", sa.Integer, primary_key=True), sa.Column("value", sa.Integer)
)


@pytest.fixture
async def counting(empty: Database) -> Database:
    async with empty.writing() as connection:
        await connection.run_sync(COUNTER.metadata.create_all)
        await connection.execute(COUNTER.insert().values(id=1, value=0))
    return empty


async def count(database: Database) -> int | None:
    async with database.engine.connect() as connection:
        return await connection.scalar(sa.select(COUNTER.c.value))


async def increment(database: Database) -> None:
    async with database.writing() as connection:
        value = await connection.scalar(sa.select(COUNTER.c.value).with_for_update())
        assert value is not None
        await connection.execute(COUNTER.update().values(value=value + 1))


async def test_writing_commits_at_the_end_of_the_block(counting: Database) -> None:
    await increment(counting)
    assert await count(counting) == 1


async def test_fifty_concurrent_increments_lose_none(counting: Database) -> None:
    await asyncio.gather(*(increment(counting) for _ in range(50)))
    assert await count(counting) == 50


async def test_concurrent_increments_of_two_processes_lose_none(counting: Database) -> None:
    other = Database.at(counting.url.render_as_string(hide_password=False))
    await asyncio.gather(*(increment(database) for database in (counting, other) for _ in range(10)))
    await other.close()
    assert await count(counting) == 20


async def test_writing_keeps_nothing_when_the_block_raises(counting: Database) -> None:
    with pytest.raises(Failure, match="changed my mind"):
        async with counting.writing() as connection:
            await connection.execute(COUNTER.update().values(value=7))
            raise Failure("changed my mind")
    assert await count(counting) == 0


async def test_database_keeps_foreign_keys(database: Database) -> None:
    with pytest.raises(IntegrityError):
        async with database.writing() as connection:
            await connection.execute(
                sa.text("INSERT INTO ballot_measure_source (ballot_measure_id, source_id) VALUES ('none', 'none')")
            )
    async with database.engine.connect() as connection:
        assert await connection.scalar(sa.text("SELECT count(*) FROM ballot_measure_source")) == 0


@pytest.mark.parametrize(
    ("pragma", "value"), [("journal_mode", "wal"), ("foreign_keys", 1), ("synchronous", 2), ("busy_timeout", 10_000)]
)
async def test_sqlite_connections_are_prepared(tmp_path: Path, pragma: str, value: object) -> None:
    database = Database.at(f"sqlite:///{tmp_path / 'fund.db'}")
    async with database.engine.connect() as connection:
        assert await connection.scalar(sa.text(f"PRAGMA {pragma}")) == value
    await database.close()


async def test_reader_sees_the_last_commit_while_another_writes(counting: Database) -> None:
    async with counting.writing() as connection:
        await connection.execute(COUNTER.update().values(value=7))
        if counting.dialect is Dialect.POSTGRESQL:  # SQLite's readers are the engine's own connections
            assert await count(counting) == 0
    assert await count(counting) == 7


async def test_driver_reads_the_same_address(empty_postgres: Database) -> None:
    connection = await asyncpg.connect(empty_postgres.driver_url)
    assert await connection.fetchval("SELECT current_database()") == empty_postgres.url.database
    await connection.close()


async def test_options_of_the_address_reach_the_driver(empty_postgres: Database) -> None:
    url = empty_postgres.url.update_query_dict({"sslmode": "disable", "application_name": "fund"})
    database = Database.at(url.render_as_string(hide_password=False))
    async with database.engine.connect() as connection:
        assert await connection.scalar(sa.text("SELECT current_setting('application_name')")) == "fund"
    await database.close()


async def test_driver_named_in_the_address_makes_no_difference(empty_postgres: Database) -> None:
    url = empty_postgres.url.set(drivername="postgresql+psycopg")
    database = Database.at(url.render_as_string(hide_password=False))
    async with database.engine.connect() as connection:
        assert await connection.scalar(sa.text("SELECT 1")) == 1
    await database.close()


ADDRESS = "FUND_DATABASE_URL must be sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME."
FILE = "FUND_DATABASE_URL needs a file: sqlite:///fund.db, for example."


@pytest.mark.parametrize(
    ("address", "message"),
    [
        ("", ADDRESS),
        ("fund.db", ADDRESS),
        ("mysql://user@host/name", ADDRESS),
        ("postgresql://user@host:port/name", ADDRESS),
        ("sqlite://", FILE),
        ("sqlite:///", FILE),
        ("sqlite:///:memory:", FILE),
    ],
)
def test_bad_address_is_refused_with_what_is_allowed(address: str, message: str) -> None:
    with pytest.raises(Failure) as refusal:
        Database.at(address)
    assert str(refusal.value) == message
