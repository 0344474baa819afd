"""How a request stands, beside its stage: conditions on its row, by which clients hear what may be done with it."""

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from fund_api.core.access import Looking
from fund_api.hiring.advisor_tables import AssignmentState
from fund_api.hiring.assignments import ASSIGNMENT
from fund_api.hiring.notices import FOLLOW_UP
from fund_api.hiring.visibility import ONE, PLACEMENT, Condition

_ASSIGNMENT, _PLACEMENT, _FOLLOW_UP = ASSIGNMENT.alias(), PLACEMENT.alias(), FOLLOW_UP.alias()
"""What the conditions look through; made once, for an alias takes longer than its statement."""
Test = Callable[[Any, Looking], Condition]  # Any: the columns of a table or an alias


def is_advised(columns: Any, _looking: Looking) -> Condition:
    """Whether an advisor helps with a request now."""
    mine = (_ASSIGNMENT.c.hiring_request_id == columns.id, _ASSIGNMENT.c.state == str(AssignmentState.OPEN))
    found: sa.Select[Any] = sa.select(ONE).where(*mine)
    return found.correlate_except(_ASSIGNMENT).exists()


def is_hidden(columns: Any, _looking: Looking) -> Condition:
    """Whether somebody was hired of whom not everybody may know."""
    mine = (_PLACEMENT.c.hiring_request_id == columns.id, _PLACEMENT.c.published_at.is_(None))
    found: sa.Select[Any] = sa.select(ONE).where(*mine)
    return found.correlate_except(_PLACEMENT).exists()


def is_awaited(columns: Any, _looking: Looking) -> Condition:
    """Whether a follow-up is still to be done."""
    both = _PLACEMENT.join(_FOLLOW_UP, _FOLLOW_UP.c.placement_id == _PLACEMENT.c.id)
    mine = (_PLACEMENT.c.hiring_request_id == columns.id, _FOLLOW_UP.c.done_on.is_(None))
    found: sa.Select[Any] = sa.select(ONE).select_from(both).where(*mine)
    return found.correlate_except(_PLACEMENT, _FOLLOW_UP).exists()


TESTS: dict[str, Test] = {"is_advised": is_advised, "is_hidden": is_hidden, "is_awaited": is_awaited}
"""The conditions by the names that a request's fields call them."""
