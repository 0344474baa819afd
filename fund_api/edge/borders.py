"""The border: what every request goes through, by whichever route, and what every answer has.

Source: RFC 9110 and 9111, RFC 6797 for Strict-Transport-Security.
"""

from collections.abc import Awaitable
from dataclasses import dataclass
from functools import cached_property

import orjson
from graphql import GraphQLError
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from fund_api.edge.access_log import Noted
from fund_api.edge.callers import SENDER, sender_of
from fund_api.edge.origins import Fields, Origins, is_preflight
from fund_api.edge.requests import BadRequest, Headers
from fund_api.graph.errors import formatted

GRAPHQL = "/graphql"
ALWAYS: Fields = ((b"x-content-type-options", b"nosniff"), (b"referrer-policy", b"no-referrer"))
NO_STORE: Fields = ((b"cache-control", b"no-store"),)
STRICT: Fields = ((b"strict-transport-security", b"max-age=31536000"),)
"""A year, for this host alone: others of the domain are none of our business."""
VARY: Fields = ((b"vary", b"Accept, Authorization, Origin"),)
VARY_BY_ORIGIN: Fields = ((b"vary", b"Origin"),)
OWN_FIRST = frozenset(name for name, _ in ALWAYS + NO_STORE + VARY)
"""Headers that a route may have decided on itself."""
POLICY_VIOLATION = 4403
"""The code that a websocket is closed with before it opens; servers answer the handshake with 403 then."""


@dataclass(frozen=True)
class Border:
    """Stands before all routes. A route's own header wins over the one that is added here."""

    origins: Origins
    own: Fields = ()
    """What every answer of this installation has."""
    logs: bool = False
    """Whether each request is logged."""

    @cached_property
    def _of_graphql(self) -> Fields:
        return ALWAYS + VARY + self.own

    @cached_property
    def _of_others(self) -> Fields:
        return ALWAYS + (VARY_BY_ORIGIN if self.origins.allowed else ()) + self.own

    async def __call__(self, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through to the application, or refuse it; lifespans pass as they are."""
        if scope["type"] == "http":
            await self._http(app, scope, receive, send)
        elif scope["type"] == "websocket":
            await self._websocket(app, scope, receive, send)
        else:
            await app(scope, receive, send)

    async def _http(self, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        headers = dict(scope["headers"])
        scope[SENDER] = sender = sender_of(scope, headers)
        fields = self._fields(scope, headers, sender.request_id or "")
        stored = scope["method"] in ("GET", "HEAD") and b"authorization" not in headers
        noted = Noted.begun(scope) if self.logs else None

        def sending(message: Message) -> Awaitable[None]:
            if message["type"] == "http.response.start":
                is_error = message["status"] >= 400
                _add(message, fields if stored and not is_error else fields + NO_STORE)
                if noted is not None:
                    noted.status = message["status"]
            return send(message)

        try:
            if answer := self._answered_here(scope, headers):
                for message in answer:
                    await sending(message)
            else:
                await app(scope, receive, sending)
        finally:
            if noted is not None:
                noted.write()

    def _answered_here(self, scope: Scope, headers: Headers) -> tuple[Message, ...]:
        """The answer to a request that goes no further: one from a site that is not let in, or a browser's question."""
        if b"origin" not in headers and b"sec-fetch-site" not in headers:
            return ()
        try:
            self.origins.check(headers, scope.get("scheme", "http"), scope["method"])
        except BadRequest as refused:
            body = orjson.dumps({"errors": [formatted(GraphQLError(refused.message), refused.code)]})
            return _whole(refused.status, body, (b"content-type", b"application/json; charset=utf-8"))
        if not is_preflight(scope["method"], headers):
            return ()
        methods = b"GET, POST" if scope["path"] == GRAPHQL else b"GET, POST, DELETE"
        return _whole(204, b"", *self.origins.preflight(methods))

    async def _websocket(self, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        headers = dict(scope["headers"])
        scope[SENDER] = sender_of(scope, headers)
        noted = Noted.begun(scope) if self.logs else None
        try:
            self.origins.check(headers, scope.get("scheme", "ws"))
            await app(scope, receive, send)
        except BadRequest:
            await send({"type": "websocket.close", "code": POLICY_VIOLATION})
        finally:
            if noted is not None:
                noted.write()

    def _fields(self, scope: Scope, headers: Headers, request_id: str) -> Fields:
        """What the answer has, as far as the request decides it."""
        fields = self._of_graphql if scope["path"] == GRAPHQL else self._of_others
        fields = (*fields, (b"x-request-id", request_id.encode()))
        if scope.get("scheme") == "https":
            fields += STRICT
        return fields + self.origins.fields(headers) if b"origin" in headers else fields


def _add(message: Message, fields: Fields) -> None:
    """Give an answer those headers that it has not yet."""
    own = message.get("headers", ())
    names = {name for name, _ in own}
    if not names.isdisjoint(OWN_FIRST):
        fields = tuple(field for field in fields if field[0] not in names)
    message["headers"] = [*own, *fields]


def _whole(status: int, body: bytes, *headers: tuple[bytes, bytes]) -> tuple[Message, ...]:
    length = () if status == 204 else ((b"content-length", str(len(body)).encode()),)
    start = {"type": "http.response.start", "status": status, "headers": [*headers, *length]}
    return start, {"type": "http.response.body", "body": body}
