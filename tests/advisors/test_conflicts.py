"""Conflicts of interest: who declares them, what ends at once, and that they hold for good."""

from typing import Any

import pytest
import sqlalchemy as sa

from fund_api.core.access import PUBLIC, SYSTEM, Viewer
from fund_api.core.database import Database
from fund_api.core.errors import InvalidTransition, InvalidValue, NotAllowed, NotFound
from fund_api.core.writing import writing
from fund_api.hiring import conflicts
from fund_api.hiring.advisor_tables import ConflictKind
from fund_api.hiring.erasing import erase_person
from fund_api.hiring.matching import Obstacle
from fund_api.people.erasure import ERASED
from fund_api.people.roles import Role
from tests.advisors.office import MATCHED, Office, make_office, no_fault, viewer
from tests.asking import asking
from tests.campaigns.acting import all_of, stored
from tests.rows import count, everything, fetch, table

APPLICANT = ConflictKind.APPLICANT


@pytest.fixture
async def office(database: Database) -> Office:
    return await make_office(database)


async def test_an_advisor_who_applies_is_withdrawn_at_once_and_refused_afterwards(office: Office) -> None:
    ada, bea = await office.advisor("Ada"), await office.advisor("Bea")
    request = await office.request()
    assignment = await office.match(request, ada)

    conflict = await office.declare(ada, kind=APPLICANT, request_id=request, reason="I would like to do it.")

    columns = ("advisor_id", "community_id", "hiring_request_id", "kind", "reason", "declared_by")
    declared = (ada, office.dayton, request, "APPLICANT", "I would like to do it.", office.people[ada])
    assert await stored(office.database, "advisor_conflict", conflict, *columns) == declared
    because = "The advisor can't help here any more."
    ended = ("state", "reason", "ended_at")
    assert await stored(office.database, "assignment", assignment, *ended) == ("WITHDRAWN", because, office.now)
    assert (await office.stage(request), await office.open(ada)) == ("TRIAGED", 0)
    with pytest.raises(InvalidValue, match="Ada has a conflict of interest with Dayton"):
        await office.match(request, ada)
    with pytest.raises(InvalidValue, match="Ada has a conflict of interest with Dayton"):
        await office.match(await office.request(), ada)
    assert await office.matched(request) == bea
    assert (await office.proposals(request)).left_out == {Obstacle.CONFLICT: 1}
    await no_fault(office)


async def test_an_advisor_is_taken_off_every_request_of_the_community_and_of_no_other(office: Office) -> None:
    ada = await office.advisor("Ada")
    early, late, away = await office.request(), await office.request(stage="OFFER"), await office.request(office.akron)
    for request in (early, late, away):
        await office.match(request, ada)

    await office.declare(ada, office.officer, community_id=office.dayton)

    assert [await office.stage(request) for request in (early, late, away)] == ["TRIAGED", "OFFER", MATCHED]
    assert await all_of(office.database, "assignment", "state") == [("OPEN",), ("WITHDRAWN",), ("WITHDRAWN",)]
    assert await office.open(ada) == 1
    await no_fault(office)


async def test_another_advisor_of_the_community_stays(office: Office) -> None:
    ada, bea = await office.advisor("Ada"), await office.advisor("Bea")
    await office.match(await office.request(), bea)

    await office.declare(ada, community_id=office.dayton)

    assert (await office.open(bea), await count(office.database, "advisor_conflict")) == (1, 1)


async def test_a_conflict_is_declared_once(office: Office) -> None:
    ada = await office.advisor("Ada")
    request = await office.request()
    await office.declare(ada, community_id=office.dayton)
    before = await everything(office.database)

    with pytest.raises(InvalidValue, match="A conflict of this advisor with Dayton was declared already"):
        await office.declare(ada, community_id=office.dayton)

    assert await everything(office.database) == before
    await office.declare(ada, office.officer, APPLICANT, request_id=request)
    before = await everything(office.database)
    for kind in (APPLICANT, ConflictKind.OTHER):
        with pytest.raises(InvalidValue, match="A conflict of this advisor with Dayton was declared already"):
            await office.declare(ada, office.officer, kind, request_id=request)
    assert await everything(office.database) == before


async def test_a_conflict_is_with_a_community_or_on_a_request_and_applicants_name_one(office: Office) -> None:
    ada = await office.advisor("Ada")
    request = await office.request()
    before = await everything(office.database)
    wrong: list[tuple[ConflictKind, dict[str, Any], type[Exception], str]] = [
        (ConflictKind.FAMILY, {}, InvalidValue, "name one of them"),
        (ConflictKind.FAMILY, {"community_id": office.dayton, "request_id": request}, InvalidValue, "name one of them"),
        (APPLICANT, {"community_id": office.dayton}, InvalidValue, "name it, or declare OTHER for the community"),
        (APPLICANT, {"request_id": f"hire_{'0' * 26}"}, NotFound, "There is no hiring request"),
        (ConflictKind.OTHER, {"community_id": f"comm_{'0' * 26}"}, NotFound, "There is no community"),
    ]

    for kind, where, failure, message in wrong:
        with pytest.raises(failure, match=message):
            await office.declare(ada, office.officer, kind, **where)
    with pytest.raises(NotFound, match="There is no senior advisor"):
        async with office.acting() as tx:
            await conflicts.declare_conflict(tx, f"advisor_{'0' * 26}", ConflictKind.OTHER, community_id=office.dayton)

    assert await everything(office.database) == before


async def test_advisors_declare_for_themselves_alone_and_of_requests_only_those_which_they_see(office: Office) -> None:
    ada, bea = await office.advisor("Ada"), await office.advisor("Bea")
    request = await office.request()
    before = await everything(office.database)

    with pytest.raises(NotFound, match="There is no hiring request"):
        await office.declare(ada, kind=APPLICANT, request_id=request)
    for who in (
        PUBLIC,
        office.as_advisor(bea),
        viewer(None, Role.ADMINISTRATOR),
        Viewer(office.people[ada], frozenset()),
    ):
        with pytest.raises(NotAllowed, match="fund:hiring:manage, or own:hiring:advise and to be the advisor"):
            await office.declare(ada, who, community_id=office.dayton)
    assert await everything(office.database) == before

    await office.declare(ada, office.officer, APPLICANT, request_id=request)
    assert await count(office.database, "advisor_conflict") == 1


async def test_who_was_withdrawn_no_longer_sees_whom_to_reach_and_what_is_paid(office: Office) -> None:
    ada = await office.advisor("Ada")
    request = await office.request()
    assignment = await office.match(request)
    private = "contactName contactEmail contactPhone message salaryMinimum { amount } salaryMaximum { amount }"
    document = f"query ($id: ID!) {{ hiringRequest(id: $id) {{ id {private} }} }}"
    async with asking(office.database, office.as_advisor(ada)) as ask:
        seen = (await ask(document, id=request))["hiringRequest"]
        assert seen["salaryMaximum"] == {"amount": "150000.00"}
        assert None not in seen.values()

        await office.declare(ada, kind=APPLICANT, request_id=request)

        assert await ask(document, id=request) == {"hiringRequest": None}
        found = await ask("{ hiringRequests { nodes { id } } assignments { nodes { id } } }")
        assert found == {"hiringRequests": {"nodes": []}, "assignments": {"nodes": []}}
    with pytest.raises(NotFound, match="There is no assignment"):
        await office.log(assignment, office.as_advisor(ada))


async def test_an_assignment_that_has_ended_stays_as_it_was(office: Office) -> None:
    ada = await office.advisor("Ada")
    request = await office.request(stage="OFFER")
    assignment = await office.match(request)
    await office.complete(assignment)

    await office.declare(ada, office.officer, APPLICANT, request_id=request)

    assert await stored(office.database, "assignment", assignment, "state", "reason") == ("COMPLETED", None)
    with pytest.raises(InvalidTransition):
        await office.withdraw(assignment)


async def test_why_is_private_in_the_log_and_stands_in_no_assignment(office: Office) -> None:
    ada = await office.advisor("Ada")
    await office.match(await office.request())
    await office.declare(ada, community_id=office.dayton, reason="My daughter works there.")

    change, private = table("event_change").c, table("private_change").c
    query = sa.select(change.field, private.person_id).join(table("private_change"), private.change_id == change.id)
    told = await fetch(office.database, query.where(private.after == '"My daughter works there."'))
    assert told == [("reason", office.people[ada])]
    assert "daughter" not in str(await fetch(office.database, sa.select(table("assignment"))))
    assert "daughter" not in str(await fetch(office.database, sa.select(table("event_change"))))


# Erasing an advisor


async def test_an_advisor_who_is_erased_is_taken_off_and_nothing_private_of_them_stays(office: Office) -> None:
    ada = await office.advisor("Ada Park")
    request = await office.request(person_id=await office.person("Rosa"))
    assignment = await office.match(request)
    activity = await office.log(assignment, summary="Wrote to the council's daughters.")
    conflict = await office.declare(ada, community_id=office.akron, reason="My daughter works there.")

    async with writing(office.database, SYSTEM, office.now) as tx:
        await erase_person(tx, office.people[ada])

    names = ("name", "biography", "active", "open_assignments")
    assert await stored(office.database, "senior_advisor", ada, *names) == (ERASED, ERASED, False, 0)
    ended = ("WITHDRAWN", "The advisor was erased.")
    assert await stored(office.database, "assignment", assignment, "state", "reason") == ended
    assert await stored(office.database, "advisor_conflict", conflict, "reason") == (ERASED,)
    assert await stored(office.database, "advisor_activity", activity, "summary") == (ERASED,)
    assert await office.stage(request) == "TRIAGED"
    everywhere = str(await everything(office.database))
    assert "helps you now" in everywhere
    assert "daughter" not in everywhere
    assert "Ada Park" not in everywhere
    await no_fault(office)


async def test_who_is_no_advisor_has_nothing_to_end_and_only_who_manages_people_ends_it(office: Office) -> None:
    ada = await office.advisor("Ada")
    other = await office.person("Bea")
    before = await everything(office.database)

    async with writing(office.database, SYSTEM, office.now) as tx:
        await conflicts.retire(tx, other)
    with pytest.raises(NotAllowed, match="fund:person:manage"):
        async with office.acting() as tx:
            await conflicts.retire(tx, office.people[ada])

    assert await everything(office.database) == before
