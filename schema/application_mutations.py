"""What can be done with applications: by their applicants, and by officers who prepare them."""

import strawberry

from fund_api.grants import applications, reviews
from fund_api.graph import declare
from fund_api.graph.mutations import Acting
from fund_api.graph.user_errors import Payload
from schema.grants import Grant
from schema.inputs import MoneyInput, given, key, optional, positive, version

Info = strawberry.Info[Acting, None]


@strawberry.input(description="What a part of the money is for.")
class BudgetLineInput:
    """A line of a budget."""

    description: str = strawberry.field(description="What the money is for.")
    amount: MoneyInput = strawberry.field(description="How much.")


@strawberry.input(description="An application to begin.")
class DraftGrantInput:
    """A new application."""

    campaign: strawberry.ID = strawberry.field(description="The id of the campaign that it is for.")
    program: strawberry.ID = strawberry.field(description="The id of the funding program that it asks.")
    purpose: str = strawberry.field(description="What the money is for.")
    requested: MoneyInput = strawberry.field(description="How much is asked for, within the program's bounds.")
    payee: str | None = strawberry.field(
        description="Who is to be paid: the committee. Needed before it is submitted.", default=None
    )
    payee_registration: str | None = strawberry.field(
        description="The committee's registration with its election authority. Needed before it is submitted.",
        default=None,
    )
    budget: list[BudgetLineInput] = strawberry.field(
        description="What the parts are for; they add up to what is asked for before it is submitted.",
        default_factory=list,
    )
    idempotency_key: str | None = key()


@strawberry.input(description="What to change of an application; what is left out stays.")
class UpdateGrantInput:
    """Changes of an application."""

    id: strawberry.ID = strawberry.field(description="The id of the grant.")
    purpose: str | None = optional("What the money is for.")
    requested: MoneyInput | None = optional("How much is asked for.")
    payee: str | None = optional("Who is to be paid.")
    payee_registration: str | None = optional("The committee's registration.")
    budget: list[BudgetLineInput] | None = optional("The whole budget anew; null and an empty list take it away.")
    expected_version: int = version()
    idempotency_key: str | None = key()


@strawberry.input(description="An application to hand in.")
class SubmitGrantInput:
    """A grant and its version."""

    id: strawberry.ID = strawberry.field(description="The id of the grant.")
    expected_version: int = version()
    idempotency_key: str | None = key()


@strawberry.input(description="A grant that goes on, and why if that needs words.")
class GrantStepInput:
    """A grant, its version, and a reason."""

    id: strawberry.ID = strawberry.field(description="The id of the grant.")
    reason: str | None = strawberry.field(description="Why; the applicant reads it.", default=None)
    expected_version: int = version()
    idempotency_key: str | None = key()


@strawberry.input(description="A grant that is stopped or sent back, and why.")
class GrantReasonInput:
    """A grant, its version, and a reason."""

    id: strawberry.ID = strawberry.field(description="The id of the grant.")
    reason: str = strawberry.field(description="Why; the applicant reads it and is told.")
    expected_version: int = version()
    idempotency_key: str | None = key()


@strawberry.type(description="What mutations of a grant answer.")
class GrantPayload(Payload):
    """A grant, or why not."""

    grant: Grant | None = strawberry.field(description="The grant as it is now.", default=None)


@strawberry.type
class ApplicationMutations:
    """Mutations of applications."""

    @declare.mutation("Begin an application. Needs own:grant:apply in the campaign, or grant:prepare.")
    async def draft_grant(self, info: Info, input: DraftGrantInput) -> GrantPayload | None:
        values = given(input, "purpose", "payee", "payee_registration")
        values["requested"] = positive(input.requested, "requested")
        lines = budget(input.budget)
        return of(await applications.draft(info.context.tx, input.campaign, input.program, values, lines))

    @declare.mutation("Change an application that is not handed in. Needs own:grant:apply there, or grant:prepare.")
    async def update_grant(self, info: Info, input: UpdateGrantInput) -> GrantPayload | None:
        values = given(input, "purpose", "payee", "payee_registration")
        if input.requested is not strawberry.UNSET:
            values["requested"] = input.requested and positive(input.requested, "requested")
        lines = None if input.budget is strawberry.UNSET else budget(input.budget or [])
        await applications.update(info.context.tx, input.id, values, lines, expected_version=input.expected_version)
        return of(input.id)

    @declare.mutation("Hand an application in. Needs own:grant:apply there, or grant:prepare.")
    async def submit_grant(self, info: Info, input: SubmitGrantInput) -> GrantPayload | None:
        await applications.submit(info.context.tx, input.id, expected_version=input.expected_version)
        return of(input.id)

    @declare.mutation("Take an application back before it is decided. Needs own:grant:apply there.")
    async def withdraw_grant(self, info: Info, input: GrantStepInput) -> GrantPayload | None:
        expected = input.expected_version
        await applications.withdraw(info.context.tx, input.id, input.reason, expected_version=expected)
        return of(input.id)

    @declare.mutation("Take up an application to check it. Needs grant:prepare.")
    async def screen_grant(self, info: Info, input: GrantStepInput) -> GrantPayload | None:
        await reviews.screen(info.context.tx, input.id, input.reason, expected_version=input.expected_version)
        return of(input.id)

    @declare.mutation("Ask the applicant for more; they are told. Needs grant:prepare.")
    async def request_more_info(self, info: Info, input: GrantReasonInput) -> GrantPayload | None:
        expected = input.expected_version
        await reviews.request_more_info(info.context.tx, input.id, input.reason, expected_version=expected)
        return of(input.id)

    @declare.mutation("Give an application to the reviewers. Needs grant:prepare.")
    async def start_review(self, info: Info, input: GrantStepInput) -> GrantPayload | None:
        await reviews.start_review(info.context.tx, input.id, input.reason, expected_version=input.expected_version)
        return of(input.id)

    @declare.mutation("Give a reviewed application to the approvers. Needs grant:prepare.")
    async def send_to_decision(self, info: Info, input: GrantStepInput) -> GrantPayload | None:
        expected = input.expected_version
        await reviews.send_to_decision(info.context.tx, input.id, input.reason, expected_version=expected)
        return of(input.id)


def budget(lines: list[BudgetLineInput]) -> list[applications.Line]:
    """The lines of a budget, in minor units."""
    return [
        (line.description, positive(line.amount, "budget", str(place), "amount")) for place, line in enumerate(lines)
    ]


def of(grant_id: str) -> GrantPayload:
    """The answer about a grant."""
    return GrantPayload(grant=declare.entity_of(grant_id))
