"""Clients of server-sent events: requests, and what browsers make of the answers."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
import orjson

from tests.edge.talking import PATIENCE, Served


@dataclass(frozen=True)
class SentEvent:
    """One event: its kind, its data out of JSON, and its id."""

    kind: str
    data: Any
    id: str | None = None


COMPLETE = SentEvent("complete", None)


@dataclass
class Stream:
    """A response that is read event by event."""

    response: httpx.Response
    comments: int = 0
    _lines: AsyncIterator[str] = field(init=False)

    def __post_init__(self) -> None:
        self._lines = self.response.aiter_lines()

    async def hear(self) -> SentEvent | None:
        """The next event; None when the response has ended."""
        fields: dict[str, str] = {}
        async with asyncio.timeout(PATIENCE):
            async for line in self._lines:
                if not line and "data" in fields:  # without data browsers drop it
                    data = orjson.loads(fields["data"]) if fields["data"] else None
                    return SentEvent(fields["event"], data, fields.get("id"))
                self.comments += line.startswith(":")
                name, _, value = line.partition(":")
                if name:
                    fields[name] = value.removeprefix(" ")
        return None

    async def rest(self) -> list[SentEvent]:
        """All events to the end of the response."""
        heard = []
        while (event := await self.hear()) is not None:
            heard.append(event)
        return heard


@asynccontextmanager
async def listening_to(
    server: Served, body: dict[str, Any], *, token: str | None = None, method: str = "POST", **headers: str
) -> AsyncIterator[Stream]:
    """Ask for events."""
    sent = {"accept": "text/event-stream", **{name.replace("_", "-"): value for name, value in headers.items()}}
    if token:
        sent["authorization"] = f"Bearer {token}"
    given: dict[str, Any] = {"json": body} if method == "POST" else {"params": body}
    async with (
        httpx.AsyncClient(timeout=PATIENCE) as client,
        client.stream(method, server.address, headers=sent, **given) as response,
    ):
        yield Stream(response)
