"""Who asks, from where."""

import re
import secrets
from dataclasses import dataclass
from itertools import count
from typing import cast

from starlette.types import Scope

from fund_api.core.access import Sender, Viewer
from fund_api.edge.requests import Headers
from fund_api.people.throttle import network

_REQUEST_ID = re.compile(r"[A-Za-z0-9_.:-]{1,100}")
SENDER = "fund_api.sender"
"""Where in a request's scope the border leaves its sender."""
_PROCESS, _NUMBERS = secrets.token_hex(8), count(1)
"""What requests without an id of their own are called by: the process, and their number in it."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody who asks, and where their request comes from."""

    viewer: Viewer
    sender: Sender

    @property
    def key(self) -> str:
        """By whom limits count: the person, or the address of who has not signed in."""
        return self.viewer.id or network(self.sender.address)


def sender_of(scope: Scope, headers: Headers) -> Sender:
    """Where a request comes from. Its id is the client's own, when that is a plain text, or a new one.

    Behind proxies that are trusted its address is what they say (see serving.py). What the border found out stays.
    """
    if (known := scope.get(SENDER)) is not None:
        return cast("Sender", known)
    client, given = scope.get("client"), headers.get(b"x-request-id", b"").decode("latin-1")
    request_id = given if given and _REQUEST_ID.fullmatch(given) else f"{_PROCESS}-{next(_NUMBERS)}"
    return Sender(request_id, client[0] if client else "")
