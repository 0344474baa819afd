"""What administrators do with funding programs."""

import datetime

import strawberry

from fund_api.grants import programs
from fund_api.grants.tables import MatchingPolicy
from fund_api.graph import declare
from fund_api.graph.mutations import Acting
from fund_api.graph.user_errors import Payload
from schema.inputs import MoneyInput, cents, given, hundredths, key, positive, version
from schema.programs import FundingProgram

Info = strawberry.Info[Acting, None]


@strawberry.input(description="A budget to open.")
class OpenProgramInput:
    """A new program."""

    fiscal_year_id: strawberry.ID = strawberry.field(
        name="fiscalYear", description="The id of the fiscal year whose money it is."
    )
    name: str = strawberry.field(description="Its name; a fiscal year has no two programs of one name.")
    appropriation: MoneyInput = strawberry.field(description="What it may spend in all.")
    grant_minimum: MoneyInput = strawberry.field(description="The smallest grant.")
    grant_maximum: MoneyInput = strawberry.field(description="The largest grant.")
    approval_threshold: MoneyInput | None = strawberry.field(
        description="Above this a grant takes two approvers; one always suffices when left out.", default=None
    )
    matching_policy: MatchingPolicy = strawberry.field(
        description="Whether it asks for money of others.", default=MatchingPolicy.NONE
    )
    match_percent: float | None = strawberry.field(
        description="How much of others, in percent of the award; where it asks for some.", default=None
    )
    approves_after_election: bool = strawberry.field(
        description="Whether it approves grants after election day.", default=False
    )
    reviews_needed: int = strawberry.field(
        description="How many reviews a grant needs before it is decided.", default=1
    )
    opens_on: datetime.date = strawberry.field(description="The first day on which it takes applications.")
    closes_on: datetime.date = strawberry.field(description="The last day on which it takes applications.")
    idempotency_key: str | None = key()


@strawberry.input(description="What a program may spend from now on.")
class AdjustAppropriationInput:
    """A program and its money."""

    id: strawberry.ID = strawberry.field(description="The id of the funding program.")
    appropriation: MoneyInput = strawberry.field(
        description="What it may spend in all; not less than what is promised and paid."
    )
    expected_version: int = version()
    idempotency_key: str | None = key()


@strawberry.input(description="A program to close.")
class CloseProgramInput:
    """A program and its version."""

    id: strawberry.ID = strawberry.field(description="The id of the funding program.")
    expected_version: int = version()
    idempotency_key: str | None = key()


@strawberry.type(description="What mutations of a funding program answer.")
class ProgramPayload(Payload):
    """A program, or why not."""

    program: FundingProgram | None = strawberry.field(description="The program as it is now.", default=None)


@strawberry.type
class ProgramMutations:
    """Mutations of funding programs."""

    @declare.mutation("Open a budget of a fiscal year. Needs fund:budget:manage.")
    async def open_program(self, info: Info, input: OpenProgramInput) -> ProgramPayload | None:
        names = ("name", "fiscal_year_id", "matching_policy", "approves_after_election", "reviews_needed")
        values = given(input, *names, "opens_on", "closes_on") | _bounds(input)
        values["appropriation"] = cents(input.appropriation, "appropriation")
        share = input.match_percent
        values["match_hundredths"] = None if share is None else hundredths(share, "match_percent")
        return _program(await programs.open_program(info.context.tx, values))

    @declare.mutation("Set what a program may spend. Needs fund:budget:manage.")
    async def adjust_appropriation(self, info: Info, input: AdjustAppropriationInput) -> ProgramPayload | None:
        amount, expected = cents(input.appropriation, "appropriation"), input.expected_version
        await programs.adjust_appropriation(info.context.tx, input.id, amount, expected_version=expected)
        return _program(input.id)

    @declare.mutation("Take no more applications and approve nothing any more. Needs fund:budget:manage.")
    async def close_program(self, info: Info, input: CloseProgramInput) -> ProgramPayload | None:
        await programs.close_program(info.context.tx, input.id, expected_version=input.expected_version)
        return _program(input.id)


def _bounds(input: OpenProgramInput) -> dict[str, int | None]:
    """What a grant of the program may come to, and from where it takes two approvers."""
    threshold = input.approval_threshold
    return {
        "grant_minimum": positive(input.grant_minimum, "grant_minimum"),
        "grant_maximum": positive(input.grant_maximum, "grant_maximum"),
        "approval_threshold": None if threshold is None else cents(threshold, "approval_threshold"),
    }


def _program(program_id: str) -> ProgramPayload:
    return ProgramPayload(program=declare.entity_of(program_id))
