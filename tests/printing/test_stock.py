"""Stock of printed items: what comes, what is counted, and by when so many copies could leave."""

from datetime import UTC, date, datetime

import pytest
import sqlalchemy as sa

from fund_api.core import clock
from fund_api.core.access import PUBLIC
from fund_api.core.database import Database
from fund_api.core.errors import InvalidValue, NotAllowed, NotFound, VersionConflict
from fund_api.printing import audit, stock
from tests.printing.shop import EDITOR, Shop, make_shop
from tests.rows import everything, fetch, table

SAID = {"label": "A brochure", "in_stock": 50, "reorder_level": 20, "lead_time_days": 7}


@pytest.fixture
async def shop(database: Database) -> Shop:
    return await make_shop(database)


async def versions(shop: Shop) -> list[tuple[int]]:
    return await fetch(shop.database, sa.select(table("print_item").c.version))


async def test_a_resource_is_offered_in_print(shop: Shop) -> None:
    resource = await shop.resource()

    async with shop.acting(EDITOR) as tx:
        item = await stock.add_print_item(tx, resource, SAID)

    assert await shop.stock_of(item) == (50, 0, 0)
    before = await everything(shop.database)
    with pytest.raises(InvalidValue, match="has an item that is called A brochure already"):
        async with shop.acting(EDITOR) as tx:
            await stock.add_print_item(tx, resource, SAID)
    with pytest.raises(NotFound):
        async with shop.acting(EDITOR) as tx:
            await stock.add_print_item(tx, f"res_{'0' * 26}", SAID)
    assert await everything(shop.database) == before


async def test_copies_that_come_go_to_the_oldest_orders_that_wait(shop: Shop) -> None:
    brochure = await shop.item(0)
    first, second, third = [await shop.place((brochure, quantity)) for quantity in (60, 10, 50)]

    await shop.receive(brochure, 100)

    assert await shop.lines_of(first) == {brochure: (60, 60, 0, 0)}
    assert await shop.lines_of(second) == {brochure: (10, 10, 0, 0)}
    assert await shop.lines_of(third) == {brochure: (50, 30, 0, 0)}
    assert await shop.stock_of(brochure) == (100, 100, 20)

    await shop.receive(brochure, 100)

    assert await shop.lines_of(third) == {brochure: (50, 50, 0, 0)}
    assert await shop.stock_of(brochure) == (200, 120, 0)


async def test_where_fewer_are_counted_than_are_reserved_the_latest_orders_wait_again(shop: Shop) -> None:
    brochure = await shop.item(100)
    first, second = await shop.place((brochure, 60)), await shop.place((brochure, 40))

    await shop.count_shelf(brochure, 70)

    assert await shop.lines_of(first) == {brochure: (60, 60, 0, 0)}
    assert await shop.lines_of(second) == {brochure: (40, 10, 0, 0)}
    assert await shop.stock_of(brochure) == (70, 70, 30)

    await shop.count_shelf(brochure, 110)

    assert await shop.lines_of(second) == {brochure: (40, 40, 0, 0)}
    assert await shop.stock_of(brochure) == (110, 100, 0)
    async with shop.database.reading() as connection:
        assert await audit.audit(connection) == []


async def test_a_count_is_refused_when_copies_came_or_left_since_but_not_when_some_were_ordered(shop: Shop) -> None:
    brochure = await shop.item(100)
    order = await shop.place((brochure, 60))
    assert await versions(shop) == [(1,)]
    await shop.ship(order)
    assert await versions(shop) == [(2,)]
    before = await everything(shop.database)

    with pytest.raises(VersionConflict):
        async with shop.acting(EDITOR) as tx:
            await stock.update(tx, brochure, {"in_stock": 100}, expected_version=1)

    assert await everything(shop.database) == before


async def test_what_can_not_be_is_refused(shop: Shop) -> None:
    resource = await shop.resource()
    first, second = await shop.item(999_999, resource), await shop.item(5, resource)
    await shop.place((second, 3))
    [(label,)] = await fetch(
        shop.database, sa.select(table("print_item").c.label).where(table("print_item").c.id == first)
    )
    before = await everything(shop.database)

    for quantity in (0, -5, 1_000_001):
        with pytest.raises(InvalidValue, match="quantity lies between 1 and 1,000,000"):
            await shop.receive(second, quantity)
    with pytest.raises(InvalidValue, match="in stock lies between 0 and 1,000,000"):
        await shop.receive(first, 2)
    for values in ({"in_stock": -1}, {"in_stock": None}, {"lead_time_days": 366}, {"label": ""}, {"label": label}):
        with pytest.raises(InvalidValue):
            async with shop.acting(EDITOR) as tx:
                await stock.update(tx, second, values, expected_version=1)
    for viewer in (PUBLIC, shop.ada):
        with pytest.raises(NotAllowed):
            await shop.receive(second, 1, viewer)
        with pytest.raises(NotAllowed):
            async with shop.acting(viewer) as tx:
                await stock.update(tx, second, {"in_stock": 1}, expected_version=1)
        with pytest.raises(NotAllowed):
            async with shop.acting(viewer) as tx:
                await stock.add_print_item(tx, resource, SAID)

    assert await everything(shop.database) == before


def test_copies_leave_today_when_they_are_there_else_after_printing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 11, 22, 12, tzinfo=UTC))

    assert stock.can_ship_by(200, 10, 200) == date(2026, 11, 22)
    assert stock.can_ship_by(199, 10, 200) == date(2026, 12, 2)
    for quantity in (0, 10_001):
        with pytest.raises(InvalidValue, match="quantity lies between 1 and 10,000"):
            stock.can_ship_by(1, 10, quantity)


WRONG = [
    ("UPDATE print_item SET reserved = 9", ["Print item {item}: 9 copies are reserved, where its lines say 10."]),
    ("UPDATE print_item SET backordered = 0", ["Print item {item}: 0 copies are backordered, where its lines say 15."]),
    (
        "UPDATE print_order_line SET reserved = 0, shipped = 10",
        [
            "Print item {item}: 10 copies are reserved, where its lines say 0.",
            "Print order {order} is PLACED, where 10 copies left and 15 are to come.",
        ],
    ),
    (
        "UPDATE print_order SET state = 'CANCELLED'",
        ["Print order {order} is CANCELLED, where 0 copies left and 25 are to come."],
    ),
    (
        "UPDATE print_order SET state = 'SHIPPED', shipped_at = created_at",
        ["Print order {order} is SHIPPED, where 0 copies left and 25 are to come."],
    ),
    (
        "DELETE FROM print_order_line",
        [
            "Print item {item}: 10 copies are reserved, where its lines say 0.",
            "Print item {item}: 15 copies are backordered, where its lines say 0.",
            "Print order {order} is PLACED, where 0 copies left and 0 are to come.",
        ],
    ),
]
"""What is done to the stock, and what the audit says of it."""


async def test_the_audit_says_what_is_wrong_with_the_stock(shop: Shop) -> None:
    item = await shop.item(10)
    order = await shop.place((item, 25))
    found = []
    async with shop.database.engine.connect() as connection:
        assert await audit.examined(connection) == audit.Examined(items=1, lines=1)
        for statement, _ in WRONG:
            async with connection.begin_nested() as trial:
                await connection.execute(sa.text(statement))
                found.append((statement, await audit.audit(connection)))
                await trial.rollback()

    assert found == [(statement, [one.format(item=item, order=order) for one in said]) for statement, said in WRONG]
