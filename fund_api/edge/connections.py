"""Connections of the server: whoever is slow with headers or with reading, or whose headers don't end, loses theirs.

uvicorn bounds none of this. It closes a connection that nothing comes on for KEPT_ALIVE seconds after an answer.
"""

import asyncio
from typing import Any

import orjson
from graphql import GraphQLError
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from fund_api.core.text import several
from fund_api.edge.event_streams import ABORT, CLOSE
from fund_api.graph.errors import Code, formatted

KEPT_ALIVE = 5
"""Seconds for which a connection is kept after an answer, for the next request."""
LOOKS = 10.0
"""Seconds between two looks at a client who reads more slowly than we write."""
LARGEST_HEADERS = 65_536
"""Bytes that may come without bringing a request or its body any further: of headers, of trailers, of nothing."""
SLOWEST = 10_000
"""Bytes that they must have taken between two looks."""


def connection(headers_within: float, at_most: int) -> type[HttpToolsProtocol]:
    """The connections of a server on which headers must be here in time, and of which so many may be open."""
    return type("Connection", (Connection,), {"headers_within": headers_within, "at_most": at_most})


class Connection(HttpToolsProtocol):
    """One connection. Its timers are set for slow clients alone: headers that come in one piece take none."""

    headers_within: float
    at_most: int

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's own
        """Wait for headers from now on."""
        super().connection_made(transport)
        self._ended = False
        self._idle = 0
        self._reading: asyncio.TimerHandle | None = None
        self._writing: asyncio.TimerHandle | None = None
        if len(self.connections) > self.at_most:
            self.app = _busy
        self._look_at_headers()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait for nothing any more."""
        self._end()
        super().connection_lost(exc)

    def on_message_begin(self) -> None:
        """Offer to the application of the request that begins that it may cut or close the connection."""
        super().on_message_begin()
        self.scope["extensions"] = {ABORT: self.transport.abort, CLOSE: self.transport.close}  # type: ignore[dict-item]  # names its own extensions alone

    def data_received(self, data: bytes) -> None:
        """Read, then see whether headers are still to come, and how much came instead."""
        self._idle += len(data)
        super().data_received(data)
        self._look_at_headers()
        if self._idle > LARGEST_HEADERS:
            self._too_large()

    def on_headers_complete(self) -> None:
        """A request is here."""
        self._idle = 0
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """More of a body is here."""
        self._idle = 0
        super().on_body(body)

    def handle_websocket_upgrade(self) -> None:
        """Leave the connection to the websocket's protocol, which has limits of its own."""
        self._end()
        super().handle_websocket_upgrade()

    def pause_writing(self) -> None:
        """Look from time to time whether the client reads at all."""
        super().pause_writing()
        if self._writing is None:
            self._look_later(self.transport.get_write_buffer_size())

    def resume_writing(self) -> None:
        """The client keeps up again."""
        super().resume_writing()
        if self._writing is not None:
            self._writing.cancel()
            self._writing = None

    def _end(self) -> None:
        self._ended = True
        for timer in (self._reading, self._writing):
            if timer is not None:
                timer.cancel()

    def _look_at_headers(self) -> None:
        """Set the timer while headers are to come, of which a part may be here; stop it when they are here."""
        cycle, scope = self._now()
        here = cycle is not None and cycle.scope is scope and not cycle.response_complete
        if self._reading is not None:
            if here:
                self._reading.cancel()
                self._reading = None
        elif not here and not self._ended:
            self._reading = self.loop.call_later(self.headers_within, self._too_slow)

    def _now(self) -> tuple[Any, Any]:
        """The request that was last begun to be answered and the one last begun to be read, if there are any.

        Any: uvicorn says that there always are.
        """
        return self.cycle, self.scope

    def _too_slow(self) -> None:
        """Close a connection whose headers did not come; who began to send some is told why."""
        if self.transport.is_closing():
            return
        cycle, scope = self._now()
        answering = cycle is not None and not cycle.response_complete
        if not answering and scope is not None and (cycle is None or cycle.scope is not scope):
            self.transport.write(_too_slow(self.headers_within))
        self.transport.close()

    def _too_large(self) -> None:
        """Close a connection whose headers don't end, and say why where no answer has begun."""
        cycle, _ = self._now()
        if not self.transport.is_closing() and (cycle is None or cycle.response_complete or not cycle.response_started):
            self.transport.write(_too_large())
        self.transport.close()

    def _look_later(self, left: int) -> None:
        self._writing = self.loop.call_later(LOOKS, self._look_at_reader, left)

    def _look_at_reader(self, before: int) -> None:
        """Cut off a client who took next to nothing of an answer since the last look."""
        left = self.transport.get_write_buffer_size()
        if before - left < SLOWEST:
            self.transport.abort()
        else:
            self._look_later(left)


_REFUSAL = b"HTTP/1.1 %s\r\ncontent-type: application/json\r\nconnection: close\r\ncontent-length: %d\r\n\r\n%b"


def _too_slow(seconds: float) -> bytes:
    message = f"The headers were not here within {several(seconds, 'second')}, the most that they may take."
    return _refusal(b"408 Request Timeout", message, Code.TOO_SLOW)


def _too_large() -> bytes:
    message = f"The headers are larger than {LARGEST_HEADERS:,} bytes, the most that is taken."
    return _refusal(b"431 Request Header Fields Too Large", message, Code.BAD_REQUEST)


def _refusal(status: bytes, message: str, code: Code) -> bytes:
    """An answer that is written where no request was read whole."""
    body = orjson.dumps({"errors": [formatted(GraphQLError(message), code)]})
    return _REFUSAL % (status, len(body), body)


async def _busy(_scope: Scope, _receive: Receive, send: Send) -> None:
    """The application of a connection too many."""
    message = "The server has as many connections as it takes: try again."
    body = orjson.dumps({"errors": [formatted(GraphQLError(message), Code.SERVER_BUSY)]})
    headers = [(b"content-type", b"application/json"), (b"retry-after", b"1"), (b"connection", b"close")]
    headers.append((b"content-length", b"%d" % len(body)))
    await send({"type": "http.response.start", "status": 503, "headers": headers})
    await send({"type": "http.response.body", "body": body})
