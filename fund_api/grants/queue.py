"""What awaits somebody: the grants, tranches and reports with which they may do the next step now.

`standing.hold` lets them take each of these actions. What somebody else has to do first, as meeting a condition, does
not await them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from fund_api.core.access import Looking, Viewer
from fund_api.core.columns import Text
from fund_api.grants import capacities, lifecycle, visibility
from fund_api.grants.deciding_tables import Duty
from fund_api.grants.lifecycle import PERMISSIONS, GrantAction
from fund_api.grants.paying_tables import DisbursementStatus, ReportKind, ReportStatus
from fund_api.grants.readiness import DISBURSEMENT, HAS_QUORUM, MAY_BE_PAID, MAY_BE_SIGNED, NOTHING_OPEN, REPORT
from fund_api.grants.standing import PROGRAM
from fund_api.grants.tables import GrantStatus
from fund_api.grants.visibility import GRANT, Condition
from fund_api.graph.rights import VIEWER, viewing

SOON = 30
"""Days before a report is due, when it begins to await the applicant."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A next step that awaits somebody: what it is about, since when it stands so, and how many whole days that is."""

    grant_id: str
    disbursement_id: str | None
    report_id: str | None
    action: GrantAction
    since: datetime
    days: int


@dataclass(frozen=True, slots=True)
class _Task:
    """Rows of grants, tranches or reports that await an action while they are in a status and meet a condition."""

    action: GrantAction
    duty: Duty
    table: sa.Table
    status: str
    ready: Condition | None = None
    done: Callable[[Any, Looking], Condition] | None = None
    """Whether the viewer did their part already."""


_UNTIL, _FIRST = sa.bindparam("until", type_=sa.Date), sa.bindparam("first", type_=sa.Integer)
_DUE: Condition = REPORT.c.due_on <= _UNTIL
Action, Status = GrantAction, GrantStatus


def _reports(action: GrantAction, kind: ReportKind) -> tuple[_Task, ...]:
    """What applicants have to report."""
    of_kind: Condition = REPORT.c.kind == kind
    return (
        _Task(action, Duty.APPLICANT, REPORT, ReportStatus.DUE, sa.and_(of_kind, _DUE)),
        _Task(action, Duty.APPLICANT, REPORT, ReportStatus.CHANGES_REQUESTED, of_kind),
    )


_TASKS = (
    _Task(Action.SUBMIT, Duty.APPLICANT, GRANT, Status.MORE_INFO_REQUESTED),
    *_reports(Action.SUBMIT_REPORT, ReportKind.INTERIM),
    *_reports(Action.SUBMIT_FINAL_REPORT, ReportKind.FINAL),
    _Task(Action.SCREEN, Duty.PREPARER, GRANT, Status.SUBMITTED),
    _Task(Action.START_REVIEW, Duty.PREPARER, GRANT, Status.SCREENING),
    _Task(Action.START_REVIEW, Duty.PREPARER, GRANT, Status.IN_DECISION, ~HAS_QUORUM),
    _Task(Action.SEND_TO_DECISION, Duty.PREPARER, GRANT, Status.IN_REVIEW, HAS_QUORUM),
    _Task(Action.SIGN_AGREEMENT, Duty.PREPARER, GRANT, Status.APPROVED, MAY_BE_SIGNED),
    _Task(Action.ACCEPT_REPORT, Duty.PREPARER, REPORT, ReportStatus.SUBMITTED),
    _Task(Action.CLOSE, Duty.PREPARER, GRANT, Status.CLOSING, NOTHING_OPEN),
    _Task(Action.SUBMIT_REVIEW, Duty.REVIEWER, GRANT, Status.IN_REVIEW, None, capacities.has_reviewed),
    _Task(Action.APPROVE, Duty.APPROVER, GRANT, Status.IN_DECISION, HAS_QUORUM, capacities.has_approved),
    _Task(Action.APPROVE_DISBURSEMENT, Duty.APPROVER, DISBURSEMENT, DisbursementStatus.SCHEDULED, MAY_BE_PAID),
    _Task(Action.RECORD_PAYMENT, Duty.PAYER, DISBURSEMENT, DisbursementStatus.APPROVED, MAY_BE_PAID),
)


async def awaiting(connection: AsyncConnection, viewer: Viewer, now: datetime, first: int = 50) -> list[Waiting]:
    """What awaits the viewer, the oldest first, at most so many; nothing for who has not signed in."""
    statement = _statement(viewer.permissions) if viewer.id is not None else None
    if statement is None:
        return []
    given = {VIEWER: viewer.id, _FIRST.key: first, _UNTIL.key: now.date() + timedelta(days=SOON)}
    return [
        Waiting(grant_id, disbursement_id, report_id, GrantAction(action), since, (now - since).days)
        for grant_id, disbursement_id, report_id, action, since in await connection.execute(statement, given)
    ]


@lru_cache(maxsize=100)
def _statement(permissions: frozenset[str]) -> sa.Select[*tuple[Any, ...]] | None:
    """What awaits viewers with these permissions; made once for them, as that takes longer than reading the rows."""
    looking = viewing(permissions)
    tasks = [_awaiting(task, looking) for task in _TASKS if _has_right(looking, task)]
    if not tasks:
        return None
    found = sa.union_all(*tasks).subquery()
    part = sa.func.coalesce(found.c.disbursement_id, found.c.report_id, "")
    return sa.select(found).order_by(found.c.since, found.c.grant_id, part, found.c.action).limit(_FIRST)


def _has_right(looking: Looking, task: _Task) -> bool:
    """Whether who looks may do it anywhere at all."""
    permission = PERMISSIONS[task.duty]
    return looking.may(f"own:{permission}") or (task.duty is not Duty.APPLICANT and looking.may(f"fund:{permission}"))


def _awaiting(task: _Task, looking: Looking) -> sa.Select[*tuple[Any, ...]]:
    """The oldest rows of a task for who looks, read in the order of their index."""
    own = task.table
    starts = (GRANT.c.status == move.start for move in lifecycle.MOVES if move.action is task.action)
    asked = [
        capacities.capacity(task.duty)(GRANT.c, looking),
        visibility.grant(GRANT.c, looking),
        task.ready,
        ~task.done(GRANT.c, looking) if task.done else None,
    ]
    source = GRANT.join(PROGRAM, PROGRAM.c.id == GRANT.c.program_id)
    query = sa.select(
        GRANT.c.id.label("grant_id"),
        _id_of(DISBURSEMENT, own).label("disbursement_id"),
        _id_of(REPORT, own).label("report_id"),
        sa.literal(str(task.action), Text).label("action"),
        own.c.status_since.label("since"),
    ).select_from(source if own is GRANT else source.join(own, own.c.grant_id == GRANT.c.id))
    oldest = query.where(own.c.status == task.status, sa.or_(*starts), *(one for one in asked if one is not None))
    return sa.select(oldest.order_by(own.c.status_since, own.c.id).limit(_FIRST).subquery())


def _id_of(table: sa.Table, own: sa.Table) -> sa.ColumnElement[str | None]:
    return table.c.id if table is own else sa.cast(sa.null(), Text)
