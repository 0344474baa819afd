"""What can be done with the tranches of a grant and with reports on it."""

import datetime

import strawberry

from fund_api.grants import disbursements, reports
from fund_api.graph import declare
from fund_api.graph.mutations import Acting
from fund_api.graph.user_errors import Payload
from schema.grant_parts import Disbursement, GrantReport
from schema.inputs import MoneyInput, cents, key, positive, version

Info = strawberry.Info[Acting, None]


@strawberry.input(description="A tranche to plan.")
class ScheduleDisbursementInput:
    """A tranche."""

    grant: strawberry.ID = strawberry.field(description="The id of the grant.")
    amount: MoneyInput = strawberry.field(description="How much, at most what is left of the award.")
    lobbying: bool = strawberry.field(
        description="Whether paying it counts as lobbying of the fund, as help for a ballot measure does."
    )
    due_on: datetime.date | None = strawberry.field(description="The day on which it should be paid.", default=None)
    expected_version: int = strawberry.field(description="The `version` of the grant that you read.")
    idempotency_key: str | None = key()


@strawberry.input(description="A tranche that may be paid.")
class ApproveDisbursementInput:
    """A tranche and its version."""

    id: strawberry.ID = strawberry.field(description="The id of the tranche.")
    expected_version: int = version()
    idempotency_key: str | None = key()


@strawberry.input(description="A payment that was made.")
class RecordPaymentInput:
    """A payment."""

    id: strawberry.ID = strawberry.field(description="The id of the tranche.")
    paid_on: datetime.date = strawberry.field(description="The day on which it was paid, today or before.")
    reference: str | None = strawberry.field(description="How the bank knows the payment.", default=None)
    expected_version: int = version()
    idempotency_key: str | None = key()


@strawberry.input(description="A payment that failed.")
class RecordPaymentFailureInput:
    """A tranche and a reason."""

    id: strawberry.ID = strawberry.field(description="The id of the tranche.")
    reason: str = strawberry.field(description="Why.")
    expected_version: int = version()
    idempotency_key: str | None = key()


@strawberry.input(description="Money that came back.")
class RecordReturnInput:
    """A return."""

    id: strawberry.ID = strawberry.field(description="The id of the tranche.")
    amount: MoneyInput = strawberry.field(description="How much, at most what was paid and did not come back yet.")
    reason: str = strawberry.field(description="Why.")
    expected_version: int = version()
    idempotency_key: str | None = key()


@strawberry.input(description="What was done with the money.")
class SubmitReportInput:
    """A report."""

    id: strawberry.ID = strawberry.field(description="The id of the report.")
    text: str = strawberry.field(description="What was done with the money.")
    spent: MoneyInput = strawberry.field(description="How much was spent.")
    expected_version: int = version()
    idempotency_key: str | None = key()


@strawberry.input(description="A report to accept.")
class AcceptReportInput:
    """A report and a remark."""

    id: strawberry.ID = strawberry.field(description="The id of the report.")
    reason: str | None = strawberry.field(description="A remark that the applicant reads.", default=None)
    expected_version: int = version()
    idempotency_key: str | None = key()


@strawberry.input(description="A report to ask for anew or to do without, and why.")
class ReportReasonInput:
    """A report and a reason."""

    id: strawberry.ID = strawberry.field(description="The id of the report.")
    reason: str = strawberry.field(description="Why; the applicant reads it.")
    expected_version: int = version()
    idempotency_key: str | None = key()


@strawberry.type(description="What mutations of a tranche answer.")
class DisbursementPayload(Payload):
    """The tranche, and its grant, or why not."""

    disbursement: Disbursement | None = strawberry.field(description="The tranche as it is now.", default=None)


@strawberry.type(description="What mutations of a report answer.")
class ReportPayload(Payload):
    """The report, and its grant, or why not."""

    report: GrantReport | None = strawberry.field(description="The report as it is now.", default=None)


@strawberry.type
class PaymentMutations:
    """Mutations of tranches and reports."""

    @declare.mutation("Plan a tranche. Needs grant:prepare.")
    async def schedule_disbursement(self, info: Info, input: ScheduleDisbursementInput) -> DisbursementPayload | None:
        amount, expected = positive(input.amount, "amount"), input.expected_version
        lobbying, due_on = input.lobbying, input.due_on
        made = await disbursements.schedule(
            info.context.tx, input.grant, amount, lobbying=lobbying, due_on=due_on, expected_version=expected
        )
        return _tranche(made)

    @declare.mutation("Give leave to pay a tranche. Needs grant:decide.")
    async def approve_disbursement(self, info: Info, input: ApproveDisbursementInput) -> DisbursementPayload | None:
        await disbursements.approve(info.context.tx, input.id, expected_version=input.expected_version)
        return _tranche(input.id)

    @declare.mutation("Note that a tranche was paid; the applicant is told. Needs grant:pay.")
    async def record_payment(self, info: Info, input: RecordPaymentInput) -> DisbursementPayload | None:
        expected = input.expected_version
        await disbursements.record_payment(
            info.context.tx, input.id, input.paid_on, input.reference, expected_version=expected
        )
        return _tranche(input.id)

    @declare.mutation("Note that a tranche could not be paid. Needs grant:pay.")
    async def record_payment_failure(self, info: Info, input: RecordPaymentFailureInput) -> DisbursementPayload | None:
        expected = input.expected_version
        await disbursements.record_payment_failure(info.context.tx, input.id, input.reason, expected_version=expected)
        return _tranche(input.id)

    @declare.mutation("Note that money came back; the program has it again. Needs grant:pay.")
    async def record_return(self, info: Info, input: RecordReturnInput) -> DisbursementPayload | None:
        amount, expected = positive(input.amount, "amount"), input.expected_version
        await disbursements.record_return(info.context.tx, input.id, amount, input.reason, expected_version=expected)
        return _tranche(input.id)

    @declare.mutation("Report on a grant; the final report begins its close-out. Needs own:grant:apply there.")
    async def submit_report(self, info: Info, input: SubmitReportInput) -> ReportPayload | None:
        spent, expected = cents(input.spent, "spent"), input.expected_version
        await reports.submit_report(info.context.tx, input.id, input.text, spent, expected_version=expected)
        return _report(input.id)

    @declare.mutation("Accept a report. Needs grant:prepare.")
    async def accept_report(self, info: Info, input: AcceptReportInput) -> ReportPayload | None:
        await reports.accept_report(info.context.tx, input.id, input.reason, expected_version=input.expected_version)
        return _report(input.id)

    @declare.mutation("Ask for another report; the applicant is told. Needs grant:prepare.")
    async def request_report_changes(self, info: Info, input: ReportReasonInput) -> ReportPayload | None:
        expected = input.expected_version
        await reports.request_report_changes(info.context.tx, input.id, input.reason, expected_version=expected)
        return _report(input.id)

    @declare.mutation("Do without a report. Needs grant:prepare.")
    async def waive_report(self, info: Info, input: ReportReasonInput) -> ReportPayload | None:
        await reports.waive_report(info.context.tx, input.id, input.reason, expected_version=input.expected_version)
        return _report(input.id)


def _tranche(disbursement_id: str) -> DisbursementPayload:
    return DisbursementPayload(disbursement=declare.entity_of(disbursement_id))


def _report(report_id: str) -> ReportPayload:
    return ReportPayload(report=declare.entity_of(report_id))
