"""Tables of what is printed: stock, and orders that reserve it."""

import datetime
from enum import StrEnum

import sqlalchemy as sa

from fund_api.core import columns
from fund_api.core.facts import Provenance

MOST_COPIES = 1_000_000
"""Copies of one printed item, in stock or in an order."""


class OrderState(StrEnum):
    """What became of an order."""

    PLACED = "PLACED"
    PARTLY_SHIPPED = "PARTLY_SHIPPED"
    SHIPPED = "SHIPPED"
    CANCELLED = "CANCELLED"


class PrintItem(columns.Table, table=True):
    """A resource in print: copies on the shelf, of which some are `reserved` by orders that were not shipped yet."""

    __tablename__ = "print_item"

    id: str = columns.identity("print")
    resource_id: str = columns.reference("resource.id", index=True, part=True)
    label: str = columns.text(200)
    in_stock: int = columns.integer(0, MOST_COPIES)
    reserved: int = columns.integer(0, MOST_COPIES)
    backordered: int = columns.integer(0, MOST_COPIES)
    available: int | None = columns.derived(sa.Integer, "in_stock - reserved")
    reorder_level: int = columns.integer(0, MOST_COPIES)
    lead_time_days: int = columns.integer(0, 365)
    version: int = columns.version()
    provenance: Provenance = columns.choice(Provenance)
    created_at: datetime.datetime = columns.time()
    updated_at: datetime.datetime = columns.time()

    __table_args__ = (
        sa.UniqueConstraint("resource_id", "label"),
        sa.CheckConstraint("reserved <= in_stock", name="reserved_in_stock"),
    )


class PrintOrder(columns.Table, table=True):
    """An order of printed items, and where they are to go."""

    __tablename__ = "print_order"

    id: str = columns.identity("order")
    person_id: str = columns.reference("person.id", index=True)
    campaign_id: str | None = columns.reference("campaign.id", nullable=True, index=True)
    state: OrderState = columns.choice(OrderState)
    recipient: str = columns.text(200, private=True)
    address: str = columns.text(1_000, private=True)
    needed_on: datetime.date | None = columns.date(nullable=True)
    note: str | None = columns.text(1_000, nullable=True, private=True)
    reason: str | None = columns.text(1_000, nullable=True, private=True)
    shipped_at: datetime.datetime | None = columns.time(nullable=True)
    version: int = columns.version()
    provenance: Provenance = columns.choice(Provenance)
    created_at: datetime.datetime = columns.time()
    updated_at: datetime.datetime = columns.time()

    __table_args__ = (
        sa.CheckConstraint("state NOT IN ('PARTLY_SHIPPED', 'SHIPPED') OR shipped_at IS NOT NULL", name="shipped_when"),
        sa.CheckConstraint("state <> 'PLACED' OR shipped_at IS NULL", name="placed_only"),
        sa.Index("ix_print_order_created", "created_at", "id"),
    )


class PrintOrderLine(columns.Table, table=True):
    """So many copies of one item: `reserved` wait on the shelf, `shipped` left, the rest is backordered."""

    __tablename__ = "print_order_line"

    id: str = columns.identity("copies")
    order_id: str = columns.reference("print_order.id")
    print_item_id: str = columns.reference("print_item.id", index=True)
    quantity: int = columns.integer(1, MOST_COPIES)
    reserved: int = columns.integer(0, MOST_COPIES)
    shipped: int = columns.integer(0, MOST_COPIES)
    cancelled: int = columns.integer(0, MOST_COPIES)
    backordered: int | None = columns.derived(sa.Integer, "quantity - reserved - shipped - cancelled")
    provenance: Provenance = columns.choice(Provenance)
    created_at: datetime.datetime = columns.time()
    updated_at: datetime.datetime = columns.time()

    __table_args__ = (
        sa.UniqueConstraint("order_id", "print_item_id"),
        sa.CheckConstraint("reserved + shipped + cancelled <= quantity", name="within_quantity"),
    )
