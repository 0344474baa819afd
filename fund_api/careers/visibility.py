"""Who sees what of programs: what is published is everybody's, drafts and fellows are for those who look after them."""

from typing import Any

import sqlalchemy as sa

from fund_api.careers.fellowship_tables import NOT_YET, FellowshipCohort
from fund_api.careers.tables import Program
from fund_api.core.access import Looking
from fund_api.core.columns import table_of
from fund_api.core.events import EVENT

PROGRAM, COHORT = table_of(Program), table_of(FellowshipCohort)
_EVENT = EVENT.alias()
"""What `event_change` looks through."""
Condition = sa.ColumnElement[bool]
MANAGE, LOG = "fund:career:manage", "fund:event:read"
ONE: sa.ColumnElement[int] = sa.literal_column("1")


def program(columns: Any, looking: Looking) -> Condition | None:
    """Published programs are everybody's."""
    return None if looking.may(MANAGE) else columns.published_at.is_not(None)


def of_program(columns: Any, looking: Looking) -> Condition | None:
    """What belongs to a program by its column `program_id` is seen with it."""
    if looking.may(MANAGE):
        return None
    return _published(columns.program_id)


def placement(columns: Any, looking: Looking) -> Condition | None:
    """That a community hosts a fellow is everybody's once it is confirmed."""
    if looking.may(MANAGE):
        return None
    own = COHORT.alias()
    there = sa.select(ONE).where(own.c.id == columns.cohort_id, _published(own.c.program_id)).exists()
    return sa.and_(*(columns.state != str(state) for state in NOT_YET), there)


def fellow(_columns: Any, looking: Looking) -> Condition | None:
    """Who the fellow is, and why a placement ended, is for those who look after programs."""
    return None if looking.may(MANAGE) else sa.false()


def event(columns: Any, looking: Looking) -> Condition | None:
    """The log tells what was done with a fellow's placement, agreed or not, to those alone who look after programs.

    Who may not read the log of the whole fund sees nothing of it anyhow, as `campaigns.visibility.event` says.
    """
    if looking.may(MANAGE) or not looking.may(LOG):
        return None
    return ~columns.action.startswith("fellow_placement.", autoescape=True)  # type: ignore[no-any-return]  # a comparison


def event_change(columns: Any, looking: Looking) -> Condition | None:
    """The changes of an event are seen by those who see the event."""
    seen = event(_EVENT.c, looking)
    if seen is None:
        return None
    found: sa.Select[Any] = sa.select(ONE).where(_EVENT.c.id == columns.event_id, seen)
    return found.correlate_except(_EVENT).exists()


def chapter(columns: Any, looking: Looking) -> Condition | None:
    """Chapters are everybody's while they are active."""
    return None if looking.may(MANAGE) else columns.active


def _published(program_id: sa.ColumnElement[str]) -> Condition:
    whole = PROGRAM.alias()
    found: sa.Select[Any] = sa.select(ONE).where(whole.c.id == program_id, whole.c.published_at.is_not(None))
    return found.correlate_except(whole).exists()
