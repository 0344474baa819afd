"""Websockets as Strawberry's protocol handler wants them: JSON in and out, each frame looked at before it is read."""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from enum import IntEnum
from typing import Any

import orjson
from starlette.types import Receive, Send
from strawberry.http.async_base_view import AsyncWebSocketAdapter
from strawberry.http.exceptions import NonJsonMessageReceived, NonTextMessageReceived, WebSocketDisconnected

from fund_api.core.text import several

_OPTIONS = orjson.OPT_UTC_Z
LONGEST_REASON = 123
"""Bytes of a reason that a close frame can hold (RFC 6455, section 5.5)."""


class Close(IntEnum):
    """Why a socket is closed: graphql-transport-ws names some codes, RFC 6455 some, and two are our own."""

    RESTART = 1012
    FAULT = 1011
    LATER = 1013
    BAD_MESSAGE = 4400
    FORBIDDEN = 4403
    NO_PROTOCOL = 4406
    TOO_SLOW = 4420
    TOO_MANY = 4421


class Socket(AsyncWebSocketAdapter):
    """One websocket. Only its first close counts; whatever is sent after it is dropped.

    What a client has not taken yet waits in the server's write buffer. While that is full, one message waits for it,
    and whoever makes messages waits behind that one; after `patience` seconds the socket is closed.
    """

    def __init__(self, receive: Receive, send: Send, limit: int, patience: float) -> None:
        view: Any = None  # Any: Strawberry's own view, which nothing here asks
        super().__init__(view)
        self._receive = receive
        self._send = send
        self._limit = limit
        self._patience = patience
        self._turn = asyncio.Lock()
        self.closed = False

    async def iter_json(self, *, ignore_parsing_errors: bool = False) -> AsyncGenerator[object, None]:
        """What the client sends, out of its JSON; at the first message that is none the socket's handler closes it."""
        while not self.closed:
            message = await self._receive()
            if message["type"] == "websocket.disconnect":
                self.closed = True
            elif (text := message.get("text")) is None:
                raise NonTextMessageReceived
            elif len(text) > self._limit or len(data := text.encode()) > self._limit:
                reason = f"The message is larger than {self._limit:,} bytes, the most that is taken."
                await self.close(Close.BAD_MESSAGE, reason)
            else:
                yield _parsed(data)

    async def send_json(self, message: Mapping[str, object]) -> None:
        """Send a message; waits while the client does not take what was sent before. Raises WebSocketDisconnected."""
        text = orjson.dumps(message, option=_OPTIONS).decode()
        async with self._turn:
            if self.closed:
                raise WebSocketDisconnected
            try:
                async with asyncio.timeout(self._patience):
                    await self._send({"type": "websocket.send", "text": text})
            except TimeoutError:
                told = "connect again, and continue after the last number that you have."
                await self.close(Close.TOO_SLOW, f"You took nothing for {several(self._patience, 'second')}: {told}")
                raise WebSocketDisconnected from None
            except OSError:  # the client is gone
                self.closed = True
                raise WebSocketDisconnected from None

    async def close(self, code: int, reason: str) -> None:
        """Close the socket; nothing when it is closed already."""
        if self.closed:
            return
        self.closed = True
        try:
            await self._send({"type": "websocket.close", "code": int(code), "reason": _cut(reason)})
        except OSError:  # the client went before
            return


def _parsed(data: bytes) -> object:
    """JSON out of a frame; nested a thousand deep it is none. Raises NonJsonMessageReceived."""
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError:
        raise NonJsonMessageReceived from None


def _cut(reason: str) -> str:
    return reason.encode()[:LONGEST_REASON].decode(errors="ignore")
