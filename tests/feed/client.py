"""A client of the feed: it keeps what it was told, and asks what changed since."""

from dataclasses import dataclass, field
from typing import Any

from graphql import get_named_type, is_leaf_type, is_non_null_type, is_object_type

from fund_api.core.access import Viewer
from fund_api.core.database import Database
from fund_api.core.limits import Limits
from fund_api.graph.declarations import Amount, Column, Computed, ToOne
from fund_api.graph.engine import Engine
from fund_api.graph.run import Reads
from fund_api.reporting.changes import UNTOLD
from tests.asking import CATALOGUE, Asker

TYPES = sorted(CATALOGUE.entities.keys() - UNTOLD)
Json = Any  # Any: what JSON holds


def fields(name: str) -> str:
    """Everything that a type tells of its own row, and which of its to-one rows are seen."""
    entity, parts = CATALOGUE.entities[name], ["__typename"]
    for field_name, declared in entity.fields.items():
        own = entity.type.fields[field_name]
        if any(is_non_null_type(argument.type) for argument in own.args.values()):
            continue
        kind = get_named_type(own.type)
        alias = f"{name}_{field_name}: {field_name}" if field_name != "id" else "id"
        match declared:
            case Column():
                parts.append(alias)
            case Amount():
                parts.append(alias + " { amount currency }")
            case Computed() if is_leaf_type(kind):
                parts.append(alias)
            case ToOne() if is_object_type(kind):
                parts.append(alias + " { id }")
    return " ".join(parts)


FRAGMENTS = " ".join(f"... on {name} {{ {fields(name)} }}" for name in TYPES)
NODES = "query ($ids: [ID!]!) { nodes(ids: $ids) { %s } }"
CHANGES = """query ($after: String, $first: Int!, $types: [EntityType!]) {
  changes(after: $after, first: $first, types: $types) {
    nodes { kind type id node { %s } } endCursor hasNextPage latestCursor
  }
}"""
WIDE = Limits(**dict.fromkeys(Limits.__dataclass_fields__, 10**7))
"""No limits: these documents ask for everything."""


def engine(database: Database, reads: Reads) -> Engine:
    return Engine(CATALOGUE, reads, 1_000, cost_limit=10**8, database=database, limits=WIDE)


@dataclass
class Client:
    """Somebody who pulled once, and follows since."""

    engine: Engine
    viewer: Viewer
    cursor: str | None = None
    rows: dict[str, Json] = field(default_factory=dict)

    @property
    def ask(self) -> Asker:
        return Asker(self.engine, self.viewer)

    async def pull(self, ids: list[str]) -> dict[str, Json]:
        """All of these that the viewer sees now, read as any client may."""
        found: dict[str, Json] = {}
        by_type: dict[str, list[str]] = {}
        for one in ids:
            entity = CATALOGUE.prefixes.get(one.rpartition("_")[0])
            if entity is not None and entity.name in TYPES:
                by_type.setdefault(entity.name, []).append(one)
        for name, several in by_type.items():
            document = NODES % f"... on {name} {{ {fields(name)} }}"
            for start in range(0, len(several), 100):
                nodes = (await self.ask(document, ids=several[start : start + 100]))["nodes"]
                found |= {node["id"]: node for node in nodes if node is not None}
        return found

    async def page(self, first: int = 100, types: list[str] | None = None) -> tuple[list[Json], bool]:
        """The next part of what changed, applied; and whether there is more."""
        told = (await self.ask(CHANGES % FRAGMENTS, after=self.cursor, first=first, types=types))["changes"]
        for change in told["nodes"]:
            self.apply(change)
        self.cursor = told["endCursor"]
        return told["nodes"], told["hasNextPage"]

    def apply(self, change: Json) -> None:
        known = change["id"] in self.rows
        if change["kind"] in ("DELETED", "LOST"):
            assert known, change
            assert change["node"] is None
            del self.rows[change["id"]]
            return
        assert known == (change["kind"] == "UPDATED"), change
        assert change["node"] is not None, change
        self.rows[change["id"]] = change["node"]

    async def follow(self, first: int = 100) -> list[Json]:
        """Everything that changed, applied."""
        found, more = await self.page(first)
        while more:
            nodes, more = await self.page(first)
            found += nodes
        return found
