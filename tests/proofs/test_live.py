"""Many who listen: idle websockets take nothing from others, and a restart loses nothing of what is told."""

import asyncio
import json
import resource
import statistics
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest
import sqlalchemy as sa
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, WebSocketException
from websockets.typing import Subprotocol

from fund_api.campaigns import rules
from fund_api.campaigns.tables import MilestoneKind
from fund_api.core import clock
from fund_api.core.access import SYSTEM
from fund_api.core.database import Database
from fund_api.core.writing import writing
from tests.granting import Fund
from tests.proofs.server import PATIENCE, Program, Server
from tests.rows import fetch, table

IDLE, SUBSCRIBERS, EVENTS, BATCH = 500, 200, 1_000, 50
LONGEST = 600.0
"""Seconds for all events to reach everybody on one database: many times what it takes on two cores."""
RETRY = 0.2
"""Seconds after which a client tries again that could not connect."""
ADA = "ada@example.org"
CHANGES = "subscription ($after: Int!) { changes(after: $after) { number } }"
pytestmark = pytest.mark.proof


@dataclass
class World:
    """A server on one database with a campaign, and the token of somebody who sees everything."""

    database: Database
    server: Server
    campaign: str
    token: str

    async def socket(self) -> ClientConnection:
        """A socket on which one may ask. Raises OSError and WebSocketException while the server is away."""
        address = self.server.address.replace("http://", "ws://")
        protocol = Subprotocol("graphql-transport-ws")
        socket = await connect(address, subprotocols=[protocol], proxy=None, compression=None, open_timeout=PATIENCE)
        payload = {"authorization": f"Bearer {self.token}"}
        await socket.send(json.dumps({"type": "connection_init", "payload": payload}))
        assert json.loads(await socket.recv()) == {"type": "connection_ack"}
        return socket

    async def last(self) -> int:
        """The number of the last event."""
        [(number,)] = await fetch(self.database, sa.select(sa.func.max(table("event").c.number)))
        return int(number)

    async def happen(self, number: int) -> None:
        """Let so many events happen at once."""
        async with writing(self.database, SYSTEM, clock.now()) as tx:
            for _ in range(number):
                await rules.add_milestone(tx, self.campaign, {"kind": MilestoneKind.EFFECTIVE})


@pytest.fixture
async def world(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[World]:
    monkeypatch.setenv("FUND_LIVE_CONNECTIONS", "1000")
    fund = Fund()
    campaign = fund.campaign(fund.community("Saratoga Springs"))
    await fund.save(database)
    program = Program(tmp_path, database.url.render_as_string(hide_password=False))
    status, _ = await program.run("person", "add", "--name", "Ada", "--email", ADA, "--role", "administrator")
    assert status == 0
    status, token = await program.run("token", "create", "--person", ADA)
    assert status == 0
    server = Server(program)
    await server.start()
    yield World(database, server, campaign, token)
    await server.stop()


@dataclass
class Subscriber:
    """Somebody who follows all changes, and comes back after the last one that they have."""

    world: World
    known: int
    told: list[int] = field(default_factory=list)
    connected: int = 0
    heard: asyncio.Event = field(default_factory=asyncio.Event)

    async def listen(self, until: int) -> None:
        """Listen until an event, however often the server goes away."""
        while self.known < until:
            await self.world.server.up()
            try:
                socket = await self.world.socket()
            except (OSError, WebSocketException):
                await asyncio.sleep(RETRY)
                continue
            self.connected += 1
            async with socket:
                with suppress(ConnectionClosed):
                    await self._hear(socket, until)

    async def _hear(self, socket: ClientConnection, until: int) -> None:
        payload = {"query": CHANGES, "variables": {"after": self.known}}
        await socket.send(json.dumps({"id": "1", "type": "subscribe", "payload": payload}))
        async for message in socket:
            told = json.loads(message)
            if told["type"] == "error":  # the machine is busy: it is asked again, as by any client
                assert told["payload"][0]["extensions"]["code"] == "OPERATION_TIMEOUT", told
                return
            self.known = told["payload"]["data"]["changes"]["number"]
            self.told.append(self.known)
            self.heard.set()
            if self.known >= until:
                return


async def test_200_subscribers_are_told_1000_events_each_over_a_restart_and_none_is_lost(world: World) -> None:
    start = await world.last()
    everybody = [Subscriber(world, start) for _ in range(SUBSCRIBERS)]
    started = time.monotonic()
    async with asyncio.timeout(LONGEST), asyncio.TaskGroup() as listening:
        for one in everybody:
            listening.create_task(one.listen(start + EVENTS))
        for number in range(EVENTS // BATCH):
            await world.happen(BATCH)
            if number == EVENTS // BATCH // 2:
                await asyncio.gather(*(one.heard.wait() for one in everybody))
                restarting = listening.create_task(world.server.restart())  # more happens while it is away
        await restarting
    seconds = time.monotonic() - started

    expected = list(range(start + 1, start + EVENTS + 1))
    assert [one for one in everybody if one.told != expected] == []
    assert min(one.connected for one in everybody) >= 2
    print(  # noqa: T201  # what a proof says of itself
        f"{world.database.dialect}: {SUBSCRIBERS} subscribers were told {EVENTS} events each over one restart,"
        f" {SUBSCRIBERS * EVENTS / seconds:,.0f} a second; {seconds:.0f} seconds"
    )


async def test_500_idle_websockets_do_not_stop_plain_http(world: World) -> None:
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    async with AsyncExitStack() as sockets, httpx.AsyncClient(timeout=PATIENCE) as http:
        before = await _times(http, world.server.address)
        for _ in range(IDLE):
            await sockets.enter_async_context(await world.socket())
        during = await _times(http, world.server.address)

    assert max(during) < 1
    print(  # noqa: T201  # what a proof says of itself
        f"{world.database.dialect}: a query took {statistics.median(before) * 1_000:.1f} ms alone, and beside {IDLE}"
        f" idle websockets {statistics.median(during) * 1_000:.1f} ms, {max(during) * 1_000:.0f} ms at most"
    )


async def _times(http: httpx.AsyncClient, address: str) -> list[float]:
    """Seconds that each of many queries took, one after the other."""
    found = []
    for _ in range(300):
        started = time.monotonic()
        answer = await http.post(address, json={"query": "{ campaigns { totalCount } }"})
        found.append(time.monotonic() - started)
        assert answer.json() == {"data": {"campaigns": {"totalCount": 1}}}
    return found
