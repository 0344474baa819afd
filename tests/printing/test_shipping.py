"""Orders that are shipped or cancelled, and what becomes of the stock and of others who wait."""

import pytest

from fund_api.core.access import PUBLIC
from fund_api.core.database import Database
from fund_api.core.errors import Failure, InvalidTransition, NotAllowed, NotFound, VersionConflict
from fund_api.printing import orders
from tests.printing.shop import EDITOR, Shop, last_event, make_shop, no_fault
from tests.rows import count, everything, table


@pytest.fixture
async def shop(database: Database) -> Shop:
    return await make_shop(database)


# Shipping


async def test_what_is_reserved_leaves_and_the_rest_follows_when_it_is_printed(shop: Shop) -> None:
    brochure, guide = await shop.item(200), await shop.item(10)
    order = await shop.place((brochure, 150), (guide, 25))

    await shop.ship(order)
    assert await shop.state(order) == "PARTLY_SHIPPED"
    assert await shop.lines_of(order) == {brochure: (150, 0, 150, 0), guide: (25, 0, 10, 0)}
    assert (await shop.stock_of(brochure), await shop.stock_of(guide)) == ((50, 0, 0), (0, 0, 15))
    assert await last_event(shop) == (
        "print_order.shipped",
        {
            "state": "PARTLY_SHIPPED",
            "shipped_at": shop.now.isoformat(timespec="microseconds"),
            "lines": [{"item": item, "shipped": n} for item, n in sorted({brochure: 150, guide: 10}.items())],
        },
    )
    await shop.receive(guide, 20)
    assert await shop.stock_of(guide) == (20, 15, 0)
    await shop.ship(order)

    assert await shop.state(order) == "SHIPPED"
    assert await shop.lines_of(order) == {brochure: (150, 0, 150, 0), guide: (25, 0, 25, 0)}
    assert await shop.stock_of(guide) == (5, 0, 0)
    await no_fault(shop)


async def test_nothing_leaves_of_an_order_that_waits_for_the_printer(shop: Shop) -> None:
    order = await shop.place((await shop.item(0), 5))
    before = await everything(shop.database)

    with pytest.raises(InvalidTransition, match="Nothing is reserved for the order") as refusal:
        await shop.ship(order)

    assert (refusal.value.current, refusal.value.allowed) == ("PLACED", ("CANCELLED",))
    assert await everything(shop.database) == before


async def test_staff_alone_ship_and_reserve(shop: Shop) -> None:
    order = await shop.place((await shop.item(5), 5))
    before = await everything(shop.database)

    for viewer in (shop.ada, PUBLIC):
        with pytest.raises(NotAllowed, match="This needs the permission fund:print:manage"):
            await shop.ship(order, viewer)
        with pytest.raises(NotAllowed, match="This needs the permission fund:print:manage"):
            async with shop.acting(viewer) as tx:
                await orders.reserve(tx, order)

    assert await everything(shop.database) == before


async def test_an_order_that_somebody_changed_meanwhile_is_neither_shipped_nor_cancelled(shop: Shop) -> None:
    order = await shop.place((await shop.item(5), 5))
    before = await everything(shop.database)

    with pytest.raises(VersionConflict):
        async with shop.acting(EDITOR) as tx:
            await orders.ship(tx, order, expected_version=2)
    with pytest.raises(VersionConflict):
        async with shop.acting(shop.ada) as tx:
            await orders.cancel(tx, order, "Enough.", expected_version=2)

    assert await everything(shop.database) == before


# Cancelling


async def test_what_a_cancelled_order_had_goes_to_the_oldest_who_wait(shop: Shop) -> None:
    brochure = await shop.item(100)
    first = await shop.place((brochure, 90))
    second = await shop.place((brochure, 50), viewer=shop.bea)
    third = await shop.place((brochure, 50), viewer=shop.bea)
    assert await shop.stock_of(brochure) == (100, 100, 90)

    await shop.cancel(first)

    assert await shop.state(first) == "CANCELLED"
    assert await shop.lines_of(first) == {brochure: (90, 0, 0, 90)}
    assert await shop.lines_of(second) == {brochure: (50, 50, 0, 0)}
    assert await shop.lines_of(third) == {brochure: (50, 50, 0, 0)}
    assert await shop.stock_of(brochure) == (100, 100, 0)
    assert (await last_event(shop))[0] == "print_order.cancelled"
    await no_fault(shop)


async def test_what_was_shipped_stays_shipped_when_the_rest_is_cancelled(shop: Shop) -> None:
    brochure = await shop.item(10)
    order = await shop.place((brochure, 25))
    await shop.ship(order)

    await shop.cancel(order)

    assert await shop.lines_of(order) == {brochure: (25, 0, 10, 15)}
    assert await shop.stock_of(brochure) == (0, 0, 0)
    await no_fault(shop)


async def test_to_others_an_order_is_absent_and_staff_cancel_any(shop: Shop) -> None:
    order = await shop.place((await shop.item(5), 5))
    before = await everything(shop.database)

    for viewer in (shop.bea, PUBLIC):
        with pytest.raises(NotFound, match=f"There is no print order {order}"):
            await shop.cancel(order, viewer)
    assert await everything(shop.database) == before

    await shop.cancel(order, EDITOR)
    assert await shop.state(order) == "CANCELLED"


async def test_nothing_becomes_of_an_order_that_has_ended(shop: Shop) -> None:
    brochure = await shop.item(10)
    shipped, cancelled = await shop.place((brochure, 5)), await shop.place((brochure, 5))
    await shop.ship(shipped)
    await shop.cancel(cancelled)
    before = await everything(shop.database)

    for order in (shipped, cancelled):
        for act in (shop.ship, shop.cancel):
            with pytest.raises(InvalidTransition) as refusal:
                await act(order)
            assert refusal.value.allowed == ()

    assert await everything(shop.database) == before


# Trying again


async def test_staff_let_an_order_have_copies_before_others(shop: Shop) -> None:
    brochure = await shop.item(12)
    first, second, third = [await shop.place((brochure, 5)) for _ in range(3)]
    assert await shop.lines_of(third) == {brochure: (5, 2, 0, 0)}

    for _ in range(2):  # the second time there is nothing left to do, or to tell
        async with shop.acting(EDITOR) as tx:
            await orders.reserve(tx, third)

    assert await shop.lines_of(first) == {brochure: (5, 5, 0, 0)}
    assert await shop.lines_of(second) == {brochure: (5, 2, 0, 0)}
    assert await shop.lines_of(third) == {brochure: (5, 5, 0, 0)}
    assert await shop.stock_of(brochure) == (12, 12, 3)
    assert await count(shop.database, "event", table("event").c.action == "print_order.reserved") == 1
    await no_fault(shop)


async def test_every_refusal_is_one_that_its_reader_can_mend(shop: Shop) -> None:
    with pytest.raises(Failure, match="There is no print order"):
        await shop.ship(f"order_{'0' * 26}")
