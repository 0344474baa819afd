"""Who sees what of hiring support: conditions on rows, of their columns and of who looks.

Hiring officers see all. A request is also for who made it, for the people of the campaign that it comes from, and for
the advisor who is assigned to it; how to reach the community and what it pays are for officers and that advisor alone.
"""

from typing import Any

import sqlalchemy as sa

from fund_api.campaigns import visibility as campaigns
from fund_api.core.access import Looking
from fund_api.core.columns import table_of
from fund_api.core.events import CHANGE, EVENT
from fund_api.hiring.advisor_tables import Assignment, AssignmentState, SeniorAdvisor
from fund_api.hiring.tables import HiringRequest, ManagerPlacement

REQUEST, PLACEMENT = table_of(HiringRequest), table_of(ManagerPlacement)
_ADVISOR, _ASSIGNMENT = table_of(SeniorAdvisor).alias(), table_of(Assignment).alias()
"""What `advises` looks through; made once, for an alias takes longer than its statement."""
_CHANGE, _EVENT = CHANGE.alias(), EVENT.alias()
"""What `private_change` and `event_change` look through."""
CONFIDENTIAL = ("hiring_request", "manager_placement", "follow_up", "advisor_conflict", "advisor_activity")
"""Of what hiring officers alone may read the private values, beside the advisor whom they concern."""
LOGGED = (
    *("hiring_request", "assignment", "manager_placement", "follow_up"),
    *("senior_advisor", "advisor_conflict", "advisor_activity"),
)
"""Of what the log tells nobody else."""
TOLD = "event:read"
Condition = sa.ColumnElement[bool]
READ, MANAGE, ADVISE = "fund:hiring:read", "fund:hiring:manage", "own:hiring:advise"
ONE: sa.ColumnElement[int] = sa.literal_column("1")


def request(columns: Any, looking: Looking) -> Condition | None:
    """Requests are for staff, for who asked, for the people of their campaign, and for their advisor."""
    if looking.may(READ):
        return None
    theirs = [columns.person_id == looking.id]
    if looking.may(f"own:{campaigns.READ}"):
        theirs.append(campaigns.belongs(columns.campaign_id, looking.id, campaigns.READ))
    return sa.or_(*theirs, _advises(columns.id, looking))


def confidential(columns: Any, looking: Looking) -> Condition | None:
    """How to reach the community and what it pays is for hiring officers and the assigned advisor."""
    return None if looking.may(MANAGE) else _advises(columns.id, looking)


def of_request(columns: Any, looking: Looking) -> Condition | None:
    """What belongs to a request by its column `hiring_request_id` is seen with it."""
    return _with(columns.hiring_request_id, looking)


def advisor(columns: Any, looking: Looking) -> Condition | None:
    """Everybody sees who advises now; staff and they themselves who did, or is to."""
    return None if looking.may(READ) else sa.or_(columns.active, columns.person_id == looking.id)


def workload(columns: Any, looking: Looking) -> Condition | None:
    """How much an advisor has to do, and when they can, is for staff and themselves."""
    return None if looking.may(READ) else columns.person_id == looking.id


def of_advisor(columns: Any, looking: Looking) -> Condition | None:
    """What is an advisor's by its column `advisor_id`, as their conflicts, is for staff and themselves."""
    if looking.may(READ):
        return None
    return _is(columns.advisor_id, looking)


def activity(columns: Any, looking: Looking) -> Condition | None:
    """Reports on what was done are for staff and the advisor who did it."""
    return None if looking.may(READ) else _reported_by(columns, looking)


def summary(columns: Any, looking: Looking) -> Condition | None:
    """What an advisor reports in words is for hiring officers and themselves."""
    return None if looking.may(MANAGE) else _reported_by(columns, looking)


def reason(columns: Any, looking: Looking) -> Condition | None:
    """What stands behind a conflict is for hiring officers and the advisor."""
    return None if looking.may(MANAGE) else _is(columns.advisor_id, looking)


def placement(columns: Any, looking: Looking) -> Condition | None:
    """That somebody was hired is told once it is published; before that to those who see the request."""
    if looking.may(READ):
        return None
    own = _with(columns.hiring_request_id, looking)
    return columns.published_at.is_not(None) if own is None else sa.or_(columns.published_at.is_not(None), own)


def manager(columns: Any, looking: Looking) -> Condition | None:
    """Who was hired is told once it is published; before that to hiring officers and the assigned advisor."""
    if looking.may(MANAGE):
        return None
    return sa.or_(columns.published_at.is_not(None), _advises(columns.hiring_request_id, looking))


def follow_up(columns: Any, looking: Looking) -> Condition | None:
    """Follow-ups are for those who see the request behind their placement, published or not."""
    if looking.may(READ):
        return None
    whole = PLACEMENT.alias()
    own = _with(whole.c.hiring_request_id, looking)
    return sa.select(ONE).where(whole.c.id == columns.placement_id, sa.true() if own is None else own).exists()


def officers_alone(_columns: Any, looking: Looking) -> Condition | None:
    """What hiring officers note for themselves."""
    return None if looking.may(MANAGE) else sa.false()


def event(columns: Any, looking: Looking) -> Condition | None:
    """Of all events staff without a right to read of hiring see none of it, but what belongs to their own campaigns.

    Others see no more of it anyhow, as `campaigns.visibility.event` says.
    """
    if looking.may(READ) or not looking.may(f"fund:{TOLD}"):
        return None
    about = sa.or_(*(columns.action.startswith(f"{name}.", autoescape=True) for name in LOGGED))
    if not looking.may(f"own:{TOLD}"):
        return ~about
    return sa.or_(~about, campaigns.belongs(columns.campaign_id, looking.id, TOLD))


def event_change(columns: Any, looking: Looking) -> Condition | None:
    """The changes of an event are seen by those who see the event."""
    seen = event(_EVENT.c, looking)
    if seen is None:
        return None
    found: sa.Select[Any] = sa.select(ONE).where(_EVENT.c.id == columns.event_id, seen)
    return found.correlate_except(_EVENT).exists()


def private_change(columns: Any, looking: Looking) -> Condition:
    """Private values in the log tell nobody how to reach a community or what it pays who may not read it there."""
    if looking.may(MANAGE):
        return sa.true()
    told = _CHANGE.join(_EVENT, _EVENT.c.id == _CHANGE.c.event_id)
    about = sa.or_(*(_EVENT.c.action.startswith(f"{name}.", autoescape=True) for name in CONFIDENTIAL))
    found: sa.Select[Any] = sa.select(ONE).select_from(told).where(_CHANGE.c.id == columns.change_id, about)
    return ~found.correlate_except(_CHANGE, _EVENT).exists()


def _with(request_id: sa.ColumnElement[str], looking: Looking) -> Condition | None:
    whole = REQUEST.alias()
    seen = request(whole.c, looking)
    if seen is None:
        return None
    found: sa.Select[Any] = sa.select(ONE).where(whole.c.id == request_id, seen)
    return found.correlate_except(whole).exists()


def _advises(request_id: sa.ColumnElement[str], looking: Looking) -> Condition:
    """Whether who looks is assigned to a request now."""
    if not looking.may(ADVISE):
        return sa.false()
    both = _ASSIGNMENT.join(_ADVISOR, _ADVISOR.c.id == _ASSIGNMENT.c.advisor_id)
    found: sa.Select[Any] = (
        sa.select(ONE)
        .select_from(both)
        .where(
            _ASSIGNMENT.c.hiring_request_id == request_id,
            _ASSIGNMENT.c.state == str(AssignmentState.OPEN),
            _ADVISOR.c.person_id == looking.id,
        )
    )
    return found.correlate_except(_ASSIGNMENT, _ADVISOR).exists()


def _is(advisor_id: sa.ColumnElement[str], looking: Looking) -> Condition:
    """Whether who looks is this advisor."""
    found: sa.Select[Any] = sa.select(ONE).where(_ADVISOR.c.id == advisor_id, _ADVISOR.c.person_id == looking.id)
    return found.correlate_except(_ADVISOR).exists()


def _reported_by(columns: Any, looking: Looking) -> Condition:
    """Whether an activity is of an assignment of this advisor."""
    found: sa.Select[Any] = sa.select(ONE).where(
        _ASSIGNMENT.c.id == columns.assignment_id, _is(_ASSIGNMENT.c.advisor_id, looking)
    )
    return found.correlate_except(_ASSIGNMENT).exists()
