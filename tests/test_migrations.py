"""The migrations make exactly the tables that are declared, on both databases."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from alembic import command
from sqlalchemy.exc import IntegrityError

from fund_api import migrations
from fund_api.core.database import Database
from fund_api.core.ids import stable_id
from tests.asking import asking
from tests.databases import Databases
from tests.rows import fetch, table
from tests.structure import structure, tables

CAMPAIGN, MILESTONE, NOTICE = table("campaign"), table("milestone"), table("notice")
SEARCH = "query ($word: String!) { search(query: $word) { totalCount } }"

BREAKS = (
    "ALTER TABLE state DROP CONSTRAINT ck_state_name_length",
    "ALTER TABLE state ALTER name DROP NOT NULL",
    'ALTER TABLE state ALTER name TYPE text COLLATE "default"',
    "ALTER TABLE state ALTER population TYPE bigint",
    "ALTER TABLE state ALTER population SET DEFAULT 1",
    "ALTER TABLE ballot_measure ALTER margin DROP EXPRESSION",
    "DROP INDEX ix_state_name",
    "ALTER TABLE state ADD extra integer",
    "DROP TABLE notice",
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


async def test_campaigns_that_were_there_are_published_at_version_1(empty: Database) -> None:
    await perform(empty, lambda connection: command.upgrade(migrations.configuration(connection), "0006"))
    stamps = "'FICTIONAL', '2026-01-01T00:00:00.000000Z', '2026-01-01T00:00:00.000000Z'"
    state, community, campaign, milestone = (stable_id(prefix, "1") for prefix in ("state", "comm", "camp", "mile"))
    for statement in (
        f"INSERT INTO state (id, code, name, name_folded, fips, provenance, created_at, updated_at) VALUES ('{state}', 'OH', 'Ohio', 'ohio', '39', {stamps})",
        f"INSERT INTO community (id, geoid, name, name_folded, search_text, short_name, kind, state_code, provenance, created_at, updated_at) VALUES ('{community}', '0000001', 'A', 'a', 'a', 'A', 'CITY', 'OH', {stamps})",
        f"INSERT INTO campaign (id, community_id, title, title_folded, search_text, kind, stage, date_inferred, provenance, created_at, updated_at) VALUES ('{campaign}', '{community}', 'Drive', 'drive', 'drive', 'ADOPTION', 'INQUIRY', false, {stamps})",
        f"INSERT INTO milestone (id, campaign_id, kind, provenance, created_at, updated_at) VALUES ('{milestone}', '{campaign}', 'EFFECTIVE', {stamps})",
    ):
        async with empty.writing() as connection:
            await connection.exec_driver_sql(statement)

    assert await migrations.upgrade(empty) is True

    rows = await fetch(empty, sa.select(CAMPAIGN.c.id, CAMPAIGN.c.version, CAMPAIGN.c.published_at))
    assert rows == [(campaign, 1, datetime(2026, 1, 1, tzinfo=UTC))]
    assert await fetch(empty, sa.select(MILESTONE.c.campaign_id, MILESTONE.c.version)) == [(campaign, 1)]
    async with asking(empty) as ask:  # its words are still found, and new ones from now on
        for word in ("drive", "march"):
            async with empty.writing() as connection:
                await connection.execute(CAMPAIGN.update().values(search_text=word))
            assert (await ask(SEARCH, word=word))["search"] == {"totalCount": 1}
    with pytest.raises(IntegrityError):  # foreign keys are checked again
        await perform(empty, lambda connection: connection.exec_driver_sql("DELETE FROM campaign"))


async def test_notices_that_were_there_stay_and_may_be_of_grants_from_now_on(empty: Database) -> None:
    await perform(empty, lambda connection: command.upgrade(migrations.configuration(connection), "0011"))
    times = "'2026-01-01T00:00:00.000000Z', '2026-01-01T00:00:00.000000Z'"
    person, notice = stable_id("person", "1"), stable_id("notice", "1")
    write = "INSERT INTO notice (id, person_id, kind, text, created_at, updated_at) VALUES"
    for statement in (
        f"INSERT INTO person (id, name, active, version, provenance, created_at, updated_at) VALUES ('{person}', 'Ada', true, 1, 'ENTERED', {times})",
        f"{write} ('{notice}', '{person}', 'MILESTONE_DUE', 'It is due', {times})",
    ):
        async with empty.writing() as connection:
            await connection.exec_driver_sql(statement)

    assert await migrations.upgrade(empty) is True

    assert await fetch(empty, sa.select(NOTICE.c.id, NOTICE.c.text, NOTICE.c.grant_id)) == [(notice, "It is due", None)]
    decided = f"{write} ('{stable_id('notice', '2')}', '{person}', 'GRANT_DECIDED', 'It is', {times})"
    await perform(empty, lambda connection: connection.exec_driver_sql(decided))
    with pytest.raises(IntegrityError, match="ck_notice_kind_known"):
        await perform(empty, lambda connection: connection.exec_driver_sql(decided.replace("GRANT_", "")))

    await perform(empty, lambda connection: command.downgrade(migrations.configuration(connection), "0011"))
    async with empty.engine.connect() as connection:
        kept = await connection.exec_driver_sql("SELECT id FROM notice")
        assert kept.scalars().all() == [notice]


async def test_two_may_upgrade_at_once(empty: Database) -> None:
    other = Database.at(empty.url.render_as_string(hide_password=False))
    done = await asyncio.gather(migrations.upgrade(empty), migrations.upgrade(other))
    await other.close()
    assert sorted(done) == [False, True]
    assert await migrations.is_current(empty)
