"""Whoever is to ask how an appointment goes is told when it is time."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from fund_api import ticking
from fund_api.core import clock
from fund_api.core.access import PUBLIC, SYSTEM
from fund_api.core.database import Database
from fund_api.core.settings import Settings
from fund_api.core.writing import writing
from fund_api.hiring import assignments, conflicts, notices
from fund_api.hiring.advisor_tables import ConflictKind
from fund_api.hiring.tables import HiringStage as Stage
from fund_api.people.roles import Role
from fund_api.people.tables import RoleAssignment
from tests.campaigns.acting import stored
from tests.hiring.bureau import NOW, Bureau, make_bureau
from tests.rows import count, table

DUE = datetime(2027, 2, 22, 8, tzinfo=UTC)
"""When the first follow-up comes due of an appointment of the bureau's day."""
TEXT = "Piqua, Town Manager: ask how it goes, 3 months on, by 2027-02-22"


@pytest.fixture
async def bureau(database: Database) -> Bureau:
    return await make_bureau(database)


async def heard(bureau: Bureau, *who: str) -> list[tuple[object, object]]:
    """What some were told of changes last, as often as they are many."""
    return [(one, text) for one, kind, _, text in await bureau.told(*who) if kind == "HIRING_CHANGED"][-len(who) :]


async def tick(bureau: Bureau, now: datetime) -> int:
    async with writing(bureau.database, PUBLIC, now) as tx:
        return len(await notices.tell_due_follow_ups(tx))


async def reminders(bureau: Bureau) -> list[tuple[object, ...]]:
    return [(who, text) for who, kind, _, text in await bureau.told() if kind == "FOLLOW_UP_DUE"]


async def set_active(bureau: Bureau, who: str, active: bool) -> None:
    person = table("person")
    async with bureau.database.writing() as connection:
        change = person.update().where(person.c.id == bureau.people[who])
        await connection.execute(change.values(active=active))


async def test_officers_are_told_that_somebody_asks_unless_it_is_one_of_them(bureau: Bureau) -> None:
    request = (await bureau.request()).request_id
    await bureau.request("officer")
    await set_active(bureau, "officer", active=False)
    await bureau.request()

    assert await bureau.told() == [("officer", "HIRING_CHANGED", request, "Piqua asks for hiring support")]


@pytest.mark.parametrize("how", ["conflict", "erased"])
async def test_officers_and_who_asked_are_told_that_the_advisor_left(bureau: Bureau, how: str) -> None:
    advisor = await bureau.add_advisor()
    request = await bureau.at(Stage.TRIAGED)
    await bureau.match(request)
    since = await stored(bureau.database, "hiring_request", request, "stage_since")
    bureau.now += timedelta(days=20)

    if how == "erased":
        async with writing(bureau.database, SYSTEM, bureau.now) as tx:
            await conflicts.retire(tx, bureau.people["advisor"])
    else:
        async with bureau.acting("advisor") as tx:
            await conflicts.declare_conflict(tx, advisor, ConflictKind.FAMILY, request_id=request)

    assert await heard(bureau, "officer", "requester") == [
        ("requester", "Your request for hiring support for Piqua: the senior advisor does not help any more"),
        ("officer", "Piqua: the senior advisor does not help any more"),
    ]
    assert await bureau.stage(request) == ("TRIAGED", None, None)
    assert await stored(bureau.database, "hiring_request", request, "stage_since") == since  # IdleHiringRequests has it


async def test_who_takes_an_advisor_off_is_not_told_and_who_asked_hears_when_one_is_done(bureau: Bureau) -> None:
    await bureau.add_advisor()
    request = await bureau.at(Stage.TRIAGED)
    assignment = await bureau.match(request)
    async with bureau.acting() as tx:
        await assignments.complete_assignment(tx, assignment, expected_version=1)

    assert await heard(bureau, "requester") == [
        ("requester", "Your request for hiring support for Piqua: the senior advisor is done")
    ]
    assert await heard(bureau, "officer") == [("officer", "Piqua asks for hiring support")]


async def test_officers_and_the_advisor_are_told_once_on_the_day(bureau: Bureau) -> None:
    await bureau.add_advisor()
    request = await bureau.at(Stage.TRIAGED)
    await bureau.match(request)
    for stage in (Stage.PROFILE_DRAFTED, Stage.RECRUITING, Stage.FINALISTS, Stage.OFFER):
        await bureau.move(request, stage)
    await bureau.appoint(request)

    assert await tick(bureau, DUE - timedelta(hours=9)) == 0
    assert [await tick(bureau, DUE) for _ in range(2)] == [2, 0]

    assert sorted(await reminders(bureau)) == [("advisor", TEXT), ("officer", TEXT)]
    assert {request for *_, request, _ in await bureau.told()} == {request}


async def test_of_all_that_came_due_meanwhile_each_is_told(bureau: Bureau) -> None:
    await bureau.appointed()

    assert await tick(bureau, DUE + timedelta(days=365)) == 3

    assert [text for _, text in await reminders(bureau)] == [
        "Piqua, Town Manager: ask how it goes, 3 months on, by 2027-02-22",
        "Piqua, Town Manager: ask how it goes, 6 months on, by 2027-05-22",
        "Piqua, Town Manager: ask how it goes, 12 months on, by 2027-11-22",
    ]


async def test_nobody_is_told_of_what_was_done_or_has_ended(bureau: Bureau) -> None:
    request, _ = await bureau.appointed()
    await bureau.close(request)

    assert await tick(bureau, DUE) == 0


async def test_while_nobody_can_be_told_it_waits(bureau: Bureau) -> None:
    await bureau.appointed()
    async with bureau.acting() as tx:
        scoped = {"person_id": bureau.people["member"], "role": Role.HIRING_OFFICER, "scope": bureau.campaign}
        await tx.add(RoleAssignment, "granted", scoped)
    await set_active(bureau, "officer", active=False)
    assert await tick(bureau, DUE) == 0
    await set_active(bureau, "officer", active=True)

    assert await tick(bureau, DUE) == 1


async def test_an_advisor_who_left_is_told_nothing_more(bureau: Bureau) -> None:
    advisor = await bureau.add_advisor()
    request = await bureau.at(Stage.OFFER)
    await bureau.match(request)
    async with bureau.acting("officer") as tx:
        applicant, about = ConflictKind.APPLICANT, {"request_id": request, "reason": "I would like to do it."}
        await conflicts.declare_conflict(tx, advisor, applicant, **about)
    await bureau.appoint(request)

    assert await tick(bureau, DUE) == 1

    assert await reminders(bureau) == [("officer", TEXT)]


async def test_what_nobody_can_be_told_of_keeps_nothing_else_waiting(
    bureau: Bureau, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notices, "MOST", 1)
    await bureau.add_advisor()
    await bureau.appointed(appointed_on=NOW.date(), title="Clerk")
    request = await bureau.at(Stage.OFFER)
    await bureau.match(request)
    await bureau.appoint(request, starts_on=NOW.date() + timedelta(days=7))
    await set_active(bureau, "officer", active=False)

    assert await tick(bureau, DUE + timedelta(days=30)) == 1

    text = "Piqua, Town Manager: ask how it goes, 3 months on, by 2027-02-28"
    assert await reminders(bureau) == [("advisor", text)]


async def test_of_two_servers_one_tells(bureau: Bureau) -> None:
    await bureau.appointed()

    told = await asyncio.gather(*(tick(bureau, DUE) for _ in range(4)))

    assert sorted(told) == [0, 0, 0, 1]
    assert await reminders(bureau) == [("officer", TEXT)]


async def test_the_server_tells_by_itself(bureau: Bureau, monkeypatch: pytest.MonkeyPatch) -> None:
    await bureau.appointed()
    monkeypatch.setattr(clock, "now", lambda: DUE)

    settings = Settings(database_url=bureau.database.url.render_as_string(hide_password=False))
    for _ in range(2):
        await ticking.tick(bureau.database, settings)

    due = table("notice").c.kind == "FOLLOW_UP_DUE"
    assert await count(bureau.database, "notice", due) == 1
    assert await count(bureau.database, "follow_up", table("follow_up").c.told, sa.true()) == 1
