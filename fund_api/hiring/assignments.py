"""Assignments: how an advisor is given to a request, and how that ends.

Everybody takes the rows in one order, so that nobody waits for each other: requests, then advisors, several of either
in the order of their ids, then assignments. What depends on another's rows is looked at only once its advisor is held.
An advisor's `open_assignments` is the number of their assignments that are OPEN at every commit, and a request stands
in ADVISOR_MATCHED, or was held there, only while one of its assignments is.
"""

from collections.abc import Collection
from typing import Any

import sqlalchemy as sa

from fund_api.core.columns import table_of
from fund_api.core.errors import InvalidTransition, InvalidValue, NotFound, VersionConflict
from fund_api.core.writing import Row, Transaction, words
from fund_api.hiring import lifecycle, notices
from fund_api.hiring.advisor_tables import Assignment, AssignmentState, SeniorAdvisor
from fund_api.hiring.lifecycle import HiringAction
from fund_api.hiring.tables import HiringRequest, HiringStage
from fund_api.hiring.visibility import MANAGE

ADVISOR, ASSIGNMENT, REQUEST = table_of(SeniorAdvisor), table_of(Assignment), table_of(HiringRequest)
OPEN = AssignmentState.OPEN


async def withdraw_advisor(tx: Transaction, assignment_id: str, reason: str, *, expected_version: int) -> None:
    """Take an advisor off a request. Raises InvalidTransition for an assignment that has ended."""
    tx.viewer.need(MANAGE)
    request, assignment = await _held(tx, assignment_id, expected_version)
    await leave(tx, request, assignment, AssignmentState.WITHDRAWN, reason)


async def complete_assignment(
    tx: Transaction, assignment_id: str, reason: str | None = None, *, expected_version: int
) -> None:
    """Say that an advisor is done with a request. Raises InvalidTransition for an assignment that has ended."""
    tx.viewer.need(MANAGE)
    request, assignment = await _held(tx, assignment_id, expected_version)
    await leave(tx, request, assignment, AssignmentState.COMPLETED, reason)


# What other rules do with it, which have looked at the rights themselves


async def open_of(tx: Transaction, request_id: str) -> Row | None:
    """The assignment of a request that is held, if one is open."""
    return next(iter(await _open(tx, ASSIGNMENT.c.hiring_request_id == request_id)), None)


async def begin(tx: Transaction, request: Row, advisor: Row, why: str) -> str:
    """Give a request an advisor, both held, and return the assignment's id. Raises InvalidValue when they are full."""
    move = lifecycle.need(HiringAction.MATCH_ADVISOR, HiringStage(request["stage"]))
    room = (ADVISOR.c.active, ADVISOR.c.open_assignments < ADVISOR.c.capacity)
    if not await _count(tx, advisor["id"], 1, *room):
        raise InvalidValue(f"{advisor['name']} takes no more assignments.", "advisor")
    values = {"hiring_request_id": request["id"], "advisor_id": advisor["id"], "state": OPEN, "why": why}
    assignment_id = await tx.add(Assignment, "opened", values, campaign_id=request["campaign_id"])
    moved: Row = {} if move.after == request["stage"] else {"stage": move.after, "stage_since": tx.now}
    await tx.alter(HiringRequest, "advisor_matched", request, moved, campaign_id=request["campaign_id"])
    return assignment_id


async def end(
    tx: Transaction, request: Row, assignment: Row, state: AssignmentState, reason: str | None = None
) -> None:
    """End an open assignment of a request that is held; the request stays where it is."""
    if not await _count(tx, assignment["advisor_id"], -1, ADVISOR.c.open_assignments > 0):
        raise LookupError(f"{assignment['advisor_id']} has no open assignment to end")
    values = {"state": state, "reason": reason, "ended_at": tx.now}
    await tx.alter(Assignment, state.lower(), assignment, values, campaign_id=request["campaign_id"])


async def leave(
    tx: Transaction, request: Row, assignment: Row, state: AssignmentState, reason: str | None = None
) -> None:
    """End an open assignment as `end` does. A request that stands where an advisor was just matched goes back.

    It stands there since it was matched: nobody has worked on it since, and it is to be found for that. Who asked and
    hiring officers are told.
    """
    await end(tx, request, assignment, state, reason)
    await notices.tell_left(tx, request, state)
    back = {"stage": HiringStage.TRIAGED}
    if request["stage"] == HiringStage.ON_HOLD:
        back = {"held_stage": HiringStage.TRIAGED}
    if HiringStage.ADVISOR_MATCHED in (request["stage"], request["held_stage"]):
        await tx.alter(HiringRequest, "advisor_left", request, back, campaign_id=request["campaign_id"])


async def hold_open_of(
    tx: Transaction, advisor_id: str, *conditions: sa.ColumnElement[bool], also: Collection[str] = ()
) -> list[tuple[Row, Row]]:
    """An advisor's open assignments under conditions, each with its request, all of them and the advisor held.

    `also` are other requests to hold. The requests come first, so they are read before the advisor is held: should the
    advisor be given another one meanwhile, all are let go and held anew.
    """
    theirs = (ASSIGNMENT.c.advisor_id == advisor_id, *conditions)
    while True:
        attempt = await tx.connection.begin_nested()  # whose rows are let go when it is rolled back
        seen = {one["hiring_request_id"] for one in await _open(tx, *theirs)} | set(also)
        requests = {one: await tx.row(HiringRequest, one) for one in sorted(seen)}
        await tx.row(SeniorAdvisor, advisor_id)
        found = await _open(tx, *theirs)
        if all(one["hiring_request_id"] in requests for one in found):
            await attempt.commit()
            return [(requests[one["hiring_request_id"]], one) for one in found]
        await attempt.rollback()


async def _held(tx: Transaction, assignment_id: str, expected_version: int) -> tuple[Row, Row]:
    """An open assignment with its request, held with their advisor. Raises NotFound, and as the rules say."""
    names = (ASSIGNMENT.c.hiring_request_id, ASSIGNMENT.c.advisor_id)  # which never change
    found = (await tx.connection.execute(sa.select(*names).where(ASSIGNMENT.c.id == assignment_id))).first()
    if found is None:
        raise NotFound(f"There is no {words(Assignment)} {assignment_id}.")
    request = await tx.row(HiringRequest, found.hiring_request_id)
    await tx.row(SeniorAdvisor, found.advisor_id)
    assignment = await tx.row(Assignment, assignment_id)
    if assignment["version"] != expected_version:
        raise VersionConflict(assignment_id, expected_version, assignment["version"])
    if assignment["state"] != OPEN:
        message = f"Only an assignment that is OPEN can end; this one is {assignment['state']}."
        raise InvalidTransition(message, assignment["state"], ())
    return request, assignment


async def _open(tx: Transaction, *conditions: sa.ColumnElement[bool]) -> list[Row]:
    query = sa.select(ASSIGNMENT).where(ASSIGNMENT.c.state == OPEN, *conditions)
    return await tx.rows(query.order_by(ASSIGNMENT.c.hiring_request_id))


async def _count(tx: Transaction, advisor_id: str, by: int, *conditions: sa.ColumnElement[bool]) -> bool:
    """Count an assignment more or less for an advisor, as far as the conditions hold; whether they did.

    The advisor's version stays: nobody who changes what is said of them has to read them again for that.
    """
    values: dict[str, Any] = {"open_assignments": ADVISOR.c.open_assignments + by, "updated_at": tx.now}  # expressions
    statement = ADVISOR.update().where(ADVISOR.c.id == advisor_id, *conditions).values(values)
    return (await tx.connection.execute(statement)).rowcount == 1
