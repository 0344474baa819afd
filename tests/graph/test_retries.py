"""Retries of mutations under one key: what is done is done once, and told alike."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import sqlalchemy as sa

from fund_api.core.access import PUBLIC, Viewer
from fund_api.core.database import Database
from fund_api.graph import mutations
from fund_api.graph.engine import Engine
from tests.asking import Asker
from tests.graph.adding import ADA, ADD, BEA, REFUSE, campaign_in, engine_on
from tests.rows import count, fetch, table


@pytest.fixture
async def engine(database: Database) -> AsyncIterator[Engine]:
    async with engine_on(database) as engine:
        yield engine


@pytest.fixture
async def campaign(database: Database) -> str:
    return await campaign_in(database)


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
