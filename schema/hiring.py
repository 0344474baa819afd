"""What clients see of hiring support: requests, and whom communities hired."""

import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from fund_api.core.facts import Provenance
from fund_api.graph import declare
from fund_api.graph.declarations import Link
from fund_api.graph.types import Connection, Money, Node, Stats
from fund_api.hiring import standing, tables, visibility
from fund_api.hiring.lifecycle import HiringAction
from fund_api.hiring.tables import CreationRoute, HiringStage, SearchMode
from schema.campaigns import Campaign
from schema.communities import Community
from schema.hiring_actions import available_actions
from schema.people import Person

if TYPE_CHECKING:
    from schema.advisors import Assignment
    from schema.audiences import PracticeArea
    from schema.events import Event

declare.enum(
    HiringStage,
    "How far a request for hiring support has come.",
    RECEIVED="It came in, and nobody has looked at it yet.",
    TRIAGED="A hiring officer took it up.",
    ADVISOR_MATCHED="A senior advisor helps.",
    POSITION_CREATION="The position is being created.",
    PROFILE_DRAFTED="What is looked for is written down.",
    RECRUITING="Candidates are looked for.",
    FINALISTS="The community talks with its finalists.",
    OFFER="Somebody was made an offer.",
    APPOINTED="Somebody was hired.",
    FOLLOW_UP="The fund asks from time to time how it goes.",
    ON_HOLD="It waits; its reason says for what.",
    CLOSED="It has ended.",
    DECLINED="The fund can't help; its reason says why.",
)
declare.enum(
    CreationRoute,
    "The legal way in which a position comes to be.",
    ORDINANCE="By an ordinance of the council.",
    CHARTER="By the charter.",
    STATE_OPTIONAL_FORM="By choosing a form that the law of the state offers.",
    SPECIAL_ACT="By an act of the legislature for this community.",
)
declare.enum(
    SearchMode,
    "Who leads the search for a manager.",
    SELF="The community itself.",
    FIRM="A search firm.",
    ADVISOR="The community, with a senior advisor of the fund.",
)


@declare.entity(tables.HiringRequest, order=("-created_at",), visible=visibility.request, tests=standing.TESTS)
class HiringRequest(Node):
    """A community's request for help with hiring its first or next manager."""

    community: Community = declare.to_one("The community that hires.", own="community_id")
    campaign: Campaign | None = declare.to_one("The campaign that it comes from.", own="campaign_id")
    person: Person | None = declare.to_one("Who asked, if they had signed in.", own="person_id")
    contact_name: str | None = declare.column(
        "Whom to reach; for hiring officers and the assigned advisor.", readable=visibility.confidential, filters=False
    )
    contact_email: str | None = declare.column(
        "Their e-mail address; for hiring officers and the assigned advisor.",
        readable=visibility.confidential,
        filters=False,
    )
    contact_phone: str | None = declare.column(
        "Their telephone; for hiring officers and the assigned advisor.",
        readable=visibility.confidential,
        filters=False,
    )
    message: str | None = declare.column(
        "What they say; for hiring officers and the assigned advisor.", readable=visibility.confidential, filters=False
    )
    first_manager: bool = declare.column("Whether it is to be the community's first manager ever.")
    creation_route: CreationRoute | None = declare.column("How the position comes to be; null while unknown.")
    interim_needed: bool = declare.column("Whether somebody is needed for the time being.")
    search_mode: SearchMode | None = declare.column("Who leads the search; null while unknown.")
    practice_areas: Connection[Annotated["PracticeArea", strawberry.lazy("schema.audiences")]] = declare.to_many(
        "What the manager is to bring above all.",
        via=Link(tables.HiringPracticeArea, parent="hiring_request_id", child="practice_area_id"),
    )
    budget: Money | None = declare.money("What the search may cost.")
    salary_minimum: Money | None = declare.money(
        "The least salary of a year; for hiring officers and the assigned advisor.", readable=visibility.confidential
    )
    salary_maximum: Money | None = declare.money(
        "The highest salary of a year; for hiring officers and the assigned advisor.", readable=visibility.confidential
    )
    target_on: datetime.date | None = declare.column("When the manager is to start.", order=True)
    stage: HiringStage = declare.column("How far it has come.")
    stage_since: datetime.datetime = declare.column(
        "Since when it stands there; when an advisor left and it went back, since they were matched.", order=True
    )
    held_stage: HiringStage | None = declare.column("Where it goes on after it was on hold.")
    reason: str | None = declare.column("Why it was last moved as it was, where a reason was given.")
    assignments: Connection[Annotated["Assignment", strawberry.lazy("schema.advisors")]] = declare.to_many(
        "The advisors who help or helped, the latest first.", key="hiring_request_id", sure=True
    )
    placements: Connection["ManagerPlacement"] = declare.to_many(
        "Whom the community hired: one at most.", key="hiring_request_id", sure=True
    )
    available_actions: list[HiringAction] = declare.computed(
        "What you may do with it now.", available_actions, "stage", *standing.TESTS, permissions=True
    )
    created_at: datetime.datetime = declare.column("When it came.", order=True)
    version: int = declare.column("How often it was written; changes name the version that they read.", filters=False)
    activity: Connection[Annotated["Event", strawberry.lazy("schema.events")]] = declare.to_many(
        "What was done with it, the latest first.", key="entity_id"
    )
    provenance: Provenance = declare.column("How this row came to be here.")


@declare.entity(tables.ManagerPlacement, order=("-appointed_on",), visible=visibility.placement)
class ManagerPlacement(Node):
    """That a community hired a manager."""

    hiring_request: HiringRequest | None = declare.to_one(
        "The request; null for who may not see it.", own="hiring_request_id"
    )
    community: Community = declare.to_one("The community.", own="community_id")
    title: str = declare.column("What the position is called.")
    manager_name: str | None = declare.column(
        "Who was hired; until it is published for hiring officers and the assigned advisor alone.",
        readable=visibility.manager,
        filters=False,
    )
    first_manager: bool = declare.column("Whether it is the community's first manager ever.")
    appointed_on: datetime.date = declare.column("The day of the appointment.", order=True)
    starts_on: datetime.date | None = declare.column("The first day of work.")
    days_to_appointment: int = declare.column("Days from the request to the appointment.")
    follow_ups: Connection["FollowUp"] = declare.to_many(
        "When the fund asks how it goes, the first one first.", key="placement_id"
    )
    published_at: datetime.datetime | None = declare.column("Since when everybody may know; null while they may not.")
    version: int = declare.column("How often it was written; changes name the version that they read.", filters=False)
    activity: Connection[Annotated["Event", strawberry.lazy("schema.events")]] = declare.to_many(
        "What was done with it, the latest first.", key="entity_id"
    )
    provenance: Provenance = declare.column("How this row came to be here.")


@declare.entity(tables.FollowUp, order=("due_on",), visible=visibility.follow_up)
class FollowUp(Node):
    """A talk with the community and its manager, some months after the appointment."""

    placement: ManagerPlacement = declare.to_one("The appointment.", own="placement_id", sure=True)
    months: int = declare.column("How many months after the first day of work, or else the appointment.")
    due_on: datetime.date = declare.column("The day on which it is due.", order=True)
    done_on: datetime.date | None = declare.column("The day on which it took place; null while it is open.")
    note: str | None = declare.column(
        "What was said; for hiring officers.", readable=visibility.officers_alone, filters=False
    )
    version: int = declare.column("How often it was written; changes name the version that they read.", filters=False)
    provenance: Provenance = declare.column("How this row came to be here.")


@strawberry.type
class HiringQueries:
    """Root fields on hiring support."""

    hiring_request: HiringRequest | None = declare.lookup("One request for hiring support by its id.", "id")
    hiring_requests: Connection[HiringRequest] = declare.listing(
        "The requests for hiring support that you may see, the latest first."
    )
    manager_placements: Connection[ManagerPlacement] = declare.listing(
        "Whom communities hired with the fund's help, the latest first."
    )
    follow_ups: Connection[FollowUp] = declare.listing("When the fund asks how it goes, the first due one first.")
    hiring_request_stats: Stats = declare.stats(
        "Figures about requests for hiring support in groups: by state, by stage, by age.",
        HiringRequest,
        keys=(
            *("stage", "first_manager", "interim_needed", "search_mode", "creation_route", "provenance"),
            *("created_at", "target_on", "community.kind", "community.state.code"),
        ),
        ages={"stage_since": (14, 30, 90), "created_at": (30, 90, 180, 365)},
    )
    manager_placement_stats: Stats = declare.stats(
        "Figures about appointments in groups: first-ever managers by year, and the days from the request to each.",
        ManagerPlacement,
        keys=("first_manager", "appointed_on", "provenance", "community.kind", "community.state.code"),
        measures=("days_to_appointment",),
    )
