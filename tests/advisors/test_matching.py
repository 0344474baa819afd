"""Who can help with a request, in which order, and why others can't; and the match."""

from datetime import date

import pytest

from fund_api.campaigns.work_tables import CampaignMember
from fund_api.core.access import PUBLIC, SYSTEM
from fund_api.core.database import Database
from fund_api.core.errors import InvalidTransition, InvalidValue, NotAllowed, NotFound, VersionConflict
from fund_api.core.writing import writing
from fund_api.hiring import matching
from fund_api.hiring.matching import Obstacle
from fund_api.people.roles import Role
from fund_api.people.rules import revoke_role
from tests.advisors.office import MATCHED, NOW, Office, make_office, no_fault, viewer
from tests.campaigns.acting import all_of, give_role, stored
from tests.granting import Fund
from tests.rows import everything, table


@pytest.fixture
async def office(database: Database) -> Office:
    return await make_office(database)


async def campaign_of(office: Office, person: str | None = None) -> str:
    """A campaign of Dayton, to which somebody may belong."""
    fund = Fund(numbers=office.fund.numbers)
    fund.rows["community"] = office.fund.rows["community"]
    campaign = fund.campaign(office.dayton)
    del fund.rows["community"]
    await fund.save(office.database)
    if person is not None:
        async with writing(office.database, SYSTEM, NOW) as tx:
            await tx.add(CampaignMember, "added", {"campaign_id": campaign, "person_id": person})
    return campaign


# Proposals


async def test_the_first_proposal_has_the_fewest_open_assignments_then_waited_longest_then_comes_first_by_name(
    office: Office,
) -> None:
    cora, bea, ada, dora = [await office.advisor(name) for name in ("Cora", "Bea", "Ada", "Dora")]
    for advisor in (ada, bea):
        await office.complete(await office.match(await office.request(), advisor))
    await office.match(await office.request(), cora)
    request = await office.request()

    found = await office.proposals(request)

    assert [one.advisor_id for one in found.proposed] == [dora, ada, bea, cora]
    assert [one.why for one in found.proposed[2:]] == [
        "Covers OH; 0 of 3 assignments open; no conflict with Dayton.",
        "Covers OH; 1 of 3 assignments open; no conflict with Dayton.",
    ]
    assert (found.covering, dict(found.left_out)) == (4, {})


async def test_who_can_not_help_is_counted_by_the_reason(office: Office) -> None:
    names = ("Ada", "Bea", "Cora", "Dora", "Edie", "Fay", "Gus", "Hal")
    able, conflicted, full, asked, member, early, late, gone = [await office.advisor(name) for name in names]
    await office.advisor("Ida", ("CA",))
    await office.update(await office.advisor("Jan"), active=False)
    await office.declare(conflicted, community_id=office.dayton)
    await office.update(full, capacity=0)
    await office.update(early, available_from=date(2026, 11, 23))
    await office.update(late, available_until=date(2026, 11, 21))
    columns = table("person")
    async with office.database.writing() as connection:
        leaving = columns.update().where(columns.c.id == office.people[gone])
        await connection.execute(leaving.values(active=False))
    campaign = await campaign_of(office, office.people[member])

    found = await office.proposals(await office.request(person_id=office.people[asked], campaign_id=campaign))

    assert [one.advisor_id for one in found.proposed] == [able]
    assert found.covering == 8
    reasons = (Obstacle.CONFLICT, Obstacle.FULL, Obstacle.ASKED, Obstacle.MEMBER, Obstacle.EARLY, Obstacle.LATE)
    assert dict(found.left_out) == dict.fromkeys((*reasons, Obstacle.GONE), 1)


async def test_who_lost_the_role_is_left_out_until_they_start_again(office: Office) -> None:
    ada = await office.advisor("Ada")
    request = await office.request()
    async with writing(office.database, SYSTEM, NOW) as tx:
        await revoke_role(tx, office.people[ada], Role.ADVISOR)
    await give_role(office.database, office.people[ada], Role.ADVISOR, await campaign_of(office))

    found = await office.proposals(request)
    assert (found.proposed, dict(found.left_out)) == ([], {Obstacle.REVOKED: 1})
    with pytest.raises(InvalidValue, match="Ada does not have the role ADVISOR any more"):
        await office.match(request, ada)

    await office.update(ada, active=False)
    await office.update(ada, active=True)
    assert await office.matched(request) == ada


async def test_ten_proposals_are_told_and_how_many_more_there_are(office: Office) -> None:
    made = [await office.advisor(f"Ada {number:02}") for number in range(12)]

    found = await office.proposals(await office.request())

    assert ([one.advisor_id for one in found.first], found.others) == (made[:10], 2)


async def test_an_advisor_is_available_on_the_first_and_the_last_day(office: Office) -> None:
    advisor = await office.advisor("Ada", available_from=NOW.date(), available_until=NOW.date())

    assert await office.proposed(await office.request()) == [advisor]


async def test_a_coordinator_of_the_campaign_belongs_to_it_by_their_role_there(office: Office) -> None:
    advisor = await office.advisor("Ada")
    campaign = await campaign_of(office)
    await give_role(office.database, office.people[advisor], Role.COORDINATOR, campaign)

    found = await office.proposals(await office.request(campaign_id=campaign))

    assert (found.proposed, dict(found.left_out)) == ([], {Obstacle.MEMBER: 1})


async def test_a_request_that_is_not_there_has_no_proposals(office: Office) -> None:
    async with office.database.reading() as connection:
        assert await matching.proposals(connection, f"hire_{'0' * 26}", NOW.date()) is None


# The match


async def test_a_request_is_matched_with_the_first_proposal(office: Office) -> None:
    bea, ada = await office.advisor("Bea"), await office.advisor("Ada")
    request = await office.request()

    async with office.acting() as tx:
        assignment, proposed = await matching.match_advisor(tx, request, expected_version=1)

    assert ([one.advisor_id for one in proposed.first], proposed.others) == ([ada, bea], 0)
    columns = ("hiring_request_id", "advisor_id", "state", "why", "reason", "ended_at")
    why = "Covers OH; no conflict with Dayton."
    assert await stored(office.database, "assignment", assignment, *columns) == (request, ada, "OPEN", why, None, None)
    names = ("stage", "stage_since", "version")
    assert await stored(office.database, "hiring_request", request, *names) == (MATCHED, office.now, 2)
    assert (await office.open(ada), await office.open(bea)) == (1, 0)
    told = {action for (action,) in await all_of(office.database, "event", "action")}
    assert {"assignment.opened", "hiring_request.advisor_matched"} <= told
    await no_fault(office)


async def test_officers_name_the_advisor_themselves(office: Office) -> None:
    ada, bea = await office.advisor("Ada"), await office.advisor("Bea")
    request = await office.request()

    async with office.acting() as tx:
        assignment, proposed = await matching.match_advisor(tx, request, bea, expected_version=1)

    assert await office.value("assignment", assignment, "advisor_id") == bea
    assert [one.advisor_id for one in proposed.first] == [ada, bea]


async def test_the_next_ones_are_taken_when_the_first_are_full_and_then_nobody_is(office: Office) -> None:
    for name in ("Ada", "Bea"):
        await office.advisor(name, capacity=1)
    requests = [await office.request() for _ in range(3)]
    matched = [await office.matched(request) for request in requests[:2]]
    before = await everything(office.database)

    with pytest.raises(InvalidValue) as refused:
        await office.match(requests[2])

    assert len(set(matched)) == 2
    assert str(refused.value) == ("Nobody can help: of the advisors who cover Ohio, 2 in all, none is free (FULL 2).")
    assert refused.value.path == ("hiring_request",)
    assert await everything(office.database) == before


async def test_without_advisors_in_the_state_nobody_can_help(office: Office) -> None:
    await office.advisor("Ada", ("CA",))
    request = await office.request()
    before = await everything(office.database)

    with pytest.raises(InvalidValue, match="Nobody can help: no advisor covers Ohio"):
        await office.match(request)

    assert await everything(office.database) == before


async def test_every_reason_against_an_advisor_who_is_named_has_its_own_words(office: Office) -> None:
    names = ("Ada", "Bea", "Cora", "Dora", "Edie", "Fay", "Hal", "Jan")
    conflicted, full, asked, member, early, late, gone, stopped = [await office.advisor(name) for name in names]
    elsewhere = await office.advisor("Ida", ("CA",))
    await office.declare(conflicted, community_id=office.dayton)
    await office.match(await office.request(office.akron), full)
    await office.update(full, capacity=1)
    await office.update(early, available_from=date(2026, 12, 1))
    await office.update(late, available_until=date(2026, 11, 21))
    await office.update(stopped, active=False)
    columns = table("person")
    async with office.database.writing() as connection:
        leaving = columns.update().where(columns.c.id == office.people[gone])
        await connection.execute(leaving.values(active=False))
    campaign = await campaign_of(office, office.people[member])
    request = await office.request(person_id=office.people[asked], campaign_id=campaign)
    before = await everything(office.database)

    reasons = {
        conflicted: "Ada has a conflict of interest with Dayton.",
        full: "Bea has 1 of 1 assignments open.",
        asked: "Cora asked for the help themselves.",
        member: "Dora belongs to the campaign that the request comes from.",
        early: "Edie is not available before 2026-12-01.",
        late: "Fay was available until 2026-11-21.",
        gone: "Hal can't sign in any more.",
        stopped: "Jan does not advise any more.",
        elsewhere: "Ida does not cover Ohio.",
    }
    for advisor, reason in reasons.items():
        with pytest.raises(InvalidValue) as refused:
            await office.match(request, advisor)
        assert (str(refused.value), refused.value.path) == (reason, ("advisor",))

    assert await everything(office.database) == before


async def test_a_conflict_with_another_community_does_not_matter(office: Office) -> None:
    advisor = await office.advisor("Ada")
    await office.declare(advisor, community_id=office.akron)

    assert await office.matched(await office.request()) == advisor


async def test_a_search_that_lost_its_advisor_gets_another_one_and_stays_where_it_is(office: Office) -> None:
    ada, bea = await office.advisor("Ada"), await office.advisor("Bea")
    request = await office.request(stage="RECRUITING")
    since = await office.value("hiring_request", request, "stage_since")
    assignment = await office.match(request, ada)
    before = await everything(office.database)

    with pytest.raises(InvalidTransition) as refused:
        await office.match(request, bea)
    assert str(refused.value) == "The request has an advisor: withdraw them before another one is matched."
    assert "MATCH_ADVISOR" not in refused.value.allowed
    assert "MOVE_TO_FINALISTS" in refused.value.allowed
    assert await everything(office.database) == before

    await office.withdraw(assignment)
    await office.match(request, bea)
    assert await office.stage(request) == "RECRUITING"
    assert await office.value("hiring_request", request, "stage_since") == since
    assert (await office.open(ada), await office.open(bea)) == (0, 1)


@pytest.mark.parametrize("stage", ["RECEIVED", MATCHED, "APPOINTED", "FOLLOW_UP", "ON_HOLD", "CLOSED", "DECLINED"])
async def test_other_stages_take_no_advisor(office: Office, stage: str) -> None:
    advisor = await office.advisor("Ada")
    request = await office.request(stage=stage, held_stage="TRIAGED" if stage == "ON_HOLD" else None)
    before = await everything(office.database)

    for named in (None, advisor):
        with pytest.raises(InvalidTransition, match=f"MATCH_ADVISOR takes a request in .*; this one is in {stage}"):
            await office.match(request, named)

    assert await everything(office.database) == before


async def test_a_match_names_the_version_that_was_read(office: Office) -> None:
    await office.advisor("Ada")
    request = await office.request()
    before = await everything(office.database)

    with pytest.raises(VersionConflict):
        async with office.acting() as tx:
            await matching.match_advisor(tx, request, expected_version=2)

    assert await everything(office.database) == before


async def test_only_officers_match_and_what_is_not_there_is_not_found(office: Office) -> None:
    advisor = await office.advisor("Ada")
    request = await office.request()
    before = await everything(office.database)

    for who in (PUBLIC, office.as_advisor(advisor), viewer(None, Role.ADMINISTRATOR, Role.REPORTER)):
        with pytest.raises(NotAllowed, match="fund:hiring:manage"):
            await office.match(request, advisor, who)
    with pytest.raises(NotFound, match="There is no senior advisor"):
        await office.match(request, f"advisor_{'0' * 26}")
    with pytest.raises(NotFound, match="There is no hiring request"):
        async with office.acting() as tx:
            await matching.match_advisor(tx, f"hire_{'0' * 26}", expected_version=1)

    assert await everything(office.database) == before
