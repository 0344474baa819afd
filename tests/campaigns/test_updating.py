"""Many update a campaign at once: each update is done or told that another came first, and none is lost."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
import sqlalchemy as sa

from fund_api.core.database import Database
from fund_api.graph.engine import Engine
from fund_api.graph.run import reader
from tests.asking import CATALOGUE, Asker
from tests.campaigns.acting import STAFF, stored
from tests.granting import Fund
from tests.rows import fetch, table

UPDATE = """
    mutation Update($input: UpdateCampaignInput!) {
      updateCampaign(input: $input) {
        campaign { version }
        errors { __typename ... on VersionConflict { current { ... on Campaign { version summary } } } }
      }
    }
"""


@pytest.fixture
async def ask(database: Database) -> AsyncIterator[Asker]:
    reads = reader(database, 4)
    yield Asker(Engine(CATALOGUE, reads, 100, 100_000, database), STAFF)
    await reads.close()


@pytest.fixture
async def campaigns(database: Database) -> list[str]:
    """Twenty campaigns, each with a counter in its summary."""
    fund = Fund()
    community = fund.community("Saratoga Springs")
    found = [fund.campaign(community, summary="0") for _ in range(20)]
    await fund.save(database)
    return found


async def update(ask: Asker, campaign: str, summary: int, version: int) -> dict[str, Any] | None:
    """Nothing when it was done, else the campaign as it is now."""
    given = {"id": campaign, "summary": str(summary), "expectedVersion": version}
    payload = (await ask(UPDATE, input=given))["updateCampaign"]
    if not payload["errors"]:
        return None
    [error] = payload["errors"]
    assert error["__typename"] == "VersionConflict"
    current: dict[str, Any] = error["current"]
    return current


async def test_of_a_hundred_updates_of_one_version_one_is_done_and_the_others_learn_what_it_did(
    ask: Asker, database: Database, campaigns: list[str]
) -> None:
    campaign = campaigns[0]
    found = await asyncio.gather(*(update(ask, campaign, number, version=1) for number in range(1, 101)))

    [done] = [number for number, current in enumerate(found, start=1) if current is None]
    assert await stored(database, "campaign", campaign, "summary", "version") == (str(done), 2)
    assert [current for current in found if current] == [{"version": 2, "summary": str(done)}] * 99


async def test_of_a_hundred_updates_at_once_that_are_tried_until_they_are_done_none_is_lost(
    ask: Asker, database: Database, campaigns: list[str]
) -> None:
    async def add_one(campaign: str) -> None:
        current: dict[str, Any] | None = {"summary": "0", "version": 1}
        while current is not None:
            current = await update(ask, campaign, int(current["summary"]) + 1, current["version"])

    await asyncio.gather(*(add_one(campaign) for campaign in campaigns for _ in range(5)))

    event, change = table("event"), table("event_change")
    told = sa.select(change.c.after).join(event).where(change.c.field == "summary").order_by(event.c.number)
    for campaign in campaigns:
        assert await stored(database, "campaign", campaign, "summary", "version") == ("5", 6)
        counted = await fetch(database, told.where(event.c.entity_id == campaign))
        assert counted == [(f'"{number}"',) for number in range(1, 6)]
