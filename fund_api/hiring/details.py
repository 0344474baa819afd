"""What is said of a request beside whom to reach: which position, what it pays, and what the manager is to bring."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from fund_api.core.columns import table_of
from fund_api.core.errors import InvalidValue, NotFound
from fund_api.core.events import Change
from fund_api.core.money import in_dollars
from fund_api.core.writing import Row, Transaction
from fund_api.hiring.tables import HiringPracticeArea
from fund_api.library.tag_tables import PracticeArea

AREA, ASKED = table_of(PracticeArea), table_of(HiringPracticeArea)
SAID = frozenset(
    {
        *("first_manager", "creation_route", "interim_needed", "search_mode"),
        *("budget", "salary_minimum", "salary_maximum", "target_on"),
    }
)
GRACE = timedelta(days=1)
"""A day is the client's own: an evening in America has the day before the one that our times say."""
MOST_AREAS = 10
"""Practice areas of one request."""

Values = Mapping[str, Any]  # Any: a value of a column, by the column's name


def check(tx: Transaction, row: Values, before: Values) -> None:
    """Raises InvalidValue for a range of salaries that begins above its end, and for a start that is set in the past.

    `before` is what was said so far: a start that stays may have passed.
    """
    least, most = ({**before, **row}.get(name) for name in ("salary_minimum", "salary_maximum"))
    if least is not None and most is not None and least > most:
        message = f"The least salary, {in_dollars(least)}, is more than the highest, {in_dollars(most)}."
        raise InvalidValue(message, "salary_minimum")
    start = row.get("target_on")
    if start is not None and start != before.get("target_on") and start < tx.now.date() - GRACE:
        raise InvalidValue(f"The manager is to start today or later, not on {start}.", "target_on")


async def areas(tx: Transaction, named: Sequence[str]) -> list[str]:
    """The ids of practice areas that are named by id or slug, each once. Raises InvalidValue, and NotFound."""
    if len(named) > MOST_AREAS:
        raise InvalidValue(f"A request asks for at most {MOST_AREAS} practice areas.", "practice_areas")
    known = {name: row["id"] for row in await _known(tx, named) for name in (row["id"], row["slug"])}
    for name in named:
        if name not in known:
            raise NotFound(f"There is no practice area {name}.")
    return sorted({known[name] for name in named})


async def set_areas(tx: Transaction, request_id: str, wanted: Sequence[str]) -> list[str]:
    """Let a request ask for these practice areas, by ids, and no others; those that it asked for before."""
    mine = ASKED.c.hiring_request_id == request_id
    query = sa.select(ASKED.c.practice_area_id).where(mine).order_by(ASKED.c.practice_area_id)
    before = list((await tx.connection.scalars(query)).all())
    if before != list(wanted):
        await tx.connection.execute(ASKED.delete().where(mine))
        rows = [{"hiring_request_id": request_id, "practice_area_id": area} for area in wanted]
        if rows:
            await tx.connection.execute(ASKED.insert(), rows)
    return before


def tell_areas(tx: Transaction, before: Sequence[str], after: Sequence[str]) -> None:
    """Let the event that was recorded last tell of practice areas, where they changed."""
    if list(before) != list(after):
        last = tx.done[-1]
        told = Change("practice_areas", list(before) or None, list(after) or None)
        tx.done[-1] = replace(last, changes=(*last.changes, told))


async def _known(tx: Transaction, named: Sequence[str]) -> list[Row]:
    matching = sa.or_(AREA.c.id.in_(named), AREA.c.slug.in_(named))
    return await tx.rows(sa.select(AREA.c.id, AREA.c.slug).where(matching))
