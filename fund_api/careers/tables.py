"""Tables of programs: what is offered to those who are to manage communities next, and when it takes place."""

import datetime
from enum import StrEnum

import sqlalchemy as sa

from fund_api.core import columns
from fund_api.core.facts import Provenance
from fund_api.core.money import LARGEST, Currency
from fund_api.library.tables import TagBasis

MOST_SEATS = 100_000
"""Seats of one session or cohort."""


class ProgramKind(StrEnum):
    """What a program is."""

    FELLOWSHIP = "FELLOWSHIP"
    WORKSHOP = "WORKSHOP"
    COURSE = "COURSE"
    COACHING = "COACHING"
    SCHOLARSHIP = "SCHOLARSHIP"
    INTERNSHIP = "INTERNSHIP"
    ASSESSMENT = "ASSESSMENT"


class SessionMode(StrEnum):
    """How people attend a session."""

    IN_PERSON = "IN_PERSON"
    ONLINE = "ONLINE"
    HYBRID = "HYBRID"


class Program(columns.Table, table=True):
    """Something that people join to learn the profession or to come into it. Without a state it is for all of them."""

    __tablename__ = "program"

    id: str = columns.identity("program")
    slug: str = columns.text(120, unique=True)
    name: str = columns.text(200)
    name_folded: str = columns.text(400)
    summary: str | None = columns.text(2_000, nullable=True)
    kind: ProgramKind = columns.choice(ProgramKind)
    kind_basis: TagBasis = columns.choice(TagBasis)
    provider: str | None = columns.text(200, nullable=True)
    url: str | None = columns.text(500, nullable=True)
    resource_id: str | None = columns.reference("resource.id", nullable=True, index=True)
    state_code: str | None = columns.reference("state.code", nullable=True, index=True)
    published_at: datetime.datetime | None = columns.time(nullable=True)
    version: int = columns.version()
    provenance: Provenance = columns.choice(Provenance)
    created_at: datetime.datetime = columns.time()
    updated_at: datetime.datetime = columns.time()

    __table_args__ = (sa.Index("ix_program_name", "name", "id"), sa.Index("ix_program_kind", "kind", "id"))


class ProgramPracticeArea(columns.Table, table=True):
    """A practice area that a program teaches."""

    __tablename__ = "program_practice_area"

    program_id: str = columns.reference("program.id", primary_key=True)
    practice_area_id: str = columns.reference("practice_area.id", primary_key=True, index=True)


class ProgramSession(columns.Table, table=True):
    """When a program takes place. Without hours it lasts whole days; its days are those of its place.

    `time_zone` is a name of the IANA database; `registered` is how many seats are taken, as the provider says.
    """

    __tablename__ = "program_session"

    id: str = columns.identity("session")
    program_id: str = columns.reference("program.id", index=True)
    title: str = columns.text(200)
    starts_on: datetime.date = columns.date()
    ends_on: datetime.date = columns.date()
    starts_at: datetime.datetime | None = columns.time(nullable=True)
    ends_at: datetime.datetime | None = columns.time(nullable=True)
    time_zone: str | None = columns.text(64, nullable=True)
    mode: SessionMode = columns.choice(SessionMode)
    place: str | None = columns.text(300, nullable=True)
    state_code: str | None = columns.reference("state.code", nullable=True, index=True)
    currency: Currency = columns.choice(Currency)
    price: int | None = columns.integer(0, LARGEST, nullable=True)
    capacity: int | None = columns.integer(1, MOST_SEATS, nullable=True)
    registered: int = columns.integer(0, MOST_SEATS)
    seats_left: int | None = columns.derived(sa.Integer, "capacity - registered")
    has_seats: bool | None = columns.derived(sa.Boolean, "capacity IS NULL OR capacity > registered")
    registration_url: str | None = columns.text(500, nullable=True)
    registration_closes_on: datetime.date | None = columns.date(nullable=True)
    cancelled_at: datetime.datetime | None = columns.time(nullable=True)
    reason: str | None = columns.text(1_000, nullable=True)
    version: int = columns.version()
    provenance: Provenance = columns.choice(Provenance)
    created_at: datetime.datetime = columns.time()
    updated_at: datetime.datetime = columns.time()

    __table_args__ = (
        sa.CheckConstraint("starts_on <= ends_on", name="day_order"),
        sa.CheckConstraint("starts_at < ends_at", name="hour_order"),
        sa.CheckConstraint("(starts_at IS NULL) = (ends_at IS NULL)", name="begins_and_ends"),
        sa.CheckConstraint("(starts_at IS NULL) = (time_zone IS NULL)", name="zone_of_hours"),
        sa.CheckConstraint("mode = 'ONLINE' OR place IS NOT NULL", name="takes_place"),
        sa.CheckConstraint("registered <= capacity", name="within_capacity"),
        sa.CheckConstraint("registration_closes_on <= ends_on", name="registration_order"),
        sa.CheckConstraint("(cancelled_at IS NULL) = (reason IS NULL)", name="cancelled_because"),
        sa.Index("ix_program_session_starts_on", "starts_on", "id"),
        *columns.both_null_orders("program_session", "price"),
    )
