"""What mutations of hiring support are given: a request, or an advisor, of their own."""

from collections.abc import Callable
from typing import Any

from fund_api.communities.tables import Community
from fund_api.hiring.advisor_tables import AdvisorConflict, AdvisorState, Assignment, SeniorAdvisor
from fund_api.hiring.tables import FollowUp, HiringRequest, ManagerPlacement
from fund_api.people.roles import Role
from fund_api.people.tables import FUND, RoleAssignment
from tests.rights.rows import NOW
from tests.rights.targets import VERSION, Input, Target

Make = Callable[[Target], Input]
TODAY = f"{NOW:%Y-%m-%d}"
REASON = {"reason": "So it is."}


def _request(target: Target, stage: str, **given: Any) -> str:  # Any: values of columns
    """A request that stands somewhere."""
    about = {"community_id": target.world.community, "stage": stage, "held_stage": None}
    return target.rows.add(HiringRequest, **about | given)


def _in(stage: str, **said: Any) -> Make:  # Any: what JSON holds
    return lambda target: {"id": _request(target, stage)} | said | VERSION


def _placement(target: Target, stage: str) -> str:
    """A placement that nobody else knows of."""
    about = {"hiring_request_id": _request(target, stage), "community_id": target.world.community}
    return target.rows.add(ManagerPlacement, published_at=None, **about)


def _advisor(target: Target, open_assignments: int = 0) -> str:
    """An advisor of the state who can."""
    always = {"available_from": None, "available_until": None, "capacity": 2, "active": True}
    person = target.person()
    target.rows.add(RoleAssignment, person_id=person, role=Role.ADVISOR, scope=FUND)
    return target.rows.add(SeniorAdvisor, person_id=person, open_assignments=open_assignments, **always)


def _conflict(target: Target) -> str:
    """A conflict that was declared by mistake."""
    about = {"hiring_request_id": None, "community_id": target.world.community, "kind": "OTHER"}
    return target.rows.add(AdvisorConflict, advisor_id=_advisor(target), declared_by=target.person(), **about)


def _own_advisor(target: Target) -> str:
    """Whom the line speaks of: the viewer as an advisor, or another one."""
    if target.which == "somebody else":
        return _advisor(target)
    known = target.world.rows["SeniorAdvisor"].values()
    return next(str(row["id"]) for row in known if row["person_id"] == target.own_id)


def _assignment(target: Target, advisor: str) -> str:
    about = {"hiring_request_id": _request(target, "ADVISOR_MATCHED"), "advisor_id": advisor}
    return target.rows.add(Assignment, state="OPEN", ended_at=None, **about)


def _helping(target: Target) -> str:
    """An open assignment of the viewer, or of another advisor."""
    mine = target.which == "advised"
    return _assignment(target, _own_advisor(target) if mine else _advisor(target, 1))


def _matching(target: Target) -> Input:
    advisor = _advisor(target)
    target.rows.add(AdvisorState, advisor_id=advisor, state_id=target.world.state)
    return {"hiringRequest": _request(target, "TRIAGED"), "advisor": advisor} | VERSION


def _asking(target: Target) -> Input:
    said = {"contactName": "Bea", "contactEmail": "bea@example.org", "message": "Help us.", "firstManager": True}
    about = {"community": target.world.community} | said
    return about if target.which == "anything" else about | {"campaign": target.campaign()}


HIRING_INPUTS: dict[str, Make] = {
    "requestHiringSupport": _asking,
    "updateHiringRequest": _in("RECEIVED", interimNeeded=False),
    "triageRequest": _in("RECEIVED"),
    "moveRequest": _in("TRIAGED", to="POSITION_CREATION"),
    "closeRequest": _in("RECRUITING", **REASON),
    "recordAppointment": lambda t: {
        **{"hiringRequest": _request(t, "OFFER"), "title": "City Manager", "managerName": "Ada"},
        **{"appointedOn": TODAY},
        **VERSION,
    },
    "recordFollowUp": lambda t: {
        **{"id": t.rows.add(FollowUp, placement_id=_placement(t, "FOLLOW_UP"), done_on=None, note=None)},
        **{"doneOn": TODAY},
        **VERSION,
    },
    "publishPlacement": lambda t: {"id": _placement(t, "APPOINTED")} | VERSION,
    "correctPlacement": lambda t: {"id": _placement(t, "APPOINTED"), "title": "Town Manager"} | VERSION,
    "forgetManager": lambda t: {"id": _placement(t, "CLOSED")} | VERSION,
    "addAdvisor": lambda t: {"person": t.person(), "name": "New", "states": ["CA"]},
    "updateAdvisor": lambda t: {"id": _own_advisor(t), "biography": "Managed three cities."} | VERSION,
    "matchAdvisor": _matching,
    "declareConflict": lambda t: {
        **{"advisor": _own_advisor(t), "community": t.rows.add(Community, state_code="CA"), "kind": "OTHER"},
    },
    "withdrawConflict": lambda t: {"id": _conflict(t)},
    "withdrawAdvisor": lambda t: {"assignment": _helping(t)} | REASON | VERSION,
    "completeAssignment": lambda t: {"assignment": _helping(t)} | VERSION,
    "logActivity": lambda t: {
        **{"assignment": _helping(t), "kind": "CALL", "doneOn": TODAY},
        **{"minutes": 5, "summary": "Talked with the mayor."},
    },
}
