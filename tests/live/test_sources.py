"""What each subscription is about: a queue, the parts of a grant; and that a lost connection loses nothing."""

import asyncio
from typing import Any

import pytest
import sqlalchemy as sa

from fund_api.core import commits
from fund_api.core.columns import table_of
from fund_api.core.database import Database
from fund_api.grants import concerning
from fund_api.people.viewers import viewer_of
from tests.asking import CATALOGUE
from tests.campaigns.acting import REPORTER
from tests.grants.acting import make_office
from tests.live.following import serving
from tests.live.test_following import CHANGES, numbers, retitle, two_campaigns

QUEUE = "subscription { queueChanged { number items { action grant { id } } } }"


def test_a_grant_s_parts_are_all_that_name_a_grant_and_are_seen_as_their_entities_say() -> None:
    named = [entity for entity in CATALOGUE.entities.values() if "grant_id" in entity.table.c]
    seen = {entity.table: entity.visible for entity in named if entity.table.c.grant_id.foreign_keys}

    assert {table_of(part): rule for part, rule in concerning.PARTS.items()} == seen


async def test_a_queue_is_told_as_it_is_and_then_whenever_it_is_another_one(database: Database) -> None:
    office = await make_office(database)
    async with database.reading() as connection:
        officer = await viewer_of(connection, office.people["officer"])
    async with serving(database) as desk:
        follower = desk.follow(QUEUE, officer)
        [first] = await follower.next()
        assert first["queueChanged"]["items"] == []

        waiting = asyncio.create_task(follower.next())
        await asyncio.sleep(0.3)
        grant = await office.submitted()
        [told] = await waiting
        assert told["queueChanged"]["items"] == [{"action": "SCREEN", "grant": {"id": grant}}]

        [again] = await desk.follow(QUEUE, officer, after=follower.cursor).next()
        assert again["queueChanged"]["items"] == told["queueChanged"]["items"]
        nobody = desk.follow(QUEUE)
        assert (await nobody.next())[0]["queueChanged"]["items"] == []
        assert await nobody.is_quiet()


async def test_a_connection_that_is_lost_is_made_again_and_nothing_is_missed(
    postgres: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commits, "RETRY", 0.1)
    campaign, _ = await two_campaigns(postgres)
    other = Database.at(postgres.url.render_as_string(hide_password=False))
    async with serving(postgres) as desk:
        follower = desk.follow(CHANGES, REPORTER)
        waiting = asyncio.create_task(follower.next(2))
        await asyncio.sleep(0.5)
        assert await listening(other) == 1
        await retitle(other, campaign, "Told")
        async with other.writing() as connection:
            ended: Any = await connection.execute(sa.text(ENDED))
            assert ended.scalars().all() == [True]
        await retitle(other, campaign, "Told, too")
        assert numbers(await waiting) == [1, 2]
        assert await listening(other) == 1
    await asyncio.sleep(0.2)
    assert await listening(other) == 0
    await other.close()


LISTENERS = f"FROM pg_stat_activity WHERE datname = current_database() AND application_name = '{commits.NAME}'"
ENDED = f"SELECT pg_terminate_backend(pid) {LISTENERS}"


async def listening(database: Database) -> int:
    """How many connections look where the log ends."""
    async with database.reading() as connection:
        return int((await connection.scalar(sa.text(f"SELECT count(*) {LISTENERS}"))) or 0)
