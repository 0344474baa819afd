"""Selections: aliases, fragments, directives, variables, interfaces, several root fields."""

import pytest

from tests.asking import Asker

SACRAMENTO = '{geoid: "0664000"}'


async def test_keys_come_in_the_order_they_were_asked_for(ask: Asker) -> None:
    data = await ask("{ b: states(first: 1) { nodes { name code z: fips __typename } } a: __typename }")

    assert list(data) == ["b", "a"]
    assert list(data["b"]["nodes"][0].items()) == [
        ("name", "Alabama"),
        ("code", "AL"),
        ("z", "01"),
        ("__typename", "State"),
    ]
    assert data["a"] == "Query"


async def test_fields_of_one_key_are_merged(ask: Asker) -> None:
    document = f"""{{
      community(by: {SACRAMENTO}) {{ state {{ code }} ...More state {{ fips }} }}
      community(by: {SACRAMENTO}) {{ campaigns(first: 1) {{ nodes {{ title }} }} }}
    }}
    fragment More on Community {{ state {{ name code }} campaigns(first: 1) {{ nodes {{ kind }} totalCount }} }}"""

    assert (await ask(document))["community"] == {
        "state": {"code": "CA", "name": "California", "fips": "06"},
        "campaigns": {
            "nodes": [{"kind": "RETENTION", "title": "Sacramento, CA: retention vote of 2020"}],
            "totalCount": 2,
        },
    }


async def test_the_same_list_twice_under_two_aliases_has_two_pages(ask: Asker) -> None:
    document = """{ state(code: "DE") {
      counties: communities(filter: {kind: {eq: COUNTY}}) { totalCount nodes { shortName } }
      last: communities(last: 1) { nodes { shortName } } } }"""

    assert (await ask(document))["state"] == {
        "counties": {"totalCount": 3, "nodes": [{"shortName": n} for n in ("Kent", "New Castle", "Sussex")]},
        "last": {"nodes": [{"shortName": "Wyoming"}]},
    }


@pytest.mark.parametrize(("yes", "names"), [(True, ["name"]), (False, ["code"])])
async def test_skip_and_include_follow_their_variables(ask: Asker, yes: bool, names: list[str]) -> None:
    document = """query ($yes: Boolean!) { state(code: "OH") {
      name @include(if: $yes) code @skip(if: $yes)
      ... @include(if: false) { fips } ...Never @skip(if: true) } }
    fragment Never on State { fips }"""

    assert list((await ask(document, yes=yes))["state"]) == names


async def test_variables_have_defaults_and_may_be_absent(ask: Asker) -> None:
    document = """query ($first: Int = 2, $filter: StateFilter, $code: String = "OH") {
      states(first: $first, filter: $filter) { nodes { code } } state(code: $code) { name } }"""

    assert await ask(document) == {"states": {"nodes": [{"code": "AL"}, {"code": "AK"}]}, "state": {"name": "Ohio"}}
    assert await ask(document, first=1, filter={"code": {"in": ["TX", "WY"]}}, code="WY") == {
        "states": {"nodes": [{"code": "TX"}]},
        "state": {"name": "Wyoming"},
    }


async def test_node_finds_anything_by_its_id(ask: Asker) -> None:
    found = await ask(f"{{ community(by: {SACRAMENTO}) {{ id campaigns(first: 1) {{ nodes {{ id }} }} }} }}")
    community, campaign = found["community"]["id"], found["community"]["campaigns"]["nodes"][0]["id"]
    document = """query ($id: ID!, $ids: [ID!]!) {
      node(id: $id) { __typename id ... on Community { name } }
      nodes(ids: $ids) { ...Names }
    }
    fragment Names on Node { id ... on Campaign { kind community { id } } ... on Community { shortName } }"""
    absent = "camp_" + "0" * 26

    data = await ask(document, id=community, ids=[campaign, absent, community, "nonsense", campaign])

    assert data["node"] == {"__typename": "Community", "id": community, "name": "Sacramento city"}
    row = {"id": campaign, "kind": "RETENTION", "community": {"id": community}}
    assert data["nodes"] == [row, None, {"id": community, "shortName": "Sacramento"}, None, row]
    assert await ask("query ($id: ID!) { node(id: $id) { id } }", id=absent) == {"node": None}
    assert await ask("query ($id: ID!) { node(id: $id) { id } }", id="") == {"node": None}


async def test_nodes_takes_at_most_100_ids(ask: Asker) -> None:
    document = "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }"

    assert await ask(document, ids=[]) == {"nodes": []}
    assert await ask(document, ids=["x"] * 100) == {"nodes": [None] * 100}
    assert await ask.refusal(document, ids=["x"] * 101) == "nodes takes at most 100 ids, not 101."


async def test_a_community_is_found_by_exactly_one_key(ask: Asker) -> None:
    document = "query ($by: CommunityBy!) { community(by: $by) { geoid } }"
    ocd_id = "ocd-division/country:us/state:ca/place:sacramento"

    assert await ask(document, by={"geoid": "0664000"}) == {"community": {"geoid": "0664000"}}
    assert await ask(document, by={"ocdId": ocd_id}) == {"community": {"geoid": "0664000"}}
    assert await ask(document, by={"id": "comm_none"}) == {"community": None}
    for by in ({}, {"geoid": "0664000", "ocdId": ocd_id}, {"geoid": None}):
        assert "exactly one field must be specified" in await ask.refusal(document, by=by)
    loose = "query ($geoid: String) { community(by: {geoid: $geoid}) { geoid } }"
    assert await ask.refusal(loose) == "community needs exactly one key with a value."
    assert await ask.refusal(loose, geoid=None) == "community needs exactly one key with a value."


async def test_introspection_stands_beside_data(ask: Asker) -> None:
    data = await ask('{ state(code: "OH") { name } __type(name: "State") { kind fields { name } } }')

    assert data["state"] == {"name": "Ohio"}
    assert list(data) == ["state", "__type"]
    assert data["__type"]["kind"] == "OBJECT"
    assert {"name": "fips"} in data["__type"]["fields"]


async def test_only_the_count_needs_no_rows(ask: Asker) -> None:
    document = "{ communities { totalCount } states(first: 1) { nodes { communities { totalCount } } } }"

    assert await ask(document) == {
        "communities": {"totalCount": 39_234},
        "states": {"nodes": [{"communities": {"totalCount": 529}}]},
    }


async def test_an_empty_page_has_no_cursors_and_still_its_count(ask: Asker) -> None:
    page = "totalCount nodes { id } edges { cursor } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }"
    nothing = {
        "totalCount": 0,
        "nodes": [],
        "edges": [],
        "pageInfo": {"hasNextPage": False, "hasPreviousPage": False, "startCursor": None, "endCursor": None},
    }
    document = f"""{{ milestones {{ {page} }}
      state(code: "WY") {{ communities(filter: {{kind: {{eq: PARISH}}}}) {{ {page} }} }} }}"""

    assert await ask(document) == {"milestones": nothing, "state": {"communities": nothing}}


async def test_an_operation_is_chosen_by_name(ask: Asker) -> None:
    document = 'query A { state(code: "OH") { code } } query B { state(code: "WY") { code } }'

    assert (await ask.respond(document, {}, "B"))["data"] == {"state": {"code": "WY"}}
    [error] = (await ask.respond(document, {}))["errors"]
    assert error["message"] == "operationName must say which operation to run: A, B."
    [error] = (await ask.respond(document, {}, "C"))["errors"]
    assert error["message"] == "There is no operation 'C': A, B."
