"""Conflicts of interest: an advisor who has one with a community is taken off at once, and refused from then on.

Locks are taken as `assignments` says.
"""

from collections.abc import Collection
from dataclasses import replace

import sqlalchemy as sa

from fund_api.communities.tables import Community
from fund_api.core import past
from fund_api.core.access import LookingAs
from fund_api.core.columns import table_of
from fund_api.core.errors import InvalidTransition, InvalidValue, NotFound
from fund_api.core.writing import Row, Transaction, words
from fund_api.hiring import assignments, forgetting, visibility
from fund_api.hiring.advisor_tables import (
    AdvisorActivity,
    AdvisorConflict,
    AssignmentState,
    ConflictKind,
    SeniorAdvisor,
)
from fund_api.hiring.advisors import check_own_or_managed, of_person
from fund_api.hiring.assignments import ASSIGNMENT, REQUEST
from fund_api.hiring.tables import HiringRequest
from fund_api.hiring.visibility import MANAGE
from fund_api.people.erasure import ERASED
from fund_api.people.rules import MANAGE as MANAGE_PEOPLE

CONFLICT, ACTIVITY = table_of(AdvisorConflict), table_of(AdvisorActivity)
CONFLICTED = "The advisor can't help here any more."
"""Why an assignment ended, to all who see it; that there is a conflict is for staff and the advisor."""


async def declare_conflict(
    tx: Transaction,
    advisor_id: str,
    kind: ConflictKind,
    *,
    community_id: str | None = None,
    request_id: str | None = None,
    reason: str | None = None,
) -> str:
    """Declare that an advisor can't advise a community, or that of a request, and return the conflict's id.

    Advisors do so for themselves, officers for everybody. An open assignment there ends at once. Who applies after
    another conflict was declared turns it into that. Raises InvalidValue for what was declared before, and as
    `advisors.check_own_or_managed` does.
    """
    check_own_or_managed(tx, await _advisor(tx, advisor_id))
    place = await _place(tx, kind, community_id, request_id)
    there = ASSIGNMENT.c.hiring_request_id.in_(sa.select(REQUEST.c.id).where(REQUEST.c.community_id == place["id"]))
    found = await assignments.hold_open_of(tx, advisor_id, there, also=(request_id,) if request_id else ())
    before = await _declared(tx, advisor_id, place["id"])
    if before and (before["kind"] == ConflictKind.APPLICANT or kind is not ConflictKind.APPLICANT):
        raise InvalidValue(f"A conflict of this advisor with {place['name']} was declared already.", "advisor")
    values = {"advisor_id": advisor_id, "community_id": place["id"], "hiring_request_id": request_id, "kind": kind}
    values |= {"reason": reason or (before and before["reason"]), "declared_by": tx.viewer.id}
    if before:
        await tx.alter(AdvisorConflict, "changed", before, values)
    conflict_id = before["id"] if before else await tx.add(AdvisorConflict, "declared", values)
    await _tell_of(tx, advisor_id)
    for request, assignment in found:
        await assignments.leave(tx, request, assignment, AssignmentState.WITHDRAWN, CONFLICTED)
    return conflict_id


async def withdraw_conflict(tx: Transaction, conflict_id: str) -> str:
    """Take back what was declared by mistake, by officers; the advisor's id.

    Raises NotFound, and InvalidTransition for who applies for a position: they never advise there.
    """
    tx.viewer.need(MANAGE)
    advisor_id = await tx.connection.scalar(sa.select(CONFLICT.c.advisor_id).where(CONFLICT.c.id == conflict_id))
    if advisor_id is None:
        raise NotFound(f"There is no {words(AdvisorConflict)} {conflict_id}.")
    await tx.row(SeniorAdvisor, advisor_id)
    kind = (await tx.row(AdvisorConflict, conflict_id))["kind"]
    if kind == ConflictKind.APPLICANT:
        raise InvalidTransition("Who applies for a position in a community never advises it: this stays.", kind, ())
    await tx.remove(AdvisorConflict, "withdrawn", conflict_id)
    await _tell_of(tx, advisor_id)
    return str(advisor_id)


async def retire(tx: Transaction, person_id: str, asked: Collection[str] = ()) -> None:
    """End what an advisor does who is to be erased, and blank what they reported and why they had conflicts.

    Requests that they `asked` for are held, with those on which they advise.
    """
    tx.viewer.need(MANAGE_PEOPLE)
    advisor_id = await of_person(tx, person_id)
    if advisor_id is None:
        for request_id in sorted(asked):
            await tx.row(HiringRequest, request_id)
        return
    for request, assignment in await assignments.hold_open_of(tx, advisor_id, also=asked):
        await assignments.leave(tx, request, assignment, AssignmentState.WITHDRAWN, "The advisor was erased.")
    await tx.change(SeniorAdvisor, "retired", advisor_id, {"active": False})
    theirs = sa.select(CONFLICT.c.id).where(CONFLICT.c.advisor_id == advisor_id)
    await forgetting.blank(tx, AdvisorConflict, theirs, "reason")
    await past.forget_owned(tx.connection, CONFLICT, {"reason": ERASED}, "advisor_id", advisor_id)  # withdrawn ones
    done = sa.select(ACTIVITY.c.id).join(ASSIGNMENT, ASSIGNMENT.c.id == ACTIVITY.c.assignment_id)
    await forgetting.blank(tx, AdvisorActivity, done.where(ASSIGNMENT.c.advisor_id == advisor_id), "summary")


async def _tell_of(tx: Transaction, advisor_id: str) -> None:
    """Let the last event be about the advisor: the reason that it keeps apart goes with them."""
    tx.done[-1] = replace(tx.done[-1], person_id=(await _advisor(tx, advisor_id))["person_id"])


async def _advisor(tx: Transaction, advisor_id: str) -> Row:
    """An advisor as they are; their requests are held before they are. Raises NotFound."""
    found = await tx.rows(sa.select(assignments.ADVISOR).where(assignments.ADVISOR.c.id == advisor_id))
    if not found:
        raise NotFound(f"There is no {words(SeniorAdvisor)} {advisor_id}.")
    return found[0]


async def _place(tx: Transaction, kind: ConflictKind, community_id: str | None, request_id: str | None) -> Row:
    """The community, by its id or a request's that the viewer sees. Raises NotFound, and InvalidValue for neither."""
    if (community_id is None) is (request_id is None):
        raise InvalidValue("A conflict is with a community or on a hiring request: name one of them.", "community")
    if kind is ConflictKind.APPLICANT and request_id is None:
        raise InvalidValue(
            "Who applies does so on a hiring request: name it, or declare OTHER for the community.", "hiring_request"
        )
    if request_id is not None:
        seen = visibility.request(REQUEST.c, LookingAs(tx.viewer, tx.now))
        asked = sa.and_(REQUEST.c.id == request_id, sa.true() if seen is None else seen)
        community_id = await tx.connection.scalar(sa.select(REQUEST.c.community_id).where(asked))
        if community_id is None:
            raise NotFound(f"There is no {words(HiringRequest)} {request_id}.")
    community = table_of(Community)
    found = await tx.rows(sa.select(community.c.id, community.c.name).where(community.c.id == community_id))
    if not found:
        raise NotFound(f"There is no {words(Community)} {community_id}.")
    return found[0]


async def _declared(tx: Transaction, advisor_id: str, community_id: str) -> Row | None:
    """The conflict of an advisor with a community."""
    query = sa.select(CONFLICT).where(CONFLICT.c.advisor_id == advisor_id, CONFLICT.c.community_id == community_id)
    return next(iter(await tx.rows(query)), None)
