"""Many who match at once: nobody gets more than they take, all there is is used, and nobody waits for each other."""

import asyncio
from collections import Counter
from collections.abc import Sequence

from fund_api.core.access import SYSTEM
from fund_api.core.database import Database
from fund_api.core.errors import Failure, InvalidTransition, InvalidValue, VersionConflict
from fund_api.core.writing import writing
from fund_api.hiring import advisors, assignments, conflicts, matching
from fund_api.hiring.advisor_tables import ConflictKind
from fund_api.hiring.erasing import erase_person
from fund_api.people.erasure import ERASED
from tests.advisors.office import NOW, SAID, make_office, no_fault
from tests.campaigns.acting import all_of, stored
from tests.rows import count, everything, table
from tests.waiting import waiting

AT_ONCE = 20
CAPACITIES = {"Ada": 7, "Bea": 4, "Cora": 1, "Dora": 0}


def failures(found: Sequence[object]) -> list[BaseException]:
    return [one for one in found if isinstance(one, BaseException)]


async def test_20_matches_at_once_use_all_that_advisors_take_and_no_more(database: Database) -> None:
    office = await make_office(database)
    takes = {await office.advisor(name, capacity=capacity): capacity for name, capacity in CAPACITIES.items()}
    requests = [await office.request((office.dayton, office.akron)[number % 2]) for number in range(AT_ONCE)]

    found = await asyncio.gather(*(office.match(request) for request in requests), return_exceptions=True)

    assert Counter(type(one) for one in failures(found)) == {InvalidValue: AT_ONCE - sum(CAPACITIES.values())}
    assert {advisor: await office.open(advisor) for advisor in takes} == takes
    assert await count(database, "assignment", table("assignment").c.state == "OPEN") == sum(CAPACITIES.values())
    await no_fault(office)


async def test_20_who_name_the_same_advisor_give_them_what_they_take(database: Database) -> None:
    office = await make_office(database)
    ada = await office.advisor("Ada", capacity=3)
    requests = [await office.request() for _ in range(AT_ONCE)]

    found = await asyncio.gather(*(office.match(request, ada) for request in requests), return_exceptions=True)

    assert {str(one) for one in failures(found)} == {"Ada has 3 of 3 assignments open."}
    assert (len(failures(found)), await office.open(ada)) == (AT_ONCE - 3, 3)
    await no_fault(office)


async def test_of_20_who_match_one_request_one_does(database: Database) -> None:
    office = await make_office(database)
    for name in CAPACITIES:
        await office.advisor(name)
    request = await office.request()

    found = await asyncio.gather(*(office.match(request) for _ in range(AT_ONCE)), return_exceptions=True)

    assert {type(one) for one in failures(found)} <= {InvalidTransition, VersionConflict}
    assert len(failures(found)) == AT_ONCE - 1
    assert await all_of(database, "assignment", "hiring_request_id", "state") == [(request, "OPEN")]
    await no_fault(office)


async def test_all_that_is_done_at_once_ends_without_a_deadlock_and_agrees(database: Database) -> None:
    office = await make_office(database)
    made = [await office.advisor(name, capacity=4) for name in CAPACITIES]
    requests = [await office.request((office.dayton, office.akron)[number % 2]) for number in range(AT_ONCE)]
    first = [await office.match(request) for request in requests[:8]]

    found = await asyncio.gather(
        *(office.match(request) for request in requests[8:]),
        *(office.match(request, made[number % 4]) for number, request in enumerate(reversed(requests))),
        *(office.declare(advisor, community_id=office.dayton) for advisor in made[:2]),
        *(office.declare(advisor, office.officer, community_id=office.akron) for advisor in reversed(made[1:3])),
        *(office.declare(made[3], office.officer, ConflictKind.APPLICANT, request_id=one) for one in requests[:2]),
        *(office.withdraw(one) for one in first[:4]),
        *(office.complete(one) for one in reversed(first)),
        *(office.log(one) for one in first),
        *(office.update(advisor, capacity=3) for advisor in made),
        return_exceptions=True,
    )

    assert [one for one in failures(found) if not isinstance(one, Failure)] == []
    await no_fault(office)


# On PostgreSQL, where writers run side by side


async def test_a_match_that_waits_for_a_conflict_sees_it(postgres: Database) -> None:
    office = await make_office(postgres)
    ada, bea = await office.advisor("Ada"), await office.advisor("Bea")
    request = await office.request()

    async with writing(postgres, office.as_advisor(ada), NOW) as tx:
        await conflicts.declare_conflict(tx, ada, ConflictKind.FAMILY, community_id=office.dayton)
        matching_one = await waiting(postgres, office.match(request))
    await matching_one

    assert (await office.open(ada), await office.open(bea)) == (0, 1)
    await no_fault(office)


async def test_a_conflict_that_waits_for_a_match_ends_it(postgres: Database) -> None:
    office = await make_office(postgres)
    ada = await office.advisor("Ada")
    request = await office.request()

    async with writing(postgres, office.officer, NOW) as tx:
        await matching.match_advisor(tx, request, expected_version=1)
        declaring = await waiting(postgres, office.declare(ada, community_id=office.dayton))
    await declaring

    assert (await office.stage(request), await office.open(ada)) == ("TRIAGED", 0)
    await no_fault(office)


async def test_who_is_made_an_advisor_while_they_are_erased_is_none_afterwards(postgres: Database) -> None:
    office = await make_office(postgres)
    ada = await office.person("Ada Park")

    async def erase() -> None:
        async with writing(postgres, SYSTEM, NOW) as tx:
            await erase_person(tx, ada)

    async with office.acting() as tx:
        advisor = await advisors.add_advisor(tx, ada, SAID | {"name": "Ada Park"}, ["OH"])
        erasing = await waiting(postgres, erase())
    await erasing

    names = ("name", "biography", "active")
    assert await stored(postgres, "senior_advisor", advisor, *names) == (ERASED, ERASED, False)
    assert "Ada Park" not in str(await everything(postgres))
    actions = [action for (action,) in await all_of(postgres, "event", "action")]
    assert (actions.count("person.erased"), actions.count("senior_advisor.retired")) == (1, 1)


async def test_a_match_that_waits_for_the_last_place_gives_it_to_the_next_advisor(postgres: Database) -> None:
    office = await make_office(postgres)
    ada, bea = await office.advisor("Ada", capacity=1), await office.advisor("Bea", capacity=1)
    first, second = await office.request(), await office.request()

    async with writing(postgres, office.officer, NOW) as tx:
        await matching.match_advisor(tx, first, ada, expected_version=1)
        matching_second = await waiting(postgres, office.match(second))
    await matching_second

    assert (await office.open(ada), await office.open(bea)) == (1, 1)


async def test_a_match_that_waits_sees_what_the_advisor_says_meanwhile(postgres: Database) -> None:
    office = await make_office(postgres)
    ada = await office.advisor("Ada", capacity=1)
    request = await office.request()

    async with writing(postgres, office.as_advisor(ada), NOW) as tx:
        await advisors.update_advisor(tx, ada, {"capacity": 0}, expected_version=1)
        matching_one = await waiting(postgres, office.match(request, ada))
    [found] = await asyncio.gather(matching_one, return_exceptions=True)

    assert str(found) == "Ada has 0 of 0 assignments open."
    assert await count(postgres, "assignment") == 0


async def test_an_advisor_lowers_what_they_take_not_below_what_was_matched_meanwhile(postgres: Database) -> None:
    office = await make_office(postgres)
    ada = await office.advisor("Ada", capacity=1)
    request = await office.request()

    async with writing(postgres, office.officer, NOW) as tx:
        await matching.match_advisor(tx, request, expected_version=1)
        updating = await waiting(postgres, office.update(ada, capacity=0))
    [found] = await asyncio.gather(updating, return_exceptions=True)

    assert str(found) == "capacity can't be 0 while assignments are open: 1."
    await no_fault(office)


async def test_who_reports_on_an_assignment_that_ends_meanwhile_is_refused(postgres: Database) -> None:
    office = await make_office(postgres)
    ada = await office.advisor("Ada")
    assignment = await office.match(await office.request())

    async with writing(postgres, office.officer, NOW) as tx:
        await assignments.withdraw_advisor(tx, assignment, "Illness.", expected_version=1)
        logging = await waiting(postgres, office.log(assignment, office.as_advisor(ada)))
    [found] = await asyncio.gather(logging, return_exceptions=True)

    assert str(found) == f"There is no assignment {assignment}."
    assert await count(postgres, "advisor_activity") == 0
