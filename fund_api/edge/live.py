"""Live connections, websockets and event streams: what each may take, and how many a caller holds."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from fund_api.core.errors import TooMany

STRANGERS = 500
"""Websockets from one address that have not said yet who they are; each has three seconds for that."""


@dataclass(frozen=True, slots=True)
class Held:
    """The live connections of each caller; no caller holds more than `most`."""

    most: int
    _counts: Counter[str] = field(default_factory=Counter)

    @property
    def total(self) -> int:
        """The live connections of all callers."""
        return self._counts.total()

    @contextmanager
    def one(self, caller: str) -> Iterator[None]:
        """Hold one more connection for a caller. Raises TooMany."""
        if self._counts[caller] >= self.most:
            raise TooMany(f"You hold {self.most:,} live connections, the most that one caller may: close some.")
        self._counts[caller] += 1
        try:
            yield
        finally:
            self._counts[caller] -= 1
            if not self._counts[caller]:
                del self._counts[caller]


@dataclass(frozen=True, slots=True)
class Limits:
    """What live connections may take."""

    held: Held
    strangers: Held
    """The websockets of each address that have not said who they are."""
    operations: int
    """Operations that one websocket runs at the same time."""
    message: int
    """Bytes of a message from a client."""
    patience: float
    """Seconds after which a client that takes nothing is sent away."""
