"""Orders of printed items: placed, shipped, cancelled, and what becomes of the stock meanwhile."""

from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from fund_api.campaigns.work_tables import CampaignMember
from fund_api.core.access import PUBLIC, SYSTEM
from fund_api.core.database import Database
from fund_api.core.errors import InvalidValue, NotAllowed, NotFound
from fund_api.core.writing import writing
from fund_api.people.erasure import ERASED, erase
from fund_api.people.roles import Role
from fund_api.printing import orders
from tests.campaigns.acting import coordinator, give_role
from tests.granting import Fund
from tests.printing.shop import NOW, Shop, last_event, make_shop, no_fault, person
from tests.rows import count, everything, fetch, table

UNKNOWN = f"print_{'0' * 26}"


@pytest.fixture
async def shop(database: Database) -> Shop:
    return await make_shop(database)


# Placing


async def test_an_order_reserves_what_is_there_and_backorders_the_rest(shop: Shop) -> None:
    brochure, guide = await shop.item(200), await shop.item(10)

    order = await shop.place((brochure, 150), (guide, 25), needed_on=date(2026, 12, 3), note="For the debate")

    assert await shop.state(order) == "PLACED"
    assert await shop.lines_of(order) == {brochure: (150, 150, 0, 0), guide: (25, 10, 0, 0)}
    assert await shop.stock_of(brochure) == (200, 150, 0)
    assert await shop.stock_of(guide) == (10, 10, 15)
    await no_fault(shop)


async def test_placing_is_one_event_that_tells_the_lines_and_keeps_the_address_apart(shop: Shop) -> None:
    brochure = await shop.item(10)

    await shop.place((brochure, 25))

    action, changes = await last_event(shop)
    assert await count(shop.database, "event") == 1
    assert action == "print_order.placed"
    assert changes == {
        "recipient": None,
        "address": None,
        "person_id": shop.ada.id,
        "state": "PLACED",
        "provenance": "ENTERED",
        "lines": [{"item": brochure, "quantity": 25, "reserved": 10}],
    }


async def test_only_who_has_signed_in_orders(shop: Shop) -> None:
    brochure = await shop.item(10)
    before = await everything(shop.database)

    with pytest.raises(NotAllowed, match="Only who has signed in can order"):
        await shop.place((brochure, 1), viewer=PUBLIC)

    assert await everything(shop.database) == before


async def test_what_is_hidden_is_not_ordered_nor_what_one_may_not_read(shop: Shop) -> None:
    draft = await shop.item(10, await shop.resource(live_from=None))
    coming = await shop.item(10, await shop.resource(live_from=NOW + timedelta(days=1)))
    members_only = await shop.item(10, await shop.resource(access="MEMBER"))
    staff_only = await shop.item(10, await shop.resource(access="STAFF"))
    before = await everything(shop.database)

    for item in (draft, coming, UNKNOWN):
        with pytest.raises(NotFound, match=f"There is no print item {item}"):
            await shop.place((item, 1))
    for item, viewer in ((members_only, shop.bea), (staff_only, shop.ada)):
        with pytest.raises(NotAllowed, match="Only who may read a resource can order it in print"):
            await shop.place((item, 1), viewer=viewer)
    assert await everything(shop.database) == before

    await shop.place((members_only, 1))
    await shop.place((staff_only, 1), viewer=person(str(shop.bea.id), Role.EDITOR))


WRONG: list[tuple[list[int], str, tuple[str, ...]]] = [
    ([], "An order has 1 to 20 lines, not 0", ("lines",)),
    ([1] * 21, "An order has 1 to 20 lines, not 21", ("lines",)),
    ([0], "quantity lies between 1 and 10,000, not at 0", ("lines", "0", "quantity")),
    ([10_001], "quantity lies between 1 and 10,000, not at 10,001", ("lines", "0", "quantity")),
    ([5, 5], "Another line orders the same item", ("lines", "1", "item")),
]


async def test_an_order_has_1_to_20_lines_of_different_items(shop: Shop) -> None:
    brochure = await shop.item(10)
    before = await everything(shop.database)

    for quantities, message, path in WRONG:
        with pytest.raises(InvalidValue, match=message) as refusal:
            await shop.place(*((brochure, quantity) for quantity in quantities))
        assert refusal.value.path == path
    with pytest.raises(InvalidValue, match="needed today or later"):
        await shop.place((brochure, 1), needed_on=date(2026, 11, 21))

    assert await everything(shop.database) == before


async def test_who_belongs_to_a_campaign_orders_for_it_and_staff_for_every_one(shop: Shop) -> None:
    fund = Fund()
    campaign = fund.campaign(fund.community("Saratoga Springs"))
    draft = fund.campaign(fund.community("Dayton", "OH"), published_at=None)
    await fund.save(shop.database)
    async with writing(shop.database, SYSTEM, NOW) as tx:
        await tx.add(CampaignMember, "added", {"campaign_id": campaign, "person_id": shop.ada.id})
    await give_role(shop.database, str(shop.ada.id), Role.COORDINATOR, campaign)
    brochure = await shop.item(100)
    ada, bea = coordinator(str(shop.ada.id)), coordinator(str(shop.bea.id))

    order = await shop.place((brochure, 1), viewer=ada, campaign_id=campaign)
    await shop.place((brochure, 1), viewer=person(str(shop.bea.id), Role.EDITOR), campaign_id=draft)
    before = await everything(shop.database)
    for viewer, which, failure in ((bea, campaign, NotAllowed), (bea, draft, NotFound), (ada, draft, NotFound)):
        with pytest.raises(failure):
            await shop.place((brochure, 1), viewer=viewer, campaign_id=which)

    assert await everything(shop.database) == before
    event = table("event").c
    told = sa.select(event.campaign_id).where(event.entity_id == order)
    assert await fetch(shop.database, told) == [(campaign,)]


async def test_nobody_backorders_more_than_can_be_printed(shop: Shop) -> None:
    brochure = await shop.item(0)
    async with shop.database.writing() as connection:
        await connection.execute(sa.text("UPDATE print_item SET backordered = 999995"))
    before = await everything(shop.database)

    with pytest.raises(InvalidValue, match="At most 1,000,000 copies of an item can be backordered"):
        await shop.place((brochure, 6))

    assert await everything(shop.database) == before


# Erasing who ordered


async def test_erasing_a_person_blanks_to_whom_and_where_their_orders_go(shop: Shop) -> None:
    brochure = await shop.item(10)
    order = await shop.place((brochure, 5))

    async with writing(shop.database, SYSTEM, NOW) as tx:
        await erase(tx, str(shop.ada.id))

    orders = table("print_order")
    found = await fetch(shop.database, sa.select(orders.c.recipient, orders.c.address).where(orders.c.id == order))
    assert found == [(ERASED, ERASED)]


async def test_erasing_a_person_cancels_what_was_not_shipped_of_their_orders(shop: Shop) -> None:
    brochure = await shop.item(10)
    theirs, other = await shop.place((brochure, 8)), await shop.place((brochure, 8), viewer=shop.bea)

    async with writing(shop.database, SYSTEM, NOW) as tx:
        await orders.cancel_all_of(tx, str(shop.ada.id), "Who ordered was erased.")

    assert (await shop.state(theirs), await shop.state(other)) == ("CANCELLED", "PLACED")
    assert await shop.lines_of(other) == {brochure: (8, 8, 0, 0)}
    await no_fault(shop)
