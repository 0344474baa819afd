"""What clients see of who does what on a grant, and how it is decided."""

import datetime

import strawberry

from fund_api.core.facts import Provenance
from fund_api.grants import deciding_tables, visibility
from fund_api.grants.deciding_tables import Duty, Recommendation
from fund_api.graph import declare
from fund_api.graph.types import Connection, Money, Node
from schema.grants import Grant
from schema.people import Person

declare.enum(
    Duty,
    "What somebody is on one grant. Nobody is two of these on the same grant.",
    APPLICANT="They apply for it, for the campaign.",
    PREPARER="They prepare it at the fund and look after it.",
    REVIEWER="They score it.",
    APPROVER="They decide on it.",
    PAYER="They pay it.",
)
declare.enum(
    Recommendation,
    "What a reviewer recommends.",
    APPROVE="To approve it.",
    DECLINE="To decline it.",
)


@declare.entity(deciding_tables.GrantDuty, visible=visibility.staff)
class GrantDuty(Node):
    """What somebody is on a grant since their first act on it. A review and an approval stand for themselves."""

    grant: Grant = declare.to_one("The grant.", own="grant_id", sure=True)
    person: Person | None = declare.to_one("Who.", own="person_id")
    duty: Duty = declare.column("What they are on it.")
    created_at: datetime.datetime = declare.column("Since when.")
    provenance: Provenance = declare.column("How this row came to be here.")


@declare.entity(deciding_tables.Review, visible=visibility.review)
class Review(Node):
    """How a reviewer scores an application. For officers, reviewers and approvers without a conflict of interest."""

    grant: Grant | None = declare.to_one("The grant.", own="grant_id")
    reviewer: Person | None = declare.to_one("Who.", own="reviewer_id")
    need: int = declare.column("How much the campaign needs the money, from 1 to 5.")
    feasibility: int = declare.column("How likely the plan can be carried out, from 1 to 5.")
    local_support: int = declare.column("How far the community stands behind it, from 1 to 5.")
    budget: int = declare.column("How sound the budget is, from 1 to 5.")
    recommendation: Recommendation = declare.column("What the reviewer recommends.")
    comment: str = declare.column("Why.")
    created_at: datetime.datetime = declare.column("When it was given.")
    provenance: Provenance = declare.column("How this row came to be here.")


@declare.entity(deciding_tables.Recusal, visible=visibility.staff)
class Recusal(Node):
    """Somebody's conflict of interest on a grant: they neither see its scores nor act on it any more."""

    grant: Grant = declare.to_one("The grant.", own="grant_id", sure=True)
    person: Person | None = declare.to_one("Who.", own="person_id")
    reason: str = declare.column("Why.")
    created_at: datetime.datetime = declare.column("When it was declared.")
    provenance: Provenance = declare.column("How this row came to be here.")


@declare.entity(deciding_tables.Approval, visible=visibility.staff)
class Approval(Node):
    """An approver's yes to an amount. Above the program's threshold it takes two, of different people."""

    grant: Grant = declare.to_one("The grant.", own="grant_id", sure=True)
    approver: Person | None = declare.to_one("Who.", own="approver_id")
    amount: Money = declare.money("How much.")
    reason: str | None = declare.column("Why; a remark for the fund.")
    created_at: datetime.datetime = declare.column("When it was given.")
    provenance: Provenance = declare.column("How this row came to be here.")


@strawberry.type
class GrantDecisionQueries:
    """Root fields on who decided on grants; for staff, and each reviewer's own."""

    grant_duties: Connection[GrantDuty] = declare.listing("What people are on grants since their first acts on them.")
    reviews: Connection[Review] = declare.listing("How reviewers score applications, as far as you may see it.")
    recusals: Connection[Recusal] = declare.listing("Conflicts of interest on grants.")
    approvals: Connection[Approval] = declare.listing("What approvers agreed to.")
