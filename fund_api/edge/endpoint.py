"""GraphQL over HTTP: POST with JSON, and GET for queries.

Source: the GraphQL over HTTP draft. A request that is no GraphQL request is 4xx; one whose document can't be answered
is 200 in `application/json` and 400 in `application/graphql-response+json`, which a client gets when it asks for it.
"""

from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import orjson
from graphql import GraphQLError
from starlette.types import Receive, Scope, Send

from fund_api.core.access import PUBLIC, Sender
from fund_api.core.errors import Throttled, TimedOut, Unauthorized
from fund_api.edge import bodies
from fund_api.edge.access_log import NOTED, Noted
from fund_api.edge.callers import Caller, sender_of
from fund_api.edge.event_streams import EventStreams
from fund_api.edge.faults import fault
from fund_api.edge.media import EVENTS, GRAPHQL, JSON, answered_in, is_json
from fund_api.edge.patience import ClientGone, Gone, Patience
from fund_api.edge.refusals import Refused
from fund_api.edge.requests import BadRequest, Headers, Request, checked, from_query_string
from fund_api.edge.service import Service
from fund_api.graph.errors import Code, RequestErrors, formatted
from fund_api.graph.operations import Operation

_OPTIONS = orjson.OPT_UTC_Z


@dataclass(frozen=True, slots=True)
class GraphQLEndpoint:
    """The ASGI application of /graphql."""

    service: Service
    body_limit: int
    patience: Patience
    """With bodies."""
    streams: EventStreams

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; whatever goes wrong is an answer, too."""
        headers = dict(scope["headers"])
        sender = sender_of(scope, headers)
        accepted = answered_in(headers.get(b"accept", b""))
        extra: Headers = {}
        try:
            if accepted == EVENTS:
                await self._stream(scope, headers, sender, receive, send)
                return
            status, answer = await self._respond(scope, headers, sender, receive, accepted)
        except BadRequest as error:
            status, extra = error.status, error.headers
            answer = {"errors": [formatted(GraphQLError(error.message), error.code)]}
        except Refused as refused:
            status, answer = refused.status, refused.response()
            extra = {b"retry-after": str(refused.seconds).encode()}
        except ClientGone:
            return
        except Exception:  # noqa: BLE001  # the entry point: a fault of ours is logged whole and masked for the client
            status, answer = 500, fault(sender.request_id)
        if "errors" in answer:
            extra = {b"cache-control": b"no-store", **extra}
        media = GRAPHQL if accepted == GRAPHQL else JSON
        await _send(send, status, {b"content-type": media + b"; charset=utf-8", **extra}, answer)

    async def _respond(
        self, scope: Scope, headers: Headers, sender: Sender, receive: Receive, media: bytes | None
    ) -> tuple[int, dict[str, Any]]:
        if media is None:
            raise BadRequest(406, f"Answers are in {GRAPHQL.decode()} or {JSON.decode()}: accept one of them.")
        caller = await self._caller(sender, headers)
        request = await self._request(scope, headers, receive)
        try:
            operation = await self._prepared(scope, request, caller)
            if operation.subscribes:
                raise BadRequest(406, f"Subscriptions are answered in {EVENTS.decode()}, or over a websocket.")
            gone = partial(_gone, receive)
            if NOTED in scope:
                return 200, await self._noted(scope[NOTED], request, operation, caller, gone)
            return 200, await self.service.answer(operation, caller, gone)
        except Refused:
            raise
        except RequestErrors as error:
            refused = error.code is Code.BAD_REQUEST or media == GRAPHQL
            return 400 if refused else 200, {"errors": error.formatted()}

    async def _stream(self, scope: Scope, headers: Headers, sender: Sender, receive: Receive, send: Send) -> None:
        """Answer by events."""
        caller = await self._caller(sender, headers)
        request = await self._request(scope, headers, receive)
        try:
            operation = await self._prepared(scope, request, caller)
        except RequestErrors as error:
            await self.streams.refuse(scope, receive, send, error)
        else:
            await self.streams.answer(scope, receive, send, operation, caller)

    async def _prepared(self, scope: Scope, request: Request, caller: Caller) -> Operation:
        """The operation that a request means and that its method allows. Raises BadRequest and RequestErrors."""
        operation = await self.service.prepare(request, caller)
        if operation.mutates and scope["method"] != "POST":
            raise BadRequest(405, "Mutations need POST.", {b"allow": b"POST"})
        return operation

    async def _noted(
        self, noted: Noted, request: Request, operation: Operation, caller: Caller, gone: Gone
    ) -> dict[str, Any]:
        """The response where requests are logged: what it cost is asked for in any case."""
        noted.ask(operation, caller)
        answer = await self.service.answer(replace(operation, asks_cost=True), caller, gone)
        noted.cost(answer)
        return answer if request.asks_cost else {key: answer[key] for key in answer if key != "extensions"}

    async def _caller(self, sender: Sender, headers: Headers) -> Caller:
        """Who asks; whoever can't be told is refused before anything of the request is read."""
        if b"authorization" not in headers:
            return Caller(PUBLIC, sender)
        try:
            return Caller(await self.service.sign_in(headers, sender.address), sender)
        except Unauthorized as error:
            challenge = {b"www-authenticate": b"Bearer"}
            raise BadRequest(401, str(error), challenge, Code.UNAUTHENTICATED) from None
        except Throttled as error:
            wait = {b"retry-after": str(error.seconds).encode()}
            raise BadRequest(429, str(error), wait, Code.THROTTLED) from None
        except TimedOut as error:
            raise BadRequest(503, str(error), {b"retry-after": b"1"}, Code.OPERATION_TIMEOUT) from None

    async def _request(self, scope: Scope, headers: Headers, receive: Receive) -> Request:
        if scope["method"] == "GET":
            return checked(from_query_string(scope["query_string"]))
        if scope["method"] != "POST":
            raise BadRequest(405, "Use POST, or GET for queries.", {b"allow": b"GET, POST"})
        if not is_json(headers.get(b"content-type", b"")):
            raise BadRequest(415, "The body must be JSON in UTF-8: send the header Content-Type: application/json.")
        if headers.get(b"content-encoding", b"identity").strip().lower() not in (b"identity", b""):
            raise BadRequest(415, "The body must not be compressed: leave out the header Content-Encoding.")
        body = await bodies.read(headers, receive, self.body_limit, self.patience)
        try:
            return checked(orjson.loads(body))
        except orjson.JSONDecodeError as error:
            raise BadRequest(400, f"The body is no JSON: {error}.") from None


async def _gone(receive: Receive) -> None:
    """Wait until the client went away; its whole request is here already."""
    while (await receive())["type"] != "http.disconnect":
        pass


async def _send(send: Send, status: int, headers: Headers, answer: dict[str, Any]) -> None:
    body = orjson.dumps(answer, option=_OPTIONS)
    fields = [*headers.items(), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": fields})
    await send({"type": "http.response.body", "body": body})
