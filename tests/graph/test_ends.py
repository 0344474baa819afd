"""The first and the last moment of the calendar, which the driver of PostgreSQL takes for infinity."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from fund_api.core.database import Database
from tests.asking import REPORTER, asking
from tests.granting import Fund
from tests.reporting.bulk import pulled

STATS = """{
  campaignStats(groupBy: [ELECTION_ON_YEAR, ELECTION_ON_MONTH, ELECTION_ON_FISCAL_YEAR]) {
    groups { key { electionOnYear electionOnMonth electionOnFiscalYear } daysToElection { sum } } }
  grantStats(groupBy: [DECIDED_AT_YEAR, DECIDED_AT_MONTH, DECIDED_AT_FISCAL_YEAR]) {
    groups { key { decidedAtYear decidedAtMonth decidedAtFiscalYear } daysToDecision { sum } } } }"""
BEGAN = date(2020, 1, 1)


@pytest.mark.parametrize(
    ("day", "moment", "text"),
    [
        (date.min, datetime.min.replace(tzinfo=UTC), "0001-01-01T00:00:00Z"),
        (date.max, datetime.max.replace(tzinfo=UTC), "9999-12-31T23:59:59.999999Z"),
        (date(1, 1, 2), datetime(1, 1, 2, tzinfo=UTC), "0001-01-02T00:00:00Z"),
        (date(9999, 12, 30), datetime(9999, 12, 30, tzinfo=UTC), "9999-12-30T00:00:00Z"),
        (date(2020, 9, 30), datetime(2020, 9, 30, tzinfo=UTC), "2020-09-30T00:00:00Z"),
    ],
)
async def test_an_end_of_the_calendar_is_a_day_like_others(
    database: Database, day: date, moment: datetime, text: str
) -> None:
    fund = Fund()
    campaign = fund.campaign(fund.community("Ashland", "OH"), election_on=day, opened_on=BEGAN)
    given: dict[str, Any] = {"submitted_at": datetime(2020, 1, 1, 23, tzinfo=UTC), "decided_at": moment}
    fund.grant(campaign, 100, awarded=100, **given)
    await fund.save(database)

    async with asking(database, REPORTER) as ask:
        [campaigns] = (await ask(STATS))["campaignStats"]["groups"]
        [grants] = (await ask(STATS))["grantStats"]["groups"]
        days = await pulled(ask, "{ campaigns { nodes { electionOn publishedAt } } }")
        moments = await pulled(ask, "{ grants { nodes { decidedAt } } }")
        unknown = await pulled(ask, "{ grants { nodes { closedAt agreementOn } } }")

    parts = [day.year, f"{day.year:04d}-{day.month:02d}", day.year + (day.month >= 10)]
    assert list(campaigns["key"].values()) == list(grants["key"].values()) == parts
    assert campaigns["daysToElection"]["sum"] == grants["daysToDecision"]["sum"] == (day - BEGAN).days
    assert [row["electionOn"] for row in days] == [day.isoformat()]
    assert [row["decidedAt"] for row in moments] == [text]
    assert [(row["closedAt"], row["agreementOn"]) for row in unknown] == [("", "")]
