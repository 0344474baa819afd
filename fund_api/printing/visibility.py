"""Who sees what of printed material: its stock is the staff's, an order is of who placed it."""

from typing import Any

import sqlalchemy as sa

from fund_api.core.access import Looking
from fund_api.core.columns import table_of
from fund_api.printing.tables import PrintOrder

ORDER = table_of(PrintOrder)
MANAGE = "fund:print:manage"
ONE: sa.ColumnElement[int] = sa.literal_column("1")


def stock(_columns: Any, looking: Looking) -> sa.ColumnElement[bool] | None:
    """How many copies lie where is for those who ship them."""
    return None if looking.may(MANAGE) else sa.false()


def order(columns: Any, looking: Looking) -> sa.ColumnElement[bool] | None:
    """An order has an address: it is for who placed it, and for those who ship it."""
    if looking.may(MANAGE):
        return None
    return columns.person_id == looking.id  # type: ignore[no-any-return]  # a comparison of columns


def line(columns: Any, looking: Looking) -> sa.ColumnElement[bool] | None:
    """A line is seen with its order."""
    whole = ORDER.alias()
    seen = order(whole.c, looking)
    if seen is None:
        return None
    return sa.select(ONE).where(whole.c.id == columns.order_id, seen).exists()
