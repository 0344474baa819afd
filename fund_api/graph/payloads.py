"""Objects that are no rows: payloads of mutations, their errors, the viewer.

Their own fields are read off Python objects; where a field is an entity, the object holds its id, and the engine reads
what is selected of it. There is no second way to read rows.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from graphql import (
    FieldNode,
    GraphQLObjectType,
    GraphQLOutputType,
    SelectionSetNode,
    is_abstract_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
)

from fund_api.core.ids import prefix_of
from fund_api.graph.catalogue import STRAWBERRY, Catalogue, Entity
from fund_api.graph.collect import Selector, sub_selections

ReadEntity = Callable[[Entity, str, list[FieldNode]], Awaitable[dict[str, Any] | None]]
"""Reads what is selected of the entity with an id; nothing when the viewer does not see it."""


@dataclass(frozen=True, slots=True)
class Payloads:
    """Shapes objects for one operation."""

    catalogue: Catalogue
    selector: Selector
    read: ReadEntity

    async def shaped(
        self, kind: GraphQLObjectType, sets: list[SelectionSetNode | None], value: object
    ) -> dict[str, Any]:
        """What is selected of an object."""
        groups = self.selector.fields(kind, sets)
        return {key: await self._field(kind, nodes, value) for key, nodes in groups.items()}

    async def _field(self, kind: GraphQLObjectType, nodes: list[FieldNode], value: object) -> Any:
        name = nodes[0].name.value
        if name == "__typename":
            return kind.name
        field = kind.fields[name]
        return await self.complete(field.type, nodes, getattr(value, field.extensions[STRAWBERRY].python_name))

    async def complete(self, kind: GraphQLOutputType, nodes: list[FieldNode], value: Any) -> Any:
        """A value as its type writes it. Raises TypeError for null where the schema promises something."""
        if is_non_null_type(kind):
            found = await self.complete(kind.of_type, nodes, value)
            if found is None:
                raise TypeError(f"{nodes[0].name.value} is null, where the schema says {kind}")
            return found
        if value is None:
            return None
        if is_list_type(kind):
            return [await self.complete(kind.of_type, nodes, item) for item in value]
        if is_leaf_type(kind):
            return value if isinstance(value, datetime) else kind.serialize(value)  # times as rows have them
        return await self._composite(kind, nodes, value)

    async def _composite(self, kind: Any, nodes: list[FieldNode], value: Any) -> Any:  # Any: object or abstract type
        if is_abstract_type(kind):
            kind = self._kind_of(value)
        if kind.name in self.catalogue.entities:
            return await self.read(self.catalogue.entities[kind.name], value, nodes)
        return await self.shaped(kind, sub_selections(nodes), value)

    def _kind_of(self, value: Any) -> Any:
        """The object type behind an interface: an id tells it by its prefix, an object by its class."""
        if isinstance(value, str):
            return self.catalogue.prefixes[prefix_of(value) or ""].type
        return self.catalogue.schema.get_type(type(value).__strawberry_definition__.name)
