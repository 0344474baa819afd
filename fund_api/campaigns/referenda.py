"""The row of a file of referenda."""

from enum import StrEnum
from typing import Annotated, ClassVar

from pydantic import Field, ValidationInfo, field_validator

from fund_api.campaigns.tables import MOST_VOTES, MeasureKind
from fund_api.communities.importing import Geoid, Name, StateCode
from fund_api.communities.tables import CommunityKind, FormOfGovernment
from fund_api.core.cells import Address, Historic, decimal, searchable, whole
from fund_api.core.importing import Row

Votes = Annotated[int, whole(0, MOST_VOTES)]
Percent = Annotated[float, decimal(0, 100)]


class VoteDatePrecision(StrEnum):
    """How exactly a source dates a vote; DAY_INFERRED: it names the general election, and the day is that one's."""

    DAY = "DAY"
    DAY_INFERRED = "DAY_INFERRED"
    MONTH = "MONTH"
    YEAR = "YEAR"


class VoteOutcome(StrEnum):
    """What the voters did with the proposed change."""

    PASSED = "PASSED"
    FAILED = "FAILED"


class ReferendumRow(Row):
    """A row of a referenda file: one question, with its result for and against the change."""

    unique: ClassVar = (("community_source_id", "date", "question"),)

    place: Name
    place_kind: CommunityKind
    state: StateCode
    community_source_id: Geoid
    date: Historic
    date_precision: VoteDatePrecision
    kind: MeasureKind
    question: Annotated[str, searchable(1_000)]
    outcome: VoteOutcome
    votes_for: Votes | None
    votes_against: Votes | None
    percent_for: Percent | None
    percent_against: Percent | None
    form_before: FormOfGovernment | None
    form_after: FormOfGovernment | None
    source: Annotated[str, searchable(300)]
    source_url: Address
    note: Annotated[str, Field(max_length=1_000)] | None

    @field_validator("date_precision")
    @classmethod
    def _fits_date(cls, precision: VoteDatePrecision, info: ValidationInfo) -> VoteDatePrecision:
        written = info.data.get("date")
        if written is not None and written.precision != precision.removesuffix("_INFERRED"):
            raise ValueError(f'does not fit the date "{written}", which is of precision {written.precision}')
        return precision

    @property
    def inferred(self) -> bool:
        """Whether the day is inferred."""
        return self.date_precision is VoteDatePrecision.DAY_INFERRED

    @property
    def election(self) -> dict[str, object]:
        """The columns of a table that say when the vote was."""
        precision = self.date.precision
        return {"election_on": self.date.first_day, "election_on_precision": precision, "date_inferred": self.inferred}
