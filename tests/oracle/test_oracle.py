"""The engine answers like the reference: generated documents on generated worlds, on both databases, to the byte.

FUND_ORACLE_DOCUMENTS says how many documents (300), FUND_ORACLE_SEED from which seed (1). A failure prints what it takes
to see it again; it then becomes a test of its own in test_found.py.
"""

import json
import os
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any

import orjson
import pytest

from fund_api.core.database import Dialect
from fund_api.core.limits import Limits
from tests.asking import CATALOGUE, Asker, asking
from tests.databases import Databases
from tests.oracle.data import World, load, make_world, seen
from tests.oracle.documents import make_document
from tests.oracle.reference import Expected, Reference

DOCUMENTS = int(os.environ.get("FUND_ORACLE_DOCUMENTS", "300"))
SEED = os.environ.get("FUND_ORACLE_SEED", "1")
WORLDS = max(6, DOCUMENTS // 250)


@dataclass(frozen=True)
class Oracle:
    """A world, its reference, and an engine on each database."""

    world: World
    reference: Reference
    engines: dict[Dialect, Asker]

    async def differences(self, text: str, variables: dict[str, Any]) -> dict[str, Any]:
        """The answers of reference and engines when they are not the same, else nothing."""
        expected = self.reference.answer(text, variables)
        answers = {dialect: await _answer(engine, text, variables) for dialect, engine in self.engines.items()}
        if all(_same(expected, answer) for answer in answers.values()):
            return {}
        return {"reference": expected.data or sorted(expected.words)} | {
            str(dialect): a for dialect, a in answers.items()
        }


async def _answer(engine: Asker, text: str, variables: dict[str, Any]) -> Any:
    try:
        return await engine.respond(text, variables)
    except Exception as error:  # noqa: BLE001  # a fault is a finding, to be shown beside the document
        return {"fault": repr(error)}


def _same(expected: Expected, answer: Any) -> bool:
    if expected.data is not None:
        return orjson.dumps({"data": expected.data}) == orjson.dumps(answer)
    words = {error["message"] for error in answer.get("errors", [])}
    return bool(words) and "data" not in answer and (not expected.words or words <= expected.words)


@asynccontextmanager
async def oracle(databases: Databases, world: World) -> AsyncIterator[Oracle]:
    """An oracle on a world, which is loaded into two databases of its own."""
    async with AsyncExitStack() as stack:
        engines = {}
        for dialect in Dialect:
            database = await stack.enter_async_context(databases.migrated(dialect))
            await load(world, database)
            engines[dialect] = await stack.enter_async_context(asking(database))
        for asker in engines.values():
            asker.engine.cost_limit = 10**12  # the reference refuses nothing for its cost or its size
            asker.engine.limits = Limits(**dict.fromkeys(Limits.__dataclass_fields__, 10**9))
        first, second = (asker.engine for asker in engines.values())
        second.documents, second._numbers = first.documents, first._numbers  # parsed and validated once for both
        yield Oracle(world, Reference(CATALOGUE, seen(world)), engines)


@pytest.mark.parametrize("number", range(WORLDS), ids=lambda number: f"seed-{SEED}-world-{number}")
async def test_reference_and_both_databases_give_equal_answers(databases: Databases, number: int) -> None:
    world = make_world(f"{SEED}/{number}")
    async with oracle(databases, world) as asked:
        for i in range(number, DOCUMENTS, WORLDS):
            document = make_document(CATALOGUE, world, f"{SEED}/{number}/{i}")
            for run, variables in enumerate(document.runs):
                if found := await asked.differences(document.text, variables):
                    pytest.fail(report(number, i, run, document.text, document.runs[: run + 1], found), pytrace=False)


def report(number: int, i: int, run: int, text: str, runs: list[dict[str, Any]], found: dict[str, Any]) -> str:
    parts = [f"FUND_ORACLE_SEED={SEED}, world {number}, document {i}, request {run}", text]
    parts += [json.dumps(variables, ensure_ascii=False) for variables in runs]
    return "\n".join([*parts, *(f"{name}: {json.dumps(answer, ensure_ascii=False)}" for name, answer in found.items())])
