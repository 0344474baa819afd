"""What every entity says about itself: where a fact came from, how sure it is, how exact its date."""

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
