"""Rates that ship are what bulk rows come to by the csv and decimal modules, and each row is in one or is missing."""

from collections import Counter
from collections.abc import Callable
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

import pytest

from fund_api.core.access import PUBLIC, Viewer
from fund_api.core.database import Database
from tests.asking import REPORTER, asking
from tests.granting import Fund
from tests.reporting.asked import (
    CAMPAIGNS,
    MEASURES,
    VIEWERS,
    Answer,
    Groups,
    answered,
    answered_rates,
    band,
    campaign,
    cast,
    grouped,
    rates,
    state,
    told,
)
from tests.reporting.bulk import Row, pulled

GRANTS = """{ grants { nodes { awarded { amount } disbursed { amount } campaign { id }
  community { id population state { code } } } } }"""
CONTRIBUTIONS = """{ contributions { nodes { amount { amount } campaign { id }
  community { id population state { code } } } } }"""
ROOTS = {"grants": (GRANTS, ("awarded", "disbursed")), "contributions": (CONTRIBUTIONS, ("amount",))}
Divisor = Callable[[Row], tuple[str, int | None]]
"""What a row is divided by: the key of what counts once, and for how much it counts; None: unknown."""
Key = Callable[[Row], Any]
"""What the rows of a group have in common."""
BY_PLACE: dict[str, Key | None] = {"": None, "ByState": state, "ByPopulation": band}


def rate(rows: list[Row], figure: str, divisor: Divisor, places: str) -> Answer:
    """What a rate says of rows."""
    known = [row for row in rows if row[f"{figure}.amount"] and divisor(row)[1] is not None]
    total = sum((Decimal(row[f"{figure}.amount"]) for row in known), Decimal("0.00"))
    units = sum(number or 0 for _, number in {divisor(row) for row in known})
    return {
        "count": len(known),
        "missing": len(rows) - len(known),
        "sum": {"amount": str(total), "currency": "USD"} if known else None,
        "units": units,
        "rate": str((total / units).quantize(Decimal(places), ROUND_HALF_EVEN)) if units else None,
    }


def community(row: Row) -> tuple[str, int]:
    return row["community.id"], 1


def residents(row: Row) -> tuple[str, int | None]:
    return row["community.id"], int(row["community.population"]) if row["community.population"] else None


def votes(measures: list[Row]) -> Divisor:
    """What a vote on a campaign is divided by."""
    of_campaign = grouped(measures, campaign)

    def found(row: Row) -> tuple[str, int | None]:
        cells = [cast(one) for one in of_campaign.get(campaign(row), [])]
        known = [one for one in cells if one is not None]
        return row["campaign.id"], sum(known) if cells and len(known) == len(cells) else None

    return found


def in_groups(rows: list[Row], key: Key | None) -> Groups:
    """Rows in groups; without a key all rows are one, even where there are none."""
    return grouped(rows, key) if key else {None: rows}


def by_key(groups: list[Answer]) -> dict[Any, Answer]:
    """Groups by the one value of their key; the one group of all rows by None."""
    found = {next(iter(group.get("key", {"": None}).values())): group for group in groups}
    assert len(found) == len(groups)
    return found


@VIEWERS
async def test_dollars_per_vote(world: Database, viewer: Viewer) -> None:
    async with answered(world, viewer, "DollarsPerVote") as (ask, data):
        rows = {root: await pulled(ask, document) for root, (document, _) in ROOTS.items()}
        by = votes(await pulled(ask, MEASURES))

    for root, (_, [figure, *_]) in ROOTS.items():
        for name, key in ((root, None), (f"{root}ByCampaign", campaign)):
            groups, found = in_groups(rows[root], key), by_key(data[name]["groups"])
            assert found.keys() == groups.keys()
            for value, group in found.items():
                expected = rate(groups[value], figure, by, "0.0001")
                expected["votes"] = expected.pop("units")
                assert group[figure]["ratePerVote"] == expected
        assert data[f"{root}ByCampaign"]["totalCount"] == len(grouped(rows[root], campaign))
    [given] = data["contributions"]["groups"]
    assert given["amount"]["ratePerVote"]["missing"] > 0


@VIEWERS
async def test_dollars_per_community_and_resident(world: Database, viewer: Viewer) -> None:
    async with answered(world, viewer, "DollarsPerResident") as (ask, data):
        rows = {root: await pulled(ask, document) for root, (document, _) in ROOTS.items()}

    for root, (_, figures) in ROOTS.items():
        for suffix, key in BY_PLACE.items():
            groups, found = in_groups(rows[root], key), by_key(data[f"{root}{suffix}"]["groups"])
            assert found.keys() == groups.keys()
            for value, group in found.items():
                for figure in figures:
                    assert group[figure]["ratePerCommunity"] == rate(groups[value], figure, community, "0.01")
                    assert group[figure]["ratePerResident"] == rate(groups[value], figure, residents, "0.0001")


@VIEWERS
async def test_win_rates_by_year(world: Database, viewer: Viewer) -> None:
    async with answered(world, viewer, "WinRatesByYear") as (ask, data):
        campaigns = await pulled(ask, CAMPAIGNS)

    def year(row: Row) -> int | None:
        return int(row["electionOn"][:4]) if row["electionOn"] else None

    assert answered_rates(data["decided"]["groups"]) == rates(
        grouped((row for row in campaigns if row["outcome"]), year)
    )
    undecided = Counter((year(row),) for row in campaigns if not row["outcome"])
    assert told(data["undecided"]["groups"], "missing") == undecided


@VIEWERS
async def test_win_rates_say_how_many_campaigns_are_undecided(world: Database, viewer: Viewer) -> None:
    async with answered(world, viewer, "WinRates") as (ask, data):
        campaigns = await pulled(ask, CAMPAIGNS)

    undecided = Counter((row["kind"],) for row in campaigns if not row["outcome"])
    assert told(data["undecided"]["groups"], "missing") == undecided
    decided = sum(group["decided"] for group in data["winRatesByKind"]["groups"])
    assert decided + undecided.total() == len(campaigns)


RATE = "{ count missing sum { amount currency } units rate }"
GAPS = f"""{{ grantStats {{ groups {{ count awarded {{
  ratePerCommunity {RATE} ratePerResident {RATE} ratePerVote {RATE} }} }} }} }}"""


def with_gaps() -> Fund:
    """Grants in four communities that each lack something else, and two of an unpublished campaign, of which all is known."""
    fund = Fund()
    whole = fund.campaign(fund.community("Ashland", "OH", 1_000))
    fund.measure(whole, votes_for=300, votes_against=200)
    fund.measure(whole, votes_for=100, votes_against=0)
    for requested, awarded in ((50_001, 50_001), (25_000, 25_000), (9_900, None)):
        fund.grant(whole, requested, awarded)
    crowdless = fund.campaign(fund.community("Bexley", "OH", None))
    fund.measure(crowdless, votes_for=10, votes_against=None)
    fund.measure(crowdless, votes_for=10, votes_against=90)
    fund.grant(crowdless, 7_000, 7_000)
    deserted = fund.campaign(fund.community("Chico", "CA", 0))
    fund.measure(deserted, votes_for=0, votes_against=0)
    fund.grant(deserted, 300, 300)
    fund.grant(fund.campaign(fund.community("Delano", "CA", 500)), 1_000, 1_000)
    hidden = fund.campaign(fund.community("Eureka", "CA", 9_000), published_at=None)
    fund.measure(hidden, votes_for=8_000, votes_against=1)
    for amount in (600_000, 100_000):
        fund.grant(hidden, amount, amount)
    return fund


def told_rate(count: int, missing: int, dollars: str, units: int, per: str) -> Answer:
    return {
        "count": count,
        "missing": missing,
        "sum": {"amount": dollars, "currency": "USD"},
        "units": units,
        "rate": per,
    }


@pytest.mark.parametrize(
    ("viewer", "rows", "per_community", "per_resident", "per_vote"),
    [
        # Everybody sees awards of published campaigns: five. Bexley lacks residents, Bexley and Delano lack votes.
        (PUBLIC, 5, (5, 0, "833.01", 4, "208.25"), (4, 1, "763.01", 1_500, "0.5087"), (3, 2, "753.01", 600, "1.2550")),
        # A reporter sees the grant without an award, too, and the two of Eureka.
        (
            REPORTER,
            8,
            (7, 1, "7833.01", 5, "1566.60"),
            (6, 2, "7763.01", 10_500, "0.7393"),
            (5, 3, "7753.01", 8_601, "0.9014"),
        ),
    ],
    ids=["everybody", "reporter"],
)
async def test_rows_that_lack_a_figure_are_missing_with_their_money(
    database: Database, viewer: Viewer, rows: int, per_community: Any, per_resident: Any, per_vote: Any
) -> None:
    await with_gaps().save(database)

    async with asking(database, viewer) as ask:
        [group] = (await ask(GAPS))["grantStats"]["groups"]

    assert group["count"] == rows
    assert group["awarded"]["ratePerCommunity"] == told_rate(*per_community)
    assert group["awarded"]["ratePerResident"] == told_rate(*per_resident)
    assert group["awarded"]["ratePerVote"] == told_rate(*per_vote)


async def test_a_rate_of_nothing_has_no_sum_and_no_value(database: Database) -> None:
    nothing = {"count": 0, "missing": 0, "sum": None, "units": 0, "rate": None}

    async with asking(database, REPORTER) as ask:
        [group] = (await ask(GAPS))["grantStats"]["groups"]

    assert group == {
        "count": 0,
        "awarded": dict.fromkeys(("ratePerCommunity", "ratePerResident", "ratePerVote"), nothing),
    }
