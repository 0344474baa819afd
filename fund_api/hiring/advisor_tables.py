"""Tables of senior advisors: which states they cover, whom they can't advise, and what they did."""

import datetime
from enum import StrEnum

import sqlalchemy as sa

from fund_api.core import columns
from fund_api.core.facts import Provenance

MOST_ASSIGNMENTS = 50
"""Open assignments of one advisor."""
LONGEST_ACTIVITY = 24 * 60
"""Minutes of one activity."""


class ConflictKind(StrEnum):
    """Why an advisor can't advise a community."""

    APPLICANT = "APPLICANT"
    EMPLOYMENT = "EMPLOYMENT"
    FAMILY = "FAMILY"
    FINANCIAL = "FINANCIAL"
    OTHER = "OTHER"


class AssignmentState(StrEnum):
    """How an assignment stands."""

    OPEN = "OPEN"
    COMPLETED = "COMPLETED"
    WITHDRAWN = "WITHDRAWN"


class ActivityKind(StrEnum):
    """What an advisor did."""

    CALL = "CALL"
    MEETING = "MEETING"
    VISIT = "VISIT"
    DRAFTING = "DRAFTING"
    TRAINING = "TRAINING"
    OTHER = "OTHER"


class SeniorAdvisor(columns.Table, table=True):
    """A retired manager who advises for free. `open_assignments` never pass the `capacity` that they state."""

    __tablename__ = "senior_advisor"

    id: str = columns.identity("advisor")
    person_id: str = columns.reference("person.id")
    name: str = columns.text(200, private=True)
    biography: str | None = columns.text(2_000, nullable=True, private=True)
    capacity: int = columns.integer(0, MOST_ASSIGNMENTS)
    open_assignments: int = columns.integer(0, MOST_ASSIGNMENTS)
    available_from: datetime.date | None = columns.date(nullable=True)
    available_until: datetime.date | None = columns.date(nullable=True)
    active: bool = columns.flag()
    version: int = columns.version()
    provenance: Provenance = columns.choice(Provenance)
    created_at: datetime.datetime = columns.time()
    updated_at: datetime.datetime = columns.time()

    __table_args__ = (
        sa.UniqueConstraint("person_id"),
        sa.CheckConstraint("open_assignments <= capacity", name="within_capacity"),
        sa.CheckConstraint("available_from <= available_until", name="available_order"),
        sa.Index("ix_senior_advisor_name", "name", "id"),
    )


class AdvisorState(columns.Table, table=True):
    """A state that an advisor covers."""

    __tablename__ = "advisor_state"

    advisor_id: str = columns.reference("senior_advisor.id", primary_key=True)
    state_id: str = columns.reference("state.id", primary_key=True, index=True, part=True)


class AdvisorConflict(columns.Table, table=True):
    """That an advisor can't advise a community; whoever applies for a position there is such a one."""

    __tablename__ = "advisor_conflict"

    id: str = columns.identity("conflict")
    advisor_id: str = columns.reference("senior_advisor.id")
    community_id: str = columns.reference("community.id", index=True)
    hiring_request_id: str | None = columns.reference("hiring_request.id", nullable=True, index=True)
    kind: ConflictKind = columns.choice(ConflictKind)
    reason: str | None = columns.text(1_000, nullable=True, private=True)
    declared_by: str = columns.reference("person.id", index=True)
    provenance: Provenance = columns.choice(Provenance)
    created_at: datetime.datetime = columns.time()
    updated_at: datetime.datetime = columns.time()

    __table_args__ = (
        sa.UniqueConstraint("advisor_id", "community_id"),
        sa.CheckConstraint("kind <> 'APPLICANT' OR hiring_request_id IS NOT NULL", name="applies_where"),
        sa.Index("ix_advisor_conflict_created", "created_at", "id"),
    )


class Assignment(columns.Table, table=True):
    """That an advisor advises on a request; a request has one open assignment at most."""

    __tablename__ = "assignment"

    id: str = columns.identity("assign")
    hiring_request_id: str = columns.reference("hiring_request.id")
    advisor_id: str = columns.reference("senior_advisor.id", index=True)
    state: AssignmentState = columns.choice(AssignmentState)
    why: str = columns.text(1_000)
    reason: str | None = columns.text(1_000, nullable=True)
    ended_at: datetime.datetime | None = columns.time(nullable=True)
    version: int = columns.version()
    provenance: Provenance = columns.choice(Provenance)
    created_at: datetime.datetime = columns.time()
    updated_at: datetime.datetime = columns.time()

    __table_args__ = (
        sa.CheckConstraint("(state = 'OPEN') = (ended_at IS NULL)", name="ended_when"),
        sa.CheckConstraint("state <> 'WITHDRAWN' OR reason IS NOT NULL", name="withdrawn_because"),
        sa.Index("ix_assignment_request", "hiring_request_id", "created_at", "id"),
        sa.Index("ix_assignment_created", "created_at", "id"),
        sa.Index(
            "ix_assignment_open",
            "hiring_request_id",
            unique=True,
            sqlite_where=sa.text("state = 'OPEN'"),
            postgresql_where=sa.text("state = 'OPEN'"),
        ),
    )


class AdvisorActivity(columns.Table, table=True):
    """What an advisor reports to have done in an assignment."""

    __tablename__ = "advisor_activity"

    id: str = columns.identity("advised")
    assignment_id: str = columns.reference("assignment.id")
    kind: ActivityKind = columns.choice(ActivityKind)
    done_on: datetime.date = columns.date()
    minutes: int = columns.integer(1, LONGEST_ACTIVITY)
    summary: str = columns.text(2_000, private=True)
    recorded_by: str = columns.reference("person.id", index=True)
    provenance: Provenance = columns.choice(Provenance)
    created_at: datetime.datetime = columns.time()
    updated_at: datetime.datetime = columns.time()

    __table_args__ = (
        sa.Index("ix_advisor_activity_assignment", "assignment_id", "done_on", "id"),
        sa.Index("ix_advisor_activity_done_on", "done_on", "id"),
    )
