"""The access log: one line a request, for those who switch it on. Of what a request holds it has no values."""

import time
from dataclasses import dataclass, field
from typing import Any

import structlog
from starlette.types import Scope

from fund_api.edge.callers import SENDER, Caller
from fund_api.edge.manifests import hash_of
from fund_api.graph.operations import Operation

NOTED = "fund_api.noted"
"""Where in a request's scope it stands, so that whoever answers can add what they know."""
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
        noted = cls(sender.request_id, sender.address, scope["method"], scope["path"])
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

    def cost(self, answer: dict[str, Any]) -> None:
        """Note what an answer cost, in rows."""
        self.asked["cost"] = answer.get("extensions", {}).get("cost", {}).get("rows")

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
