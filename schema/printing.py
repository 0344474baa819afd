"""What clients see of printed material: stock, and orders."""

import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry
from graphql import GraphQLArgument, GraphQLInt, GraphQLNonNull

from fund_api.core.facts import Provenance
from fund_api.graph import declare
from fund_api.graph.types import Connection, Node
from fund_api.library.visibility import of_resource
from fund_api.printing import stock, tables, visibility
from fund_api.printing.tables import OrderState
from schema.campaigns import Campaign
from schema.library import Resource
from schema.people import Person

if TYPE_CHECKING:
    from schema.events import Event

declare.enum(
    OrderState,
    "What became of an order.",
    PLACED="It waits to be shipped.",
    PARTLY_SHIPPED="What was there is on its way; the rest follows.",
    SHIPPED="All of it is on its way.",
    CANCELLED="It was cancelled; what had not been shipped is not coming.",
)


@declare.entity(tables.PrintItem, order=("label",), visible=of_resource)
class PrintItem(Node):
    """A resource in print, and how many copies there are."""

    resource: Resource | None = declare.to_one("What is printed.", own="resource_id")
    label: str = declare.column("What it is called among the printed items.", order=True)
    available: int | None = declare.column("Copies that nobody has ordered yet.")
    backordered: int | None = declare.column("Copies that are ordered and not there yet.", readable=visibility.stock)
    in_stock: int | None = declare.column("Copies on the shelf.", readable=visibility.stock)
    reserved: int | None = declare.column("Copies on the shelf that orders wait for.", readable=visibility.stock)
    reorder_level: int | None = declare.column(
        "At how many available copies it is printed again.", readable=visibility.stock
    )
    lead_time_days: int = declare.column("How many days it takes to print it again.")
    can_ship_by: datetime.date = declare.computed(
        "The first day on which so many copies could leave: today when they are there, else after printing them.",
        stock.can_ship_by,
        "available",
        "lead_time_days",
        clocked=True,
        arguments={
            "quantity": GraphQLArgument(
                GraphQLNonNull(GraphQLInt), description=f"How many copies, from 1 to {stock.MOST_OF_A_LINE:,}."
            )
        },
    )
    version: int = declare.column("How often it was written; updates name the version that they read.", filters=False)
    provenance: Provenance = declare.column("How this row came to be here.")


@declare.entity(tables.PrintOrder, order=("-created_at",), visible=visibility.order)
class PrintOrder(Node):
    """An order of printed items."""

    person: Person | None = declare.to_one("Who ordered.", own="person_id")
    campaign: Campaign | None = declare.to_one("The campaign that it is for.", own="campaign_id")
    state: OrderState = declare.column("What became of it.")
    recipient: str = declare.column("To whom it goes.", filters=False)
    address: str = declare.column("Where it goes.", filters=False)
    needed_on: datetime.date | None = declare.column("The day by which it is needed.")
    note: str | None = declare.column("What else who ordered says.")
    reason: str | None = declare.column("Why it was cancelled.")
    lines: Connection["PrintOrderLine"] = declare.to_many("What was ordered.", key="order_id", sure=True)
    shipped_at: datetime.datetime | None = declare.column("When something of it left last.")
    created_at: datetime.datetime = declare.column("When it was placed.", order=True)
    activity: Connection[Annotated["Event", strawberry.lazy("schema.events")]] = declare.to_many(
        "What was done with it, the latest first.", key="entity_id"
    )
    version: int = declare.column("How often it was written; updates name the version that they read.", filters=False)
    provenance: Provenance = declare.column("How this row came to be here.")


@declare.entity(tables.PrintOrderLine, visible=visibility.line)
class PrintOrderLine(Node):
    """So many copies of one item in an order."""

    order: PrintOrder | None = declare.to_one("The order.", own="order_id")
    item: PrintItem | None = declare.to_one("What was ordered.", own="print_item_id")
    quantity: int = declare.column("How many copies were ordered.")
    reserved: int = declare.column("Copies that wait on the shelf.")
    shipped: int = declare.column("Copies that left.")
    cancelled: int = declare.column("Copies that are not coming any more.")
    backordered: int | None = declare.column("Copies that are printed first.")
    provenance: Provenance = declare.column("How this row came to be here.")


@strawberry.type
class PrintingQueries:
    """Root fields on printed material."""

    print_item: PrintItem | None = declare.lookup("One printed item by its id.", "id")
    print_items: Connection[PrintItem] = declare.listing("Everything that is in print.")
    print_order: PrintOrder | None = declare.lookup("One order by its id.", "id")
    print_orders: Connection[PrintOrder] = declare.listing("The orders that you may see, the latest first.")
    print_order_lines: Connection[PrintOrderLine] = declare.listing("What was ordered in the orders that you may see.")
