"""GraphQL over server-sent events, in the distinct connections mode: one response, one operation.

Source: the GraphQL over SSE protocol of graphql-sse. The stream ends with the event `complete`; one that ends without
it was cut by the server's stop, and the client comes back with the id of the last event that it has.
"""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

import orjson
import structlog
from graphql import GraphQLError
from starlette.types import Receive, Scope, Send

from fund_api.core.access import Viewer
from fund_api.core.errors import Throttled, TimedOut, TooMany, Unauthorized
from fund_api.edge.callers import Caller
from fund_api.edge.faults import fault
from fund_api.edge.live import Limits
from fund_api.edge.media import EVENTS
from fund_api.edge.requests import BadRequest, Headers
from fund_api.edge.service import GoingAway, Recheck, Service
from fund_api.graph.errors import Code, RequestErrors, formatted
from fund_api.graph.operations import Operation

COMPLETE = b"event: complete\ndata: \n\n"
SILENCE = b":\n\n"
"""A comment, by which proxies see that the connection lives."""
KEPT_ALIVE_EVERY = 15.0
"""Seconds after which one is sent."""
ABORT = "fund.abort"
"""The scope's extension that cuts a connection whose buffer nobody empties."""
CLOSE = "fund.close"
"""The one that closes a connection, after what is in its buffer, though its answer has no end."""
LONGEST_ID = 18
"""Digits of an event's id."""
_OPTIONS = orjson.OPT_UTC_Z
_START = {
    b"content-type": EVENTS + b"; charset=utf-8",
    b"cache-control": b"no-store",
    b"x-accel-buffering": b"no",  # nginx would hold events back
}
_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class EventStreams:
    """Answers by events."""

    service: Service
    limits: Limits

    async def answer(self, scope: Scope, receive: Receive, send: Send, operation: Operation, caller: Caller) -> None:
        """Send the responses to an operation for as long as the client listens. Raises BadRequest before the first."""
        headers: Headers = dict(scope["headers"])

        async def recheck() -> Viewer:
            return await self.service.sign_in(headers, caller.sender.address)

        after = _last_event(headers)
        try:
            with self.limits.held.one(caller.key):
                await self._send(scope, receive, send, self._events(operation, caller, recheck, after))
        except TooMany as refusal:
            raise BadRequest(429, str(refusal), {b"retry-after": b"60"}, Code.TOO_MANY) from None

    async def refuse(self, scope: Scope, receive: Receive, send: Send, error: RequestErrors) -> None:
        """Send the errors for which nothing is answered; browsers would not show them to a page in another status."""
        await self._send(scope, receive, send, _refusal(error))

    async def _events(
        self, operation: Operation, caller: Caller, recheck: Recheck, after: int | None
    ) -> AsyncGenerator[bytes, None]:
        try:
            if operation.subscribes:
                async with aclosing(self.service.stream(operation, caller, recheck, after)) as deliveries:
                    async for delivery in deliveries:
                        yield _next(delivery.response, delivery.cursor)
            else:
                yield _next(await self.service.answer(operation, caller))
        except RequestErrors as error:
            yield _next({"errors": error.formatted()})
        except Unauthorized as refusal:
            yield _next({"errors": [formatted(GraphQLError(str(refusal)), Code.UNAUTHENTICATED)]})
        except Throttled as refusal:
            yield _next({"errors": [formatted(GraphQLError(str(refusal)), Code.THROTTLED)]})
        except TimedOut as failure:
            yield _next({"errors": [formatted(GraphQLError(str(failure)), Code.OPERATION_TIMEOUT)]})
        except GoingAway:
            return
        except Exception:  # noqa: BLE001  # the entry point: a fault of ours is logged whole and masked for the client
            yield _next(fault(caller.sender.request_id))
        yield COMPLETE

    async def _send(self, scope: Scope, receive: Receive, send: Send, events: AsyncGenerator[bytes, None]) -> None:
        """Send events until they end, the client leaves, or it takes nothing for too long."""
        await send({"type": "http.response.start", "status": 200, "headers": list(_START.items())})
        work = [
            asyncio.create_task(self._pump(send, events)),
            asyncio.create_task(self._keep_alive(send)),
            asyncio.create_task(_left(receive)),
        ]
        try:
            ended, _ = await asyncio.wait(work, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in work:
                task.cancel()
            await asyncio.gather(*work, return_exceptions=True)
        if any(isinstance(task.exception(), TimeoutError) for task in ended):
            await _cut(scope, receive)
        elif work[0] in ended:
            await send({"type": "http.response.body"})

    async def _pump(self, send: Send, events: AsyncGenerator[bytes, None]) -> None:
        async with aclosing(events):
            async for event in events:
                await self._part(send, event)

    async def _keep_alive(self, send: Send) -> None:
        while True:
            await asyncio.sleep(KEPT_ALIVE_EVERY)
            await self._part(send, SILENCE)

    async def _part(self, send: Send, part: bytes) -> None:
        """Send a part; waits while the client does not take what was sent before, with a TimeoutError at last."""
        async with asyncio.timeout(self.limits.patience):
            await send({"type": "http.response.body", "body": part, "more_body": True})


def _last_event(headers: Headers) -> int | None:
    """The id of the last event that a client has which comes back. Raises BadRequest for one that is none of ours."""
    given = headers.get(b"last-event-id", b"")
    if not given:
        return None
    if not given.isdigit() or len(given) > LONGEST_ID:
        raise BadRequest(400, "Last-Event-ID must be the id of an event, which is a number.")
    return int(given)


async def _refusal(error: RequestErrors) -> AsyncGenerator[bytes, None]:
    yield _next({"errors": error.formatted()})
    yield COMPLETE


async def _left(receive: Receive) -> None:
    """Wait until the client leaves."""
    while (await receive())["type"] != "http.disconnect":
        pass


async def _cut(scope: Scope, receive: Receive) -> None:
    """Let go of a client that takes nothing: no reason would reach it through the full buffer."""
    _log.warning("an event stream was cut: its client took nothing", client=scope.get("client"))
    if abort := scope.get("extensions", {}).get(ABORT):
        abort()
        await _left(receive)


def _next(response: dict[str, Any], cursor: str | None = None) -> bytes:
    mark = f"id: {cursor}\n".encode() if cursor is not None else b""
    return b"event: next\n" + mark + b"data: " + orjson.dumps(response, option=_OPTIONS) + b"\n\n"
