"""What the server does by itself."""

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from fund_api import ticking
from fund_api.campaigns.tables import Milestone
from fund_api.campaigns.work_tables import CampaignMember
from fund_api.core import clock
from fund_api.core.access import SYSTEM
from fund_api.core.database import Database
from fund_api.core.errors import InvalidValue
from fund_api.core.settings import Settings
from fund_api.core.writing import writing
from fund_api.people import rules
from fund_api.people.viewers import viewer_of
from tests.asking import asking
from tests.granting import Fund
from tests.grants.acting import make_office
from tests.rows import count

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


async def test_members_are_told_once_of_a_milestone_that_comes_due(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    fund = Fund()
    campaign = fund.campaign(fund.community("Saratoga Springs"))
    await fund.save(database)
    async with writing(database, SYSTEM, NOW) as tx:
        ada = await rules.add_person(tx, "Ada", "ada@example.org")
        await tx.add(CampaignMember, "added", {"campaign_id": campaign, "person_id": ada})
        for day in (date(2026, 3, 1), date(2026, 3, 16), date(2026, 3, 17)):
            await tx.add(Milestone, "added", {"campaign_id": campaign, "kind": "EFFECTIVE", "due_on": day})

    settings = Settings(database_url=database.url.render_as_string(hide_password=False))
    for _ in range(2):
        await ticking.tick(database, settings)

    assert await count(database, "notice") == 2


async def test_applicants_are_told_once_and_see_of_which_grant(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = await make_office(database)
    monkeypatch.setattr(clock, "now", lambda: office.now)
    grant = await office.approved(400_000)

    settings = Settings(database_url=database.url.render_as_string(hide_password=False))
    for _ in range(2):
        await ticking.tick(database, settings)

    async with database.reading() as connection:
        viewer = await viewer_of(connection, office.people["coordinator"])
    async with asking(database) as ask:
        found = await replace(ask, viewer=viewer)("{ notices { nodes { kind grant { id status } } } }")
    assert found == {"notices": {"nodes": [{"kind": "GRANT_DECIDED", "grant": {"id": grant, "status": "APPROVED"}}]}}


async def test_the_server_ticks_until_it_stops(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    ticked = asyncio.Event()

    async def tick(_database: Database, _settings: Settings) -> None:
        ticked.set()
        raise OSError("the database is gone")

    monkeypatch.setattr(ticking, "EVERY", 0.001)
    monkeypatch.setattr(ticking, "tick", tick)
    async with ticking.ticking(database, Settings()):
        await asyncio.wait_for(ticked.wait(), 5)
        ticked.clear()
        await asyncio.wait_for(ticked.wait(), 5)  # a tick that failed is not the last one


async def test_a_tick_that_fails_leaves_the_next_one_to_try_again(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticks = asyncio.Queue[None]()

    async def failing(*_: object) -> None:
        ticks.put_nowait(None)
        raise InvalidValue("a rule that refuses")

    monkeypatch.setattr(ticking, "EVERY", 0.0)
    monkeypatch.setattr(ticking, "tick", failing)
    async with ticking.ticking(database, Settings()), asyncio.timeout(10):
        for _ in range(2):
            await ticks.get()
