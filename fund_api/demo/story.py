"""How the world of a demonstration comes to be: people do what they may do, by the mutations, one after the other.

A thread tells one matter, such as a campaign. It yields on which day it goes on, so many days ago, and goes on when the
threads that come before it have done their part: so the log has all of it in the order of time.
"""

import heapq
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from graphql import GraphQLInputObjectType, GraphQLObjectType, get_named_type

from fund_api.core import clock
from fund_api.core.access import PUBLIC, Sender, Viewer
from fund_api.core.columns import Table
from fund_api.core.database import Database
from fund_api.core.ids import prefix_of
from fund_api.graph.engine import Engine
from fund_api.people.viewers import viewer_of

REQUEST = "demonstration"
DAYS = 120
"""How long ago a story begins."""
PACE = timedelta(seconds=1)
"""Time between two acts."""
VERSIONED = ("id", "grant", "hiringRequest", "assignment")
"""What inputs call that of which they name the version that was read."""
Thread = Callable[["Story"], AsyncIterator[float]]
Values = dict[str, Any]  # Any: what JSON holds


@dataclass(slots=True)
class Story:
    """A story that is told into a database, up to a moment."""

    database: Database
    engine: Engine
    until: datetime
    people: dict[str, str] = field(default_factory=dict)
    """Ids of people, by what they are called here."""
    found: dict[str, str] = field(default_factory=dict)
    """Ids of what threads have made and others need, by their names for it."""
    moment: datetime = field(init=False)

    def __post_init__(self) -> None:
        self.moment = self.until - timedelta(days=DAYS)

    def day(self, days: int) -> date:
        """A day counted from the last one: today is 0, yesterday -1."""
        return self.until.date() + timedelta(days=days)

    async def tell(self, *threads: Thread) -> None:
        """Let these happen, in the order of time; what is of one time in the order of the threads."""
        waiting = [(self.moment, number, thread(self)) for number, thread in enumerate(threads)]
        while waiting:
            moment, number, matter = heapq.heappop(waiting)
            self.moment = max(self.moment, moment)
            days = await anext(matter, None)
            if days is not None:
                heapq.heappush(waiting, (self.until - timedelta(days=days), number, matter))

    async def do(self, who: str | None, mutation: str, **values: Any) -> str:
        """Let somebody (None: anybody) do something; the id of what their mutation answers. Any: what JSON holds."""
        payload = await self.told(who, mutation, **values)
        return str(next(value["id"] for value in payload.values() if isinstance(value, dict)))

    async def told(self, who: str | None, mutation: str, **values: Any) -> Values:
        """Let somebody do something; all that their mutation answers. Any: what JSON holds.

        Where it has to say which version they have read, that is the last one. Raises ValueError for what is refused.
        """
        self.moment += PACE
        kind, document = self._document(mutation)
        if "expectedVersion" in kind and "expectedVersion" not in values:
            values["expectedVersion"] = await self._version(next(values[name] for name in VERSIONED if name in values))
        with clock.at(self.moment):
            operation = self.engine.prepare(document, None, {"input": values})
            answer = await self.engine.answer(operation, await self._viewer(who), self._sender())
        payload: Values = answer["data"][mutation]
        if errors := payload.pop("errors"):
            raise ValueError(f"{who} may not {mutation} {values}: {errors[0]['message']}")
        return payload

    async def row(self, table: str, **known: str) -> str:
        """The id of the one row of a table with these values."""
        rows = Table.metadata.tables[table]
        query = sa.select(rows.c.id).where(*(rows.c[name] == value for name, value in known.items()))
        async with self.database.reading() as connection:
            return str((await connection.execute(query)).scalar_one())

    def _sender(self) -> Sender:
        """An address for examples, another on every day: those who ask on one day alone could be too many at once."""
        return Sender(REQUEST, f"192.0.2.{self.moment.timetuple().tm_yday % 256}")

    async def _viewer(self, who: str | None) -> Viewer:
        if who is None:
            return PUBLIC
        async with self.database.reading() as connection:
            return await viewer_of(connection, self.people[who])

    async def _version(self, entity_id: str) -> int:
        rows = Table.metadata.tables[self.engine.catalogue.prefixes[prefix_of(entity_id) or ""].table.name]
        async with self.database.reading() as connection:
            found = await connection.scalar(sa.select(rows.c.version).where(rows.c.id == entity_id))
        return int(found or 0)

    def _document(self, mutation: str) -> tuple[set[str], str]:
        """The names that a mutation's input has, and a document that asks for all that it answers plainly."""
        fields = self.engine.catalogue.schema.mutation_type
        declared = fields.fields[mutation] if fields else None
        given = get_named_type(declared.args["input"].type) if declared else None
        answer = get_named_type(declared.type) if declared else None
        if not isinstance(given, GraphQLInputObjectType) or not isinstance(answer, GraphQLObjectType):
            raise TypeError(f"{mutation} is no mutation")
        asked = " ".join(_asked(name, get_named_type(part.type)) for name, part in answer.fields.items())
        return set(given.fields), f"mutation ($input: {given.name}!) {{ {mutation}(input: $input) {{ {asked} }} }}"


def _asked(name: str, kind: object) -> str:
    """How a document asks for a part of a payload."""
    if name == "errors":
        return "errors { message }"
    return f"{name} {{ id }}" if isinstance(kind, GraphQLObjectType) else name


def money(dollars: int) -> dict[str, str]:
    """An amount as inputs take it."""
    return {"amount": f"{dollars}.00"}
