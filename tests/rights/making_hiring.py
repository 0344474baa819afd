"""Hiring support of the world: who advises, advised or asked, and of which campaigns the requests are."""

from dataclasses import dataclass
from typing import Any

from fund_api.core.access import Viewer
from fund_api.core.writing import writing
from fund_api.hiring import activities, conflicts, matching, placements, requests
from fund_api.hiring.advisor_tables import (
    AdvisorActivity,
    AdvisorConflict,
    AdvisorState,
    Assignment,
    ConflictKind,
    SeniorAdvisor,
)
from fund_api.hiring.tables import FollowUp, HiringPracticeArea, HiringRequest, ManagerPlacement
from fund_api.people.roles import PERMISSIONS, Role
from fund_api.people.tables import FUND, Person, RoleAssignment
from tests.rights.lines import IN_PROGRAM, THERE, VIEWERS
from tests.rights.rows import NOW, Rows
from tests.rights.world import World

ADVISING = ("PERSON", Role.ADVISOR, Role.HIRING_OFFICER, f"{Role.ADVISOR}{IN_PROGRAM}")
"""Viewers who have an open assignment to a request of no campaign; a role is needed, everywhere, to see it for that."""
ADVISING_THERE = tuple(f"{role}{THERE}" for role in (Role.ADVISOR, Role.HIRING_OFFICER, Role.COORDINATOR))
"""Viewers who have one to a request of a campaign in which they have a role, and see it for that alone."""
RESTING = ("PERSON", f"{Role.ADVISOR}{THERE}")
"""Of these, who advises no more."""
HIRING_LINKS = (AdvisorState, HiringPracticeArea)


@dataclass
class Desk:
    """Makes requests, with all that belongs to them."""

    rows: Rows
    community: str
    state: str
    area: str
    officer: str

    def advisor(self, person: str, *, active: bool = True) -> str:
        """An advisor of the state who can't advise the community."""
        takes = {"open_assignments": 1, "capacity": 2, "available_until": NOW.date().replace(year=2100)}
        advisor = self.rows.add(SeniorAdvisor, person_id=person, active=active, **takes)
        self.rows.add(AdvisorState, advisor_id=advisor, state_id=self.state)
        return advisor

    def conflict(self, advisor: str, request: str) -> None:
        """That an advisor can't advise the community."""
        about = {"community_id": self.community, "hiring_request_id": request}
        self.rows.add(AdvisorConflict, advisor_id=advisor, declared_by=self.officer, **about)

    def request(self, person: str | None = None, campaign: str | None = None, *, published: bool = False) -> str:
        """A request with a value in every column, after which somebody was hired."""
        about = {"community_id": self.community, "campaign_id": campaign, "person_id": person}
        held = {"stage": "ON_HOLD", "held_stage": "OFFER"}
        request = self.rows.add(HiringRequest, **about, **held)
        self.rows.add(HiringPracticeArea, hiring_request_id=request, practice_area_id=self.area)
        told = {"community_id": self.community, "published_at": NOW if published else None}
        placement = self.rows.add(ManagerPlacement, hiring_request_id=request, **told)
        self.rows.add(FollowUp, placement_id=placement)
        return request

    def assign(self, advisor: str, request: str, state: str = "OPEN") -> None:
        """An assignment, and what was done in it."""
        ended: dict[str, Any] = {"ended_at": None} if state == "OPEN" else {}
        about = {"hiring_request_id": request, "advisor_id": advisor, "state": state}
        assignment = self.rows.add(Assignment, **about, **ended)
        self.rows.add(AdvisorActivity, assignment_id=assignment, recorded_by=self.officer)


def add_hiring(desk: Desk, persons: dict[str, str], theirs: list[str], others: list[str]) -> list[str]:
    """A request of every campaign, and an advisor for all who look; for some one that they made, advise on, and were taken off.

    The requests of the campaigns.
    """
    stranger = desk.advisor(persons["stranger"])
    requests = [
        desk.request(campaign=campaign, published=campaign in (theirs[0], others[0])) for campaign in theirs + others
    ]
    for request in requests:
        desk.assign(stranger, request)
    desk.conflict(stranger, requests[0])
    for name in VIEWERS[1:]:
        advisor = desk.advisor(persons[name], active=name not in RESTING)
        if name not in (*ADVISING, *ADVISING_THERE):
            continue
        left = desk.request()
        desk.assign(stranger, desk.request(persons[name]))
        desk.assign(advisor, desk.request(campaign=theirs[1] if name in ADVISING_THERE else None))
        desk.assign(advisor, left, "WITHDRAWN")
        desk.conflict(advisor, left)
    return requests


async def tell_story(world: World, officer: str, asker: str, campaign: str) -> None:
    """What is done by the rules for a campaign: somebody asks and is advised until there is a conflict; another hires."""
    rows = Rows()
    offered = rows.add(
        HiringRequest, community_id=world.community, campaign_id=campaign, stage="OFFER", held_stage=None
    )
    helper = rows.add(Person, active=True, erased_at=None)
    rows.add(RoleAssignment, person_id=helper, role=Role.ADVISOR, scope=FUND)
    takes = {"capacity": 1, "open_assignments": 0, "available_from": None, "available_until": None, "active": True}
    advisor = rows.add(SeniorAdvisor, person_id=helper, **takes)
    rows.add(AdvisorState, advisor_id=advisor, state_id=world.state)
    await rows.save(world.database)
    said = {"contact_name": "Bea", "contact_email": "bea@example.org", "message": "Help us.", "first_manager": True}
    about = {"community_id": world.community, "campaign_id": campaign}
    async with writing(world.database, Viewer(asker, PERMISSIONS[Role.COORDINATOR]), NOW) as tx:
        request = (await requests.request_hiring_support(tx, said | about)).request_id
    today = NOW.date()
    async with writing(world.database, Viewer(officer, PERMISSIONS[Role.HIRING_OFFICER]), NOW) as tx:
        await requests.triage_request(tx, request, {"salary_minimum": 9_000_000}, expected_version=1)
        assignment, _ = await matching.match_advisor(tx, request, advisor, expected_version=2)
        call = {"kind": "CALL", "done_on": today, "minutes": 30, "summary": "Talked with the mayor."}
        await activities.log_activity(tx, assignment, call)
        await conflicts.declare_conflict(tx, advisor, ConflictKind.FAMILY, request_id=request, reason="A cousin.")
        hired = {"title": "City Manager", "manager_name": "Ada", "appointed_on": today}
        await placements.record_appointment(tx, offered, hired, expected_version=1)
