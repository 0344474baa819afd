"""In which capacities somebody may act on a grant: conditions on its row, of its columns and of who looks.

`standing.hold` asks the same of one grant, and says why not.
"""

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from fund_api.campaigns.visibility import ONE
from fund_api.core.access import Looking
from fund_api.grants import visibility
from fund_api.grants.deciding_tables import Duty
from fund_api.grants.lifecycle import PERMISSIONS, GrantAction, Move, duties_of, moves_from
from fund_api.grants.standing import APPROVAL, REVIEW
from fund_api.grants.tables import GrantStatus
from fund_api.grants.visibility import DUTY, Condition

Test = Callable[[Any, Looking], Condition | None]  # Any: the columns of a table or an alias


def capacity(duty: Duty) -> Test:
    """Whether who looks may act as this on a grant."""

    def test(columns: Any, looking: Looking) -> Condition:
        apart = _is_nothing_else(columns, looking, duty)
        if duty is Duty.APPLICANT:
            may = looking.may(f"own:{visibility.APPLY}")
            return sa.and_(visibility.belongs(columns.campaign_id, looking.id), apart) if may else sa.false()
        return sa.and_(
            _works_as(columns, looking, duty),
            ~visibility.belongs(columns.campaign_id, looking.id),
            ~visibility.has_belonged(columns, looking.id),
            ~visibility.recused(columns.id, looking.id),
            apart,
        )

    return test


def has_reviewed(columns: Any, looking: Looking) -> Condition:
    """Whether who looks has scored a grant."""
    return _row_of(REVIEW, columns, REVIEW.c.reviewer_id == looking.id)


def has_approved(columns: Any, looking: Looking) -> Condition:
    """Whether who looks has approved a grant."""
    return _row_of(APPROVAL, columns, APPROVAL.c.approver_id == looking.id)


def may_be_recused(columns: Any, looking: Looking) -> Condition:
    """Whether who looks may declare a conflict of interest: who works on it, whatever else they are to it."""
    works = [_works_as(columns, looking, duty) for duty in duties_of(GrantAction.DECLARE_RECUSAL)]
    return sa.and_(sa.or_(*works), ~visibility.recused(columns.id, looking.id))


TESTS: dict[str, Test] = {
    **{f"as_{duty.lower()}": capacity(duty) for duty in Duty},
    "has_reviewed": has_reviewed,
    "has_approved": has_approved,
    "may_be_recused": may_be_recused,
}
"""The conditions by the names that a grant's fields call them."""


def available(status: str, *held: bool) -> list[GrantAction]:
    """What may be done with a grant in a status; `held` is what TESTS found, in their order."""
    found = dict(zip(TESTS, held, strict=True))
    capacities = {duty for duty in Duty if found[f"as_{duty.lower()}"]}
    done = {GrantAction.SUBMIT_REVIEW: found["has_reviewed"], GrantAction.APPROVE: found["has_approved"]}

    def is_open(move: Move) -> bool:
        if move.action is GrantAction.DECLARE_RECUSAL:
            return found["may_be_recused"]
        return not capacities.isdisjoint(move.duties) and not done.get(move.action, False)

    return [move.action for move in moves_from(GrantStatus(status)) if is_open(move)]


def _works_as(columns: Any, looking: Looking, duty: Duty) -> Condition:
    permission = PERMISSIONS[duty]
    if looking.may(f"fund:{permission}"):
        return sa.true()
    return visibility.works_on(columns, looking.id, permission) if looking.may(f"own:{permission}") else sa.false()


def _is_nothing_else(columns: Any, looking: Looking, duty: Duty) -> Condition:
    """Whether who looks has no other duty on the grant so far."""
    noted = sa.and_(DUTY.c.person_id == looking.id, DUTY.c.duty != duty)
    others = [_row_of(DUTY, columns, noted)]
    if duty is not Duty.REVIEWER:
        others.append(has_reviewed(columns, looking))
    if duty is not Duty.APPROVER:
        others.append(has_approved(columns, looking))
    return ~sa.or_(*others)


def _row_of(table: sa.Table, columns: Any, condition: Condition) -> Condition:
    own: sa.Select[Any] = sa.select(ONE).select_from(table).where(table.c.grant_id == columns.id, condition)
    return own.correlate_except(table).exists()
