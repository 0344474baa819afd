"""What the oracle found, each as the smallest document that showed it, on a fixed world and both databases."""

import base64
import itertools
from collections.abc import AsyncIterator
from typing import Any

import orjson
import pytest

from tests.asking import Asker
from tests.databases import Databases
from tests.oracle.data import make_world, seen
from tests.oracle.test_oracle import Oracle, oracle

ASKED = (
    *("state", "source", "community", "form_period", "organization", "campaign", "ballot_measure", "milestone"),
    *("grant", "resource", "revision", "campaign_resource", "ballot_measure_source"),
)


@pytest.fixture(scope="module")
async def asked(databases: Databases) -> AsyncIterator[Oracle]:
    """An oracle on the first world that has several rows in the tables that these documents ask, and shows of each."""
    worlds = (make_world(f"found {i}") for i in itertools.count())
    world = next(one for one in worlds if all(len(one.rows[name]) > 2 and seen(one).rows[name] for name in ASKED))
    async with oracle(databases, world) as made:
        yield made


async def agree(asked: Oracle, document: str, *requests: dict[str, Any]) -> None:
    """The engines answer like the reference, each request after the one before it, so that plans are met again."""
    for variables in requests or ({},):
        assert await asked.differences(document, variables) == {}


async def test_booleans_in_a_list_are_compared(asked: Oracle) -> None:
    await agree(asked, "{ campaigns(filter: {dateInferred: {in: [true, false]}}) { totalCount } }")
    document = "query ($b: Boolean!) { ballotMeasures(filter: {passed: {notIn: [$b]}}) { totalCount } }"
    await agree(asked, document, {"b": True}, {"b": False})


async def test_null_in_place_of_a_default_that_a_position_needs_is_refused(asked: Oracle) -> None:
    for declared, argument in (
        ("$v: OrderDirection = ASC", "orderBy: {field: NAME, direction: $v}"),
        ("$v: NullPlacement = LAST", "orderBy: {field: NAME, nulls: $v}"),
        ("$v: StateOrderField = NAME", "orderBy: {field: $v}"),
        ("$v: StateOrder = {field: NAME}", "orderBy: [$v]"),
        ('$v: String = "OH"', "filter: {code: {in: [$v]}}"),
        ("$v: StateFilter = {}", "filter: {and: [$v]}"),
    ):
        document = f"query ({declared}) {{ states({argument}) {{ nodes {{ id }} }} }}"
        await agree(asked, document, {}, {"v": None}, {})


async def test_ids_in_a_list_may_name_other_types_in_the_next_request(asked: Oracle) -> None:
    ids = [asked.world.rows[name][0]["id"] for name in ("source", "organization", "campaign")]
    document = "query ($a: ID!, $b: ID!) { nodes(ids: [$a, $b]) { __typename id } }"

    await agree(asked, document, {"a": ids[0], "b": ids[0]}, {"a": ids[1], "b": ids[2]}, {"a": "x", "b": ids[1]})


async def test_a_malformed_cursor_is_refused_even_after_null_was_a_good_one(asked: Oracle) -> None:
    document = "query ($after: String) { states(after: $after) { nodes { id } } }"

    await agree(asked, document, {}, {"after": None}, {"after": "x"}, {"after": ""}, {"after": None})


async def test_cursors_of_times_are_the_same_on_both_databases(asked: Oracle) -> None:
    for direction in ("ASC", "DESC"):
        document = f"""query ($after: String) {{
          grants(first: 2, after: $after, orderBy: {{field: DECIDED_AT, direction: {direction}}}) {{
            edges {{ cursor node {{ decidedAt }} }} pageInfo {{ startCursor endCursor hasNextPage }} }} }}"""
        after = None
        for _ in asked.world.rows["grant"]:
            await agree(asked, document, {"after": after})
            expected = asked.reference.answer(document, {"after": after}).data
            after = expected and expected["grants"]["pageInfo"]["endCursor"]


async def test_times_in_a_list_are_compared_as_moments(asked: Oracle) -> None:
    known = next(row["decided_at"] for row in asked.world.rows["grant"] if row["decided_at"])
    document = "query ($in: [DateTime!]) { grants(filter: {decidedAt: {in: $in}}) { totalCount } }"

    await agree(asked, document, {"in": [known.isoformat()]}, {"in": ["2020-01-01T00:00:00"]}, {"in": []})


async def test_times_before_the_year_1000_and_outside_of_the_calendar(asked: Oracle) -> None:
    document = "query ($t: DateTime) { grants(filter: {decidedAt: {lt: $t}}) { nodes { decidedAt } } }"

    for time in ("0999-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00", "9999-12-31T23:00:00-02:00"):
        await agree(asked, document, {"t": time})


async def test_not_in_nothing_still_needs_a_value(asked: Oracle) -> None:
    await agree(asked, "{ ballotMeasures(filter: {passed: {notIn: []}}) { totalCount } }")
    await agree(asked, "{ communities(filter: {population: {notIn: []}}) { totalCount } }")


async def test_rows_of_which_only_the_type_is_asked(asked: Oracle) -> None:
    await agree(asked, "{ grants { edges { __typename } } states { nodes { __typename } } }")
    await agree(asked, '{ state(code: "OH") { __typename } campaigns { nodes { measures { edges { __typename } } } } }')
    await agree(asked, "{ grants { nodes { id @skip(if: true) } } campaigns { nodes { grants { __typename } } } }")


@pytest.mark.parametrize("nested", ['after: "x"', "first: 0", 'filter: {title: {eq: "\\u0000"}}'])
async def test_a_wrong_argument_is_refused_though_there_are_no_parents(asked: Oracle, nested: str) -> None:
    document = f"{{ communities(filter: {{or: []}}) {{ nodes {{ campaigns({nested}) {{ nodes {{ id }} }} }} }} }}"

    await agree(asked, document)


async def test_a_wrong_value_is_refused_though_the_next_request_has_no_parents(asked: Oracle) -> None:
    document = """query ($none: CommunityFilter, $text: String) { communities(filter: $none) { nodes {
      campaigns(filter: {title: {eq: $text}}) { nodes { id } } } } }"""
    none: dict[str, Any] = {"or": []}

    await agree(asked, document, {"none": none, "text": "a"}, {"none": none, "text": "\x00"})


@pytest.mark.parametrize(
    "value", [2**31, -(2**40), 2**63, "x", 1.5, True, [], "2020-01-01T00:00:00", "0001-01-01T00:00:00+14:00"]
)
@pytest.mark.parametrize("order", ["grants(orderBy: {field: DECIDED_AT}", "ballotMeasures(orderBy: {field: MARGIN}"])
async def test_a_cursor_with_values_that_its_order_cannot_have_is_refused(
    asked: Oracle, order: str, value: object
) -> None:
    page = f"{order}, first: 1) {{ pageInfo {{ endCursor }} }}"
    expected = asked.reference.answer(f"{{ {page} }}", {}).data
    assert expected is not None
    (answer,) = expected.values()
    parts = orjson.loads(base64.urlsafe_b64decode(answer["pageInfo"]["endCursor"]))
    parts[1] = value
    cursor = base64.urlsafe_b64encode(orjson.dumps(parts)).decode()

    document = f'{{ {order}, after: "{cursor}") {{ nodes {{ id }} }} }}'
    await agree(asked, document)
    assert asked.reference.answer(document, {}).data is None


async def test_a_list_through_a_link_is_ordered_by_the_column_of_a_to_one_row(ask: Asker) -> None:
    """SQLite hides the rowid of a table that stands inside a join in parentheses."""
    document = """{ sources(first: 2) { nodes { id } } resources { nodes {
      campaigns(orderBy: {field: COMMUNITY_POPULATION}) { totalCount nodes { id } } } }
      community(by: {geoid: "0664000"}) { campaigns(orderBy: [{field: COMMUNITY_NAME}, {field: TITLE}]) {
        totalCount nodes { title } } } }"""

    data = await ask(document)

    assert [node["title"] for node in data["community"]["campaigns"]["nodes"]] == [
        "Sacramento, CA: retention vote of 2014",
        "Sacramento, CA: retention vote of 2020",
    ]


async def test_a_list_of_which_nothing_but_its_type_is_asked_still_refuses_a_bad_filter(asked: Oracle) -> None:
    document = """query ($filter: GrantFilter) { campaigns(first: 1) { nodes { grants(filter: $filter) { __typename } } }
      grants(filter: $filter) { __typename } }"""

    await agree(asked, document, {"filter": {"requested": {"eq": "1.00"}}}, {"filter": {"requested": {"eq": "0.001"}}})


async def test_a_condition_beside_one_that_cannot_hold_is_still_checked(asked: Oracle) -> None:
    """The statement leaves it out, as a comparison with null is false."""
    document = """query ($t: DateTime!) {
      campaigns(filter: {publishedAt: {in: [$t], notIn: null}}) { totalCount }
      grants(filter: {submittedAt: {in: [$t], eq: null}}) { totalCount } }"""

    await agree(asked, document, {"t": "2020-02-29T12:00:00Z"}, {"t": "0001-01-01T00:00:00+02:00"})
