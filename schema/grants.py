"""What clients see of grants."""

import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from fund_api.campaigns import visibility
from fund_api.core.facts import Provenance
from fund_api.grants import tables
from fund_api.grants.tables import GrantStatus
from fund_api.graph import declare
from fund_api.graph.types import Connection, Money, Node, Stats

if TYPE_CHECKING:
    from schema.campaigns import Campaign
    from schema.events import Event

declare.enum(
    GrantStatus,
    "Where a grant stands in its life.",
    DRAFT="The applicant is writing it.",
    SUBMITTED="The applicant has handed it in.",
    SCREENING="A grants officer checks that it is complete and eligible.",
    MORE_INFO_REQUESTED="The fund waits for more from the applicant.",
    IN_REVIEW="Reviewers score it.",
    IN_DECISION="It awaits the approvers.",
    APPROVED="Approved; the money is reserved.",
    DECLINED="Declined.",
    AGREEMENT_SIGNED="The agreement is signed.",
    ACTIVE="Money may flow.",
    SUSPENDED="Payments are held back.",
    CLOSING="The final report is awaited.",
    COMPLETED="Closed with everything done.",
    WITHDRAWN="Withdrawn by the applicant before a decision.",
    CANCELLED="Cancelled by the fund after the decision.",
)


@declare.entity(tables.Grant, visible=visibility.part)
class Grant(Node):
    """Money of the fund for a campaign: one grant from the draft to the close-out."""

    campaign: Annotated["Campaign", strawberry.lazy("schema.campaigns")] = declare.to_one(
        "The campaign that it helps.", own="campaign_id", order=True, sure=True
    )
    status: GrantStatus = declare.column("Where it stands.")
    purpose: str = declare.column("What the money is for.")
    requested: Money = declare.money("What was asked for.", order=True)
    awarded: Money | None = declare.money("What was granted; null before approval.")
    disbursed: Money = declare.money("What has been paid.")
    submitted_at: datetime.datetime | None = declare.column("When it was handed in.", order=True)
    decided_at: datetime.datetime | None = declare.column("When it was decided.", order=True)
    activity: Connection[Annotated["Event", strawberry.lazy("schema.events")]] = declare.to_many(
        "What was done with it, the latest first.", key="entity_id"
    )
    provenance: Provenance = declare.column("How this row came to be here.")


@strawberry.type
class GrantQueries:
    """Root fields on grants."""

    grant: Grant | None = declare.lookup("One grant by its id.", "id")
    grants: Connection[Grant] = declare.listing("All grants, the oldest first.")
    grant_stats: Stats = declare.stats(
        "Figures about grants in groups: counts, and dollars per community and per resident.",
        Grant,
        keys=(
            *("status", "submitted_at", "decided_at", "provenance"),
            *("campaign.kind", "campaign.outcome", "campaign.election_on"),
            *("campaign.community.id", "campaign.community.geoid", "campaign.community.name"),
            *("campaign.community.population", "campaign.community.state.code"),
        ),
        measures=("requested", "awarded", "disbursed"),
        communities="campaign.community",
    )
