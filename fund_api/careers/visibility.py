"""Who sees what of programs: what is published is everybody's, drafts and fellows are for those who look after them."""

from typing import Any

import sqlalchemy as sa

from fund_api.careers.fellowship_tables import NOT_YET, FellowshipCohort
from fund_api.careers.tables import Program
from fund_api.core.access import Looking
from fund_api.core.columns import table_of

PROGRAM, COHORT = table_of(Program), table_of(FellowshipCohort)
Condition = sa.ColumnElement[bool]
MANAGE = "fund:career:manage"
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


def chapter(columns: Any, looking: Looking) -> Condition | None:
    """Chapters are everybody's while they are active."""
    return None if looking.may(MANAGE) else columns.active


def _published(program_id: sa.ColumnElement[str]) -> Condition:
    whole = PROGRAM.alias()
    found: sa.Select[Any] = sa.select(ONE).where(whole.c.id == program_id, whole.c.published_at.is_not(None))
    return found.correlate_except(whole).exists()
