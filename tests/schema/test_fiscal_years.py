"""Fiscal years through the schema: opened and capped by administrators, read by staff, told of in errors."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from fund_api.app import services
from fund_api.core.access import PUBLIC, Viewer
from fund_api.core.database import Database
from fund_api.graph.engine import Engine
from fund_api.graph.run import reader
from fund_api.people.roles import PERMISSIONS, Role
from tests.asking import CATALOGUE, Asker
from tests.campaigns.lobbying import begun
from tests.rows import count

OFFICER = Viewer(None, PERMISSIONS[Role.GRANTS_OFFICER])
ADMINISTRATOR = Viewer(None, PERMISSIONS[Role.ADMINISTRATOR])
OPEN = """
    mutation($year: Int!, $cap: String!, $key: String) {
      openFiscalYear(input: { year: $year, lobbyingCap: { amount: $cap }, idempotencyKey: $key }) {
        fiscalYear {
          id year startsOn endsOn lobbyingCap { amount currency } lobbying { amount } lobbyingLeft { amount } version
          provenance
        }
        errors { __typename code message path ... on BudgetExceeded { available { amount currency } } }
      }
    }
"""
SET = """
    mutation($id: ID!, $cap: String!, $version: Int!) {
      setLobbyingCap(input: { id: $id, lobbyingCap: { amount: $cap }, expectedVersion: $version }) {
        fiscalYear { lobbyingCap { amount } version } errors { __typename message path }
      }
    }
"""
LOG = """
    mutation($campaign: ID!, $value: String!) {
      logSupport(input: {
        campaign: $campaign, kind: ADVERTISING, givenOn: "2026-01-15", inKindValue: { amount: $value }, lobbying: true
      }) {
        supportEngagement { inKindValue { amount } }
        errors {
          __typename code message path
          ... on BudgetExceeded { available { __typename amount currency } again: available { cents: amount } }
        }
      }
    }
"""
FIND = """
    query($id: ID!) {
      byYear: fiscalYear(by: { year: 2026 }) { id activity { nodes { action } } }
      byId: fiscalYear(by: { id: $id }) { year }
      none: fiscalYear(by: { year: 2027 }) { id }
    }
"""
LIST = "{ fiscalYears { totalCount nodes { year lobbying { amount } lobbyingLeft { amount } } } }"


@pytest.fixture
async def engine(database: Database, request: pytest.FixtureRequest) -> AsyncIterator[Engine]:
    """An engine; the fiscal year starts in October, unless a test says otherwise."""
    reads = reader(database, 2)
    yield Engine(CATALOGUE, reads, 100, 100_000, database, services(database, getattr(request, "param", 10)))
    await reads.close()


async def opened(engine: Engine, year: int, cap: str) -> Any:
    """What openFiscalYear answers to an administrator."""
    return (await Asker(engine, ADMINISTRATOR)(OPEN, year=year, cap=cap))["openFiscalYear"]


async def test_an_administrator_opens_a_year_and_reads_it(engine: Engine) -> None:
    made = await opened(engine, 2026, "2000.00")

    year = made["fiscalYear"]
    assert made == {
        "fiscalYear": {
            "id": year["id"],
            "year": 2026,
            "startsOn": "2025-10-01",
            "endsOn": "2026-09-30",
            "lobbyingCap": {"amount": "2000.00", "currency": "USD"},
            "lobbying": {"amount": "0.00"},
            "lobbyingLeft": {"amount": "2000.00"},
            "version": 1,
            "provenance": "ENTERED",
        },
        "errors": [],
    }
    assert await Asker(engine, OFFICER)(FIND, id=year["id"]) == {
        "byYear": {"id": year["id"], "activity": {"nodes": [{"action": "fiscal_year.opened"}]}},
        "byId": {"year": 2026},
        "none": None,
    }


@pytest.mark.parametrize("engine", [1], indirect=True, ids=["from January"])
async def test_the_setting_says_when_the_fiscal_year_starts(engine: Engine) -> None:
    year = (await opened(engine, 2026, "1.00"))["fiscalYear"]

    assert (year["startsOn"], year["endsOn"]) == ("2026-01-01", "2026-12-31")


async def test_lobbying_over_the_cap_is_an_error_that_says_what_is_left(engine: Engine, database: Database) -> None:
    campaign = await begun(database)
    await opened(engine, 2026, "2000.00")
    ask = Asker(engine, OFFICER)
    assert (await ask(LOG, campaign=campaign, value="800.00"))["logSupport"]["errors"] == []

    answer = await ask(LOG, campaign=campaign, value="1200.01")

    assert answer["logSupport"] == {
        "supportEngagement": None,
        "errors": [
            {
                "__typename": "BudgetExceeded",
                "code": "BUDGET_EXCEEDED",
                "message": "1,200.01 USD of lobbying is over the lobbying cap of the fiscal year 2026: 1,200.00 USD are left.",
                "path": None,
                "available": {"__typename": "Money", "amount": "1200.00", "currency": "USD"},
                "again": {"cents": "1200.00"},
            }
        ],
    }
    assert await count(database, "support_engagement") == 1
    assert await ask(LIST) == {
        "fiscalYears": {
            "totalCount": 1,
            "nodes": [{"year": 2026, "lobbying": {"amount": "800.00"}, "lobbyingLeft": {"amount": "1200.00"}}],
        }
    }


async def test_a_year_with_more_lobbying_than_its_cap_is_not_opened(engine: Engine, database: Database) -> None:
    await Asker(engine, OFFICER)(LOG, campaign=await begun(database), value="800.00")

    made = await opened(engine, 2026, "799.99")

    assert made["fiscalYear"] is None
    assert [(error["__typename"], error["available"]) for error in made["errors"]] == [
        ("BudgetExceeded", {"amount": "799.99", "currency": "USD"})
    ]
    assert await count(database, "fiscal_year") == 0


async def test_the_cap_is_set_but_not_below_what_counts(engine: Engine, database: Database) -> None:
    campaign = await begun(database)
    year = (await opened(engine, 2026, "2000.00"))["fiscalYear"]
    ask = Asker(engine, ADMINISTRATOR)
    await ask(LOG, campaign=campaign, value="800.00")

    assert (await ask(SET, id=year["id"], cap="800", version=1))["setLobbyingCap"] == {
        "fiscalYear": {"lobbyingCap": {"amount": "800.00"}, "version": 2},
        "errors": [],
    }
    assert (await ask(SET, id=year["id"], cap="799.99", version=2))["setLobbyingCap"] == {
        "fiscalYear": None,
        "errors": [
            {
                "__typename": "InvalidValue",
                "message": "The cap can't be below what counts against it already, 800.00 USD.",
                "path": ["input", "lobbyingCap"],
            }
        ],
    }


async def test_a_retry_opens_no_second_year(engine: Engine, database: Database) -> None:
    ask = Asker(engine, ADMINISTRATOR)

    first, second = [await ask(OPEN, year=2026, cap="5.00", key="k1") for _ in range(2)]

    assert first == second
    assert first["openFiscalYear"]["errors"] == []
    assert await count(database, "fiscal_year") == 1


async def test_years_come_latest_first_and_are_not_for_the_public(engine: Engine) -> None:
    for year in (2025, 2027, 2026):
        await opened(engine, year, "5.00")

    listed = await Asker(engine, OFFICER)(LIST)

    assert [node["year"] for node in listed["fiscalYears"]["nodes"]] == [2027, 2026, 2025]
    assert await Asker(engine, PUBLIC)(LIST) == {"fiscalYears": {"totalCount": 0, "nodes": []}}
    left = '{ fiscalYears(filter: { lobbyingLeft: { gte: "5.00" }, year: { gt: 2025 } }, orderBy: { field: YEAR }) { nodes { year } } }'
    assert await Asker(engine, OFFICER)(left) == {"fiscalYears": {"nodes": [{"year": 2026}, {"year": 2027}]}}
