"""What was recorded wrongly of a request or an appointment is corrected, and a manager can be forgotten."""

from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from fund_api.core.database import Database
from fund_api.core.errors import InvalidTransition, InvalidValue, NotAllowed, NotFound, VersionConflict
from fund_api.hiring import placements, requests
from fund_api.hiring.tables import HiringStage as Stage
from fund_api.people.erasure import ERASED
from tests.campaigns.acting import all_of, stored
from tests.hiring.bureau import DAY, TODAY, Bureau, make_bureau, version
from tests.rows import everything, fetch, table

WRONG: dict[str, Any] = {"title": "Town Manger", "manager_name": "Max Burg"}


@pytest.fixture
async def bureau(database: Database) -> Bureau:
    return await make_bureau(database)


async def correct(bureau: Bureau, placement: str, who: str = "officer", expected: int = 1, **values: object) -> None:
    async with bureau.acting(who) as tx:
        await placements.correct_placement(tx, placement, values, expected_version=expected)


async def forget(bureau: Bureau, placement: str, who: str = "officer", expected: int = 1) -> None:
    async with bureau.acting(who) as tx:
        await placements.forget_manager(tx, placement, expected_version=expected)


async def publish(bureau: Bureau, placement: str, expected: int) -> None:
    async with bureau.acting() as tx:
        await placements.publish_placement(tx, placement, expected_version=expected)


async def follow_up(bureau: Bureau, months: int, done_on: date, note: str | None = None) -> None:
    row = table("follow_up").c
    [(found,)] = await fetch(bureau.database, sa.select(row.id).where(row.months == months))
    async with bureau.acting() as tx:
        await placements.record_follow_up(tx, found, done_on, note, expected_version=1)


async def test_an_appointment_is_corrected_and_its_days_and_open_follow_ups_follow(bureau: Bureau) -> None:
    request = await bureau.at(Stage.OFFER)
    bureau.now += timedelta(days=40)
    placement = await bureau.appoint(request, TODAY + 30 * DAY, **WRONG)
    await bureau.move(request, Stage.FOLLOW_UP)
    await follow_up(bureau, 3, TODAY + 40 * DAY)

    right: dict[str, Any] = {"title": "Town Manager", "manager_name": "Max Berg", "starts_on": date(2027, 1, 31)}
    await correct(bureau, placement, appointed_on=TODAY + 20 * DAY, **right)

    columns = ("title", "manager_name", "appointed_on", "starts_on", "days_to_appointment", "version")
    assert await stored(bureau.database, "manager_placement", placement, *columns) == (
        *("Town Manager", "Max Berg", TODAY + 20 * DAY, date(2027, 1, 31), 20, 2),
    )
    assert await all_of(bureau.database, "follow_up", "months", "due_on", "done_on") == [
        (3, date(2027, 3, 22), TODAY + 40 * DAY),
        (6, date(2027, 7, 31), None),
        (12, date(2028, 1, 31), None),
    ]
    assert "Max Berg" not in str(await all_of(bureau.database, "event_change", "before", "after"))


async def test_whoever_was_told_of_a_follow_up_is_told_again_on_its_new_day(bureau: Bureau) -> None:
    request, placement = await bureau.appointed()
    await bureau.move(request, Stage.FOLLOW_UP)
    bureau.now += timedelta(days=100)
    async with bureau.acting() as tx:
        await tx.connection.execute(table("follow_up").update().values(told=True))

    await correct(bureau, placement, starts_on=TODAY + 60 * DAY)

    assert [told for (told,) in await all_of(bureau.database, "follow_up", "told")] == [False, False, False]


@pytest.mark.parametrize(
    ("values", "message", "path"),
    [
        ({"appointed_on": TODAY + 9 * DAY}, "An appointment lies between the request of 2026-11-22", "appointed_on"),
        ({"appointed_on": None}, "appointed on is needed", "appointed_on"),
        ({"starts_on": TODAY - DAY}, "The first day of work lies within two years", "starts_on"),
        ({"appointed_on": TODAY + 2 * DAY}, "A follow-up was done on 2026-11-23", "appointed_on"),
        ({"manager_name": " "}, "manager name takes a text that is not empty", "manager_name"),
    ],
)
async def test_what_an_appointment_can_not_become(
    bureau: Bureau, values: dict[str, Any], message: str, path: str
) -> None:
    request, placement = await bureau.appointed()
    await bureau.move(request, Stage.FOLLOW_UP)
    bureau.now += 2 * DAY
    await follow_up(bureau, 3, TODAY + DAY)
    before = await everything(bureau.database)

    with pytest.raises(InvalidValue, match=message) as refused:
        await correct(bureau, placement, **values)

    assert refused.value.path == (path,)
    assert await everything(bureau.database) == before


async def test_what_is_published_stays_and_officers_alone_correct(bureau: Bureau) -> None:
    _, placement = await bureau.appointed()
    before = await everything(bureau.database)
    for who in ("nobody", "requester", "approver"):
        with pytest.raises(NotAllowed, match="fund:hiring:manage"):
            await correct(bureau, placement, who, title="Mayor")
        with pytest.raises(NotAllowed, match="fund:hiring:manage"):
            await forget(bureau, placement, who)
    for act in (correct, forget):
        with pytest.raises(VersionConflict):
            await act(bureau, placement, expected=2)
        with pytest.raises(NotFound, match="There is no manager placement placed_x"):
            await act(bureau, "placed_x")
    assert await everything(bureau.database) == before

    await publish(bureau, placement, 1)
    with pytest.raises(InvalidTransition, match="The placement is published already"):
        await correct(bureau, placement, expected=2, title="Mayor")


async def test_a_manager_is_forgotten_here_and_in_the_log_even_once_published(bureau: Bureau) -> None:
    request, placement = await bureau.appointed(manager_name="Max Burg")
    await correct(bureau, placement, manager_name="Max Berg")
    await bureau.move(request, Stage.FOLLOW_UP)
    await follow_up(bureau, 3, TODAY, "Berg is happy.")
    await publish(bureau, placement, 2)
    await bureau.close(request)

    await forget(bureau, placement, expected=3)

    columns = ("manager_name", "title", "version")
    assert await stored(bureau.database, "manager_placement", placement, *columns) == (ERASED, "Town Manager", 4)
    assert await all_of(bureau.database, "follow_up", "months", "note") == [(3, ERASED), (6, None), (12, None)]
    everywhere = str(await everything(bureau.database))
    assert "Burg" not in everywhere
    assert "Berg" not in everywhere
    with pytest.raises(InvalidTransition, match="This manager is forgotten already"):
        await forget(bureau, placement, expected=4)


async def test_who_was_forgotten_is_not_named_again(bureau: Bureau) -> None:
    _, placement = await bureau.appointed()
    await forget(bureau, placement)
    before = await everything(bureau.database)

    with pytest.raises(InvalidValue, match="The manager was forgotten, and is not named again"):
        await correct(bureau, placement, expected=2, manager_name="Max Berg")

    assert await everything(bureau.database) == before
    await correct(bureau, placement, expected=2, title="City Manager")
    assert await stored(bureau.database, "manager_placement", placement, "title") == ("City Manager",)


async def test_whom_to_reach_is_corrected(bureau: Bureau) -> None:
    request = (await bureau.request()).request_id
    said = {"contact_name": "Dan Diaz", "contact_email": "dan@example.org", "contact_phone": None}

    async with bureau.acting() as tx:
        await requests.update_request(tx, request, said, expected_version=1)
    with pytest.raises(InvalidValue, match="contact email takes an address"):
        async with bureau.acting() as tx:
            await requests.update_request(tx, request, {"contact_email": "dan"}, expected_version=2)

    assert await stored(bureau.database, "hiring_request", request, *said, "version") == (*said.values(), 2)
    assert "Dan" not in str(await all_of(bureau.database, "event_change", "before", "after"))


async def test_whether_it_is_the_first_manager_is_corrected_in_the_placement_too(bureau: Bureau) -> None:
    request, placement = await bureau.appointed()

    async with bureau.acting() as tx:
        read = await version(tx, request)
        await requests.update_request(tx, request, {"first_manager": False}, ["ethics"], expected_version=read)

    assert await stored(bureau.database, "manager_placement", placement, "first_manager", "version") == (False, 2)
    assert await bureau.areas(request) == ["ethics"]
