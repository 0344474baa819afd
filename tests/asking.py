"""How tests ask the engine: documents in, data out, errors by their messages."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import orjson

import schema
from fund_api.core.access import PUBLIC, Viewer
from fund_api.core.database import Database
from fund_api.graph.engine import Engine
from fund_api.graph.errors import RequestErrors
from fund_api.graph.run import reader
from fund_api.people.roles import Role, permissions_of

CATALOGUE = schema.make_catalogue()
REPORTER = Viewer(None, permissions_of({Role.REPORTER}, set()))
"""A machine that reads for reports."""


@dataclass(frozen=True)
class Asker:
    """An engine on one database."""

    engine: Engine
    viewer: Viewer = PUBLIC

    async def __call__(self, document: str, **variables: Any) -> Any:
        """The data of an answer, as a client decodes it; the answer must have no errors."""
        answer = await self.respond(document, variables)
        assert "errors" not in answer, answer["errors"]
        return answer["data"]

    async def refusal(self, document: str, **variables: Any) -> str:
        """The message of the one error that a request ends with."""
        answer = await self.respond(document, variables)
        assert "data" not in answer, answer
        [error] = answer["errors"]
        message: str = error["message"]
        return message

    async def respond(self, document: str, variables: dict[str, Any], name: str | None = None) -> Any:
        """The whole response, through the bytes that a client would get."""
        try:
            answer = await self.engine.answer(self.engine.prepare(document, name, variables), self.viewer)
        except RequestErrors as error:
            answer = {"errors": error.formatted()}
        return orjson.loads(orjson.dumps(answer, option=orjson.OPT_UTC_Z))


@asynccontextmanager
async def asking(database: Database, viewer: Viewer = PUBLIC) -> AsyncIterator[Asker]:
    """Ask an engine on a database as somebody; its connections are closed afterwards."""
    reads = reader(database, 4)
    try:
        yield Asker(Engine(CATALOGUE, reads, 1_000, cost_limit=100_000), viewer)
    finally:
        await reads.close()
