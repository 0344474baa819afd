"""Conversations in graphql-transport-ws: Strawberry keeps the protocol, the service answers.

Source: the GraphQL over WebSocket protocol of graphql-ws. Rights are those of the moment: who signed in is looked up
anew for each operation, and by subscriptions whenever rights may have changed.
"""

from contextlib import ExitStack, aclosing, suppress
from datetime import timedelta
from typing import Any, cast

from graphql import GraphQLError
from starlette.types import Scope
from strawberry.exceptions import ConnectionRejectionError
from strawberry.http.exceptions import WebSocketDisconnected
from strawberry.subscriptions.protocols.graphql_transport_ws.handlers import BaseGraphQLTransportWSHandler
from strawberry.subscriptions.protocols.graphql_transport_ws.handlers import Operation as Asked
from strawberry.subscriptions.protocols.graphql_transport_ws.types import Message, SubscribeMessage
from strawberry.types.unset import UnsetType

from fund_api.core.access import Viewer
from fund_api.core.errors import Throttled, TimedOut, TooMany, Unauthorized
from fund_api.edge.access_log import Noted, noted_operation
from fund_api.edge.callers import Caller, sender_of
from fund_api.edge.faults import fault
from fund_api.edge.live import Limits
from fund_api.edge.requests import BadRequest, Headers, Request, checked
from fund_api.edge.service import GoingAway, Service
from fund_api.edge.sockets import Close, Socket
from fund_api.graph.errors import Code, RequestErrors, formatted
from fund_api.people.throttle import network

PROTOCOL = "graphql-transport-ws"
INIT_TIMEOUT = timedelta(seconds=3)
"""How long a client may take until it says who it is."""
LONGEST_ID = 255
Params = dict[str, Any]  # Any: what JSON holds


class Conversation(BaseGraphQLTransportWSHandler[Params, None]):
    """What is said over one socket."""

    def __init__(self, service: Service, socket: Socket, scope: Scope, limits: Limits) -> None:
        own, nothing = cast(Any, self), cast(Any, None)  # Any: Strawberry's view, of which this asks one method
        super().__init__(own, socket, {}, None, nothing, INIT_TIMEOUT)
        self._service = service
        self._scope = scope
        self._headers: Headers = dict(scope["headers"])
        self._sender = sender_of(scope, self._headers)
        self._limits = limits
        self._holding = ExitStack()
        self._requests: dict[str, Request] = {}
        self._key = ""
        """By whom limits count, once that is known."""

    async def recheck(self) -> Viewer:
        """Who talks, with the rights that they have now. Raises Unauthorized, Throttled and TimedOut."""
        given = {name: value for name, value in self._headers.items() if name == b"authorization"}
        return await self._service.sign_in(given, self._sender.address)

    async def handle(self) -> None:
        """Talk until the client leaves or the socket is closed."""
        with self._holding:
            try:
                self._holding.enter_context(self._limits.strangers.one(network(self._sender.address)))
            except TooMany as refusal:
                await self.websocket.close(Close.TOO_MANY, str(refusal))
                return
            await super().handle()

    async def on_ws_connect(self, context: Params) -> UnsetType:
        """Let somebody in who has said who they are, by a header or in the first message."""
        try:
            self._take_authorization(context["connection_params"])
            caller = Caller(await self.recheck(), self._sender)
            self._key = caller.key
            self._holding.close()  # no stranger any more
            self._holding.enter_context(self._limits.held.one(caller.key))
        except BadRequest as error:
            await self.websocket.close(Close.BAD_MESSAGE, error.message)
        except (Unauthorized, Throttled) as refusal:
            await self.websocket.close(Close.FORBIDDEN, str(refusal))
        except TooMany as refusal:
            await self.websocket.close(Close.TOO_MANY, str(refusal))
        except TimedOut as failure:
            await self.websocket.close(Close.LATER, str(failure))
        else:
            return UnsetType()  # an answer without anything in it
        raise ConnectionRejectionError

    async def handle_message(self, message: Message) -> None:
        """Take up a message; the socket is closed at one that is none."""
        if wrong := _wrong(message):
            await self.handle_invalid_message(wrong)
        else:
            await super().handle_message(message)

    async def handle_subscribe(self, message: SubscribeMessage) -> None:
        """Begin an operation."""
        if self.connection_acknowledged and message["id"] not in self.operations:
            try:
                request = checked(message.get("payload"))
            except BadRequest as error:
                await self.handle_invalid_message(error.message)
                return
            if len(self.operations) >= self._limits.operations:
                told = f"This socket runs {self._limits.operations:,} operations, the most that one may: complete some."
                await self.send_message(_error(message["id"], [formatted(GraphQLError(told), Code.TOO_MANY)]))
                return
            self._requests[message["id"]] = request
            message["payload"]["query"] = request.query
        await super().handle_subscribe(message)

    async def cleanup_operation(self, operation_id: str) -> None:
        """End an operation, begun or about to."""
        self._requests.pop(operation_id, None)
        await super().cleanup_operation(operation_id)

    async def run_operation(self, operation: Asked[Params, None]) -> None:
        """Answer an operation to its end, whatever that is."""
        request = self._requests.pop(operation.id)
        with suppress(WebSocketDisconnected), noted_operation(self._scope) as noted:
            try:
                await self._answer(operation, request, noted)
            except RequestErrors as error:
                await self._fail(operation, error.formatted())
            except (Unauthorized, Throttled) as refusal:
                code = Code.THROTTLED if isinstance(refusal, Throttled) else Code.UNAUTHENTICATED
                await self._fail(operation, [formatted(GraphQLError(str(refusal)), code)])
                await self.websocket.close(Close.FORBIDDEN, str(refusal))
            except TimedOut as failure:
                await self._fail(operation, [formatted(GraphQLError(str(failure)), Code.OPERATION_TIMEOUT)])
            except GoingAway as end:
                await self.websocket.close(Close.RESTART, str(end))
            except WebSocketDisconnected:
                raise
            except Exception:  # noqa: BLE001  # the entry point: a fault of ours is logged whole and masked for the client
                await self._fail(operation, fault(self._sender.request_id)["errors"])

    async def _answer(self, asked: Asked[Params, None], request: Request, noted: Noted | None) -> None:
        self._service.check(self._key)  # before the database is asked who that is
        caller = Caller(await self.recheck(), sender_of(self._scope, self._headers))
        operation = await self._service.prepare(request, caller)
        if noted is not None:
            noted.ask(operation, caller)
        if operation.subscribes:
            async with aclosing(self._service.stream(operation, caller, self.recheck)) as deliveries:
                async for delivery in deliveries:
                    await self._next(asked, delivery.response)
        else:
            await self._next(asked, await self._service.answer(operation, caller))
        await asked.send_operation_message({"id": asked.id, "type": "complete"})

    async def _next(self, asked: Asked[Params, None], response: dict[str, Any]) -> None:
        message = {"id": asked.id, "type": "next", "payload": response}
        await asked.send_operation_message(cast(Message, message))

    async def _fail(self, asked: Asked[Params, None], errors: list[dict[str, Any]]) -> None:
        await asked.send_operation_message(_error(asked.id, errors))

    def _take_authorization(self, params: Params) -> None:
        """Let what the first message says win over the header of the handshake. Raises BadRequest."""
        for name, value in params.items():
            if name.lower() == "authorization":
                if not isinstance(value, str):
                    raise BadRequest(400, 'authorization must be a text, such as "Bearer TOKEN".')
                self._headers[b"authorization"] = value.encode()


def _error(operation_id: str, errors: list[dict[str, Any]]) -> Message:
    return cast(Message, {"id": operation_id, "type": "error", "payload": errors})


def _wrong(message: object) -> str | None:
    """What is wrong with a message, before anything of it is used; a payload that is null counts as none."""
    if not isinstance(message, dict):
        return "A message must be a JSON object."
    if not isinstance(message.get("type"), str):
        return "A message must have a type, which is a text."
    if message["type"] in ("subscribe", "complete"):
        given = message.get("id")
        if not isinstance(given, str) or not 0 < len(given) <= LONGEST_ID:
            return f"An operation's id must be a text of 1 to {LONGEST_ID} characters."
    if "payload" in message and message["payload"] is None:
        del message["payload"]
    return None
