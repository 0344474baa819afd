"""What clients see of campaigns, the organizations behind them, their ballot measures and milestones."""

import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from fund_api.campaigns import recommending, tables, visibility
from fund_api.campaigns.lifecycle import CampaignAction
from fund_api.campaigns.rules import percent
from fund_api.campaigns.tables import (
    FundPosition,
    MeasureKind,
    MilestoneKind,
    OrganizationKind,
    Outcome,
    ResultStatus,
    Route,
    Stage,
    Stance,
)
from fund_api.communities.tables import CampaignKind, FormOfGovernment
from fund_api.core.facts import Confidence, DatePrecision, Provenance
from fund_api.graph import declare
from fund_api.graph.declarations import Link
from fund_api.graph.types import Connection, Node, Stats
from schema import figures
from schema.campaign_actions import available_actions
from schema.communities import Community, Source
from schema.library import Resource

if TYPE_CHECKING:
    from schema.audiences import AudienceTag
    from schema.campaign_work import CampaignMember, SupportEngagement
    from schema.contributions import Contribution
    from schema.events import Event
    from schema.grants import Grant

declare.enum(
    OrganizationKind,
    "What an organization is.",
    RESIDENTS_GROUP="A group of residents, formed for a campaign or standing.",
    ASSOCIATION="An association of managers, governments or citizens.",
    LOCAL_GOVERNMENT="A local government.",
    OTHER="Something else.",
)
declare.enum(
    Route,
    "The legal way by which the question reaches its decision.",
    CITIZEN_PETITION="Residents sign a petition that puts it on the ballot.",
    COUNCIL_REFERRAL="The council puts it on the ballot.",
    CHARTER_COMMISSION="A charter commission proposes it.",
    ORDINANCE="The council decides by ordinance.",
    STATE_OPTIONAL_FORM="State law offers the form for adoption.",
    SPECIAL_ACT="The legislature passes an act for this community.",
)
declare.enum(
    Stage,
    "How far a campaign has come.",
    INQUIRY="Somebody asks.",
    EXPLORING="People look into whether and how.",
    ORGANIZING="A group forms.",
    QUALIFYING="The question is on its way to the ballot.",
    ON_BALLOT="The question is on the ballot.",
    DECIDED="The vote, or the body in charge, has decided.",
    TRANSITION="The community moves into the form that was decided.",
    CLOSED="Nothing remains to be done.",
)
declare.enum(
    Outcome,
    "What became of the form of government.",
    ADOPTED="The change was adopted.",
    REJECTED="The change failed.",
    RETAINED="The form was kept against an attempt to leave it.",
    ABANDONED="The form was given up.",
    WITHDRAWN="The proposal was withdrawn.",
    DETERRED="The attempt never reached the ballot.",
    DECLINED="The council refused.",
    CONTESTED="The result is disputed.",
)
declare.enum(
    MeasureKind,
    "The direction of the change that a ballot measure proposed.",
    ADOPTION="Towards a professional manager.",
    ABANDONMENT="Away from a professional manager.",
    OTHER="Neither of the two.",
)
declare.enum(
    Stance,
    "A side on the proposed change.",
    FOR_CHANGE="For the change.",
    AGAINST_CHANGE="Against the change.",
)
declare.enum(
    FundPosition,
    "The side that the fund took on a measure.",
    FOR_CHANGE="For the change.",
    AGAINST_CHANGE="Against the change.",
    NONE="The fund took no side.",
)
declare.enum(
    ResultStatus,
    "How official a result is.",
    NONE="There is no result yet.",
    REPORTED="Reported by the press or by the fund.",
    PROVISIONAL="Counted, and not yet certified.",
    CERTIFIED="Certified by the election authority.",
    CONTESTED="Disputed.",
)
declare.enum(
    MilestoneKind,
    "A step on the way to a decision and into the new form.",
    PETITION_FILED="The petition is handed in.",
    SIGNATURES_VERIFIED="The signatures are counted and suffice.",
    COMMISSION_ELECTED="The charter commission is elected.",
    REPORT_ISSUED="The commission issues its report.",
    BALLOT_CERTIFIED="The question is certified for the ballot.",
    ELECTION_DAY="The vote.",
    RESULT_CERTIFIED="The result is certified.",
    EFFECTIVE="The decision takes effect.",
    MANAGER_HIRED="The manager starts.",
)


@declare.entity(tables.Organization, order=("name",), search=("name",))
class Organization(Node):
    """A group that runs or supports campaigns."""

    name: str = declare.column("Its name.", order=True, folded="name_folded")
    kind: OrganizationKind = declare.column("What it is.")
    community: Community | None = declare.to_one("The community it belongs to.", own="community_id")
    website: str | None = declare.column("Address of its site.")
    campaigns: Connection["Campaign"] = declare.to_many("The campaigns that it runs.", key="organization_id")
    activity: Connection[Annotated["Event", strawberry.lazy("schema.events")]] = declare.to_many(
        "What was done with it, the latest first.", key="entity_id"
    )
    provenance: Provenance = declare.column("How this row came to be here.")


@declare.entity(
    tables.Campaign,
    order=("-election_on",),
    search=("title", "summary"),
    visible=visibility.campaign,
    tests={"mine": visibility.mine},
)
class Campaign(Node):
    """A drive to change or defend a community's form of government."""

    title: str = declare.column("What it is called here.", order=True, folded="title_folded")
    summary: str | None = declare.column("What it is about, in a few sentences.")
    kind: CampaignKind = declare.column("What it wants for the form of government.")
    route: Route | None = declare.column("The legal way to the decision; null when unknown.")
    stage: Stage = declare.column("How far it has come.")
    outcome: Outcome | None = declare.column("What became of the form; null while undecided.")
    community: Community = declare.to_one("The community whose form is at stake.", own="community_id", order=True)
    organization: Organization | None = declare.to_one("The group that runs it.", own="organization_id")
    opened_on: datetime.date | None = declare.column("The day it began.")
    election_on: datetime.date | None = declare.column("Election day.", order=True)
    election_on_precision: DatePrecision | None = declare.column("How much of electionOn is known.")
    date_inferred: bool = declare.column("Whether electionOn was concluded from the election that the source names.")
    measures: Connection["BallotMeasure"] = declare.to_many(
        "Its questions on the ballot.", key="campaign_id", sure=True
    )
    grants: Connection[Annotated["Grant", strawberry.lazy("schema.grants")]] = declare.to_many(
        "The grants for it that you may see, the oldest first.", key="campaign_id"
    )
    contributions: Connection[Annotated["Contribution", strawberry.lazy("schema.contributions")]] = declare.to_many(
        "Sums that sources report the fund to have given it, apart from grants.", key="campaign_id", sure=True
    )
    resources: Connection[Resource] = declare.to_many(
        "The resources that it uses.",
        via=Link(tables.CampaignResource, parent="campaign_id", child="resource_id"),
    )
    recommended_resources: Connection[Annotated["AudienceTag", strawberry.lazy("schema.audiences")]] = declare.to_many(
        "What helps it, each resource with why: first what is tagged most exactly for its kind, its state and its form"
        " of government. That form is its community's if it defends one, else council-manager.",
        matching=recommending.recommended,
    )
    milestones: Connection["Milestone"] = declare.to_many("Its dated steps.", key="campaign_id", sure=True)
    members: Connection[Annotated["CampaignMember", strawberry.lazy("schema.campaign_work")]] = declare.to_many(
        "The people who belong to it.", key="campaign_id"
    )
    support_engagements: Connection[Annotated["SupportEngagement", strawberry.lazy("schema.campaign_work")]] = (
        declare.to_many("Help without money that the fund gave it.", key="campaign_id", sure=True)
    )
    activity: Connection[Annotated["Event", strawberry.lazy("schema.events")]] = declare.to_many(
        "What was done with it and with what belongs to it, the latest first.", key="campaign_id"
    )
    available_actions: list[CampaignAction] = declare.computed(
        "What you may do with it now.", available_actions, "stage", "outcome", "published_at", "mine", permissions=True
    )
    published_at: datetime.datetime | None = declare.column("Since when everybody sees it; null while they don't.")
    version: int = declare.column("How often it was written; updates name the version that they read.", filters=False)
    provenance: Provenance = declare.column("How this row came to be here.")


@declare.entity(tables.BallotMeasure, order=("-election_on",), search=("question", "note"), visible=visibility.part)
class BallotMeasure(Node):
    """One question on one ballot. Votes are counted for and against the change, whatever the wording on the ballot."""

    campaign: Campaign = declare.to_one("The campaign that it decides.", own="campaign_id", order=True, sure=True)
    question: str = declare.column("What was asked, in short.", folded="question_folded")
    kind: MeasureKind = declare.column("The direction of the change.")
    election_on: datetime.date | None = declare.column("Election day.", order=True)
    election_on_precision: DatePrecision | None = declare.column("How much of electionOn is known.")
    date_inferred: bool = declare.column("Whether electionOn was concluded from the election that the source names.")
    votes_for: int | None = declare.column("Votes for the change; null when the source gives no total.")
    votes_against: int | None = declare.column("Votes against the change; null when the source gives no total.")
    margin: int | None = declare.column("Votes between the two sides; null unless both totals are known.", order=True)
    percent_for: float | None = declare.computed(
        "Percent for the change: as the source states it, else of both totals, to two decimals.",
        percent,
        "percent_for",
        "votes_for",
        "votes_against",
    )
    percent_against: float | None = declare.computed(
        "Percent against the change: as the source states it, else of both totals, to two decimals.",
        percent,
        "percent_against",
        "votes_against",
        "votes_for",
    )
    passed: bool | None = declare.column("Whether the change was voted through.")
    result_status: ResultStatus = declare.column("How official the result is.")
    yes_means: Stance | None = declare.column("The side of a yes on the ballot; null when unknown.")
    fund_position: FundPosition | None = declare.column("The side that the fund took; null when unknown.")
    form_before: FormOfGovernment | None = declare.column("The form before the vote, where the source says it.")
    form_after: FormOfGovernment | None = declare.column(
        "The form that the outcome leads to, where the source says it."
    )
    note: str | None = declare.column("What a reader must know of the figures.")
    as_of: datetime.date | None = declare.column("The day of which the figures speak.")
    confidence: Confidence | None = declare.column("How far the figures can be relied on.")
    version: int = declare.column("How often it was written; updates name the version that they read.", filters=False)
    activity: Connection[Annotated["Event", strawberry.lazy("schema.events")]] = declare.to_many(
        "What was done with it, the latest first.", key="entity_id"
    )
    sources: Connection[Source] = declare.to_many(
        "Who says so.", via=Link(tables.BallotMeasureSource, parent="ballot_measure_id", child="source_id")
    )
    provenance: Provenance = declare.column("How this row came to be here.")


@declare.entity(tables.Milestone, order=("due_on",), visible=visibility.part)
class Milestone(Node):
    """A dated step of a campaign."""

    campaign: Campaign = declare.to_one("The campaign.", own="campaign_id", sure=True)
    kind: MilestoneKind = declare.column("Which step.")
    due_on: datetime.date | None = declare.column("The day by which it must be done.", order=True)
    done_on: datetime.date | None = declare.column("The day on which it was done; null while it is open.")
    note: str | None = declare.column("A remark.")
    version: int = declare.column("How often it was written; updates name the version that they read.", filters=False)
    activity: Connection[Annotated["Event", strawberry.lazy("schema.events")]] = declare.to_many(
        "What was done with it, the latest first.", key="entity_id"
    )
    provenance: Provenance = declare.column("How this row came to be here.")


@strawberry.type
class CampaignQueries:
    """Root fields on campaigns."""

    campaign: Campaign | None = declare.lookup("One campaign by its id.", "id")
    campaigns: Connection[Campaign] = declare.listing("All campaigns, the latest election first.")
    ballot_measures: Connection[BallotMeasure] = declare.listing("All ballot measures, the latest election first.")
    milestones: Connection[Milestone] = declare.listing("All milestones, the first due one first.")
    organizations: Connection[Organization] = declare.listing("All organizations, by name.")
    campaign_stats: Stats = declare.stats(
        "Figures about campaigns in groups: counts, and the share that won.",
        Campaign,
        keys=(
            *("kind", "route", "stage", "outcome", "opened_on", "election_on", "provenance"),
            *("community.id", "community.name", "community.kind", "community.population"),
            *("community.state.code", "community.state.name"),
        ),
        bands={"community.population": figures.POPULATION_BANDS},
        worked=figures.OF_CAMPAIGNS,
    )
    ballot_measure_stats: Stats = declare.stats(
        "Figures about ballot measures in groups: counts, votes and margins.",
        BallotMeasure,
        keys=(
            *("kind", "election_on", "passed", "result_status", "yes_means", "fund_position"),
            *("form_before", "form_after", "confidence", "provenance"),
            *("campaign.id", "campaign.kind", "campaign.outcome"),
            *("campaign.community.kind", "campaign.community.state.code"),
        ),
        measures=("votes_for", "votes_against", "margin"),
        bands={"campaign.community.population": figures.POPULATION_BANDS},
        worked=figures.OF_MEASURES,
    )
