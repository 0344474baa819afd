"""What clients see of senior advisors: who they are, what they can't do, and what they did."""

import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from fund_api.core.facts import Provenance
from fund_api.graph import declare
from fund_api.graph.declarations import Link
from fund_api.graph.types import Connection, Node
from fund_api.hiring import advisor_tables as tables
from fund_api.hiring import visibility
from fund_api.hiring.advisor_tables import ActivityKind, AssignmentState, ConflictKind
from schema.communities import Community, State
from schema.hiring import HiringRequest
from schema.people import Person

if TYPE_CHECKING:
    from schema.events import Event

declare.enum(
    ConflictKind,
    "Why an advisor can't advise a community.",
    APPLICANT="They apply for a position there.",
    EMPLOYMENT="They work there, or did.",
    FAMILY="Somebody close to them is concerned.",
    FINANCIAL="They have money at stake.",
    OTHER="Something else.",
)
declare.enum(
    AssignmentState,
    "How an assignment stands.",
    OPEN="The advisor helps.",
    COMPLETED="The advisor is done.",
    WITHDRAWN="The advisor was taken off; its reason says why.",
)
declare.enum(
    ActivityKind,
    "What an advisor did.",
    CALL="A call.",
    MEETING="A meeting.",
    VISIT="A visit to the community.",
    DRAFTING="Writing, such as a profile of the position.",
    TRAINING="Teaching the council or its staff.",
    OTHER="Something else.",
)


@declare.entity(tables.SeniorAdvisor, order=("name",), visible=visibility.advisor)
class SeniorAdvisor(Node):
    """A retired manager who advises communities for free. Advisors are never candidates and never judge any."""

    name: str = declare.column("What they are called.", order=True)
    biography: str | None = declare.column("Who they are, in a few sentences.")
    person: Person | None = declare.to_one("Their person here; for staff and themselves.", own="person_id")
    states: Connection[State] = declare.to_many(
        "The states that they cover.", via=Link(tables.AdvisorState, parent="advisor_id", child="state_id")
    )
    capacity: int | None = declare.column(
        "How many requests they take at once; for staff and themselves.", readable=visibility.workload
    )
    open_assignments: int | None = declare.column(
        "How many they have now, for staff and themselves. Assignments change it: it has no event and no version of"
        " its own.",
        readable=visibility.workload,
    )
    available_from: datetime.date | None = declare.column(
        "From when they can; null: from always. For staff and themselves.", readable=visibility.workload
    )
    available_until: datetime.date | None = declare.column(
        "Until when they can; null: as long as needed. For staff and themselves.", readable=visibility.workload
    )
    active: bool = declare.column("Whether they advise.")
    assignments: Connection["Assignment"] = declare.to_many(
        "The requests that they help with, the latest first.", key="advisor_id"
    )
    conflicts: Connection["AdvisorConflict"] = declare.to_many(
        "The communities that they can't advise.", key="advisor_id"
    )
    version: int = declare.column("How often it was written; changes name the version that they read.", filters=False)
    activity: Connection[Annotated["Event", strawberry.lazy("schema.events")]] = declare.to_many(
        "What was done with it, the latest first.", key="entity_id"
    )
    provenance: Provenance = declare.column("How this row came to be here.")


@declare.entity(tables.AdvisorConflict, order=("-created_at",), visible=visibility.of_advisor)
class AdvisorConflict(Node):
    """That an advisor can't advise a community."""

    advisor: SeniorAdvisor | None = declare.to_one("The advisor.", own="advisor_id")
    community: Community = declare.to_one("The community.", own="community_id")
    hiring_request: HiringRequest | None = declare.to_one(
        "The request on which it came up, for those who see it.", own="hiring_request_id"
    )
    kind: ConflictKind = declare.column("Why.")
    reason: str | None = declare.column(
        "More about it; for hiring officers and the advisor.", readable=visibility.reason, filters=False
    )
    created_at: datetime.datetime = declare.column("When it was declared.", order=True)
    provenance: Provenance = declare.column("How this row came to be here.")


@declare.entity(tables.Assignment, order=("-created_at",), visible=visibility.of_request)
class Assignment(Node):
    """That an advisor helps with a request."""

    hiring_request: HiringRequest = declare.to_one("The request.", own="hiring_request_id", sure=True)
    advisor: SeniorAdvisor | None = declare.to_one("The advisor.", own="advisor_id")
    state: AssignmentState = declare.column("How it stands.")
    why: str = declare.column("Why this advisor.")
    reason: str | None = declare.column("Why it ended, where a reason was given.")
    created_at: datetime.datetime = declare.column("When it began.", order=True)
    ended_at: datetime.datetime | None = declare.column("When it ended; null while it is open.")
    activities: Connection["AdvisorActivity"] = declare.to_many(
        "What the advisor did, the latest first.", key="assignment_id"
    )
    version: int = declare.column("How often it was written; changes name the version that they read.", filters=False)
    provenance: Provenance = declare.column("How this row came to be here.")


@declare.entity(tables.AdvisorActivity, order=("-done_on",), visible=visibility.activity)
class AdvisorActivity(Node):
    """What an advisor did for a community, as they report it."""

    assignment: Assignment | None = declare.to_one(
        "The assignment; null for an advisor who was taken off and sees the request no more.", own="assignment_id"
    )
    kind: ActivityKind = declare.column("What it was.")
    done_on: datetime.date = declare.column("The day.", order=True)
    minutes: int = declare.column("How long it took.")
    summary: str | None = declare.column(
        "What was done; for hiring officers and the advisor.", readable=visibility.summary, filters=False
    )
    recorded_by: Person | None = declare.to_one("Who reports it.", own="recorded_by")
    provenance: Provenance = declare.column("How this row came to be here.")


@strawberry.type
class AdvisorQueries:
    """Root fields on senior advisors."""

    senior_advisor: SeniorAdvisor | None = declare.lookup("One senior advisor by their id.", "id")
    senior_advisors: Connection[SeniorAdvisor] = declare.listing("The senior advisors, by name.")
    advisor_conflicts: Connection[AdvisorConflict] = declare.listing(
        "Which communities advisors can't advise, the latest first; for staff, and advisors for themselves."
    )
    assignments: Connection[Assignment] = declare.listing("Who helps with which request, the latest first.")
    advisor_activities: Connection[AdvisorActivity] = declare.listing(
        "What advisors did, the latest first; for staff, and advisors for themselves."
    )
