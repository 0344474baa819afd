"""Procedure rules: what a file says, the signatures that are needed, and the milestones of a new campaign."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from fund_api import loading
from fund_api.campaigns import rules
from fund_api.campaigns.procedure import percent_of, signatures_needed
from fund_api.core.database import Database
from fund_api.core.errors import InvalidValue
from fund_api.core.importing import Loaded, Silence
from fund_api.core.records import BadFile
from fund_api.core.upserts import Counts
from fund_api.core.writing import Row, writing
from tests.campaigns.acting import NOW, STAFF, all_of
from tests.granting import Fund
from tests.rows import Cells, count, write

ELECTION = date(2027, 11, 2)
DUE = date(2027, 8, 6)
"""88 days before."""


def cells(**changes: str) -> Cells:
    """California's rule for petitions in cities, but for the changes."""
    return {
        "state": "CA",
        "route": "CITIZEN_PETITION",
        "applies_to": "CITY",
        "threshold_percent": "15",
        "threshold_base": "registered voters of the city",
        "days_before_election": "88",
        "approval_percent": "",
        "citation": "California Elections Code 9255",
        "note": "",
    } | changes


async def city(database: Database, state: str = "CA") -> str:
    fund = Fund()
    found = fund.community("Saratoga Springs", state)
    await fund.save(database)
    return found


async def load(database: Database, folder: Path, *rows: Cells) -> Loaded:
    path = write(folder / "procedure_rules.csv", list(rows))
    return (await loading.load_files(database, [path], Silence(), datetime(2026, 1, 1, tzinfo=UTC)))[0]


async def begin(database: Database, community: str, **values: object) -> str:
    given: Row = {"community_id": community, "title": "A drive", "kind": "ADOPTION"}
    async with writing(database, STAFF, NOW) as tx:
        return await rules.create_campaign(tx, given | values)


@pytest.mark.parametrize(
    ("hundredths", "voters", "needed"),
    [
        (1_500, 100, 15),
        (1_500, 101, 16),
        (1_500, 0, 0),
        (1, 1, 1),
        (10_000, 7, 7),
        (333, 10**9, 33_300_000),
        (None, 9, None),
    ],
)
def test_signatures_are_counted_exactly_and_rounded_up(hundredths: int | None, voters: int, needed: int | None) -> None:
    assert signatures_needed(hundredths, voters) == needed


async def test_no_milestone_lies_before_the_calendar(database: Database, tmp_path: Path) -> None:
    community = await city(database)
    await load(database, tmp_path, cells())

    with pytest.raises(InvalidValue, match="0001-01-05 is too early") as refused:
        await begin(database, community, route="CITIZEN_PETITION", election_on=date(1, 1, 5))

    assert refused.value.path == ("election_on",)


def test_there_are_no_voters_below_zero() -> None:
    with pytest.raises(InvalidValue, match="registered voters are 0 or more, not -1"):
        signatures_needed(1_500, -1)


def test_percentages_are_shown_as_percentages() -> None:
    assert [percent_of(one) for one in (1_500, 1_250, 5_100, None)] == [15.0, 12.5, 51.0, None]


async def test_the_packaged_rules_are_those_of_their_file(loaded: Database) -> None:
    columns = (
        "state_code",
        "route",
        "applies_to",
        "threshold_hundredths",
        "days_before_election",
        "approval_hundredths",
    )
    assert await all_of(loaded, "procedure_rule", *columns) == [
        ("CA", "CHARTER_COMMISSION", "CITY", None, 95, None),
        ("CA", "CITIZEN_PETITION", "CITY", 1_500, 88, None),
        ("CA", "CITIZEN_PETITION", "CONSOLIDATED", 1_000, 88, None),
        ("MN", "CHARTER_COMMISSION", "CITY", None, None, 5_100),
        ("NJ", "CHARTER_COMMISSION", None, None, None, None),
    ]


async def test_loading_rules_again_changes_only_what_differs(database: Database, tmp_path: Path) -> None:
    await city(database)
    first = await load(database, tmp_path, cells())
    again = await load(database, tmp_path, cells(threshold_percent="12.5"))

    assert first.tables == {"procedure_rule": Counts(1, 0, 0)}
    assert again.tables == {"procedure_rule": Counts(0, 1, 0)}
    assert await all_of(database, "procedure_rule", "threshold_hundredths") == [(1_250,)]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"citation": ""}, "column citation: should not be blank"),
        ({"threshold_percent": "0"}, "percentage above 0, up to 100, with at most two decimals"),
        ({"threshold_percent": "12.345"}, "at most two decimals"),
        ({"threshold_percent": "101"}, "up to 100"),
        ({"threshold_base": ""}, "column threshold_base: should be given"),
        ({"days_before_election": "-1"}, "a whole number from 0 to 3,650"),
        ({"state": "TX"}, 'needs the state "TX", which is not loaded'),
        ({"route": "RECALL"}, "column route"),
    ],
)
async def test_a_rule_that_says_too_little_or_too_much_is_refused(
    database: Database, tmp_path: Path, changes: Cells, message: str
) -> None:
    await city(database)

    with pytest.raises(BadFile, match=message):
        await load(database, tmp_path, cells(**changes))

    assert await count(database, "procedure_rule") == 0


async def test_two_rules_for_the_same_communities_are_refused(database: Database, tmp_path: Path) -> None:
    await city(database)
    general = cells(applies_to="")

    with pytest.raises(BadFile, match="line 3, column applies_to: CA has a rule of this route for all"):
        await load(database, tmp_path, general, general | {"note": "Again"})


async def test_a_new_campaign_gets_the_milestones_counted_back_from_election_day(
    database: Database, tmp_path: Path
) -> None:
    community = await city(database)
    general = cells(applies_to="", days_before_election="10")
    await load(database, tmp_path, general, cells(), cells(route="CHARTER_COMMISSION", days_before_election="95"))

    campaign = await begin(database, community, route="CITIZEN_PETITION", election_on=ELECTION)

    assert await all_of(database, "milestone", "campaign_id", "kind", "due_on", "note") == [
        (campaign, "ELECTION_DAY", ELECTION, None),
        (campaign, "PETITION_FILED", DUE, "88 days before election day: California Elections Code 9255"),
    ]


async def test_the_rule_for_all_communities_serves_where_none_is_for_its_kind(
    database: Database, tmp_path: Path
) -> None:
    community = await city(database)
    await load(database, tmp_path, cells(applies_to=""), cells(applies_to="COUNTY", days_before_election="5"))

    await begin(database, community, route="CITIZEN_PETITION", election_on=ELECTION)

    assert await all_of(database, "milestone", "kind", "due_on") == [
        ("ELECTION_DAY", ELECTION),
        ("PETITION_FILED", DUE),
    ]


@pytest.mark.parametrize(
    "values",
    [
        {"route": "CITIZEN_PETITION"},
        {"election_on": ELECTION},
        {"route": "SPECIAL_ACT", "election_on": ELECTION},
    ],
)
async def test_nothing_is_invented_without_a_rule(
    database: Database, tmp_path: Path, values: dict[str, object]
) -> None:
    community = await city(database)
    await load(database, tmp_path, cells())

    await begin(database, community, **values)

    assert await count(database, "milestone") == 0


async def test_an_election_day_that_becomes_known_brings_the_milestones_once(
    database: Database, tmp_path: Path
) -> None:
    community = await city(database)
    await load(database, tmp_path, cells(route="CHARTER_COMMISSION"))
    campaign = await begin(database, community, route="CHARTER_COMMISSION")

    async with writing(database, STAFF, NOW) as tx:
        await rules.update_campaign(tx, campaign, {"election_on": ELECTION}, expected_version=1)
        await rules.update_campaign(tx, campaign, {"election_on": date(2027, 11, 3)}, expected_version=2)

    assert await all_of(database, "milestone", "kind", "due_on") == [
        ("BALLOT_CERTIFIED", DUE),
        ("ELECTION_DAY", ELECTION),
    ]
