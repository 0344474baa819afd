"""What reviewers and approvers do with grants, and officers with those that are approved."""

import datetime

import strawberry

from fund_api.grants import agreements, closing, decisions, reviews
from fund_api.grants.deciding_tables import Recommendation
from fund_api.grants.paying_tables import ConditionKind, ReportKind
from fund_api.graph import declare
from fund_api.graph.mutations import Acting
from fund_api.graph.user_errors import Payload
from schema.application_mutations import GrantPayload, GrantReasonInput, GrantStepInput, of
from schema.grant_decisions import Recusal, Review
from schema.grant_parts import GrantCondition, MatchCommitment
from schema.inputs import MoneyInput, given, key, positive, version

Info = strawberry.Info[Acting, None]


@strawberry.input(description="How you score an application.")
class SubmitReviewInput:
    """A review."""

    grant: strawberry.ID = strawberry.field(description="The id of the grant.")
    need: int = strawberry.field(description="How much the campaign needs the money, from 1 to 5.")
    feasibility: int = strawberry.field(description="How likely the plan can be carried out, from 1 to 5.")
    local_support: int = strawberry.field(description="How far the community stands behind it, from 1 to 5.")
    budget: int = strawberry.field(description="How sound the budget is, from 1 to 5.")
    recommendation: Recommendation = strawberry.field(description="What you recommend.")
    comment: str = strawberry.field(description="Why; the applicant does not read it.")
    idempotency_key: str | None = key()


@strawberry.input(description="Your conflict of interest on a grant.")
class DeclareRecusalInput:
    """A grant and a reason."""

    grant: strawberry.ID = strawberry.field(description="The id of the grant.")
    reason: str = strawberry.field(description="Why; the applicant does not read it.")
    idempotency_key: str | None = key()


@strawberry.input(description="What has to be so.")
class ConditionInput:
    """A condition to set."""

    kind: ConditionKind = strawberry.field(description="By when.")
    text: str = strawberry.field(description="What has to be so.")


@strawberry.input(description="How much to approve, and on what conditions.")
class ApproveGrantInput:
    """An approval."""

    id: strawberry.ID = strawberry.field(description="The id of the grant.")
    amount: MoneyInput = strawberry.field(description="How much, at most what was requested.")
    reason: str | None = strawberry.field(description="Why; a remark for the fund.", default=None)
    conditions: list[ConditionInput] = strawberry.field(
        description="What has to be so before the agreement or a payment.", default_factory=list
    )
    expected_version: int = version()
    idempotency_key: str | None = key()


@strawberry.input(description="A report that an agreement asks for.")
class ReportDueInput:
    """A report to come."""

    kind: ReportKind = strawberry.field(description="What it tells.")
    due_on: datetime.date = strawberry.field(description="The day by which it is due.")


@strawberry.input(description="An agreement that was signed.")
class SignAgreementInput:
    """An agreement."""

    id: strawberry.ID = strawberry.field(description="The id of the grant.")
    signed_on: datetime.date = strawberry.field(description="The day on which it was signed, today or before.")
    reports: list[ReportDueInput] = strawberry.field(description="The reports that it asks for, one of them FINAL.")
    expected_version: int = version()
    idempotency_key: str | None = key()


@strawberry.input(description="A condition that is met.")
class MeetConditionInput:
    """A condition and the evidence."""

    id: strawberry.ID = strawberry.field(description="The id of the condition.")
    evidence: str | None = strawberry.field(description="By what you know.", default=None)
    expected_version: int = version()
    idempotency_key: str | None = key()


@strawberry.input(description="What somebody else will give.")
class PledgeMatchInput:
    """A matching commitment."""

    grant: strawberry.ID = strawberry.field(description="The id of the grant.")
    giver: str = strawberry.field(description="Who gives it.")
    amount: MoneyInput = strawberry.field(description="How much.")
    idempotency_key: str | None = key()


@strawberry.input(description="Money of somebody else that the fund has seen.")
class VerifyMatchInput:
    """A matching commitment and the evidence."""

    id: strawberry.ID = strawberry.field(description="The id of the matching commitment.")
    evidence: str | None = strawberry.field(description="By what you know.", default=None)
    expected_version: int = version()
    idempotency_key: str | None = key()


@strawberry.type(description="What submitReview answers.")
class ReviewPayload(Payload):
    """The review, and its grant, or why not."""

    review: Review | None = strawberry.field(description="The review as it is now.", default=None)


@strawberry.type(description="What declareRecusal answers.")
class RecusalPayload(Payload):
    """The recusal, and its grant, or why not."""

    recusal: Recusal | None = strawberry.field(description="The recusal as it is now.", default=None)


@strawberry.type(description="What meetCondition answers.")
class ConditionPayload(Payload):
    """The condition, and its grant, or why not."""

    condition: GrantCondition | None = strawberry.field(description="The condition as it is now.", default=None)


@strawberry.type(description="What mutations of a matching commitment answer.")
class MatchPayload(Payload):
    """The commitment, and its grant, or why not."""

    match: MatchCommitment | None = strawberry.field(description="The commitment as it is now.", default=None)


@strawberry.type
class DecisionMutations:
    """Mutations of reviewers, approvers, and of what an approval asks for."""

    @declare.mutation("Score an application, once. Needs grant:review.")
    async def submit_review(self, info: Info, input: SubmitReviewInput) -> ReviewPayload | None:
        values = given(input, *reviews.SAID)
        made = await reviews.submit_review(info.context.tx, input.grant, values)
        return ReviewPayload(review=declare.entity_of(made))

    @declare.mutation("Say that you have a conflict of interest; you are out from then on. Needs a duty at the fund.")
    async def declare_recusal(self, info: Info, input: DeclareRecusalInput) -> RecusalPayload | None:
        made = await reviews.declare_recusal(info.context.tx, input.grant, input.reason)
        return RecusalPayload(recusal=declare.entity_of(made))

    @declare.mutation(
        "Approve a grant, which promises its money. Above the threshold it takes two. Needs grant:decide."
    )
    async def approve_grant(self, info: Info, input: ApproveGrantInput) -> GrantPayload | None:
        conditions = [(one.kind, one.text) for one in input.conditions]
        amount, reason, expected = positive(input.amount, "amount"), input.reason, input.expected_version
        await decisions.approve(
            info.context.tx, input.id, amount, reason=reason, conditions=conditions, expected_version=expected
        )
        return of(input.id)

    @declare.mutation("Decline an application; the applicant is told. Needs grant:decide.")
    async def decline_grant(self, info: Info, input: GrantReasonInput) -> GrantPayload | None:
        await decisions.decline(info.context.tx, input.id, input.reason, expected_version=input.expected_version)
        return of(input.id)

    @declare.mutation("End a grant after its approval; what is not paid is available again. Needs grant:decide.")
    async def cancel_grant(self, info: Info, input: GrantReasonInput) -> GrantPayload | None:
        await decisions.cancel(info.context.tx, input.id, input.reason, expected_version=input.expected_version)
        return of(input.id)

    @declare.mutation("Note that the agreement was signed, and which reports it asks for. Needs grant:prepare.")
    async def sign_agreement(self, info: Info, input: SignAgreementInput) -> GrantPayload | None:
        reports = [(one.kind, one.due_on) for one in input.reports]
        expected = input.expected_version
        await agreements.sign_agreement(info.context.tx, input.id, input.signed_on, reports, expected_version=expected)
        return of(input.id)

    @declare.mutation("Note that a condition is met. Needs grant:prepare.")
    async def meet_condition(self, info: Info, input: MeetConditionInput) -> ConditionPayload | None:
        expected = input.expected_version
        await agreements.meet_condition(info.context.tx, input.id, input.evidence, expected_version=expected)
        return ConditionPayload(condition=declare.entity_of(input.id))

    @declare.mutation("Note what somebody else will give. Needs own:grant:apply there, or grant:prepare.")
    async def pledge_match(self, info: Info, input: PledgeMatchInput) -> MatchPayload | None:
        amount = positive(input.amount, "amount")
        made = await agreements.pledge_match(info.context.tx, input.grant, input.giver, amount)
        return MatchPayload(match=declare.entity_of(made))

    @declare.mutation("Note that the fund has seen the money of somebody else. Needs grant:prepare.")
    async def verify_match(self, info: Info, input: VerifyMatchInput) -> MatchPayload | None:
        expected = input.expected_version
        await agreements.verify_match(info.context.tx, input.id, input.evidence, expected_version=expected)
        return MatchPayload(match=declare.entity_of(input.id))

    @declare.mutation("Hold payments back; the applicant is told. Needs grant:prepare.")
    async def suspend_grant(self, info: Info, input: GrantReasonInput) -> GrantPayload | None:
        await closing.suspend(info.context.tx, input.id, input.reason, expected_version=input.expected_version)
        return of(input.id)

    @declare.mutation("Let payments go on. Needs grant:prepare.")
    async def resume_grant(self, info: Info, input: GrantStepInput) -> GrantPayload | None:
        await closing.resume(info.context.tx, input.id, input.reason, expected_version=input.expected_version)
        return of(input.id)

    @declare.mutation("Complete a grant; what was not paid is available again. Needs grant:prepare.")
    async def close_grant(self, info: Info, input: GrantStepInput) -> GrantPayload | None:
        await closing.close(info.context.tx, input.id, input.reason, expected_version=input.expected_version)
        return of(input.id)
