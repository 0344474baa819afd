"""Clients who send or read slowly lose their connection, while others are served. A real server, real sockets."""

import asyncio
import json
import re
import time
from collections.abc import AsyncIterator, Iterator

import httpx
import pytest

from tests.test_serving import serving

BODY = json.dumps({"query": "{ __typename }"}).encode()
HEAD = b"POST /graphql HTTP/1.1\r\nhost: fund.test\r\ncontent-type: application/json\r\ncontent-length: %d\r\n"
WHOLE = HEAD % len(BODY) + b"\r\n" + BODY


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    limits = {"FUND_LOAD": "none", "FUND_BODY_TIMEOUT": "1", "FUND_CONNECTIONS": "60"}
    with serving(tmp_path_factory.mktemp("slow"), **limits) as (_, printed):
        yield int(re.findall(r"http://127.0.0.1:(\d+)/", printed[-1])[0])


async def dripped(port: int, *parts: bytes) -> tuple[bytes, float]:
    """What is answered until the connection is closed to who sends these parts, and then a byte at a time, for ever."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    began = time.monotonic()
    for part in parts:
        writer.write(part)
    dripping = asyncio.create_task(drip(writer))
    try:
        async with asyncio.timeout(20):
            answer = await reader.read()
    except ConnectionError:
        answer = b""
    dripping.cancel()
    writer.close()
    return answer, time.monotonic() - began


async def drip(writer: asyncio.StreamWriter) -> None:
    while True:
        writer.write(b"a")
        await asyncio.sleep(0.1)


@pytest.fixture
async def waits(port: int) -> AsyncIterator[list[float]]:
    """How long a second client waited for each answer while the test went on."""
    found: list[float] = []

    async def watch() -> None:
        async with httpx.AsyncClient() as client:
            while True:
                began = time.monotonic()
                answer = await client.post(f"http://127.0.0.1:{port}/graphql", json={"query": "{ __typename }"})
                assert answer.status_code == 200
                found.append(time.monotonic() - began)
                await asyncio.sleep(0.01)

    task = asyncio.create_task(watch())
    yield found
    assert not task.done()
    task.cancel()


async def test_slow_headers_are_cut_by_a_time_limit_while_others_are_served(port: int, waits: list[float]) -> None:
    slow = await asyncio.gather(*(dripped(port, HEAD % 5) for _ in range(40)))

    for answer, seconds in slow:
        assert answer.startswith(b"HTTP/1.1 408 Request Timeout\r\n")
        assert json.loads(answer.partition(b"\r\n\r\n")[2]) == {
            "errors": [
                {
                    "message": "The headers were not here within 1 second, the most that they may take.",
                    "extensions": {"code": "TOO_SLOW"},
                }
            ]
        }
        assert 0.9 <= seconds < 5
    assert len(waits) > 10
    assert max(waits) < 1


async def test_slow_bodies_are_cut_by_a_time_limit_while_others_are_served(port: int, waits: list[float]) -> None:
    slow = await asyncio.gather(*(dripped(port, HEAD % 500_000, b"\r\n{") for _ in range(40)))

    for answer, seconds in slow:
        head, _, body = answer.partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 408 Request Timeout\r\n")
        assert json.loads(body)["errors"][0]["extensions"] == {"code": "TOO_SLOW"}
        assert 0.9 <= seconds < 5
    assert max(waits) < 1


@pytest.mark.parametrize(
    "sent", [(), (WHOLE,), (WHOLE, HEAD % 5)], ids=["nothing", "a request", "a request and a half"]
)
async def test_idle_connections_are_closed(port: int, sent: tuple[bytes, ...]) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"".join(sent))
    async with asyncio.timeout(20):
        answer = await reader.read()
    writer.close()

    assert answer.count(b"HTTP/1.1 200 OK") == min(len(sent), 1)
    assert answer.count(b"HTTP/1.1 408 ") == (1 if len(sent) == 2 else 0)


async def test_line_ends_do_not_keep_a_connection_open(port: int) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(WHOLE)
    await reader.readuntil(b"}}")

    async def send() -> None:
        while True:
            writer.write(b"\r\n")
            await asyncio.sleep(0.1)

    sending = asyncio.create_task(send())
    async with asyncio.timeout(5):
        assert await reader.read() == b""
    sending.cancel()
    writer.close()


async def test_headers_and_bodies_in_parts_are_taken_when_they_are_in_time(port: int) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for _ in range(3):  # a connection that is used again
        for start in range(0, len(WHOLE), 20):
            writer.write(WHOLE[start : start + 20])
            await writer.drain()
            await asyncio.sleep(0.05)
        answer = await reader.readuntil(b"}}")
        assert answer.startswith(b"HTTP/1.1 200 OK\r\n")
        assert answer.endswith(b'{"data":{"__typename":"Query"}}')
    writer.close()


async def test_a_connection_too_many_is_told_so_in_json_and_the_others_stay(port: int) -> None:
    first = await asyncio.open_connection("127.0.0.1", port)
    first[1].write(WHOLE)
    assert (await first[0].readuntil(b"}}")).startswith(b"HTTP/1.1 200")
    idle = [await asyncio.open_connection("127.0.0.1", port) for _ in range(59)]
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(WHOLE)
    async with asyncio.timeout(5):
        answer = await reader.read()
    first[1].write(WHOLE)
    again = await first[0].readuntil(b"}}")
    for _, each in [*idle, first, (reader, writer)]:
        each.close()

    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 503 Service Unavailable\r\n")
    assert b"retry-after: 1\r\n" in head + b"\r\n"
    assert json.loads(body)["errors"][0]["extensions"] == {"code": "SERVER_BUSY"}
    assert again.startswith(b"HTTP/1.1 200")
