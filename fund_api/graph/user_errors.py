"""What a mutation answers when its user has to mend something: errors as data, each with what a client needs."""

from decimal import Decimal
from enum import StrEnum
from typing import Any, ClassVar

import strawberry

from fund_api.core import errors
from fund_api.core.money import Currency, to_decimal
from fund_api.graph import declare
from fund_api.graph.types import Money, Node


class ErrorCode(StrEnum):
    """What kind of error it is."""

    INVALID_VALUE = "INVALID_VALUE"
    NOT_FOUND = "NOT_FOUND"
    NOT_ALLOWED = "NOT_ALLOWED"
    INVALID_TRANSITION = "INVALID_TRANSITION"
    VERSION_CONFLICT = "VERSION_CONFLICT"
    BUDGET_EXCEEDED = "BUDGET_EXCEEDED"
    IDEMPOTENCY_KEY_REUSED = "IDEMPOTENCY_KEY_REUSED"
    THROTTLED = "THROTTLED"
    OPERATION_TIMEOUT = "OPERATION_TIMEOUT"


declare.enum(
    ErrorCode,
    "What kind of error a mutation ended with.",
    INVALID_VALUE="A value in the input can't be taken.",
    NOT_FOUND="What the input names does not exist, or you may not see it.",
    NOT_ALLOWED="You may not do this.",
    INVALID_TRANSITION="This move is not allowed now.",
    VERSION_CONFLICT="Somebody else changed it since you read it.",
    BUDGET_EXCEEDED="It takes more money than is left.",
    IDEMPOTENCY_KEY_REUSED="The idempotency key was used before, with another input.",
    THROTTLED="Too much came from your address; wait a little.",
    OPERATION_TIMEOUT="It took too long and was given up; try again.",
)


@strawberry.interface(description="Why a mutation did nothing, in words for its user.")
class UserError:
    """What every error has."""

    code: ErrorCode = strawberry.field(description="What kind of error it is.")
    message: str = strawberry.field(description="What is wrong, and what is allowed.")
    path: list[str] | None = strawberry.field(
        description='The input that is wrong, outermost first, such as ["input", "title"].', default=None
    )


@strawberry.type(description="A value in the input can't be taken; `path` says which.")
class InvalidValue(UserError):
    """A value that can't be taken."""


@strawberry.type(description="What the input names does not exist, or you may not see it.")
class NotFound(UserError):
    """Something absent, or hidden, which is the same."""


@strawberry.type(description="You may not do this.")
class NotAllowed(UserError):
    """A right is missing."""


@strawberry.type(description="This move is not allowed now.")
class InvalidTransition(UserError):
    """A move out of turn."""

    from_state: str = strawberry.field(name="from", description="The state that it is in.", default="")
    allowed: list[str] = strawberry.field(description="The moves that are allowed now.", default_factory=list)


@strawberry.type(description="Somebody else changed it since you read it: look at `current`, and try again.")
class VersionConflict(UserError):
    """A lost update, prevented."""

    current: Node | None = strawberry.field(description="What it is now.", default=None)


@strawberry.type(description="It takes more money than is left, of a budget or under a cap: see `available`.")
class BudgetExceeded(UserError):
    """Money that is not there."""

    available: Money = strawberry.field(description="What is left.")


@strawberry.type(description="The idempotency key was used before, with another input. Take a new key.")
class IdempotencyKeyReused(UserError):
    """A key for something else."""


@strawberry.type(description="Too much came from your address: wait so many seconds.")
class Throttled(UserError):
    """A request too many."""

    retry_after: int = strawberry.field(description="Seconds to wait.", default=0)


@strawberry.type(description="It took too long, and nothing was done: try again, with the same idempotency key.")
class OperationTimeout(UserError):
    """Work that was given up."""


TYPES = (
    *(InvalidValue, NotFound, NotAllowed, InvalidTransition, VersionConflict, BudgetExceeded, IdempotencyKeyReused),
    *(Throttled, OperationTimeout),
)
"""The types behind the interface, for the schema."""


@strawberry.type(description="What every mutation answers.")
class Payload:
    """The base of payloads: without errors it was done, with errors nothing was."""

    withheld: ClassVar[frozenset[str]] = frozenset()
    """Fields that are told once: a retry with the same idempotency key does not get them again."""

    errors: list[UserError] = strawberry.field(
        description="Why nothing was done; empty when it was done.", default_factory=list
    )


def told(failure: errors.Failure) -> UserError:
    """A failure of a rule as its user sees it."""
    message = str(failure)
    match failure:
        case errors.InvalidTransition(current=current, allowed=allowed):
            return InvalidTransition(
                code=ErrorCode.INVALID_TRANSITION, message=message, from_state=current, allowed=list(allowed)
            )
        case errors.VersionConflict(entity_id=entity_id):
            current_row: Any = entity_id  # Any: the engine reads the entity of this id
            return VersionConflict(code=ErrorCode.VERSION_CONFLICT, message=message, current=current_row)
        case errors.BudgetExceeded(available=available):
            left = Money(amount=Decimal(to_decimal(available)), currency=Currency.USD)
            return BudgetExceeded(code=ErrorCode.BUDGET_EXCEEDED, message=message, available=left)
        case errors.Throttled(seconds=seconds):
            return Throttled(code=ErrorCode.THROTTLED, message=message, retry_after=seconds)
        case errors.TimedOut():
            return OperationTimeout(code=ErrorCode.OPERATION_TIMEOUT, message=message)
        case errors.NotFound():
            return NotFound(code=ErrorCode.NOT_FOUND, message=message)
        case errors.NotAllowed():
            return NotAllowed(code=ErrorCode.NOT_ALLOWED, message=message)
        case errors.IdempotencyKeyReused():
            return IdempotencyKeyReused(code=ErrorCode.IDEMPOTENCY_KEY_REUSED, message=message)
    path = ["input", *map(_camel, failure.path)] if isinstance(failure, errors.InvalidValue) else None
    return InvalidValue(code=ErrorCode.INVALID_VALUE, message=message, path=path)


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)
