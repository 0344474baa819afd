"""A cache that serves many, as RFC 9111 says, between clients and the server: what it shares, and what it must not."""

import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email.utils import formatdate

import hishel
import httpx
import pytest
import sqlalchemy as sa
from hishel.httpx import AsyncCacheTransport

from fund_api.communities.tables import State
from fund_api.core.columns import table_of
from fund_api.core.database import Database
from fund_api.core.heads import tell_unlogged
from fund_api.people.roles import Role
from tests.edge.asking import serving
from tests.edge.test_caching import PEOPLE, STATES, TITLES, Asking, get, post, token_of
from tests.granting import Fund
from tests.people.somebody import own_id, somebody

SECONDS = 300
"""For which a public answer may be kept."""


@dataclass
class Clock:
    """The clock of the cache, which goes on when a test says so."""

    now: float = 1_800_000_000.0

    def time(self) -> float:
        return self.now


@dataclass
class Way(httpx.AsyncBaseTransport):
    """The way from the cache to the server, which dates the answers as a server does, and notes their statuses."""

    clock: Clock
    inner: httpx.AsyncBaseTransport
    statuses: list[int] = field(default_factory=list)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        answer = await self.inner.handle_async_request(request)
        answer.headers["date"] = formatdate(self.clock.now, usegmt=True)
        self.statuses.append(answer.status_code)
        return answer


class Memory(hishel.AsyncBaseStorage):
    """What the cache has, in memory: hishel's own storages need further libraries."""

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[uuid.UUID, tuple[str, hishel.Request, hishel.Response, bytes]] = {}

    async def create_entry(
        self,
        request: hishel.Request,
        response: hishel.Response,
        key: str,
        *,
        ttl: float | None = None,
        tti: float | None = None,
    ) -> hishel.Entry:
        assert isinstance(response.stream, AsyncIterator)
        body = b"".join([part async for part in response.stream])
        own = uuid.uuid4()
        self.kept[own] = (key, request, response, body)
        return _entry(own, request, response, body)

    async def get_entries(self, key: str) -> list[hishel.Entry]:
        return [_entry(own, *rest) for own, (under, *rest) in self.kept.items() if under == key]  # type: ignore[arg-type]  # the rest of a tuple has no types of its own

    async def update_headers(self, id: uuid.UUID, headers: hishel.Headers) -> None:  # noqa: A002  # hishel's name
        key, request, response, body = self.kept[id]
        self.kept[id] = (key, request, hishel.Response(response.status_code, headers), body)

    async def remove_entry(self, id: uuid.UUID) -> None:  # noqa: A002  # hishel's name
        self.kept.pop(id, None)


def _entry(own: uuid.UUID, request: hishel.Request, response: hishel.Response, body: bytes) -> hishel.Entry:
    async def parts() -> AsyncIterator[bytes]:
        yield body

    return hishel.Entry(own, request, hishel.Response(response.status_code, response.headers, parts()))


@dataclass(frozen=True)
class Between:
    """A cache in front of a server, and who asks it."""

    client: httpx.AsyncClient
    clock: Clock
    asked: list[int]
    """The statuses of what it asked the server."""
    storage: Memory


@asynccontextmanager
async def between(database: Database, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Between]:
    clock, storage = Clock(), Memory()
    monkeypatch.setattr("hishel._core._spec.time", clock)
    async with serving(database, public_seconds=SECONDS) as (app, _):
        way = Way(clock, httpx.ASGITransport(app=app))
        cache = AsyncCacheTransport(way, storage, hishel.CacheOptions(shared=True))
        async with httpx.AsyncClient(transport=cache, base_url="http://fund.test") as client:
            yield Between(client, clock, way.statuses, storage)


@pytest.fixture
async def filled(database: Database) -> Database:
    fund = Fund()
    fund.campaign(fund.community("Ames"))
    await fund.save(database)
    return database


async def rename_states(database: Database, name: str) -> None:
    async with database.writing() as connection:
        await connection.execute(sa.update(table_of(State)).values(name=name))
        await tell_unlogged(connection)


def names(answer: httpx.Response) -> set[str]:
    return {state["name"] for state in answer.json()["data"]["states"]["nodes"]}


@pytest.mark.parametrize("ask", [get, post])
async def test_signed_in_callers_have_tags_of_their_own(filled: Database, ask: Asking) -> None:
    signed = await token_of(filled, own_id(await somebody(filled, "Ada")))
    async with serving(filled) as (_, client):
        public = await ask(client, STATES)
        own = await ask(client, STATES, **signed)
        across = await ask(client, STATES, if_none_match=public.headers["etag"], **signed)
        back = await ask(client, STATES, if_none_match=own.headers["etag"])

    assert public.content == own.content
    assert public.headers["etag"] != own.headers["etag"]
    assert (across.status_code, back.status_code) == (200, 200)
    assert across.headers["cache-control"] in ("private, no-cache", "no-store")


async def test_a_public_answer_is_shared(filled: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    async with between(filled, monkeypatch) as there:
        answers = [await get(there.client, STATES, user_agent=name) for name in ("one", "two", "three")]

    assert there.asked == [200]
    assert len({answer.content for answer in answers}) == 1


async def test_private_answers_never_cross_viewers(filled: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    people = [await somebody(filled, "Ada", Role.ADMINISTRATOR), await somebody(filled, "Bob")]
    ada, bob = [await token_of(filled, own_id(each)) for each in people]
    async with between(filled, monkeypatch) as there:
        found = [await get(there.client, PEOPLE, **who) for who in (ada, bob, {}, ada, bob, {})]
        kept = [await get(there.client, TITLES) for _ in range(2)]

    seen = [len(each.json()["data"]["people"]["nodes"]) for each in found]
    assert seen[:3] == seen[3:]
    assert seen[0] > seen[2]
    assert len(there.asked) == 6 + len(kept)
    assert not [request for _, request, *_ in there.storage.kept.values() if "authorization" in request.headers]


async def test_who_signs_in_gets_an_answer_of_their_own_beside_the_public_one(
    filled: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = await token_of(filled, own_id(await somebody(filled, "Ada")))
    async with between(filled, monkeypatch) as there:
        public = await get(there.client, STATES)
        own = [await get(there.client, STATES, **ada) for _ in range(2)]
        again = await get(there.client, STATES)

    assert there.asked == [200, 200, 200]
    assert {each.headers["cache-control"] for each in own} == {"private, no-cache"}
    assert (again.headers["etag"], again.headers["cache-control"]) == (
        public.headers["etag"],
        f"public, max-age={SECONDS}",
    )


async def test_a_change_is_seen_when_the_time_is_over_and_a_304_renews_what_is_kept(
    filled: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with between(filled, monkeypatch) as there:
        await get(there.client, STATES)
        there.clock.now += SECONDS + 1
        renewed = [await get(there.client, STATES) for _ in range(2)]
        unchanged = list(there.asked)
        await rename_states(filled, "Elsewhere")
        behind = await get(there.client, STATES)
        there.clock.now += SECONDS + 1
        after = [await get(there.client, STATES) for _ in range(2)]

    assert unchanged == [200, 304]
    assert there.asked == [200, 304, 200]
    assert [each.extensions["caching"]["from_cache"] for each in (*renewed, behind)] == [True, True, True]
    assert names(behind) == names(renewed[0]) != {"Elsewhere"}
    assert [names(each) for each in after] == [{"Elsewhere"}] * 2
