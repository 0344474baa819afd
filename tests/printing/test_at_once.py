"""Many who order at once: the last copies go to exactly as many as there are, and nobody waits for each other."""

import asyncio
from collections.abc import Coroutine
from typing import Any

import pytest

from fund_api.core.access import Viewer
from fund_api.core.database import Database
from fund_api.core.errors import Failure, InvalidTransition, NotFound
from fund_api.core.writing import writing
from fund_api.people.roles import Role, permissions_of
from fund_api.printing import audit, orders, stock
from tests.campaigns.acting import all_of as rows_of
from tests.granting import Fund
from tests.printing.shop import EDITOR, NOW, make_shop
from tests.rows import count
from tests.waiting import waiting

AT_ONCE = 50


async def agrees(database: Database) -> None:
    async with database.reading() as connection:
        assert await audit.audit(connection) == []


async def test_of_the_last_200_brochures_exactly_200_leave(database: Database) -> None:
    shop = await make_shop(database)
    brochure = await shop.item(200)

    placed = await asyncio.gather(*(shop.place((brochure, 5)) for _ in range(AT_ONCE)))
    assert await shop.stock_of(brochure) == (200, 200, 50)
    shipped = await asyncio.gather(*(shop.ship(order) for order in placed), return_exceptions=True)

    refused = [one for one in shipped if one is not None]
    assert [type(one) for one in refused] == [InvalidTransition] * 10
    assert await shop.stock_of(brochure) == (0, 0, 50)
    lines = await rows_of(database, "print_order_line", "reserved", "shipped", "cancelled")
    assert sorted(lines) == [(0, 0, 0)] * 10 + [(0, 5, 0)] * 40
    await agrees(database)


async def test_orders_of_the_same_items_in_any_order_do_not_wait_for_each_other(database: Database) -> None:
    shop = await make_shop(database)
    items = [await shop.item(30) for _ in range(3)]
    first = [await shop.place(*((item, 10) for item in items)) for _ in range(4)]

    def all_of(*work: Coroutine[Any, Any, Any]) -> Any:  # Any: whatever each returns
        return asyncio.gather(*work, return_exceptions=True)

    found = await all_of(
        *(shop.place(*((item, 7) for item in order)) for order in (items, items[::-1]) * 4),
        *(shop.cancel(order) for order in first[:2]),
        *(shop.ship(order) for order in first),
        *(shop.receive(item, 20) for item in items[::-1]),
    )

    failures = [one for one in found if isinstance(one, BaseException)]
    assert all(isinstance(one, Failure) for one in failures), failures
    assert await count(database, "print_order") == 12
    await agrees(database)


# On PostgreSQL, where writers run side by side


async def test_who_cancels_hands_copies_to_an_order_that_is_being_placed(postgres: Database) -> None:
    shop = await make_shop(postgres)
    brochure = await shop.item(10)
    first = await shop.place((brochure, 10))

    async with writing(postgres, shop.bea, NOW) as tx:
        values = {"campaign_id": None, "recipient": "B", "address": "B", "needed_on": None, "note": None}
        second = await orders.place(tx, values, [(brochure, 4)])
        cancelling = await waiting(postgres, shop.cancel(first))
    await cancelling

    assert await shop.lines_of(second) == {brochure: (4, 4, 0, 0)}
    assert await shop.stock_of(brochure) == (10, 4, 0)


async def test_who_ships_sees_what_came_meanwhile(postgres: Database) -> None:
    shop = await make_shop(postgres)
    brochure = await shop.item(1)
    order = await shop.place((brochure, 10))

    async with writing(postgres, EDITOR, NOW) as tx:
        await stock.receive(tx, brochure, 20)
        shipping = await waiting(postgres, shop.ship(order))
    await shipping

    assert await shop.lines_of(order) == {brochure: (10, 0, 10, 0)}
    assert await shop.stock_of(brochure) == (11, 0, 0)


async def test_staff_and_members_who_order_for_one_campaign_do_not_wait_for_each_other(postgres: Database) -> None:
    shop = await make_shop(postgres)
    brochure = await shop.item(30)
    fund = Fund()
    campaign = fund.campaign(fund.community("Dayton", "OH"))
    await fund.save(postgres)
    staff = Viewer(shop.bea.id, EDITOR.permissions)
    officer = Viewer(shop.ada.id, permissions_of({Role.GRANTS_OFFICER}, set()))

    found = await asyncio.gather(
        *(shop.place((brochure, 2), viewer=one, campaign_id=campaign) for one in 10 * [staff, officer]),
        return_exceptions=True,
    )

    assert [one for one in found if isinstance(one, BaseException)] == []
    assert await shop.stock_of(brochure) == (30, 30, 10)
    await agrees(postgres)


async def test_staff_can_not_order_for_a_campaign_that_is_not_there(database: Database) -> None:
    shop = await make_shop(database)
    brochure = await shop.item(30)

    with pytest.raises(NotFound, match="There is no campaign"):
        await shop.place((brochure, 2), viewer=Viewer(shop.bea.id, EDITOR.permissions), campaign_id="camp_x")

    assert await count(database, "print_order") == 0
