"""How tests follow a subscription: as a transport would, on a service of their own."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import orjson

from fund_api.core.access import PUBLIC, Sender, Viewer
from fund_api.core.commits import Commits
from fund_api.core.database import Database
from fund_api.edge.callers import Caller
from fund_api.edge.documents import KnownDocuments
from fund_api.edge.gate import Gate
from fund_api.edge.patience import Patience
from fund_api.edge.service import Service
from fund_api.edge.throttling import Throttling
from fund_api.graph.engine import Engine
from fund_api.graph.live import Delivery
from tests.asking import asking

PATIENCE = 20.0
"""Seconds that nothing takes."""


@dataclass
class Follower:
    """Somebody who follows: their deliveries, and whom they are by now."""

    stream: AsyncIterator[Delivery]

    async def next(self, count: int = 1) -> list[Any]:
        """The data of the next deliveries, as a client decodes it."""
        async with asyncio.timeout(PATIENCE):
            told = [await anext(self.stream) for _ in range(count)]
        self.cursor = int(told[-1].cursor) if told else 0
        return [orjson.loads(orjson.dumps(one.response, option=orjson.OPT_UTC_Z))["data"] for one in told]

    async def is_quiet(self, seconds: float = 0.5) -> bool:
        """Whether nothing is told for a while; what is told later is lost, so this comes last."""
        try:
            async with asyncio.timeout(seconds):
                await anext(self.stream)
        except TimeoutError:
            return True
        return False


@dataclass
class Desk:
    """A service on one database."""

    service: Service
    open: list[Any] = field(default_factory=list)

    def follow(
        self,
        text: str,
        viewer: Viewer = PUBLIC,
        recheck: Callable[[], Awaitable[Viewer]] | None = None,
        after: int | None = None,
        **variables: Any,
    ) -> Follower:
        """Subscribe as somebody, who stays who they are unless `recheck` says otherwise."""

        async def same() -> Viewer:
            return viewer

        caller = Caller(viewer, Sender())
        operation = self.service.engine.prepare(text, None, variables)
        stream = self.service.stream(operation, caller, recheck or same, after)
        self.open.append(stream)
        return Follower(stream)


async def never(_headers: dict[bytes, bytes], _address: str) -> Viewer:
    raise AssertionError("nobody signs in here")


def desk_of(engine: Engine, database: Database) -> Desk:
    """A service that limits nobody."""
    limits = Throttling(10**9, 10**9), Gate(1_000, 1_000, 1_000), Patience(PATIENCE)
    return Desk(Service(engine, never, KnownDocuments(database), Commits(database), *limits))


@asynccontextmanager
async def serving(database: Database) -> AsyncIterator[Desk]:
    """A service for as long as the block lasts; what is still followed at its end is let go."""
    async with asking(database) as ask:
        ask.engine.services = {**ask.engine.services, "database": database}
        desk = desk_of(ask.engine, database)
        yield desk
        for stream in desk.open:
            await stream.aclose()
