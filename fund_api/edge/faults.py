"""Faults of ours: logged whole, masked for the client."""

import uuid
from typing import Any

import structlog
from graphql import GraphQLError

from fund_api.graph.errors import Code, formatted

_log = structlog.get_logger()


def fault(request_id: str | None = None) -> dict[str, Any]:
    """The answer to a request that failed by a fault of ours: it is logged whole, under the id that the client gets.

    A request without an id gets one here.
    """
    number = request_id or str(uuid.uuid4())
    _log.exception("a request failed by a fault of the server", request_id=number)
    error = GraphQLError("Something went wrong here; it was logged.", extensions={"requestId": number})
    return {"errors": [formatted(error, Code.INTERNAL)]}
