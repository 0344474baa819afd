"""What is lost or late while somebody follows: rights, clients, connections. Nobody hears too much, or too little."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa
from starlette.types import Message

from fund_api.core.access import PUBLIC, SYSTEM, Sender, Viewer
from fund_api.core.database import Database
from fund_api.core.errors import Unauthorized
from fund_api.core.writing import writing
from fund_api.edge.callers import Caller
from fund_api.edge.event_streams import EventStreams
from fund_api.edge.live import Held, Limits
from fund_api.graph import live
from fund_api.people.tables import Person
from tests.campaigns.acting import NOW, REPORTER, STAFF
from tests.live.following import serving
from tests.live.test_following import CHANGES, numbers, retitle, two_campaigns

ALL = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"


async def touch_rights(database: Database) -> None:
    """An event after which rights are looked at again."""
    async with writing(database, SYSTEM, NOW) as tx:
        tx.record(Person, "deactivated", "person_01h455vb4pex5vsknk084sn02q", {}, {})


async def test_rights_that_went_before_the_first_look_are_gone(database: Database) -> None:
    _, hidden = await two_campaigns(database)
    await retitle(database, hidden, "Secret")

    async def recheck() -> Viewer:
        return PUBLIC

    async with serving(database) as desk:
        assert await desk.follow(CHANGES, STAFF, recheck, after=0).is_quiet()


async def test_what_is_done_while_rights_are_looked_at_waits_for_the_next_look(database: Database) -> None:
    _, hidden = await two_campaigns(database)
    looks = 0

    async def recheck() -> Viewer:
        nonlocal looks
        looks += 1
        if looks == 1:
            return STAFF
        if looks > 2:
            raise Unauthorized
        await touch_rights(database)  # what was found out is not true any more
        await retitle(database, hidden, "Secret")
        await asyncio.sleep(0.5)
        return STAFF

    async with serving(database) as desk:
        follower = desk.follow(CHANGES, STAFF, recheck, filter={"action": {"eq": "campaign.updated"}})
        waiting = asyncio.create_task(follower.next())
        await asyncio.sleep(0.5)
        await touch_rights(database)
        with pytest.raises(Unauthorized):
            await waiting


@pytest.mark.parametrize("turns", range(5))
async def test_a_client_that_leaves_while_something_happens_is_let_go(postgres: Database, turns: int) -> None:
    async def sign_in(_headers: object, _address: str) -> Viewer:
        return REPORTER

    async with serving(postgres) as desk:
        held, gone, sent = Held(10), asyncio.Event(), list[str]()
        streams = EventStreams(replace(desk.service, sign_in=sign_in), Limits(held, Held(10), 10, 1_000, 30))

        async def receive() -> Any:
            await gone.wait()
            return {"type": "http.disconnect"}

        async def send(message: Message) -> None:
            sent.append(message["type"])

        operation = desk.service.engine.prepare(CHANGES, None, {})
        answer = streams.answer({"headers": []}, receive, send, operation, Caller(REPORTER, Sender()))
        task = asyncio.create_task(answer)
        await asyncio.sleep(0.4)
        assert held.total == 1
        gone.set()
        for _ in range(turns):
            await asyncio.sleep(0)
        desk.service.commits._wake()
        async with asyncio.timeout(5):
            await task
        assert held.total == 0
        assert sent == ["http.response.start"]  # nothing was told, and nothing went wrong


async def test_connections_that_are_lost_end_no_subscription(
    postgres: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "AGAIN", 0.1)
    campaign, _ = await two_campaigns(postgres)
    other = Database.at(postgres.url.render_as_string(hide_password=False))
    async with serving(postgres) as desk:
        follower = desk.follow(CHANGES, REPORTER)
        waiting = asyncio.create_task(follower.next(2))
        await asyncio.sleep(0.4)
        await retitle(other, campaign, "Told")
        await asyncio.sleep(0.4)  # its reader has a connection by now
        async with other.reading() as connection:
            assert len((await connection.execute(sa.text(ALL))).all()) >= 2
        await retitle(other, campaign, "Told, too")
        assert numbers(await waiting) == [1, 2]
    await other.close()
