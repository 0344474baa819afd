"""Tables of hiring support: what a community asks for, and whom it hired."""

import datetime
from enum import StrEnum

import sqlalchemy as sa

from fund_api.core import columns
from fund_api.core.facts import Provenance
from fund_api.core.money import LARGEST, Currency


class HiringStage(StrEnum):
    """How far a request has come."""

    RECEIVED = "RECEIVED"
    TRIAGED = "TRIAGED"
    ADVISOR_MATCHED = "ADVISOR_MATCHED"
    POSITION_CREATION = "POSITION_CREATION"
    PROFILE_DRAFTED = "PROFILE_DRAFTED"
    RECRUITING = "RECRUITING"
    FINALISTS = "FINALISTS"
    OFFER = "OFFER"
    APPOINTED = "APPOINTED"
    FOLLOW_UP = "FOLLOW_UP"
    ON_HOLD = "ON_HOLD"
    CLOSED = "CLOSED"
    DECLINED = "DECLINED"


HIRED = (HiringStage.APPOINTED, HiringStage.FOLLOW_UP)
"""Where a request stands once somebody was hired, unless it was closed."""
ENDED = (HiringStage.CLOSED, HiringStage.DECLINED)
"""Where nothing happens any more."""
_NEVER_HELD = ", ".join(f"'{stage}'" for stage in (HiringStage.ON_HOLD, *ENDED))


class CreationRoute(StrEnum):
    """The legal way in which the position comes to be."""

    ORDINANCE = "ORDINANCE"
    CHARTER = "CHARTER"
    STATE_OPTIONAL_FORM = "STATE_OPTIONAL_FORM"
    SPECIAL_ACT = "SPECIAL_ACT"


class SearchMode(StrEnum):
    """Who leads the search."""

    SELF = "SELF"
    FIRM = "FIRM"
    ADVISOR = "ADVISOR"


class HiringRequest(columns.Table, table=True):
    """A community's request for help with hiring. Whoever holds its secret may look its stage up.

    `stage_since` stays when a request goes back because its advisor left. `held_stage` is where a request that is on
    hold goes on; `salary_minimum` and `salary_maximum` are of a year.
    """

    __tablename__ = "hiring_request"

    id: str = columns.identity("hire")
    community_id: str = columns.reference("community.id", index=True)
    campaign_id: str | None = columns.reference("campaign.id", nullable=True, index=True)
    person_id: str | None = columns.reference("person.id", nullable=True, index=True)
    contact_name: str = columns.text(200, private=True)
    contact_email: str = columns.text(254, private=True)
    contact_phone: str | None = columns.text(50, nullable=True, private=True)
    message: str = columns.text(5_000, private=True)
    first_manager: bool = columns.flag()
    creation_route: CreationRoute | None = columns.choice(CreationRoute, nullable=True)
    interim_needed: bool = columns.flag()
    search_mode: SearchMode | None = columns.choice(SearchMode, nullable=True)
    currency: Currency = columns.choice(Currency)
    budget: int | None = columns.integer(0, LARGEST, nullable=True)
    salary_minimum: int | None = columns.integer(1, LARGEST, nullable=True, private=True)
    salary_maximum: int | None = columns.integer(1, LARGEST, nullable=True, private=True)
    target_on: datetime.date | None = columns.date(nullable=True)
    stage: HiringStage = columns.choice(HiringStage)
    stage_since: datetime.datetime = columns.time()
    held_stage: HiringStage | None = columns.choice(HiringStage, nullable=True)
    reason: str | None = columns.text(2_000, nullable=True)
    secret_hash: str = columns.secret(unique=True)
    version: int = columns.version()
    provenance: Provenance = columns.choice(Provenance)
    created_at: datetime.datetime = columns.time()
    updated_at: datetime.datetime = columns.time()

    __table_args__ = (
        sa.CheckConstraint("salary_minimum <= salary_maximum", name="salary_order"),
        sa.CheckConstraint("(stage = 'ON_HOLD') = (held_stage IS NOT NULL)", name="held_where"),
        sa.CheckConstraint(f"held_stage NOT IN ({_NEVER_HELD})", name="held_in_work"),
        sa.CheckConstraint("stage NOT IN ('DECLINED', 'ON_HOLD', 'CLOSED') OR reason IS NOT NULL", name="told_why"),
        sa.Index("ix_hiring_request_stage", "stage", "stage_since", "id"),
        sa.Index("ix_hiring_request_stage_since", "stage_since", "id"),
        sa.Index("ix_hiring_request_created", "created_at", "id"),
        *columns.both_null_orders("hiring_request", "target_on"),
    )


class HiringPracticeArea(columns.Table, table=True):
    """A practice area that a community asks its manager to bring."""

    __tablename__ = "hiring_practice_area"

    hiring_request_id: str = columns.reference("hiring_request.id", primary_key=True)
    practice_area_id: str = columns.reference("practice_area.id", primary_key=True, index=True)


class ManagerPlacement(columns.Table, table=True):
    """That a community hired a manager. The name is private until it is published."""

    __tablename__ = "manager_placement"

    id: str = columns.identity("placed")
    hiring_request_id: str = columns.reference("hiring_request.id", index=True)
    community_id: str = columns.reference("community.id", index=True)
    title: str = columns.text(200)
    manager_name: str = columns.text(200, private=True)
    first_manager: bool = columns.flag()
    appointed_on: datetime.date = columns.date()
    starts_on: datetime.date | None = columns.date(nullable=True)
    days_to_appointment: int = columns.integer(0, 36_600)
    published_at: datetime.datetime | None = columns.time(nullable=True)
    version: int = columns.version()
    provenance: Provenance = columns.choice(Provenance)
    created_at: datetime.datetime = columns.time()
    updated_at: datetime.datetime = columns.time()

    __table_args__ = (
        sa.UniqueConstraint("hiring_request_id"),
        sa.CheckConstraint("starts_on >= appointed_on", name="starts_after"),
        sa.Index("ix_manager_placement_appointed", "appointed_on", "id"),
    )


class FollowUp(columns.Table, table=True):
    """A talk with the community and its manager some months after the appointment."""

    __tablename__ = "follow_up"

    id: str = columns.identity("follow")
    placement_id: str = columns.reference("manager_placement.id")
    months: int = columns.integer(1, 60)
    due_on: datetime.date = columns.date()
    done_on: datetime.date | None = columns.date(nullable=True)
    note: str | None = columns.text(2_000, nullable=True, private=True)
    told: bool = columns.told()
    version: int = columns.version()
    provenance: Provenance = columns.choice(Provenance)
    created_at: datetime.datetime = columns.time()
    updated_at: datetime.datetime = columns.time()

    __table_args__ = (
        sa.UniqueConstraint("placement_id", "months"),
        sa.CheckConstraint("done_on IS NOT NULL OR note IS NULL", name="note_when_done"),
        sa.Index("ix_follow_up_due_on", "due_on", "id"),
    )
