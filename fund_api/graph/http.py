"""GraphQL over HTTP: POST with JSON, and GET for queries.

Source: the GraphQL over HTTP draft. A request that is no GraphQL request is 4xx; one whose document can't be answered
is 200 in `application/json` and 400 in `application/graphql-response+json`, which a client gets when it asks for it.
"""

import re
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

import orjson
import structlog
from graphql import GraphQLError
from starlette.types import Receive, Scope, Send

from fund_api.core.access import PUBLIC, Sender, Viewer
from fund_api.core.errors import Throttled, Unauthorized
from fund_api.graph.engine import UNKNOWN, Engine
from fund_api.graph.errors import Code, RequestErrors, formatted
from fund_api.graph.media import GRAPHQL, JSON, answered_in, is_json

LONGEST_LENGTH = 18
"""Digits of a body's length that is looked at; any longer one is too large."""
_OPTIONS = orjson.OPT_UTC_Z
_REQUEST_ID = re.compile(r"[A-Za-z0-9_.:-]{1,100}")
_log = structlog.get_logger()

Headers = dict[bytes, bytes]
SignIn = Callable[[Headers, str], Awaitable[Viewer]]
"""Who sends these headers from this address. Raises Unauthorized, and Throttled."""


class BadRequest(Exception):
    """A request that is no GraphQL request, with the status that says why."""

    def __init__(
        self, status: int, message: str, headers: Headers | None = None, code: Code = Code.BAD_REQUEST
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.headers = headers or {}
        self.code = code


@dataclass(frozen=True, slots=True)
class Request:
    """A GraphQL request. With `"extensions": {"cost": true}` it asks what it costs."""

    query: str
    name: str | None
    variables: dict[str, Any]
    asks_cost: bool


@dataclass(frozen=True, slots=True)
class GraphQLEndpoint:
    """The ASGI application of /graphql."""

    engine: Engine
    sign_in: SignIn
    body_limit: int

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; whatever goes wrong is an answer, too."""
        headers = dict(scope["headers"])
        accepted = answered_in(headers.get(b"accept", b""))
        extra: Headers = {}
        try:
            status, answer = await self._respond(scope, headers, receive, accepted)
        except BadRequest as error:
            status, extra = error.status, error.headers
            answer = {"errors": [formatted(GraphQLError(error.message), error.code)]}
        except Exception:  # noqa: BLE001  # the entry point: a fault of ours is logged whole and masked for the client
            status, answer = 500, fault()
        await _send(send, status, {b"content-type": (accepted or JSON) + b"; charset=utf-8", **extra}, answer)

    async def _respond(
        self, scope: Scope, headers: Headers, receive: Receive, media: bytes | None
    ) -> tuple[int, dict[str, Any]]:
        if media is None:
            raise BadRequest(406, f"Answers are in {GRAPHQL.decode()} or {JSON.decode()}: accept one of them.")
        viewer = await self._viewer(scope, headers) if b"authorization" in headers else PUBLIC
        request = await self._request(scope, headers, receive)
        try:
            operation = self.engine.prepare(request.query, request.name, request.variables, asks_cost=request.asks_cost)
            if operation.mutates and scope["method"] != "POST":
                raise BadRequest(405, "Mutations need POST.", {b"allow": b"POST"})
            sender = sender_of(scope, headers) if operation.mutates else UNKNOWN
            return 200, await self.engine.answer(operation, viewer, sender)
        except RequestErrors as error:
            refused = error.code is Code.BAD_REQUEST or media == GRAPHQL
            return 400 if refused else 200, {"errors": error.formatted()}

    async def _viewer(self, scope: Scope, headers: Headers) -> Viewer:
        """Who asks; whoever can't be told is refused before anything of the request is read."""
        client = scope.get("client")
        try:
            return await self.sign_in(headers, client[0] if client else "")
        except Unauthorized as error:
            challenge = {b"www-authenticate": b"Bearer"}
            raise BadRequest(401, str(error), challenge, Code.UNAUTHENTICATED) from None
        except Throttled as error:
            wait = {b"retry-after": str(error.seconds).encode()}
            raise BadRequest(429, str(error), wait, Code.THROTTLED) from None

    async def _request(self, scope: Scope, headers: Headers, receive: Receive) -> Request:
        if scope["method"] == "GET":
            return _checked(_from_query_string(scope["query_string"]))
        if scope["method"] != "POST":
            raise BadRequest(405, "Use POST, or GET for queries.", {b"allow": b"GET, POST"})
        if not is_json(headers.get(b"content-type", b"")):
            raise BadRequest(415, "The body must be JSON in UTF-8: send the header Content-Type: application/json.")
        if headers.get(b"content-encoding", b"identity").strip().lower() not in (b"identity", b""):
            raise BadRequest(415, "The body must not be compressed: leave out the header Content-Encoding.")
        body = await self._body(headers, receive)
        try:
            return _checked(orjson.loads(body))
        except orjson.JSONDecodeError as error:
            raise BadRequest(400, f"The body is no JSON: {error}.") from None

    async def _body(self, headers: Headers, receive: Receive) -> bytes:
        """The body, counted while it comes; one that says that it is too large is not read at all."""
        announced = headers.get(b"content-length", b"0")
        over = announced.isdigit() and (len(announced) > LONGEST_LENGTH or int(announced) > self.body_limit)
        parts: list[bytes] = []
        size, more = 0, True
        while more and not over:
            message = await receive()
            parts.append(message.get("body", b""))
            size, more = size + len(parts[-1]), message.get("more_body", False)
            over = size > self.body_limit
        if over:
            raise BadRequest(413, f"The body is larger than {self.body_limit:,} bytes, the most that is taken.")
        return b"".join(parts)


def sender_of(scope: Scope, headers: Headers) -> Sender:
    """Where a request comes from. Its id is the client's own, when that is a plain text, or a new one."""
    client, given = scope.get("client"), headers.get(b"x-request-id", b"").decode("latin-1")
    return Sender(given if _REQUEST_ID.fullmatch(given) else str(uuid.uuid4()), client[0] if client else "")


def _from_query_string(text: bytes) -> dict[str, Any]:
    try:
        given = {name: values[-1] for name, values in parse_qs(text.decode(), max_num_fields=20).items()}
        return given | {name: orjson.loads(given[name]) for name in ("variables", "extensions") if given.get(name)}
    except orjson.JSONDecodeError as error:
        raise BadRequest(400, f"The variables in the address are no JSON: {error}.") from None
    except ValueError:
        raise BadRequest(400, "The query string can't be read.") from None


def _checked(request: object) -> Request:
    """A GraphQL request out of JSON. Raises BadRequest for anything else."""
    if not isinstance(request, dict):
        raise BadRequest(400, "The body must be a JSON object with the key query.")
    query, name, variables = request.get("query"), request.get("operationName"), request.get("variables")
    extensions = request.get("extensions")
    if not isinstance(query, str) or not query.strip():
        raise BadRequest(400, 'query must be a GraphQL document, such as "{ states { totalCount } }".')
    if name is not None and not isinstance(name, str):
        raise BadRequest(400, "operationName must be a text.")
    if variables is not None and not isinstance(variables, dict):
        raise BadRequest(400, "variables must be a JSON object.")
    if extensions is not None and not isinstance(extensions, dict):
        raise BadRequest(400, "extensions must be a JSON object.")
    return Request(query, name or None, variables or {}, bool(extensions and extensions.get("cost")))


def fault() -> dict[str, Any]:
    """The answer to a request that failed by a fault of ours: it is logged whole, and the client learns its number."""
    number = str(uuid.uuid4())
    _log.exception("a request failed by a fault of the server", request_id=number)
    error = GraphQLError("Something went wrong here; it was logged.", extensions={"requestId": number})
    return {"errors": [formatted(error, Code.INTERNAL)]}


async def _send(send: Send, status: int, headers: Headers, answer: dict[str, Any]) -> None:
    body = orjson.dumps(answer, option=_OPTIONS)
    fields = [*headers.items(), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": fields})
    await send({"type": "http.response.body", "body": body})
