"""Full-text search: what is found, in which order, and what of it is shown, alike on both databases."""

import asyncio
from collections import Counter
from typing import Any

import pytest

from fund_api.core.database import Database, Dialect
from tests.asking import CATALOGUE, Asker

IDS = """query ($query: String!, $types: [SearchType!], $after: String) {
  search(query: $query, types: $types, first: 100, after: $after) {
    totalCount nodes { ... on Node { id } } pageInfo { hasNextPage endCursor } } }"""
SHOWN = (
    """query ($query: String!) { search(query: $query) { edges { highlights { field parts { text matched } } } } }"""
)

FOUND = {
    "sacramento": 12,
    "SACRAMENTO": 12,
    "Sacraménto": 12,
    "la cañada flintridge": 1,
    "la canada flintridge": 1,
    '"canada la"': 0,
    '"la canada"': 1,
    "flintridge canada": 1,
    "springfields": 57,
    "adopts": 36,
    "prince georges": 29,
    "prince george's": 29,
    "prince george’s county": 29,
    "o'fallon": 3,
    "coeur d'alene": 1,
    "kaʻaʻawa": 0,
    "sacramen*": 12,
    "sacramento*": 12,
    "cities*": 4,
    "electio*": 7,
    "20*": 86,
    "2020": 8,
    "02020": 0,
    "council-manager": 46,
    '"council-manager"': 45,
    '"manager council"': 0,
    "council AND manager": 4,
    "council OR manager": 0,
    "NOT council": 8,
    "NEAR(council manager, 5)": 0,
    "-council": 54,
    "name:council": 0,
    "search_text : council": 0,
    "{name} : council": 0,
    "(council": 54,
    "council)": 54,
    '"council': 54,
    'council"': 54,
    '"council" "': 54,
    '""council""': 54,
    "“council manager”": 45,
    "*council": 54,
    "coun*cil": 0,
    "coun**": 38620,
    "* * *": 0,
    "^council": 54,
    "council^2": 0,
    "council\\": 54,
    "'council'": 54,
    "council & manager | !vote": 4,
    "council <-> manager": 46,
    "council:*": 54,
    "council:A": 11,
    "council;--": 54,
    "%council_": 54,
    "council\x00manager": 46,
    "council\tmanager\n": 46,
    "🙂": 0,
    "🙂council": 54,
    "東京": 0,
    "שלום*": 0,
    "½": 2,
    "ﬁre": 1,
    "": 0,
    '""': 0,
    " \u00a0 ": 0,
    "!": 0,
    "zy": 0,
    "zw*": 2,
    "z*": 65,
    "or": 285,
    "springfield oh": 12,
    "springfield ohio": 12,
    "x" * 200: 0,
    " ".join("abcdefghijklmnopqrst"): 0,
}
"""How many results each query has."""


async def pages(ask: Asker, query: str, **arguments: Any) -> list[list[str]]:
    """The ids of all results, page by page."""
    found, more = [], True
    while more:
        page = (await ask(IDS, query=query, **arguments))["search"]
        found.append([node["id"] for node in page["nodes"]])
        more = page["pageInfo"]["hasNextPage"]
        arguments["after"] = page["pageInfo"]["endCursor"]
    return found


@pytest.mark.parametrize("query", FOUND)
async def test_both_databases_find_the_same_rows(both: list[Asker], query: str) -> None:
    results = []
    for ask in both:
        data = (await ask(IDS, query=query))["search"]
        assert data["totalCount"] == FOUND[query]
        if data["totalCount"] <= 1_000:
            found = [one for page in await pages(ask, query) for one in page]
            assert len(set(found)) == len(found) == FOUND[query]
            results.append(set(found))
    assert all(found == results[0] for found in results)


async def test_every_result_comes_once_and_the_better_ones_first(ask: Asker) -> None:
    document = """query ($after: String) { search(query: "springfield", first: 7, after: $after) {
      edges { rank node { ... on Node { id } } } pageInfo { hasNextPage hasPreviousPage endCursor } totalCount } }"""
    found: list[tuple[float, str]] = []
    after = None
    while True:
        page = (await ask(document, after=after))["search"]
        assert page["pageInfo"]["hasPreviousPage"] == bool(found)
        found += [(edge["rank"], edge["node"]["id"]) for edge in page["edges"]]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break

    assert found == sorted(found, reverse=True)
    assert len({one for _, one in found}) == len(found) == page["totalCount"] > 50
    assert len({rank for rank, _ in found}) > 3
    back = (await ask('{ search(query: "springfield", last: 3) { nodes { ... on Node { id } } } }'))["search"]
    assert [node["id"] for node in back["nodes"]] == [one for _, one in found[-3:]]


async def test_types_narrow_the_search_down(ask: Asker) -> None:
    document = """query ($types: [SearchType!]) { search(query: "royse city", types: $types, first: 100) {
      totalCount nodes { __typename } } }"""
    everything = (await ask(document))["search"]
    kinds = Counter(node["__typename"] for node in everything["nodes"])

    assert kinds == {"Campaign": 1, "Community": 1, "Source": 1}
    for types, names in (
        (["CAMPAIGN"], {"Campaign"}),
        ("CAMPAIGN", {"Campaign"}),
        (["COMMUNITY", "CAMPAIGN", "CAMPAIGN"], {"Community", "Campaign"}),
        (["RESOURCE"], set()),
        ([], set()),
        (None, set(kinds)),
    ):
        found = (await ask(document, types=types))["search"]
        assert {node["__typename"] for node in found["nodes"]} == names
        assert found["totalCount"] == sum(kinds[name] for name in names)
    literal = await ask('{ search(query: "royse city", types: [SOURCE, CAMPAIGN]) { totalCount } }')
    assert literal["search"]["totalCount"] == 2
    one = """query ($type: SearchType!) { search(query: "royse city", types: [$type]) { totalCount } }"""
    assert (await ask(one, type="CAMPAIGN"), await ask(one, type="SOURCE")) == (
        {"search": {"totalCount": 1}},
        {"search": {"totalCount": 1}},
    )


async def test_highlights_are_the_fields_that_matched_in_parts(both: list[Asker]) -> None:
    for ask in both:
        [edge] = (await ask(SHOWN, query='"la canada" FLINTRIDGES calif* ca'))["search"]["edges"]
        assert edge["highlights"] == [
            {
                "field": "name",
                "parts": [
                    {"text": "La", "matched": True},
                    {"text": " ", "matched": False},
                    {"text": "Cañada", "matched": True},
                    {"text": " ", "matched": False},
                    {"text": "Flintridge", "matched": True},
                    {"text": " city", "matched": False},
                ],
            },
            {"field": "state.name", "parts": [{"text": "California", "matched": True}]},
            {"field": "state.code", "parts": [{"text": "CA", "matched": True}]},
        ]


@pytest.mark.parametrize("query", ["council manag*", "vote", "adoptions", '"saratoga springs"', "wards"])
async def test_every_result_has_a_highlight_and_its_parts_are_the_whole_text(ask: Asker, query: str) -> None:
    document = """query ($query: String!) { search(query: $query, first: 100) { edges { highlights { field parts { text
      matched } } node { ... on Community { name } ... on Campaign { name: title } ... on BallotMeasure { name: question }
      ... on Source { name: title } ... on Resource { name: title } } } } }"""
    edges = (await ask(document, query=query))["search"]["edges"]

    assert edges
    for edge in edges:
        assert edge["highlights"]
        for highlight in edge["highlights"]:
            assert any(part["matched"] for part in highlight["parts"])
            if highlight["field"] in ("name", "title", "question"):
                assert "".join(part["text"] for part in highlight["parts"]) == edge["node"]["name"]


async def test_results_are_selected_from_like_anything_else(ask: Asker) -> None:
    document = """query ($yes: Boolean!) {
      first: search(query: "royse city", types: [CAMPAIGN, SOURCE], first: 5) {
        __typename
        edges { __typename node { kind: __typename ...Titled } node { ... on Campaign { stage } } marks: highlights {
          __typename field parts { __typename text } } }
        edges { node { ... on Campaign @include(if: $yes) { measures(first: 1) { totalCount nodes { question } } } } }
        nodes { ... on Node { id } ... on Campaign { community { name state { code } } } }
      }
      empty: search(query: "royse city", types: [COMMUNITY]) { nodes { ... on Campaign { title } } }
      state(code: "TX") { name }
    }
    fragment Titled on SearchResult { ... on Campaign { title } ... on Source { url } }"""
    data = await ask(document, yes=True)
    first = data["first"]

    assert (first["__typename"], data["state"]) == ("SearchConnection", {"name": "Texas"})
    assert data["empty"] == {"nodes": [{}]}
    campaign = next(edge for edge in first["edges"] if edge["node"]["kind"] == "Campaign")
    source = next(edge for edge in first["edges"] if edge["node"]["kind"] == "Source")
    assert list(campaign["node"]) == ["kind", "title", "stage", "measures"]
    assert campaign["node"]["measures"]["totalCount"] >= len(campaign["node"]["measures"]["nodes"]) == 1
    assert campaign["marks"][0]["__typename"] == "Highlight"
    assert campaign["marks"][0]["parts"][0] == {"__typename": "HighlightPart", "text": "Royse"}
    assert (campaign["__typename"], list(source["node"])) == ("SearchEdge", ["kind", "url"])
    assert {"name": "Royse City city", "state": {"code": "TX"}} in [node.get("community") for node in first["nodes"]]
    without = await ask(document, yes=False)
    assert all("measures" not in edge["node"] for edge in without["first"]["edges"])


async def test_a_list_is_filtered_by_search(ask: Asker) -> None:
    document = """query ($filter: CampaignFilter) { campaigns(filter: $filter) { totalCount } }"""
    total = (await ask(document))["campaigns"]["totalCount"]

    for filter_, count in (
        ({"search": "saratoga springs"}, 3),
        ({"search": '"springs saratoga"'}, 0),
        ({"search": "saratoga", "outcome": {"eq": "REJECTED"}}, 3),
        ({"not": {"search": "saratoga springs"}}, total - 3),
        ({"or": [{"search": "saratoga"}, {"search": "granite fal*"}]}, 4),
        ({"community": {"search": '"new york" saratoga'}}, 3),
        ({"measures": {"some": {"search": "neighbourhoods"}}}, 1),
        ({"search": ""}, 0),
        ({"search": None}, total),
    ):
        assert await ask(document, filter=filter_) == {"campaigns": {"totalCount": count}}, filter_
    nested = await ask(
        '{ state(code: "NY") { communities(filter: {search: "saratoga spring city"}) { nodes { name } } } }'
    )
    assert nested["state"]["communities"]["nodes"] == [{"name": "Saratoga Springs city"}]


async def test_a_query_has_limits(ask: Asker) -> None:
    long, many = "x" * 201, "a b c d e f g h i j k l m n o p q r s t u"

    assert await ask.refusal(IDS, query=long) == "A search has at most 200 characters, not 201."
    assert await ask.refusal(IDS, query=many) == "A search has at most 20 words, not 21."
    assert await ask.refusal(IDS, query=f'"{many}"') == "A search has at most 20 words, not 21."
    filter_ = "query ($query: String) { communities(filter: {search: $query}) { totalCount } }"
    assert await ask.refusal(filter_, query=many) == "A search has at most 20 words, not 21."
    assert await ask.refusal('{ search(query: "a", first: 101) { totalCount } }') == (
        "A page holds from 1 to 100 rows, not 101."
    )
    states = (await ask("{ states { pageInfo { endCursor } } }"))["states"]["pageInfo"]["endCursor"]
    for cursor, message in ((states, "This cursor was made for another order"), ("x", "This cursor is malformed")):
        assert (await ask.refusal(IDS, query="a", after=cursor)).startswith(message)


def test_the_union_is_all_that_is_searched() -> None:
    union: Any = CATALOGUE.schema.get_type("SearchResult")
    kinds: Any = CATALOGUE.schema.get_type("SearchType")
    searched = {name for name, entity in CATALOGUE.entities.items() if entity.search}

    assert {kind.name for kind in union.types} == searched
    assert {value.value.entity for value in kinds.values.values()} == searched


async def test_the_statements_are_one_on_postgresql_and_one_for_each_entity_on_sqlite(
    counted: tuple[Asker, list[str]], loaded: Database
) -> None:
    ask, statements = counted

    await ask("""{ search(query: "saratoga springs") { totalCount pageInfo { hasPreviousPage } edges { highlights { field }
      node { __typename ... on Campaign { title measures { nodes { question } } } ... on Community { name } } } }
      state(code: "NY") { name } }""")
    await asyncio.sleep(0)  # asyncpg hands its log over in the next turn of the loop

    types = 6  # highlights need a row of each
    assert len(statements) == (1 + types + 1 + 1 if loaded.dialect is Dialect.SQLITE else 1)
    statements.clear()
    await ask('{ search(query: "saratoga springs") { nodes { __typename ... on Campaign { title } } } }')
    await asyncio.sleep(0)
    assert len(statements) == (2 if loaded.dialect is Dialect.SQLITE else 1)
