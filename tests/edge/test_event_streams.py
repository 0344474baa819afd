"""GraphQL over server-sent events: one response for one operation, and how a client comes back."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest
from starlette.types import Message, Scope

from fund_api.app import Application, create_app
from fund_api.core.database import Database
from fund_api.core.settings import Settings
from fund_api.edge import event_streams
from fund_api.edge.event_streams import ABORT
from tests.edge.events import COMPLETE, SentEvent, Stream, listening_to
from tests.edge.talking import (
    ANSWER,
    CHANGES,
    PATIENCE,
    TYPENAME,
    UNKNOWN,
    Served,
    add_people,
    last_event,
    listening,
    new_token,
    served,
    talking,
)

FOLLOWING = {"query": CHANGES}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    settings = {"FUND_LIVE_CONNECTIONS": "2", "FUND_BODY_LIMIT": "10000"}
    with served(tmp_path_factory.mktemp("events"), **settings) as found:
        yield found


async def numbers(stream: Stream, count: int) -> list[int]:
    """The numbers of the next changes; each is its event's id."""
    heard = [await stream.hear() for _ in range(count)]
    found = [event.data["data"]["changes"]["number"] for event in heard if event]
    assert [event and (event.kind, event.id) for event in heard] == [("next", str(number)) for number in found]
    return found


@pytest.mark.parametrize("method", ["POST", "GET"])
async def test_a_query_is_answered_by_one_event_and_the_end(server: Served, method: str) -> None:
    async with listening_to(server, TYPENAME, method=method) as stream:
        assert await stream.rest() == [SentEvent("next", ANSWER), COMPLETE]

    assert stream.response.status_code == 200
    assert stream.response.headers["content-type"] == "text/event-stream; charset=utf-8"
    assert (stream.response.headers["cache-control"], stream.response.headers["x-accel-buffering"]) == (
        "no-store",
        "no",
    )


async def test_a_mutation_is_answered_to_a_post_alone(server: Served) -> None:
    document = """mutation {
      addPerson(input: { name: "Ada", email: "ada@example.org", idempotencyKey: "once" }) { person { name } }
    }"""
    before = last_event(server)
    async with listening_to(server, {"query": document}, token=server.token, method="GET") as stream:
        assert (stream.response.status_code, stream.response.headers["allow"]) == (405, "POST")
    assert last_event(server) == before
    async with listening_to(server, {"query": document}, token=server.token) as stream:
        told = await stream.rest()

    assert told == [SentEvent("next", {"data": {"addPerson": {"person": {"name": "Ada"}}}}), COMPLETE]


async def test_what_happens_is_told_and_who_comes_back_with_the_last_id_misses_nothing(server: Served) -> None:
    start = str(last_event(server))
    async with listening_to(server, FOLLOWING, token=server.token, last_event_id=start) as stream:
        first = add_people(server, 3)
        assert await numbers(stream, len(first)) == first
    missed = add_people(server, 2)
    beginning = FOLLOWING | {"variables": {"after": 0}}  # the id wins: browsers send the same address again
    async with listening_to(server, beginning, token=server.token, last_event_id=str(first[-1])) as stream:
        assert await numbers(stream, len(missed)) == missed
        later = add_people(server, 1)
        assert await numbers(stream, len(later)) == later


async def test_errors_come_as_events_because_browsers_hide_any_other_status(server: Served) -> None:
    async with listening_to(server, {"query": "{ nothing }"}, method="GET") as stream:
        assert stream.response.status_code == 200
        [refusal, end] = await stream.rest()
    assert (refusal.kind, end) == ("next", COMPLETE)
    assert refusal.data["errors"][0]["extensions"] == {"code": "GRAPHQL_VALIDATION_FAILED"}
    async with listening_to(server, FOLLOWING | {"variables": {"after": 1_000_000}}) as stream:
        [refusal, end] = await stream.rest()
    assert (refusal.data["errors"][0]["extensions"], end) == ({"code": "BAD_USER_INPUT"}, COMPLETE)


@pytest.mark.parametrize(
    ("status", "code", "headers"),
    [
        (401, "UNAUTHENTICATED", {"authorization": "Bearer wrong"}),
        (415, "BAD_REQUEST", {"content-type": "text/plain"}),
        (400, "BAD_REQUEST", {"last-event-id": "-1"}),
        (400, "BAD_REQUEST", {"last-event-id": "1; DROP TABLE event"}),
        (400, "BAD_REQUEST", {"last-event-id": "9" * 19}),
        (400, "BAD_REQUEST", {"last-event-id": "²"}),
        (413, "BAD_REQUEST", {"content-length": "10001"}),
    ],
)
async def test_a_request_that_is_none_has_its_status_and_no_stream(
    server: Served, status: int, code: str, headers: dict[str, str]
) -> None:
    fixed = {"accept": "text/event-stream", "content-type": "application/json"}
    sent = {name.encode(): value.encode() for name, value in (fixed | headers).items()}
    async with httpx.AsyncClient() as client:
        content = b" " * 10_001 if status == 413 else b'{"query": "subscription { changes { number } }"}'
        response = await client.post(server.address, content=content, headers=sent)

    assert (response.status_code, response.headers["content-type"]) == (status, "application/json; charset=utf-8")
    assert [error["extensions"]["code"] for error in response.json()["errors"]] == [code]


async def test_a_subscription_is_not_answered_in_json(server: Served) -> None:
    async with httpx.AsyncClient() as client:
        response = await client.post(server.address, json=FOLLOWING)

    assert response.status_code == 406
    [error] = response.json()["errors"]
    assert error["message"] == "Subscriptions are answered in text/event-stream, or over a websocket."


async def test_a_revoked_token_ends_the_stream_at_once(server: Served) -> None:
    secret, revoke = new_token(server)
    start = str(last_event(server))
    async with listening_to(server, FOLLOWING, token=secret, last_event_id=start) as stream:
        told = add_people(server, 1)
        assert await numbers(stream, len(told)) == told
        revoke()
        refused = {"errors": [{"message": UNKNOWN, "extensions": {"code": "UNAUTHENTICATED"}}]}
        assert await stream.rest() == [SentEvent("next", refused), COMPLETE]


async def test_a_caller_holds_so_many_streams_and_one_that_is_left_is_free_at_once(server: Served) -> None:
    async with (
        talking(server, token=server.token),
        listening_to(server, FOLLOWING, token=server.token),
        listening_to(server, FOLLOWING, token=server.token) as third,
    ):
        await third.response.aread()
        [error] = third.response.json()["errors"]
        assert (third.response.status_code, error["extensions"]["code"]) == (429, "TOO_MANY")
        assert third.response.headers["retry-after"] == "60"
    status, deadline = 429, time.monotonic() + PATIENCE
    while status == 429 and time.monotonic() < deadline:
        async with listening_to(server, FOLLOWING, token=server.token) as again:
            status = again.response.status_code
    assert status == 200


async def test_a_stop_ends_streams_without_their_last_event_so_that_clients_come_back(tmp_path: Path) -> None:
    with listening(tmp_path) as server:
        async with listening_to(server, FOLLOWING, token=server.token, last_event_id="0") as stream:
            assert await stream.hear()
            server.process.terminate()
            told = await stream.rest()
        assert server.stopped().strip() == ""

    assert {event.kind for event in told} <= {"next"}


@dataclass
class Exchange:
    """A request of a client that takes so many parts of the answer and no more, and whose connection can be cut."""

    takes: int
    body: list[bytes]
    sent: list[Message] = field(default_factory=list)
    ended: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def scope(self) -> Scope:
        headers = [(b"accept", b"text/event-stream"), (b"content-type", b"application/json")]
        fixed = {"type": "http", "method": "POST", "path": "/graphql", "query_string": b"", "client": None}
        return fixed | {"headers": headers, "extensions": {ABORT: self.ended.set}}

    async def receive(self) -> Message:
        if self.body:
            return {"type": "http.request", "body": self.body.pop()}
        await self.ended.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        self.sent.append(message)
        if len(self.sent) > self.takes:
            await asyncio.Event().wait()  # the buffer is full


@asynccontextmanager
async def application(database: Database) -> AsyncIterator[Application]:
    app = create_app(Settings(database_url=database.url.render_as_string(hide_password=False), live_patience=1))
    async with asyncio.timeout(PATIENCE), app.router.lifespan_context(app):
        yield app
        assert app.edge.graphql.streams.limits.held.total == 0


async def test_who_takes_nothing_is_cut_off_and_lets_go_of_its_place(database: Database) -> None:
    exchange = Exchange(1, [json.dumps(TYPENAME).encode()])
    async with application(database) as app:
        await app(exchange.scope, exchange.receive, exchange.send)

    assert exchange.ended.is_set()
    assert [message["type"] for message in exchange.sent] == ["http.response.start", "http.response.body"]


async def test_silence_is_broken_by_comments_so_that_proxies_keep_the_connection(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(event_streams, "KEPT_ALIVE_EVERY", 0.01)
    exchange = Exchange(4, [json.dumps(FOLLOWING).encode()])
    async with application(database) as app:
        await app(exchange.scope, exchange.receive, exchange.send)

    assert [message["body"] for message in exchange.sent[1:]] == [b":\n\n"] * 4
