"""Bodies of requests, counted while they come."""

from starlette.types import Receive

from fund_api.core.errors import TimedOut
from fund_api.core.text import several
from fund_api.edge.patience import ClientGone, Patience, Watch
from fund_api.edge.requests import BadRequest, Headers
from fund_api.graph.errors import Code

LONGEST_LENGTH = 18
"""Digits of a body's length that is looked at; any longer one is too large."""


async def read(headers: Headers, receive: Receive, limit: int, patience: Patience) -> bytes:
    """A body of at most `limit` bytes; one that says that it is larger is not read at all.

    Raises BadRequest, also when it is not here in time, and ClientGone when it ends before its end.
    """
    try:
        with Watch(patience):
            return await _read(headers, receive, limit)
    except TimedOut:
        message = f"The body was not here within {several(patience.seconds, 'second')}, the most that it may take."
        raise BadRequest(408, message, {b"connection": b"close"}, Code.TOO_SLOW) from None


async def _read(headers: Headers, receive: Receive, limit: int) -> bytes:
    announced = headers.get(b"content-length", b"0")
    over = announced.isdigit() and (len(announced) > LONGEST_LENGTH or int(announced) > limit)
    parts: list[bytes] = []
    size, more = 0, True
    while more and not over:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientGone
        parts.append(message.get("body", b""))
        size, more = size + len(parts[-1]), message.get("more_body", False)
        over = size > limit
    if over:
        raise BadRequest(413, f"The body is larger than {limit:,} bytes, the most that is taken.")
    return b"".join(parts)
