"""Who asks for much and does not read it loses the connection; who reads slowly gets everything."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import suppress

import pytest
import uvicorn
from starlette.types import Receive, Scope, Send

from fund_api.edge import connections
from fund_api.edge.connections import connection

SIZE = 20_000_000
ASK = b"GET / HTTP/1.1\r\nhost: fund.test\r\n\r\n"


async def much(_scope: Scope, _receive: Receive, send: Send) -> None:
    """Answers with more than any buffer of a socket holds."""
    headers = [(b"content-length", b"%d" % SIZE)]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"x" * SIZE})


@pytest.fixture
async def served(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[tuple[uvicorn.Server, int]]:
    monkeypatch.setattr(connections, "LOOKS", 0.2)
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(much, http=connection(5, 100), ws="none", lifespan="off", log_level="error")
    server = uvicorn.Server(config)
    task = asyncio.create_task(server.serve(sockets=[listener]))
    yield server, listener.getsockname()[1]
    server.should_exit = True
    await task


async def ask(port: int) -> socket.socket:
    """A client who asked, and reads nothing yet."""
    client = socket.create_connection(("127.0.0.1", port))
    client.setblocking(False)
    await asyncio.get_running_loop().sock_sendall(client, ASK)
    return client


async def test_who_reads_nothing_is_cut_off(served: tuple[uvicorn.Server, int]) -> None:
    server, port = served
    client = await ask(port)
    open_connections = server.server_state.connections
    async with asyncio.timeout(10):
        while not open_connections:  # noqa: ASYNC110  # uvicorn sets no event
            await asyncio.sleep(0.01)
        while open_connections:  # noqa: ASYNC110  # nor one when they are gone
            await asyncio.sleep(0.01)
    read = 0
    with suppress(ConnectionError):  # or it ends like an answer that is whole
        while chunk := await asyncio.get_running_loop().sock_recv(client, 1_000_000):
            read += len(chunk)
    client.close()

    assert read < SIZE


async def test_who_reads_slowly_gets_everything(served: tuple[uvicorn.Server, int]) -> None:
    _, port = served
    client = await ask(port)
    loop, read = asyncio.get_running_loop(), b""
    async with asyncio.timeout(30):
        while not read.endswith(b"\r\n\r\n"):
            read += await loop.sock_recv(client, 1)
        left = SIZE
        while left:
            left -= len(await loop.sock_recv(client, 500_000))
            await asyncio.sleep(0.02)  # 25 MB a second at most, for longer than it may rest
    client.close()
