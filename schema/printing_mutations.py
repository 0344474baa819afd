"""Ordering what is printed, and what staff do with the stock."""

import datetime

import strawberry

from fund_api.graph import declare
from fund_api.graph.mutations import Acting
from fund_api.graph.user_errors import Payload
from fund_api.printing import orders, stock
from schema.inputs import given, key, optional, version
from schema.printing import PrintItem, PrintOrder

Info = strawberry.Info[Acting, None]


@strawberry.input(description="So many copies of one item.")
class OrderLineInput:
    """A line of an order."""

    item: strawberry.ID = strawberry.field(description="The id of the printed item.")
    quantity: int = strawberry.field(description=f"How many copies, from 1 to {stock.MOST_OF_A_LINE:,}.")


@strawberry.input(description="Printed material to order for yourself, or for a campaign.")
class PlaceOrderInput:
    """What is ordered, and where it goes."""

    lines: list[OrderLineInput] = strawberry.field(
        description=f"What is ordered: 1 to {orders.MOST_LINES} lines, each of another item."
    )
    campaign_id: strawberry.ID | None = strawberry.field(
        name="campaign", description="The id of the campaign that it is for; one that you may change.", default=None
    )
    recipient: str = strawberry.field(description="To whom it goes.")
    address: str = strawberry.field(description="Where it goes.")
    needed_on: datetime.date | None = strawberry.field(description="The day by which it is needed.", default=None)
    note: str | None = strawberry.field(description="What else should be known.", default=None)
    idempotency_key: str | None = key()


@strawberry.input(description="An order that waits for copies.")
class ReserveOrderInput:
    """An order."""

    id: strawberry.ID = strawberry.field(description="The id of the order.")
    idempotency_key: str | None = key()


@strawberry.input(description="An order of which something leaves.")
class ShipOrderInput:
    """An order and its version."""

    id: strawberry.ID = strawberry.field(description="The id of the order.")
    expected_version: int = version()
    idempotency_key: str | None = key()


@strawberry.input(description="An order to cancel.")
class CancelOrderInput:
    """An order, and why it is not needed."""

    id: strawberry.ID = strawberry.field(description="The id of the order.")
    reason: str = strawberry.field(description="Why.")
    expected_version: int = version()
    idempotency_key: str | None = key()


@strawberry.input(description="A resource that is in print from now on.")
class AddPrintItemInput:
    """A new item."""

    resource_id: strawberry.ID = strawberry.field(name="resource", description="The id of the resource.")
    label: str = strawberry.field(description="What it is called; a resource has no two items of one name.")
    in_stock: int = strawberry.field(description="How many copies lie on the shelf.", default=0)
    reorder_level: int = strawberry.field(description="At how many available copies it is printed again.", default=0)
    lead_time_days: int = strawberry.field(description="How many days it takes to print it again.")
    idempotency_key: str | None = key()


@strawberry.input(description="Copies that came from the printer.")
class ReceiveStockInput:
    """An item, and how many copies of it."""

    item: strawberry.ID = strawberry.field(description="The id of the printed item.")
    quantity: int = strawberry.field(description="How many copies came.")
    idempotency_key: str | None = key()


@strawberry.input(description="What is said of a printed item from now on.")
class UpdatePrintItemInput:
    """An item, and what changes."""

    id: strawberry.ID = strawberry.field(description="The id of the printed item.")
    label: str | None = optional("What it is called.")
    in_stock: int | None = optional("How many copies somebody counted on the shelf. Fewer than reserved: orders wait.")
    reorder_level: int | None = optional("At how many available copies it is printed again.")
    lead_time_days: int | None = optional("How many days it takes to print it again.")
    expected_version: int = version()
    idempotency_key: str | None = key()


@strawberry.type(description="What mutations of an order answer.")
class OrderPayload(Payload):
    """An order, or why not."""

    order: PrintOrder | None = strawberry.field(description="The order as it is now.", default=None)


@strawberry.type(description="What mutations of a printed item answer.")
class PrintItemPayload(Payload):
    """An item, or why not."""

    item: PrintItem | None = strawberry.field(description="The item as it is now.", default=None)


@strawberry.type
class PrintingMutations:
    """Mutations of printed material."""

    @declare.mutation("Order printed material. Everybody who has signed in may, for themselves or their campaign.")
    async def place_order(self, info: Info, input: PlaceOrderInput) -> OrderPayload | None:
        values = given(input, "campaign_id", "recipient", "address", "needed_on", "note")
        lines = [(line.item, line.quantity) for line in input.lines]
        return _order(await orders.place(info.context.tx, values, lines))

    @declare.mutation(
        "Give an order what it waits for of what others have reserved: the latest of them wait instead."
        " Needs fund:print:manage."
    )
    async def reserve_order(self, info: Info, input: ReserveOrderInput) -> OrderPayload | None:
        await orders.reserve(info.context.tx, input.id)
        return _order(input.id)

    @declare.mutation("Ship everything that is reserved for an order. Needs fund:print:manage.")
    async def ship_order(self, info: Info, input: ShipOrderInput) -> OrderPayload | None:
        await orders.ship(info.context.tx, input.id, expected_version=input.expected_version)
        return _order(input.id)

    @declare.mutation("Cancel what of an order was not shipped: your own, or with fund:print:manage any.")
    async def cancel_order(self, info: Info, input: CancelOrderInput) -> OrderPayload | None:
        await orders.cancel(info.context.tx, input.id, input.reason, expected_version=input.expected_version)
        return _order(input.id)

    @declare.mutation("Offer a resource in print. Needs fund:print:manage.")
    async def add_print_item(self, info: Info, input: AddPrintItemInput) -> PrintItemPayload | None:
        values = given(input, "label", "in_stock", "reorder_level", "lead_time_days")
        return _item(await stock.add_print_item(info.context.tx, input.resource_id, values))

    @declare.mutation("Put copies on the shelf; the oldest orders that wait get theirs. Needs fund:print:manage.")
    async def receive_stock(self, info: Info, input: ReceiveStockInput) -> PrintItemPayload | None:
        await stock.receive(info.context.tx, input.item, input.quantity)
        return _item(input.item)

    @declare.mutation("Change what is said of a printed item, and what was counted. Needs fund:print:manage.")
    async def update_print_item(self, info: Info, input: UpdatePrintItemInput) -> PrintItemPayload | None:
        values = given(input, "label", "in_stock", "reorder_level", "lead_time_days")
        await stock.update(info.context.tx, input.id, values, expected_version=input.expected_version)
        return _item(input.id)


def _order(order_id: str) -> OrderPayload:
    return OrderPayload(order=declare.entity_of(order_id))


def _item(item_id: str) -> PrintItemPayload:
    return PrintItemPayload(item=declare.entity_of(item_id))
