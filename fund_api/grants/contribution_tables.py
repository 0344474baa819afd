"""The table of contributions; `schema/contributions.py` says what they mean to a reader."""

import datetime

import sqlalchemy as sa

from fund_api.core import columns
from fund_api.core.facts import Provenance
from fund_api.core.money import LARGEST, Currency


class Contribution(columns.Table, table=True):
    """A sum that the fund is reported to have given to a campaign, in minor units: no workflow, no ledger."""

    __tablename__ = "contribution"

    id: str = columns.identity("contrib")
    campaign_id: str = columns.reference("campaign.id")
    community_id: str = columns.reference("community.id")
    amount: int = columns.integer(1, LARGEST)
    currency: Currency = columns.choice(Currency)
    source_id: str = columns.reference("source.id")
    note: str | None = columns.text(1_000, nullable=True)
    provenance: Provenance = columns.choice(Provenance)
    created_at: datetime.datetime = columns.time()
    updated_at: datetime.datetime = columns.time()

    __table_args__ = (
        sa.Index("ix_contribution_amount", "amount", "id"),
        sa.Index("ix_contribution_campaign", "campaign_id", "amount", "id"),
        sa.Index("ix_contribution_community", "community_id", "amount", "id"),
    )
