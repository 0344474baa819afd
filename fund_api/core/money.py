"""Money: integer minor units inside, exact decimal strings outside."""

import re
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache

from fund_api.core.errors import Failure

_AMOUNT = re.compile(r"[0-9]{1,14}(\.[0-9]{1,2})?")
LARGEST = 10**15
"""In minor units: ten trillion dollars, well inside BIGINT."""


class Currency(StrEnum):
    """The money that amounts are in, by ISO 4217."""

    USD = "USD"


def to_minor(amount: str) -> int:
    """The cents of a US-dollar amount such as "2845" or "2845.50".

    Raises Failure for signs, exponents, more than two decimals, and more than LARGEST.
    """
    if not _AMOUNT.fullmatch(amount):
        raise Failure(f"{amount!r} is no amount of money: digits with at most two decimals are allowed.")
    minor = int(Decimal(amount) * 100)
    if minor > LARGEST:
        raise Failure(f"{amount!r} is over the largest amount, {to_decimal(LARGEST)}.")
    return minor


@lru_cache(maxsize=16_384)
def to_decimal(minor: int) -> str:
    """The exact decimal string of `minor` cents: 284550 is "2845.50". Sums repeat, so their strings are kept."""
    whole, cents = divmod(abs(minor), 100)
    return f"{'-' if minor < 0 else ''}{whole}.{cents:02d}"


def in_dollars(minor: int) -> str:
    """An amount of cents as messages say it: 1,200.00 USD."""
    return f"{Decimal(to_decimal(minor)):,} {Currency.USD}"
