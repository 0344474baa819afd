"""The statistics that ship are what bulk rows come to by the csv and decimal modules, whoever asks, on every world."""

from collections import Counter
from collections.abc import Callable
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest

from fund_api.core.access import Viewer
from fund_api.core.database import Database
from tests.reporting.asked import (
    CAMPAIGNS,
    GRANTS,
    MEASURES,
    VIEWERS,
    Answer,
    answered,
    answered_rates,
    band,
    cast,
    grouped,
    rates,
    state,
    told,
)
from tests.reporting.bulk import Row, pulled

pytestmark = VIEWERS


def half_up(number: Decimal) -> int:
    return int(number.to_integral_value(ROUND_HALF_UP))


def checked(answer: Answer, values: list[int | None]) -> None:
    """The figures of a measure are those of these values."""
    known = [value for value in values if value is not None]
    assert (answer["known"], answer["missing"]) == (len(known), len(values) - len(known))
    assert answer["sum"] == (sum(known) if known else None)
    if "avg" in answer:
        assert answer["avg"] == (float(Decimal(sum(known)) / len(known)) if known else None)


@pytest.mark.parametrize(("name", "key"), [("WinRatesByState", state), ("WinRatesByPopulation", band)])
async def test_win_rates_by_place(world: Database, viewer: Viewer, name: str, key: Callable[[Row], Any]) -> None:
    async with answered(world, viewer, name) as (ask, data):
        campaigns = await pulled(ask, CAMPAIGNS)

    decided = grouped((row for row in campaigns if row["outcome"]), key)
    undecided = Counter((key(row),) for row in campaigns if not row["outcome"])
    assert answered_rates(data["decided"]["groups"]) == rates(decided)
    assert told(data["undecided"]["groups"], "missing") == undecided


async def test_win_rates_with_and_without_help(world: Database, viewer: Viewer) -> None:
    async with answered(world, viewer, "WinRatesByHelp") as (ask, data):
        campaigns = await pulled(ask, CAMPAIGNS)

    helps = [f"{each}.totalCount" for each in ("grants", "contributions", "supportEngagements")]
    decided = [row for row in campaigns if row["outcome"]]
    helped = [row for row in decided if any(int(row[each]) for each in helps)]
    alone = [row for row in decided if row not in helped]
    assert answered_rates(data["withHelp"]["groups"]) == rates(grouped(helped, lambda row: row["kind"]))
    assert answered_rates(data["withoutHelp"]["groups"]) == rates(grouped(alone, lambda row: row["kind"]))
    assert sum(told(data["undecided"]["groups"], "missing").values()) == len(campaigns) - len(decided)
    assert helped


def lead(row: Row) -> int | None:
    """The margin of a measure in ten-thousandths."""
    if not (row["votesFor"] and row["votesAgainst"]):
        return None
    votes = [Decimal(row["votesFor"]), Decimal(row["votesAgainst"])]
    return half_up(abs(votes[0] - votes[1]) * 10_000 / sum(votes)) if sum(votes) else None


async def test_margins(world: Database, viewer: Viewer) -> None:
    async with answered(world, viewer, "Margins") as (ask, data):
        measures = await pulled(ask, MEASURES)

    passed = {"true": True, "false": False, "": None}
    groups = grouped(measures, lambda row: (row["kind"], passed[row["passed"]]))
    assert told(data["byResult"]["groups"], "measures") == {key: len(rows) for key, rows in groups.items()}
    everything = data["all"]["groups"][0]
    for answer, rows in [
        (everything, measures),
        *((group, groups[tuple(group["key"].values())]) for group in data["byResult"]["groups"]),
    ]:
        checked(answer["margin"], [int(row["margin"]) if row["margin"] else None for row in rows])
        checked(answer["marginTenThousandths"], [lead(row) for row in rows])
        checked(answer["votesCast"], [cast(row) for row in rows])


async def test_23_of_54_packaged_measures_have_both_totals(viewer: Viewer, loaded: Database) -> None:
    async with answered(loaded, viewer, "Margins") as (_, data):
        [everything] = data["all"]["groups"]

    votes = everything["votesCast"]
    assert (everything["measures"], votes["known"], votes["missing"]) == (54, 23, 31)


def check_money(answer: Answer, amounts: list[str]) -> None:
    known = [Decimal(amount) for amount in amounts if amount]
    assert (answer["known"], answer["missing"]) == (len(known), len(amounts) - len(known))
    assert answer["sum"] == ({"amount": str(sum(known)), "currency": "USD"} if known else None)
    if "avg" in answer:
        assert answer["avg"] == ({"amount": str(round(sum(known) / len(known), 2))} if known else None)


def days(first: str, second: str) -> int | None:
    return (date.fromisoformat(second[:10]) - date.fromisoformat(first[:10])).days if first and second else None


async def test_time_to_decision(world: Database, viewer: Viewer) -> None:
    async with answered(world, viewer, "TimeToDecision") as (ask, data):
        campaigns, grants = await pulled(ask, CAMPAIGNS), await pulled(ask, GRANTS)

    decided = grouped((row for row in campaigns if row["outcome"]), lambda row: row["kind"])
    waited = told(data["campaigns"]["groups"], "daysToElection")
    assert len(waited) == len(decided)
    for key, rows in decided.items():
        until = [row["electionOn"] if row["electionOnPrecision"] == "DAY" else "" for row in rows]
        checked(waited[key,], [days(row["openedOn"], day) for row, day in zip(rows, until, strict=True)])
    by_status = grouped(grants, lambda row: row["status"])
    waited = told(data["grants"]["groups"], "daysToDecision")
    assert len(waited) == len(by_status)
    for key, rows in by_status.items():
        checked(waited[key,], [days(row["submittedAt"], row["decidedAt"]) for row in rows])


def decided_in(row: Row) -> int | None:
    """The fiscal year, from October on, of the decision on a grant."""
    if not row["decidedAt"]:
        return None
    at = datetime.fromisoformat(row["decidedAt"])
    return at.year + (at.month >= 10)


async def test_money_by_status_and_fiscal_year(world: Database, viewer: Viewer) -> None:
    async with answered(world, viewer, "MoneyByStatus") as (ask, data):
        groups = grouped(await pulled(ask, GRANTS), lambda row: (row["status"], decided_in(row)))

    stats = data["grantStats"]
    assert told(stats["groups"], "grants") == {key: len(rows) for key, rows in groups.items()}
    for group in stats["groups"]:
        rows = groups[tuple(group["key"].values())]
        check_money(group["awarded"], [row["awarded.amount"] for row in rows])
        check_money(group["disbursed"], [row["disbursed.amount"] for row in rows])
