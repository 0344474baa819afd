"""Calendars of states: the sessions and deadlines that everybody sees, as iCalendar (RFC 5545).

A calendar holds what was in the last days and what comes in the next years, at most MOST entries, the next ones first.
What was cancelled stays in it as such, so that whoever subscribed sees it go.
"""

import hashlib
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from fund_api.careers import visibility
from fund_api.careers.deadlines import COHORT, PROGRAM, SCHOLARSHIP, SESSION, STATE, for_state, of_all, of_its_program
from fund_api.core.access import PUBLIC, LookingAs

Row = dict[str, Any]  # Any: a value of a column, by its name

ALL = "all"
"""The name of the calendar of all states."""
PAST, AHEAD = timedelta(days=90), timedelta(days=730)
MOST = 1_000
"""Entries of a calendar."""
_SHOWN = (
    *("id", "title", "starts_on", "ends_on", "starts_at", "ends_at", "time_zone", "mode", "place"),
    *("registration_closes_on", "cancelled_at", "reason", "provenance", "version", "updated_at"),
)


@dataclass(frozen=True, slots=True)
class Edition:
    """A calendar as it stands; `tag` tells it from every other one, before and after."""

    code: str | None
    """Of the state; None: all of them."""
    title: str
    changed_at: datetime
    tag: str


async def edition(connection: AsyncConnection, name: str, now: datetime) -> Edition | None:
    """The calendar with this name, the code of a state or ALL, in any case; None where there is none.

    It changes with what it is made of and, since it follows the days, with every day of UTC.
    """
    code = None if name.lower() == ALL else name.upper()
    title: str | None = "all states"
    if code is not None:
        title = await connection.scalar(sa.select(STATE.c.name).where(STATE.c.code == code))
    if title is None:
        return None
    parts = [
        sa.select(sa.func.max(table.c.updated_at).label("last"), sa.func.sum(table.c.version).label("writes"))
        for table in (PROGRAM, SESSION, COHORT, SCHOLARSHIP)
    ]
    made = (await connection.execute(sa.union_all(*parts))).all()
    changed_at = max([datetime.combine(now.date(), time(), UTC), *(last for last, _ in made if last)])
    writes = sum(int(times or 0) for _, times in made)
    words = (code or ALL, title, now.date(), changed_at, writes)
    tag = hashlib.sha256("\n".join(map(str, words)).encode()).hexdigest()[:32]
    return Edition(code, f"Programs and deadlines: {title}", changed_at, tag)


async def content(connection: AsyncConnection, of: Edition, now: datetime) -> list[Row]:
    """The sessions and the deadlines of a calendar by day, together at most MOST: the next ones, then the last ones."""
    today, looking = now.date(), LookingAs(PUBLIC, now)
    queries = [_chosen(query, of, today) for query in (_sessions(looking), _deadlines(looking, today))]
    found = [dict(row) for query in queries for row in (await connection.execute(query)).mappings()]
    found.sort(key=lambda row: _rank(row["first_day"], row["last_day"], today))
    return sorted(found[:MOST], key=lambda row: (row["first_day"], row["id"]))


def _sessions(looking: LookingAs) -> sa.Select[Any]:
    """The sessions of programs that everybody sees. Any: a value of a column."""
    query = sa.select(
        *(SESSION.c[name] for name in _SHOWN),
        sa.func.coalesce(SESSION.c.registration_url, PROGRAM.c.url).label("url"),
        *of_its_program(),
        SESSION.c.starts_on.label("first_day"),
        SESSION.c.ends_on.label("last_day"),
        sa.func.coalesce(SESSION.c.state_code, PROGRAM.c.state_code).label("state_code"),
    ).join_from(SESSION, PROGRAM, PROGRAM.c.id == SESSION.c.program_id)
    seen = visibility.program(PROGRAM.c, looking)
    return query if seen is None else query.where(seen)


def _deadlines(looking: LookingAs, today: date) -> sa.Select[Any]:
    """The deadlines of those programs, but for days ahead until which nothing is taken any more, uncancelled.

    Any: a value of a column.
    """
    every = of_all(looking).subquery()
    told = sa.or_(every.c.stands, every.c.is_cancelled, every.c.on < today)
    return sa.select(every, every.c.on.label("first_day"), every.c.on.label("last_day")).where(told)


def _chosen(query: sa.Select[Any], of: Edition, today: date) -> sa.Select[Any]:
    """The rows of a query for which a calendar has room. Any: a value of a column."""
    rows = query.subquery()
    first_day, last_day = rows.c.first_day, rows.c.last_day
    chosen = sa.select(rows).where(last_day >= today - PAST, first_day <= today + AHEAD)
    if of.code is not None:
        chosen = chosen.where(for_state(rows.c.state_code, of.code))
    is_past, next_first = sa.case((last_day < today, 1), else_=0), sa.case((last_day >= today, first_day))
    return chosen.order_by(is_past, next_first, first_day.desc(), rows.c.id).limit(MOST)


def _rank(first_day: date, last_day: date, today: date) -> tuple[bool, int]:
    """Its place among those for which a calendar has room: what is over comes after the rest, the oldest at the end."""
    is_past = last_day < today
    return is_past, -first_day.toordinal() if is_past else first_day.toordinal()
