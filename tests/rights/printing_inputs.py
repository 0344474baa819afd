"""What every mutation of printed material is given."""

from collections.abc import Callable

from fund_api.library.tables import Resource, Revision
from fund_api.printing.tables import PrintItem, PrintOrder, PrintOrderLine
from tests.rights.rows import DAY, NOW
from tests.rights.targets import VERSION, Input, Target


def _resource(target: Target) -> str:
    """A resource that everybody may read."""
    resource = target.rows.add(Resource)
    live = {"live_from": NOW - DAY, "live_until": None, "expires_at": None, "access": "PUBLIC"}
    target.rows.add(Revision, id=resource, slug=f"print-{resource}", **live)
    return resource


def _item(target: Target, reserved: int = 0, backordered: int = 0) -> str:
    """An item of which ten copies are available."""
    stock = {"in_stock": 10 + reserved, "reserved": reserved, "backordered": backordered}
    return target.rows.add(PrintItem, resource_id=_resource(target), **stock)


def _order(target: Target) -> str:
    """An order of ten copies, of which five wait on the shelf."""
    waiting = {"state": "PLACED", "shipped_at": None, "person_id": target.subject()}
    order = target.rows.add(PrintOrder, **waiting)
    copies = {"quantity": 10, "reserved": 5, "shipped": 0, "cancelled": 0}
    target.rows.add(PrintOrderLine, order_id=order, print_item_id=_item(target, 5, 5), **copies)
    return order


PRINTING_INPUTS: dict[str, Callable[[Target], Input]] = {
    "placeOrder": lambda t: {
        **{"lines": [{"item": _item(t), "quantity": 5}]},
        **{"recipient": "Bea", "address": "1 Main Street"},
    },
    "reserveOrder": lambda t: {"id": _order(t)},
    "shipOrder": lambda t: {"id": _order(t)} | VERSION,
    "cancelOrder": lambda t: {"id": _order(t), "reason": "Enough."} | VERSION,
    "addPrintItem": lambda t: {"resource": _resource(t), "label": "New", "leadTimeDays": 7},
    "receiveStock": lambda t: {"item": _item(t), "quantity": 5},
    "updatePrintItem": lambda t: {"id": _item(t), "label": "Renamed"} | VERSION,
}
