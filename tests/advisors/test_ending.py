"""How a match ends: once, for a reason, by officers; and where the request stands then."""

import pytest

from fund_api.core.access import PUBLIC
from fund_api.core.database import Database
from fund_api.core.errors import InvalidTransition, InvalidValue, NotAllowed, NotFound, VersionConflict
from fund_api.hiring import assignments
from fund_api.people.roles import Role
from tests.advisors.office import MATCHED, Office, make_office, no_fault, viewer
from tests.campaigns.acting import stored
from tests.rows import everything, table


@pytest.fixture
async def office(database: Database) -> Office:
    return await make_office(database)


@pytest.mark.parametrize("end", ["withdraw", "complete"])
async def test_a_request_whose_advisor_was_just_matched_goes_back_when_they_leave(office: Office, end: str) -> None:
    advisor = await office.advisor("Ada")
    request = await office.request()
    assignment = await office.match(request)
    since = office.now

    await getattr(office, end)(assignment)

    state, reason = {"withdraw": ("WITHDRAWN", "Illness."), "complete": ("COMPLETED", None)}[end]
    columns = ("state", "reason", "ended_at", "version")
    assert await stored(office.database, "assignment", assignment, *columns) == (state, reason, office.now, 2)
    assert await stored(office.database, "hiring_request", request, "stage", "stage_since") == ("TRIAGED", since)
    assert await office.open(advisor) == 0
    await no_fault(office)


async def test_a_request_that_was_held_after_the_match_resumes_before_it(office: Office) -> None:
    await office.advisor("Ada")
    request = await office.request()
    assignment = await office.match(request)
    columns = table("hiring_request")
    async with office.database.writing() as connection:
        held = columns.update().where(columns.c.id == request)
        await connection.execute(held.values(stage="ON_HOLD", held_stage=MATCHED))
    since = await office.value("hiring_request", request, "stage_since")

    await office.withdraw(assignment)

    names = ("stage", "held_stage", "stage_since")
    assert await stored(office.database, "hiring_request", request, *names) == ("ON_HOLD", "TRIAGED", since)
    await no_fault(office)


async def test_an_assignment_ends_once_for_a_reason_and_by_officers_alone(office: Office) -> None:
    advisor = await office.advisor("Ada")
    assignment = await office.match(await office.request())
    before = await everything(office.database)

    for who in (PUBLIC, office.as_advisor(advisor), viewer(None, Role.ADMINISTRATOR)):
        for end in (office.withdraw, office.complete):
            with pytest.raises(NotAllowed, match="fund:hiring:manage"):
                await end(assignment, who)
    with pytest.raises(InvalidValue, match="reason takes a text that is not empty"):
        await office.withdraw(assignment, reason=" ")
    with pytest.raises(VersionConflict):
        async with office.acting() as tx:
            await assignments.withdraw_advisor(tx, assignment, "No.", expected_version=2)
    with pytest.raises(NotFound, match="There is no assignment"):
        async with office.acting() as tx:
            await assignments.complete_assignment(tx, f"assign_{'0' * 26}", expected_version=1)
    assert await everything(office.database) == before

    await office.complete(assignment)
    before = await everything(office.database)
    for end in (office.withdraw, office.complete):
        with pytest.raises(InvalidTransition, match="Only an assignment that is OPEN can end; this one is COMPLETED"):
            await end(assignment)
    assert await everything(office.database) == before
