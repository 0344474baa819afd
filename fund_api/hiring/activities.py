"""What advisors report to have done: a day, how long it took, and what it was. Nobody is judged by it."""

from dataclasses import replace
from datetime import date

import sqlalchemy as sa

from fund_api.campaigns.rules import Values, only
from fund_api.core.access import LookingAs
from fund_api.core.errors import InvalidValue, NotAllowed, NotFound
from fund_api.core.writing import Row, Transaction, words
from fund_api.hiring import visibility
from fund_api.hiring.advisor_tables import AdvisorActivity, Assignment
from fund_api.hiring.assignments import ADVISOR, ASSIGNMENT, OPEN
from fund_api.hiring.details import GRACE
from fund_api.hiring.visibility import ADVISE, MANAGE

SAID = frozenset({"kind", "done_on", "minutes", "summary"})
"""What is said of an activity."""


async def log_activity(tx: Transaction, assignment_id: str, values: Values) -> str:
    """Report what was done in an assignment and return the report's id; `values` has a value of each of SAID.

    The assigned advisor may while the assignment is OPEN, hiring officers also afterwards. Raises NotFound for an
    assignment that the viewer does not see, else NotAllowed; InvalidValue for a day on which it was not open.
    """
    assignment = await _loggable(tx, assignment_id)
    row = only(values, SAID)
    _check_day(row["done_on"], assignment, tx.now.date())
    row |= {"assignment_id": assignment_id, "recorded_by": tx.viewer.id}
    activity_id = await tx.add(AdvisorActivity, "logged", row)  # of no campaign, for its people do not see it
    advisor = sa.select(ADVISOR.c.person_id).where(ADVISOR.c.id == assignment["advisor_id"])
    tx.done[-1] = replace(tx.done[-1], person_id=await tx.connection.scalar(advisor))  # the summary goes with them
    return activity_id


async def _loggable(tx: Transaction, assignment_id: str) -> Row:
    """The assignment, held, for who may report on it."""
    assignment = await tx.row(Assignment, assignment_id)
    if tx.viewer.may(MANAGE) or (assignment["state"] == OPEN and await _is_theirs(tx, assignment["advisor_id"])):
        return assignment
    seen = visibility.of_request(ASSIGNMENT.c, LookingAs(tx.viewer, tx.now))
    asked = sa.select(ASSIGNMENT.c.id).where(ASSIGNMENT.c.id == assignment_id, sa.true() if seen is None else seen)
    if not await tx.rows(asked):
        raise NotFound(f"There is no {words(Assignment)} {assignment_id}.")
    raise NotAllowed(f"This needs the permission {MANAGE}, or {ADVISE} and to be the advisor of an open assignment.")


async def _is_theirs(tx: Transaction, advisor_id: str) -> bool:
    """Whether the viewer is this advisor."""
    mine = (ADVISOR.c.id == advisor_id, ADVISOR.c.person_id == tx.viewer.id)
    return tx.viewer.may(ADVISE) and bool(await tx.rows(sa.select(ADVISOR.c.id).where(*mine)))


def _check_day(done_on: date, assignment: Row, today: date) -> None:
    began, ended = assignment["created_at"].date(), assignment["ended_at"]
    if done_on < began - GRACE:
        raise InvalidValue(f"The assignment began on {began}; nothing was done in it on {done_on}.", "done_on")
    last = ended.date() if ended else today
    if done_on > last:
        told = "ended on" if ended else "is told of until today,"
        raise InvalidValue(f"The assignment {told} {last}; nothing was done in it on {done_on}.", "done_on")
