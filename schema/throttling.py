"""How often an address may do what everybody may."""

import time

from fund_api.core.errors import Throttled
from fund_api.graph.mutations import Acting


def slow_down(acting: Acting) -> None:
    """Raise Throttled after too many requests from one address, of whichever kind."""
    if seconds := acting.services["requests"].fail(acting.sender.address, time.monotonic()):
        raise Throttled(seconds, "requests")
