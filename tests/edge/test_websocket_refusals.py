"""Websockets that are closed: at each frame that is no message, for each reason, with its code and its words."""

import socket
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import sqlalchemy as sa
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from fund_api.core.database import Database
from tests.edge.talking import (
    ANSWER,
    ASKING,
    CHANGES,
    COMPLETE,
    HELLO,
    INIT,
    NEXT,
    PATIENCE,
    PROTOCOL,
    TYPENAME,
    UNKNOWN,
    Served,
    listening,
    served,
    talking,
)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("websockets"), FUND_BODY_LIMIT="10000") as found:
        yield found


def asking(payload: object = None, **fields: object) -> dict[str, object]:
    return {"id": "1", "type": "subscribe", "payload": TYPENAME if payload is None else payload} | fields


NO_ID = "An operation's id must be a text of 1 to 255 characters."
NO_DOCUMENT = 'query must be a GraphQL document, such as "{ states { totalCount } }".'
NO_JSON, NO_OBJECT = "WebSocket message must be valid JSON", "A message must be a JSON object."
NO_TYPE = "A message must have a type, which is a text."
LARGE = "The message is larger than 10,000 bytes, the most that is taken."
HOSTILE: list[tuple[list[object], int, str]] = [
    (["{"], 4400, NO_JSON),
    ([""], 4400, NO_JSON),
    (["nonsense"], 4400, NO_JSON),
    (["NaN"], 4400, NO_JSON),
    (['{"type": "ping"} {}'], 4400, NO_JSON),
    (['{"type": "connection_init", "payload": {"a": Infinity}}'], 4400, NO_JSON),
    (['{"type": "\\ud800"}'], 4400, NO_JSON),
    (["[" * 9_000], 4400, NO_JSON),
    (["[" * 4_000 + "]" * 4_000], 4400, NO_JSON),
    (['{"type": "ping", "payload": ' + '{"a": ' * 1_200 + "1" + "}" * 1_201], 4400, NO_JSON),
    ([b'{"type": "connection_init"}'], 4400, "WebSocket message type must be text"),
    ([b"\x00\xff"], 4400, "WebSocket message type must be text"),
    ([b""], 4400, "WebSocket message type must be text"),
    ([[]], 4400, NO_OBJECT),
    (["null"], 4400, NO_OBJECT),
    (["1"], 4400, NO_OBJECT),
    (["1" * 5_000], 4400, NO_JSON),
    (['"connection_init"'], 4400, NO_OBJECT),
    ([[INIT]], 4400, NO_OBJECT),
    ([{}], 4400, NO_TYPE),
    ([{"type": None}], 4400, NO_TYPE),
    ([{"type": ["ping"]}], 4400, NO_TYPE),
    ([{"type": {"a": "ping"}}], 4400, NO_TYPE),
    ([{"type": "start"}], 4400, "Unknown message type: start"),
    ([{"type": "connection_ack"}], 4400, "Unknown message type: connection_ack"),
    ([{"type": "next", "id": "1", "payload": ANSWER}], 4400, "Unknown message type: next"),
    ([{"type": "é" * 500}], 4400, "Unknown message type: " + "é" * 50),
    ([{"type": "x\r\ny\x1b[31m"}], 4400, "Unknown message type: x\r\ny\x1b[31m"),
    ([" " * 10_001], 4400, LARGE),
    ([" " * 20_000], 4400, LARGE),
    (["é" * 6_000], 4400, LARGE),
    ([" " * 20_001], 1009, "frame with 20001 bytes exceeds limit of 20000 bytes"),
    ([{"type": "connection_init", "payload": []}], 4400, "Invalid connection init payload"),
    ([{"type": "connection_init", "payload": "Bearer"}], 4400, "Invalid connection init payload"),
    ([INIT | {"payload": {"authorization": 1}}], 4400, 'authorization must be a text, such as "Bearer TOKEN".'),
    ([INIT | {"payload": {"authorization": None}}], 4400, 'authorization must be a text, such as "Bearer TOKEN".'),
    ([INIT | {"payload": {"authorization": "Bearer " + "x" * 9_000}}], 4403, UNKNOWN),
    ([INIT | {"payload": {"authorization": "é\r\n"}}], 4403, UNKNOWN),
    ([ASKING], 4401, "Unauthorized"),
    ([INIT, INIT], 4429, "Too many initialisation requests"),
    ([INIT, asking(id=None)], 4400, NO_ID),
    ([INIT, asking(id=1)], 4400, NO_ID),
    ([INIT, asking(id="")], 4400, NO_ID),
    ([INIT, asking(id=["1"])], 4400, NO_ID),
    ([INIT, asking(id="1" * 256)], 4400, NO_ID),
    ([INIT, {"type": "complete"}], 4400, NO_ID),
    ([INIT, {"type": "complete", "id": {}}], 4400, NO_ID),
    ([INIT, {"type": "subscribe", "id": "1"}], 4400, "The body must be a JSON object with the key query."),
    ([INIT, asking("{ __typename }")], 4400, "The body must be a JSON object with the key query."),
    ([INIT, asking([TYPENAME])], 4400, "The body must be a JSON object with the key query."),
    ([INIT, asking({})], 4400, NO_DOCUMENT),
    ([INIT, asking({"query": ["{ __typename }"]})], 4400, NO_DOCUMENT),
    ([INIT, asking({"query": "  "})], 4400, NO_DOCUMENT),
    ([INIT, asking(TYPENAME | {"variables": []})], 4400, "variables must be a JSON object."),
    ([INIT, asking(TYPENAME | {"operationName": 1})], 4400, "operationName must be a text."),
    ([INIT, asking(TYPENAME | {"extensions": "cost"})], 4400, "extensions must be a JSON object."),
]


@pytest.mark.parametrize(("frames", "code", "reason"), HOSTILE, ids=range(len(HOSTILE)))
async def test_a_frame_that_is_no_message_closes_the_socket_with_its_reason(
    server: Served, frames: list[object], code: int, reason: str
) -> None:
    async with talking(server, begin=False) as talk:
        await talk.say(*frames)
        heard = await talk.hear()
        while heard in (HELLO, NEXT, COMPLETE):
            heard = await talk.hear()

    assert heard == (code, reason)
    assert server.post(TYPENAME["query"]) == ANSWER


async def test_text_that_is_not_in_utf_8_closes_the_socket(server: Served) -> None:
    async with talking(server) as talk:
        await talk.socket.send(b"\xff{}", text=True)
        assert await talk.hear() == (1007, "A message must be in UTF-8.")


async def test_who_does_not_begin_within_three_seconds_is_sent_away(server: Served) -> None:
    started = time.monotonic()
    async with talking(server, begin=False) as talk:
        assert await talk.hear() == (4408, "Connection initialisation timeout")

    assert time.monotonic() - started > 2.9


@pytest.mark.parametrize("offered", [(), ("graphql-ws",), ("soap", "graphql-ws")])
async def test_who_does_not_offer_the_protocol_is_told_which(server: Served, offered: tuple[str, ...]) -> None:
    async with talking(server, begin=False, offering=offered) as talk:
        assert talk.socket.subprotocol is None
        told = "Offer the subprotocol graphql-transport-ws; the older graphql-ws is not spoken here."
        assert await talk.hear() == (4406, told)


async def test_there_are_no_websockets_elsewhere(server: Served) -> None:
    with pytest.raises(InvalidStatus) as refused:
        await connect(server.socket.replace("graphql", "other"), proxy=None)

    assert refused.value.response.status_code == 403


async def test_an_id_that_is_in_use_closes_the_socket(server: Served) -> None:
    async with talking(server) as talk:
        await talk.say(ASKING, ASKING)
        heard = [await talk.hear()]
        while isinstance(heard[-1], dict):
            heard.append(await talk.hear())

    assert heard[-1] == (4409, "Subscriber for 1 already exists")


async def test_who_asks_without_reading_is_read_no_more_than_what_is_on_the_way(server: Served) -> None:
    host, port = server.address.removeprefix("http://").removesuffix("/graphql").split(":")
    upgrade = (
        "GET /graphql HTTP/1.1\r\nHost: fund.test\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n"
        f"Sec-WebSocket-Protocol: {PROTOCOL}\r\n\r\n"
    )
    ping = (b"\x89\xfd\x00\x00\x00\x00" + b"x" * 125) * 1_000
    with socket.create_connection((host, int(port))) as client:
        client.sendall(upgrade.encode())
        assert client.recv(12) == b"HTTP/1.1 101"
        client.settimeout(2)
        sent = 0
        with pytest.raises(TimeoutError):  # nobody takes more: otherwise each ping would have its pong in the memory
            while sent < 100_000_000:
                sent += client.send(ping)

    assert sent < 30_000_000


async def test_who_can_t_be_looked_up_in_time_is_told_to_come_back(empty_postgres: Database, tmp_path: Path) -> None:
    address = empty_postgres.url.render_as_string(hide_password=False)
    with served(tmp_path, FUND_DATABASE_URL=address, FUND_OPERATION_TIMEOUT="0.5") as server:
        body = {"query": CHANGES, "variables": {"after": 0}}
        events = {"accept": "text/event-stream", "authorization": f"Bearer {server.token}"}
        async with talking(server, token=server.token) as known, talking(server, begin=False) as unknown:
            async with empty_postgres.engine.begin() as connection:
                await connection.execute(sa.text("LOCK TABLE api_token IN ACCESS EXCLUSIVE MODE"))
                await unknown.say(INIT | {"payload": {"authorization": f"Bearer {server.token}"}})
                [error] = await known.ask(TYPENAME)
                closed = await unknown.hear()
                async with httpx.AsyncClient() as client:
                    late = await client.post(server.address, json=body, headers=events, timeout=PATIENCE)
            assert await known.ask(TYPENAME) == [NEXT, COMPLETE]

    [told] = error["payload"]
    assert (told["extensions"]["code"], closed) == ("OPERATION_TIMEOUT", (1013, told["message"][:123]))
    assert late.status_code == 503


async def test_a_fault_is_masked_and_logged_whole(tmp_path: Path) -> None:
    with listening(tmp_path) as server, sqlite3.connect(tmp_path / "fund.db") as database:
        async with talking(server) as talk:
            database.execute("DROP TABLE state")
            [error] = await talk.ask({"query": "{ states { totalCount } }"})
            assert [each["message"] for each in error["payload"]] == ["Something went wrong here; it was logged."]
            assert error["payload"][0]["extensions"]["code"] == "INTERNAL_SERVER_ERROR"
            assert await talk.ask(TYPENAME) == [NEXT, COMPLETE]
        async with talking(server, begin=False) as talk:
            database.execute("DROP TABLE api_token")
            await talk.say(INIT | {"payload": {"authorization": f"Bearer {server.token}"}})
            assert await talk.hear() == (1011, "Something went wrong here; it was logged.")
        printed = server.stopped()
    database.close()

    assert printed.count("a request failed by a fault of the server") == 2
    assert error["payload"][0]["extensions"]["requestId"] in printed
    assert server.token not in printed
