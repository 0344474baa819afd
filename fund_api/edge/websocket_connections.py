"""uvicorn's websockets, with what it leaves to chance: clients that take nothing, and frames that are no text."""

from typing import Any

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

LINGERING = 15.0
"""Seconds that a closed websocket has to take what is still in its buffer; uvicorn waits 10 for the other's close."""
NOT_UTF8 = 1007
"""The code by which RFC 6455 closes on text that is not in UTF-8."""


class WebsocketConnection(WebSocketsSansIOProtocol):
    """A websocket whose client can't fill the memory by not reading, nor hold a connection that is closed."""

    def pause_writing(self) -> None:
        """Read nothing of who does not read: each ping would be answered into the buffer that is full."""
        super().pause_writing()
        self.transport.pause_reading()

    def resume_writing(self) -> None:
        """Read on."""
        super().resume_writing()
        if not self.read_paused:
            self.transport.resume_reading()

    async def receive(self) -> Any:  # Any: uvicorn's events
        """The next event; reading stays paused while the buffer is full."""
        event = await super().receive()
        if not self.writable.is_set():
            self.transport.pause_reading()
        return event

    async def send(self, message: Any) -> None:  # Any: uvicorn's events
        """Send an event; a close waits for nobody, because the client that takes nothing is closed by it."""
        if message["type"] == "websocket.close":
            self.writable.set()
        await super().send(message)

    def send_receive_event_to_app(self) -> None:
        """Close at text that is not in UTF-8, without the traceback that uvicorn logs."""
        if self.curr_msg_data_type == "text" and not _is_utf8(b"".join(self.frames)):
            self.frames = []
            self.conn.send_close(NOT_UTF8, "A message must be in UTF-8.")
            self.handle_parser_exception()
        else:
            super().send_receive_event_to_app()

    async def run_asgi(self) -> None:
        """Run the application; what is not taken some seconds after its end never will be."""
        await super().run_asgi()
        self.loop.call_later(LINGERING, self.transport.abort)


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True
