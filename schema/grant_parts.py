"""What clients see of the parts of a grant: budget, conditions, the money of others, tranches and reports."""

import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from fund_api.core.facts import Provenance
from fund_api.grants import paying_tables, tables, visibility
from fund_api.grants.paying_tables import ConditionKind, DisbursementStatus, ReportKind, ReportStatus
from fund_api.graph import declare
from fund_api.graph.types import Connection, Money, Node
from schema.grants import Grant
from schema.people import Person

if TYPE_CHECKING:
    from schema.events import Event

declare.enum(
    ConditionKind,
    "By when a condition has to be met.",
    BEFORE_AGREEMENT="Before the agreement is signed.",
    BEFORE_PAYMENT="Before any payment.",
)
declare.enum(
    DisbursementStatus,
    "How far a tranche has come.",
    SCHEDULED="It is planned.",
    APPROVED="An approver gave leave to pay it.",
    PAID="It is paid.",
    FAILED="It could not be paid.",
    RETURNED="It was paid, and all of it came back.",
)
declare.enum(
    ReportKind,
    "What a report tells.",
    INTERIM="How things go.",
    FINAL="What became of all the money; there is one.",
)
declare.enum(
    ReportStatus,
    "How far a report has come.",
    DUE="The applicant has to write it.",
    SUBMITTED="The fund reads it.",
    CHANGES_REQUESTED="The fund asked for another one.",
    ACCEPTED="The fund accepted it.",
    WAIVED="The fund does without it.",
)


@declare.entity(tables.BudgetLine, order=("place",), visible=visibility.inside)
class BudgetLine(Node):
    """What a part of the money is for. The lines of a grant add up to what it asks for."""

    grant: Grant = declare.to_one("The grant.", own="grant_id", sure=True)
    place: int = declare.column("Its place in the budget, from 1.", order=True)
    description: str = declare.column("What the money is for.")
    amount: Money = declare.money("How much.")
    provenance: Provenance = declare.column("How this row came to be here.")


@declare.entity(paying_tables.GrantCondition, visible=visibility.inside)
class GrantCondition(Node):
    """What has to be so before the agreement or before a payment."""

    grant: Grant = declare.to_one("The grant.", own="grant_id", sure=True)
    kind: ConditionKind = declare.column("By when.")
    text: str = declare.column("What has to be so.")
    met_at: datetime.datetime | None = declare.column("When it was found to be met; null while it is not.")
    met_by: Person | None = declare.to_one("Who found it to be met.", own="met_by")
    evidence: str | None = declare.column("By what they know.")
    version: int = declare.column("How often it was written; actions name the version that they read.", filters=False)
    activity: Connection[Annotated["Event", strawberry.lazy("schema.events")]] = declare.to_many(
        "What was done with it, the latest first.", key="entity_id"
    )
    provenance: Provenance = declare.column("How this row came to be here.")


@declare.entity(paying_tables.MatchCommitment, visible=visibility.inside)
class MatchCommitment(Node):
    """Money that somebody else gives beside the grant."""

    grant: Grant = declare.to_one("The grant.", own="grant_id", sure=True)
    giver: str = declare.column("Who gives it.")
    amount: Money = declare.money("How much.")
    verified_at: datetime.datetime | None = declare.column("When the fund saw the money; null while it is pledged.")
    verified_by: Person | None = declare.to_one("Who saw it.", own="verified_by")
    evidence: str | None = declare.column("By what they know.")
    version: int = declare.column("How often it was written; actions name the version that they read.", filters=False)
    activity: Connection[Annotated["Event", strawberry.lazy("schema.events")]] = declare.to_many(
        "What was done with it, the latest first.", key="entity_id"
    )
    provenance: Provenance = declare.column("How this row came to be here.")


@declare.entity(paying_tables.Disbursement, order=("number",), visible=visibility.inside)
class Disbursement(Node):
    """A tranche of a grant."""

    grant: Grant = declare.to_one("The grant.", own="grant_id", sure=True)
    number: int = declare.column("Its place among the tranches, from 1.", order=True)
    amount: Money = declare.money("How much.")
    returned: Money = declare.money("How much of it came back.")
    lobbying: bool = declare.column("Whether paying it counts as lobbying of the fund.")
    due_on: datetime.date | None = declare.column("The day on which it should be paid.", order=True)
    status: DisbursementStatus = declare.column("How far it has come.")
    status_since: datetime.datetime = declare.column("Since when.")
    approved_by: Person | None = declare.to_one("Who gave leave to pay it.", own="approved_by")
    paid_on: datetime.date | None = declare.column("The day on which it was paid.")
    paid_by: Person | None = declare.to_one("Who recorded the payment.", own="paid_by")
    payment_reference: str | None = declare.column("How the bank knows the payment.")
    reason: str | None = declare.column("Why it failed or came back.")
    version: int = declare.column("How often it was written; actions name the version that they read.", filters=False)
    activity: Connection[Annotated["Event", strawberry.lazy("schema.events")]] = declare.to_many(
        "What was done with it, the latest first.", key="entity_id"
    )
    provenance: Provenance = declare.column("How this row came to be here.")


@declare.entity(paying_tables.GrantReport, order=("due_on",), visible=visibility.inside)
class GrantReport(Node):
    """What the applicant tells the fund about the money."""

    grant: Grant = declare.to_one("The grant.", own="grant_id", sure=True)
    kind: ReportKind = declare.column("What it tells.")
    due_on: datetime.date = declare.column("The day by which it is due.", order=True)
    status: ReportStatus = declare.column("How far it has come.")
    status_since: datetime.datetime = declare.column("Since when.")
    text: str | None = declare.column("What was done with the money.")
    spent: Money | None = declare.money("How much was spent.")
    submitted_at: datetime.datetime | None = declare.column("When it was handed in last.")
    reason: str | None = declare.column("What the fund says to it.")
    version: int = declare.column("How often it was written; actions name the version that they read.", filters=False)
    activity: Connection[Annotated["Event", strawberry.lazy("schema.events")]] = declare.to_many(
        "What was done with it, the latest first.", key="entity_id"
    )
    provenance: Provenance = declare.column("How this row came to be here.")


@strawberry.type
class GrantPartQueries:
    """Root fields on the parts of grants."""

    budget_lines: Connection[BudgetLine] = declare.listing("The budget lines of the grants that you may see.")
    grant_conditions: Connection[GrantCondition] = declare.listing("The conditions of the grants that you may see.")
    match_commitments: Connection[MatchCommitment] = declare.listing(
        "What others give beside the grants that you may see."
    )
    disbursements: Connection[Disbursement] = declare.listing("The tranches of the grants that you may see.")
    grant_reports: Connection[GrantReport] = declare.listing(
        "The reports on the grants that you may see, the first due one first."
    )
