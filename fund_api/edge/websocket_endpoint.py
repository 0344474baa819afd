"""GraphQL over websockets: who may open one, and how all of them are closed when the server stops."""

from dataclasses import dataclass, field

from starlette.types import Receive, Scope, Send

from fund_api.edge.callers import sender_of
from fund_api.edge.conversations import PROTOCOL, Conversation
from fund_api.edge.faults import fault
from fund_api.edge.live import Limits
from fund_api.edge.service import GoingAway, Service
from fund_api.edge.sockets import Close, Socket

UNFIT = f"Offer the subprotocol {PROTOCOL}; the older graphql-ws is not spoken here."


@dataclass(frozen=True, slots=True)
class WebsocketEndpoint:
    """The ASGI application of websockets on /graphql."""

    service: Service
    limits: Limits
    _open: set[Socket] = field(default_factory=set)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Accept a socket and talk; who offers another protocol is told so, in a frame that browsers show."""
        await receive()  # websocket.connect
        chosen = PROTOCOL if PROTOCOL in scope["subprotocols"] else None
        await send({"type": "websocket.accept", "subprotocol": chosen, "headers": []})
        socket = Socket(receive, send, self.limits.message, self.limits.patience)
        if chosen is None:
            await socket.close(Close.NO_PROTOCOL, UNFIT)
            return
        self._open.add(socket)
        try:
            await Conversation(self.service, socket, scope, self.limits).handle()
        except Exception:  # noqa: BLE001  # the entry point: a fault of ours is logged whole and masked for the client
            [error] = fault(sender_of(scope, dict(scope["headers"])).request_id)["errors"]
            await socket.close(Close.FAULT, error["message"])
        finally:
            self._open.discard(socket)

    async def close(self) -> None:
        """Close all sockets, so that their clients come back to whoever serves next."""
        for socket in list(self._open):
            await socket.close(Close.RESTART, str(GoingAway()))
