"""The audit of printed stock: that what is reserved and backordered of every item is what its lines say."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from fund_api.core.columns import table_of
from fund_api.printing.stock import ITEM, LINE, WAITING
from fund_api.printing.tables import OrderState, PrintOrder

ORDER = table_of(PrintOrder)
MOST = 100
"""Sentences at once."""


@dataclass(frozen=True, slots=True)
class Examined:
    """How much an audit looks at."""

    items: int
    lines: int


async def examined(connection: AsyncConnection) -> Examined:
    """How many items and lines of orders there are."""
    counts = [await connection.scalar(sa.select(sa.func.count()).select_from(table)) for table in (ITEM, LINE)]
    return Examined(*(one or 0 for one in counts))


async def audit(connection: AsyncConnection) -> list[str]:
    """What is wrong with the stock, a sentence each; nothing when all is right, at most MOST."""
    return [*await _items(connection), *await _orders(connection)][:MOST]


async def _items(connection: AsyncConnection) -> list[str]:
    """Items whose numbers are not the sums of their lines."""
    sums = {"reserved": _sum(LINE.c.reserved), "backordered": _sum(WAITING)}
    query = (
        sa.select(
            ITEM.c.id, *(ITEM.c[name] for name in sums), *(one.label(f"{name}_due") for name, one in sums.items())
        )
        .select_from(ITEM.outerjoin(LINE, LINE.c.print_item_id == ITEM.c.id))
        .group_by(ITEM.c.id)
        .having(sa.or_(*(ITEM.c[name] != one for name, one in sums.items())))
    )
    rows = (await connection.execute(query.order_by(ITEM.c.id).limit(MOST))).mappings()
    return [
        f"Print item {row['id']}: {row[name]} copies are {name}, where its lines say {row[f'{name}_due']}."
        for row in rows
        for name in sums
        if row[name] != row[f"{name}_due"]
    ]


async def _orders(connection: AsyncConnection) -> list[str]:
    """Orders whose state is not what their lines say."""
    shipped, waiting = _sum(LINE.c.shipped), _sum(LINE.c.reserved) + _sum(WAITING)
    ended = ORDER.c.state.in_((OrderState.SHIPPED, OrderState.CANCELLED))
    wrong = sa.or_(
        sa.and_(ended, waiting > 0),
        sa.and_(~ended, waiting == 0),
        sa.and_(ORDER.c.state == OrderState.PLACED, shipped > 0),
        sa.and_(ORDER.c.state.in_((OrderState.PARTLY_SHIPPED, OrderState.SHIPPED)), shipped == 0),
    )
    query = (
        sa.select(ORDER.c.id, ORDER.c.state, shipped.label("shipped"), waiting.label("waiting"))
        .select_from(ORDER.outerjoin(LINE, LINE.c.order_id == ORDER.c.id))
        .group_by(ORDER.c.id)
        .having(wrong)
    )
    return [
        f"Print order {row.id} is {row.state}, where {row.shipped} copies left and {row.waiting} are to come."
        for row in await connection.execute(query.order_by(ORDER.c.id).limit(MOST))
    ]


def _sum(column: sa.ColumnElement[int]) -> sa.ColumnElement[int]:
    return sa.func.coalesce(sa.func.sum(column), 0)
