"""What clients see of fellowships, student chapters and scholarships."""

import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from fund_api.careers import fellowship_tables as tables
from fund_api.careers import visibility
from fund_api.careers.fellowship_tables import CohortStage, FellowState
from fund_api.careers.lifecycle import CohortAction
from fund_api.core.facts import Provenance
from fund_api.graph import declare
from fund_api.graph.types import Connection, Money, Node
from schema.careers import Program
from schema.cohort_actions import available_actions
from schema.communities import Community, State

if TYPE_CHECKING:
    from schema.events import Event

declare.enum(
    CohortStage,
    "How far a cohort of fellows has come.",
    PLANNED="It is announced.",
    OPEN="Applications are taken.",
    SELECTING="Fellows are chosen, and find their communities.",
    UNDERWAY="The fellows work.",
    COMPLETED="The fellows are done.",
    CANCELLED="It does not take place; its reason says why.",
)
declare.enum(
    FellowState,
    "How the placement of a fellow stands.",
    PROPOSED="It is being talked about.",
    CONFIRMED="Community and fellow agreed.",
    UNDERWAY="The fellow works there.",
    COMPLETED="The fellow was there until the end.",
    ENDED_EARLY="It ended before its time.",
    WITHDRAWN="It came to nothing.",
)


@declare.entity(tables.FellowshipCohort, order=("applications_close_on",), visible=visibility.of_program)
class FellowshipCohort(Node):
    """The fellows of one year."""

    program: Program = declare.to_one("The fellowship.", own="program_id", sure=True)
    name: str = declare.column("What it is called.")
    stage: CohortStage = declare.column("How far it has come.")
    stage_since: datetime.datetime = declare.column("Since when it stands there.")
    reason: str | None = declare.column("Why it was cancelled.")
    applications_open_on: datetime.date = declare.column("The first day on which one can apply.")
    applications_close_on: datetime.date = declare.column("The last day on which one can apply.", order=True)
    starts_on: datetime.date = declare.column("The first day of work.")
    ends_on: datetime.date = declare.column("The last day of work.")
    seats: int = declare.column("How many fellows there can be.")
    taken: int = declare.column(
        "For how many of them there is a place, agreed or being talked about: a count, no new version of the cohort."
    )
    placements: Connection["FellowPlacement"] = declare.to_many(
        "The communities that host its fellows.", key="cohort_id"
    )
    available_actions: list[CohortAction] = declare.computed(
        "What you may do with it now.", available_actions, "stage", "taken", "seats", permissions=True
    )
    version: int = declare.column("How often it was written; updates name the version that they read.", filters=False)
    activity: Connection[Annotated["Event", strawberry.lazy("schema.events")]] = declare.to_many(
        "What was done with it, the latest first.", key="entity_id"
    )
    provenance: Provenance = declare.column("How this row came to be here.")


@declare.entity(tables.FellowPlacement, order=("-created_at",), visible=visibility.placement)
class FellowPlacement(Node):
    """That a community hosts a fellow. Who the fellow is stays private."""

    cohort: FellowshipCohort | None = declare.to_one("The cohort.", own="cohort_id")
    community: Community = declare.to_one("The community that hosts.", own="community_id")
    state: FellowState = declare.column("How it stands.")
    fellow_name: str | None = declare.column(
        "Who the fellow is; for those who look after programs.", readable=visibility.fellow, filters=False
    )
    fellow_email: str | None = declare.column(
        "How to reach them; for those who look after programs.", readable=visibility.fellow, filters=False
    )
    starts_on: datetime.date | None = declare.column("The first day of work.")
    ends_on: datetime.date | None = declare.column("The last day of work.")
    reason: str | None = declare.column(
        "Why it ended before its time; for those who look after programs.", readable=visibility.fellow, filters=False
    )
    created_at: datetime.datetime = declare.column("When it was proposed.", order=True)
    version: int = declare.column("How often it was written; updates name the version that they read.", filters=False)
    provenance: Provenance = declare.column("How this row came to be here.")


@declare.entity(tables.StudentChapter, order=("name",), visible=visibility.chapter)
class StudentChapter(Node):
    """A group of students of the profession."""

    name: str = declare.column("Its name.", order=True, folded="name_folded")
    university: str = declare.column("The university.")
    state: State = declare.to_one("The state.", own="state_code", key="code")
    community: Community | None = declare.to_one("The community it lies in.", own="community_id")
    url: str | None = declare.column("Its address.")
    founded_on: datetime.date | None = declare.column("When it was founded.")
    active: bool = declare.column("Whether it is active.")
    version: int = declare.column("How often it was written; updates name the version that they read.", filters=False)
    provenance: Provenance = declare.column("How this row came to be here.")


@declare.entity(tables.Scholarship, order=("deadline_on",), visible=visibility.of_program)
class Scholarship(Node):
    """Money for studies or for a program."""

    program: Program = declare.to_one("The program that it belongs to.", own="program_id", sure=True)
    name: str = declare.column("Its name.")
    eligibility: str | None = declare.column("Who can have it.")
    amount: Money | None = declare.money("How much it is; null when it differs.")
    deadline_on: datetime.date = declare.column("The last day on which one can apply.", order=True)
    state: State | None = declare.to_one(
        "The state that it is for; null for all of them.", own="state_code", key="code"
    )
    url: str | None = declare.column("Where to apply.")
    cancelled_at: datetime.datetime | None = declare.column("When it was taken back; null while it stands.")
    version: int = declare.column("How often it was written; updates name the version that they read.", filters=False)
    activity: Connection[Annotated["Event", strawberry.lazy("schema.events")]] = declare.to_many(
        "What was done with it, the latest first.", key="entity_id"
    )
    provenance: Provenance = declare.column("How this row came to be here.")


@strawberry.type
class FellowshipQueries:
    """Root fields on fellowships, chapters and scholarships."""

    fellowship_cohort: FellowshipCohort | None = declare.lookup("One cohort of fellows by its id.", "id")
    fellowship_cohorts: Connection[FellowshipCohort] = declare.listing(
        "The cohorts of fellows, the first to close first."
    )
    fellow_placements: Connection[FellowPlacement] = declare.listing(
        "The communities that host fellows, the latest first."
    )
    student_chapters: Connection[StudentChapter] = declare.listing("The student chapters, by name.")
    scholarships: Connection[Scholarship] = declare.listing("Money that can be had, the first deadline first.")
