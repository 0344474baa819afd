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
from fund_api.edge.access_log import NOTED
from fund_api.edge.caching import OPTIONS, Caching, Exchange, Reply, Unchanged
from fund_api.edge.callers import Caller, sender_of
from fund_api.edge.event_streams import EventStreams
from fund_api.edge.faults import fault
from fund_api.edge.media import EVENTS, GRAPHQL, JSON, PULLED, answered_in, is_json
from fund_api.edge.patience import ClientGone, Gone, Patience
from fund_api.edge.pulls import BrokenOff, Pulls
from fund_api.edge.refusals import Refused
from fund_api.edge.requests import BadRequest, Headers, Request, checked, from_query_string
from fund_api.edge.service import Service
from fund_api.graph.errors import Code, RequestErrors, formatted
from fund_api.graph.operations import Operation
from fund_api.reporting.forms import FormKind


@dataclass(frozen=True, slots=True)
class GraphQLEndpoint:
    """The ASGI application of /graphql."""

    service: Service
    body_limit: int
    patience: Patience
    """With bodies."""
    streams: EventStreams
    pulls: Pulls
    caching: Caching

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; whatever goes wrong is an answer, too."""
        headers = dict(scope["headers"])
        sender = sender_of(scope, headers)
        accepted = answered_in(headers.get(b"accept", b""))
        try:
            if accepted == EVENTS:
                await self._stream(scope, headers, sender, receive, send)
                return
            if accepted in PULLED:
                await self._pull(scope, headers, sender, receive, send, kind=PULLED[accepted])
                return
            reply = await self._respond(scope, headers, sender, receive, accepted)
        except BadRequest as error:
            answer = {"errors": [formatted(GraphQLError(error.message), error.code)]}
            reply = _whole(error.status, answer, error.headers)
        except Refused as refused:
            reply = _whole(refused.status, refused.response(), {b"retry-after": str(refused.seconds).encode()})
        except RequestErrors as errors:  # of a pull: whoever wants no JSON looks at the status
            reply = _whole(400, {"errors": errors.formatted()})
        except ClientGone:
            return
        except BrokenOff:
            raise
        except Exception:  # noqa: BLE001  # the entry point: a fault of ours is logged whole and masked for the client
            reply = _whole(500, fault(sender.request_id))
        await _send(send, accepted, reply)

    async def _respond(
        self, scope: Scope, headers: Headers, sender: Sender, receive: Receive, media: bytes | None
    ) -> Reply:
        if media is None:
            raise BadRequest(406, f"Answers are in {GRAPHQL.decode()} or {JSON.decode()}: accept one of them.")
        caller = await self._caller(sender, headers)
        raw = await self._raw(scope, headers, receive)
        exchange = self.caching.exchange(scope, raw, media, headers, caller)
        if (reply := await exchange.remembered()) is not None:
            return reply
        request = _read(scope, raw)
        try:
            operation = await self._prepared(scope, request, caller)
            exchange.expires = self.service.documents.expires(request)
            if operation.subscribes:
                raise BadRequest(406, f"Subscriptions are answered in {EVENTS.decode()}, or over a websocket.")
            return await self._answered(exchange, request, operation, caller, partial(_gone, receive))
        except Refused:
            raise
        except Unchanged as unchanged:
            return unchanged.reply
        except RequestErrors as error:
            refused = error.code is Code.BAD_REQUEST or media == GRAPHQL
            return _whole(400 if refused else 200, {"errors": error.formatted()})

    async def _stream(self, scope: Scope, headers: Headers, sender: Sender, receive: Receive, send: Send) -> None:
        """Answer by events."""
        caller = await self._caller(sender, headers)
        request = _read(scope, await self._raw(scope, headers, receive))
        try:
            operation = await self._prepared(scope, request, caller)
        except RequestErrors as error:
            await self.streams.refuse(scope, receive, send, error)
        else:
            if NOTED in scope:
                scope[NOTED].ask(operation, caller)
            await self.streams.answer(scope, receive, send, operation, caller)

    async def _pull(
        self, scope: Scope, headers: Headers, sender: Sender, receive: Receive, send: Send, *, kind: FormKind
    ) -> None:
        """Answer by all rows of a list."""
        caller = await self._caller(sender, headers)
        request = _read(scope, await self._raw(scope, headers, receive))
        operation = await self._prepared(scope, request, caller)
        await self.pulls.answer(scope, receive, send, operation, caller, kind=kind)

    async def _prepared(self, scope: Scope, request: Request, caller: Caller) -> Operation:
        """The operation that a request means and that its method allows. Raises BadRequest and RequestErrors."""
        operation = await self.service.prepare(request, caller)
        if operation.mutates and scope["method"] != "POST":
            raise BadRequest(405, "Mutations need POST.", {b"allow": b"POST"})
        return operation

    async def _answered(
        self, exchange: Exchange, request: Request, operation: Operation, caller: Caller, gone: Gone
    ) -> Reply:
        """The response of the operation; one that says what it cost is never kept."""
        planned = None if request.asks_cost or exchange.tag is not None else exchange.planned
        if exchange.noted is not None:
            exchange.noted.ask(operation, caller)
            answer = await self.service.answer(replace(operation, asks_cost=True), caller, gone, planned)
            answer = exchange.noted.cost(answer, told=request.asks_cost)
        else:
            answer = await self.service.answer(operation, caller, gone, planned)
        if operation.mutates or "errors" in answer:
            return _whole(200, answer)
        return await exchange.answered(answer)

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

    async def _raw(self, scope: Scope, headers: Headers, receive: Receive) -> bytes:
        """A request's bytes: its query string, or its body."""
        if scope["method"] == "GET":
            query: bytes = scope["query_string"]
            return query
        if scope["method"] != "POST":
            raise BadRequest(405, "Use POST, or GET for queries.", {b"allow": b"GET, POST"})
        if not is_json(headers.get(b"content-type", b"")):
            raise BadRequest(415, "The body must be JSON in UTF-8: send the header Content-Type: application/json.")
        if headers.get(b"content-encoding", b"identity").strip().lower() not in (b"identity", b""):
            raise BadRequest(415, "The body must not be compressed: leave out the header Content-Encoding.")
        return await bodies.read(headers, receive, self.body_limit, self.patience)


def _read(scope: Scope, raw: bytes) -> Request:
    """The request that the bytes hold. Raises BadRequest."""
    if scope["method"] == "GET":
        return checked(from_query_string(raw))
    try:
        return checked(orjson.loads(raw))
    except orjson.JSONDecodeError as error:
        raise BadRequest(400, f"The body is no JSON: {error}.") from None


async def _gone(receive: Receive) -> None:
    """Wait until the client went away; its whole request is here already."""
    while (await receive())["type"] != "http.disconnect":
        pass


def _whole(status: int, answer: dict[str, Any], headers: Headers | None = None) -> Reply:
    """A response that is not kept."""
    extra = {b"cache-control": b"no-store"} if "errors" in answer else {}
    return Reply(status, orjson.dumps(answer, option=OPTIONS), extra | (headers or {}))


async def _send(send: Send, accepted: bytes | None, reply: Reply) -> None:
    """Send a response; one without a body has no headers about it either."""
    fields = [*reply.headers.items()]
    if reply.status != 304:
        media = GRAPHQL if accepted == GRAPHQL else JSON
        fields += [(b"content-type", media + b"; charset=utf-8"), (b"content-length", b"%d" % len(reply.body))]
    await send({"type": "http.response.start", "status": reply.status, "headers": fields})
    await send({"type": "http.response.body", "body": reply.body})
