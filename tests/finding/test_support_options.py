"""What the fund helps with, and what is said of a community or a campaign that asks."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from fund_api.campaigns.rules import RECALL
from fund_api.core import clock
from fund_api.core.access import PUBLIC, Viewer
from fund_api.core.database import Database
from tests.asking import CATALOGUE, REPORTER, Asker, asking
from tests.finding.shelf import NOW, Shelf

OPTIONS = """query ($community: ID, $campaign: ID) {
  supportOptions(community: $community, campaign: $campaign) {
    kind isOpen openUntil programs { name } why howToApply title summary
  }
}"""
RESOURCES = "Resources that everybody finds in the library: 2."
PROGRAM = "Campaign grants grants 500.00 USD to 15,000.00 USD and takes applications until 2026-09-30."


class Place:
    """A fund with an open program and one that is closed, two resources, and a community."""

    def __init__(self, **community: Any) -> None:
        self.shelf = Shelf()
        self.fund = self.shelf.fund
        self.community = self.fund.community("Piqua", state="OH")
        self.fund.rows["community"][0].update(community)
        self.program = self.fund.program()
        bounds = {"name": "Campaign grants", "grant_minimum": 50_000, "grant_maximum": 1_500_000}
        self.fund.rows["funding_program"][0].update(bounds)
        self.brochure = self.shelf.resource("A brochure", kind="BROCHURE")
        self.shelf.resource("A workshop", kind="WORKSHOP")
        self.shelf.resource("A draft", kind="WORKSHOP", live_from=None)

    def another_program(self, name: str, **values: Any) -> None:
        given = dict(self.fund.rows["funding_program"][0])
        number = len(self.fund.rows["funding_program"])
        changed = {"id": f"{given['id'][:-1]}{number}", "name": name, "name_folded": name.lower()}
        self.fund.rows["funding_program"].append(given | changed | values)


@pytest.fixture(autouse=True)
def clocked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)


@asynccontextmanager
async def told(place: Place, database: Database, viewer: Viewer = PUBLIC) -> AsyncIterator[Asker]:
    await place.shelf.save(database)
    async with asking(database, viewer) as ask:
        ask.engine.services = {"database": database}
        yield ask


async def options(ask: Asker, **about: str) -> dict[str, dict[str, Any]]:
    found = (await ask(OPTIONS, **about))["supportOptions"]
    return {one["kind"]: one for one in found}


async def test_the_four_kinds_of_help_come_in_their_order_with_what_is_open(database: Database) -> None:
    async with told(Place(), database) as ask:
        found = await options(ask)

    assert [(one["kind"], one["isOpen"], one["openUntil"], one["programs"], one["why"]) for one in found.values()] == [
        ("CAMPAIGN", True, "2026-09-30", [{"name": "Campaign grants"}], [PROGRAM, RECALL]),
        (
            "HIRING",
            True,
            None,
            [],
            ["The fund helps to hire the first professional manager of a community, and the next one."],
        ),
        ("NEXT_GENERATION", True, None, [], ["Programs and workshops that the library lists: 1."]),
        ("DATA_AND_RESOURCES", True, None, [], [RESOURCES]),
    ]
    assert all(one["title"] and one["summary"] and one["howToApply"] for one in found.values())


async def test_the_next_generation_hears_of_programs_their_deadlines_and_the_calendar(database: Database) -> None:
    async with told(Place(), database) as ask:
        way = (await options(ask))["NEXT_GENERATION"]["howToApply"]

    for name in ("programs", "sessions", "deadlines"):
        assert f"{name} " in way or f"{name}(" in way
        assert name in CATALOGUE.query.fields
    assert "/calendar/OH.ics" in way


async def test_a_program_is_named_on_its_days_alone(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    place = Place()
    place.another_program("Closed early", closed_at=NOW)
    place.another_program("Short", opens_on=date(2026, 3, 2), closes_on=date(2026, 3, 2))
    async with told(place, database) as ask:
        today = await options(ask)
        monkeypatch.setattr(clock, "now", lambda: NOW + timedelta(days=1))
        tomorrow = await options(ask)
        monkeypatch.setattr(clock, "now", lambda: datetime(2026, 10, 1, tzinfo=UTC))
        later = await options(ask)

    assert [one["name"] for one in today["CAMPAIGN"]["programs"]] == ["Short", "Campaign grants"]
    assert today["CAMPAIGN"]["openUntil"] == "2026-09-30"
    assert [one["name"] for one in tomorrow["CAMPAIGN"]["programs"]] == ["Campaign grants"]
    assert (later["CAMPAIGN"]["isOpen"], later["CAMPAIGN"]["openUntil"], later["CAMPAIGN"]["why"]) == (
        True,
        None,
        ["No program takes applications; help in kind has no closing day.", RECALL],
    )


async def test_a_community_hears_what_is_known_of_its_form(database: Database) -> None:
    observed = {"form_as_of": date(2023, 1, 1), "form_as_of_precision": "YEAR"}
    place = Place(form_of_government="COUNCIL_MANAGER", **observed)
    async with told(place, database) as ask:
        found = await options(ask, community=place.community)

    governed = "The form of government of Piqua is council-manager as of 2023."
    assert found["CAMPAIGN"]["why"] == [governed, PROGRAM, RECALL]
    assert found["HIRING"]["why"][1:] == [governed]


async def test_a_community_without_a_manager_hears_so(database: Database) -> None:
    place = Place()
    source = place.fund._add("source", "source", key="a", title="A", title_folded="a", search_text="a")
    for year, has in ((2020, True), (2024, False), (None, None)):
        observed = {"observed_on": year and date(year, 1, 1), "observed_on_precision": year and "YEAR"}
        said = {"has_chief_administrative_officer": has, "community_id": place.community, "source_id": source}
        fixed = {"form": "MAYOR_COUNCIL", "basis": "DIRECTORY", "date_inferred": False, "confidence": "HIGH"}
        place.shelf._add("form_period", "form", **said, **observed, **fixed)
    async with told(place, database) as ask:
        found = await options(ask, community=place.community)

    assert found["HIRING"]["why"][1:] == ["Piqua has no chief administrative officer, as far as is known."]
    assert found["CAMPAIGN"]["why"][0] == "How Piqua is governed is not known here."


async def test_a_campaign_hears_why_it_may_be_supported(database: Database) -> None:
    place = Place()
    votes = {"election_on": date(2026, 11, 3), "stage": "QUALIFYING"}
    campaign = place.fund.campaign(place.community, kind="RETENTION", **votes)
    place.shelf.tag(place.brochure, kind="RETENTION")
    place.shelf.tag(place.brochure, kind="ADOPTION")
    async with told(place, database) as ask:
        found = await options(ask, campaign=campaign)
        both = await options(ask, campaign=campaign, community=place.community)

    about = "It is a campaign for retention in Ohio; the vote is of 2026-11-03."
    assert found["CAMPAIGN"]["why"] == [about, PROGRAM, RECALL]
    assert found["DATA_AND_RESOURCES"]["why"] == [RESOURCES, "Of them recommended to the campaign: 1."]
    assert both == found


async def test_after_the_election_only_programs_that_approve_then_are_open(database: Database) -> None:
    place = Place()
    place.another_program("Transition", approves_after_election=True, closes_on=date(2026, 6, 30))
    over = place.fund.campaign(place.community, election_on=date(2026, 2, 3), stage="DECIDED")
    closed = place.fund.campaign(place.community, stage="CLOSED")
    async with told(place, database) as ask:
        found = (await options(ask, campaign=over))["CAMPAIGN"]
        ended = (await options(ask, campaign=closed))["CAMPAIGN"]

    assert ([one["name"] for one in found["programs"]], found["openUntil"]) == (["Transition"], "2026-06-30")
    assert found["why"][1] == (
        "The election of 2026-02-03 is over: only programs that approve grants after it are open to it."
    )
    assert (ended["isOpen"], ended["programs"], ended["why"]) == (
        False,
        [],
        [
            "It is a campaign for adoption in Ohio; it has no election day yet.",
            "The campaign is closed; it takes no help any more.",
            RECALL,
        ],
    )


async def test_what_is_not_there_to_be_seen_is_null(database: Database) -> None:
    place = Place()
    hidden = place.fund.campaign(place.community, published_at=None)
    async with told(place, database) as ask:
        for about in (
            {"campaign": hidden},
            {"community": "comm_0"},
            {"campaign": hidden, "community": place.community},
        ):
            assert await ask(OPTIONS, **about) == {"supportOptions": None}
        staff = Asker(ask.engine, REPORTER)
        assert len(await options(staff, campaign=hidden)) == 4


async def test_a_campaign_of_another_community_is_refused(database: Database) -> None:
    place = Place()
    campaign = place.fund.campaign(place.community)
    other = place.fund.community("Troy", state="OH")
    async with told(place, database) as ask:
        refusal = await ask.refusal(OPTIONS, campaign=campaign, community=other)

    assert refusal == "The campaign is of another community; name one of the two."
