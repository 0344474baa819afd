"""Tables of campaigns. The words are those of the field; `schema/campaigns.py` says what they mean to a reader."""

import datetime
from enum import StrEnum

import sqlalchemy as sa

from fund_api.communities.tables import CampaignKind, FormOfGovernment
from fund_api.core import columns
from fund_api.core.facts import Confidence, DatePrecision, Provenance
from fund_api.core.search_index import word_index

MOST_VOTES = 1_000_000_000


class OrganizationKind(StrEnum):
    """What an organization is."""

    RESIDENTS_GROUP = "RESIDENTS_GROUP"
    ASSOCIATION = "ASSOCIATION"
    LOCAL_GOVERNMENT = "LOCAL_GOVERNMENT"
    OTHER = "OTHER"


class Route(StrEnum):
    """The legal way by which the question reaches its decision."""

    CITIZEN_PETITION = "CITIZEN_PETITION"
    COUNCIL_REFERRAL = "COUNCIL_REFERRAL"
    CHARTER_COMMISSION = "CHARTER_COMMISSION"
    ORDINANCE = "ORDINANCE"
    STATE_OPTIONAL_FORM = "STATE_OPTIONAL_FORM"
    SPECIAL_ACT = "SPECIAL_ACT"


class Stage(StrEnum):
    """How far a campaign has come."""

    INQUIRY = "INQUIRY"
    EXPLORING = "EXPLORING"
    ORGANIZING = "ORGANIZING"
    QUALIFYING = "QUALIFYING"
    ON_BALLOT = "ON_BALLOT"
    DECIDED = "DECIDED"
    TRANSITION = "TRANSITION"
    CLOSED = "CLOSED"


class Outcome(StrEnum):
    """What became of the form of government."""

    ADOPTED = "ADOPTED"
    REJECTED = "REJECTED"
    RETAINED = "RETAINED"
    ABANDONED = "ABANDONED"
    WITHDRAWN = "WITHDRAWN"
    DETERRED = "DETERRED"
    DECLINED = "DECLINED"
    CONTESTED = "CONTESTED"


class MeasureKind(StrEnum):
    """The direction of the change that a ballot measure proposed."""

    ADOPTION = "ADOPTION"
    ABANDONMENT = "ABANDONMENT"
    OTHER = "OTHER"


class Stance(StrEnum):
    """A side on the proposed change."""

    FOR_CHANGE = "FOR_CHANGE"
    AGAINST_CHANGE = "AGAINST_CHANGE"


class FundPosition(StrEnum):
    """The side that the fund took on a measure."""

    FOR_CHANGE = "FOR_CHANGE"
    AGAINST_CHANGE = "AGAINST_CHANGE"
    NONE = "NONE"


class ResultStatus(StrEnum):
    """How official a result is."""

    NONE = "NONE"
    REPORTED = "REPORTED"
    PROVISIONAL = "PROVISIONAL"
    CERTIFIED = "CERTIFIED"
    CONTESTED = "CONTESTED"


class MilestoneKind(StrEnum):
    """A step on the way to a decision and into the new form."""

    PETITION_FILED = "PETITION_FILED"
    SIGNATURES_VERIFIED = "SIGNATURES_VERIFIED"
    COMMISSION_ELECTED = "COMMISSION_ELECTED"
    REPORT_ISSUED = "REPORT_ISSUED"
    BALLOT_CERTIFIED = "BALLOT_CERTIFIED"
    ELECTION_DAY = "ELECTION_DAY"
    RESULT_CERTIFIED = "RESULT_CERTIFIED"
    EFFECTIVE = "EFFECTIVE"
    MANAGER_HIRED = "MANAGER_HIRED"


class Organization(columns.Table, table=True):
    """A group that runs or supports campaigns."""

    __tablename__ = "organization"

    id: str = columns.identity("org")
    name: str = columns.text(200)
    name_folded: str = columns.text(400)
    search_text: str = columns.search_text()
    kind: OrganizationKind = columns.choice(OrganizationKind)
    community_id: str | None = columns.reference("community.id", nullable=True, index=True)
    website: str | None = columns.text(500, nullable=True)
    provenance: Provenance = columns.choice(Provenance)
    created_at: datetime.datetime = columns.time()
    updated_at: datetime.datetime = columns.time()

    __table_args__ = (sa.Index("ix_organization_name", "name", "id"), word_index("organization"))


class Campaign(columns.Table, table=True):
    """A drive to change or defend a community's form of government; the public sees it once it is published."""

    __tablename__ = "campaign"

    id: str = columns.identity("camp")
    community_id: str = columns.reference("community.id")
    organization_id: str | None = columns.reference("organization.id", nullable=True, index=True)
    title: str = columns.text(300)
    title_folded: str = columns.text(600)
    search_text: str = columns.search_text()
    summary: str | None = columns.text(5_000, nullable=True)
    kind: CampaignKind = columns.choice(CampaignKind)
    route: Route | None = columns.choice(Route, nullable=True)
    stage: Stage = columns.choice(Stage)
    outcome: Outcome | None = columns.choice(Outcome, nullable=True)
    opened_on: datetime.date | None = columns.date(nullable=True)
    election_on: datetime.date | None = columns.date(nullable=True)
    election_on_precision: DatePrecision | None = columns.choice(DatePrecision, nullable=True)
    date_inferred: bool = columns.flag()
    published_at: datetime.datetime | None = columns.time(nullable=True)
    version: int = columns.version()
    provenance: Provenance = columns.choice(Provenance)
    created_at: datetime.datetime = columns.time()
    updated_at: datetime.datetime = columns.time()

    __table_args__ = (
        sa.CheckConstraint("(election_on IS NULL) = (election_on_precision IS NULL)", name="election_precision"),
        sa.Index("ix_campaign_title", "title", "id"),
        *columns.both_null_orders("campaign", "election_on"),
        *columns.both_null_orders("campaign", "election_on", within="kind"),
        *columns.both_null_orders("campaign", "election_on", within="community_id"),
        word_index("campaign"),
    )


class BallotMeasure(columns.Table, table=True):
    """One question on one ballot. Votes are counted for and against the change, whatever the wording."""

    __tablename__ = "ballot_measure"

    id: str = columns.identity("measure")
    campaign_id: str = columns.reference("campaign.id")
    question: str = columns.text(1_000)
    question_folded: str = columns.text(2_000)
    search_text: str = columns.search_text()
    kind: MeasureKind = columns.choice(MeasureKind)
    election_on: datetime.date | None = columns.date(nullable=True)
    election_on_precision: DatePrecision | None = columns.choice(DatePrecision, nullable=True)
    date_inferred: bool = columns.flag()
    votes_for: int | None = columns.integer(0, MOST_VOTES, nullable=True)
    votes_against: int | None = columns.integer(0, MOST_VOTES, nullable=True)
    margin: int | None = columns.derived(sa.Integer, "abs(votes_for - votes_against)")
    percent_for: float | None = columns.number(0, 100, nullable=True)
    percent_against: float | None = columns.number(0, 100, nullable=True)
    passed: bool | None = columns.flag(nullable=True)
    result_status: ResultStatus = columns.choice(ResultStatus)
    yes_means: Stance | None = columns.choice(Stance, nullable=True)
    fund_position: FundPosition | None = columns.choice(FundPosition, nullable=True)
    form_before: FormOfGovernment | None = columns.choice(FormOfGovernment, nullable=True)
    form_after: FormOfGovernment | None = columns.choice(FormOfGovernment, nullable=True)
    note: str | None = columns.text(1_000, nullable=True)
    as_of: datetime.date | None = columns.date(nullable=True)
    confidence: Confidence | None = columns.choice(Confidence, nullable=True)
    version: int = columns.version()
    provenance: Provenance = columns.choice(Provenance)
    created_at: datetime.datetime = columns.time()
    updated_at: datetime.datetime = columns.time()

    __table_args__ = (
        sa.CheckConstraint("(election_on IS NULL) = (election_on_precision IS NULL)", name="election_precision"),
        *columns.both_null_orders("ballot_measure", "election_on"),
        *columns.both_null_orders("ballot_measure", "margin"),
        sa.Index("ix_ballot_measure_campaign", "campaign_id", "election_on", "id"),
        word_index("ballot_measure"),
    )


class BallotMeasureSource(columns.Table, table=True):
    """Which sources speak of which measure."""

    __tablename__ = "ballot_measure_source"

    ballot_measure_id: str = columns.reference("ballot_measure.id", primary_key=True)
    source_id: str = columns.reference("source.id", primary_key=True, index=True)


class CampaignResource(columns.Table, table=True):
    """Which resources a campaign uses."""

    __tablename__ = "campaign_resource"

    campaign_id: str = columns.reference("campaign.id", primary_key=True)
    resource_id: str = columns.reference("resource.id", primary_key=True, index=True)


class Milestone(columns.Table, table=True):
    """A dated step of a campaign."""

    __tablename__ = "milestone"

    id: str = columns.identity("mile")
    campaign_id: str = columns.reference("campaign.id")
    kind: MilestoneKind = columns.choice(MilestoneKind)
    due_on: datetime.date | None = columns.date(nullable=True)
    done_on: datetime.date | None = columns.date(nullable=True)
    note: str | None = columns.text(1_000, nullable=True)
    version: int = columns.version()
    provenance: Provenance = columns.choice(Provenance)
    created_at: datetime.datetime = columns.time()
    updated_at: datetime.datetime = columns.time()

    __table_args__ = (
        *columns.both_null_orders("milestone", "due_on"),
        sa.Index("ix_milestone_campaign", "campaign_id", "due_on", "id"),
    )
