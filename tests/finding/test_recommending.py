"""Question 1, what helps me defend council-manager in Ohio: each resource once, the most exact first, and why."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

import schema
from fund_api.communities.states import NAMES, name_of
from fund_api.core import clock
from fund_api.core.database import Database
from fund_api.library.recommending import reason
from tests.asking import Asker, asking
from tests.finding.shelf import NOW, Shelf
from tests.rows import packaged
from tests.statements import read_by

DEFEND = Path(schema.__file__).parent / "operations" / "coordinator" / "DefendCouncilManager.graphql"
OF_CAMPAIGN = """query ($id: ID!) {
  campaign(id: $id) { recommendedResources { totalCount nodes { specificity reason resource { title } } } }
}"""
ASKED = """query ($kind: CampaignKind, $state: String, $form: FormOfGovernment, $first: Int, $after: String) {
  recommendedResources(campaignKind: $kind, state: $state, form: $form, first: $first, after: $after) {
    totalCount nodes { resource { title } } pageInfo { endCursor }
  }
}"""
DEFENDED = [
    (
        "Ohio, council-manager, kept",
        3,
        "For retention campaigns, in Ohio, under council-manager. Tagged by our editors.",
    ),
    ("Read most", 1, "For retention campaigns. Tagged by our editors."),
    ("Keep it", 1, "For retention campaigns. So says its source."),
    ("The manager", 1, "Under council-manager. Tagged by our editors."),
    ("For all", 0, "For every campaign. Tagged by our editors."),
]


class Library:
    """Resources for different campaigns, and communities in Ohio and California."""

    def __init__(self) -> None:
        self.shelf = Shelf()
        self.ohio = self.shelf.fund.community("Piqua", state="OH")
        self.california = self.shelf.fund.community("Grass Valley")
        exact = self.tagged("Ohio, council-manager, kept", "RETENTION", "OH", "COUNCIL_MANAGER")
        self.shelf.tag(exact, kind="RETENTION", state="OH")  # fits, too, and says less
        self.tagged("Read most", "RETENTION", views=5)
        self.tagged("Keep it", "RETENTION", basis="SOURCE", views=2)
        self.tagged("The manager", form="COUNCIL_MANAGER")
        self.tagged("For all")
        self.tagged("Adopt it", "ADOPTION")
        self.tagged("In California", "RETENTION", "CA")
        self.tagged("Mayors", form="MAYOR_COUNCIL")
        draft = self.shelf.resource("A draft", live_from=None)
        self.shelf.tag(draft, kind="RETENTION", state="OH")

    def tagged(self, title: str, *named: str | None, **values: Any) -> str:
        resource = self.shelf.resource(title)
        self.shelf.tag(resource, *named, **values)
        return resource


@pytest.fixture
def library() -> Library:
    return Library()


@pytest.fixture
async def ask(library: Library, database: Database, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Asker]:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    fund = library.shelf.fund
    fund.rows["community"][1]["form_of_government"] = "MAYOR_COUNCIL"
    for name, community, kind in (
        ("ohio", library.ohio, "RETENTION"),
        ("california", library.california, "RETENTION"),
        ("adoption", library.california, "ADOPTION"),
    ):
        fund.campaign(community, kind=kind, title=name)
    await library.shelf.save(database)
    async with asking(database) as ask:
        yield ask


async def of_campaign(ask: Asker, title: str) -> Any:
    found = await ask("query ($t: String!) { campaigns(filter: {title: {eq: $t}}) { nodes { id } } }", t=title)
    [campaign] = found["campaigns"]["nodes"]
    return (await ask(OF_CAMPAIGN, id=campaign["id"]))["campaign"]["recommendedResources"]


def told(nodes: list[dict[str, Any]]) -> list[tuple[str, int, str]]:
    return [(node["resource"]["title"], node["specificity"], node["reason"]) for node in nodes]


async def test_question_1_what_helps_me_defend_council_manager_in_ohio(ask: Asker) -> None:
    found = (await ask(DEFEND.read_text(encoding="utf-8")))["recommendedResources"]

    assert found["totalCount"] == 5
    assert told(found["nodes"]) == DEFENDED
    assert [node["basis"] for node in found["nodes"]] == ["EDITORIAL", "EDITORIAL", "SOURCE", "EDITORIAL", "EDITORIAL"]


async def test_a_campaign_in_ohio_is_told_the_same(ask: Asker) -> None:
    found = await of_campaign(ask, "ohio")

    assert (found["totalCount"], told(found["nodes"])) == (5, DEFENDED)


async def test_who_defends_a_form_is_told_of_the_form_that_their_community_has(ask: Asker) -> None:
    found = await of_campaign(ask, "california")

    assert [title for title, *_ in told(found["nodes"])] == [
        "In California",
        "Read most",
        "Keep it",
        "Mayors",
        "For all",
    ]


async def test_who_wants_a_change_is_told_of_council_manager_whatever_their_form_is(ask: Asker) -> None:
    found = await of_campaign(ask, "adoption")

    assert {title for title, *_ in told(found["nodes"])} == {"Adopt it", "The manager", "For all"}


async def test_what_is_left_out_does_not_matter_and_pages_lose_nothing(ask: Asker) -> None:
    everything = await ask(ASKED)
    found, after = [], None
    for _ in range(4):
        page = (await ask(ASKED, kind="RETENTION", first=2, after=after))["recommendedResources"]
        found += [node["resource"]["title"] for node in page["nodes"]]
        after = page["pageInfo"]["endCursor"]

    assert everything["recommendedResources"]["totalCount"] == 8
    assert found[:2] == ["Ohio, council-manager, kept", "In California"]
    assert (sorted(found), page["totalCount"]) == (
        sorted(
            ["Ohio, council-manager, kept", "In California", "Read most", "Keep it", "The manager", "For all", "Mayors"]
        ),
        7,
    )


async def test_a_null_is_as_if_left_out_and_an_unknown_state_has_no_material_of_its_own(ask: Asker) -> None:
    nulls = await ask(ASKED, kind=None, state=None, form=None)
    elsewhere = await ask(ASKED, state="XX", form="COMMISSION")

    assert nulls == await ask(ASKED)
    titles = {node["resource"]["title"] for node in elsewhere["recommendedResources"]["nodes"]}
    assert titles == {"Read most", "Keep it", "For all", "Adopt it"}


async def test_campaigns_are_found_by_what_is_recommended_to_them(ask: Asker) -> None:
    found = await ask("""{
      campaigns(filter: {recommendedResources: {some: {specificity: {gte: 2}}}}, orderBy: {field: TITLE}) {
        nodes { title }
      }
    }""")

    assert [node["title"] for node in found["campaigns"]["nodes"]] == ["california", "ohio"]


async def test_a_text_that_no_database_holds_is_refused(ask: Asker) -> None:
    assert await ask.refusal(ASKED, state="O\0H") == "A text can't hold the character U+0000."


async def test_the_answer_is_one_statement(ask: Asker, database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    statements = read_by(ask.engine.reads, monkeypatch)

    await ask("""{
      recommendedResources(campaignKind: RETENTION, state: "OH", form: COUNCIL_MANAGER, filter: {basis: {eq: SOURCE}}) {
        totalCount nodes { reason resource { title } }
      }
    }""")
    await asyncio.sleep(0)  # asyncpg hands its log over in the next turn of the loop

    assert len(statements) == 1


def test_a_reason_names_what_the_tag_names() -> None:
    assert reason("ADOPTION", None, "COUNTY_ADMINISTRATOR", "SOURCE") == (
        "For adoption campaigns, under county administrator. So says its source."
    )
    assert reason(None, "PR", None, "EDITORIAL") == "In Puerto Rico. Tagged by our editors."


def test_the_states_are_named_as_the_packaged_data_names_them() -> None:
    assert {row["code"]: row["name"] for row in packaged("states.csv.gz")} == NAMES
    assert name_of("XX") == "XX"
