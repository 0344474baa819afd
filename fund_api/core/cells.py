"""What a cell of a CSV file may say: checks for the fields of row models, each with what was expected in its message.

They stand in `Annotated[...]`; a blank cell is null and reaches them only where a value is needed.
"""

import re
from datetime import date
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field

from fund_api.core.facts import DatePrecision, HistoricDate
from fund_api.core.text import fold

_WHOLE = re.compile(r"-?\d{1,15}", re.ASCII)
_DECIMAL = re.compile(r"-?\d{1,15}(\.\d{1,17})?", re.ASCII)
_ADDRESS = re.compile(r"(https?://)?[^\s:/]+\.\S+")


def whole(least: int, most: int) -> BeforeValidator:
    """A whole number in this range."""

    def read(cell: object) -> int:
        if not isinstance(cell, str) or not _WHOLE.fullmatch(cell) or not least <= int(cell) <= most:
            raise ValueError(f"should be a whole number from {least:,} to {most:,}")
        return int(cell)

    return BeforeValidator(read)


def decimal(least: float, most: float) -> BeforeValidator:
    """A decimal number in this range, with a point and without an exponent."""

    def read(cell: object) -> float:
        if not isinstance(cell, str) or not _DECIMAL.fullmatch(cell) or not least <= float(cell) <= most:
            raise ValueError(f"should be a decimal number from {least:g} to {most:g}")
        return float(cell)

    return BeforeValidator(read)


def shape(pattern: str, expected: str) -> AfterValidator:
    """Text of which the whole matches `pattern`, which `expected` puts into words."""
    matches = re.compile(pattern, re.ASCII).fullmatch

    def check(cell: str) -> str:
        if not matches(cell):
            raise ValueError(f"should be {expected}")
        return cell

    return AfterValidator(check)


def searchable(length: int) -> AfterValidator:
    """Text of at most `length` characters, and folded of 1 to twice as many, as the columns hold it."""

    def check(cell: str) -> str:
        if len(cell) > length:
            raise ValueError(f"should have at most {length} characters")
        if not 1 <= len(fold(cell)) <= 2 * length:
            raise ValueError("should have letters or digits, in their plain forms")
        return cell

    return AfterValidator(check)


def _historic(cell: object) -> HistoricDate:
    return HistoricDate.read(str(cell or ""))


def _day(cell: object) -> date:
    read = _historic(cell)
    if read.precision is not DatePrecision.DAY:
        raise ValueError("should be a date with its day, as YYYY-MM-DD")
    return read.first_day


def _address(cell: str) -> str:
    if not _ADDRESS.fullmatch(cell):
        raise ValueError("should be a web address, as https://example.org")
    return cell


Historic = Annotated[HistoricDate, BeforeValidator(_historic)]
"""A date of which the day or the month may be missing."""

Day = Annotated[date, BeforeValidator(_day)]
"""A date with its day."""

Address = Annotated[str, Field(max_length=500), AfterValidator(_address)]
"""A web address; sources write some without their scheme."""
