"""Deadlines: the days until which one can apply for a scholarship or a cohort, or register for a session.

What names no state is for the state of its program; where that names none either, it is for all of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from fund_api.careers import visibility
from fund_api.careers.fellowship_tables import CohortStage, FellowshipCohort, Scholarship
from fund_api.careers.tables import Program, ProgramSession
from fund_api.communities.tables import State
from fund_api.core.access import Looking
from fund_api.core.columns import Text, table_of
from fund_api.core.errors import InvalidValue

PROGRAM, SESSION, COHORT, SCHOLARSHIP, STATE = (
    table_of(one) for one in (Program, ProgramSession, FellowshipCohort, Scholarship, State)
)
LONGEST_WINDOW = 365
"""Days ahead of which deadlines are told."""
MOST = 100
"""Deadlines that are told at once."""


class DeadlineKind(StrEnum):
    """What can be had until a deadline."""

    SCHOLARSHIP = "SCHOLARSHIP"
    COHORT_APPLICATION = "COHORT_APPLICATION"
    REGISTRATION = "REGISTRATION"


@dataclass(frozen=True, slots=True)
class Deadline:
    """A day that has not passed; the others are ids."""

    kind: DeadlineKind
    on: date
    title: str
    days_left: int
    program_id: str
    session_id: str | None
    cohort_id: str | None
    scholarship_id: str | None
    state_id: str | None


async def coming(
    connection: AsyncConnection, looking: Looking, today: date, *, within: int, first: int, state: str | None
) -> list[Deadline]:
    """The deadlines that a viewer sees, from today to `within` days ahead, by day; at most `first`.

    `state`: those for the state with this code, those for all states among them. What was cancelled has no deadline
    any more, nor has a cohort that takes no applications. Raises InvalidValue for a number out of bounds, and for a
    code, in any case, that no state has.
    """
    for name, value, most in (("within", within, LONGEST_WINDOW), ("first", first, MOST)):
        if not 1 <= value <= most:
            raise InvalidValue(f"{name} lies between 1 and {most}, not at {value}.", name)
    every = of_all(looking).subquery()
    query = sa.select(every, STATE.c.id.label("state_id")).outerjoin(STATE, STATE.c.code == every.c.state_code)
    query = query.where(every.c.stands, every.c.on.between(today, today + timedelta(days=within)))
    if state is not None:
        query = query.where(for_state(every.c.state_code, await _known(connection, state)))
    rows = await connection.execute(query.order_by(every.c.on, every.c.kind, every.c.id).limit(first))
    return [_deadline(row, today) for row in rows.mappings()]


async def _known(connection: AsyncConnection, state: str) -> str:
    """The code of a state as it is stored. Raises InvalidValue."""
    code = state.upper()
    if await connection.scalar(sa.select(STATE.c.id).where(STATE.c.code == code)) is None:
        raise InvalidValue(f"There is no state {state}.", "state")
    return code


def for_state(own: sa.ColumnElement[str | None], code: str) -> sa.ColumnElement[bool]:
    """Whether something is for the state with this code, or for all."""
    return sa.or_(own == code, own.is_(None))


def of_all(looking: Looking) -> sa.CompoundSelect[Any]:
    """Every deadline of programs that a viewer sees, passed ones and cancelled ones, too. Any: a value of a column.

    `stands`: nothing ended it before its day. The columns of the program itself begin with its name.
    """
    session, cohort, scholarship = SESSION.c, COHORT.c, SCHOLARSHIP.c
    registration = _select(
        DeadlineKind.REGISTRATION,
        SESSION,
        looking,
        session_id=session.id,
        on=session.registration_closes_on,
        title=session.title,
        state_code=sa.func.coalesce(session.state_code, PROGRAM.c.state_code),
        url=sa.func.coalesce(session.registration_url, PROGRAM.c.url),
        stands=session.cancelled_at.is_(None),
        is_cancelled=session.cancelled_at.is_not(None),
    ).where(session.registration_closes_on.is_not(None))
    application = _select(
        DeadlineKind.COHORT_APPLICATION,
        COHORT,
        looking,
        cohort_id=cohort.id,
        on=cohort.applications_close_on,
        title=PROGRAM.c.name + ": " + cohort.name,
        state_code=PROGRAM.c.state_code,
        url=PROGRAM.c.url,
        stands=sa.or_(*(cohort.stage == stage for stage in (CohortStage.PLANNED, CohortStage.OPEN))),
        is_cancelled=cohort.stage == CohortStage.CANCELLED,
    )
    money = _select(
        DeadlineKind.SCHOLARSHIP,
        SCHOLARSHIP,
        looking,
        scholarship_id=scholarship.id,
        on=scholarship.deadline_on,
        title=scholarship.name,
        state_code=sa.func.coalesce(scholarship.state_code, PROGRAM.c.state_code),
        url=sa.func.coalesce(scholarship.url, PROGRAM.c.url),
        stands=scholarship.cancelled_at.is_(None),
        is_cancelled=scholarship.cancelled_at.is_not(None),
    )
    return sa.union_all(registration, application, money)


def of_its_program() -> list[sa.ColumnElement[Any]]:
    """What is said of the program beside a row of it. Any: a value of a column."""
    return [PROGRAM.c[name].label(f"program_{name}") for name in ("name", "kind", "version", "updated_at")]


def _select(kind: DeadlineKind, table: sa.Table, looking: Looking, **values: Any) -> sa.Select[Any]:
    """The deadlines of one table. Any: columns and conditions."""
    about = {name: values.pop(name, sa.cast(sa.null(), Text)) for name in ("session_id", "cohort_id", "scholarship_id")}
    own = (table.c[name] for name in ("id", "program_id", "provenance", "version", "updated_at"))
    query = sa.select(
        sa.literal(str(kind), Text).label("kind"),
        *own,
        *(value.label(name) for name, value in (about | values).items()),
        *of_its_program(),
    ).join_from(table, PROGRAM, PROGRAM.c.id == table.c.program_id)
    seen = visibility.program(PROGRAM.c, looking)
    return query if seen is None else query.where(seen)


def _deadline(row: Any, today: date) -> Deadline:
    """Any: a row by the names of its columns."""
    return Deadline(
        kind=DeadlineKind(row["kind"]),
        on=row["on"],
        title=row["title"],
        days_left=(row["on"] - today).days,
        **{name: row[name] for name in _IDS},
    )


_IDS: Sequence[str] = ("program_id", "session_id", "cohort_id", "scholarship_id", "state_id")
