"""Asking the schema as the people of a hiring bureau."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import schema
from fund_api.app import services
from fund_api.core import clock
from fund_api.core.database import Database
from fund_api.graph.engine import Engine
from fund_api.graph.run import reader
from tests.asking import CATALOGUE, Asker
from tests.hiring.bureau import Bureau, make_bureau

OPERATIONS = Path(schema.__file__).parent / "operations"
ACTIONS = "query($id: ID!) { hiringRequest(id: $id) { availableActions } }"


@dataclass(frozen=True)
class Counter:
    """The schema on the database of a bureau."""

    bureau: Bureau
    engine: Engine

    async def ask(self, who: str, document: str, **variables: Any) -> Any:
        """What somebody is answered with the rights that they have now. Any: JSON."""
        return await Asker(self.engine, await self.bureau.viewer(who))(document, **variables)

    async def do(self, who: str, mutation: str, shown: str = "", **values: Any) -> Any:
        """What a mutation of somebody answers. Any: JSON."""
        fields = CATALOGUE.schema.mutation_type
        assert fields is not None
        kind = fields.fields[mutation].args["input"].type
        errors = "errors { message path ... on InvalidTransition { from allowed } }"
        document = f"mutation($input: {kind}) {{ {mutation}(input: $input) {{ {shown} {errors} }} }}"
        return (await self.ask(who, document, input=values))[mutation]

    async def operation(self, who: str, path: str, **variables: Any) -> Any:
        """What a document of schema/operations answers. Any: JSON."""
        return await self.ask(who, (OPERATIONS / path).read_text(encoding="utf-8"), **variables)

    async def actions(self, request: str, who: str = "officer") -> list[str]:
        """What somebody hears that they may do."""
        found: list[str] = (await self.ask(who, ACTIONS, id=request))["hiringRequest"]["availableActions"]
        return found


@asynccontextmanager
async def opened(database: Database, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Counter]:
    """The schema on a new bureau's database, at the bureau's time."""
    bureau = await make_bureau(database)
    monkeypatch.setattr(clock, "now", lambda: bureau.now)
    reads = reader(database, 2)
    yield Counter(bureau, Engine(CATALOGUE, reads, 100, 100_000, database, services(database)))
    await reads.close()
