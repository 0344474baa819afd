"""What people are told of hiring support: who asked, who advises, and whoever is to ask how an appointment goes."""

import sqlalchemy as sa

from fund_api.campaigns import notices
from fund_api.campaigns.notices import PERSON
from fund_api.campaigns.work_tables import NoticeKind
from fund_api.communities.tables import Community
from fund_api.core.columns import table_of
from fund_api.core.writing import Row, Transaction
from fund_api.hiring.advisor_tables import Assignment, AssignmentState, SeniorAdvisor
from fund_api.hiring.tables import HIRED, FollowUp
from fund_api.hiring.visibility import PLACEMENT, REQUEST
from fund_api.people.roles import Role
from fund_api.people.tables import FUND
from fund_api.people.viewers import ROLES

COMMUNITY, FOLLOW_UP = table_of(Community), table_of(FollowUp)
ADVISOR, ASSIGNMENT, ADVISING = table_of(SeniorAdvisor), table_of(Assignment), PERSON.alias()
MOST = 200
"""Follow-ups that are told of at once; the next tick goes on."""


async def tell_requester(tx: Transaction, request: Row, what: str) -> None:
    """Tell who asked what became of their request, unless they did it themselves or can't sign in any more."""
    person_id = request["person_id"]
    if person_id in (None, tx.viewer.id) or not await _is_active(tx, person_id):
        return
    text = f"Your request for hiring support for {await _place(tx, request)}: {what}"
    await notices.tell(tx, person_id, NoticeKind.HIRING_CHANGED, text, hiring_request_id=request["id"])


async def tell_matched(tx: Transaction, request: Row, advisor: Row) -> None:
    """Tell who asked that a senior advisor helps, and the advisor whom."""
    await tell_requester(tx, request, "a senior advisor helps you now")  # not who: names stay where they are erased
    person_id = advisor["person_id"]
    if person_id != tx.viewer.id and await _is_active(tx, person_id):
        text = f"You are asked to advise {await _place(tx, request)} on hiring a manager"
        await notices.tell(tx, person_id, NoticeKind.HIRING_CHANGED, text, hiring_request_id=request["id"])


async def tell_asked(tx: Transaction, request: Row) -> None:
    """Tell hiring officers that somebody asks."""
    await _tell_officers(tx, request, f"{await _place(tx, request)} asks for hiring support")


async def tell_left(tx: Transaction, request: Row, state: AssignmentState) -> None:
    """Tell who asked, and hiring officers, that the advisor left, so that somebody finds another one."""
    what = "is done" if state is AssignmentState.COMPLETED else "does not help any more"
    await tell_requester(tx, request, f"the senior advisor {what}")
    await _tell_officers(tx, request, f"{await _place(tx, request)}: the senior advisor {what}")


async def tell_due_follow_ups(tx: Transaction) -> list[str]:
    """Tell hiring officers, and the advisor who still helps, of follow-ups that came due and were not told; the ids.

    A follow-up is told once, and only while its request is open; while nobody can be told, it waits. The server does
    this by itself, so it asks for no permission.
    """
    officers = list((await tx.connection.scalars(_officers())).all())
    due = _due(tx) if officers else _due(tx).where(ADVISING.c.id.is_not(None))
    told = []
    for row in await tx.rows(due):
        if not await _is_first(tx, row["id"]):
            continue
        people = dict.fromkeys([*officers, *filter(None, [row["advisor"]])])
        text = f"{row['name']}, {row['title']}: ask how it goes, {row['months']} months on, by {row['due_on']}"
        about = {"hiring_request_id": row["request_id"]}
        told += [await notices.tell(tx, person, NoticeKind.FOLLOW_UP_DUE, text, **about) for person in people]
    return told


def _due(tx: Transaction) -> sa.Select[*tuple[Row, ...]]:
    """Follow-ups that are due and open, the oldest first, each with the person who advises now, if they can sign in."""
    columns = (FOLLOW_UP.c.id, FOLLOW_UP.c.months, FOLLOW_UP.c.due_on, PLACEMENT.c.title, COMMUNITY.c.name)
    helps = sa.and_(ASSIGNMENT.c.hiring_request_id == REQUEST.c.id, ASSIGNMENT.c.state == AssignmentState.OPEN)
    return (
        sa.select(*columns, REQUEST.c.id.label("request_id"), ADVISING.c.id.label("advisor"))
        .select_from(FOLLOW_UP)
        .join(PLACEMENT, PLACEMENT.c.id == FOLLOW_UP.c.placement_id)
        .join(REQUEST, REQUEST.c.id == PLACEMENT.c.hiring_request_id)
        .join(COMMUNITY, COMMUNITY.c.id == PLACEMENT.c.community_id)
        .outerjoin(ASSIGNMENT, helps)
        .outerjoin(ADVISOR, ADVISOR.c.id == ASSIGNMENT.c.advisor_id)
        .outerjoin(ADVISING, sa.and_(ADVISING.c.id == ADVISOR.c.person_id, ADVISING.c.active))
        .where(FOLLOW_UP.c.due_on <= tx.now.date(), FOLLOW_UP.c.done_on.is_(None), ~FOLLOW_UP.c.told)
        .where(REQUEST.c.stage.in_(HIRED))
        .order_by(FOLLOW_UP.c.due_on, FOLLOW_UP.c.id)
        .limit(MOST)
    )


async def _is_first(tx: Transaction, follow_up_id: str) -> bool:
    """Whether nobody told of it before: of several processes one does."""
    first = FOLLOW_UP.update().where(FOLLOW_UP.c.id == follow_up_id, ~FOLLOW_UP.c.told).values(told=True)
    return (await tx.connection.execute(first)).rowcount == 1


async def _tell_officers(tx: Transaction, request: Row, text: str) -> None:
    """Tell all hiring officers who can sign in, but whoever did it."""
    for person_id in (await tx.connection.scalars(_officers().where(PERSON.c.id != (tx.viewer.id or "")))).all():
        await notices.tell(tx, person_id, NoticeKind.HIRING_CHANGED, text, hiring_request_id=request["id"])


def _officers() -> sa.Select[*tuple[str]]:
    holding = (ROLES.c.role == Role.HIRING_OFFICER, ROLES.c.scope == FUND, PERSON.c.active)
    return sa.select(PERSON.c.id).join(ROLES, ROLES.c.person_id == PERSON.c.id).where(*holding).order_by(PERSON.c.id)


async def _is_active(tx: Transaction, person_id: str) -> bool:
    return bool(await tx.connection.scalar(sa.select(PERSON.c.active).where(PERSON.c.id == person_id)))


async def _place(tx: Transaction, request: Row) -> str:
    query = sa.select(COMMUNITY.c.name).where(COMMUNITY.c.id == request["community_id"])
    return str(await tx.connection.scalar(query))
