"""The access log: one line a request, for those who switch it on. Of what a request holds it has no values."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import structlog
from starlette.types import Scope

from fund_api.edge.callers import SENDER, Caller
from fund_api.edge.manifests import hash_of
from fund_api.graph.operations import Operation

NOTED = "fund_api.noted"
"""Where in a request's scope it stands, so that whoever answers can add what they know."""
SOCKET = "WEBSOCKET"
"""What stands in the place of the method for a websocket, and OPERATION for each operation over one."""
OPERATION = "OPERATION"
_log = structlog.get_logger()


@dataclass(slots=True)
class Noted:
    """What is known of a request by the time that it is answered."""

    request_id: str | None
    address: str
    method: str
    path: str
    begun_at: float = field(default_factory=time.perf_counter)
    status: int | None = None
    """None until an answer begins: for a client that went away it never does."""
    asked: dict[str, Any] = field(default_factory=dict)  # Any: a value of a log line
    """What a GraphQL request adds."""

    @classmethod
    def begun(cls, scope: Scope) -> "Noted":
        """Note a request."""
        sender = scope[SENDER]
        noted = cls(sender.request_id, sender.address, scope.get("method", SOCKET), scope["path"])
        scope[NOTED] = noted
        return noted

    def ask(self, operation: Operation, caller: Caller) -> None:
        """Note what is asked and by whom."""
        name, place = operation.node.name, operation.document.node.loc
        self.asked = {
            "person": caller.viewer.id,
            "operation": name.value if name else None,
            "document": hash_of(place.source.body) if place else None,
        }

    def cost(self, answer: dict[str, Any], *, told: bool) -> dict[str, Any]:
        """Note what an answer cost, in rows; the answer without it unless it is to be `told`."""
        self.asked["cost"] = answer.get("extensions", {}).get("cost", {}).get("rows")
        return answer if told else {key: answer[key] for key in answer if key != "extensions"}

    def another(self) -> "Noted":
        """What begins now of the same request."""
        return Noted(self.request_id, self.address, OPERATION, self.path)

    def write(self) -> None:
        """Write the line."""
        milliseconds = round((time.perf_counter() - self.begun_at) * 1_000, 1)
        _log.info(
            "request",
            request_id=self.request_id,
            address=self.address,
            method=self.method,
            path=self.path,
            status=self.status,
            milliseconds=milliseconds,
            **self.asked,
        )


@contextmanager
def noted_operation(scope: Scope) -> Iterator[Noted | None]:
    """Write a line at the end of an operation over a websocket, where requests are logged."""
    socket: Noted | None = scope.get(NOTED)
    noted = socket.another() if socket else None
    try:
        yield noted
    finally:
        if noted is not None:
            noted.write()
