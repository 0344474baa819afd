"""Who sees a campaign that is not published, and what belongs to it."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from fund_api.campaigns import members, notices, rules
from fund_api.campaigns.work_tables import NoticeKind
from fund_api.core.access import PUBLIC, Viewer
from fund_api.core.database import Database
from fund_api.core.writing import writing
from fund_api.people.roles import Role, permissions_of
from tests.asking import Asker, asking
from tests.campaigns.acting import NOW, REPORTER, STAFF, coordinator, give_role
from tests.granting import Fund, day

EVERYTHING = """query ($id: ID!, $step: ID!) {
  campaigns { totalCount nodes { title milestones { totalCount } measures { totalCount } grants { totalCount } } }
  ballotMeasures { totalCount nodes { campaign { title } } }
  milestones { totalCount nodes { campaign { title } } }
  grants { totalCount nodes { campaign { title community { name } } } }
  contributions { totalCount nodes { campaign { title } community { name } } }
  campaign(id: $id) { title } node(id: $id) { id } step: node(id: $step) { id }
  communities(filter: {campaigns: {some: {title: {eq: "Hidden"}}}}) { totalCount }
  filtered: milestones(filter: {campaign: {title: {eq: "Hidden"}}}) { totalCount }
  search(query: "hidden") { totalCount }
  campaignStats { groups { count } } ballotMeasureStats { groups { count } } grantStats { groups { count } }
  contributionStats { groups { count } }
  sums: communities(filter: {contributions: {some: {amount: {gte: "200.00"}}}}) { totalCount }
}"""

STATS = ("campaignStats", "ballotMeasureStats", "grantStats", "contributionStats")


class Hidden:
    """A published campaign and a hidden one with a member, each with a measure, a milestone, a grant, a contribution."""

    def __init__(self) -> None:
        self.fund = Fund()
        community = self.fund.community("Saratoga Springs")
        self.ada, self.eve = self.fund.person("Ada"), self.fund.person("Eve")
        words = {"title_folded": "hidden", "search_text": "hidden zy"}
        self.shown = self.fund.campaign(community, title="Shown", election_on=day("2026-11-03"))
        self.hidden = self.fund.campaign(community, title="Hidden", published_at=None, **words)
        self.fund.member(self.hidden, self.ada)
        for one in (self.shown, self.hidden):
            self.fund.measure(one)
            self.step = self.fund.milestone(one)
            self.fund.grant(one, 100, awarded=100)
        for one, amount in ((self.shown, 10_000), (self.hidden, 20_000)):
            self.fund.contribution(one, amount)


@pytest.fixture
async def it(database: Database) -> AsyncIterator[tuple[Hidden, Database, Asker]]:
    made = Hidden()
    await made.fund.save(database)
    async with asking(database) as ask:
        yield made, database, ask


async def seen(made: Hidden, ask: Asker, viewer: Viewer) -> dict[str, Any]:
    data = await Asker(ask.engine, viewer)(EVERYTHING, id=made.hidden, step=made.step)
    figures = {name: data[name]["groups"][0]["count"] for name in STATS}
    return {
        name: part["totalCount"] if part and "totalCount" in part else part for name, part in data.items()
    } | figures


NONE = {
    **dict.fromkeys(("campaigns", "ballotMeasures", "milestones", "grants", "contributions"), 1),
    **dict.fromkeys(("campaign", "node", "step")),
    **dict.fromkeys(("communities", "filtered", "search", "sums"), 0),
    **dict.fromkeys(STATS, 1),
}


def everything(made: Hidden) -> dict[str, Any]:
    return {
        **dict.fromkeys(("campaigns", "ballotMeasures", "milestones", "grants", "contributions"), 2),
        **{"campaign": {"title": "Hidden"}, "node": {"id": made.hidden}, "step": {"id": made.step}},
        **dict.fromkeys(("communities", "filtered", "search", "sums"), 1),
        **dict.fromkeys(STATS, 2),
    }


async def test_the_public_sees_nothing_of_a_hidden_campaign(it: tuple[Hidden, Database, Asker]) -> None:
    made, _, ask = it

    assert await seen(made, ask, PUBLIC) == NONE


async def test_staff_members_and_people_with_a_role_there_see_all_of_it(it: tuple[Hidden, Database, Asker]) -> None:
    made, database, ask = it
    await give_role(database, made.eve, Role.ADVISOR, made.hidden)
    advisor = Viewer(made.eve, permissions_of(set(), {Role.ADVISOR}))

    for viewer in (STAFF, REPORTER, coordinator(made.ada)):
        assert await seen(made, ask, viewer) == everything(made)
    assert await seen(made, ask, advisor) == everything(made) | {"grants": 1, "grantStats": 1}  # of the shown one


async def test_coordinators_of_other_campaigns_see_nothing_of_it(it: tuple[Hidden, Database, Asker]) -> None:
    made, database, ask = it
    await give_role(database, made.eve, Role.COORDINATOR, made.shown)
    await give_role(database, made.eve, Role.MEMBER, made.hidden)  # gives no right to read campaigns

    assert await seen(made, ask, coordinator(made.eve)) == NONE
    assert await seen(made, ask, Viewer(made.ada, frozenset())) == NONE


async def test_publishing_shows_it_to_everybody(it: tuple[Hidden, Database, Asker]) -> None:
    made, database, ask = it

    async with writing(database, STAFF, NOW) as tx:
        await rules.publish_campaign(tx, made.hidden, expected_version=1)

    assert await seen(made, ask, PUBLIC) == everything(made)


async def test_events_tell_the_public_nothing_of_members_and_notices(it: tuple[Hidden, Database, Asker]) -> None:
    made, database, ask = it
    async with writing(database, STAFF, NOW) as tx:
        await rules.add_milestone(tx, made.shown, {"kind": "EFFECTIVE"})
        await members.add_campaign_member(tx, made.shown, made.eve)
        await notices.tell(tx, made.eve, NoticeKind.MORE_INFORMATION_ASKED, "Tell us", campaign_id=made.shown)
    document = "{ events { nodes { action } } }"

    public, eve, reporter = [
        [event["action"] for event in (await Asker(ask.engine, viewer)(document))["events"]["nodes"]]
        for viewer in (PUBLIC, coordinator(made.eve), REPORTER)
    ]

    assert public == ["milestone.added"]
    assert eve == ["role_assignment.granted", "campaign_member.added", "milestone.added"]
    assert reporter == ["notice.written", *eve]
