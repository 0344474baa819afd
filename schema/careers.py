"""What clients see of programs and their sessions."""

import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from fund_api.careers import tables, visibility
from fund_api.careers.tables import ProgramKind, SessionMode
from fund_api.core.facts import Provenance
from fund_api.graph import declare
from fund_api.graph.declarations import Link
from fund_api.graph.types import Connection, Money, Node, Stats
from fund_api.library.tables import TagBasis
from schema.communities import State
from schema.library import Resource

if TYPE_CHECKING:
    from schema.audiences import PracticeArea
    from schema.events import Event
    from schema.fellowships import FellowshipCohort, Scholarship

declare.enum(
    ProgramKind,
    "What a program is.",
    FELLOWSHIP="Work in a community for those who begin in the profession.",
    WORKSHOP="A workshop.",
    COURSE="A course, or a row of them.",
    COACHING="Coaching by somebody who knows the profession.",
    SCHOLARSHIP="Money for studies or for another program.",
    INTERNSHIP="Work in a community beside one's studies.",
    ASSESSMENT="A test of skills, to plan what to learn.",
)
declare.enum(
    SessionMode,
    "How people attend a session.",
    IN_PERSON="At a place.",
    ONLINE="Online.",
    HYBRID="At a place or online.",
)


@declare.entity(tables.Program, order=("name",), visible=visibility.program)
class Program(Node):
    """Something that people join to learn the profession of a manager, or to come into it."""

    slug: str = declare.column("Its name in addresses, which never changes.")
    name: str = declare.column("Its name.", order=True, folded="name_folded")
    summary: str | None = declare.column("What it is about.")
    kind: ProgramKind = declare.column("What it is.")
    kind_basis: TagBasis = declare.column("Who says that it is this.")
    provider: str | None = declare.column("Who offers it.")
    url: str | None = declare.column("Its address.")
    resource: Resource | None = declare.to_one("Its page in the library.", own="resource_id")
    state: State | None = declare.to_one(
        "The state that it is for; null for all of them.", own="state_code", key="code"
    )
    practice_areas: Connection[Annotated["PracticeArea", strawberry.lazy("schema.audiences")]] = declare.to_many(
        "What it teaches.", via=Link(tables.ProgramPracticeArea, parent="program_id", child="practice_area_id")
    )
    sessions: Connection["Session"] = declare.to_many(
        "When it takes place, the first session first.", key="program_id", sure=True
    )
    cohorts: Connection[Annotated["FellowshipCohort", strawberry.lazy("schema.fellowships")]] = declare.to_many(
        "Its cohorts of fellows.", key="program_id", sure=True
    )
    scholarships: Connection[Annotated["Scholarship", strawberry.lazy("schema.fellowships")]] = declare.to_many(
        "Money that can be had for it, the first deadline first.", key="program_id", sure=True
    )
    published_at: datetime.datetime | None = declare.column("Since when everybody sees it; null while they don't.")
    version: int = declare.column("How often it was written; updates name the version that they read.", filters=False)
    activity: Connection[Annotated["Event", strawberry.lazy("schema.events")]] = declare.to_many(
        "What was done with it, the latest first.", key="entity_id"
    )
    provenance: Provenance = declare.column("How this row came to be here.")


@declare.entity(tables.ProgramSession, order=("starts_on",), visible=visibility.of_program)
class Session(Node):
    """When a program takes place."""

    program: Program = declare.to_one("The program.", own="program_id", order=True, sure=True)
    title: str = declare.column("What it is called.")
    starts_on: datetime.date = declare.column("Its first day, where it takes place.", order=True)
    ends_on: datetime.date = declare.column("Its last day, where it takes place.")
    starts_at: datetime.datetime | None = declare.column("When it begins, in UTC; null: it lasts whole days.")
    ends_at: datetime.datetime | None = declare.column("When it ends, in UTC; null: it lasts whole days.")
    time_zone: str | None = declare.column("The time zone of its place, such as America/Chicago.")
    mode: SessionMode = declare.column("How people attend.")
    place: str | None = declare.column("Where it takes place; null for an online one.")
    state: State | None = declare.to_one(
        "The state in which it takes place; null for an online one that is for all.", own="state_code", key="code"
    )
    price: Money | None = declare.money("What it costs; null when unknown, which 0.00 is not.", order=True)
    capacity: int | None = declare.column("How many can attend; null without a limit.")
    registered: int = declare.column("How many registered, as far as the fund was told.")
    seats_left: int | None = declare.column("How many more can attend; null without a limit.")
    has_seats: bool | None = declare.column("Whether more can attend.")
    registration_url: str | None = declare.column("Where to register.")
    registration_closes_on: datetime.date | None = declare.column("The last day on which one can register.")
    cancelled_at: datetime.datetime | None = declare.column("When it was cancelled; null when it takes place.")
    reason: str | None = declare.column("Why it was cancelled.")
    version: int = declare.column("How often it was written; updates name the version that they read.", filters=False)
    activity: Connection[Annotated["Event", strawberry.lazy("schema.events")]] = declare.to_many(
        "What was done with it, the latest first.", key="entity_id"
    )
    provenance: Provenance = declare.column("How this row came to be here.")


@strawberry.type
class CareerQueries:
    """Root fields on programs."""

    program: Program | None = declare.lookup("One program.", "id", "slug", by=True)
    programs: Connection[Program] = declare.listing("What people can join, by name.")
    session: Session | None = declare.lookup("One session by its id.", "id")
    sessions: Connection[Session] = declare.listing("When programs take place, the first session first.")
    session_stats: Stats = declare.stats(
        "Figures about sessions in groups: how many there are, and how many register.",
        Session,
        keys=("mode", "starts_on", "provenance", "program.kind", "state.code"),
        measures=("capacity", "registered", "seats_left", "price"),
    )
