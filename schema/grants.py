"""What clients see of grants: applications on their way, awards, and the money that flows."""

import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from fund_api.core.facts import Provenance
from fund_api.grants import capacities, tables, visibility
from fund_api.grants.lifecycle import GrantAction
from fund_api.grants.tables import GrantStatus
from fund_api.graph import declare
from fund_api.graph.types import Connection, Money, Node, Stats
from schema import figures
from schema.grant_actions import available_actions
from schema.programs import FundingProgram

if TYPE_CHECKING:
    from schema.attachments import Attachment
    from schema.campaigns import Campaign
    from schema.communities import Community
    from schema.events import Event
    from schema.grant_decisions import Approval, GrantDuty, Recusal, Review
    from schema.grant_parts import BudgetLine, Disbursement, GrantCondition, GrantReport, MatchCommitment
    from schema.programs import LedgerEntry

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
    ACTIVE="Tranches are planned; money may flow.",
    SUSPENDED="Payments are held back.",
    CLOSING="The final report is in; the last payments and returns are made.",
    COMPLETED="Closed with everything done.",
    WITHDRAWN="Withdrawn by the applicant before a decision.",
    CANCELLED="Cancelled by the fund after the decision.",
)


@declare.entity(tables.Grant, visible=visibility.grant, tests=capacities.TESTS)
class Grant(Node):
    """Money of the fund for a campaign: one grant from the draft to the close-out.

    Everybody sees what was awarded to published campaigns, and what for; the rest is for the campaign's people and the
    fund.
    """

    campaign: Annotated["Campaign", strawberry.lazy("schema.campaigns")] | None = declare.to_one(
        "The campaign that it helps.", own="campaign_id", order=True
    )
    community: Annotated["Community", strawberry.lazy("schema.communities")] = declare.to_one(
        "The community of the campaign.", own="community_id"
    )
    program: FundingProgram = declare.to_one("The budget that it is paid from.", own="program_id")
    status: GrantStatus = declare.column("Where it stands.")
    status_since: datetime.datetime = declare.column("Since when it stands there.", order=True)
    reason: str | None = declare.column("Why it stands there, as who moved it says.", readable=visibility.insiders)
    purpose: str = declare.column("What the money is for.")
    payee: str | None = declare.column("Who is paid: the committee.", readable=visibility.insiders)
    payee_registration: str | None = declare.column(
        "The committee's registration with its election authority.", readable=visibility.insiders
    )
    requested: Money | None = declare.money("What was asked for.", order=True, readable=visibility.insiders)
    awarded: Money | None = declare.money("What was granted; null before approval.")
    scheduled: Money | None = declare.money(
        "What its tranches come to, but those that failed.", readable=visibility.insiders
    )
    disbursed: Money = declare.money("What has been paid and did not come back.")
    returned: Money | None = declare.money("What was paid and came back.", readable=visibility.insiders)
    released: Money | None = declare.money(
        "What was granted and will not be paid; the program has it again.", readable=visibility.insiders
    )
    encumbered: Money | None = declare.money("What is promised and not paid yet.", readable=visibility.insiders)
    submitted_at: datetime.datetime | None = declare.column("When it was handed in last.", order=True)
    decided_at: datetime.datetime | None = declare.column("When it was decided.", order=True)
    agreement_on: datetime.date | None = declare.column(
        "The day on which the agreement was signed.", readable=visibility.insiders
    )
    closed_at: datetime.datetime | None = declare.column("When it was completed or cancelled.")
    budget: Connection[Annotated["BudgetLine", strawberry.lazy("schema.grant_parts")]] = declare.to_many(
        "What the parts of the money are for, in their order.", key="grant_id"
    )
    attachments: Connection[Annotated["Attachment", strawberry.lazy("schema.attachments")]] = declare.to_many(
        "The files that belong to it.", key="grant_id"
    )
    conditions: Connection[Annotated["GrantCondition", strawberry.lazy("schema.grant_parts")]] = declare.to_many(
        "What has to be so before the agreement or before a payment.", key="grant_id"
    )
    matches: Connection[Annotated["MatchCommitment", strawberry.lazy("schema.grant_parts")]] = declare.to_many(
        "The money of others beside it.", key="grant_id"
    )
    disbursements: Connection[Annotated["Disbursement", strawberry.lazy("schema.grant_parts")]] = declare.to_many(
        "Its tranches, in their order.", key="grant_id"
    )
    reports: Connection[Annotated["GrantReport", strawberry.lazy("schema.grant_parts")]] = declare.to_many(
        "What its applicant tells the fund about it, the first due one first.", key="grant_id"
    )
    reviews: Connection[Annotated["Review", strawberry.lazy("schema.grant_decisions")]] = declare.to_many(
        "How reviewers score it; for officers, reviewers and approvers without a conflict of interest.", key="grant_id"
    )
    approvals: Connection[Annotated["Approval", strawberry.lazy("schema.grant_decisions")]] = declare.to_many(
        "Who approved it; for the fund.", key="grant_id"
    )
    recusals: Connection[Annotated["Recusal", strawberry.lazy("schema.grant_decisions")]] = declare.to_many(
        "Who has a conflict of interest on it; for the fund.", key="grant_id"
    )
    duties: Connection[Annotated["GrantDuty", strawberry.lazy("schema.grant_decisions")]] = declare.to_many(
        "Who is what on it; for the fund.", key="grant_id"
    )
    entries: Connection[Annotated["LedgerEntry", strawberry.lazy("schema.programs")]] = declare.to_many(
        "How the ledger tells of it; for staff with budgets.", key="grant_id"
    )
    activity: Connection[Annotated["Event", strawberry.lazy("schema.events")]] = declare.to_many(
        "What was done with it, the latest first.", key="entity_id"
    )
    available_actions: list[GrantAction] = declare.computed(
        "What you may do with it now.", available_actions, "status", *capacities.TESTS
    )
    version: int = declare.column("How often it was written; actions name the version that they read.", filters=False)
    provenance: Provenance = declare.column("How this row came to be here.")


@strawberry.type
class GrantQueries:
    """Root fields on grants."""

    grant: Grant | None = declare.lookup("One grant by its id.", "id")
    grants: Connection[Grant] = declare.listing("The grants that you may see, the oldest first.")
    grant_stats: Stats = declare.stats(
        "Figures about grants in groups: counts, and dollars per community and per resident.",
        Grant,
        keys=(
            *("status", "submitted_at", "decided_at", "provenance", "program.id", "program.name"),
            *("campaign.kind", "campaign.outcome", "campaign.election_on"),
            *("campaign.community.id", "campaign.community.geoid", "campaign.community.name"),
            *("campaign.community.population", "campaign.community.state.code"),
            "campaign.id",
        ),
        bands={"campaign.community.population": figures.POPULATION_BANDS},
        worked=figures.OF_GRANTS,
        measures=("requested", "awarded", "disbursed", "returned", "encumbered"),
        communities="campaign.community",
        votes=figures.VOTES,
    )
