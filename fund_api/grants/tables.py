"""Tables of grants. The words are those of the field; `schema/grants.py` says what they mean to a reader."""

import datetime
from enum import StrEnum

import sqlalchemy as sa

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


class Grant(columns.Table, table=True):
    """Money for a campaign: one row from the draft to the close-out. Amounts are minor units of its currency."""

    __tablename__ = "grant"

    id: str = columns.identity("grant")
    campaign_id: str = columns.reference("campaign.id")
    status: GrantStatus = columns.choice(GrantStatus)
    purpose: str = columns.text(5_000)
    currency: Currency = columns.choice(Currency)
    requested: int = columns.integer(1, LARGEST)
    awarded: int | None = columns.integer(1, LARGEST, nullable=True)
    disbursed: int = columns.integer(0, LARGEST)
    submitted_at: datetime.datetime | None = columns.time(nullable=True)
    decided_at: datetime.datetime | None = columns.time(nullable=True)
    provenance: Provenance = columns.choice(Provenance)
    created_at: datetime.datetime = columns.time()
    updated_at: datetime.datetime = columns.time()

    __table_args__ = (
        sa.CheckConstraint("disbursed <= coalesce(awarded, 0)", name="disbursed_within_award"),
        sa.Index("ix_grant_campaign", "campaign_id", "id"),
        sa.Index("ix_grant_requested", "requested", "id"),
        *columns.both_null_orders("grant", "submitted_at"),
        *columns.both_null_orders("grant", "decided_at"),
    )
