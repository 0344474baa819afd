"""The examples of the GraphQL specification, September 2025, on our schema; each test names its section."""

import json
from typing import Any

import pytest

from tests.asking import Asker

OHIO = 'state(code: "OH")'
BY = "query ($by: CommunityBy!) { community(by: $by) { geoid } }"
SACRAMENTO = {"community": {"geoid": "0664000"}}


async def refused(ask: Asker, document: str, variables: dict[str, Any] | None = None) -> bool:
    """Whether a request ends with errors and no data."""
    answer = await ask.respond(document, variables or {})
    return "errors" in answer and "data" not in answer


# 2.8 Fragments, 6.3.2 Field Collection, 7.2.2 Serialized Map Ordering


async def test_keys_of_a_fragment_stand_where_it_is_spread(ask: Asker) -> None:
    document = f"{{ foo: {OHIO} {{ code }} ...Frag qux: __typename }} fragment Frag on Query {{ bar: __typename baz: __typename }}"

    assert list(await ask(document)) == ["foo", "bar", "baz", "qux"]


async def test_a_key_stands_where_it_was_met_first_and_other_types_fragments_add_none(ask: Asker) -> None:
    found = await ask(f"{{ {OHIO} {{ id }} }}")
    document = """query ($id: ID!) { node(id: $id) { foo: id ...Ignored ...Matching bar: id } }
      fragment Ignored on Community { qux: name baz: name }
      fragment Matching on State { bar: id qux: name foo: id }"""

    assert list((await ask(document, id=found["state"]["id"]))["node"]) == ["foo", "bar", "qux"]


async def test_a_skipped_field_does_not_take_its_place(ask: Asker) -> None:
    assert list((await ask(f"{{ {OHIO} {{ name @skip(if: true) code name }} }}"))["state"]) == ["code", "name"]


@pytest.mark.parametrize(("skip", "include", "there"), [(0, 1, True), (0, 0, False), (1, 1, False), (1, 0, False)])
async def test_a_field_is_there_when_it_is_included_and_not_skipped(
    ask: Asker, skip: int, include: int, there: bool
) -> None:
    document = f"""query ($skip: Boolean!, $include: Boolean!) {{ {OHIO} {{
      code name @skip(if: $skip) @include(if: $include) ... @skip(if: $skip) @include(if: $include) {{ fips }} }} }}"""

    data = await ask(document, skip=bool(skip), include=bool(include))

    assert list(data["state"]) == (["code", "name", "fips"] if there else ["code"])


# 5.3.2 Field Selection Merging, 6.4.3 Value Completion (merging selection sets)


async def test_selections_of_one_key_are_merged(ask: Asker) -> None:
    document = f"{{ {OHIO} {{ name }} {OHIO} {{ code populationSource {{ id }} populationSource {{ title }} }} }}"

    state = (await ask(document))["state"]

    assert list(state) == ["name", "code", "populationSource"]
    assert list(state["populationSource"]) == ["id", "title"]


@pytest.mark.parametrize(
    "selection",
    [
        "name name",
        "other: name other: name",
        "communities(first: 1) { totalCount } communities(first: 1) { totalCount }",
        "communities(first: $n) { totalCount } communities(first: $n) { totalCount }",
    ],
)
async def test_identical_fields_merge(ask: Asker, selection: str) -> None:
    assert not await refused(ask, f"query ($n: Int) {{ states(first: $n) {{ nodes {{ {selection} }} }} }}", {"n": 1})


@pytest.mark.parametrize(
    "selection",
    [
        "name: code name",
        "communities(first: 1) { totalCount } communities(first: 2) { totalCount }",
        "communities(first: $n) { totalCount } communities(first: 1) { totalCount }",
        "communities(first: $n) { totalCount } communities(first: $m) { totalCount }",
        "communities(first: 1) { totalCount } communities { totalCount }",
    ],
)
async def test_different_fields_of_one_key_conflict(ask: Asker, selection: str) -> None:
    document = f"query ($n: Int, $m: Int) {{ states(first: $n, last: $m) {{ nodes {{ {selection} }} }} }}"

    assert await refused(ask, document, {"n": 1})


async def test_types_that_exclude_each_other_may_use_one_key_for_fields_of_one_shape(ask: Asker) -> None:
    document = "query ($id: ID!) { node(id: $id) { ... on State { key: name } ... on Source { key: title } } }"
    conflict = "query ($id: ID!) { node(id: $id) { ... on State { key: name } ... on Source { key: retrievedOn } } }"
    state = (await ask(f"{{ {OHIO} {{ id }} }}"))["state"]

    assert await ask(document, id=state["id"]) == {"node": {"key": "Ohio"}}
    assert await refused(ask, conflict, {"id": state["id"]})


# 3.5 Scalars: input coercion


@pytest.mark.parametrize(
    ("literal", "accepted"),
    [("20", True), ("null", True), ("2.0", False), ('"2"', False), ("true", False), ("2147483648", False)],
)
async def test_an_int_takes_whole_numbers_of_32_bits(ask: Asker, literal: str, accepted: bool) -> None:
    document = f"{{ states(filter: {{population: {{gt: {literal}}}}}) {{ totalCount }} }}"

    assert await refused(ask, document) is not accepted


@pytest.mark.parametrize(("value", "accepted"), [(71, True), (71.5, True), ("71", False), (True, False)])
async def test_a_float_takes_every_number(ask: Asker, value: object, accepted: bool) -> None:
    document = "query ($value: Float) { communities(filter: {latitude: {gt: $value}}) { totalCount } }"

    assert await refused(ask, document, {"value": value}) is not accepted


@pytest.mark.parametrize(("value", "accepted"), [("OH", True), (1, False), (True, False), (["OH"], False)])
async def test_a_string_takes_strings_alone(ask: Asker, value: object, accepted: bool) -> None:
    assert await refused(ask, "query ($code: String!) { state(code: $code) { id } }", {"code": value}) is not accepted


@pytest.mark.parametrize(("value", "accepted"), [("4", True), (4, True), (-4, True), (4.5, False), (True, False)])
async def test_an_id_takes_strings_and_whole_numbers(ask: Asker, value: object, accepted: bool) -> None:
    assert await refused(ask, "query ($id: ID!) { node(id: $id) { id } }", {"id": value}) is not accepted


@pytest.mark.parametrize(("literal", "accepted"), [("CITY", True), ('"CITY"', False), ("city", False), ("1", False)])
async def test_an_enum_takes_its_names_alone(ask: Asker, literal: str, accepted: bool) -> None:
    document = f"{{ communities(filter: {{kind: {{eq: {literal}}}}}) {{ totalCount }} }}"

    assert await refused(ask, document) is not accepted


# 3.12 List: input coercion


@pytest.mark.parametrize(
    ("value", "codes"),
    [
        (["OH", "WY"], ["OH", "WY"]),
        ("OH", ["OH"]),
        ([], []),
        (None, []),
        (["OH", 1], None),
        (["OH", None], None),
        (1, None),
    ],
)
async def test_one_value_stands_for_a_list_of_it(ask: Asker, value: Any, codes: list[str] | None) -> None:
    text = json.dumps(value)
    for document in (
        "query ($in: [String!]) { states(filter: {code: {in: $in}}) { nodes { code } } }",
        "query ($in: StateFilter) { states(filter: $in) { nodes { code } } }",
        f"{{ states(filter: {{code: {{in: {text}}}}}) {{ nodes {{ code }} }} }}",
    ):
        given = {"code": {"in": value}} if "StateFilter" in document else value
        answer = await ask.respond(document, {"in": given} if "$in" in document else {})
        assert ("errors" in answer) is (codes is None)
        if codes is not None:
            assert [node["code"] for node in answer["data"]["states"]["nodes"]] == codes


async def test_one_object_stands_for_a_list_of_it(ask: Asker) -> None:
    document = "query ($by: [StateOrder!]) { states(first: 1, orderBy: $by) { nodes { code } } }"
    last = {"field": "CODE", "direction": "DESC"}

    assert await ask(document, by=last) == await ask(document, by=[last]) == {"states": {"nodes": [{"code": "WY"}]}}


# 3.10 Input Objects: the table of input coercion, with a required field and one that has a default


@pytest.mark.parametrize(
    ("literal", "variables", "code"),
    [
        ("{field: CODE, direction: DESC}", {}, "WY"),
        ("{field: CODE}", {}, "AK"),
        ("{field: CODE, direction: $direction}", {"direction": "DESC"}, "WY"),
        ("{field: CODE, direction: $direction}", {}, "AK"),
        ("{field: $field}", {"field": "CODE"}, "AK"),
        ("$entry", {"entry": {"field": "CODE"}}, "AK"),
        ("$entry", {"entry": {"field": "CODE", "direction": "DESC"}}, "WY"),
        ('"abc123"', {}, None),
        ("$entry", {"entry": "abc123"}, None),
        ('{field: CODE, direction: "DESC"}', {}, None),
        ("{direction: DESC}", {}, None),
        ("{field: CODE, direction: null}", {}, None),
        ("{field: null}", {}, None),
        ("$entry", {"entry": {"direction": "DESC"}}, None),
        ("$entry", {"entry": {"field": None}}, None),
        ("{field: CODE, direction: $direction}", {"direction": None}, None),
        ('{field: CODE, other: "xyz"}', {}, None),
        ("$entry", {"entry": {"field": "CODE", "other": "xyz"}}, None),
    ],
)
async def test_an_input_object_is_read_field_by_field(
    ask: Asker, literal: str, variables: dict[str, Any], code: str | None
) -> None:
    kinds = {"direction": "OrderDirection = ASC", "field": "StateOrderField!", "entry": "[StateOrder!]"}
    declared = ", ".join(f"${name}: {kind}" for name, kind in kinds.items() if f"${name}" in literal)
    head = f"query ({declared})" if declared else ""
    document = f"{head} {{ states(first: 1, orderBy: {literal}) {{ nodes {{ code }} }} }}"

    answer = await ask.respond(document, variables)

    assert ("errors" in answer) is (code is None)
    assert code is None or answer["data"] == {"states": {"nodes": [{"code": code}]}}


# 3.10.1 OneOf Input Objects: the table of input coercion


@pytest.mark.parametrize(
    ("by", "found"),
    [
        ({"geoid": "0664000"}, True),
        ({"ocdId": "ocd-division/country:us/state:ca/place:sacramento"}, True),
        ({}, False),
        ({"geoid": "0664000", "ocdId": "x"}, False),
        ({"geoid": "0664000", "ocdId": None}, False),
        ({"geoid": None}, False),
        ({"other": "x"}, False),
        ("0664000", False),
    ],
)
async def test_exactly_one_field_with_a_value_identifies(ask: Asker, by: Any, found: bool) -> None:
    literal = str(by).replace("'geoid'", "geoid").replace("'ocdId'", "ocdId").replace("'other'", "other")
    written = BY.split("{", 1)[1].replace("$by", literal.replace("'", '"').replace("None", "null"))

    for document, variables in ((BY, {"by": by}), (f"{{{written}", {})):
        answer = await ask.respond(document, variables)
        assert answer.get("data") == (SACRAMENTO if found else None)


async def test_a_variable_in_a_one_of_is_never_null(ask: Asker) -> None:
    required = "query ($geoid: String!) { community(by: {geoid: $geoid}) { geoid } }"
    nullable = required.replace("String!", "String")
    both = "query ($a: String!, $b: String) { community(by: {geoid: $a, ocdId: $b}) { geoid } }"

    assert await ask(required, geoid="0664000") == SACRAMENTO
    assert await refused(ask, required)
    assert await refused(ask, required, {"geoid": None})
    assert await refused(ask, nullable)
    assert await refused(ask, nullable, {"geoid": None})
    assert await refused(ask, both, {"a": "0664000"})
    assert await refused(ask, both, {"a": "0664000", "b": None})


# 6.1.2 Coercing Variable Values, 6.4.1 Coercing Field Arguments


async def test_a_default_is_for_absent_variables_and_null_replaces_it(ask: Asker) -> None:
    document = 'query ($in: [String!] = ["OH"]) { states(filter: {code: {in: $in}}) { totalCount } }'

    assert await ask(document) == {"states": {"totalCount": 1}}
    assert await ask(document, **{"in": ["OH", "WY"]}) == {"states": {"totalCount": 2}}
    assert await ask(document, **{"in": None}) == {"states": {"totalCount": 0}}


async def test_an_absent_variable_is_an_absent_argument(ask: Asker) -> None:
    document = "query ($eq: String) { states(filter: {code: {eq: $eq}}) { totalCount } }"

    assert await ask(document) == await ask("{ states(filter: {code: {}}) { totalCount } }")
    assert await ask(document, eq=None) == {"states": {"totalCount": 0}}


async def test_a_variable_with_a_default_stands_where_a_value_is_required_but_not_as_null(ask: Asker) -> None:
    document = 'query ($code: String = "OH") { state(code: $code) { name } }'

    assert await ask(document) == {"state": {"name": "Ohio"}}
    assert await refused(ask, document, {"code": None})
    assert await refused(ask, document.replace('String = "OH"', "String!"))


# 6.4.4 Handling Execution Errors: null stays in the nearest place that may hold it


async def test_null_stays_where_the_type_allows_it(ask: Asker) -> None:
    document = """{ state(code: "XX") { name } nodes(ids: ["nothing", "none"]) { id }
      communities(first: 1, filter: {websiteSource: {}, not: {websiteSource: {}}}) { nodes { id } }
      other: communities(first: 1, filter: {website: {isNull: true}}) { nodes { websiteSource { title } } } }"""

    assert await ask(document) == {
        "state": None,
        "nodes": [None, None],
        "communities": {"nodes": []},
        "other": {"nodes": [{"websiteSource": None}]},
    }
