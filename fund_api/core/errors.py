"""Failures that their reader can mend."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from fund_api.core.text import several


class Failure(Exception):
    """Something that the caller has to mend; the message says what is wrong and what is allowed."""


class NotAllowed(Failure):
    """The viewer may not do this."""


class NotFound(Failure):
    """What was named does not exist, or the viewer may not see it, which is the same to them."""


class InvalidValue(Failure):
    """A value that can't be taken. `path` names it among the inputs, outermost first, in Python's spelling."""

    def __init__(self, message: str, *path: str) -> None:
        super().__init__(message)
        self.path = path


@contextmanager
def placed(*path: str) -> Iterator[None]:
    """Say of a value that can't be taken where among the inputs it stands: in a list, say."""
    try:
        yield
    except InvalidValue as failure:
        failure.path = (*path, *failure.path)
        raise


class InvalidTransition(Failure):
    """A move that is not among those which are allowed now."""

    def __init__(self, message: str, current: str, allowed: Sequence[str]) -> None:
        super().__init__(message)
        self.current = current
        self.allowed = tuple(allowed)


class VersionConflict(Failure):
    """Somebody changed the entity since the caller read it."""

    def __init__(self, entity_id: str, expected: int, found: int) -> None:
        super().__init__(f"This was changed by somebody else: it is at version {found}, not {expected}. Read it again.")
        self.entity_id = entity_id


class BudgetExceeded(Failure):
    """More than there is. `available` is what is left, in cents: of a budget, or under a cap."""

    def __init__(self, message: str, available: int) -> None:
        super().__init__(message)
        self.available = available


class IdempotencyKeyReused(Failure):
    """The key was used before, for another request."""


class TooLarge(Failure):
    """A file has more bytes than are taken."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"The file is larger than {limit:,} bytes, the most that is taken.")
        self.limit = limit


class WrongType(Failure):
    """What a file holds is none of the types that are taken."""


class TooMany(Failure):
    """There are as many of something as there may be."""


class Unauthorized(Failure):
    """Nobody is known by what the request brought. The words are always the same, so that they give nothing away."""

    def __init__(self) -> None:
        super().__init__(
            "This token is not valid: it is unknown, expired or revoked. Send Authorization: Bearer TOKEN, or nothing."
        )


class TimedOut(Failure):
    """Something took longer than it may, and nothing of it was done."""

    def __init__(self, seconds: float) -> None:
        super().__init__(
            f"This took longer than {several(seconds, 'second')}, the most that it may take, and nothing was done."
            " Try again in a moment; when that happens again, ask for less at once."
        )
        self.seconds = seconds


class Throttled(Failure):
    """Too much came from one address; after `seconds` it may try again."""

    def __init__(self, seconds: int, what: str = "wrong tokens") -> None:
        super().__init__(f"Too many {what} came from this address: try again in {several(seconds, 'second')}.")
        self.seconds = seconds
