"""Stats on the reference data: counts and figures that Python takes from the packaged files."""

from collections import Counter
from collections.abc import Callable
from fractions import Fraction
from math import ceil
from typing import Any

import pytest
from graphql import GraphQLError

from fund_api.graph.engine import Engine
from fund_api.graph.groups import BIG_INT, LARGEST_WHOLE
from schema import make_catalogue
from tests.asking import Asker
from tests.rows import packaged

VOTES = packaged("referenda.csv.gz")
COMMUNITIES = packaged("communities.csv.gz")
NOTHING: dict[str, int | None] = {"count": 0, "sum": None, "min": None, "max": None}


def sorted_keys(keys: Any) -> list[Any]:
    """Smallest first, unknown last. Any: tuples of any values."""
    return sorted(keys, key=lambda key: [(part is None, part) for part in key])


def populations(**equal: str) -> list[int]:
    chosen = (row for row in COMMUNITIES if all(row[name] == value for name, value in equal.items()))
    return [int(row["population"]) for row in chosen if row["population"]]


def at_rank(values: list[int], percent: int) -> int:
    return sorted(values)[ceil(Fraction(len(values) * percent, 100)) - 1]


async def groups(ask: Asker, root: str, selection: str, arguments: str = "", **variables: Any) -> list[dict[str, Any]]:
    data = await ask(f"{{ {root}{f'({arguments})' if arguments else ''} {{ groups {{ {selection} }} }} }}", **variables)
    found: list[dict[str, Any]] = data[root]["groups"]
    return found


async def test_without_group_by_all_rows_are_one_group(ask: Asker) -> None:
    known = populations()
    assert await groups(ask, "communityStats", "count population { count sum avg min max median p90 }") == [
        {
            "count": 39_234,
            "population": {
                "count": len(known),
                "sum": sum(known),
                "avg": sum(known) / len(known),
                "min": 0,
                "max": max(known),
                "median": at_rank(known, 50),
                "p90": at_rank(known, 90),
            },
        }
    ]


async def test_no_rows_are_one_group_of_nothing_or_no_group(ask: Asker) -> None:
    nobody = '{geoid: {eq: "none"}}'
    selection = f"count share(filter: {nobody}) population {{ count sum avg min max }}"

    assert await groups(ask, "communityStats", selection, f"filter: {nobody}") == [
        {
            "count": 0,
            "share": None,
            "population": {"count": 0, "sum": None, "avg": None, "min": None, "max": None},
        }
    ]
    document = f"{{ communityStats(filter: {nobody}, groupBy: KIND) {{ totalCount groups {{ count }} }} }}"
    assert await ask(document) == {"communityStats": {"totalCount": 0, "groups": []}}


async def test_groups_of_states_have_the_sums_of_the_file(ask: Asker) -> None:
    found = await groups(
        ask, "communityStats", "key { stateCode } count population { count sum min max }", "groupBy: STATE_CODE"
    )

    assert [group["key"]["stateCode"] for group in found] == sorted({row["state_code"] for row in COMMUNITIES})
    for group in found:
        state = group["key"]["stateCode"]
        known = populations(state_code=state)
        assert group["count"] == sum(row["state_code"] == state for row in COMMUNITIES)
        figures: dict[str, int | None] = (
            {"count": len(known), "sum": sum(known), "min": min(known), "max": max(known)} if known else NOTHING
        )
        assert group["population"] == figures


async def test_an_unknown_key_is_a_group_of_its_own(ask: Asker) -> None:
    found = await groups(
        ask, "communityStats", "key { formOfGovernment } count", "groupBy: FORM_OF_GOVERNMENT, first: 1000"
    )

    assert found[-1] == {"key": {"formOfGovernment": None}, "count": 38_847}
    assert {"key": {"formOfGovernment": "COUNCIL_MANAGER"}, "count": 39} in found
    assert sum(group["count"] for group in found) == 39_234


async def test_years_months_and_fiscal_years_of_votes(ask: Asker) -> None:
    def fiscal(vote: dict[str, str]) -> int | None:
        year, *month = vote["date"].split("-")
        return int(year) + (int(month[0]) >= 10) if month else None

    buckets: dict[str, tuple[str, Callable[[dict[str, str]], object]]] = {
        "ELECTION_ON_YEAR": ("electionOnYear", lambda vote: int(vote["date"][:4])),
        "ELECTION_ON_MONTH": ("electionOnMonth", lambda vote: vote["date"][:7] if "-" in vote["date"] else None),
        "ELECTION_ON_FISCAL_YEAR": ("electionOnFiscalYear", fiscal),
    }
    for value, (name, bucket) in buckets.items():
        found = await groups(ask, "ballotMeasureStats", f"key {{ {name} }} count", f"groupBy: {value}")
        expected = Counter((bucket(vote),) for vote in VOTES)
        assert [((group["key"][name],), group["count"]) for group in found] == [
            (key, expected[key]) for key in sorted_keys(expected)
        ], value
    assert sum("-" not in vote["date"] for vote in VOTES) > 0


@pytest.mark.parametrize(("starts", "year"), [(1, 2020), (7, 2021), (11, 2021), (12, 2020)])
async def test_the_setting_says_when_the_fiscal_year_starts(ask: Asker, starts: int, year: int) -> None:
    other = Asker(Engine(make_catalogue(starts), ask.engine.reads, 10, 10**6))
    filter_ = 'filter: {community: {geoid: {eq: "0664000"}}, electionOn: {gte: "2020-01-01"}}'

    found = await groups(
        other, "campaignStats", "key { electionOnFiscalYear }", f"groupBy: ELECTION_ON_FISCAL_YEAR, {filter_}"
    )

    assert found == [{"key": {"electionOnFiscalYear": year}}]  # the vote was on 2020-11-03


async def test_a_year_without_month_has_a_fiscal_year_only_when_that_is_the_calendar_year(ask: Asker) -> None:
    calendar = Asker(Engine(make_catalogue(1), ask.engine.reads, 10, 10**6))
    arguments = "groupBy: ELECTION_ON_FISCAL_YEAR, filter: {electionOnPrecision: {eq: YEAR}}"
    years = Counter(int(vote["date"]) for vote in VOTES if len(vote["date"]) == 4)

    found = await groups(calendar, "ballotMeasureStats", "key { electionOnFiscalYear } count", arguments)
    assert {group["key"]["electionOnFiscalYear"]: group["count"] for group in found} == dict(years)
    found = await groups(ask, "ballotMeasureStats", "key { electionOnFiscalYear } count", arguments)
    assert found == [{"key": {"electionOnFiscalYear": None}, "count": years.total()}]


async def test_conditions_are_counted_under_as_many_aliases_as_asked_for(ask: Asker) -> None:
    selection = """key { kind state: communityStateCode } count
      adopted: countWhere(filter: {outcome: {eq: ADOPTED}}) share(filter: {outcome: {eq: ADOPTED}})
      small: countWhere(filter: {community: {population: {lt: 10000}}})
      close: countWhere(filter: {measures: {some: {margin: {lt: 500}}}})"""
    found = await groups(ask, "campaignStats", selection, "groupBy: [KIND, COMMUNITY_STATE_CODE]")

    for group in found:
        key = f'kind: {{eq: {group["key"]["kind"]}}}, community: {{state: {{code: {{eq: "{group["key"]["state"]}"}}}}}}'
        both = f"and: [{{{key}}}, {{community: {{population: {{lt: 10000}}}}}}]"
        data = await ask(f"""{{
          count: campaigns(filter: {{{key}}}) {{ totalCount }}
          adopted: campaigns(filter: {{{key}, outcome: {{eq: ADOPTED}}}}) {{ totalCount }}
          small: campaigns(filter: {{{both}}}) {{ totalCount }}
          close: campaigns(filter: {{{key}, measures: {{some: {{margin: {{lt: 500}}}}}}}}) {{ totalCount }} }}""")
        assert {name: group[name] for name in data} == {name: rows["totalCount"] for name, rows in data.items()}
        assert group["share"] == group["adopted"] / group["count"]


async def test_true_false_and_unknown_are_three_groups(ask: Asker) -> None:
    found = await groups(ask, "ballotMeasureStats", "key { passed } count", "groupBy: PASSED")
    expected = Counter(vote["outcome"] == "PASSED" for vote in VOTES)

    assert found == [
        {"key": {"passed": False}, "count": expected[False]},
        {"key": {"passed": True}, "count": expected[True]},
    ]


async def test_having_keeps_groups_by_their_figures(ask: Asker) -> None:
    arguments = "groupBy: STATE_CODE, having: {count: {gte: 1000}, population: {sum: {gt: 40000000}, min: {lt: 10}}}"
    document = f"{{ communityStats({arguments}) {{ totalCount groups {{ key {{ stateCode }} }} }} }}"
    rows = Counter(row["state_code"] for row in COMMUNITIES)
    expected = [
        state
        for state in sorted(rows)
        if rows[state] >= 1000
        and sum(populations(state_code=state)) > 40_000_000
        and min(populations(state_code=state)) < 10
    ]

    assert expected == ["TX"]
    assert await ask(document) == {"communityStats": {"totalCount": 1, "groups": [{"key": {"stateCode": "TX"}}]}}
    nothing = await groups(ask, "communityStats", "count", "having: {count: {lt: 5}}")
    assert nothing == []
    without = await groups(
        ask, "communityStats", "key { stateCode }", "groupBy: STATE_CODE, having: {population: {sum: {isNull: true}}}"
    )
    states = [state for state in sorted(rows) if not populations(state_code=state)]
    assert [group["key"]["stateCode"] for group in without] == states


async def test_order_by_figures_and_keys_with_ties_in_the_order_of_keys(ask: Asker) -> None:
    by_kind: dict[str, int] = Counter(row["kind"] for row in COMMUNITIES)
    averages = {kind: sum(known) / len(known) for kind in by_kind if (known := populations(kind=kind))}

    async def kinds(order: str) -> list[str]:
        found = await groups(ask, "communityStats", "key { kind }", f"groupBy: KIND, orderBy: {order}")
        return [group["key"]["kind"] for group in found]

    assert await kinds("[]") == sorted(by_kind)
    assert await kinds("{field: KIND, direction: DESC}") == sorted(by_kind, reverse=True)
    assert await kinds("[{field: COUNT, direction: DESC}]") == sorted(by_kind, key=lambda k: (-by_kind[k], k))
    unknown = sorted(by_kind.keys() - averages)
    ranked = sorted(averages, key=averages.__getitem__)
    assert await kinds("{field: POPULATION_AVG}") == ranked + unknown
    assert await kinds("{field: POPULATION_AVG, direction: DESC, nulls: FIRST}") == unknown + ranked[::-1]
    assert await kinds("{field: POPULATION_SUM, direction: DESC}") == [
        *sorted(averages, key=lambda kind: (-sum(populations(kind=kind)), kind)),
        *unknown,
    ]


async def test_groups_beyond_the_first_are_counted(ask: Asker) -> None:
    document = """query ($first: Int) { communityStats(groupBy: [STATE_CODE, KIND], first: $first) {
      totalCount groups { count } } }"""
    total = len({(row["state_code"], row["kind"]) for row in COMMUNITIES})

    for first, size in ((None, 100), (1, 1), (1_000, total)):
        stats = (await ask(document, first=first))["communityStats"]
        assert (stats["totalCount"], len(stats["groups"])) == (total, size)
    for wrong in (0, -1, 1_001):
        assert await ask.refusal(document, first=wrong) == f"An answer holds from 1 to 1,000 groups, not {wrong}."
    literal = "{ communityStats(first: 1001) { totalCount } }"
    assert await ask.refusal(literal) == "An answer holds from 1 to 1,000 groups, not 1001."


async def test_a_document_serves_every_grouping_order_and_filter(ask: Asker) -> None:
    document = """query ($by: [CampaignGroupBy!], $order: [CampaignStatsOrder!], $having: CampaignHaving,
                         $filter: CampaignFilter, $where: CampaignFilter!) {
      campaignStats(groupBy: $by, orderBy: $order, having: $having, filter: $filter) {
        groups { count matching: countWhere(filter: $where) } } }"""
    cases: list[tuple[dict[str, Any], int]] = [
        ({}, 1),
        ({"by": []}, 1),
        ({"by": ["KIND"]}, 3),
        ({"by": ["KIND", "KIND"]}, 3),
        ({"by": ["OUTCOME"]}, 4),
        ({"by": ["KIND"], "order": [{"field": "COUNT"}]}, 3),
        ({"by": ["KIND"], "having": {"count": {"gt": 1_000}}}, 0),
        ({"by": ["KIND"], "filter": {"kind": {"eq": "RETENTION"}}}, 1),
    ]
    everywhere = [{}, {"kind": {"eq": "ADOPTION"}}, {"kind": {"in": ["ADOPTION"]}, "outcome": {"isNull": False}}]
    for _ in range(2):
        for variables, size in cases:
            for where in everywhere:
                found = (await ask(document, where=where, **variables))["campaignStats"]["groups"]
                assert len(found) == size
                if not where:
                    assert all(group["matching"] == group["count"] for group in found)


async def test_what_contradicts_itself_is_refused(ask: Asker) -> None:
    refusals = {
        "campaignStats(groupBy: KIND) { groups { key { outcome } } }": "outcome is no key of these groups; name it in "
        "groupBy.",
        "campaignStats(orderBy: {field: KIND}) { totalCount }": "KIND orders groups only when groupBy names it.",
        "campaignStats(groupBy: [KIND, KIND, KIND, KIND, KIND, KIND]) { totalCount }": "groupBy takes at most 5 keys, "
        "not 6.",
        f"campaignStats(orderBy: [{'{field: COUNT},' * 6}]) {{ totalCount }}": "orderBy takes at most 5 keys, not 6.",
        "campaignStats { groups { "
        + " ".join(f"a{i}: countWhere(filter: {{}})" for i in range(21))
        + " } }": "A group takes at most 20 uses of countWhere and share.",
    }
    for document, message in refusals.items():
        assert await ask.refusal(f"{{ {document} }}") == message


async def test_stats_stand_beside_each_other_and_beside_lists(ask: Asker) -> None:
    document = """{
      kinds: campaignStats(groupBy: KIND) { __typename ...Totals }
      all: campaignStats { ...Totals groups { n: count __typename key { __typename } } }
      campaigns(first: 1) { totalCount }
      measures: ballotMeasureStats { groups { votesFor { __typename count } } }
    }
    fragment Totals on CampaignStats { totalCount groups { count } }"""

    data = await ask(document)

    assert data["all"] == {
        "totalCount": 1,
        "groups": [
            {"count": 52, "n": 52, "__typename": "CampaignStatsGroup", "key": {"__typename": "CampaignStatsKey"}}
        ],
    }
    assert sum(group["count"] for group in data["kinds"]["groups"]) == data["campaigns"]["totalCount"] == 52
    counted = sum(bool(vote["votes_for"]) for vote in VOTES)
    assert data["measures"] == {"groups": [{"votesFor": {"__typename": "NumberStats", "count": counted}}]}


def test_a_big_int_is_what_every_json_reader_holds() -> None:
    most = (LARGEST_WHOLE, -LARGEST_WHOLE)
    assert [BIG_INT.parse_value(value) for value in (0, 5.0, *most)] == [0, 5, *most]
    for wrong in (LARGEST_WHOLE + 1, 0.5, "5", True, None):
        with pytest.raises(GraphQLError, match="BigInt is a whole number of at most 9,007,199,254,740,991, not"):
            BIG_INT.parse_value(wrong)
