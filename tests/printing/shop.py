"""A print shop for tests: resources in print, people who order them, and what is where after each act."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

import sqlalchemy as sa

from fund_api.core.access import Viewer
from fund_api.core.database import Database
from fund_api.core.writing import Transaction, writing
from fund_api.library.tables import Resource, Revision
from fund_api.people.roles import Role, permissions_of
from fund_api.people.tables import Person
from fund_api.printing import audit, orders, stock
from fund_api.printing.tables import PrintItem
from tests.rights.rows import Rows
from tests.rows import fetch, table

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
LEAD_TIME = 10
"""Days."""
ASKED: dict[str, Any] = {
    **{"campaign_id": None, "recipient": "Ada Lovelace", "address": "1 Main Street, Dayton, OH"},
    **{"needed_on": None, "note": None},
}
"""An order as somebody asks for it; Any: values of columns."""
EDITOR = Viewer(None, permissions_of({Role.EDITOR}, set()))


def person(person_id: str, *roles: Role) -> Viewer:
    """Somebody who has signed in."""
    return Viewer(person_id, permissions_of(set(roles), set()))


@dataclass
class Shop:
    """What the tests act on; each act is some minutes after the one before it."""

    database: Database
    ada: Viewer
    bea: Viewer
    now: datetime = NOW

    async def resource(self, **values: Any) -> str:
        """A resource that is live; Any: values of its revision."""
        rows = Rows()
        resource = rows.add(Resource)
        live = {"access": "PUBLIC", "live_from": NOW - timedelta(days=1), "live_until": None}
        rows.add(Revision, **{"id": resource, "slug": f"slug-{resource}"} | live | values)
        await rows.save(self.database)
        return resource

    async def item(self, in_stock: int, resource: str | None = None) -> str:
        """A printed item of which so many copies lie on the shelf."""
        rows = Rows()
        of = resource or await self.resource()
        said = {"in_stock": in_stock, "reserved": 0, "backordered": 0, "lead_time_days": LEAD_TIME}
        item = rows.add(PrintItem, resource_id=of, reorder_level=20, **said)
        await rows.save(self.database)
        return item

    def acting(self, viewer: Viewer) -> Any:  # Any: the context that `writing` makes
        self.now += timedelta(minutes=1)
        return writing(self.database, viewer, self.now)

    async def place(self, *lines: tuple[str, int], viewer: Viewer | None = None, **values: Any) -> str:
        async with self.acting(viewer or self.ada) as tx:
            return await orders.place(tx, ASKED | values, lines)

    async def ship(self, order: str, viewer: Viewer = EDITOR) -> None:
        async with self.acting(viewer) as tx:
            await orders.ship(tx, order, expected_version=await version(tx, "print_order", order))

    async def cancel(self, order: str, viewer: Viewer | None = None) -> None:
        async with self.acting(viewer or self.ada) as tx:
            read = await version(tx, "print_order", order)
            await orders.cancel(tx, order, "We have enough.", expected_version=read)

    async def receive(self, item: str, quantity: int, viewer: Viewer = EDITOR) -> None:
        async with self.acting(viewer) as tx:
            await stock.receive(tx, item, quantity)

    async def count_shelf(self, item: str, copies: int) -> None:
        async with self.acting(EDITOR) as tx:
            await stock.update(tx, item, {"in_stock": copies}, expected_version=await version(tx, "print_item", item))

    async def stock_of(self, item: str) -> tuple[int, int, int]:
        """In stock, reserved, backordered."""
        columns = table("print_item").c
        query = sa.select(columns.in_stock, columns.reserved, columns.backordered).where(columns.id == item)
        [(in_stock, reserved, backordered)] = await fetch(self.database, query)
        return in_stock, reserved, backordered

    async def lines_of(self, order: str) -> dict[str, tuple[int, int, int, int]]:
        """Quantity, reserved, shipped and cancelled, by the id of the item."""
        line = table("print_order_line").c
        query = sa.select(line.print_item_id, line.quantity, line.reserved, line.shipped, line.cancelled)
        return {one: (*numbers,) for one, *numbers in await fetch(self.database, query.where(line.order_id == order))}

    async def state(self, order: str) -> str:
        columns = table("print_order").c
        [(found,)] = await fetch(self.database, sa.select(columns.state).where(columns.id == order))
        return str(found)


async def version(tx: Transaction, name: str, entity_id: str) -> int:
    columns = table(name).c
    found = await tx.connection.scalar(sa.select(columns.version).where(columns.id == entity_id))
    return int(found or 0)


async def make_shop(database: Database) -> Shop:
    rows = Rows()
    ada, bea = (rows.add(Person, active=True, erased_at=None) for _ in range(2))
    await rows.save(database)
    return Shop(database, person(ada, Role.MEMBER), person(bea))


class Having(Protocol):
    """Something with a database: a shop, an office."""

    database: Database


async def last_event(place: Having) -> tuple[str, dict[str, object]]:
    """What was done last, and what it changed; private values are None."""
    event, change = table("event").c, table("event_change").c
    [(event_id, action)] = await fetch(
        place.database, sa.select(event.id, event.action).order_by(event.number.desc()).limit(1)
    )
    changes = await fetch(place.database, sa.select(change.field, change.after).where(change.event_id == event_id))
    return action, {field: after and json.loads(after) for field, after in changes}


async def no_fault(shop: Shop) -> None:
    async with shop.database.reading() as connection:
        assert await audit.audit(connection) == []
