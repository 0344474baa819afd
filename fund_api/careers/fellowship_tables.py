"""Tables of fellowships, and of what else brings people into the profession: student chapters and scholarships."""

import datetime
from enum import StrEnum

import sqlalchemy as sa

from fund_api.careers.tables import MOST_SEATS
from fund_api.core import columns
from fund_api.core.facts import Provenance
from fund_api.core.money import LARGEST, Currency


class CohortStage(StrEnum):
    """How far a cohort has come."""

    PLANNED = "PLANNED"
    OPEN = "OPEN"
    SELECTING = "SELECTING"
    UNDERWAY = "UNDERWAY"
    COMPLETED = "COMPLETED"
    CANCELLED = "CANCELLED"


class FellowState(StrEnum):
    """How a placement stands."""

    PROPOSED = "PROPOSED"
    CONFIRMED = "CONFIRMED"
    UNDERWAY = "UNDERWAY"
    COMPLETED = "COMPLETED"
    ENDED_EARLY = "ENDED_EARLY"
    WITHDRAWN = "WITHDRAWN"


NOT_YET = (FellowState.PROPOSED, FellowState.WITHDRAWN)
"""Where a placement is nothing that the public is told."""


class FellowshipCohort(columns.Table, table=True):
    """The fellows of one year: when they apply, and when they work."""

    __tablename__ = "fellowship_cohort"

    id: str = columns.identity("cohort")
    program_id: str = columns.reference("program.id", index=True)
    name: str = columns.text(200)
    stage: CohortStage = columns.choice(CohortStage)
    stage_since: datetime.datetime = columns.time()
    reason: str | None = columns.text(1_000, nullable=True)
    applications_open_on: datetime.date = columns.date()
    applications_close_on: datetime.date = columns.date()
    starts_on: datetime.date = columns.date()
    ends_on: datetime.date = columns.date()
    seats: int = columns.integer(1, MOST_SEATS)
    taken: int = columns.integer(0, MOST_SEATS)
    version: int = columns.version()
    provenance: Provenance = columns.choice(Provenance)
    created_at: datetime.datetime = columns.time()
    updated_at: datetime.datetime = columns.time()

    __table_args__ = (
        sa.UniqueConstraint("program_id", "name"),
        sa.CheckConstraint("applications_open_on <= applications_close_on", name="application_order"),
        sa.CheckConstraint("applications_close_on <= starts_on", name="applies_before"),
        sa.CheckConstraint("starts_on <= ends_on", name="day_order"),
        sa.CheckConstraint("taken <= seats", name="within_seats"),
        sa.CheckConstraint("stage <> 'CANCELLED' OR reason IS NOT NULL", name="cancelled_because"),
        sa.Index("ix_fellowship_cohort_close", "applications_close_on", "id"),
    )


class FellowPlacement(columns.Table, table=True):
    """That a community hosts a fellow. Who the fellow is stays private."""

    __tablename__ = "fellow_placement"

    id: str = columns.identity("fellow")
    cohort_id: str = columns.reference("fellowship_cohort.id")
    community_id: str = columns.reference("community.id", index=True)
    state: FellowState = columns.choice(FellowState)
    fellow_name: str = columns.text(200, private=True)
    fellow_email: str | None = columns.text(254, nullable=True, private=True)
    starts_on: datetime.date | None = columns.date(nullable=True)
    ends_on: datetime.date | None = columns.date(nullable=True)
    reason: str | None = columns.text(1_000, nullable=True, private=True)
    version: int = columns.version()
    provenance: Provenance = columns.choice(Provenance)
    created_at: datetime.datetime = columns.time()
    updated_at: datetime.datetime = columns.time()

    __table_args__ = (
        sa.CheckConstraint("starts_on <= ends_on", name="day_order"),
        sa.CheckConstraint("state NOT IN ('ENDED_EARLY', 'WITHDRAWN') OR reason IS NOT NULL", name="ended_because"),
        sa.Index("ix_fellow_placement_cohort", "cohort_id", "created_at", "id"),
        sa.Index("ix_fellow_placement_created", "created_at", "id"),
    )


class StudentChapter(columns.Table, table=True):
    """A group of students of the profession at a university."""

    __tablename__ = "student_chapter"

    id: str = columns.identity("chapter")
    name: str = columns.text(200)
    name_folded: str = columns.text(400)
    university: str = columns.text(200)
    state_code: str = columns.reference("state.code", index=True, part=True)
    community_id: str | None = columns.reference("community.id", nullable=True, index=True)
    url: str | None = columns.text(500, nullable=True)
    founded_on: datetime.date | None = columns.date(nullable=True)
    active: bool = columns.flag()
    version: int = columns.version()
    provenance: Provenance = columns.choice(Provenance)
    created_at: datetime.datetime = columns.time()
    updated_at: datetime.datetime = columns.time()

    __table_args__ = (
        sa.UniqueConstraint("university", "name"),
        sa.Index("ix_student_chapter_name", "name", "id"),
    )


class Scholarship(columns.Table, table=True):
    """Money for studies or for a program, with the day by which to apply."""

    __tablename__ = "scholarship"

    id: str = columns.identity("scholar")
    program_id: str = columns.reference("program.id", index=True)
    name: str = columns.text(200)
    eligibility: str | None = columns.text(2_000, nullable=True)
    currency: Currency = columns.choice(Currency)
    amount: int | None = columns.integer(1, LARGEST, nullable=True)
    deadline_on: datetime.date = columns.date()
    state_code: str | None = columns.reference("state.code", nullable=True, index=True)
    url: str | None = columns.text(500, nullable=True)
    cancelled_at: datetime.datetime | None = columns.time(nullable=True)
    version: int = columns.version()
    provenance: Provenance = columns.choice(Provenance)
    created_at: datetime.datetime = columns.time()
    updated_at: datetime.datetime = columns.time()

    __table_args__ = (
        sa.UniqueConstraint("program_id", "name", "deadline_on"),
        sa.Index("ix_scholarship_deadline_on", "deadline_on", "id"),
    )
