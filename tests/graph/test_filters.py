"""Filters: the operators, the logic, unknown values, relations."""

import pytest

from tests.asking import Asker


async def count(ask: Asker, root: str, conditions: str) -> int:
    data = await ask(f"{{ {root}(filter: {conditions}) {{ totalCount }} }}")
    total: int = data[root]["totalCount"]
    return total


@pytest.mark.parametrize(
    ("conditions", "total"),
    [
        ("{}", 39_234),
        ('{geoid: {eq: "0664000"}}', 1),
        ('{geoid: {in: ["0664000", "3665255", "nothing"]}}', 2),
        ("{geoid: {in: []}}", 0),
        ("{geoid: {notIn: []}}", 39_234),
        ("{kind: {eq: CENSUS_AREA}}", 11),
        ("{kind: {in: [CORPORATION, CITY_AND_BOROUGH]}}", 4),
        ("{population: {eq: 0}}", 11),
        ("{population: {isNull: true}}", 10_800),
        ("{population: {isNull: false}}", 28_434),
        ("{population: {gte: 0}}", 28_434),
        ("{population: {lt: 1}}", 11),
        ("{population: {gt: 0, lte: 0}}", 0),
        ("{population: {eq: null}}", 0),
        ("{population: {ne: 0}}", 28_423),
        ("{population: {notIn: [0]}}", 28_423),
        ("{population: {isNull: null}}", 39_234),
        ("{population: null}", 39_234),
        ("{formOfGovernment: {eq: COUNCIL_MANAGER}}", 39),
        ("{formOfGovernment: {ne: COUNCIL_MANAGER}}", 348),
        ('{formAsOf: {gte: "2020-01-01"}}', 10),
        ("{latitude: {gt: 71.0}}", 1),
        ('{name: {startsWith: "la CANADA"}}', 1),
        ('{name: {contains: "flintridge"}}', 1),
        ('{name: {contains: "%"}}', 0),
        ('{name: {contains: ""}}', 39_234),
        ('{name: {startsWith: ""}}', 39_234),
    ],
)
async def test_operators(ask: Asker, conditions: str, total: int) -> None:
    assert await count(ask, "communities", conditions) == total


@pytest.mark.parametrize(
    "condition",
    [
        "{population: {gte: 1000}}",
        "{population: {eq: null}}",
        "{formOfGovernment: {ne: COUNCIL_MANAGER}}",
        '{state: {code: {in: ["OH", "IN"]}}}',
        '{state: {name: {contains: "new"}}}',
        "{populationSource: {title: {isNull: false}}}",
        "{or: [{population: {lt: 100}}, {not: {kind: {eq: CITY}}}]}",
        "{and: [], or: []}",
        "{campaigns: {some: {kind: {eq: RETENTION}}}}",
    ],
)
async def test_not_is_the_complement_even_of_unknown_values(ask: Asker, condition: str) -> None:
    inside = await count(ask, "communities", condition)
    outside = await count(ask, "communities", f"{{not: {condition}}}")
    twice = await count(ask, "communities", f"{{not: {{not: {condition}}}}}")

    assert (inside + outside, twice) == (39_234, inside)


async def test_and_or_combine(ask: Asker) -> None:
    assert await count(ask, "communities", '{state: {code: {eq: "OH"}}, kind: {eq: COUNTY}}') == 88
    assert await count(ask, "communities", '{and: [{state: {code: {eq: "OH"}}}, {kind: {eq: COUNTY}}]}') == 88
    assert await count(ask, "communities", '{or: [{state: {code: {eq: "OH"}}}, {kind: {eq: PARISH}}]}') == 2_323 + 64
    assert await count(ask, "communities", "{or: []}") == 0
    assert await count(ask, "communities", "{or: null, and: [], not: null}") == 39_234


async def test_filters_reach_through_relations(ask: Asker) -> None:
    document = """query ($filter: CampaignFilter) { campaigns(filter: $filter) { nodes { title } } }"""
    ohio = {"community": {"state": {"code": {"in": ["OH"]}}, "population": {"gte": 10_000}}}

    assert await ask(document, filter=ohio) == {
        "campaigns": {"nodes": [{"title": "Hilliard, OH: adoption vote of 2018"}]}
    }
    assert await count(ask, "states", "{communities: {some: {campaigns: {some: {outcome: {eq: ADOPTED}}}}}}") == 10
    assert await count(ask, "campaigns", "{measures: {every: {passed: {eq: true}}}}") == 24
    assert await count(ask, "campaigns", "{measures: {none: {votesFor: {isNull: false}}}}") == 30
    assert await count(ask, "ballotMeasures", '{sources: {some: {title: {contains: "Gazette"}}}}') == 1


async def test_one_document_serves_every_shape_of_a_filter(ask: Asker) -> None:
    document = "query ($filter: CommunityFilter) { communities(filter: $filter) { totalCount } }"
    shapes = [
        ({}, 39_234),
        ({"population": {"eq": 0}}, 11),
        ({"population": {"eq": None}}, 0),
        ({"population": {"isNull": True}}, 10_800),
        ({"population": {"isNull": False}}, 28_434),
        ({"or": [{"population": {"eq": 0}}, {"kind": {"eq": "CENSUS_AREA"}}]}, 22),
        ({"or": [{"population": {"eq": 0}}]}, 11),
        ({"kind": {"in": ["PARISH"]}}, 64),
        ({"kind": {"in": ["PARISH", "CENSUS_AREA"]}}, 75),
    ]
    for filter_, total in shapes + shapes[::-1]:
        assert await ask(document, filter=filter_) == {"communities": {"totalCount": total}}


async def test_a_filter_has_limits(ask: Asker) -> None:
    document = "query ($filter: CommunityFilter) { communities(filter: $filter) { totalCount } }"
    deep: dict[str, object] = {"kind": {"eq": "CITY"}}
    for _ in range(9):
        deep = {"not": deep}

    assert (
        await ask.refusal(document, filter=deep) == "This filter is nested deeper than 8 levels; ask for less at once."
    )
    wide = {"or": [{"kind": {"eq": "CITY"}}] * 51}
    assert await ask.refusal(document, filter=wide) == "or takes at most 50 conditions, not 51."
    long = {"geoid": {"in": ["x"] * 1_001}}
    assert await ask.refusal(document, filter=long) == "in and notIn take at most 1,000 values, not 1,001."
    nul = {"geoid": {"eq": "a\x00b"}}
    assert await ask.refusal(document, filter=nul) == "A text can't hold the character U+0000."
    text = {"name": {"contains": "x" * 10_001}}
    assert (
        await ask.refusal(document, filter=text) == "A text to compare with has at most 10,000 characters, not 10,001."
    )
