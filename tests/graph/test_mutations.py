"""Mutations: the rule, its payload read by the engine, its errors as data, and retries under one key."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
import sqlalchemy as sa
import strawberry

import schema
from fund_api.campaigns.tables import Milestone as MilestoneTable
from fund_api.core import events
from fund_api.core.access import PUBLIC, Viewer
from fund_api.core.database import Database
from fund_api.core.errors import InvalidTransition, InvalidValue, NotAllowed, NotFound, VersionConflict
from fund_api.graph import declare, mutations
from fund_api.graph.catalogue import Catalogue
from fund_api.graph.engine import Engine
from fund_api.graph.mutations import Acting
from fund_api.graph.run import reader
from fund_api.graph.user_errors import TYPES, Payload
from schema.campaigns import Milestone
from tests.asking import Asker
from tests.granting import Fund
from tests.rows import count, fetch, table

Info = strawberry.Info[Acting, None]
ADA = Viewer("person_01h455vb4pex5vsknk084sn02q", frozenset())
BEA = Viewer("person_01h455vb4pex5vsknk084sn02r", frozenset())


@strawberry.input(description="A milestone to add.")
class AddMilestone:
    campaign: strawberry.ID
    note: str | None = None
    idempotency_key: str | None = None


@strawberry.type(description="What addMilestone answers.")
class AddMilestonePayload(Payload):
    milestone: Milestone | None = None
    secret: str | None = None
    withheld = frozenset({"secret"})


@strawberry.type(description="What addMilestone answers.")
class MilestonePayload(Payload):
    milestone: Milestone | None = None


async def add(info: Info, given: AddMilestone) -> Any:
    """Any: the id stands for the entity."""
    values = {"campaign_id": given.campaign, "kind": "EFFECTIVE", "note": given.note}
    return await info.context.tx.add(MilestoneTable, "added", values)


@strawberry.type(description="What tests do.")
class Mutation:
    @declare.mutation("Add a milestone.")
    async def add_milestone(self, info: Info, input: AddMilestone) -> MilestonePayload | None:  # noqa: A002
        return MilestonePayload(milestone=await add(info, input))

    @declare.mutation("Add a milestone with a secret.")
    async def add_secretly(self, info: Info, input: AddMilestone) -> AddMilestonePayload | None:  # noqa: A002
        return AddMilestonePayload(milestone=await add(info, input), secret="told once")

    @declare.mutation("Add a milestone, then find that it can't be.")
    async def refuse(self, info: Info, input: AddMilestone) -> MilestonePayload | None:  # noqa: A002
        added = await add(info, input)
        match input.note:
            case "conflict":
                raise VersionConflict(input.campaign, 1, 2)
            case "move":
                raise InvalidTransition("Only a draft can be sent.", "CLOSED", ["reopen", "delete"])
            case "allowed":
                raise NotAllowed("You may not add milestones.")
            case "value":
                raise InvalidValue("due on lies in the past.", "due_on")
            case "fault":
                raise ZeroDivisionError
        raise NotFound(f"There is no campaign {added[:4]}.")


CATALOGUE = Catalogue(strawberry.Schema(schema.Query, Mutation, types=TYPES))
ADD = """
    mutation Add($input: AddMilestone!) {
      addMilestone(input: $input) {
        milestone { note kind campaign { title milestones { totalCount nodes { note } } } }
        errors { __typename }
      }
    }
"""
REFUSE = """
    mutation Refuse($input: AddMilestone!) {
      refuse(input: $input) {
        milestone { id }
        errors {
          __typename code message path
          ... on InvalidTransition { from allowed }
          ... on VersionConflict { current { id ... on Campaign { title } } }
        }
      }
    }
"""


@pytest.fixture
async def engine(database: Database) -> AsyncIterator[Engine]:
    reads = reader(database, 4)
    yield Engine(CATALOGUE, reads, 100, 100_000, database)
    await reads.close()


@pytest.fixture
async def campaign(database: Database) -> str:
    fund = Fund()
    found = fund.campaign(fund.community("Saratoga Springs"))
    await fund.save(database)
    return found


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


async def test_a_payload_that_costs_too_much_is_refused_before_anything_is_done(
    engine: Engine, database: Database, campaign: str
) -> None:
    engine.cost_limit = 5

    refused = await Asker(engine, ADA).refusal(ADD, input={"campaign": campaign})

    assert refused.startswith("This operation may touch 3")
    assert await count(database, "milestone") == 0


async def test_fifty_retries_at_once_with_one_key_have_one_effect_and_equal_answers(
    engine: Engine, database: Database, campaign: str
) -> None:
    given = {"campaign": campaign, "note": "once", "idempotencyKey": "k1"}
    answers = await asyncio.gather(*(Asker(engine, ADA)(ADD, input=given) for _ in range(50)))

    assert answers == [answers[0]] * 50
    assert answers[0]["addMilestone"]["milestone"]["note"] == "once"
    assert await count(database, "milestone") == await count(database, "event") == 1
    other = await Asker(engine, BEA)(ADD, input=given)
    assert other["addMilestone"]["milestone"]["campaign"]["milestones"]["totalCount"] == 2


async def test_a_key_is_for_one_input(engine: Engine, database: Database, campaign: str) -> None:
    ask = Asker(engine, ADA)
    await ask(ADD, input={"campaign": campaign, "note": "one", "idempotencyKey": "k1"})

    answer = await ask(ADD, input={"campaign": campaign, "note": "two", "idempotencyKey": "k1"})

    assert answer["addMilestone"] == {"milestone": None, "errors": [{"__typename": "IdempotencyKeyReused"}]}
    assert await count(database, "milestone") == 1


async def test_another_document_with_the_same_key_reads_the_result_again(engine: Engine, campaign: str) -> None:
    ask = Asker(engine, ADA)
    given = {"campaign": campaign, "note": "one", "idempotencyKey": "k1"}
    await ask(ADD, input=given)

    again = "mutation($input: AddMilestone!) { addMilestone(input: $input) { milestone { note provenance } } }"

    assert await ask(again, input=given) == {"addMilestone": {"milestone": {"note": "one", "provenance": "ENTERED"}}}


async def test_a_refused_mutation_leaves_its_key_free(engine: Engine, database: Database, campaign: str) -> None:
    ask = Asker(engine, ADA)
    await ask(REFUSE, input={"campaign": campaign, "note": "value", "idempotencyKey": "k1"})
    answer = await ask(ADD, input={"campaign": campaign, "note": "value", "idempotencyKey": "k1"})

    assert answer["addMilestone"]["errors"] == []
    assert await count(database, "milestone") == 1


async def test_an_answer_too_long_to_keep_is_read_again(
    engine: Engine, database: Database, campaign: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mutations, "LONGEST_ANSWER", 10)
    given = {"campaign": campaign, "note": "one", "idempotencyKey": "k1"}

    first, second = [await Asker(engine, ADA)(ADD, input=given) for _ in range(2)]

    assert first == second
    assert await fetch(database, sa.select(table("idempotency_key").c.answer)) == [(None,)]
    assert await count(database, "milestone") == 1


async def test_a_retry_by_somebody_with_other_rights_is_read_as_they_see_it(engine: Engine, campaign: str) -> None:
    given = {"campaign": campaign, "note": "one", "idempotencyKey": "k1"}
    document = "mutation($input: AddMilestone!) { addMilestone(input: $input) { milestone { campaign { availableActions } } } }"
    seen = []
    for permissions in (frozenset({"fund:campaign:update"}), frozenset[str]()):
        answer = await Asker(engine, Viewer(ADA.id, permissions))(document, input=given)
        seen.append(answer["addMilestone"]["milestone"]["campaign"]["availableActions"])

    assert "UPDATE" in seen[0]
    assert seen[1] == []


async def test_a_secret_is_told_once_and_not_kept(engine: Engine, database: Database, campaign: str) -> None:
    document = "mutation($input: AddMilestone!) { addSecretly(input: $input) { secret milestone { note } } }"
    given = {"campaign": campaign, "note": "n", "idempotencyKey": "k1"}

    first, second = [(await Asker(engine, ADA)(document, input=given))["addSecretly"] for _ in range(2)]

    assert first == {"secret": "told once", "milestone": {"note": "n"}}
    assert second == {"secret": None, "milestone": {"note": "n"}}
    kept = await fetch(database, sa.select(table("idempotency_key").c.result, table("idempotency_key").c.answer))
    assert "told once" not in str(kept)


@pytest.mark.parametrize("key", ["", "k" * 201])
async def test_a_key_has_a_length(engine: Engine, database: Database, campaign: str, key: str) -> None:
    document = "mutation($input: AddMilestone!) { addMilestone(input: $input) { errors { message path } } }"
    answer = await Asker(engine, PUBLIC)(document, input={"campaign": campaign, "idempotencyKey": key})

    assert answer["addMilestone"]["errors"] == [
        {"message": "An idempotency key has 1 to 200 characters.", "path": ["input", "idempotencyKey"]}
    ]
    assert await count(database, "milestone") == 0


async def test_an_unknown_field_of_an_input_is_an_error(engine: Engine, campaign: str) -> None:
    refused = await Asker(engine).refusal(ADD, input={"campaign": campaign, "provenance": "REPORTED"})

    assert "Field 'provenance' is not defined by type 'AddMilestone'" in refused or "provenance" in refused


async def test_a_document_takes_ten_mutations(engine: Engine, database: Database, campaign: str) -> None:
    fields = " ".join(f'm{i}: addMilestone(input: {{ campaign: "{campaign}" }}) {{ __typename }}' for i in range(11))

    assert await Asker(engine).refusal(f"mutation {{ {fields} }}") == "One document takes at most 10 mutations, not 11."
    assert await count(database, "milestone") == 0
