"""Pages: every row once, in order, forwards and backwards, whatever the order and its nulls."""

import itertools
from typing import Any

import pytest

from tests.asking import Asker

ORDERS = [
    [{"field": "NAME"}],
    [{"field": "NAME", "direction": "DESC"}],
    [{"field": "GEOID"}],
    [{"field": "GEOID", "direction": "DESC"}],
    [{"field": "POPULATION"}],
    [{"field": "POPULATION", "nulls": "FIRST"}],
    [{"field": "POPULATION", "direction": "DESC"}],
    [{"field": "POPULATION", "direction": "DESC", "nulls": "FIRST"}],
]

FORWARD = """query ($order: [CommunityOrder!], $after: String) {
  communities(first: 100, orderBy: $order, after: $after) {
    nodes { id name geoid population } pageInfo { hasNextPage hasPreviousPage endCursor }
  }
}"""
BACKWARD = """query ($order: [CommunityOrder!], $before: String) {
  communities(last: 100, orderBy: $order, before: $before) {
    nodes { id name geoid population } pageInfo { hasNextPage hasPreviousPage startCursor }
  }
}"""

Row = dict[str, Any]


async def forwards(ask: Asker, order: Any) -> list[Row]:
    rows: list[Row] = []
    after = None
    for turn in itertools.count():
        page = (await ask(FORWARD, order=order, after=after))["communities"]
        rows += page["nodes"]
        assert page["pageInfo"]["hasPreviousPage"] is (turn > 0)
        if not page["pageInfo"]["hasNextPage"]:
            return rows
        assert len(page["nodes"]) == 100
        after = page["pageInfo"]["endCursor"]
    raise AssertionError


async def backwards(ask: Asker, order: Any) -> list[Row]:
    pages: list[list[Row]] = []
    before = None
    for turn in itertools.count():
        page = (await ask(BACKWARD, order=order, before=before))["communities"]
        pages.append(page["nodes"])
        assert page["pageInfo"]["hasNextPage"] is (turn > 0)
        if not page["pageInfo"]["hasPreviousPage"]:
            return [row for nodes in reversed(pages) for row in nodes]
        assert len(page["nodes"]) == 100
        before = page["pageInfo"]["startCursor"]
    raise AssertionError


def in_order(rows: list[Row], order: list[dict[str, str]]) -> list[str]:
    """The ids as Python sorts them: the id breaks ties in the direction of the key, unknown values stand apart."""
    [entry] = order
    key, descending = entry["field"].lower(), entry.get("direction") == "DESC"
    known = sorted((r for r in rows if r[key] is not None), key=lambda r: (r[key], r["id"]), reverse=descending)
    unknown = sorted((r for r in rows if r[key] is None), key=lambda r: r["id"], reverse=descending)
    rows = unknown + known if entry.get("nulls") == "FIRST" else known + unknown
    return [row["id"] for row in rows]


@pytest.mark.parametrize("order", ORDERS, ids=lambda order: "-".join(order[0].values()).lower())
async def test_every_community_comes_once_in_every_order_both_ways(ask: Asker, order: list[dict[str, str]]) -> None:
    rows = await forwards(ask, order)

    assert len(rows) == 39_234
    expected = in_order(rows, order)
    assert len(set(expected)) == 39_234
    assert [row["id"] for row in rows] == expected
    assert [row["id"] for row in await backwards(ask, order)] == expected


async def test_nested_lists_have_pages_of_their_own(ask: Asker) -> None:
    first = await ask(
        '{ state(code: "RI") { communities(first: 20) { nodes { id } pageInfo { endCursor hasNextPage } } } }'
    )
    page = first["state"]["communities"]
    rest: list[str] = [node["id"] for node in page["nodes"]]
    while page["pageInfo"]["hasNextPage"]:
        document = """query ($after: String) { state(code: "RI") {
          communities(first: 20, after: $after) { nodes { id } pageInfo { endCursor hasNextPage } } } }"""
        page = (await ask(document, after=page["pageInfo"]["endCursor"]))["state"]["communities"]
        rest += [node["id"] for node in page["nodes"]]
    everything = await ask('{ state(code: "RI") { communities(first: 100) { totalCount nodes { id } } } }')

    assert rest == [node["id"] for node in everything["state"]["communities"]["nodes"]]
    assert len(rest) == everything["state"]["communities"]["totalCount"] == 44


async def test_a_page_between_two_cursors_holds_what_lies_between(ask: Asker) -> None:
    states = (await ask("{ states(first: 60) { edges { cursor node { code } } } }"))["states"]["edges"]
    document = """query ($after: String, $before: String, $first: Int, $last: Int) {
      states(after: $after, before: $before, first: $first, last: $last) {
        nodes { code } pageInfo { hasNextPage hasPreviousPage } } }"""
    between = {"after": states[10]["cursor"], "before": states[20]["cursor"]}

    whole = (await ask(document, **between))["states"]
    start = (await ask(document, **between, first=3))["states"]
    end = (await ask(document, **between, last=3))["states"]

    codes = [edge["node"]["code"] for edge in states[11:20]]
    assert [node["code"] for node in whole["nodes"]] == codes
    assert [node["code"] for node in start["nodes"]] == codes[:3]
    assert start["pageInfo"] == {"hasNextPage": True, "hasPreviousPage": True}
    assert [node["code"] for node in end["nodes"]] == codes[-3:]
    assert end["pageInfo"] == {"hasNextPage": True, "hasPreviousPage": True}


async def test_a_cursor_of_another_order_is_refused(ask: Asker) -> None:
    cursor = (await ask("{ states(first: 1) { pageInfo { endCursor } } }"))["states"]["pageInfo"]["endCursor"]

    refusal = await ask.refusal(f'{{ states(after: "{cursor}", orderBy: {{field: CODE}}) {{ totalCount }} }}')

    assert refusal == "This cursor was made for another order; ask with the orderBy that it came from."


@pytest.mark.parametrize("cursor", ["", "x", "!!!", "W10=", "bnVsbA==", "WzEsMl0=", "e30=", "é", "A" * 3000])
async def test_a_malformed_cursor_is_refused(ask: Asker, cursor: str) -> None:
    for argument in ("after", "before"):
        document = f"query ($cursor: String) {{ states({argument}: $cursor) {{ nodes {{ code }} }} }}"
        refusal = await ask.refusal(document, cursor=cursor)
        assert refusal.startswith("This cursor ")


@pytest.mark.parametrize("argument", ["first", "last"])
@pytest.mark.parametrize("size", [0, -1, 101, 2_147_483_647])
async def test_a_page_holds_from_1_to_100_rows(ask: Asker, argument: str, size: int) -> None:
    message = f"A page holds from 1 to 100 rows, not {size}."

    assert await ask.refusal(f"{{ states({argument}: {size}) {{ nodes {{ code }} }} }}") == message
    document = f"query ($size: Int) {{ states({argument}: $size) {{ nodes {{ code }} }} }}"
    assert await ask.refusal(document, size=size) == message


async def test_a_plan_that_was_compiled_for_a_good_size_still_checks_the_next_one(ask: Asker) -> None:
    document = "query ($size: Int) { states(first: $size) { nodes { code } } }"
    assert len((await ask(document, size=3))["states"]["nodes"]) == 3

    assert await ask.refusal(document, size=1_000) == "A page holds from 1 to 100 rows, not 1000."
    assert len((await ask(document, size=4))["states"]["nodes"]) == 4


async def test_first_and_last_exclude_each_other(ask: Asker) -> None:
    refusal = await ask.refusal("{ states(first: 1, last: 1) { nodes { code } } }")

    assert refusal == "first and last exclude each other; ask for one of them."


async def test_a_page_has_20_rows_when_nobody_says(ask: Asker) -> None:
    data = await ask("{ states { nodes { code } } communities(first: null) { nodes { id } } }")

    assert [len(data[name]["nodes"]) for name in ("states", "communities")] == [20, 20]
