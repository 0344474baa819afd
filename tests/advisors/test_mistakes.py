"""What was declared by mistake of an advisor: a conflict is changed or withdrawn; who was erased stays so."""

import pytest
import sqlalchemy as sa

from fund_api.core.access import PUBLIC, SYSTEM
from fund_api.core.database import Database
from fund_api.core.errors import InvalidTransition, NotAllowed, NotFound
from fund_api.core.writing import writing
from fund_api.hiring import conflicts
from fund_api.hiring.advisor_tables import ConflictKind
from fund_api.hiring.erasing import erase_person
from fund_api.people.roles import Role
from tests.advisors.office import Office, make_office, no_fault, viewer
from tests.campaigns.acting import stored
from tests.rows import count, everything, fetch, table

APPLICANT = ConflictKind.APPLICANT


@pytest.fixture
async def office(database: Database) -> Office:
    return await make_office(database)


async def test_who_applies_after_another_conflict_is_an_applicant(office: Office) -> None:
    ada = await office.advisor("Ada")
    request = await office.request()
    conflict = await office.declare(ada, kind=ConflictKind.OTHER, community_id=office.dayton, reason="I may apply.")

    assert await office.declare(ada, office.officer, APPLICANT, request_id=request) == conflict

    columns = ("kind", "hiring_request_id", "reason", "declared_by")
    declared = ("APPLICANT", request, "I may apply.", office.officer.id)
    assert await stored(office.database, "advisor_conflict", conflict, *columns) == declared
    event = table("event").c
    about = sa.select(event.action, event.entity_id).where(event.action == "advisor_conflict.changed")
    assert await fetch(office.database, about) == [("advisor_conflict.changed", conflict)]


async def test_a_conflict_that_was_a_mistake_is_withdrawn_and_leaves_nothing_when_they_are_erased(
    office: Office,
) -> None:
    ada = await office.advisor("Ada")
    conflict = await office.declare(ada, community_id=office.dayton, reason="A cousin, I thought.")

    async with office.acting() as tx:
        assert await conflicts.withdraw_conflict(tx, conflict) == ada

    assert await count(office.database, "advisor_conflict") == 0
    assert await office.matched(await office.request()) == ada
    await no_fault(office)
    async with writing(office.database, SYSTEM, office.now) as tx:
        await erase_person(tx, office.people[ada])
    assert "cousin" not in str(await everything(office.database))


async def test_who_applies_stays_an_applicant_and_officers_alone_withdraw(office: Office) -> None:
    ada = await office.advisor("Ada")
    other = await office.declare(ada, community_id=office.akron)
    conflict = await office.declare(ada, office.officer, APPLICANT, request_id=await office.request())
    before = await everything(office.database)

    with pytest.raises(InvalidTransition, match="never advises it: this stays"):
        async with office.acting() as tx:
            await conflicts.withdraw_conflict(tx, conflict)
    with pytest.raises(NotFound, match="There is no advisor conflict"):
        async with office.acting() as tx:
            await conflicts.withdraw_conflict(tx, f"conflict_{'0' * 26}")
    for who in (PUBLIC, office.as_advisor(ada), viewer(None, Role.ADMINISTRATOR)):
        with pytest.raises(NotAllowed, match="fund:hiring:manage"):
            async with office.acting(who) as tx:
                await conflicts.withdraw_conflict(tx, other)

    assert await everything(office.database) == before


async def test_an_advisor_who_was_erased_is_not_named_again(office: Office) -> None:
    ada = await office.advisor("Ada")
    async with writing(office.database, SYSTEM, office.now) as tx:
        await erase_person(tx, office.people[ada])
    before = await everything(office.database)

    for values in ({"name": "Ada Park"}, {"biography": "Managed three cities."}, {"states": ["CA"]}):
        with pytest.raises(InvalidTransition, match="An erased person can't be changed"):
            await office.update(ada, **values)

    assert await everything(office.database) == before
