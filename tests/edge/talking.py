"""A server as a process of its own, and clients that speak graphql-transport-ws to it, frame by frame."""

import asyncio
import json
import re
import subprocess
import threading
import uuid
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from tests.test_serving import TOKEN, serving

PROTOCOL = "graphql-transport-ws"
PATIENCE = 30.0
"""Seconds for anything that a machine under load has to do."""
INIT = {"type": "connection_init"}
TYPENAME = {"query": "{ __typename }"}
ANSWER = {"data": {"__typename": "Query"}}
ASKING = {"id": "1", "type": "subscribe", "payload": TYPENAME}
HELLO = {"type": "connection_ack"}
NEXT = {"id": "1", "type": "next", "payload": ANSWER}
COMPLETE = {"id": "1", "type": "complete"}
CHANGES = "subscription ($after: Int) { changes(after: $after) { number event { action } } }"
UNKNOWN = "This token is not valid: it is unknown, expired or revoked. Send Authorization: Bearer TOKEN, or nothing."
RESTART = "The server stops: connect again, and continue after the last number that you have."


class Served:
    """A server that runs: where, and the token of its administrator."""

    token: str
    address: str

    def __init__(self, process: subprocess.Popen[str], printed: list[str]) -> None:
        [self.token] = [found[1] for line in printed if (found := TOKEN.fullmatch(line))]
        self.address = re.findall(r"http://\S+", printed[-1])[0]
        self.process = process
        self._said: list[str] = []
        self._reading = threading.Thread(target=self._read)  # a server that nobody reads stands still at 64 KB
        self._reading.start()

    @property
    def socket(self) -> str:
        """Where it takes websockets."""
        return self.address.replace("http://", "ws://")

    def post(self, document: str, token: str | None = None) -> Any:
        """What it answers over plain HTTP. Any: JSON."""
        headers = {"authorization": f"Bearer {token}"} if token else {}
        return httpx.post(self.address, json={"query": document}, headers=headers, timeout=PATIENCE).json()

    async def stream(self, document: str, variables: dict[str, Any]) -> str:
        """What it answers by server-sent events."""
        headers = {"accept": "text/event-stream"}
        async with httpx.AsyncClient(timeout=PATIENCE) as client:
            answer = await client.post(self.address, json={"query": document, "variables": variables}, headers=headers)
        return answer.text

    def stopped(self) -> str:
        """All that it printed since it served, once it has been told to stop and has."""
        self.process.terminate()
        self._reading.join(PATIENCE)
        return "".join(self._said)

    def _read(self) -> None:
        assert self.process.stdout is not None
        self._said.extend(self.process.stdout)


@contextmanager
def listening(folder: Path, **environment: str) -> Iterator[Served]:
    """A server without data."""
    with serving(folder, FUND_LOAD="none", **environment) as (process, printed):
        server = Served(process, printed)
        try:
            yield server
        finally:
            server.stopped()


@contextmanager
def served(folder: Path, **environment: str) -> Iterator[Served]:
    """A server without data; nothing that its clients do may make it print anything."""
    with listening(folder, **environment) as server:
        yield server
        printed = server.stopped().strip()
        assert not printed, printed


def new_token(server: Served) -> tuple[str, Callable[[], None]]:
    """A new token of the administrator, and what revokes it."""
    me = server.post("{ viewer { person { id } } }", server.token)["data"]["viewer"]["person"]["id"]
    document = f'mutation {{ createToken(input: {{ person: "{me}", name: "new" }}) {{ secret token {{ id }} }} }}'
    made = server.post(document, server.token)["data"]["createToken"]

    def revoke() -> None:
        document = f'mutation {{ revokeToken(input: {{ id: "{made["token"]["id"]}" }}) {{ errors {{ message }} }} }}'
        assert server.post(document, server.token) == {"data": {"revokeToken": {"errors": []}}}

    return made["secret"], revoke


def add_people(server: Served, number: int) -> list[int]:
    """Add so many people: the numbers of all events that this made."""
    before = last_event(server)
    for _ in range(number):
        given = f'{{ name: "Somebody", email: "{uuid.uuid4()}@example.org" }}'
        document = f"mutation {{ addPerson(input: {given}) {{ errors {{ message }} }} }}"
        assert server.post(document, server.token) == {"data": {"addPerson": {"errors": []}}}
    return list(range(before + 1, last_event(server) + 1))


def last_event(server: Served) -> int:
    """The number of the last event of the log."""
    document = "{ events(first: 1, orderBy: [{ field: NUMBER, direction: DESC }]) { nodes { number } } }"
    [node] = server.post(document, server.token)["data"]["events"]["nodes"]
    return int(node["number"])


class Talk:
    """One side of a conversation over a socket."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket

    async def say(self, *frames: object) -> None:
        """Send frames: texts and bytes as they are, anything else as JSON."""
        for frame in frames:
            await self.socket.send(frame if isinstance(frame, str | bytes) else json.dumps(frame))

    async def hear(self) -> Any:
        """The next message, or the code and the reason with which the server closes."""
        try:
            async with asyncio.timeout(PATIENCE):
                return json.loads(await self.socket.recv())
        except ConnectionClosed as closed:
            return (closed.rcvd.code, closed.rcvd.reason) if closed.rcvd else None

    async def heard(self, number: int) -> list[Any]:
        """The next messages, so many of them."""
        return [await self.hear() for _ in range(number)]

    async def ask(self, payload: dict[str, Any], name: str = "1") -> list[Any]:
        """Begin an operation, and all messages up to its end."""
        await self.say({"id": name, "type": "subscribe", "payload": payload})
        heard = [await self.hear()]
        while isinstance(heard[-1], dict) and heard[-1]["type"] not in ("complete", "error"):
            heard.append(await self.hear())
        return heard


def following(name: str = "1", after: int | None = None) -> dict[str, Any]:
    """The message by which a client follows all changes."""
    return {"id": name, "type": "subscribe", "payload": {"query": CHANGES, "variables": {"after": after}}}


def numbers(heard: list[Any]) -> list[int]:
    """The numbers of the events that were told."""
    return [each["payload"]["data"]["changes"]["number"] for each in heard]


@asynccontextmanager
async def talking(
    server: Served,
    *,
    token: str | None = None,
    begin: bool = True,
    offering: Sequence[str] = (PROTOCOL,),
    **options: Any,
) -> AsyncIterator[Talk]:
    """Talk to a server, as whoever a token stands for. Any: what the client takes."""
    protocols = [Subprotocol(each) for each in offering] or None
    async with connect(server.socket, subprotocols=protocols, proxy=None, **options) as socket:
        talk = Talk(socket)
        if begin:
            payload = {"payload": {"authorization": f"Bearer {token}"}} if token else {}
            await talk.say(INIT | payload)
            assert await talk.hear() == {"type": "connection_ack"}
        yield talk
