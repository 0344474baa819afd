"""What every entity says about itself: where a fact came from, how sure it is, how exact its date."""

import datetime
import re
from calendar import monthrange
from dataclasses import dataclass
from enum import StrEnum


class Provenance(StrEnum):
    """How a row came to be."""

    REPORTED = "REPORTED"
    ENTERED = "ENTERED"
    FICTIONAL = "FICTIONAL"


class Confidence(StrEnum):
    """How far a fact can be relied on."""

    HIGH = "HIGH"
    MEDIUM = "MEDIUM"
    LOW = "LOW"


class DatePrecision(StrEnum):
    """How much of a historic date is known; the unknown part is stored as its first day."""

    DAY = "DAY"
    MONTH = "MONTH"
    YEAR = "YEAR"


_WRITTEN = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?", re.ASCII)
_PRECISIONS = {4: DatePrecision.YEAR, 7: DatePrecision.MONTH, 10: DatePrecision.DAY}


@dataclass(frozen=True)
class HistoricDate:
    """A date of which the day, or the day and the month, may be unknown."""

    first_day: datetime.date
    precision: DatePrecision

    @classmethod
    def read(cls, text: str) -> "HistoricDate":
        """The date written as 2017, 2017-11 or 2017-11-07. Raises ValueError for anything else."""
        expected = "should be a date as YYYY, YYYY-MM or YYYY-MM-DD, from 1600 to 2200"
        if not _WRITTEN.fullmatch(text) or not "1600" <= text[:4] <= "2200":
            raise ValueError(expected)
        try:
            return cls(datetime.date.fromisoformat(text + "-01-01"[len(text) - 4 :]), _PRECISIONS[len(text)])
        except ValueError:
            raise ValueError(f"{expected}, and one of the calendar") from None

    @property
    def last_day(self) -> datetime.date:
        """The last day that it may mean."""
        year, month = self.first_day.year, self.first_day.month
        if self.precision is DatePrecision.DAY:
            return self.first_day
        if self.precision is DatePrecision.YEAR:
            month = 12
        return datetime.date(year, month, monthrange(year, month)[1])

    def __str__(self) -> str:
        """The known part, as `read` takes it."""
        lengths = {precision: length for length, precision in _PRECISIONS.items()}
        return self.first_day.isoformat()[: lengths[self.precision]]
