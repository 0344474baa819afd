"""The one place where the time comes from."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime

_SET: ContextVar[datetime | None] = ContextVar("clock", default=None)


def now() -> datetime:
    """The current time, aware, in UTC; or the one that a story is told at."""
    return _SET.get() or datetime.now(UTC)


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Let it be this time for whatever the block does, and for nothing that runs beside it."""
    before = _SET.set(moment)
    try:
        yield
    finally:
        _SET.reset(before)
