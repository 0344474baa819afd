"""What subscriptions tell: everything that its viewer may see, once, in order, whoever did it and wherever."""

import asyncio
import time
from dataclasses import replace
from typing import Any

import pytest

from fund_api.campaigns import rules
from fund_api.campaigns.tables import Campaign
from fund_api.core.access import PUBLIC, SYSTEM, Viewer
from fund_api.core.commits import GoingAway
from fund_api.core.database import Database
from fund_api.core.errors import TimedOut, Unauthorized
from fund_api.core.writing import writing
from fund_api.edge.throttling import DOCUMENT, REQUEST, Throttling
from fund_api.graph import live
from fund_api.graph.errors import Code, RequestErrors
from fund_api.people.roles import Role
from fund_api.people.rules import write_role
from fund_api.people.tables import FUND
from tests.campaigns.acting import NOW, REPORTER, STAFF
from tests.granting import Fund
from tests.live.following import serving

CHANGES = """
subscription Changes($filter: EventFilter, $after: Int) {
  changes(filter: $filter, after: $after) { number event { action number } }
}
"""
CAMPAIGN = """
subscription ($id: ID!, $after: Int) {
  campaignChanged(id: $id, after: $after) { number event { action } campaign { title version } }
}
"""


async def two_campaigns(database: Database) -> tuple[str, str]:
    fund = Fund()
    community = fund.community("Saratoga Springs")
    campaigns = fund.campaign(community, title="Keep it"), fund.campaign(community, title="Adopt it", published_at=None)
    await fund.save(database)
    return campaigns


async def retitle(database: Database, campaign: str, *titles: str) -> None:
    """Each title is an event."""
    for title in titles:
        async with writing(database, STAFF, NOW) as tx:
            version = (await tx.row(Campaign, campaign))["version"]
            await rules.update_campaign(tx, campaign, {"title": title}, expected_version=version)


def numbers(told: list[Any]) -> list[int]:
    return [one["changes"]["number"] for one in told]


async def test_what_is_done_is_told_from_the_moment_of_the_subscription(database: Database) -> None:
    campaign, _ = await two_campaigns(database)
    await retitle(database, campaign, "Before")
    async with serving(database) as desk:
        follower = desk.follow(CHANGES, REPORTER)
        first = asyncio.create_task(follower.next(2))
        await asyncio.sleep(0.3)  # it follows by now
        await retitle(database, campaign, "After", "Later")

        assert await first == [
            {"changes": {"number": number, "event": {"action": "campaign.updated", "number": number}}}
            for number in (2, 3)
        ]
        assert await follower.is_quiet()


async def test_who_comes_back_with_the_last_number_misses_nothing_and_hears_nothing_twice(database: Database) -> None:
    campaign, _ = await two_campaigns(database)
    await retitle(database, campaign, *(f"Title {number}" for number in range(7)))
    async with serving(database) as desk:
        whole = desk.follow(CHANGES, REPORTER, after=0)
        assert numbers(await whole.next(3)) == [1, 2, 3]
        later = desk.follow(CHANGES, REPORTER, after=whole.cursor)
        assert numbers(await later.next(4)) == [4, 5, 6, 7]
        assert numbers(await whole.next(4)) == [4, 5, 6, 7]
        assert await later.is_quiet()


async def test_more_than_fits_at_once_comes_in_parts(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "AT_ONCE", 3)
    campaign, _ = await two_campaigns(database)
    await retitle(database, campaign, *(f"Title {number}" for number in range(10)))
    async with serving(database) as desk:
        follower = desk.follow(CHANGES, REPORTER, after=0)
        assert numbers(await follower.next(10)) == list(range(1, 11))
        assert await follower.is_quiet()


async def test_a_filter_chooses_and_may_hold_variables_and_defaults(database: Database) -> None:
    campaign, hidden = await two_campaigns(database)
    await retitle(database, campaign, "One")
    async with writing(database, STAFF, NOW) as tx:
        await rules.publish_campaign(tx, hidden, expected_version=1)
    text = """
    subscription ($actions: [String!] = ["campaign.published"]) {
      all: changes(filter: {action: {in: $actions}, not: {number: {eq: 99}}}, after: 0) { event { action } }
    }
    """
    async with serving(database) as desk:
        follower = desk.follow(text, REPORTER)
        assert await follower.next() == [{"all": {"event": {"action": "campaign.published"}}}]
        other = desk.follow(text, REPORTER, actions=["campaign.updated"])
        assert await other.next() == [{"all": {"event": {"action": "campaign.updated"}}}]
        assert await follower.is_quiet()


async def test_what_another_process_does_is_told(database: Database) -> None:
    campaign, _ = await two_campaigns(database)
    other = Database.at(database.url.render_as_string(hide_password=False))
    async with serving(database) as desk:
        follower = desk.follow(CHANGES, REPORTER)
        first = asyncio.create_task(follower.next(1))
        await asyncio.sleep(0.3)
        await retitle(other, campaign, "Elsewhere")
        assert numbers(await first) == [1]
    await other.close()


async def test_a_campaign_is_told_with_what_it_is_now(database: Database) -> None:
    campaign, hidden = await two_campaigns(database)
    await retitle(database, hidden, "Hidden still")
    await retitle(database, campaign, "Kept", "Kept again")
    async with serving(database) as desk:
        follower = desk.follow(CAMPAIGN, PUBLIC, after=0, id=campaign)
        assert await follower.next(2) == [
            {
                "campaignChanged": {
                    "number": number,
                    "event": {"action": "campaign.updated"},
                    "campaign": {"title": "Kept again", "version": 3},
                }
            }
            for number in (2, 3)
        ]
        assert await follower.is_quiet()


@pytest.mark.parametrize("wanted", ["hidden", "camp_01h455vb4pex5vsknk084sn02q", "comm", "nonsense"])
async def test_a_campaign_that_is_hidden_is_as_one_that_is_not_there(database: Database, wanted: str) -> None:
    campaign, hidden = await two_campaigns(database)
    wanted = hidden if wanted == "hidden" else wanted
    async with serving(database) as desk:
        with pytest.raises(RequestErrors, match=f"There is no campaign {wanted}."):
            await desk.follow(CAMPAIGN, PUBLIC, id=wanted).next()
        with pytest.raises(RequestErrors, match=f"There is no grant {campaign}."):
            await desk.follow("subscription ($id: ID!) { grantChanged(id: $id) { number } }", id=campaign).next()


@pytest.mark.parametrize("after", [-1, 1])
async def test_a_number_that_is_not_in_the_log_is_refused(database: Database, after: int) -> None:
    async with serving(database) as desk:
        with pytest.raises(RequestErrors, match=f"after lies between 0 and 0, the last event, not at {after}."):
            await desk.follow(CHANGES, REPORTER, after=after).next()
        written = CHANGES.replace("after: $after", f"after: {after}").replace(", $after: Int", "")
        with pytest.raises(RequestErrors, match="lies between"):
            await desk.follow(written, REPORTER).next()


async def test_what_costs_too_much_is_refused_before_anything_is_told(database: Database) -> None:
    deep = "communities(first: 100) { nodes { campaigns(first: 100) { nodes { measures(first: 100) { nodes { id } } } } } }"
    text = f"subscription ($id: ID!) {{ campaignChanged(id: $id) {{ campaign {{ community {{ state {{ {deep} }} }} }} }} }}"
    async with serving(database) as desk:
        with pytest.raises(RequestErrors, match="may touch"):
            await desk.follow(text, REPORTER, id="camp_01h455vb4pex5vsknk084sn02q").next()


async def test_rights_that_go_end_what_is_told_at_once_and_rights_that_come_open_it(database: Database) -> None:
    campaign, hidden = await two_campaigns(database)
    fund = Fund()
    person = fund.person("Ada", "ada@example.org")
    await fund.save(database)
    allowed: list[Viewer] = [REPORTER]

    async def recheck() -> Viewer:
        if not allowed:
            raise Unauthorized
        return allowed[0]

    async with serving(database) as desk:
        follower = desk.follow(CHANGES, REPORTER, recheck, filter={"action": {"in": ["campaign.updated"]}})
        waiting = asyncio.create_task(follower.next())
        await asyncio.sleep(0.3)
        await retitle(database, hidden, "Told")
        assert numbers(await waiting) == [1]

        allowed[0] = PUBLIC
        async with writing(database, SYSTEM, NOW) as tx:
            await write_role(tx, person, Role.EDITOR, FUND)  # an event that touches rights
        await retitle(database, hidden, "Not for the public")
        await retitle(database, campaign, "For all")
        assert numbers(await follower.next()) == [4]

        allowed.clear()
        ending = asyncio.create_task(follower.next())
        await asyncio.sleep(0.1)
        async with writing(database, SYSTEM, NOW) as tx:
            await write_role(tx, person, Role.REVIEWER, FUND)
        with pytest.raises(Unauthorized):  # though nothing was told
            await ending


async def test_rights_that_go_while_somebody_takes_their_time_are_gone_for_what_they_have_not_taken(
    database: Database,
) -> None:
    _, hidden = await two_campaigns(database)
    fund = Fund()
    person = fund.person("Ada", "ada@example.org")
    await fund.save(database)
    await retitle(database, hidden, *"ABCDE")
    allowed = [REPORTER]

    async def recheck() -> Viewer:
        return allowed[0]

    async with serving(database) as desk:
        follower = desk.follow(CHANGES, REPORTER, recheck, after=0)
        assert numbers(await follower.next(2)) == [1, 2]  # the others are read already
        allowed[0] = PUBLIC
        async with writing(database, SYSTEM, NOW) as tx:
            await write_role(tx, person, Role.EDITOR, FUND)
        await asyncio.sleep(0.5)  # the log was looked at by now
        assert await follower.is_quiet()


async def test_who_has_spent_what_they_may_is_told_later(database: Database) -> None:
    campaign, _ = await two_campaigns(database)
    await retitle(database, campaign, *"ABCDEFGH")
    async with serving(database) as desk:
        few = Throttling(DOCUMENT + REQUEST + 1, 5)  # there is room to look, and not yet for what is found
        desk.service = replace(desk.service, throttling=few)
        follower = desk.follow(CHANGES, REPORTER, after=0)
        began = time.monotonic()
        assert numbers(await follower.next(8)) == list(range(1, 9))
        assert time.monotonic() - began >= 1


async def test_a_server_that_stops_lets_everybody_go(database: Database) -> None:
    async with serving(database) as desk:
        followers = [desk.follow(CHANGES, REPORTER) for _ in range(3)]
        waiting = [asyncio.create_task(one.next()) for one in followers]
        await asyncio.sleep(0.3)
        desk.service.stop()
        for each in waiting:
            with pytest.raises(GoingAway):
                await each
        with pytest.raises(GoingAway):
            await desk.follow(CHANGES, REPORTER).next()


async def test_many_who_follow_share_one_look_at_the_log_and_nobody_looks_when_none_does(database: Database) -> None:
    campaign, _ = await two_campaigns(database)
    async with serving(database) as desk:
        followers = [desk.follow(CHANGES, REPORTER) for _ in range(20)]
        waiting = [asyncio.create_task(one.next(5)) for one in followers]
        await asyncio.sleep(0.5)
        assert len(database.listeners) == 1
        await retitle(database, campaign, *"ABCDE")
        assert [numbers(told) for told in await asyncio.gather(*waiting)] == [[1, 2, 3, 4, 5]] * 20
    assert database.listeners == set()


@pytest.mark.parametrize(("late", "told"), [(live.TRIES - 1, True), (live.TRIES, False)])
async def test_a_database_that_is_late_is_asked_again_before_a_subscription_ends(
    database: Database, monkeypatch: pytest.MonkeyPatch, late: int, told: bool
) -> None:
    monkeypatch.setattr(live, "AGAIN", 0.01)
    campaign, _ = await two_campaigns(database)
    await retitle(database, campaign, "Told")
    async with serving(database) as desk:
        reads, left = desk.service.engine.reads, [None] * late
        answered = reads.read

        async def read(*given: Any) -> Any:
            if left:
                left.pop()
                raise TimedOut(10)
            return await answered(*given)

        monkeypatch.setattr(reads, "read", read)
        follower = desk.follow(CHANGES, REPORTER, after=0)
        if told:
            assert numbers(await follower.next()) == [1]
        else:
            with pytest.raises(RequestErrors) as ended:
                await follower.next()
            assert ended.value.code is Code.OPERATION_TIMEOUT
