"""What clients see of deadlines: until when one can apply or register, the next day first."""

import datetime
from typing import Annotated

import strawberry

from fund_api.careers import deadlines
from fund_api.careers.deadlines import LONGEST_WINDOW, MOST, DeadlineKind
from fund_api.core import clock
from fund_api.core.access import LookingAs
from fund_api.graph import declare
from fund_api.graph.reading import Asking
from schema.careers import Program, Session
from schema.communities import State
from schema.fellowships import FellowshipCohort, Scholarship

Info = strawberry.Info[Asking, None]

declare.enum(
    DeadlineKind,
    "What can be had until a deadline.",
    SCHOLARSHIP="One can apply for a scholarship.",
    COHORT_APPLICATION="One can apply for a place among a cohort of fellows.",
    REGISTRATION="One can register for a session.",
)


@strawberry.type(description="A day until which one can apply or register.")
class Deadline:
    """A day that has not passed."""

    kind: DeadlineKind = strawberry.field(description="What can be had until then.")
    on: datetime.date = strawberry.field(description="The last day.")
    title: str = strawberry.field(description="What it is for.")
    days_left: int = strawberry.field(description="How many days are left by the calendar of UTC; 0 on the day itself.")
    program: Program | None = strawberry.field(description="The program.")
    session: Session | None = strawberry.field(description="The session, where one registers for one.")
    cohort: FellowshipCohort | None = strawberry.field(description="The cohort, where one applies for a place in one.")
    scholarship: Scholarship | None = strawberry.field(description="The scholarship, where one applies for one.")
    state: State | None = strawberry.field(description="The state that it is for; null for all of them.")


async def resolve(
    info: Info,
    within: Annotated[
        int, strawberry.argument(description=f"How many days ahead, from 1 to {LONGEST_WINDOW}; today is told, too.")
    ] = 30,
    first: Annotated[int, strawberry.argument(description=f"How many at most, from 1 to {MOST}.")] = 20,
    state: Annotated[
        str | None,
        strawberry.argument(
            description="The two letters of a state, such as OH, in any case: what is for it, and for all states."
        ),
    ] = None,
) -> list[Deadline]:
    """The deadlines that come next."""
    now = clock.now()
    looking = LookingAs(info.context.viewer, now)
    async with info.context.services["database"].reading() as connection:
        found = await deadlines.coming(connection, looking, now.date(), within=within, first=first, state=state)
    return [
        Deadline(
            kind=one.kind,
            on=one.on,
            title=one.title,
            days_left=one.days_left,
            program=declare.entity_of(one.program_id),
            session=declare.entity_of(one.session_id),
            cohort=declare.entity_of(one.cohort_id),
            scholarship=declare.entity_of(one.scholarship_id),
            state=declare.entity_of(one.state_id),
        )
        for one in found
    ]


@strawberry.type
class DeadlineQueries:
    """The root field on deadlines."""

    deadlines: list[Deadline] = strawberry.field(
        resolver=resolve,
        description="Until when one can apply for a scholarship or a fellowship, or register for a session, the next"
        " day first. What was cancelled or takes no applications has no deadline.",
    )
