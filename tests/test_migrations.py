"""The migrations make exactly the tables that are declared, on both databases."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy.exc import IntegrityError

from fund_api import migrations
from fund_api.core.database import Database
from fund_api.core.ids import stable_id
from fund_api.migrations import history
from tests.asking import asking
from tests.databases import Databases
from tests.rows import fetch, table
from tests.structure import structure, tables

CAMPAIGN, MILESTONE, NOTICE = table("campaign"), table("milestone"), table("notice")
REVISION, PUBLISHER = table("revision"), table("publisher")
GUIDE, MAP = stable_id("res", "1"), stable_id("res", "2")
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


async def test_the_newest_revision_is_the_one_that_none_follows(empty_sqlite: Database) -> None:
    async with empty_sqlite.reading() as connection:
        scripts = await connection.run_sync(lambda on: ScriptDirectory.from_config(history.configuration(on)))
    assert scripts.get_current_head() == migrations.NEWEST


async def test_upgrade_says_whether_there_was_something_to_do(empty: Database) -> None:
    assert await migrations.is_current(empty) is False
    assert await migrations.upgrade(empty) is True
    assert await migrations.is_current(empty) is True
    assert await migrations.upgrade(empty) is False


# Alembic cannot read SQLite's expression indexes; the comparison above can.
@pytest.mark.filterwarnings("ignore:autogenerate skipping metadata-specified expression-based index:UserWarning")
async def test_alembic_finds_nothing_to_add(database: Database) -> None:
    await perform(database, lambda connection: command.check(history.configuration(connection)))


async def test_downgrade_leaves_nothing_and_upgrade_makes_it_again(database: Database) -> None:
    before = await structure(database)
    await perform(database, lambda connection: command.downgrade(history.configuration(connection), "base"))
    assert await structure(database) == {}
    assert await migrations.upgrade(database) is True
    assert await structure(database) == before


async def test_campaigns_that_were_there_are_published_at_version_1(empty: Database) -> None:
    await perform(empty, lambda connection: command.upgrade(history.configuration(connection), "0006"))
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
    await perform(empty, lambda connection: command.upgrade(history.configuration(connection), "0011"))
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

    await perform(empty, lambda connection: command.downgrade(history.configuration(connection), "0011"))
    async with empty.engine.connect() as connection:
        kept = await connection.exec_driver_sql("SELECT id FROM notice")
        assert kept.scalars().all() == [notice]


async def test_notices_that_were_there_stay_and_may_be_of_hiring_from_now_on(empty: Database) -> None:
    await perform(empty, lambda connection: command.upgrade(history.configuration(connection), "0015"))
    times = "'2026-01-01T00:00:00.000000Z', '2026-01-01T00:00:00.000000Z'"
    person, told, decided = (stable_id(*one) for one in (("person", "1"), ("notice", "1"), ("notice", "2")))
    request, grant = stable_id("hire", "1"), stable_id("grant", "1")
    write = "INSERT INTO notice (id, person_id, kind, text, {}created_at, updated_at) VALUES"
    for statement in (
        f"INSERT INTO person (id, name, active, version, provenance, created_at, updated_at) VALUES ('{person}', 'Ada', true, 1, 'ENTERED', {times})",
        f"{write.format('')} ('{told}', '{person}', 'MILESTONE_DUE', 'It is due', {times})",
        f"{write.format('grant_id, ')} ('{decided}', '{person}', 'GRANT_DECIDED', 'Approved', '{grant}', {times})",
    ):
        async with empty.writing() as connection:
            await connection.exec_driver_sql(statement)
    before = await _everything_in(empty, "notice")

    assert await migrations.upgrade(empty) is True

    kept = [row | {"hiring_request_id": None, "provenance": "ENTERED"} for row in before]
    assert await _everything_in(empty, "notice") == kept
    late = f"{write.format('hiring_request_id, ')} ('{stable_id('notice', '3')}', '{person}', 'HIRING_CHANGED', 'It moved', '{request}', {times})"
    await perform(empty, lambda connection: connection.exec_driver_sql(late))
    for wrong, broken in (("HIRING_", "kind_known"), (request, "hiring_request_id_length")):
        with pytest.raises(IntegrityError, match=f"ck_notice_{broken}"):
            await perform(empty, lambda connection: connection.exec_driver_sql(late.replace(wrong, "")))  # noqa: B023  called at once

    await perform(empty, lambda connection: command.downgrade(history.configuration(connection), "0015"))
    assert await _everything_in(empty, "notice") == before

    assert await migrations.upgrade(empty) is True
    assert await _everything_in(empty, "notice") == kept


def _old_resources() -> tuple[str, ...]:
    """A resource with all values, in use by a campaign, and one with few, as they were before there were revisions."""
    times = "'2026-01-01T00:00:00.000000Z', '2026-01-02T00:00:00.000000Z'"
    write = "INSERT INTO {} ({}, provenance, created_at, updated_at) VALUES ({}, 'ENTERED', " + times + ")"
    what = "id, title, title_folded, search_text, kind, access"
    more = "summary, publisher, url, published_on, published_on_precision"
    whole = "'For all', 'ICMA', 'https://example.org', '2020-02-01', 'MONTH'"
    state, community, campaign = (stable_id(prefix, "1") for prefix in ("state", "comm", "camp"))
    place = "id, geoid, name, name_folded, search_text, short_name, kind, state_code"
    drive = "id, community_id, title, title_folded, search_text, kind, stage, date_inferred, version, published_at"
    about = (
        f"'{campaign}', '{community}', 'D', 'd', 'd', 'ADOPTION', 'INQUIRY', false, 1, '2026-01-01T00:00:00.000000Z'"
    )
    return (
        write.format(
            "resource", f"{what}, {more}", f"'{GUIDE}', 'A Guide', 'a guide', 'charter', 'GUIDE', 'PUBLIC', {whole}"
        ),
        write.format("resource", what, f"'{MAP}', 'A Map', 'a map', 'map', 'MAP', 'STAFF'"),
        write.format("state", "id, code, name, name_folded, fips", f"'{state}', 'OH', 'Ohio', 'ohio', '39'"),
        write.format("community", place, f"'{community}', '0000001', 'A', 'a', 'a', 'A', 'CITY', 'OH'"),
        write.format("campaign", drive, about),
        f"INSERT INTO campaign_resource (campaign_id, resource_id) VALUES ('{campaign}', '{GUIDE}')",
    )


async def _everything_in(database: Database, name: str) -> list[dict[str, object]]:
    """The rows of a table as it is, whatever is declared."""
    async with database.engine.connect() as connection:
        found = await connection.exec_driver_sql(f"SELECT * FROM {name} ORDER BY id")
        return [dict(row) for row in found.mappings()]


async def test_resources_that_were_there_are_first_revisions_and_go_back(empty: Database) -> None:
    await perform(empty, lambda connection: command.upgrade(history.configuration(connection), "0014"))
    for statement in _old_resources():
        async with empty.writing() as connection:
            await connection.exec_driver_sql(statement)
    before = await _everything_in(empty, "resource")

    assert await migrations.upgrade(empty) is True

    said = (REVISION.c.id, REVISION.c.number, REVISION.c.title, REVISION.c.link_kind, PUBLISHER.c.name)
    assert await fetch(empty, sa.select(*said).outerjoin(PUBLISHER).order_by(REVISION.c.title)) == [
        (GUIDE, 1, "A Guide", "ABOUT", "ICMA"),
        (MAP, 1, "A Map", None, None),
    ]
    async with asking(empty) as ask:
        assert (await ask("{ resources { nodes { id campaigns { totalCount } } } }"))["resources"]["nodes"] == [
            {"id": GUIDE, "campaigns": {"totalCount": 1}},
            {"id": MAP, "campaigns": {"totalCount": 0}},
        ]
        for word in ("charter", "map"):
            assert (await ask(SEARCH, word=word))["search"] == {"totalCount": 1}

    async with migrations._restructuring(empty) as connection:
        await connection.run_sync(lambda on: command.downgrade(history.configuration(on), "0014"))
    assert await _everything_in(empty, "resource") == before
    with pytest.raises(IntegrityError):  # foreign keys are checked again
        await perform(empty, lambda connection: connection.exec_driver_sql("DELETE FROM resource"))

    assert await migrations.upgrade(empty) is True
    async with asking(empty) as ask:
        assert (await ask(SEARCH, word="charter"))["search"] == {"totalCount": 1}


async def test_words_of_resources_that_were_there_leave_the_index_with_them(empty: Database) -> None:
    await perform(empty, lambda connection: command.upgrade(history.configuration(connection), "0014"))
    for statement in _old_resources()[:2]:
        async with empty.writing() as connection:
            await connection.exec_driver_sql(statement)

    assert await migrations.upgrade(empty) is True
    await perform(empty, lambda connection: connection.execute(REVISION.update().values(search_text="march")))

    async with asking(empty) as ask:
        assert (await ask(SEARCH, word="march"))["search"] == {"totalCount": 2}
        assert (await ask(SEARCH, word="charter"))["search"] == {"totalCount": 0}


async def test_who_is_up_to_date_waits_for_no_writer_and_looks_at_no_row(
    empty: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await migrations.upgrade(empty)
    monkeypatch.setattr(migrations, "_check_foreign_keys", None)
    other = Database.at(empty.url.render_as_string(hide_password=False))
    async with empty.writing(), asyncio.timeout(2):  # SQLite's lock would be waited for longer
        assert await migrations.is_current(other) is True
        assert await migrations.upgrade(other) is False
    await other.close()


async def test_two_may_upgrade_at_once(empty: Database) -> None:
    other = Database.at(empty.url.render_as_string(hide_password=False))
    done = await asyncio.gather(migrations.upgrade(empty), migrations.upgrade(other))
    await other.close()
    assert sorted(done) == [False, True]
    assert await migrations.is_current(empty)
