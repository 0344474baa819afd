"""A server as a source, over HTTP."""

import hashlib
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import aclosing, asynccontextmanager
from typing import Any
from urllib.parse import SplitResult, urlsplit

import httpx
import orjson

from fund_api.core.errors import Failure
from fund_api.exporting.sources import Broken, OnlyTrusted, Stream
from fund_api.graph.errors import Code
from fund_api.reporting.forms import FormKind
from fund_api.reporting.offered import MEDIA
from fund_api.reporting.questions import Asked

PATH = "/graphql"
TIMEOUT = httpx.Timeout(120.0, connect=10.0)
"""Seconds that a server may be silent."""
JSON = "application/graphql-response+json, application/json;q=0.9"
BUSY = frozenset({429, 502, 503, 504})
"""Statuses of a server that may answer later."""
LONGEST_WAIT = 600.0
"""Seconds that a server may send somebody away for and still be waited for."""
COMPRESSED = "zstd, gzip"


class Remote:
    """Answers from a server."""

    def __init__(self, client: httpx.AsyncClient, address: str, name: str, identity: str) -> None:
        self._client = client
        self._address = address
        self.name = name
        self.identity = identity
        self._answered = False
        """Whether it ever did: one that never did is waited for in vain."""

    async def data(self, asked: Asked) -> Any:  # Any: what JSON holds
        """The data of an answer."""
        try:
            response = await self._client.post(self._address, json=_body(asked), headers={"accept": JSON})
        except httpx.TransportError as error:
            raise self._lost(error) from None
        self._answered = True
        _check(response.status_code, response.headers, response.content)
        answer = _json(response.content)
        if "data" not in answer:
            raise self._other()
        return answer["data"]

    @asynccontextmanager
    async def pulled(self, asked: Asked, kind: FormKind) -> AsyncIterator[Stream]:
        """Every row of a list."""
        headers = {"accept": f"{MEDIA[kind]}, application/graphql-response+json;q=0.1"}
        try:
            async with self._client.stream("POST", self._address, json=_body(asked), headers=headers) as response:
                self._answered = True
                number = response.headers.get("fund-event", "")
                if response.status_code != 200 or not number.isdecimal():
                    _check(response.status_code, response.headers, await response.aread())
                    raise self._other()
                parts = _parts(response)
                async with aclosing(parts):
                    yield Stream(int(number), parts, response.headers.get("fund-cursor", ""))
        except (httpx.TransportError, httpx.DecodingError) as error:
            raise self._lost(error) from None

    def _lost(self, error: Exception) -> Exception:
        reason = str(error) or type(error).__name__
        return Broken(reason) if self._answered else Failure(f"{self.name} can't be reached: {reason}")

    def _other(self) -> Failure:
        return Failure(f"{self.name} answers otherwise than such a server: is it the right address?")


@asynccontextmanager
async def opened(server: str, token: str | None) -> AsyncIterator[Remote]:
    """A server by its address, with or without the path of GraphQL, as who has this token. Raises Failure.

    A password in the address is sent, and told to nobody else.
    """
    parts = _parts_of(server)
    path = parts.path.rstrip("/")
    whole = parts._replace(path=path if path.endswith(PATH) else path + PATH)
    address, name = whole.geturl(), whole._replace(netloc=whole.netloc.rpartition("@")[2]).geturl()
    headers = {"accept-encoding": COMPRESSED} | ({"authorization": f"Bearer {token}"} if token else {})
    whose = hashlib.sha256(token.encode()).hexdigest() if token else ""
    async with httpx.AsyncClient(headers=headers, timeout=TIMEOUT) as client:
        yield Remote(client, address, name, f"{address} {whose}")


def _parts_of(server: str) -> SplitResult:
    """The parts of an address. Raises Failure for what is none."""
    try:
        parts = urlsplit(server)
        _ = parts.port  # looked at only when it is asked for
    except ValueError as error:
        raise Failure(f"{server} is no address of a server: {error}.") from None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise Failure(f"{server} is no address of a server: it begins with http:// or https://.")
    return parts


async def _parts(response: httpx.Response) -> AsyncGenerator[bytes, None]:
    async for part in response.aiter_bytes():
        yield part


def _body(asked: Asked) -> dict[str, Any]:
    what = {"documentId": asked.document_id} if asked.text is None else {"query": asked.text}
    return {**what, "variables": dict(asked.variables)}


def _check(status: int, headers: Mapping[str, str], body: bytes) -> None:
    """Raise what an answer says that is no data."""
    errors = _json(body).get("errors") or []
    codes = {each.get("extensions", {}).get("code") for each in errors}
    words = "\n".join(each["message"] for each in errors) or f"The server answered with status {status}."
    if Code.DOCUMENT_REQUIRED in codes:
        raise OnlyTrusted(words)
    wait = headers.get("retry-after", "")
    if status in BUSY and (not wait or (wait.isdecimal() and float(wait) <= LONGEST_WAIT)):
        raise Broken(words, float(wait) if wait else None)
    if errors or status >= 300:
        raise Failure(words)


def _json(body: bytes) -> dict[str, Any]:
    """An object of JSON; an empty one where it is none."""
    try:
        found = orjson.loads(body)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
