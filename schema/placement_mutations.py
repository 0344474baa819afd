"""How an appointment that was recorded is corrected, and how it is forgotten who was hired."""

import datetime

import strawberry

from fund_api.graph import declare
from fund_api.graph.mutations import Acting
from fund_api.hiring import placements
from schema.hiring_mutations import ManagerPlacementPayload
from schema.inputs import given, key, optional, version

Info = strawberry.Info[Acting, None]


@strawberry.input(description="What to correct of a placement that is not published; what is left out stays.")
class CorrectPlacementInput:
    """A placement, and what it is to say."""

    id: strawberry.ID = strawberry.field(description="The id of the placement.")
    title: str | None = optional("What the position is called.")
    manager_name: str | None = optional("Who was hired; private until the placement is published.")
    appointed_on: datetime.date | None = optional("The day of the appointment.")
    starts_on: datetime.date | None = optional("The first day of work; null while unknown.")
    expected_version: int = version()
    idempotency_key: str | None = key()


@strawberry.input(description="A placement whose manager is to be forgotten.")
class ForgetManagerInput:
    """A placement."""

    id: strawberry.ID = strawberry.field(description="The id of the placement.")
    expected_version: int = version()
    idempotency_key: str | None = key()


@strawberry.type
class PlacementMutations:
    """Mutations of placements."""

    @declare.mutation(
        "Correct what was recorded of an appointment, until it is published; its open follow-ups follow. Needs"
        " fund:hiring:manage."
    )
    async def correct_placement(self, info: Info, input: CorrectPlacementInput) -> ManagerPlacementPayload | None:
        values = given(input, "title", "manager_name", "appointed_on", "starts_on")
        await placements.correct_placement(info.context.tx, input.id, values, expected_version=input.expected_version)
        return ManagerPlacementPayload(placement=declare.entity_of(input.id))

    @declare.mutation(
        "Erase who was hired, for good: the name, and what follow-ups say of them. Needs fund:hiring:manage."
    )
    async def forget_manager(self, info: Info, input: ForgetManagerInput) -> ManagerPlacementPayload | None:
        await placements.forget_manager(info.context.tx, input.id, expected_version=input.expected_version)
        return ManagerPlacementPayload(placement=declare.entity_of(input.id))
