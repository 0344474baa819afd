"""Asking the fund for help with hiring, and what hiring officers do with what was asked."""

import datetime
from typing import Annotated, Any, ClassVar

import strawberry

from fund_api.core.errors import NotFound
from fund_api.graph import declare
from fund_api.graph.mutations import Acting
from fund_api.graph.reading import Asking
from fund_api.graph.user_errors import Payload
from fund_api.hiring import details, placements, requests
from fund_api.hiring.tables import CreationRoute, HiringStage, SearchMode
from schema.hiring import FollowUp, HiringRequest, ManagerPlacement
from schema.inputs import MoneyInput, cents, given, key, optional, positive, version
from schema.throttling import slow_down

Info = strawberry.Info[Acting, None]
_AREAS = f"What the manager is to bring above all: ids or slugs of practice areas, at most {details.MOST_AREAS}."


@strawberry.input(description="What is said of a position and its search. What is left out stays as it is.")
class HiringDetailsInput:
    """What whoever asks may say, and what hiring officers fill in."""

    creation_route: CreationRoute | None = optional("How the position comes to be; null while unknown.")
    search_mode: SearchMode | None = optional("Who leads the search; null while unknown.")
    budget: MoneyInput | None = optional("What the search may cost.")
    salary_minimum: MoneyInput | None = optional("The least salary of a year; private.")
    salary_maximum: MoneyInput | None = optional("The highest salary of a year; private.")
    target_on: datetime.date | None = optional("When the manager is to start.")
    practice_areas: list[str] | None = strawberry.field(description=_AREAS, default=None)


@strawberry.input(description="A request that the fund help to hire a manager.")
class RequestHiringSupportInput(HiringDetailsInput):
    """Who asks, for which community, and what is known of the position."""

    community_id: strawberry.ID = strawberry.field(name="community", description="The id of the community.")
    campaign_id: strawberry.ID | None = strawberry.field(
        name="campaign", description="The id of the campaign that it comes from; one that you belong to.", default=None
    )
    contact_name: str = strawberry.field(description="Whom to reach; private.")
    contact_email: str = strawberry.field(description="Their e-mail address; private.")
    contact_phone: str | None = strawberry.field(description="Their telephone; private.", default=None)
    message: str = strawberry.field(description="What the fund should know; private.")
    first_manager: bool = strawberry.field(description="Whether it is to be the community's first manager ever.")
    interim_needed: bool = strawberry.field(description="Whether somebody is needed for the time being.", default=False)
    idempotency_key: str | None = key()


@strawberry.input(description="What is said of a request from now on. What is left out stays as it is.")
class UpdateHiringRequestInput(HiringDetailsInput):
    """A request, and what changes."""

    id: strawberry.ID = strawberry.field(description="The id of the request.")
    contact_name: str | None = optional("Whom to reach; private.")
    contact_email: str | None = optional("Their e-mail address; private.")
    contact_phone: str | None = optional("Their telephone; private.")
    first_manager: bool | None = optional("Whether it is to be the community's first manager ever; its placement, too.")
    interim_needed: bool | None = optional("Whether somebody is needed for the time being.")
    expected_version: int = version()
    idempotency_key: str | None = key()


@strawberry.input(description="A request that a hiring officer takes up, and what became known of it.")
class TriageRequestInput(HiringDetailsInput):
    """A request, and what is filled in."""

    id: strawberry.ID = strawberry.field(description="The id of the request.")
    first_manager: bool | None = optional("Whether it is to be the community's first manager ever.")
    interim_needed: bool | None = optional("Whether somebody is needed for the time being.")
    expected_version: int = version()
    idempotency_key: str | None = key()


@strawberry.input(description="A request that goes a step further, waits, or is declined.")
class MoveRequestInput:
    """A request, and where it is to stand."""

    id: strawberry.ID = strawberry.field(description="The id of the request.")
    to: HiringStage = strawberry.field(description="The stage. From ON_HOLD it goes on in its heldStage.")
    reason: str | None = strawberry.field(
        description="Why. ON_HOLD and DECLINED need it, and who asked reads it.", default=None
    )
    expected_version: int = version()
    idempotency_key: str | None = key()


@strawberry.input(description="A request that ends.")
class CloseRequestInput:
    """A request, and why it ends."""

    id: strawberry.ID = strawberry.field(description="The id of the request.")
    reason: str = strawberry.field(description="Why, in words for who asked.")
    expected_version: int = version()
    idempotency_key: str | None = key()


@strawberry.input(description="That a community hired a manager.")
class RecordAppointmentInput:
    """A request in OFFER, and who took the position."""

    hiring_request: strawberry.ID = strawberry.field(description="The id of the request.")
    title: str = strawberry.field(description="What the position is called.")
    manager_name: str = strawberry.field(description="Who was hired; private until the placement is published.")
    appointed_on: datetime.date = strawberry.field(description="The day of the appointment.")
    starts_on: datetime.date | None = strawberry.field(description="The first day of work.", default=None)
    expected_version: int = version()
    idempotency_key: str | None = key()


@strawberry.input(description="That somebody asked how it goes.")
class RecordFollowUpInput:
    """A follow-up that was done."""

    id: strawberry.ID = strawberry.field(description="The id of the follow-up.")
    done_on: datetime.date = strawberry.field(description="The day on which it took place.")
    note: str | None = strawberry.field(description="What was said; for hiring officers.", default=None)
    expected_version: int = version()
    idempotency_key: str | None = key()


@strawberry.input(description="A placement that everybody may know of.")
class PublishPlacementInput:
    """A placement."""

    id: strawberry.ID = strawberry.field(description="The id of the placement.")
    expected_version: int = version()
    idempotency_key: str | None = key()


@strawberry.type(description="What requestHiringSupport answers.")
class RequestHiringSupportPayload(Payload):
    """A secret, or why not."""

    withheld: ClassVar[frozenset[str]] = frozenset({"secret"})
    request: strawberry.ID | None = strawberry.field(description="The id of the request.", default=None)
    secret: str | None = strawberry.field(
        description="Look the stage of the request up by it: hiringRequestState. It is told this once.", default=None
    )


@strawberry.type(description="What mutations of a request for hiring support answer.")
class HiringRequestPayload(Payload):
    """A request, or why not."""

    hiring_request: HiringRequest | None = strawberry.field(description="The request as it is now.", default=None)


@strawberry.type(description="What mutations of a placement answer.")
class ManagerPlacementPayload(Payload):
    """A placement, or why not."""

    placement: ManagerPlacement | None = strawberry.field(description="The placement as it is now.", default=None)


@strawberry.type(description="What recordFollowUp answers.")
class FollowUpPayload(Payload):
    """A follow-up, or why not."""

    follow_up: FollowUp | None = strawberry.field(description="The follow-up as it is now.", default=None)


@strawberry.type(description="What became of a request for hiring support, for who asked.")
class HiringRequestState:
    """The stage of a request, without anything private."""

    stage: HiringStage = strawberry.field(description="How far it has come.")
    stage_since: datetime.datetime = strawberry.field(description="Since when it stands there.")
    reason: str | None = strawberry.field(description="Why, where the fund gave a reason.")
    created_at: datetime.datetime = strawberry.field(description="When it came.")


async def hiring_request_state(
    info: strawberry.Info[Asking, None],
    secret: Annotated[str, strawberry.argument(description="What requestHiringSupport answered.")],
) -> HiringRequestState | None:
    """The request with this secret."""
    async with info.context.services["database"].reading() as connection:
        try:
            found = await requests.look_up(connection, secret)
        except NotFound:
            return None
    names = ("stage", "stage_since", "reason", "created_at")
    shown: dict[str, Any] = {name: found[name] for name in names}  # Any: each column's own
    return HiringRequestState(**shown)


@strawberry.type
class HiringStateQueries:
    """Root fields on requests for hiring support that need no account."""

    hiring_request_state: HiringRequestState | None = strawberry.field(
        resolver=hiring_request_state,
        description="What became of a request for hiring support, by the secret that its sender was told; null for"
        " another.",
    )


@strawberry.type
class HiringMutations:
    """Mutations of hiring support."""

    @declare.mutation(
        "Ask the fund to help with hiring a manager. Everybody may; an address may do it ten times a minute."
    )
    async def request_hiring_support(
        self, info: Info, input: RequestHiringSupportInput
    ) -> RequestHiringSupportPayload | None:
        slow_down(info.context)
        names = ("community_id", "campaign_id", "contact_name", "contact_email", "contact_phone", "message")
        values = _details(input) | given(input, *names)
        made = await requests.request_hiring_support(info.context.tx, values, input.practice_areas or ())
        return RequestHiringSupportPayload(request=strawberry.ID(made.request_id), secret=made.secret)

    @declare.mutation("Fill in or correct what is said of a request. Needs fund:hiring:manage.")
    async def update_hiring_request(self, info: Info, input: UpdateHiringRequestInput) -> HiringRequestPayload | None:
        tx, expected = info.context.tx, input.expected_version
        values = _details(input) | given(input, "contact_name", "contact_email", "contact_phone")
        await requests.update_request(tx, input.id, values, input.practice_areas, expected_version=expected)
        return _request(input.id)

    @declare.mutation("Take a request up, and fill in what became known of it. Needs fund:hiring:manage.")
    async def triage_request(self, info: Info, input: TriageRequestInput) -> HiringRequestPayload | None:
        tx, expected = info.context.tx, input.expected_version
        await requests.triage_request(tx, input.id, _details(input), input.practice_areas, expected_version=expected)
        return _request(input.id)

    @declare.mutation("Move a request to another stage. Needs fund:hiring:manage.")
    async def move_request(self, info: Info, input: MoveRequestInput) -> HiringRequestPayload | None:
        tx, expected = info.context.tx, input.expected_version
        await requests.move_request(tx, input.id, input.to, input.reason, expected_version=expected)
        return _request(input.id)

    @declare.mutation(
        "End a request; its advisor is free for another. Where follow-ups are open, say why nobody asks any more."
        " Needs fund:hiring:manage."
    )
    async def close_request(self, info: Info, input: CloseRequestInput) -> HiringRequestPayload | None:
        await requests.close_request(info.context.tx, input.id, input.reason, expected_version=input.expected_version)
        return _request(input.id)

    @declare.mutation(
        "Record whom a community hired; the fund asks how it goes after 3, 6 and 12 months. Needs fund:hiring:manage."
    )
    async def record_appointment(self, info: Info, input: RecordAppointmentInput) -> ManagerPlacementPayload | None:
        tx, expected = info.context.tx, input.expected_version
        values = given(input, "title", "manager_name", "appointed_on", "starts_on")
        made = await placements.record_appointment(tx, input.hiring_request, values, expected_version=expected)
        return ManagerPlacementPayload(placement=declare.entity_of(made))

    @declare.mutation("Record that somebody asked how it goes, and what was said. Needs fund:hiring:manage.")
    async def record_follow_up(self, info: Info, input: RecordFollowUpInput) -> FollowUpPayload | None:
        tx, expected = info.context.tx, input.expected_version
        await placements.record_follow_up(tx, input.id, input.done_on, input.note, expected_version=expected)
        return FollowUpPayload(follow_up=declare.entity_of(input.id))

    @declare.mutation("Let everybody know whom a community hired, for good. Needs fund:hiring:manage.")
    async def publish_placement(self, info: Info, input: PublishPlacementInput) -> ManagerPlacementPayload | None:
        await placements.publish_placement(info.context.tx, input.id, expected_version=input.expected_version)
        return ManagerPlacementPayload(placement=declare.entity_of(input.id))


def _details(
    source: RequestHiringSupportInput | UpdateHiringRequestInput | TriageRequestInput,
) -> dict[str, Any]:
    """What the client says of a position, amounts in cents. Any: values of columns."""
    names = ("first_manager", "interim_needed", "creation_route", "search_mode", "target_on")
    money = given(source, "budget", "salary_minimum", "salary_maximum")
    amounts = {name: value and (cents if name == "budget" else positive)(value, name) for name, value in money.items()}
    return given(source, *names) | amounts


def _request(request_id: str) -> HiringRequestPayload:
    return HiringRequestPayload(hiring_request=declare.entity_of(request_id))
