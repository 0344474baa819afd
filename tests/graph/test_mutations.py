"""Mutations: the rule, its payload read by the engine, and its errors as data."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import sqlalchemy as sa

from fund_api.core import events
from fund_api.core.database import Database
from fund_api.graph.engine import Engine
from tests.asking import Asker
from tests.graph.adding import ADA, ADD, REFUSE, campaign_in, engine_on
from tests.rows import count, fetch, table


@pytest.fixture
async def engine(database: Database) -> AsyncIterator[Engine]:
    async with engine_on(database) as engine:
        yield engine


@pytest.fixture
async def campaign(database: Database) -> str:
    return await campaign_in(database)


async def test_a_mutation_writes_tells_and_reads_its_payload_in_one_transaction(
    engine: Engine, database: Database, campaign: str
) -> None:
    answer = await Asker(engine, ADA)(ADD, input={"campaign": campaign, "note": "first"})

    [(title,)] = await fetch(database, sa.select(table("campaign").c.title))
    assert answer == {
        "addMilestone": {
            "milestone": {
                "note": "first",
                "kind": "EFFECTIVE",
                "campaign": {"title": title, "milestones": {"totalCount": 1, "nodes": [{"note": "first"}]}},
            },
            "errors": [],
        }
    }
    assert await fetch(database, sa.select(events.EVENT.c.action, events.EVENT.c.actor_id)) == [
        ("milestone.added", ADA.id)
    ]


async def test_fields_of_one_document_run_one_after_the_other(engine: Engine, campaign: str) -> None:
    document = """
        mutation($c: ID!) {
          one: addMilestone(input: { campaign: $c, note: "1" }) { milestone { campaign { milestones { totalCount } } } }
          two: addMilestone(input: { campaign: $c, note: "2" }) { milestone { campaign { milestones { totalCount } } } }
          __typename
        }
    """
    answer = await Asker(engine)(document, c=campaign)

    totals = {key: answer[key]["milestone"]["campaign"]["milestones"]["totalCount"] for key in ("one", "two")}
    assert totals == {"one": 1, "two": 2}
    assert list(answer) == ["one", "two", "__typename"]


@pytest.mark.parametrize(
    ("note", "error"),
    [
        ("value", {"__typename": "InvalidValue", "code": "INVALID_VALUE", "path": ["input", "dueOn"]}),
        ("allowed", {"__typename": "NotAllowed", "code": "NOT_ALLOWED", "path": None}),
        (
            "gone",
            {"__typename": "NotFound", "code": "NOT_FOUND", "path": None, "message": "There is no campaign mile."},
        ),
        (
            "move",
            {"__typename": "InvalidTransition", "from": "CLOSED", "allowed": ["reopen", "delete"]},
        ),
    ],
)
async def test_what_a_rule_refuses_is_an_error_in_the_payload_and_nothing_is_done(
    engine: Engine, database: Database, campaign: str, note: str, error: dict[str, Any]
) -> None:
    answer = await Asker(engine, ADA)(REFUSE, input={"campaign": campaign, "note": note})

    [told] = answer["refuse"]["errors"]
    assert answer["refuse"]["milestone"] is None
    assert told.items() >= error.items()
    assert await count(database, "milestone") == await count(database, "event") == 0


async def test_a_version_conflict_shows_what_the_entity_is_now(
    engine: Engine, database: Database, campaign: str
) -> None:
    answer = await Asker(engine, ADA)(REFUSE, input={"campaign": campaign, "note": "conflict"})

    [(title,)] = await fetch(database, sa.select(table("campaign").c.title))
    assert answer["refuse"]["errors"] == [
        {
            "__typename": "VersionConflict",
            "code": "VERSION_CONFLICT",
            "message": "This was changed by somebody else: it is at version 2, not 1. Read it again.",
            "path": None,
            "current": {"id": campaign, "title": title},
        }
    ]


async def test_a_fault_of_ours_leaves_nothing_behind(engine: Engine, database: Database, campaign: str) -> None:
    with pytest.raises(ZeroDivisionError):
        await Asker(engine, ADA)(REFUSE, input={"campaign": campaign, "note": "fault"})

    assert await count(database, "milestone") == 0


TWO = """
mutation ($c: ID!, $other: ID!, $note: String) {
  one: addMilestone(input: { campaign: $c, note: "1" }) { milestone { note } }
  two: refuse(input: { campaign: $other, note: $note }) { milestone { note } }
  three: addMilestone(input: { campaign: $c, note: "3" }) { milestone { note } }
}
"""


async def test_what_is_wrong_with_a_later_field_is_found_before_the_first_is_run(
    engine: Engine, database: Database, campaign: str
) -> None:
    refused = await Asker(engine, ADA).refusal(TWO, c=campaign, other="camp_\x00")

    assert "U+0000" in refused
    assert await count(database, "milestone") == 0


async def test_a_fault_of_ours_in_a_later_field_leaves_told_what_was_done(
    engine: Engine, database: Database, campaign: str
) -> None:
    answer = await Asker(engine, ADA).respond(TWO, {"c": campaign, "other": campaign, "note": "fault"})

    assert answer["data"] == {"one": {"milestone": {"note": "1"}}, "two": None, "three": {"milestone": {"note": "3"}}}
    [error] = answer["errors"]
    assert (error["path"], error["extensions"]["code"]) == (["two"], "INTERNAL_SERVER_ERROR")
    assert "ZeroDivisionError" not in str(error)
    assert await count(database, "milestone") == 2


async def test_payloads_that_cost_too_much_together_are_refused_before_anything_is_done(
    engine: Engine, database: Database, campaign: str
) -> None:
    selected = "milestone { campaign { milestones(first: 50) { nodes { id } } } }"
    fields = " ".join(f"m{i}: addMilestone(input: {{ campaign: $c }}) {{ {selected} }}" for i in range(4))
    engine.cost_limit = 150

    assert (await Asker(engine, ADA).refusal(f"mutation ($c: ID!) {{ {fields} }}", c=campaign)).startswith(
        "This operation may touch 2"
    )
    assert await count(database, "milestone") == 0


async def test_a_payload_that_costs_too_much_is_refused_before_anything_is_done(
    engine: Engine, database: Database, campaign: str
) -> None:
    engine.cost_limit = 5

    refused = await Asker(engine, ADA).refusal(ADD, input={"campaign": campaign})

    assert refused.startswith("This operation may touch 3")
    assert await count(database, "milestone") == 0


async def test_an_unknown_field_of_an_input_is_an_error(engine: Engine, campaign: str) -> None:
    refused = await Asker(engine).refusal(ADD, input={"campaign": campaign, "provenance": "REPORTED"})

    assert "Field 'provenance' is not defined by type 'AddMilestone'" in refused or "provenance" in refused


async def test_a_document_takes_ten_mutations(engine: Engine, database: Database, campaign: str) -> None:
    fields = " ".join(f'm{i}: addMilestone(input: {{ campaign: "{campaign}" }}) {{ __typename }}' for i in range(11))

    assert await Asker(engine).refusal(f"mutation {{ {fields} }}") == "One document takes at most 10 mutations, not 11."
    assert await count(database, "milestone") == 0
