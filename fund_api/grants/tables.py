"""Tables of programs and grants. The words are those of the field; `schema/grants.py` says what they mean to a reader.

All amounts are minor units of the row's currency. The CHECKs are the last word on money: whatever the code does, no
program promises more than it has, and no grant is paid beyond its award.
"""

import datetime
from enum import StrEnum

import sqlalchemy as sa

from fund_api.campaigns.work_tables import WHOLE
from fund_api.core import columns
from fund_api.core.facts import Provenance
from fund_api.core.money import LARGEST, Currency


class GrantStatus(StrEnum):
    """Where a grant stands in its life."""

    DRAFT = "DRAFT"
    SUBMITTED = "SUBMITTED"
    SCREENING = "SCREENING"
    MORE_INFO_REQUESTED = "MORE_INFO_REQUESTED"
    IN_REVIEW = "IN_REVIEW"
    IN_DECISION = "IN_DECISION"
    APPROVED = "APPROVED"
    DECLINED = "DECLINED"
    AGREEMENT_SIGNED = "AGREEMENT_SIGNED"
    ACTIVE = "ACTIVE"
    SUSPENDED = "SUSPENDED"
    CLOSING = "CLOSING"
    COMPLETED = "COMPLETED"
    WITHDRAWN = "WITHDRAWN"
    CANCELLED = "CANCELLED"


AWARDED = (
    *(GrantStatus.APPROVED, GrantStatus.AGREEMENT_SIGNED, GrantStatus.ACTIVE, GrantStatus.SUSPENDED),
    *(GrantStatus.CLOSING, GrantStatus.COMPLETED, GrantStatus.CANCELLED),
)
"""Where a grant stands once it was approved."""
_IN_AWARDED = ", ".join(f"'{status}'" for status in AWARDED)


class MatchingPolicy(StrEnum):
    """Whether a program asks for money of others beside its own."""

    NONE = "NONE"
    PLEDGED = "PLEDGED"
    VERIFIED = "VERIFIED"


class FundingProgram(columns.Table, table=True):
    """One budget of one fiscal year. `available` is what is neither promised nor paid, and never below zero."""

    __tablename__ = "funding_program"

    id: str = columns.identity("fprog")
    fiscal_year_id: str = columns.reference("fiscal_year.id")
    name: str = columns.text(200)
    name_folded: str = columns.text(400)
    currency: Currency = columns.choice(Currency)
    appropriation: int = columns.integer(0, LARGEST)
    encumbered: int = columns.integer(0, LARGEST)
    expended: int = columns.integer(0, LARGEST)
    available: int | None = columns.derived(sa.BigInteger, "appropriation - encumbered - expended")
    grant_minimum: int = columns.integer(1, LARGEST)
    grant_maximum: int = columns.integer(1, LARGEST)
    approval_threshold: int | None = columns.integer(0, LARGEST, nullable=True)
    matching_policy: MatchingPolicy = columns.choice(MatchingPolicy)
    match_hundredths: int | None = columns.integer(1, 10 * WHOLE, nullable=True)
    approves_after_election: bool = columns.flag()
    reviews_needed: int = columns.integer(0, 20)
    opens_on: datetime.date = columns.date()
    closes_on: datetime.date = columns.date()
    closed_at: datetime.datetime | None = columns.time(nullable=True)
    version: int = columns.version()
    provenance: Provenance = columns.choice(Provenance)
    created_at: datetime.datetime = columns.time()
    updated_at: datetime.datetime = columns.time()

    __table_args__ = (
        sa.UniqueConstraint("fiscal_year_id", "name_folded"),
        sa.CheckConstraint("encumbered + expended <= appropriation", name="within_appropriation"),
        sa.CheckConstraint("grant_minimum <= grant_maximum", name="grant_bounds"),
        sa.CheckConstraint("opens_on <= closes_on", name="open_order"),
        sa.CheckConstraint("(matching_policy = 'NONE') = (match_hundredths IS NULL)", name="match_share"),
        sa.Index("ix_funding_program_name", "name", "id"),
        sa.Index("ix_funding_program_closes_on", "closes_on", "id"),
    )


class Grant(columns.Table, table=True):
    """Money for a campaign: one row from the draft to the close-out.

    `scheduled` is what its live tranches come to, `disbursed` what was paid and did not come back, `returned` what came
    back, `released` what was promised and will not be paid; `encumbered` is what is still promised.
    """

    __tablename__ = "grant"

    id: str = columns.identity("grant")
    program_id: str = columns.reference("funding_program.id")
    campaign_id: str = columns.reference("campaign.id")
    community_id: str = columns.reference("community.id")
    status: GrantStatus = columns.choice(GrantStatus)
    status_since: datetime.datetime = columns.time()
    reason: str | None = columns.text(2_000, nullable=True)
    purpose: str = columns.text(5_000)
    payee: str | None = columns.text(200, nullable=True)
    payee_registration: str | None = columns.text(100, nullable=True)
    currency: Currency = columns.choice(Currency)
    requested: int = columns.integer(1, LARGEST)
    awarded: int | None = columns.integer(1, LARGEST, nullable=True)
    scheduled: int = columns.integer(0, LARGEST)
    disbursed: int = columns.integer(0, LARGEST)
    returned: int = columns.integer(0, LARGEST)
    released: int = columns.integer(0, LARGEST)
    encumbered: int | None = columns.derived(sa.BigInteger, "coalesce(awarded, 0) - disbursed - returned - released")
    submitted_at: datetime.datetime | None = columns.time(nullable=True)
    decided_at: datetime.datetime | None = columns.time(nullable=True)
    agreement_on: datetime.date | None = columns.date(nullable=True)
    closed_at: datetime.datetime | None = columns.time(nullable=True)
    version: int = columns.version()
    provenance: Provenance = columns.choice(Provenance)
    created_at: datetime.datetime = columns.time()
    updated_at: datetime.datetime = columns.time()

    __table_args__ = (
        sa.CheckConstraint("awarded <= requested", name="awarded_within_request"),
        sa.CheckConstraint(f"(status IN ({_IN_AWARDED})) = (awarded IS NOT NULL)", name="awarded_once_approved"),
        sa.CheckConstraint("scheduled <= coalesce(awarded, 0)", name="scheduled_within_award"),
        sa.CheckConstraint("disbursed + returned <= scheduled", name="paid_within_scheduled"),
        sa.CheckConstraint("disbursed + returned + released <= coalesce(awarded, 0)", name="settled_within_award"),
        sa.CheckConstraint(
            "status NOT IN ('COMPLETED', 'CANCELLED') OR disbursed + returned + released = awarded",
            name="settled_at_the_end",
        ),
        sa.Index("ix_grant_campaign", "campaign_id", "id"),
        sa.Index("ix_grant_community", "community_id", "id"),
        sa.Index("ix_grant_program", "program_id", "id"),
        sa.Index("ix_grant_status", "status", "status_since", "id"),
        sa.Index("ix_grant_status_since", "status_since", "id"),
        sa.Index("ix_grant_requested", "requested", "id"),
        *columns.both_null_orders("grant", "submitted_at"),
        *columns.both_null_orders("grant", "decided_at"),
    )


class BudgetLine(columns.Table, table=True):
    """What a part of the money is for; the lines of a grant add up to what it asks for."""

    __tablename__ = "budget_line"

    id: str = columns.identity("line")
    grant_id: str = columns.reference("grant.id")
    place: int = columns.integer(1, 100)
    description: str = columns.text(500)
    amount: int = columns.integer(1, LARGEST)
    currency: Currency = columns.choice(Currency)
    provenance: Provenance = columns.choice(Provenance)
    created_at: datetime.datetime = columns.time()
    updated_at: datetime.datetime = columns.time()

    __table_args__ = (sa.UniqueConstraint("grant_id", "place"), sa.Index("ix_budget_line_place", "place", "id"))
