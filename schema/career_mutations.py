"""Announcing programs and their sessions."""

import datetime

import strawberry

from fund_api.careers import programs, sessions
from fund_api.careers.tables import ProgramKind, SessionMode
from fund_api.graph import declare
from fund_api.graph.mutations import Acting
from fund_api.graph.user_errors import Payload
from schema.careers import Program, Session
from schema.inputs import MoneyInput, cents, given, key, optional, version

Info = strawberry.Info[Acting, None]
ZONE = "The time zone of startsAt and endsAt by its IANA name: America/Chicago."
BEGINS = (
    "When it begins as the clocks there show it, without an offset: 2026-03-08T09:00. An hour that clocks skip in"
    " spring is refused; of an hour that they show twice in autumn the first is meant."
)
ENDS = "When it ends, in the same way; midnight belongs to the day before."


@strawberry.input(description="A program to announce. Only editors see it until it is published.")
class AddProgramInput:
    """A new program."""

    name: str = strawberry.field(description="Its name.")
    kind: ProgramKind = strawberry.field(description="What it is.")
    slug: str | None = strawberry.field(
        description="Its name in addresses, which never changes; made of the name when left out.", default=None
    )
    summary: str | None = optional("What it is about.")
    provider: str | None = optional("Who offers it.")
    url: str | None = optional("Its address, http or https.")
    resource_id: strawberry.ID | None = strawberry.field(
        name="resource", description="The id of its page in the library.", default=strawberry.UNSET
    )
    state_code: str | None = strawberry.field(
        name="state",
        description="The code of the state that it is for; for all when left out.",
        default=strawberry.UNSET,
    )
    practice_areas: list[str] = strawberry.field(
        description="The slugs of the practice areas that it teaches.", default_factory=list
    )
    idempotency_key: str | None = key()


@strawberry.input(description="What to change of a program; what is left out stays, null takes a value away.")
class UpdateProgramInput:
    """Changes of a program."""

    id: strawberry.ID = strawberry.field(description="The id of the program.")
    name: str | None = optional("Its name; a program always has one.")
    kind: ProgramKind | None = optional("What it is; a program always is something.")
    summary: str | None = optional("What it is about.")
    provider: str | None = optional("Who offers it.")
    url: str | None = optional("Its address, http or https.")
    resource_id: strawberry.ID | None = strawberry.field(
        name="resource", description="The id of its page in the library.", default=strawberry.UNSET
    )
    state_code: str | None = strawberry.field(
        name="state", description="The code of the state that it is for; null for all.", default=strawberry.UNSET
    )
    practice_areas: list[str] | None = strawberry.field(
        description="The slugs of all practice areas that it teaches, in place of those before.", default=None
    )
    expected_version: int = version()
    idempotency_key: str | None = key()


@strawberry.input(description="The program that everybody may see from now on.")
class PublishProgramInput:
    """A program and its version."""

    id: strawberry.ID = strawberry.field(description="The id of the program.")
    expected_version: int = version()
    idempotency_key: str | None = key()


@strawberry.input(description="The program that nobody but its editors is to see any more.")
class WithdrawProgramInput:
    """A program and its version."""

    id: strawberry.ID = strawberry.field(description="The id of the program.")
    expected_version: int = version()
    idempotency_key: str | None = key()


@strawberry.input(description="When a program takes place: whole days, or hours in a time zone.")
class AddSessionInput:
    """A new session."""

    program: strawberry.ID = strawberry.field(description="The id of the program.")
    title: str = strawberry.field(description="What it is called.")
    starts_on: datetime.date | None = optional("The first day of one that lasts whole days.")
    ends_on: datetime.date | None = optional("Its last day; the first one when left out.")
    starts_at: str | None = optional(BEGINS)
    ends_at: str | None = optional(ENDS)
    time_zone: str | None = optional(ZONE)
    mode: SessionMode = strawberry.field(description="How people attend.")
    place: str | None = optional("Where it takes place; an online one has no place.")
    state_code: str | None = strawberry.field(
        name="state", description="The code of the state in which it takes place.", default=strawberry.UNSET
    )
    price: MoneyInput | None = optional("What it costs; 0.00 when it is free, left out when nobody knows.")
    capacity: int | None = optional("How many can attend; left out when there is no limit.")
    registration_url: str | None = optional("Where to register, http or https.")
    registration_closes_on: datetime.date | None = optional("The last day on which one can register.")
    idempotency_key: str | None = key()


@strawberry.input(description="What to change of a session; what is left out stays, null takes a value away.")
class UpdateSessionInput:
    """Changes of a session."""

    id: strawberry.ID = strawberry.field(description="The id of the session.")
    title: str | None = optional("What it is called; a session always has a title.")
    starts_on: datetime.date | None = optional(
        "The first day of one that lasts whole days; in place of all times before."
    )
    ends_on: datetime.date | None = optional("Its last day; the first one when left out.")
    starts_at: str | None = optional(f"In place of all times before. {BEGINS}")
    ends_at: str | None = optional(ENDS)
    time_zone: str | None = optional(ZONE)
    mode: SessionMode | None = optional("How people attend.")
    place: str | None = optional("Where it takes place; one that becomes ONLINE has none any more.")
    state_code: str | None = strawberry.field(
        name="state", description="The code of the state in which it takes place.", default=strawberry.UNSET
    )
    price: MoneyInput | None = optional("What it costs.")
    capacity: int | None = optional("How many can attend; null without a limit.")
    registration_url: str | None = optional("Where to register, http or https.")
    registration_closes_on: datetime.date | None = optional("The last day on which one can register.")
    expected_version: int = version()
    idempotency_key: str | None = key()


@strawberry.input(description="A session that does not take place.")
class CancelSessionInput:
    """A session, and why it is cancelled."""

    id: strawberry.ID = strawberry.field(description="The id of the session.")
    reason: str = strawberry.field(description="Why; everybody reads it.")
    expected_version: int = version()
    idempotency_key: str | None = key()


@strawberry.input(description="How many registered for a session.")
class RecordRegistrationsInput:
    """A session, and how many seats of it are taken."""

    id: strawberry.ID = strawberry.field(description="The id of the session.")
    registered: int = strawberry.field(description="How many registered in all, as the provider says.")
    expected_version: int = version()
    idempotency_key: str | None = key()


@strawberry.type(description="What mutations of a career program answer.")
class CareerProgramPayload(Payload):
    """A program, or why not."""

    program: Program | None = strawberry.field(description="The program as it is now.", default=None)


@strawberry.type(description="What mutations of a session answer.")
class SessionPayload(Payload):
    """A session, or why not."""

    session: Session | None = strawberry.field(description="The session as it is now.", default=None)


@strawberry.type
class CareerMutations:
    """Mutations of programs and sessions."""

    @declare.mutation("Announce a program, which is published by publishProgram. Needs fund:career:manage.")
    async def add_program(self, info: Info, input: AddProgramInput) -> CareerProgramPayload | None:
        values, areas = given(input, *programs.SAID), input.practice_areas
        return _program(await programs.add_program(info.context.tx, values, practice_areas=areas, slug=input.slug))

    @declare.mutation("Change what is said of a program. Needs fund:career:manage.")
    async def update_program(self, info: Info, input: UpdateProgramInput) -> CareerProgramPayload | None:
        values, expected = given(input, *programs.SAID), input.expected_version
        areas = input.practice_areas
        await programs.update_program(
            info.context.tx, input.id, values, practice_areas=areas, expected_version=expected
        )
        return _program(input.id)

    @declare.mutation("Let everybody see a program and what belongs to it. Needs fund:career:manage.")
    async def publish_program(self, info: Info, input: PublishProgramInput) -> CareerProgramPayload | None:
        await programs.publish_program(info.context.tx, input.id, expected_version=input.expected_version)
        return _program(input.id)

    @declare.mutation("Take a program back, which can be published again. Needs fund:career:manage.")
    async def withdraw_program(self, info: Info, input: WithdrawProgramInput) -> CareerProgramPayload | None:
        await programs.withdraw_program(info.context.tx, input.id, expected_version=input.expected_version)
        return _program(input.id)

    @declare.mutation("Add a session to a program. Needs fund:career:manage.")
    async def add_session(self, info: Info, input: AddSessionInput) -> SessionPayload | None:
        return _session(await sessions.add_session(info.context.tx, input.program, _of_session(input)))

    @declare.mutation("Change what is said of a session. Needs fund:career:manage.")
    async def update_session(self, info: Info, input: UpdateSessionInput) -> SessionPayload | None:
        values, expected = _of_session(input), input.expected_version
        await sessions.update_session(info.context.tx, input.id, values, expected_version=expected)
        return _session(input.id)

    @declare.mutation("Say that a session does not take place. It stays to be seen. Needs fund:career:manage.")
    async def cancel_session(self, info: Info, input: CancelSessionInput) -> SessionPayload | None:
        expected = input.expected_version
        await sessions.cancel_session(info.context.tx, input.id, input.reason, expected_version=expected)
        return _session(input.id)

    @declare.mutation("Say how many registered for a session by now. Needs fund:career:manage.")
    async def record_registrations(self, info: Info, input: RecordRegistrationsInput) -> SessionPayload | None:
        expected = input.expected_version
        await sessions.record_registrations(info.context.tx, input.id, input.registered, expected_version=expected)
        return _session(input.id)


def _of_session(input: AddSessionInput | UpdateSessionInput) -> dict[str, object]:
    """What is said of a session, its price in cents."""
    values = given(input, *sessions.SAID, *sessions.WHEN)
    price = values.get("price")
    return values if price is None else values | {"price": cents(price, "price")}


def _program(program_id: str) -> CareerProgramPayload:
    return CareerProgramPayload(program=declare.entity_of(program_id))


def _session(session_id: str) -> SessionPayload:
    return SessionPayload(session=declare.entity_of(session_id))
