"""What came due is told once: by the first act of an editor after it, or by the server's tick."""

import asyncio
from datetime import datetime

import pytest

from fund_api import ticking
from fund_api.core import clock
from fund_api.core.access import PUBLIC
from fund_api.core.database import Database
from fund_api.core.settings import Settings
from fund_api.core.writing import writing
from fund_api.library import boundaries
from tests.library.editors import HOUR, MOMENT, NOW, Desk, actions, told


async def came_due(database: Database, now: datetime) -> None:
    async with writing(database, PUBLIC, now) as tx:
        await boundaries.tell_what_came_due(tx)


async def scheduled(database: Database) -> Desk:
    """A resource that is live, and is to be replaced in an hour by something that expires after two."""
    desk = await Desk(database).create()
    await desk.publish()
    await desk.save(title="Second")
    await desk.schedule(NOW + HOUR, NOW + 2 * HOUR)
    return desk


async def test_a_beginning_and_an_expiry_are_told_once_with_their_times(database: Database) -> None:
    await scheduled(database)
    before = len(await actions(database))

    await came_due(database, NOW + HOUR - MOMENT)
    assert (await actions(database))[before:] == []
    for _ in range(2):
        await came_due(database, NOW + HOUR)
        assert (await actions(database))[before:] == ["resource.went_live"]
    for _ in range(2):
        await came_due(database, NOW + 3 * HOUR)
        assert (await actions(database))[before:] == ["resource.went_live", "resource.expired"]

    assert await told(database, "resource.went_live") == {
        "number": (None, "2"),
        "live_from": (None, '"2026-11-22T13:00:00.000000+00:00"'),
        "expires_at": (None, '"2026-11-22T14:00:00.000000+00:00"'),
        "title": ('"A guide to charters"', '"Second"'),
    }
    assert await told(database, "resource.expired") == {
        "number": (None, "2"),
        "live_until": (None, '"2026-11-22T14:00:00.000000+00:00"'),
    }


async def test_both_are_told_in_their_order_by_the_first_act_after_them(database: Database) -> None:
    desk = await scheduled(database)
    other = await Desk(database, now=NOW + 3 * HOUR).create(title="Another")

    assert (await actions(database))[-3:] == ["resource.went_live", "resource.expired", "resource.created"]
    assert await desk.states() == ["LIVE", "SCHEDULED"]
    assert other.resource != desk.resource


async def test_what_is_replaced_or_withdrawn_does_not_expire(database: Database) -> None:
    desk = await Desk(database).create()
    await desk.publish(NOW + 5 * HOUR)
    await desk.save(title="Second")
    desk.now = NOW + HOUR
    await desk.publish()
    desk.now = NOW + 2 * HOUR
    await desk.unpublish()

    await came_due(database, NOW + 9 * HOUR)

    assert (await actions(database))[-1] == "resource.unpublished"


async def test_what_was_taken_back_never_went_live(database: Database) -> None:
    desk = await scheduled(database)
    await desk.unpublish()

    await came_due(database, NOW + 9 * HOUR)

    assert (await actions(database))[-1] == "resource.unpublished"


async def test_the_tick_tells(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    await scheduled(database)
    monkeypatch.setattr(clock, "now", lambda: NOW + HOUR)
    settings = Settings(database_url=database.url.render_as_string(hide_password=False))

    for _ in range(2):
        await ticking.tick(database, settings)

    assert (await actions(database)).count("resource.went_live") == 1


async def test_of_several_processes_one_tells(postgres: Database) -> None:
    for _ in range(5):
        await scheduled(postgres)

    await asyncio.gather(*(came_due(postgres, NOW + 3 * HOUR) for _ in range(6)))
    await came_due(postgres, NOW + 3 * HOUR)

    told = await actions(postgres)
    assert (told.count("resource.went_live"), told.count("resource.expired")) == (5, 5)
