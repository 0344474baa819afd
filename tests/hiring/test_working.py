"""Requests for hiring support, as hiring officers take them through their stages."""

import pytest
import sqlalchemy as sa

from fund_api.core.database import Database
from fund_api.core.errors import InvalidTransition, InvalidValue, NotAllowed, VersionConflict
from fund_api.hiring import placements, requests
from fund_api.hiring.tables import HiringStage as Stage
from tests.campaigns.acting import all_of, stored
from tests.hiring.bureau import DAY, NOW, TODAY, Bureau, looked_up, make_bureau
from tests.rows import contents, fetch, table

WRITTEN = ("hiring_request", "manager_placement", "follow_up", "assignment", "senior_advisor", "notice", "event")


@pytest.fixture
async def bureau(database: Database) -> Bureau:
    return await make_bureau(database)


async def test_an_officer_takes_it_up_and_fills_in_what_is_known_and_who_asked_is_told(bureau: Bureau) -> None:
    request = (await bureau.request("requester", "ethics", salary_maximum=8_000_000)).request_id
    bureau.now += DAY

    await bureau.triage(request, creation_route="ORDINANCE", search_mode="ADVISOR", salary_minimum=8_000_000)

    columns = ("stage", "stage_since", "creation_route", "search_mode", "salary_minimum", "version")
    assert await stored(bureau.database, "hiring_request", request, *columns) == (
        *("TRIAGED", NOW + DAY, "ORDINANCE", "ADVISOR", 8_000_000, 2),
    )
    assert await bureau.areas(request) == ["ethics"]
    text = "Your request for hiring support for Piqua: a hiring officer took it up"
    assert await bureau.told("requester") == [("requester", "HIRING_CHANGED", request, text)]


async def test_it_is_corrected_while_it_is_open_and_each_correction_is_one_version(bureau: Bureau) -> None:
    request = await bureau.at(Stage.TRIAGED)

    async with bureau.acting() as tx:
        await requests.update_request(tx, request, {"first_manager": False}, ["finance"], expected_version=2)
    async with bureau.acting() as tx:
        await requests.update_request(tx, request, {}, ["planning"], expected_version=3)
    async with bureau.acting() as tx:
        await requests.update_request(tx, request, {"first_manager": False}, ["planning"], expected_version=4)
    async with bureau.acting() as tx:
        await requests.update_request(tx, request, {"budget": 7}, expected_version=4)

    assert await stored(bureau.database, "hiring_request", request, "first_manager", "budget", "version") == (
        False,
        7,
        5,
    )
    assert await bureau.areas(request) == ["planning"]
    event = table("event")
    updated = event.c.action == "hiring_request.updated"
    assert len(await fetch(bureau.database, sa.select(event.c.id).where(updated))) == 3


async def test_a_start_that_stays_may_have_passed_a_new_one_may_not(bureau: Bureau) -> None:
    request = (await bureau.request(target_on=TODAY)).request_id
    bureau.now += 3 * DAY

    async with bureau.acting() as tx:
        await requests.update_request(tx, request, {"target_on": TODAY, "budget": 7}, expected_version=1)
    with pytest.raises(InvalidValue, match="The manager is to start today or later, not on 2026-11-23"):
        async with bureau.acting() as tx:
            await requests.update_request(tx, request, {"target_on": TODAY + DAY}, expected_version=2)

    assert await stored(bureau.database, "hiring_request", request, "target_on", "version") == (TODAY, 2)


async def test_it_goes_from_the_first_day_to_the_last(bureau: Bureau) -> None:
    made = await bureau.request("requester")
    request = made.request_id
    await bureau.triage(request)
    for stage in (Stage.POSITION_CREATION, Stage.PROFILE_DRAFTED, Stage.RECRUITING, Stage.FINALISTS, Stage.OFFER):
        await bureau.move(request, stage)
    await bureau.appoint(request)
    await bureau.move(request, Stage.FOLLOW_UP)
    await bureau.close(request, "All went well.")

    assert await bureau.stage(request) == ("CLOSED", None, "All went well.")
    assert (await looked_up(bureau, made.secret))["reason"] == "All went well."
    asked = "Your request for hiring support for Piqua: "
    assert [text for *_, text in await bureau.told("requester")] == [
        asked + "a hiring officer took it up",
        asked + "it is closed: All went well.",
    ]


async def test_on_hold_it_waits_for_a_reason_and_goes_on_where_it_was(bureau: Bureau) -> None:
    request = await bureau.at(Stage.RECRUITING)
    with pytest.raises(InvalidValue, match="A request is moved to ON_HOLD for a reason: say it") as refused:
        await bureau.move(request, Stage.ON_HOLD)
    assert refused.value.path == ("reason",)
    assert await bureau.stage(request) == ("RECRUITING", None, None)

    await bureau.move(request, Stage.ON_HOLD, "The council is new.")
    assert await bureau.stage(request) == ("ON_HOLD", "RECRUITING", "The council is new.")
    with pytest.raises(InvalidTransition) as elsewhere:
        await bureau.move(request, Stage.OFFER)
    assert str(elsewhere.value) == "A request in ON_HOLD can't be moved to OFFER. Allowed is: RECRUITING."
    assert (elsewhere.value.current, elsewhere.value.allowed) == ("ON_HOLD", ("UPDATE", "RESUME", "CLOSE"))
    await bureau.move(request, Stage.RECRUITING)

    assert await bureau.stage(request) == ("RECRUITING", None, None)
    assert (await bureau.told())[-1][-1] == ("Your request for hiring support for Piqua: it waits: The council is new.")


async def test_a_declined_request_says_why_and_takes_nothing_more(bureau: Bureau) -> None:
    request = await bureau.at(Stage.RECEIVED)

    await bureau.move(request, Stage.DECLINED, "You have a manager.")

    assert await bureau.stage(request) == ("DECLINED", None, "You have a manager.")
    assert (await bureau.told())[-1][-1] == (
        "Your request for hiring support for Piqua: the fund can't help: You have a manager."
    )
    for act, message in (
        (bureau.triage(request), "TRIAGE takes a request in RECEIVED; this one is in DECLINED."),
        (bureau.move(request, Stage.TRIAGED), "A request in DECLINED can't be moved to TRIAGED. Allowed is: nothing."),
    ):
        with pytest.raises(InvalidTransition) as refused:
            await act
        assert (str(refused.value), refused.value.allowed) == (message, ())
    with pytest.raises(InvalidTransition, match="this one is in DECLINED"):
        await bureau.close(request)
    assert await stored(bureau.database, "hiring_request", request, "stage", "version") == ("DECLINED", 2)


@pytest.mark.parametrize("to", [Stage.RECEIVED, Stage.TRIAGED, Stage.ADVISOR_MATCHED, Stage.APPOINTED, Stage.CLOSED])
async def test_stages_that_need_more_than_a_move_are_not_reached_by_one(bureau: Bureau, to: Stage) -> None:
    request = await bureau.at(Stage.OFFER)

    with pytest.raises(InvalidTransition) as refused:
        await bureau.move(request, to, "Because.")

    assert str(refused.value) == (
        f"A request in OFFER can't be moved to {to}. Allowed is: RECRUITING, FINALISTS, ON_HOLD."
    )
    assert "RECORD_APPOINTMENT" in refused.value.allowed
    assert await bureau.stage(request) == ("OFFER", None, None)


async def test_who_acts_themselves_or_can_not_sign_in_is_not_told(bureau: Bureau) -> None:
    own = (await bureau.request("officer")).request_id
    await bureau.triage(own)
    request = await bureau.at(Stage.RECEIVED)
    person = table("person")
    async with bureau.database.writing() as connection:
        await connection.execute(person.update().where(person.c.id == bureau.people["requester"]).values(active=False))
    await bureau.triage(request)

    assert await bureau.told("requester") == []
    assert [request for *_, request, _ in await bureau.told("officer")] == [request]


async def test_a_long_reason_is_told_as_far_as_a_notice_goes(bureau: Bureau) -> None:
    request = await bureau.at(Stage.RECEIVED)

    await bureau.close(request, "x" * 2_000)

    [(*_, text)] = await bureau.told("requester")
    assert (len(str(text)), str(text)[-2:]) == (2_000, "x…")


async def test_a_close_frees_the_advisor(bureau: Bureau) -> None:
    advisor = await bureau.add_advisor()
    request = await bureau.at(Stage.TRIAGED)
    assignment = await bureau.match(request)
    assert await stored(bureau.database, "senior_advisor", advisor, "open_assignments") == (1,)

    await bureau.close(request, "We hired one ourselves.")

    assert await stored(bureau.database, "senior_advisor", advisor, "open_assignments") == (0,)
    assert await stored(bureau.database, "assignment", assignment, "state", "ended_at") == ("COMPLETED", NOW)
    matched = ("HIRING_CHANGED", request)
    assert [one for one in await bureau.told() if one[0] == "advisor"] == [
        ("advisor", *matched, "You are asked to advise Piqua on hiring a manager")
    ]
    assert (
        "requester",
        *matched,
        "Your request for hiring support for Piqua: a senior advisor helps you now",
    ) in (await bureau.told())


async def test_a_change_that_somebody_else_came_before_is_refused(bureau: Bureau) -> None:
    request = await bureau.at(Stage.TRIAGED)
    before = await contents(bureau.database, WRITTEN)

    async def acts() -> None:
        async with bureau.acting() as tx:
            await requests.update_request(tx, request, {"budget": 1}, expected_version=1)

    with pytest.raises(VersionConflict, match="it is at version 2, not 1"):
        await acts()
    with pytest.raises(VersionConflict):
        async with bureau.acting() as tx:
            await requests.move_request(tx, request, Stage.DECLINED, "No.", expected_version=1)
    with pytest.raises(VersionConflict):
        async with bureau.acting() as tx:
            await requests.close_request(tx, request, "No.", expected_version=3)

    assert await contents(bureau.database, WRITTEN) == before


async def test_only_hiring_officers_work_a_request(bureau: Bureau) -> None:
    await bureau.add_advisor()
    request, placement = await bureau.appointed()
    other = await bureau.at(Stage.TRIAGED)
    await bureau.match(other)
    await bureau.move(request, Stage.FOLLOW_UP)
    follow_up = str((await all_of(bureau.database, "follow_up", "id"))[0][0])
    before = await contents(bureau.database, WRITTEN)
    said = {"title": "Manager", "manager_name": "Max", "appointed_on": TODAY}

    for who in ("nobody", "requester", "member", "advisor", "approver"):
        for act in (
            lambda tx: requests.update_request(tx, request, {"budget": 1}, expected_version=1),
            lambda tx: requests.triage_request(tx, request, {}, expected_version=1),
            lambda tx: requests.move_request(tx, other, Stage.RECRUITING, expected_version=3),
            lambda tx: requests.close_request(tx, other, "No.", expected_version=3),
            lambda tx: placements.record_appointment(tx, other, said, expected_version=3),
            lambda tx: placements.record_follow_up(tx, follow_up, TODAY, expected_version=1),
            lambda tx: placements.publish_placement(tx, placement, expected_version=1),
        ):
            with pytest.raises(NotAllowed, match="This needs the permission fund:hiring:manage"):
                async with bureau.acting(who) as tx:
                    await act(tx)

    assert await contents(bureau.database, WRITTEN) == before
