"""Tables of who does what on a grant, and how it is decided."""

import datetime
from enum import StrEnum

import sqlalchemy as sa

from fund_api.core import columns
from fund_api.core.facts import Provenance
from fund_api.core.money import LARGEST, Currency


class Duty(StrEnum):
    """What somebody is on one grant. Nobody is two of these on the same grant."""

    APPLICANT = "APPLICANT"
    PREPARER = "PREPARER"
    REVIEWER = "REVIEWER"
    APPROVER = "APPROVER"
    PAYER = "PAYER"


class Recommendation(StrEnum):
    """What a reviewer recommends."""

    APPROVE = "APPROVE"
    DECLINE = "DECLINE"


class GrantDuty(columns.Table, table=True):
    """What a person is on a grant since their first act on it. A review and an approval stand for themselves."""

    __tablename__ = "grant_duty"

    id: str = columns.identity("duty")
    grant_id: str = columns.reference("grant.id")
    person_id: str = columns.reference("person.id", index=True)
    duty: Duty = columns.choice(Duty)
    provenance: Provenance = columns.choice(Provenance, default=Provenance.ENTERED)
    created_at: datetime.datetime = columns.time()

    __table_args__ = (sa.UniqueConstraint("grant_id", "person_id"),)


class Review(columns.Table, table=True):
    """How a reviewer scores an application, from 1 to 5, and what they recommend. For the fund alone."""

    __tablename__ = "review"

    id: str = columns.identity("review")
    grant_id: str = columns.reference("grant.id")
    reviewer_id: str = columns.reference("person.id", index=True)
    need: int = columns.integer(1, 5, private=True)
    feasibility: int = columns.integer(1, 5, private=True)
    local_support: int = columns.integer(1, 5, private=True)
    budget: int = columns.integer(1, 5, private=True)
    recommendation: Recommendation = columns.choice(Recommendation, private=True)
    comment: str = columns.text(5_000, private=True)
    provenance: Provenance = columns.choice(Provenance)
    created_at: datetime.datetime = columns.time()
    updated_at: datetime.datetime = columns.time()

    __table_args__ = (sa.UniqueConstraint("grant_id", "reviewer_id"),)


class Recusal(columns.Table, table=True):
    """A person's conflict of interest on a grant: they neither see its scores nor act on it any more."""

    __tablename__ = "recusal"

    id: str = columns.identity("recusal")
    grant_id: str = columns.reference("grant.id")
    person_id: str = columns.reference("person.id", index=True)
    reason: str = columns.text(2_000, private=True)
    provenance: Provenance = columns.choice(Provenance)
    created_at: datetime.datetime = columns.time()
    updated_at: datetime.datetime = columns.time()

    __table_args__ = (sa.UniqueConstraint("grant_id", "person_id"),)


class Approval(columns.Table, table=True):
    """An approver's yes to an amount. Above the program's threshold it takes two, of different people."""

    __tablename__ = "approval"

    id: str = columns.identity("approval")
    grant_id: str = columns.reference("grant.id")
    approver_id: str = columns.reference("person.id", index=True)
    amount: int = columns.integer(1, LARGEST)
    currency: Currency = columns.choice(Currency)
    reason: str | None = columns.text(2_000, nullable=True)
    provenance: Provenance = columns.choice(Provenance)
    created_at: datetime.datetime = columns.time()
    updated_at: datetime.datetime = columns.time()

    __table_args__ = (sa.UniqueConstraint("grant_id", "approver_id"),)
