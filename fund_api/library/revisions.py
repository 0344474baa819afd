"""What editors read of revisions: which drafts wait, how a resource came to say what it says, and what differs."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from fund_api.core.events import written
from fund_api.core.writing import Row
from fund_api.library.editing import REVISION
from fund_api.library.telling import CONTENT
from fund_api.library.windows import state

_SHOWN = ("id", "slug", "number", "title", "live_from", "live_until", "saved_by", "created_at")


async def waiting(connection: AsyncConnection, now: datetime, first: int) -> list[Row]:
    """Resources of which readers do not read the latest revision yet, what was saved last first.

    Each with its `state`, and under `goes_live_at` when its scheduled revision, be it the latest or not, goes live.
    """
    later, coming = REVISION.alias(), REVISION.alias()
    newer = sa.select(later.c.number).where(later.c.id == REVISION.c.id, later.c.number > REVISION.c.number)
    scheduled = sa.select(sa.func.min(coming.c.live_from)).where(coming.c.id == REVISION.c.id, coming.c.live_from > now)
    query = sa.select(*_columns(), scheduled.scalar_subquery().label("goes_live_at"))
    query = query.where(~newer.exists(), sa.or_(REVISION.c.live_from.is_(None), REVISION.c.live_from > now))
    return await _stated(connection, query.order_by(REVISION.c.created_at.desc(), REVISION.c.id).limit(first), now)


async def revisions_of(connection: AsyncConnection, resource_id: str, now: datetime, first: int) -> list[Row]:
    """The revisions of a resource, the latest first, each with its `state`."""
    query = sa.select(*_columns()).where(REVISION.c.id == resource_id)
    return await _stated(connection, query.order_by(REVISION.c.number.desc()).limit(first), now)


async def compare(connection: AsyncConnection, resource_id: str, one: int, other: int) -> list[Row] | None:
    """What two revisions say differently: `field`, `before` and `after` as texts; None where one is not there."""
    query = sa.select(REVISION.c.number, *(REVISION.c[name] for name in CONTENT))
    numbered = sa.or_(REVISION.c.number == one, REVISION.c.number == other)
    found = {row["number"]: row for row in await _rows(connection, query.where(REVISION.c.id == resource_id, numbered))}
    if found.keys() != {one, other}:
        return None
    texts = [(name, _text(found[one][name]), _text(found[other][name])) for name in CONTENT]
    return [{"field": name, "before": old, "after": new} for name, old, new in texts if old != new]


def _columns() -> list[sa.Column[Any]]:  # Any: each column's own
    return [REVISION.c[name] for name in _SHOWN]


async def _stated(connection: AsyncConnection, query: sa.Select[Any], now: datetime) -> list[Row]:
    rows = await _rows(connection, query)
    return [row | {"state": state(row["live_from"], row["live_until"], now)} for row in rows]


async def _rows(connection: AsyncConnection, query: sa.Select[Any]) -> list[Row]:  # Any: the query says what it holds
    return [dict(row) for row in (await connection.execute(query)).mappings()]


def _text(value: Any) -> str | None:  # Any: a value of a column
    """A value as editors read it."""
    if value is None or isinstance(value, str):
        return value if value is None else str(value)
    return (written(value) or "").strip('"')
