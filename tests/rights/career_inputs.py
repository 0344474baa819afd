"""What every mutation of programs and of what belongs to them is given: something of its own to act on."""

from collections.abc import Callable
from typing import Any

from fund_api.careers.fellowship_tables import FellowPlacement, FellowshipCohort, Scholarship, StudentChapter
from fund_api.careers.tables import Program, ProgramSession
from tests.rights.rows import NOW, Rows
from tests.rights.targets import MONEY, VERSION, Input, Target

STATE = "CA"
"""The state of the world's community."""
_LATER = {"applicationsOpenOn": "2100-01-01", "applicationsCloseOn": "2100-02-01"}
_WORK = {"startsOn": "2100-03-01", "endsOn": "2100-12-31"}
_STANDS: dict[str, Any] = {"cancelled_at": None, "reason": None}  # Any: values of columns


def program(rows: Rows, *, published: bool = True) -> str:
    """A fellowship."""
    return rows.add(Program, published_at=NOW if published else None)


def session(rows: Rows, of: str) -> str:
    """A session that lasts a day, of which seats are left."""
    hours = {"starts_at": None, "ends_at": None, "time_zone": None}
    seats = {"capacity": 10, "registered": 5}
    return rows.add(ProgramSession, program_id=of, **hours, **seats, **_STANDS)


def cohort(rows: Rows, of: str, stage: str = "SELECTING") -> str:
    """A cohort with a seat left."""
    return rows.add(FellowshipCohort, program_id=of, stage=stage, seats=10, taken=5, reason=None)


def placement(rows: Rows, of: str, community: str, state: str = "PROPOSED") -> str:
    """A placement that is open."""
    return rows.add(FellowPlacement, cohort_id=of, community_id=community, state=state, reason=None)


def _program(target: Target) -> str:
    return program(target.rows)


def _session(target: Target) -> Input:
    return {"id": session(target.rows, _program(target))} | VERSION


def _cohort(target: Target) -> str:
    return cohort(target.rows, _program(target))


def _placement(target: Target) -> str:
    return placement(target.rows, _cohort(target), target.world.community)


def _scholarship(target: Target) -> Input:
    return {"id": target.rows.add(Scholarship, program_id=_program(target), cancelled_at=None)} | VERSION


CAREER_INPUTS: dict[str, Callable[[Target], Input]] = {
    "addProgram": lambda _: {"name": "New", "kind": "WORKSHOP"},
    "updateProgram": lambda t: {"id": _program(t), "name": "Renamed"} | VERSION,
    "publishProgram": lambda t: {"id": program(t.rows, published=False)} | VERSION,
    "withdrawProgram": lambda t: {"id": _program(t)} | VERSION,
    "addSession": lambda t: {"program": _program(t), "title": "New", "startsOn": "2100-01-01", "mode": "ONLINE"},
    "updateSession": lambda t: _session(t) | {"title": "Renamed"},
    "cancelSession": lambda t: _session(t) | {"reason": "Too few came."},
    "recordRegistrations": lambda t: _session(t) | {"registered": 6},
    "addCohort": lambda t: {"program": _program(t), "name": "New", "seats": 5} | _LATER | _WORK,
    "updateCohort": lambda t: {"id": _cohort(t), "name": "Renamed"} | VERSION,
    "moveCohort": lambda t: {"id": _cohort(t), "to": "UNDERWAY"} | VERSION,
    "proposeFellow": lambda t: {"cohort": _cohort(t), "community": t.world.community, "fellowName": "Fay"},
    "updateFellow": lambda t: {"id": _placement(t), "fellowName": "Faye"} | VERSION,
    "eraseFellow": lambda t: {"id": _placement(t)} | VERSION,
    "moveFellow": lambda t: {"id": _placement(t), "to": "CONFIRMED"} | VERSION,
    "addScholarship": lambda t: {
        **{"program": _program(t), "name": "New", "deadlineOn": "2100-01-01", "amount": MONEY},
    },
    "updateScholarship": lambda t: _scholarship(t) | {"name": "Renamed"},
    "cancelScholarship": _scholarship,
    "addChapter": lambda t: {"name": f"New {_program(t)[-8:]}", "university": "Ohio State", "state": STATE},
    "updateChapter": lambda t: {
        "id": t.rows.add(StudentChapter, state_code=STATE, community_id=None),
        **{"name": "Renamed", **VERSION},
    },
}
