"""Compiling: what it makes is bounded, whatever makes it long, and who needs it pays for it once."""

from typing import Any

import pytest

from fund_api.core.limits import STANDARD
from fund_api.graph.engine import PART, Engine
from fund_api.graph.errors import Code, RequestErrors
from fund_api.graph.parts import Parts
from tests.asking import Asker
from tests.schema.test_contract import OPERATIONS, VARIABLES

WIDE = {
    "and": [{"community": {"campaigns": {"some": {"community": {"state": {"code": {"eq": "OH", "ne": "X"}}}}}}}] * 45
}
FILTERED = "query ($f: CampaignFilter) {{ {} }}"


def times(number: int, field: str) -> str:
    return " ".join(f"a{i}: {field}" for i in range(number))


@pytest.mark.parametrize(
    ("document", "variables"),
    [
        (FILTERED.format(times(8, "campaigns(filter: $f, first: 1) { totalCount nodes { id } }")), {"f": WIDE}),
        (FILTERED.format("campaigns(filter: $f, first: 1) { totalCount nodes { id } }"), {"f": WIDE}),
        (
            "{ " + times(6, "communities(first: 1) { nodes { ...C } }") + " } fragment C on Community { "
            + times(10, "campaigns(first: 1) { nodes { id } }") + " }",
            {},
        ),
    ],
    ids=["conditions in many lists", "conditions in one list", "lists by a fragment"],
)  # fmt: skip
async def test_statements_without_measure_are_refused_before_they_are_made(
    ask: Asker, document: str, variables: dict[str, Any]
) -> None:
    with pytest.raises(RequestErrors) as refused:
        operation = ask.engine.prepare(document, None, variables)
        await ask.engine.answer(operation, ask.viewer)

    assert refused.value.code is Code.LIMIT_EXCEEDED
    limit = (refused.value.errors[0].extensions or {})["limit"]
    assert (limit["name"], limit["allowed"]) == ("parts", STANDARD.parts)
    assert STANDARD.parts < limit["found"] < 6 * STANDARD.parts  # counting stops with the list that is one too many


@pytest.mark.parametrize(
    "given",
    [
        {"title": {"eq": "x", "ne": "y"}},
        {"community": {"id": {"in": ["x"]}}},
        {"community": {"name": {"eq": "x"}, "population": {"gt": 1}}, "not": {"title": {"eq": "x"}}},
        {"community": {"campaigns": {"some": {"title": {"eq": "x"}}, "none": {"community": {"id": {"eq": "x"}}}}}},
        {"or": [{"measures": {"none": {}}}, {"and": [{"community": {"state": {"code": {"eq": "OH"}}}}]}]},
        WIDE["and"][0],
    ],
)
async def test_no_more_parts_are_foreseen_than_are_made(ask: Asker, given: dict[str, Any]) -> None:
    document = FILTERED.format("campaigns(filter: $f, first: 1) { totalCount nodes { measures { totalCount } } }")
    parts = Parts(STANDARD.parts)
    ask.engine._compiled(ask.engine.prepare(document, None, {"f": given}), ask.viewer, parts)

    assert 30 < parts.foreseen <= parts.number


@pytest.mark.parametrize("path", OPERATIONS, ids=lambda path: path.stem)
async def test_the_operations_that_ship_need_a_third_at_most_and_are_paid_for_once(ask: Asker, path: Any) -> None:
    never_seen = path.read_text(encoding="utf-8") + "# nobody else asks this\n"
    operation = ask.engine.prepare(never_seen, None, VARIABLES[path.stem])
    first, again = list[int](), list[int]()
    await ask.engine.answer(operation, ask.viewer, admit=first.append)
    await ask.engine.answer(operation, ask.viewer, admit=again.append)

    [made, rows] = first
    assert made <= PART * STANDARD.parts // 3
    assert again == [rows]


async def test_each_new_shape_of_variables_is_paid_for(ask: Asker) -> None:
    document = FILTERED.format("campaigns(filter: $f, first: 1) { totalCount }")
    shapes: list[dict[str, Any]] = [{"title": {name: "x"}} for name in ("eq", "ne", "contains")]
    told = []
    for given in [*shapes, {"title": {"eq": "y"}}]:
        admitted = list[int]()
        await ask.engine.answer(ask.engine.prepare(document, None, {"f": given}), ask.viewer, admit=admitted.append)
        told.append([rows // PART for rows in admitted[:-1]])

    assert [len(one) for one in told] == [1, 1, 1, 0]  # another value is no other shape
    assert all(parts >= 10 for one in told for parts in one)


def test_plans_are_kept_by_what_was_made_for_them(ask: Asker) -> None:
    engine: Engine = ask.engine

    assert engine.plans.room == engine.entity_plans.room < float("inf")
