"""Stock of printed items: what comes in, what orders reserve of it, and what leaves.

What is reserved and what is backordered of an item are the sums of its lines at every commit, and a copy that nobody
has reserved goes to the oldest line that waits for one. Whoever moves copies holds the item first, several of them in
the order of their ids, and only then looks at lines: so two of them can't wait for each other.
"""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from fund_api.core import clock
from fund_api.core.columns import table_of
from fund_api.core.errors import InvalidValue, VersionConflict
from fund_api.core.writing import Row, Transaction
from fund_api.library.tables import Resource
from fund_api.printing.tables import MOST_COPIES, PrintItem, PrintOrderLine
from fund_api.printing.visibility import MANAGE

ITEM, LINE = table_of(PrintItem), table_of(PrintOrderLine)
MOST_OF_A_LINE = 10_000
"""Copies that a line of an order takes."""
SAID = frozenset({"label", "in_stock", "reorder_level", "lead_time_days"})
"""What is said of an item, of whatever resource it is."""
LATEST = (LINE.c.created_at.desc(), LINE.c.id.desc())
WAITING = LINE.c.quantity - LINE.c.reserved - LINE.c.shipped - LINE.c.cancelled


def can_ship_by(available: int, lead_time_days: int, quantity: int) -> date:
    """The first day on which so many copies could leave: today when they lie there, else after printing more.

    Raises InvalidValue for a number that no line of an order takes.
    """
    check_quantity(quantity, "quantity")
    today = clock.now().date()
    return today if quantity <= available else today + timedelta(days=lead_time_days)


def check_quantity(quantity: int, *path: str) -> None:
    """Raises InvalidValue for a number of copies that no line takes."""
    if not 1 <= quantity <= MOST_OF_A_LINE:
        raise InvalidValue(f"quantity lies between 1 and {MOST_OF_A_LINE:,}, not at {quantity:,}.", *path)


# What comes in


async def add_print_item(tx: Transaction, resource_id: str, values: Mapping[str, Any]) -> str:
    """Offer a resource in print and return the item's id; Any: `values` has a value of each of SAID."""
    tx.viewer.need(MANAGE)
    if wrong := SAID ^ values.keys():
        raise ValueError(f"an item is added with {sorted(SAID)}; {sorted(wrong)} is missing or unknown")
    await tx.row(Resource, resource_id, referable=True)
    row = dict(values) | {"resource_id": resource_id, "reserved": 0, "backordered": 0}
    try:
        async with tx.connection.begin_nested():
            return await tx.add(PrintItem, "added", row)
    except IntegrityError:
        raise _taken(values["label"]) from None


async def receive(tx: Transaction, item_id: str, quantity: int) -> None:
    """Put copies on the shelf that came from the printer; the oldest orders that wait for some get theirs."""
    tx.viewer.need(MANAGE)
    if not 1 <= quantity <= MOST_COPIES:
        raise InvalidValue(f"quantity lies between 1 and {MOST_COPIES:,}, not at {quantity:,}.", "quantity")
    item = await tx.row(PrintItem, item_id)
    await tx.alter(PrintItem, "received", item, {"in_stock": item["in_stock"] + quantity})
    await hand_out(tx, item_id)


async def update(tx: Transaction, item_id: str, values: Mapping[str, Any], *, expected_version: int) -> None:
    """Change what is said of an item; Any: `values` has values of SAID. `in_stock` is what somebody counted.

    Where fewer copies are found than are reserved, the latest orders wait again. Raises VersionConflict when copies
    came or left since they were counted.
    """
    tx.viewer.need(MANAGE)
    if unknown := values.keys() - SAID:
        raise ValueError(f"{sorted(unknown)} can't be updated")
    item = await tx.row(PrintItem, item_id)
    if item["version"] != expected_version:
        raise VersionConflict(item_id, expected_version, item["version"])
    counted = values.get("in_stock")
    if counted is not None and 0 <= counted < item["reserved"]:
        missing = item["reserved"] - counted
        if item["backordered"] + missing > MOST_COPIES:
            raise InvalidValue(f"At most {MOST_COPIES:,} copies of an item can be backordered.", "in_stock")
        await _take_back(tx, item_id, missing)
    try:
        async with tx.connection.begin_nested():
            await tx.alter(PrintItem, "updated", item, dict(values))
    except IntegrityError:
        raise _taken(values.get("label")) from None
    await hand_out(tx, item_id)


# What orders do with it


async def hold(tx: Transaction, item_ids: Iterable[str]) -> dict[str, Row]:
    """The items with these ids, held against other writers in the order of their ids until the transaction ends."""
    query = sa.select(ITEM).where(ITEM.c.id.in_(sorted(item_ids))).order_by(ITEM.c.id).with_for_update()
    return {row["id"]: row for row in await tx.rows(query)}


async def reserve(tx: Transaction, item: Row, quantity: int) -> int:
    """Reserve as many of so many copies as are available and backorder the rest; how many are reserved.

    The item must be held. Raises InvalidValue when more would be backordered than can ever be printed.
    """
    taken: int = min(quantity, item["in_stock"] - item["reserved"])
    values = {"reserved": ITEM.c.reserved + taken, "backordered": ITEM.c.backordered + quantity - taken}
    within = ITEM.c.backordered + quantity - taken <= MOST_COPIES
    if not await _move(tx, item["id"], values, ITEM.c.in_stock - ITEM.c.reserved >= taken, within):
        raise InvalidValue(f"At most {MOST_COPIES:,} copies of an item can be backordered.", "quantity")
    return taken


async def prefer(tx: Transaction, line: Row) -> int:
    """Give a line what it waits for of what others have reserved, the latest first; how many copies that were.

    The item must be held. Nobody waits while copies are available: see `hand_out`.
    """
    another = LINE.c.id != line["id"]
    given = await _shared(tx, line["print_item_id"], line["backordered"], LINE.c.reserved, LATEST, another)
    taken = sum(by for _, by in given)
    if taken:
        back: list[dict[str, object]] = [{"this": one, "by": -by} for one, by in given]
        await _change_lines(tx, [*back, {"this": line["id"], "by": taken}])
    return taken


async def ship(tx: Transaction, item_id: str, quantity: int) -> None:
    """Let reserved copies leave the shelf."""
    values = {"in_stock": ITEM.c.in_stock - quantity, "reserved": ITEM.c.reserved - quantity}
    await _must(tx, item_id, values | {"version": ITEM.c.version + 1}, ITEM.c.reserved >= quantity)


async def release(tx: Transaction, item_id: str, reserved: int, waiting: int) -> None:
    """Take back what an order had reserved and what it waited for; others who wait get it at once."""
    values = {"reserved": ITEM.c.reserved - reserved, "backordered": ITEM.c.backordered - waiting}
    await _must(tx, item_id, values, ITEM.c.reserved >= reserved, ITEM.c.backordered >= waiting)
    await hand_out(tx, item_id)


async def hand_out(tx: Transaction, item_id: str) -> None:
    """Reserve what is available for those who wait for it, the oldest line first. The item must be held."""
    item = (await hold(tx, [item_id]))[item_id]
    left = item["in_stock"] - item["reserved"]
    given = await _shared(tx, item_id, left, WAITING, (LINE.c.created_at, LINE.c.id)) if item["backordered"] else []
    if given:
        await _change_lines(tx, [{"this": one, "by": by} for one, by in given])
        await _settle(tx, item_id, sum(by for _, by in given))


async def _take_back(tx: Transaction, item_id: str, missing: int) -> None:
    """Let the latest orders wait for copies that are not there after all."""
    given = await _shared(tx, item_id, missing, LINE.c.reserved, LATEST)
    await _change_lines(tx, [{"this": one, "by": -by} for one, by in given])
    await _settle(tx, item_id, -missing)


async def _shared(
    tx: Transaction,
    item_id: str,
    copies: int,
    wanted: sa.ColumnElement[int],
    order: tuple[Any, ...],
    *conditions: sa.ColumnElement[bool],
) -> list[tuple[str, int]]:
    """Which lines take part in so many copies, and with how many. Any: columns, or their descending order."""
    query = sa.select(LINE.c.id, wanted.label("wanted")).where(LINE.c.print_item_id == item_id, wanted > 0, *conditions)
    given: list[tuple[str, int]] = []
    for line_id, most in (await tx.connection.execute(query.order_by(*order))).all():
        if copies <= 0:
            break
        given.append((line_id, min(copies, most)))
        copies -= given[-1][1]
    return given


async def _change_lines(tx: Transaction, given: list[dict[str, object]]) -> None:
    by: sa.BindParameter[int] = sa.bindparam("by", type_=sa.Integer)
    change = LINE.update().where(LINE.c.id == sa.bindparam("this"), by <= WAITING, LINE.c.reserved >= -by)
    await tx.connection.execute(change.values(reserved=LINE.c.reserved + by, updated_at=tx.now), given)


async def _settle(tx: Transaction, item_id: str, copies: int) -> None:
    """Reserve copies that were backordered; below zero, the other way round."""
    values = {"reserved": ITEM.c.reserved + copies, "backordered": ITEM.c.backordered - copies}
    await _must(tx, item_id, values, ITEM.c.in_stock - ITEM.c.reserved >= copies, ITEM.c.backordered >= copies)


async def _move(
    tx: Transaction, item_id: str, values: dict[str, sa.ColumnElement[int]], *conditions: sa.ColumnElement[bool]
) -> bool:
    """Change the numbers of an item, as far as the conditions hold; whether they did."""
    statement = ITEM.update().where(ITEM.c.id == item_id, *conditions).values(values | {"updated_at": tx.now})
    return (await tx.connection.execute(statement)).rowcount == 1


async def _must(
    tx: Transaction, item_id: str, values: dict[str, sa.ColumnElement[int]], *conditions: sa.ColumnElement[bool]
) -> None:
    if not await _move(tx, item_id, values, *conditions):
        raise LookupError(f"the stock of {item_id} is not what its lines say")


def _taken(label: str | None) -> InvalidValue:
    return InvalidValue(f"The resource has an item that is called {label} already.", "label")
