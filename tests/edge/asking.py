"""An application with limits of the test's own, asked over HTTP or by a client who goes away."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import orjson
from starlette.types import Message

from fund_api.app import Application, create_app
from fund_api.core.database import Database
from fund_api.core.settings import Settings

QUICK: dict[str, Any] = {"query": '{ state(code: "OH") { name } }'}
ANSWER = {"data": {"state": {"name": "Ohio"}}}
SLOW: dict[str, Any] = {
    "query": "query ($filter: CommunityFilter!) { "
    + " ".join(f"a{number}: communities(first: 1, filter: $filter) {{ totalCount }}" for number in range(5))
    + " }",
    "variables": {"filter": {"or": [{"name": {"contains": f"x{number}q"}} for number in range(40)]}},
}
"""Looks 200 times through 39,000 names."""


@asynccontextmanager
async def serving(database: Database, **limits: Any) -> AsyncIterator[tuple[Application, httpx.AsyncClient]]:
    """An application with these settings on a database, and a client of it. Any: values of settings."""
    app = create_app(Settings(database_url=database.url.render_as_string(hide_password=False), **limits))
    transport = httpx.ASGITransport(app=app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://fund.test", timeout=60) as client,
    ):
        yield app, client


def told(response: httpx.Response) -> tuple[int, str, str | None]:
    """The status of a refusal, the code of its one error, and when to come again."""
    [error] = response.json()["errors"]
    return response.status_code, error["extensions"]["code"], response.headers.get("retry-after")


async def coming(app: Application, number: int) -> None:
    """Wait until so many operations are under way."""
    async with asyncio.timeout(10):
        while app.edge.graphql.service.gate.under_way != number:  # noqa: ASYNC110  # nobody sets an event for tests
            await asyncio.sleep(0)


class Leaver:
    """A client who sends a request and can go away before the answer."""

    def __init__(self, app: Application, body: dict[str, Any], address: str = "192.0.2.9") -> None:
        self._body: bytes | None = orjson.dumps(body)
        self._left = asyncio.Event()
        self.sent: list[Message] = []
        headers = [(b"content-type", b"application/json")]
        scope = {"type": "http", "method": "POST", "path": "/graphql", "query_string": b"", "headers": headers}
        scope["client"] = (address, 1)
        self.task = asyncio.create_task(app(scope, self._receive, self._send))

    async def leave(self) -> None:
        """Go away, and wait until the application noticed."""
        self._left.set()
        await asyncio.wait_for(self.task, 30)

    async def _receive(self) -> Message:
        if self._body is not None:
            body, self._body = self._body, None
            return {"type": "http.request", "body": body, "more_body": False}
        await self._left.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Message) -> None:
        self.sent.append(message)
