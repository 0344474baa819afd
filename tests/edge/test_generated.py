"""Whatever is asked over HTTP, by documents of any shape or with wild variables, is answered in JSON and leaks nothing.

FUND_HTTP_DOCUMENTS=1000 asks so many of each kind, FUND_HTTP_SEED another selection.
"""

import json
import os
import random
from collections.abc import AsyncIterator
from functools import cache
from typing import Any

import httpx
import pytest
from graphql import build_schema, print_schema
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from hypothesis_graphql import Mode, mutations, nodes, queries

from fund_api.app import services
from fund_api.core.access import PUBLIC, Viewer
from fund_api.core.database import Dialect
from fund_api.core.installation import STANDARD
from fund_api.core.settings import Settings
from fund_api.edge.edges import edge_of
from fund_api.graph.engine import Engine
from tests.asking import CATALOGUE
from tests.databases import Databases
from tests.edge.leaks import LEAK
from tests.edge.wild import AMOUNTS, DAYS, MOMENTS, NUMBERS, Wilderness
from tests.rights.making import world_in

DOCUMENTS = int(os.environ.get("FUND_HTTP_DOCUMENTS", "100"))
SEED = os.environ.get("FUND_HTTP_SEED", "1")
ASKING = ["ADMINISTRATOR", "COORDINATOR", "nobody"]
SCHEMA = build_schema(print_schema(CATALOGUE.schema))
ROOTS = Wilderness(SCHEMA, [], random.Random(SEED)).roots()
SCALARS: Any = {
    "Date": st.sampled_from([nodes.String(day) for day in DAYS]),
    "DateTime": st.sampled_from([nodes.String(moment) for moment in MOMENTS]),
    "Decimal": st.sampled_from([nodes.String(amount) for amount in AMOUNTS]),
    "BigInt": st.sampled_from([nodes.Int(int(number)) for number in NUMBERS if number == int(number)]),
}


@cache
def valid(kind: str, name: str) -> Any:
    """The documents with one root field: a strategy, which is untyped."""
    return (queries if kind == "query" else mutations)(SCHEMA, fields=[name], custom_scalars=SCALARS)


@cache
def invalid(kind: str) -> Any:
    """Documents that each hold a value which does not fit."""
    return (queries if kind == "query" else mutations)(SCHEMA, custom_scalars=SCALARS, mode=Mode.NEGATIVE)


@st.composite
def document(draw: st.DrawFn) -> str:
    """A document with any root field; one of five is not valid."""
    kind, name = draw(st.sampled_from(ROOTS))
    text: str = draw(invalid(kind) if draw(st.integers(0, 4)) == 4 else valid(kind, name))
    return text


class Asked:
    """A small world with something of everything, asked over HTTP."""

    def __init__(self, client: httpx.AsyncClient, ids: list[str]) -> None:
        self.client = client
        self.ids = ids
        self.codes: dict[str, int] = {}

    async def ask(self, document: str, variables: dict[str, Any], viewer: str) -> None:
        """Ask, and look at the answer."""
        body = json.dumps({"query": document, "variables": variables})
        headers = {"content-type": "application/json", "authorization": viewer}
        answer = await self.client.post("/graphql", content=body, headers=headers)
        told = f"{viewer}: {document}\n{body}\n{answer.status_code}: {answer.text[:2_000]}"
        assert answer.status_code in (200, 400), told
        found = answer.json()
        assert found.keys() <= {"data", "errors", "extensions"}, told
        codes = {error["extensions"]["code"] for error in found.get("errors", [])} or {"data"}
        assert "INTERNAL_SERVER_ERROR" not in codes, told
        assert not LEAK.search(answer.text), told
        for code in codes:
            self.codes[code] = self.codes.get(code, 0) + 1


@pytest.fixture(scope="module", params=list(Dialect), ids=str)
async def asked(databases: Databases, request: pytest.FixtureRequest) -> AsyncIterator[Asked]:
    async with databases.migrated(request.param) as database, world_in(database) as world:

        async def sign_in(headers: dict[bytes, bytes], address: str) -> Viewer:
            return world.viewers.get(headers[b"authorization"].decode(), PUBLIC)

        engine = Engine(CATALOGUE, world.engine.reads, 100, 100_000, database, services(database))
        generous = Settings(caller_rows=10**9, caller_rows_per_second=10**9)
        endpoint = edge_of(generous, engine, database, sign_in, STANDARD).graphql
        transport = httpx.ASGITransport(app=endpoint)
        async with httpx.AsyncClient(transport=transport, base_url="http://fund.test") as client:
            ids = [row_id for rows in world.rows.values() for row_id in rows]
            asked = Asked(client, sorted(ids))
            yield asked
        print(request.param, sorted(asked.codes.items()))  # noqa: T201  # what a proof says of itself


@settings(
    max_examples=DOCUMENTS,
    derandomize=SEED == "1",
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@seed(SEED)
@given(document=document(), viewer=st.sampled_from(ASKING))
async def test_documents_of_any_shape_are_answered(asked: Asked, document: str, viewer: str) -> None:
    await asked.ask(document, {}, viewer)


async def test_every_root_field_is_answered_with_variables_of_any_kind(asked: Asked) -> None:
    rng = random.Random(SEED)
    wilderness = Wilderness(SCHEMA, asked.ids, rng)
    for number in range(max(DOCUMENTS, len(ROOTS))):
        wild = wilderness.request(*ROOTS[number % len(ROOTS)])
        await asked.ask(wild.document, wild.variables, rng.choice(ASKING))
