"""The audit of assignments: that what advisors have open, and where requests stand, is what their assignments say."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from fund_api.hiring.assignments import ADVISOR, ASSIGNMENT, OPEN, REQUEST
from fund_api.hiring.conflicts import CONFLICT
from fund_api.hiring.tables import ENDED, HiringStage

MOST = 100
"""Sentences at once."""


@dataclass(frozen=True, slots=True)
class Examined:
    """How much an audit looks at."""

    advisors: int
    assignments: int


async def examined(connection: AsyncConnection) -> Examined:
    """How many advisors and assignments there are."""
    counts = [await connection.scalar(sa.select(sa.func.count()).select_from(one)) for one in (ADVISOR, ASSIGNMENT)]
    return Examined(*(one or 0 for one in counts))


async def audit(connection: AsyncConnection) -> list[str]:
    """What is wrong with the assignments, a sentence each; nothing when all is right, at most MOST."""
    return [*await _advisors(connection), *await _requests(connection), *await _conflicts(connection)][:MOST]


async def _advisors(connection: AsyncConnection) -> list[str]:
    """Advisors whose number of open assignments is not the number of those that are open."""
    number = sa.func.count(ASSIGNMENT.c.id)
    theirs = sa.and_(ASSIGNMENT.c.advisor_id == ADVISOR.c.id, ASSIGNMENT.c.state == OPEN)
    query = (
        sa.select(ADVISOR.c.id, ADVISOR.c.open_assignments, number.label("number"))
        .select_from(ADVISOR.outerjoin(ASSIGNMENT, theirs))
        .group_by(ADVISOR.c.id, ADVISOR.c.open_assignments)
        .having(ADVISOR.c.open_assignments != number)
    )
    return [
        f"Advisor {row.id}: {row.open_assignments} assignments are counted as open, where {row.number} are."
        for row in await connection.execute(query.order_by(ADVISOR.c.id).limit(MOST))
    ]


async def _requests(connection: AsyncConnection) -> list[str]:
    """Requests that stand where an advisor was matched and have none, and ended ones that have one."""
    matched = HiringStage.ADVISOR_MATCHED
    opened = ASSIGNMENT.c.id.is_not(None)
    needs_one = sa.or_(REQUEST.c.stage == matched, REQUEST.c.held_stage == matched)
    wrong = sa.or_(sa.and_(needs_one, ~opened), sa.and_(REQUEST.c.stage.in_(ENDED), opened))
    theirs = sa.and_(ASSIGNMENT.c.hiring_request_id == REQUEST.c.id, ASSIGNMENT.c.state == OPEN)
    query = sa.select(REQUEST.c.id, REQUEST.c.stage, ASSIGNMENT.c.id.label("assignment_id"))
    rows = await connection.execute(
        query.select_from(REQUEST.outerjoin(ASSIGNMENT, theirs)).where(wrong).order_by(REQUEST.c.id).limit(MOST)
    )
    return [
        f"Hiring request {row.id} is {row.stage}, and {'an' if row.assignment_id else 'no'} advisor helps with it."
        for row in rows
    ]


async def _conflicts(connection: AsyncConnection) -> list[str]:
    """Open assignments of advisors who have a conflict with the community."""
    query = (
        sa.select(ASSIGNMENT.c.id)
        .join(REQUEST, REQUEST.c.id == ASSIGNMENT.c.hiring_request_id)
        .join(
            CONFLICT,
            sa.and_(
                CONFLICT.c.advisor_id == ASSIGNMENT.c.advisor_id, CONFLICT.c.community_id == REQUEST.c.community_id
            ),
        )
        .where(ASSIGNMENT.c.state == OPEN)
    )
    return [
        f"Assignment {row.id} is open, and its advisor has a conflict of interest with the community."
        for row in await connection.execute(query.order_by(ASSIGNMENT.c.id).limit(MOST))
    ]
