"""Orders of printed items: somebody places one, staff ship what is there, and what is not shipped can be cancelled.

Everybody takes the rows in one order: the campaign or the order, then the items by their ids, then their lines.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from fund_api.campaigns import members
from fund_api.campaigns.tables import Campaign
from fund_api.core.access import LookingAs
from fund_api.core.errors import InvalidTransition, InvalidValue, NotAllowed, NotFound, VersionConflict, placed
from fund_api.core.events import Change, Done
from fund_api.core.ids import new_id
from fund_api.core.writing import Row, Transaction, words
from fund_api.library.visibility import of_resource, of_resource_content
from fund_api.printing import stock
from fund_api.printing.stock import ITEM, LINE
from fund_api.printing.tables import OrderState, PrintItem, PrintOrder
from fund_api.printing.visibility import MANAGE, ORDER

MOST_LINES = 20
"""Lines of one order."""
SAID = frozenset({"campaign_id", "recipient", "address", "needed_on", "note"})
"""What is said of an order beside its lines."""
MOVES: Mapping[OrderState, tuple[OrderState, ...]] = {
    OrderState.PLACED: (OrderState.PARTLY_SHIPPED, OrderState.SHIPPED, OrderState.CANCELLED),
    OrderState.PARTLY_SHIPPED: (OrderState.PARTLY_SHIPPED, OrderState.SHIPPED, OrderState.CANCELLED),
    OrderState.SHIPPED: (),
    OrderState.CANCELLED: (),
}
"""What may become of an order."""

Wanted = tuple[str, int]
"""The id of an item, and how many copies of it."""


async def place(tx: Transaction, values: Mapping[str, Any], lines: Iterable[Wanted]) -> str:
    """Order copies for oneself, perhaps for a campaign, and return the order's id; Any: values of SAID.

    Of each item what is available is reserved, and the rest is backordered. Raises NotAllowed for who has not signed
    in, may not read what is printed, or may not act for the campaign; NotFound for what they do not see.
    """
    if tx.viewer.id is None:
        raise NotAllowed("Only who has signed in can order.")
    if wrong := SAID ^ values.keys():
        raise ValueError(f"an order is placed with {sorted(SAID)}; {sorted(wrong)} is missing or unknown")
    wanted = _wanted(lines)
    await _may_order_for(tx, values["campaign_id"])
    await _may_have(tx, list(wanted))
    if values["needed_on"] is not None and values["needed_on"] < tx.now.date():
        raise InvalidValue(f"An order is needed today or later, not on {values['needed_on']}.", "needed_on")
    items = await stock.hold(tx, wanted)
    reserved = {item_id: await stock.reserve(tx, item, wanted[item_id]) for item_id, item in items.items()}
    row = dict(values) | {"person_id": tx.viewer.id, "state": OrderState.PLACED}
    order_id = await tx.add(PrintOrder, "placed", row, campaign_id=values["campaign_id"])
    stamps = {"provenance": tx.provenance, "created_at": tx.now, "updated_at": tx.now, "order_id": order_id}
    numbers: dict[str, Row] = {one: {"quantity": wanted[one], "reserved": reserved[one]} for one in items}
    fresh = stamps | {"shipped": 0, "cancelled": 0}
    made = [
        {"id": new_id(LINE.c.id.info["prefix"]), "print_item_id": item_id} | numbers[item_id] | fresh
        for item_id in items
    ]
    await tx.connection.execute(LINE.insert(), made)
    _tell_lines(tx, numbers.items())
    return order_id


async def reserve(tx: Transaction, order_id: str) -> None:
    """Reserve for an order what it still waits for before others get it: of other orders the latest wait instead."""
    tx.viewer.need(MANAGE)
    order = _open(await tx.row(PrintOrder, order_id), "have copies reserved")
    found = []
    for line in await _held_lines(tx, order_id):
        if taken := await stock.prefer(tx, line):
            found.append((line["print_item_id"], {"reserved": taken}))
    if found:
        tx.done.append(Done("print_order.reserved", order_id, campaign_id=order["campaign_id"]))
        _tell_lines(tx, found)


async def ship(tx: Transaction, order_id: str, *, expected_version: int) -> None:
    """Let everything leave that is reserved for an order. Raises InvalidTransition when nothing is."""
    tx.viewer.need(MANAGE)
    order = _open(await tx.row(PrintOrder, order_id), "be shipped", expected_version)
    lines = await _held_lines(tx, order_id)
    leaving = [line for line in lines if line["reserved"]]
    if not leaving:
        raise InvalidTransition(
            "Nothing is reserved for the order: its copies are printed first.", order["state"], (OrderState.CANCELLED,)
        )
    for line in leaving:
        await stock.ship(tx, line["print_item_id"], line["reserved"])
        await _change_line(tx, line, reserved=0, shipped=line["shipped"] + line["reserved"])
    state = OrderState.PARTLY_SHIPPED if any(line["backordered"] for line in lines) else OrderState.SHIPPED
    changes = {"state": state, "shipped_at": tx.now}
    await tx.alter(PrintOrder, "shipped", order, changes, campaign_id=order["campaign_id"])
    _tell_lines(tx, [(line["print_item_id"], {"shipped": line["reserved"]}) for line in leaving])


async def cancel(tx: Transaction, order_id: str, reason: str, *, expected_version: int) -> None:
    """Cancel what of an order was not shipped: who placed it may, and staff. Others who wait get its copies at once."""
    order = await _own(tx, order_id)
    await _end(tx, _open(order, "be cancelled", expected_version), reason)


async def cancel_all_of(tx: Transaction, person_id: str, reason: str) -> None:
    """Cancel what was not shipped of somebody's orders, by who may erase people."""
    tx.viewer.need("fund:person:manage")
    ended = (OrderState.SHIPPED, OrderState.CANCELLED)
    theirs = sa.select(ORDER.c.id).where(ORDER.c.person_id == person_id, ORDER.c.state.not_in(ended))
    for order_id in (await tx.connection.scalars(theirs.order_by(ORDER.c.id))).all():
        await _end(tx, await tx.row(PrintOrder, order_id), reason)


async def _end(tx: Transaction, order: Row, reason: str) -> None:
    ended = []
    order_id = order["id"]
    for line in await _held_lines(tx, order_id):
        if rest := line["reserved"] + line["backordered"]:
            await _change_line(tx, line, reserved=0, cancelled=line["cancelled"] + rest)
            await stock.release(tx, line["print_item_id"], line["reserved"], line["backordered"])
            ended.append((line["print_item_id"], {"cancelled": rest}))
    changes = {"state": OrderState.CANCELLED, "reason": reason}
    await tx.alter(PrintOrder, "cancelled", order, changes, campaign_id=order["campaign_id"])
    _tell_lines(tx, ended)


def _wanted(lines: Iterable[Wanted]) -> dict[str, int]:
    """How many copies of each item. Raises InvalidValue, with the line that can't be taken."""
    given = list(lines)
    if not 1 <= len(given) <= MOST_LINES:
        raise InvalidValue(f"An order has 1 to {MOST_LINES} lines, not {len(given)}.", "lines")
    wanted: dict[str, int] = {}
    for place_of, (item_id, quantity) in enumerate(given):
        with placed("lines", str(place_of)):
            stock.check_quantity(quantity, "quantity")
            if item_id in wanted:
                raise InvalidValue("Another line orders the same item: say all copies in one.", "item")
        wanted[item_id] = quantity
    return wanted


async def _may_order_for(tx: Transaction, campaign_id: str | None) -> None:
    """Raises as `members.may` does for who may not change the campaign; who manages print may order for every one.

    The campaign is held either way, before the items are.
    """
    if campaign_id is None:
        return
    if tx.viewer.may(MANAGE):
        await tx.row(Campaign, campaign_id)
    else:
        await members.may(tx, "campaign:update", campaign_id)


async def _may_have(tx: Transaction, item_ids: list[str]) -> None:
    """Raises NotFound for an item that the viewer does not see, NotAllowed for one that they may not read."""
    looking = LookingAs(tx.viewer, tx.now)
    readable = of_resource_content(ITEM.c, looking)
    query = sa.select(ITEM.c.id, (sa.true() if readable is None else readable).label("readable"))
    found = {
        row["id"]: row["readable"]
        for row in await tx.rows(query.where(ITEM.c.id.in_(item_ids), of_resource(ITEM.c, looking)))
    }
    for item_id in item_ids:
        if item_id not in found:
            raise NotFound(f"There is no {words(PrintItem)} {item_id}.")
        if not found[item_id]:
            raise NotAllowed("Only who may read a resource can order it in print.")


async def _own(tx: Transaction, order_id: str) -> Row:
    """An order of the viewer's, or any for staff. Raises NotFound."""
    order = await tx.row(PrintOrder, order_id)
    if not tx.viewer.may(MANAGE) and order["person_id"] != tx.viewer.id:
        raise NotFound(f"There is no {words(PrintOrder)} {order_id}.")
    return order


def _open(order: Row, what: str, expected_version: int | None = None) -> Row:
    """The order, when something can still become of it. Raises VersionConflict and InvalidTransition."""
    if expected_version is not None and order["version"] != expected_version:
        raise VersionConflict(order["id"], expected_version, order["version"])
    if not MOVES[OrderState(order["state"])]:
        raise InvalidTransition(f"An order that is {order['state']} can't {what}.", order["state"], ())
    return order


async def _held_lines(tx: Transaction, order_id: str) -> list[Row]:
    """The lines of an order in the order of their items, which are held before the lines are read."""
    mine = LINE.c.order_id == order_id
    await stock.hold(tx, (await tx.connection.scalars(sa.select(LINE.c.print_item_id).where(mine))).all())
    return await tx.rows(sa.select(LINE).where(mine).order_by(LINE.c.print_item_id))


async def _change_line(tx: Transaction, line: Row, **values: int) -> None:
    """Change a line whose item is held."""
    await tx.connection.execute(LINE.update().where(LINE.c.id == line["id"]).values(values | {"updated_at": tx.now}))


def _tell_lines(tx: Transaction, lines: Iterable[tuple[str, Row]]) -> None:
    """Let the event that was recorded last tell what became of lines: an act is one event."""
    told = [{"item": item_id} | numbers for item_id, numbers in lines]
    last = tx.done[-1]
    tx.done[-1] = replace(last, changes=(*last.changes, Change("lines", None, told)))
