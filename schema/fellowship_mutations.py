"""Cohorts of fellows, and the communities that host them."""

import datetime

import strawberry

from fund_api.careers import cohorts, fellows
from fund_api.careers.fellowship_tables import CohortStage, FellowState
from fund_api.graph import declare
from fund_api.graph.mutations import Acting
from fund_api.graph.user_errors import Payload
from schema.fellowships import FellowPlacement, FellowshipCohort
from schema.inputs import given, key, optional, version

Info = strawberry.Info[Acting, None]


@strawberry.input(description="A cohort of fellows to plan. Its days follow each other in this order.")
class AddCohortInput:
    """A new cohort."""

    program: strawberry.ID = strawberry.field(description="The id of the fellowship, or of the internship.")
    name: str = strawberry.field(description="What it is called; a program has no two cohorts of one name.")
    applications_open_on: datetime.date = strawberry.field(description="The first day on which one can apply.")
    applications_close_on: datetime.date = strawberry.field(description="The last day on which one can apply.")
    starts_on: datetime.date = strawberry.field(description="The first day of work.")
    ends_on: datetime.date = strawberry.field(description="The last day of work.")
    seats: int = strawberry.field(description="How many fellows there can be.")
    idempotency_key: str | None = key()


@strawberry.input(description="What to change of a cohort; what is left out stays.")
class UpdateCohortInput:
    """Changes of a cohort."""

    id: strawberry.ID = strawberry.field(description="The id of the cohort.")
    name: str | None = optional("What it is called.")
    applications_open_on: datetime.date | None = optional("The first day on which one can apply.")
    applications_close_on: datetime.date | None = optional("The last day on which one can apply.")
    starts_on: datetime.date | None = optional("The first day of work.")
    ends_on: datetime.date | None = optional("The last day of work.")
    seats: int | None = optional("How many fellows there can be; not fewer than are taken.")
    expected_version: int = version()
    idempotency_key: str | None = key()


@strawberry.input(description="Where to move a cohort.")
class MoveCohortInput:
    """A stage to move to."""

    id: strawberry.ID = strawberry.field(description="The id of the cohort.")
    to: CohortStage = strawberry.field(description="The stage to move to; `availableActions` says which are open.")
    reason: str | None = strawberry.field(
        description="Why it is CANCELLED, which everybody reads; no other stage has a reason.", default=None
    )
    expected_version: int = version()
    idempotency_key: str | None = key()


@strawberry.input(description="A fellow for a community. Who it is stays private.")
class ProposeFellowInput:
    """A new placement."""

    cohort: strawberry.ID = strawberry.field(
        description="The id of the cohort, which is SELECTING and has a free seat."
    )
    community_id: strawberry.ID = strawberry.field(name="community", description="The id of the community that hosts.")
    fellow_name: str = strawberry.field(description="Who the fellow is; for those who look after programs.")
    fellow_email: str | None = optional("How to reach them; for those who look after programs.")
    starts_on: datetime.date | None = optional("The first day of work; the cohort's when left out.")
    ends_on: datetime.date | None = optional("The last day of work; the cohort's when left out.")
    idempotency_key: str | None = key()


@strawberry.input(description="What to correct of a fellow; what is left out stays.")
class UpdateFellowInput:
    """Changes of a placement."""

    id: strawberry.ID = strawberry.field(description="The id of the placement.")
    fellow_name: str | None = optional("Who the fellow is; for those who look after programs.")
    fellow_email: str | None = optional("How to reach them; for those who look after programs.")
    starts_on: datetime.date | None = optional("The first day of work.")
    ends_on: datetime.date | None = optional("The last day of work.")
    expected_version: int = version()
    idempotency_key: str | None = key()


@strawberry.input(description="Whom to erase.")
class EraseFellowInput:
    """A fellow to erase."""

    id: strawberry.ID = strawberry.field(description="The id of the placement.")
    expected_version: int = version()
    idempotency_key: str | None = key()


@strawberry.input(description="Where to move a placement.")
class MoveFellowInput:
    """A state to move to."""

    id: strawberry.ID = strawberry.field(description="The id of the placement.")
    to: FellowState = strawberry.field(description="The state to move to.")
    reason: str | None = strawberry.field(
        description="Why it is WITHDRAWN or ENDED_EARLY; for those who look after programs.", default=None
    )
    ended_on: datetime.date | None = strawberry.field(
        description="The last day of work of what is ENDED_EARLY; when left out today, or the nearest day of work.",
        default=None,
    )
    expected_version: int = version()
    idempotency_key: str | None = key()


@strawberry.type(description="What mutations of a cohort answer.")
class CohortPayload(Payload):
    """A cohort, or why not."""

    cohort: FellowshipCohort | None = strawberry.field(description="The cohort as it is now.", default=None)


@strawberry.type(description="What mutations of a fellow's placement answer.")
class FellowPayload(Payload):
    """A placement, or why not."""

    placement: FellowPlacement | None = strawberry.field(description="The placement as it is now.", default=None)


@strawberry.type
class FellowshipMutations:
    """Mutations of cohorts and placements."""

    @declare.mutation("Plan a cohort of a fellowship. Needs fund:career:manage.")
    async def add_cohort(self, info: Info, input: AddCohortInput) -> CohortPayload | None:
        values = given(input, *cohorts.SAID)
        return _cohort(await cohorts.add_cohort(info.context.tx, input.program, values))

    @declare.mutation("Change what is said of a cohort. Needs fund:career:manage.")
    async def update_cohort(self, info: Info, input: UpdateCohortInput) -> CohortPayload | None:
        values, expected = given(input, *cohorts.SAID), input.expected_version
        await cohorts.update_cohort(info.context.tx, input.id, values, expected_version=expected)
        return _cohort(input.id)

    @declare.mutation(
        "Move a cohort to another stage. When it is cancelled, its open placements end. Needs fund:career:manage."
    )
    async def move_cohort(self, info: Info, input: MoveCohortInput) -> CohortPayload | None:
        tx, expected = info.context.tx, input.expected_version
        await cohorts.move_cohort(tx, input.id, input.to, input.reason, expected_version=expected)
        return _cohort(input.id)

    @declare.mutation("Propose that a community hosts a fellow, which takes a seat. Needs fund:career:manage.")
    async def propose_fellow(self, info: Info, input: ProposeFellowInput) -> FellowPayload | None:
        values = given(input, *fellows.SAID)
        return _placement(await fellows.propose_fellow(info.context.tx, input.cohort, values))

    @declare.mutation(
        "Correct what is said of a fellow, whatever the state of the placement. Needs fund:career:manage."
    )
    async def update_fellow(self, info: Info, input: UpdateFellowInput) -> FellowPayload | None:
        values, expected = given(input, *fellows.CORRECTED), input.expected_version
        await fellows.update_fellow(info.context.tx, input.id, values, expected_version=expected)
        return _placement(input.id)

    @declare.mutation(
        "Erase a fellow for good: name, address, and why the placement ended. That the community hosted somebody"
        " stays. Needs fund:career:manage."
    )
    async def erase_fellow(self, info: Info, input: EraseFellowInput) -> FellowPayload | None:
        await fellows.erase_fellow(info.context.tx, input.id, expected_version=input.expected_version)
        return _placement(input.id)

    @declare.mutation(
        "Move a placement to another state. What is withdrawn, or ends early, gives its seat back."
        " Needs fund:career:manage."
    )
    async def move_fellow(self, info: Info, input: MoveFellowInput) -> FellowPayload | None:
        tx, expected = info.context.tx, input.expected_version
        ended_on = input.ended_on
        await fellows.move_fellow(tx, input.id, input.to, input.reason, ended_on=ended_on, expected_version=expected)
        return _placement(input.id)


def _cohort(cohort_id: str) -> CohortPayload:
    return CohortPayload(cohort=declare.entity_of(cohort_id))


def _placement(placement_id: str) -> FellowPayload:
    return FellowPayload(placement=declare.entity_of(placement_id))
