"""What clients see of the work on campaigns: members, support, what the law asks, and notices."""

import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry
from graphql import GraphQLArgument, GraphQLInt, GraphQLNonNull

from fund_api.campaigns import procedure, visibility, work_tables
from fund_api.campaigns.tables import Route
from fund_api.campaigns.work_tables import NoticeKind, RequestState, SupportKind
from fund_api.communities.tables import CampaignKind, CommunityKind
from fund_api.core.facts import Provenance
from fund_api.graph import declare
from fund_api.graph.types import Connection, Money, Node
from schema.campaigns import Campaign, Milestone
from schema.communities import Community, State
from schema.people import Person

if TYPE_CHECKING:
    from schema.events import Event
    from schema.grants import Grant
    from schema.hiring import HiringRequest

declare.enum(
    SupportKind,
    "Help without money.",
    ADVICE="Advice.",
    TESTIMONY="Testimony before a council or a commission.",
    SPEAKER="A speaker.",
    MATERIALS="Printed or other materials.",
    ADVERTISING="Advertising.",
    TRAVEL="Travel.",
)
declare.enum(
    RequestState,
    "What became of a request for support.",
    RECEIVED="It waits for a decision.",
    ACCEPTED="It became a campaign here.",
    DECLINED="It was declined, with a reason.",
)
declare.enum(
    NoticeKind,
    "What a notice tells.",
    SUPPORT_ACCEPTED="A request for support was accepted.",
    MORE_INFORMATION_ASKED="Somebody asks for more information.",
    MILESTONE_DUE="A milestone is due soon, or overdue.",
    GRANT_DECIDED="A grant was approved or declined.",
    GRANT_CHANGED="Staff took a grant a step further, held it up, or ended it.",
    PAYMENT_RECORDED="Money of a grant was paid, could not be paid, or came back.",
    REPORT_DECIDED="Staff decided on a report.",
    HIRING_CHANGED="Something was done with a request for hiring support.",
    FOLLOW_UP_DUE="It is time to ask how an appointment goes.",
)


@declare.entity(work_tables.CampaignMember, visible=visibility.member)
class CampaignMember(Node):
    """Somebody who belongs to a campaign."""

    campaign: Campaign | None = declare.to_one("The campaign.", own="campaign_id")
    person: Person | None = declare.to_one("The person; null when you may not know who.", own="person_id")
    provenance: Provenance = declare.column("How this row came to be here.")


@declare.entity(work_tables.SupportEngagement, order=("-given_on",), visible=visibility.part)
class SupportEngagement(Node):
    """Help without money that the fund gave a campaign."""

    campaign: Campaign = declare.to_one("The campaign.", own="campaign_id", sure=True)
    kind: SupportKind = declare.column("What kind of help.")
    given_on: datetime.date = declare.column("The day on which it was given.", order=True)
    in_kind_value: Money = declare.money("What it was worth.", order=True)
    lobbying: bool = declare.column("Whether it counts as lobbying of the fund.")
    description: str | None = declare.column("What was done.")
    activity: Connection[Annotated["Event", strawberry.lazy("schema.events")]] = declare.to_many(
        "What was done with it, the latest first.", key="entity_id"
    )
    provenance: Provenance = declare.column("How this row came to be here.")


@declare.entity(work_tables.SupportRequest, order=("-created_at",), visible=visibility.support_request)
class SupportRequest(Node):
    """Somebody's request that the fund support a campaign. Staff see all; who asked looks it up by its secret."""

    name: str = declare.column("Who asks.")
    email: str = declare.column("How to reach them.")
    community: Community = declare.to_one("Where.", own="community_id")
    kind: CampaignKind = declare.column("What is hoped for or threatened.")
    message: str = declare.column("What they say.")
    state: RequestState = declare.column("What became of it.")
    reason: str | None = declare.column("Why it was declined.")
    campaign: Campaign | None = declare.to_one("The campaign that it became.", own="campaign_id")
    created_at: datetime.datetime = declare.column("When it came.", order=True)
    decided_at: datetime.datetime | None = declare.column("When it was decided; null while it waits.")
    version: int = declare.column("How often this was written; decisions name the version that they read.")
    activity: Connection[Annotated["Event", strawberry.lazy("schema.events")]] = declare.to_many(
        "What was done with it, the latest first.", key="entity_id"
    )
    provenance: Provenance = declare.column("How this row came to be here.")


@declare.entity(work_tables.ProcedureRule, order=("citation",))
class ProcedureRule(Node):
    """What the law of a state asks on a route, with its citation. A starting point, and no legal advice."""

    state: State = declare.to_one("The state.", own="state_code", key="code")
    route: Route = declare.column("The route.")
    applies_to: CommunityKind | None = declare.column("The kind of community; null for every kind.")
    threshold_percent: float | None = declare.computed(
        "Signatures needed, as percent of the base.", procedure.percent_of, "threshold_hundredths"
    )
    threshold_base: str | None = declare.column("What the threshold is a share of.")
    days_before_election: int | None = declare.column("Days before election day by which it must be done.")
    approval_percent: float | None = declare.computed(
        "Percent of the votes that it takes to pass.", procedure.percent_of, "approval_hundredths"
    )
    signatures_needed: int | None = declare.computed(
        "Signatures needed of so many registered voters, rounded up; null for a rule without a threshold.",
        procedure.signatures_needed,
        "threshold_hundredths",
        arguments={
            "registeredVoters": GraphQLArgument(
                GraphQLNonNull(GraphQLInt), description="How many voters the base has, 0 or more."
            )
        },
    )
    citation: str = declare.column("The law.", order=True)
    note: str | None = declare.column("What it is about.")
    provenance: Provenance = declare.column("How this row came to be here.")


@declare.entity(work_tables.Notice, order=("-created_at",), visible=visibility.notice)
class Notice(Node):
    """Something that you are told."""

    kind: NoticeKind = declare.column("What it tells.")
    text: str = declare.column("In words.")
    campaign: Campaign | None = declare.to_one("The campaign that it is about.", own="campaign_id")
    milestone: Milestone | None = declare.to_one("The milestone that it is about.", own="milestone_id")
    grant: Annotated["Grant", strawberry.lazy("schema.grants")] | None = declare.to_one(
        "The grant that it is about.", own="grant_id"
    )
    hiring_request: Annotated["HiringRequest", strawberry.lazy("schema.hiring")] | None = declare.to_one(
        "The request for hiring support that it is about.", own="hiring_request_id"
    )
    created_at: datetime.datetime = declare.column("When you were told.", order=True)
    read_at: datetime.datetime | None = declare.column("When you marked it as read; null while it is new.")
    provenance: Provenance = declare.column("How this row came to be here.")


Members = Connection[Annotated["CampaignMember", strawberry.lazy("schema.campaign_work")]]
Engagements = Connection[Annotated["SupportEngagement", strawberry.lazy("schema.campaign_work")]]


@strawberry.type
class CampaignWorkQueries:
    """Root fields on the work on campaigns."""

    campaign_members: Connection[CampaignMember] = declare.listing(
        "Who belongs to campaigns, as far as you may see it."
    )
    support_engagements: Connection[SupportEngagement] = declare.listing("Help without money, the latest first.")
    support_requests: Connection[SupportRequest] = declare.listing("Requests for support, the latest first; for staff.")
    procedure_rules: Connection[ProcedureRule] = declare.listing("What the law of states asks, by citation.")
    notices: Connection[Notice] = declare.listing("What you are told, the latest first.")
