"""Exact arithmetic on the figures of a group, and how what does not come out even is rounded.

Money is whole minor units. What a figure does not know is None.
"""

from fractions import Fraction

from fund_api.graph.errors import RequestError
from fund_api.graph.figures import HALF
from fund_api.graph.groups import LARGEST_WHOLE

PER_RESIDENT = 4
"""Decimals of a sum per resident."""


def month(number: int | None) -> str | None:
    """A month as a text: 202011 is "2020-11"."""
    return None if number is None else f"{number // 100:04d}-{number % 100:02d}"


def whole(number: int | None) -> int | None:
    """A sum that every JSON reader holds exactly. Raises RequestError for a larger one."""
    if number is not None and abs(number) > LARGEST_WHOLE:
        raise RequestError(f"A sum is {number:,}, and BigInt ends at {LARGEST_WHOLE:,}; ask for smaller groups.")
    return number


def average(total: int | None, count: int) -> float | None:
    """The nearest double to the exact average."""
    return total / count if total is not None and count else None


def currency(least: str | None, most: str | None) -> str | None:
    """The one currency of a group's amounts. Raises RequestError when there are several: they don't add up."""
    if least != most:
        raise RequestError(f"A group has amounts in several currencies, {least} and {most}; filter for one of them.")
    return least


def total(high: int | None, low: int | None, _currency: str | None) -> int | None:
    """The sum whose parts these are, in one currency."""
    return None if high is None or low is None else (high << HALF) + low


def share_of(minor: int | None, parts: int) -> int | None:
    """One of equal parts of an amount, in whole minor units, halves to the even one."""
    return round(Fraction(minor, parts)) if minor is not None and parts else None


def per_resident(minor: int | None, communities: int, counted: int, residents: int | None) -> str | None:
    """Major units for each resident, to four decimals, halves to the even one.

    None when the population of one of the communities is unknown: the residents would be too few.
    """
    if minor is None or not residents or counted != communities:
        return None
    return rate(minor, residents, PER_RESIDENT)


def rate(minor: int | None, units: int, decimals: int) -> str | None:
    """Major units for each of `units`, to so many decimals, halves to the even one; None when there are none."""
    if minor is None or not units:
        return None
    parts = 10**decimals
    number = round(Fraction(minor * parts, 100 * units))
    return f"{'-' if number < 0 else ''}{abs(number) // parts}.{abs(number) % parts:0{decimals}d}"
