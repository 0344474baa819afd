"""What every entity says about itself: provenance, confidence, how exact a date is."""

from fund_api.core.facts import Confidence, DatePrecision, Provenance
from fund_api.graph import declare

declare.enum(
    Provenance,
    "How a row came to be here.",
    REPORTED="Reported by a named source outside the fund.",
    ENTERED="Entered here by a person.",
    FICTIONAL="Made up for a demonstration; no fact.",
)
declare.enum(
    Confidence,
    "How far a fact can be relied on.",
    HIGH="Stated by a source that keeps such records, such as an official directory.",
    MEDIUM="Stated by a source that is not official, or implied by another fact.",
    LOW="Uncertain: second-hand, partial or contradicted.",
)
declare.enum(
    DatePrecision,
    "How much of a historic date is known.",
    DAY="The day is known.",
    MONTH="Only the month is known; the date shows its first day.",
    YEAR="Only the year is known; the date shows its first day.",
)
