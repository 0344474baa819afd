"""Failures counted per address, so that nobody guesses fast. In memory, per process, and bounded."""

import math
from collections import OrderedDict, deque
from functools import lru_cache
from ipaddress import IPv6Address, ip_address

ALLOWED = 10
FLOOD = 100
"""Failures after which nothing is looked up any more for an address."""
WINDOW = 60.0
"""Seconds in which so many failures are allowed."""
ADDRESSES = 10_000
"""Addresses that are remembered; those that failed longest ago are forgotten first."""


class Throttle:
    """The last failures of each address. Times are seconds of a clock that never goes back."""

    def __init__(self, allowed: int = ALLOWED) -> None:
        self._allowed = allowed
        self._failures: OrderedDict[str, deque[float]] = OrderedDict()

    def fail(self, address: str, now: float) -> int:
        """Count a failure: 0, or the whole seconds to wait when there were too many in the window already.

        What is refused for that reason does not count, so that the wait ends.
        """
        key = network(address)
        if seconds := self.wait(address, now):
            self._failures.move_to_end(key)
            return seconds
        failures = self._failures.setdefault(key, deque(maxlen=self._allowed))
        self._failures.move_to_end(key)
        if len(self._failures) > ADDRESSES:
            self._failures.popitem(last=False)
        failures.append(now)
        return 0

    def wait(self, address: str, now: float) -> int:
        """The whole seconds until a failure is allowed again, 0 when it is now. Nothing is counted."""
        failures = self._failures.get(network(address))
        if failures is None or len(failures) < self._allowed or failures[0] <= now - WINDOW:
            return 0
        return max(1, math.ceil(failures[0] + WINDOW - now))


@lru_cache(maxsize=ADDRESSES)
def network(address: str) -> str:
    """Whom an address stands for: itself, or in IPv6 the /64 that one customer has."""
    try:
        known = ip_address(address)
    except ValueError:
        return address
    return str(IPv6Address(int(known) >> 64 << 64)) if isinstance(known, IPv6Address) else address
