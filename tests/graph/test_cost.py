"""Cost: rows are counted before anything runs, and the limit holds."""

import pytest

from tests.asking import Asker


@pytest.mark.parametrize(
    ("document", "rows"),
    [
        ("{ __typename }", 0),
        ("{ states { nodes { name } } }", 20),
        ("{ states(first: 7) { nodes { name } edges { node { name } } } }", 7),
        ("{ states(last: 100) { totalCount nodes { name } } }", 110),
        ("{ states { totalCount } }", 10),
        ('{ state(code: "OH") { name } community(by: {geoid: "1"}) { name } }', 2),
        ('{ node(id: "camp_00000000000000000000000000") { id } }', 1),
        ("{ campaigns(first: 50) { nodes { community { name } } } }", 100),
        ("{ campaigns(first: 50) { nodes { community { state { code } } } } }", 100),
        ("{ campaigns(first: 50) { nodes { community { state { name } } } } }", 150),
        ("{ campaigns(first: 10) { nodes { measures(first: 5) { nodes { sources(first: 2) { nodes { url } } } } } } }", 160),
        ("{ a: campaigns(first: 10) { ...F } b: campaigns(first: 5) { ...F } } fragment F on CampaignConnection"
         " { nodes { measures(first: 3) { totalCount nodes { note } } } }", 15 * (1 + 3 + 10)),
        ("{ campaigns(first: 10, orderBy: {field: COMMUNITY_NAME}) { nodes { id } } }", 1_010),
        ("{ campaigns(first: 10) { nodes { title } } }", 10),
        ("{ resources(first: 10) { nodes { body } } }", 10 * (1 + 20)),
        ("{ resources(first: 10) { nodes { title body again: body } } }", 10 * (1 + 40)),
        ("{ campaigns(first: 10) { nodes { measures @skip(if: true) { nodes { note } } id } } }", 10),
    ],
)  # fmt: skip
async def test_an_operation_costs_the_rows_it_may_touch(ask: Asker, document: str, rows: int) -> None:
    operation = ask.engine.prepare(document, None, {}, asks_cost=True)

    response = await ask.engine.answer(operation, ask.viewer)

    assert response["extensions"] == {"cost": {"rows": rows, "limit": 100_000}}


async def test_sizes_in_variables_count(ask: Asker) -> None:
    document = (
        "query ($n: Int!, $m: Int = 3) { states(first: $n) { nodes { communities(first: $m) { nodes { id } } } } }"
    )

    for variables, rows in (({"n": 1}, 4), ({"n": 10}, 40), ({"n": 10, "m": 100}, 1_010)):
        response = await ask.engine.answer(ask.engine.prepare(document, None, variables, asks_cost=True), ask.viewer)
        assert response["extensions"]["cost"]["rows"] == rows


async def test_an_operation_over_the_limit_is_refused_before_it_runs(ask: Asker) -> None:
    document = """query ($n: Int!) { states(first: $n) { nodes { communities(first: $n) { nodes { campaigns(first: $n) {
      nodes { id } } } } } } }"""

    assert len((await ask(document, n=10))["states"]["nodes"]) == 10
    response = await ask.respond(document, {"n": 100})

    [error] = response["errors"]
    assert error["message"] == (
        "This operation may touch 1,010,100 rows; 100,000 are allowed."
        " Ask for smaller pages (first, last) or for fewer lists inside lists."
    )
    assert error["extensions"] == {"code": "TOO_COSTLY"}
    assert "data" not in response
