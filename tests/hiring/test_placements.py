"""Whom a community hired: recorded, asked after, and told to everybody."""

from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from fund_api.core.database import Database
from fund_api.core.errors import InvalidTransition, InvalidValue, NotFound, VersionConflict
from fund_api.hiring import placements
from fund_api.hiring.placements import months_after
from fund_api.hiring.tables import HiringStage as Stage
from tests.campaigns.acting import all_of, stored
from tests.hiring.bureau import DAY, NOW, TODAY, Bureau, make_bureau
from tests.rows import contents, count, fetch, table

WRITTEN = ("hiring_request", "manager_placement", "follow_up", "notice", "event")


@pytest.fixture
async def bureau(database: Database) -> Bureau:
    return await make_bureau(database)


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2026, 11, 22), 3, date(2027, 2, 22)),
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
        (date(2027, 8, 31), 6, date(2028, 2, 29)),
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
        (date(2026, 12, 31), 12, date(2027, 12, 31)),
        (date(2026, 9, 30), 3, date(2026, 12, 30)),
    ],
)
def test_months_are_those_of_the_calendar(day: date, months: int, expected: date) -> None:
    assert months_after(day, months) == expected


async def test_an_appointment_is_recorded_with_its_days_and_its_follow_ups(bureau: Bureau) -> None:
    request = await bureau.at(Stage.OFFER)
    bureau.now += timedelta(days=40)
    appointed_on = TODAY + timedelta(days=38)

    placement = await bureau.appoint(request, appointed_on, starts_on=date(2027, 1, 31))

    columns = ("hiring_request_id", "community_id", "title", "manager_name", "first_manager", "appointed_on")
    assert await stored(bureau.database, "manager_placement", placement, *columns) == (
        *(request, bureau.community, "Town Manager", "Max Berg", True, appointed_on),
    )
    rest = ("starts_on", "days_to_appointment", "published_at", "provenance")
    assert await stored(bureau.database, "manager_placement", placement, *rest) == (
        *(date(2027, 1, 31), 38, None, "ENTERED"),
    )
    assert await all_of(bureau.database, "follow_up", "months", "due_on", "done_on", "told") == [
        (3, date(2027, 4, 30), None, False),
        (6, date(2027, 7, 31), None, False),
        (12, date(2028, 1, 31), None, False),
    ]
    assert (await bureau.stage(request))[0] == "APPOINTED"


async def test_without_a_first_day_the_follow_ups_count_from_the_appointment(bureau: Bureau) -> None:
    await bureau.appointed()

    assert [day for (day,) in await all_of(bureau.database, "follow_up", "due_on")] == [
        *(date(2027, 2, 22), date(2027, 5, 22), date(2027, 11, 22)),
    ]


async def test_the_log_keeps_the_name_and_what_was_said_apart(bureau: Bureau) -> None:
    request, _ = await bureau.appointed()
    await bureau.move(request, Stage.FOLLOW_UP)
    follow_up = await due(bureau)
    async with bureau.acting() as tx:
        await placements.record_follow_up(tx, follow_up, TODAY, "They like it.", expected_version=1)

    change = table("event_change")
    told = sa.select(change.c.field, change.c.after).where(change.c.field.in_(["manager_name", "note"]))
    assert sorted(await fetch(bureau.database, told)) == [("manager_name", None), ("note", None)]


@pytest.mark.parametrize(
    ("values", "message", "path"),
    [
        (
            {"appointed_on": TODAY + DAY},
            "An appointment lies between the request of 2026-11-22 and today, not on 2026-11-23.",
            "appointed_on",
        ),
        (
            {"appointed_on": TODAY - 2 * DAY},
            "An appointment lies between the request of 2026-11-22 and today, not on 2026-11-20.",
            "appointed_on",
        ),
        (
            {"starts_on": TODAY - DAY},
            "The first day of work lies within two years after 2026-11-22, not on 2026-11-21.",
            "starts_on",
        ),
        (
            {"starts_on": date(9999, 12, 31)},
            "The first day of work lies within two years after 2026-11-22, not on 9999-12-31.",
            "starts_on",
        ),
    ],
)
async def test_an_appointment_that_can_not_be_is_refused(
    bureau: Bureau, values: dict[str, Any], message: str, path: str
) -> None:
    request = await bureau.at(Stage.OFFER)

    with pytest.raises(InvalidValue) as refused:
        await bureau.appoint(request, **values)

    assert (str(refused.value), refused.value.path) == (message, (path,))
    assert await bureau.stage(request) == ("OFFER", None, None)
    assert await count(bureau.database, "manager_placement") == await count(bureau.database, "follow_up") == 0


async def test_in_america_an_appointment_may_be_of_the_day_before_still(bureau: Bureau) -> None:
    _, placement = await bureau.appointed(appointed_on=TODAY - DAY)

    columns = ("appointed_on", "days_to_appointment")
    assert await stored(bureau.database, "manager_placement", placement, *columns) == (TODAY - DAY, 0)


async def test_only_an_offer_becomes_an_appointment_and_only_once(bureau: Bureau) -> None:
    early = await bureau.at(Stage.FINALISTS)
    with pytest.raises(InvalidTransition) as refused:
        await bureau.appoint(early)
    assert str(refused.value) == "RECORD_APPOINTMENT takes a request in OFFER; this one is in FINALISTS."
    request, _ = await bureau.appointed()

    with pytest.raises(InvalidTransition, match="this one is in APPOINTED"):
        await bureau.appoint(request)

    assert await count(bureau.database, "manager_placement") == 1


async def due(bureau: Bureau) -> str:
    """The first follow-up."""
    row = table("follow_up").c
    [(follow_up,)] = await fetch(bureau.database, sa.select(row.id).order_by(row.due_on).limit(1))
    return str(follow_up)


async def test_a_follow_up_is_recorded_once(bureau: Bureau) -> None:
    request, _ = await bureau.appointed()
    follow_up = await due(bureau)
    with pytest.raises(InvalidTransition, match="RECORD_FOLLOW_UP takes a request in FOLLOW_UP; this one is in APPOI"):
        async with bureau.acting() as tx:
            await placements.record_follow_up(tx, follow_up, TODAY, expected_version=1)
    await bureau.move(request, Stage.FOLLOW_UP)
    with pytest.raises(VersionConflict):
        async with bureau.acting() as tx:
            await placements.record_follow_up(tx, follow_up, TODAY, expected_version=2)

    async with bureau.acting() as tx:
        await placements.record_follow_up(tx, follow_up, TODAY, "They like it.", expected_version=1)
    with pytest.raises(InvalidTransition, match="This was done on 2026-11-22"):
        async with bureau.acting() as tx:
            await placements.record_follow_up(tx, follow_up, TODAY, "Again.", expected_version=2)

    columns = ("done_on", "note", "version")
    assert await stored(bureau.database, "follow_up", follow_up, *columns) == (TODAY, "They like it.", 2)


@pytest.mark.parametrize("day", [TODAY + DAY, TODAY - DAY])
async def test_a_follow_up_is_done_after_the_appointment_and_not_in_the_future(bureau: Bureau, day: date) -> None:
    request, _ = await bureau.appointed()
    await bureau.move(request, Stage.FOLLOW_UP)
    before = await contents(bureau.database, WRITTEN)

    with pytest.raises(InvalidValue) as refused:
        async with bureau.acting() as tx:
            await placements.record_follow_up(tx, await due(bureau), day, expected_version=1)

    message = f"A follow-up is done after the appointment of 2026-11-22 and not after today, not on {day}."
    assert (str(refused.value), refused.value.path) == (message, ("done_on",))
    assert await contents(bureau.database, WRITTEN) == before


async def test_a_placement_is_published_for_good_even_after_the_end(bureau: Bureau) -> None:
    request, placement = await bureau.appointed()
    await bureau.close(request)

    async with bureau.acting() as tx:
        await placements.publish_placement(tx, placement, expected_version=1)
    with pytest.raises(InvalidTransition, match="The placement is published already"):
        async with bureau.acting() as tx:
            await placements.publish_placement(tx, placement, expected_version=2)

    assert await stored(bureau.database, "manager_placement", placement, "published_at", "version") == (NOW, 2)


async def test_what_is_not_there_can_not_be_done(bureau: Bureau) -> None:
    await bureau.appointed()

    with pytest.raises(NotFound, match="There is no follow up follow_x"):
        async with bureau.acting() as tx:
            await placements.record_follow_up(tx, "follow_x", TODAY, expected_version=1)
    with pytest.raises(NotFound, match="There is no manager placement placed_x"):
        async with bureau.acting() as tx:
            await placements.publish_placement(tx, "placed_x", expected_version=1)
