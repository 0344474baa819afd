"""Stats of money and made-up grants: exact on both databases, and equal to what Python computes from the same rows."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import ROUND_HALF_EVEN, Decimal
from math import ceil
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fund_api.core.database import Database
from fund_api.core.money import LARGEST, to_decimal
from fund_api.graph import rounding
from fund_api.graph.errors import RequestError
from tests.asking import REPORTER, asking
from tests.granting import Fund, emptied

COMMUNITIES = (("Ashland", "OH", 20_225), ("Ashland", "CA", 21_607), ("Bexley", "OH", None), ("Chico", "CA", 0))
KINDS = ("ADOPTION", "RETENTION")
FIGURES = """count requested { ...Figures } awarded { ...Figures }
  communities { count withPopulation residents }"""
FRAGMENT = """fragment Figures on GrantMoneyStats {
  count sum { amount currency } avg { amount } min { amount } max { amount } median { amount } p90 { amount }
  perCommunity { amount } perResident }"""

Answer = dict[str, Any]  # Any: JSON


@dataclass(frozen=True)
class Given:
    """A grant as Python knows it; amounts are cents."""

    community: int
    kind: str
    requested: int
    awarded: int | None
    submitted_at: datetime | None

    @property
    def month(self) -> str | None:
        return self.submitted_at.strftime("%Y-%m") if self.submitted_at else None

    @property
    def fiscal_year(self) -> int | None:
        return self.submitted_at.year + (self.submitted_at.month >= 10) if self.submitted_at else None


def at_rank(values: list[int], percent: int) -> int | None:
    """The value at the rank, counted from 1, of so many of a hundred."""
    return sorted(values)[ceil(Decimal(len(values) * percent) / 100) - 1] if values else None


KEYS: dict[str, tuple[str, Callable[[Given], Any]]] = {
    "CAMPAIGN_KIND": ("campaignKind", lambda grant: grant.kind),
    "CAMPAIGN_COMMUNITY_NAME": ("campaignCommunityName", lambda grant: COMMUNITIES[grant.community][0]),
    "CAMPAIGN_COMMUNITY_STATE_CODE": ("campaignCommunityStateCode", lambda grant: COMMUNITIES[grant.community][1]),
    "CAMPAIGN_COMMUNITY_POPULATION": ("campaignCommunityPopulation", lambda grant: COMMUNITIES[grant.community][2]),
    "SUBMITTED_AT_YEAR": ("submittedAtYear", lambda grant: grant.submitted_at and grant.submitted_at.year),
    "SUBMITTED_AT_MONTH": ("submittedAtMonth", lambda grant: grant.month),
    "SUBMITTED_AT_FISCAL_YEAR": ("submittedAtFiscalYear", lambda grant: grant.fiscal_year),
}
ORDERS: dict[str, Callable[[list[Given]], Any]] = {
    "COUNT": len,
    "REQUESTED_SUM": lambda grants: sum(grant.requested for grant in grants),
    "REQUESTED_AVG": lambda grants: float(sum(grant.requested for grant in grants)) / len(grants),
    "AWARDED_MAX": lambda grants: max((grant.awarded for grant in grants if grant.awarded is not None), default=None),
    "AWARDED_COUNT": lambda grants: sum(grant.awarded is not None for grant in grants),
    "REQUESTED_P90": lambda grants: at_rank([grant.requested for grant in grants], 90),
    "AWARDED_MEDIAN": lambda grants: at_rank([grant.awarded for grant in grants if grant.awarded is not None], 50),
}


async def save(database: Database, grants: list[Given]) -> None:
    fund = Fund()
    campaigns = {
        (i, kind): fund.campaign(community, kind)
        for i, (name, state, population) in enumerate(COMMUNITIES)
        for community in [fund.community(name, state, population)]
        for kind in KINDS
    }
    for each in grants:
        campaign = campaigns[each.community, each.kind]
        fund.grant(campaign, each.requested, awarded=each.awarded, submitted_at=each.submitted_at)
    await fund.save(database)


def rounded(amount: Decimal, places: str) -> str:
    return str(amount.quantize(Decimal(places), ROUND_HALF_EVEN))


def money(cents: list[int], communities: set[int]) -> Answer:
    """What a measure of money says of known amounts, by decimal arithmetic and not the engine's."""
    residents = [COMMUNITIES[one][2] for one in communities]
    known = sum(one or 0 for one in residents)
    answer: Answer = {"count": len(cents)}
    if not cents:
        return answer | dict.fromkeys(("sum", "avg", "min", "max", "median", "p90", "perCommunity", "perResident"))
    total = Decimal(sum(cents)) / 100
    return answer | {
        "sum": {"amount": to_decimal(sum(cents)), "currency": "USD"},
        "avg": {"amount": rounded(total / len(cents), "0.01")},
        "min": {"amount": to_decimal(min(cents))},
        "max": {"amount": to_decimal(max(cents))},
        "median": {"amount": to_decimal(at_rank(cents, 50) or 0)},
        "p90": {"amount": to_decimal(at_rank(cents, 90) or 0)},
        "perCommunity": {"amount": rounded(total / len(communities), "0.01")},
        "perResident": rounded(total / known, "0.0001") if known and None not in residents else None,
    }


def figures(grants: list[Given]) -> Answer:
    communities = {grant.community for grant in grants}
    residents = [known for one in communities if (known := COMMUNITIES[one][2]) is not None]
    return {
        "count": len(grants),
        "requested": money([grant.requested for grant in grants], communities),
        "awarded": money([grant.awarded for grant in grants if grant.awarded is not None], communities),
        "communities": {
            "count": len(communities),
            "withPopulation": len(residents),
            "residents": sum(residents) if residents else None,
        },
    }


def expected(grants: list[Given], by: list[str], order: str | None, descending: bool) -> list[Answer]:
    grouped: dict[tuple[Any, ...], list[Given]] = defaultdict(list)
    for grant in grants:
        grouped[tuple(KEYS[value][1](grant) for value in by)].append(grant)
    keys = sorted(grouped, key=lambda key: [(part is None, part) for part in key])
    if order:
        value = {key: ORDERS[order](grouped[key]) for key in keys}
        keys.sort(key=lambda key: value[key] or 0, reverse=descending)
        keys.sort(key=lambda key: value[key] is None)
    return [
        {"key": {KEYS[v][0]: part for v, part in zip(by, key, strict=True)}} | figures(grouped[key]) for key in keys
    ]


moments = st.datetimes(datetime(2023, 1, 1), datetime(2026, 12, 31), timezones=st.just(UTC))
edges = st.sampled_from(
    [
        datetime(2024, 9, 30, 23, 59, 59, 999_999, UTC),
        datetime(2024, 10, 1, tzinfo=UTC),
        datetime(2025, 1, 1, tzinfo=UTC),
    ]
)
cents = st.one_of(st.integers(1, 1_000), st.integers(1, LARGEST), st.just(LARGEST))
made = st.builds(
    Given,
    st.integers(0, len(COMMUNITIES) - 1),
    st.sampled_from(KINDS),
    cents,
    st.none() | cents,
    st.none() | moments | edges,
).map(lambda grant: replace(grant, awarded=grant.awarded and min(grant.awarded, grant.requested)))
questions = st.tuples(
    st.lists(st.sampled_from(list(KEYS)), min_size=1, max_size=3, unique=True),
    st.none() | st.sampled_from(list(ORDERS)),
    st.booleans(),
)


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.lists(made, max_size=12), st.lists(questions, min_size=1, max_size=6))
async def test_any_grouping_of_any_grants_is_what_python_computes(
    database: Database, grants: list[Given], asked: list[tuple[list[str], str | None, bool]]
) -> None:
    await emptied(database)
    await save(database, grants)
    async with asking(database, REPORTER) as ask:
        for by, order, descending in asked:
            document = f"""query ($by: [GrantGroupBy!], $order: [GrantStatsOrder!]) {{
              grantStats(groupBy: $by, orderBy: $order) {{
                groups {{ key {{ {" ".join(KEYS[value][0] for value in by)} }} {FIGURES} }} }} }} {FRAGMENT}"""
            direction = "DESC" if descending else "ASC"
            orders = [{"field": order, "direction": direction}] if order else []
            found = (await ask(document, by=by, order=orders))["grantStats"]["groups"]
            assert found == expected(grants, by, order, descending)


async def test_a_sum_far_beyond_64_bits_is_exact_and_ordered_and_compared(database: Database) -> None:
    fund = Fund()
    many = fund.campaign(fund.community("Ashland", "OH", 7))
    few = fund.campaign(fund.community("Bexley", "OH", 7), "RETENTION")
    for _ in range(10_000):
        fund.grant(many, LARGEST)
    fund.grant(few, 1)
    await fund.save(database)
    assert LARGEST * 10_000 > 2**63

    document = """query ($least: Decimal!) {
      grantStats(
        groupBy: CAMPAIGN_KIND, orderBy: {field: REQUESTED_SUM, direction: DESC}, having: {requested: {sum: {gte: $least}}}
      ) { groups { key { campaignKind } requested { sum { amount } avg { amount } perResident } } } }"""
    async with asking(database, REPORTER) as ask:
        large = {
            "key": {"campaignKind": "ADOPTION"},
            "requested": {
                "sum": {"amount": "100000000000000000.00"},
                "avg": {"amount": "10000000000000.00"},
                "perResident": "14285714285714285.7143",
            },
        }
        small = {
            "key": {"campaignKind": "RETENTION"},
            "requested": {"sum": {"amount": "0.01"}, "avg": {"amount": "0.01"}, "perResident": "0.0014"},
        }
        assert await ask(document, least="0") == {"grantStats": {"groups": [large, small]}}
        assert await ask(document, least="0.02") == {"grantStats": {"groups": [large]}}
        assert await ask(document, least="10000000000000.00") == {"grantStats": {"groups": [large]}}
        assert "is no amount of money" in await ask.refusal(document, least="100000000000000000.00")


async def test_having_compares_money_exactly(database: Database) -> None:
    fund = Fund()
    for name, amounts in (("Ashland", [1, 2]), ("Bexley", [3]), ("Chico", [5])):
        campaign = fund.campaign(fund.community(name, "OH"))
        for amount in amounts:
            fund.grant(campaign, amount, awarded=amount if name == "Chico" else None)
    await fund.save(database)

    async with asking(database, REPORTER) as ask:
        for having, names in (
            ('{requested: {sum: {eq: "0.03"}}}', ["Ashland", "Bexley"]),
            ('{requested: {sum: {in: ["0.05", "0.04"]}}}', ["Chico"]),
            ('{requested: {sum: {ne: "0.03"}}}', ["Chico"]),
            ('{requested: {min: {lt: "0.02"}}}', ["Ashland"]),
            ('{requested: {max: {gte: "0.03"}}, count: {eq: 1}}', ["Bexley", "Chico"]),
            ("{awarded: {sum: {isNull: true}}}", ["Ashland", "Bexley"]),
            ('{requested: {median: {eq: "0.01"}, p90: {eq: "0.02"}}}', ["Ashland"]),
            ('{awarded: {median: {gte: "0.05"}}}', ["Chico"]),
            ("{awarded: {p90: {isNull: true}}}", ["Ashland", "Bexley"]),
            ("{awarded: {count: {gt: 0}}}", ["Chico"]),
            ("{awarded: {sum: {eq: null}}}", []),
            ("{awarded: null, count: null}", ["Ashland", "Bexley", "Chico"]),
        ):
            document = f"""{{ grantStats(groupBy: CAMPAIGN_COMMUNITY_NAME, having: {having}) {{
              groups {{ key {{ campaignCommunityName }} }} }} }}"""
            found = (await ask(document))["grantStats"]["groups"]
            assert [group["key"]["campaignCommunityName"] for group in found] == names, having


def test_amounts_in_several_currencies_do_not_add_up() -> None:
    assert rounding.currency("USD", "USD") == "USD"
    assert rounding.currency(None, None) is None
    with pytest.raises(RequestError) as refusal:
        rounding.currency("EUR", "USD")
    assert refusal.value.message == "A group has amounts in several currencies, EUR and USD; filter for one of them."


def test_a_sum_beyond_big_int_is_an_error_and_never_rounded() -> None:
    assert rounding.whole(2**53 - 1) == 9_007_199_254_740_991
    with pytest.raises(RequestError) as refusal:
        rounding.whole(2**53)
    assert (
        refusal.value.message
        == "A sum is 9,007,199,254,740,992, and BigInt ends at 9,007,199,254,740,991; ask for smaller groups."
    )


def test_halves_of_cents_go_to_the_even_cent() -> None:
    assert [rounding.share_of(minor, 2) for minor in (1, 3, 5, 7)] == [0, 2, 2, 4]
    assert rounding.share_of(1, 0) is None
    assert rounding.per_resident(284_550, 1, 1, 3_000) == "0.9485"
    assert rounding.per_resident(1, 1, 1, 8) == "0.0012"
