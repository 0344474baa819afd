"""Asking the schema as the people of an office in which grants are made."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import schema
from fund_api.app import services
from fund_api.graph.engine import Engine
from fund_api.graph.run import reader
from fund_api.people.viewers import viewer_of
from tests.asking import CATALOGUE, Asker
from tests.grants.acting import Office

OPERATIONS = Path(schema.__file__).parent / "operations"


@dataclass(frozen=True)
class Desk:
    """The schema on the database of an office."""

    office: Office
    engine: Engine

    async def ask(self, name: str, document: str, **variables: Any) -> Any:
        """The data that somebody is answered, with the rights that they have now. Any: JSON."""
        async with self.office.database.reading() as connection:
            viewer = await viewer_of(connection, self.office.people[name])
        return await Asker(self.engine, viewer)(document, **variables)

    async def errors(self, name: str, mutation: str, values: dict[str, Any]) -> list[tuple[str, list[str] | None]]:
        """The messages and paths of the errors that a mutation of somebody ends with. Any: JSON."""
        fields = CATALOGUE.schema.mutation_type
        assert fields is not None
        document = f"mutation($input: {fields.fields[mutation].args['input'].type}) {{ {mutation}(input: $input) {{ errors {{ message path }} }} }}"
        found = (await self.ask(name, document, input=values))[mutation]["errors"]
        return [(error["message"], error["path"]) for error in found]

    async def operation(self, name: str, path: str, **variables: Any) -> Any:
        """What somebody is answered by a document of schema/operations. Any: JSON."""
        return await self.ask(name, (OPERATIONS / path).read_text(encoding="utf-8"), **variables)


@asynccontextmanager
async def desk(office: Office) -> AsyncIterator[Desk]:
    """Ask in an office; the connections are closed afterwards."""
    reads = reader(office.database, 2)
    try:
        yield Desk(office, Engine(CATALOGUE, reads, 100, 100_000, office.database, services(office.database)))
    finally:
        await reads.close()
