"""What the inputs of mutations share: keys for retries, versions, and amounts of money."""

import math
from typing import Any

import strawberry

from fund_api.core.errors import Failure, InvalidValue
from fund_api.core.money import to_minor

KEY = "A text of your choice, new for each thing that you do: sent again with it, a request is done once."
VERSION = "The `version` that you read. When somebody changed it since, you get a VersionConflict, and nothing is done."


def key() -> Any:
    """The field `idempotencyKey`."""
    return strawberry.field(description=KEY, default=None)


def version() -> Any:
    """The field `expectedVersion`."""
    return strawberry.field(description=VERSION)


def optional(description: str) -> Any:
    """A field that may be left out, which changes nothing; null takes the value away."""
    return strawberry.field(description=description, default=strawberry.UNSET)


def given(source: object, *names: str) -> dict[str, Any]:
    """The named fields of an input that the client gave, null included."""
    values = {name: getattr(source, name) for name in names}
    return {name: value for name, value in values.items() if value is not strawberry.UNSET}


@strawberry.input(description="An exact amount of US dollars.")
class MoneyInput:
    """A sum as clients write it."""

    amount: str = strawberry.field(description='Digits with at most two decimals: "2845.50".')
    currency: str = strawberry.field(description="The currency by ISO 4217; only USD is taken.", default="USD")


def positive(money: MoneyInput, *path: str) -> int:
    """The minor units of an amount above zero. Raises InvalidValue as `cents` does, and for nothing."""
    amount = cents(money, *path)
    if amount == 0:
        raise InvalidValue("An amount is more than 0.00.", *path, "amount")
    return amount


def hundredths(percent: float, *path: str) -> int:
    """Hundredths of a percent. Raises InvalidValue for more than two decimals."""
    found = round(percent * 100)
    if not math.isclose(found, percent * 100, abs_tol=1e-6):
        raise InvalidValue(f"A percentage has at most two decimals, not {percent}.", *path)
    return found


def cents(money: MoneyInput, *path: str) -> int:
    """The minor units of an amount. Raises InvalidValue for another currency, and for what is no amount."""
    if money.currency != "USD":
        raise InvalidValue(f"Amounts are in USD, not in {money.currency}.", *path, "currency")
    try:
        return to_minor(money.amount)
    except Failure as failure:
        raise InvalidValue(str(failure), *path, "amount") from None
