"""Tables of the work on campaigns: who belongs to them, what helps them, what the law asks of them, who is told."""

import datetime
from enum import StrEnum

import sqlalchemy as sa

from fund_api.campaigns.tables import Route
from fund_api.communities.tables import CampaignKind, CommunityKind
from fund_api.core import columns
from fund_api.core.facts import Provenance
from fund_api.core.money import LARGEST, Currency

WHOLE = 10_000
"""All of something, in hundredths of a percent."""


class SupportKind(StrEnum):
    """Help without money."""

    ADVICE = "ADVICE"
    TESTIMONY = "TESTIMONY"
    SPEAKER = "SPEAKER"
    MATERIALS = "MATERIALS"
    ADVERTISING = "ADVERTISING"
    TRAVEL = "TRAVEL"


class RequestState(StrEnum):
    """What became of a request for support."""

    RECEIVED = "RECEIVED"
    ACCEPTED = "ACCEPTED"
    DECLINED = "DECLINED"


class NoticeKind(StrEnum):
    """What a notice tells."""

    SUPPORT_ACCEPTED = "SUPPORT_ACCEPTED"
    MORE_INFORMATION_ASKED = "MORE_INFORMATION_ASKED"
    MILESTONE_DUE = "MILESTONE_DUE"
    GRANT_DECIDED = "GRANT_DECIDED"
    GRANT_CHANGED = "GRANT_CHANGED"
    PAYMENT_RECORDED = "PAYMENT_RECORDED"
    REPORT_DECIDED = "REPORT_DECIDED"
    HIRING_CHANGED = "HIRING_CHANGED"
    FOLLOW_UP_DUE = "FOLLOW_UP_DUE"


class CampaignMember(columns.Table, table=True):
    """A person who belongs to a campaign."""

    __tablename__ = "campaign_member"

    id: str = columns.identity("member")
    campaign_id: str = columns.reference("campaign.id")
    person_id: str = columns.reference("person.id")
    provenance: Provenance = columns.choice(Provenance)
    created_at: datetime.datetime = columns.time()
    updated_at: datetime.datetime = columns.time()

    __table_args__ = (
        sa.UniqueConstraint("campaign_id", "person_id"),
        sa.Index("ix_campaign_member_person", "person_id", "campaign_id"),
    )


class OrganizationMember(columns.Table, table=True):
    """A person who belongs to an organization."""

    __tablename__ = "organization_member"

    id: str = columns.identity("orgmem")
    organization_id: str = columns.reference("organization.id")
    person_id: str = columns.reference("person.id")
    provenance: Provenance = columns.choice(Provenance)
    created_at: datetime.datetime = columns.time()
    updated_at: datetime.datetime = columns.time()

    __table_args__ = (
        sa.UniqueConstraint("organization_id", "person_id"),
        sa.Index("ix_organization_member_person", "person_id", "organization_id"),
    )


class SupportEngagement(columns.Table, table=True):
    """Help without money that the fund gave a campaign; its value, in minor units, counts in disclosures."""

    __tablename__ = "support_engagement"

    id: str = columns.identity("support")
    campaign_id: str = columns.reference("campaign.id")
    kind: SupportKind = columns.choice(SupportKind)
    given_on: datetime.date = columns.date()
    in_kind_value: int = columns.integer(0, LARGEST)
    currency: Currency = columns.choice(Currency)
    lobbying: bool = columns.flag()
    description: str | None = columns.text(2_000, nullable=True)
    provenance: Provenance = columns.choice(Provenance)
    created_at: datetime.datetime = columns.time()
    updated_at: datetime.datetime = columns.time()

    __table_args__ = (
        sa.Index("ix_support_engagement_campaign", "campaign_id", "given_on", "id"),
        sa.Index("ix_support_engagement_given_on", "given_on", "id"),
    )


class SupportRequest(columns.Table, table=True):
    """Somebody's request that the fund support a campaign; whoever holds its secret may look its state up."""

    __tablename__ = "support_request"

    id: str = columns.identity("request")
    name: str = columns.text(200, private=True)
    email: str = columns.text(254, private=True)
    community_id: str = columns.reference("community.id", index=True)
    kind: CampaignKind = columns.choice(CampaignKind)
    message: str = columns.text(5_000, private=True)
    state: RequestState = columns.choice(RequestState)
    reason: str | None = columns.text(1_000, nullable=True)
    campaign_id: str | None = columns.reference("campaign.id", nullable=True, index=True)
    secret_hash: str = columns.secret(unique=True)
    decided_at: datetime.datetime | None = columns.time(nullable=True)
    decided_by: str | None = columns.reference("person.id", nullable=True, index=True)
    version: int = columns.version()
    provenance: Provenance = columns.choice(Provenance)
    created_at: datetime.datetime = columns.time()
    updated_at: datetime.datetime = columns.time()

    __table_args__ = (
        sa.CheckConstraint("(state = 'RECEIVED') = (decided_at IS NULL)", name="decided"),
        sa.CheckConstraint("(state = 'ACCEPTED') = (campaign_id IS NOT NULL)", name="accepted_into"),
        sa.CheckConstraint("(state = 'DECLINED') = (reason IS NOT NULL)", name="declined_because"),
        sa.Index("ix_support_request_state", "state", "created_at", "id"),
    )


class ProcedureRule(columns.Table, table=True):
    """What the law of a state asks on a route, as a citation says it. Shares are hundredths of a percent."""

    __tablename__ = "procedure_rule"

    id: str = columns.identity("rule")
    state_code: str = columns.reference("state.code", part=True)
    route: Route = columns.choice(Route)
    applies_to: CommunityKind | None = columns.choice(CommunityKind, nullable=True)
    threshold_hundredths: int | None = columns.integer(1, WHOLE, nullable=True)
    threshold_base: str | None = columns.text(200, nullable=True)
    days_before_election: int | None = columns.integer(0, 3_650, nullable=True)
    approval_hundredths: int | None = columns.integer(1, WHOLE, nullable=True)
    citation: str = columns.text(500)
    note: str | None = columns.text(1_000, nullable=True)
    provenance: Provenance = columns.choice(Provenance)
    created_at: datetime.datetime = columns.time()
    updated_at: datetime.datetime = columns.time()

    __table_args__ = (
        sa.CheckConstraint("(threshold_hundredths IS NULL) = (threshold_base IS NULL)", name="threshold_of"),
        sa.Index("ix_procedure_rule_state", "state_code", "route", "id"),
    )


class Notice(columns.Table, table=True):
    """Something that a person is told, here and, where mail is set up, by mail. A milestone is told once.

    Campaigns know nothing of grants and hiring, so their ids are kept as the log keeps ids: as text, without a foreign
    key. Its text is private: it may say what few may read, and goes with whom it was written for.
    """

    __tablename__ = "notice"

    id: str = columns.identity("notice")
    person_id: str = columns.reference("person.id")
    kind: NoticeKind = columns.choice(NoticeKind)
    campaign_id: str | None = columns.reference("campaign.id", nullable=True, index=True)
    milestone_id: str | None = columns.reference("milestone.id", nullable=True, index=True)
    grant_id: str | None = columns.text(40, nullable=True)
    hiring_request_id: str | None = columns.text(40, nullable=True)
    text: str = columns.text(2_000, private=True)
    read_at: datetime.datetime | None = columns.time(nullable=True)
    mailed_at: datetime.datetime | None = columns.time(nullable=True)
    provenance: Provenance = columns.choice(Provenance, default=Provenance.ENTERED)
    created_at: datetime.datetime = columns.time()
    updated_at: datetime.datetime = columns.time()

    __table_args__ = (
        sa.UniqueConstraint("person_id", "kind", "milestone_id"),
        sa.Index("ix_notice_person", "person_id", "created_at", "id"),
        sa.Index("ix_notice_mailed_at", "mailed_at", "id"),
    )
