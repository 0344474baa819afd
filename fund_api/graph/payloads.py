"""Objects that are no rows: payloads of mutations, their errors, the viewer.

Their own fields are read off Python objects; where a field is an entity, the object holds its id, and the engine reads
what is selected of it, for all objects of a list at once. There is no second way to read rows.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from graphql import (
    FieldNode,
    GraphQLObjectType,
    GraphQLOutputType,
    SelectionSetNode,
    get_nullable_type,
    is_abstract_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
    is_object_type,
)

from fund_api.core.ids import prefix_of
from fund_api.graph.catalogue import STRAWBERRY, Catalogue, Entity
from fund_api.graph.collect import Selector, sub_selections

ReadEntities = Callable[[Entity, list[str], list[FieldNode]], Awaitable[dict[str, dict[str, Any]]]]
"""Reads what is selected of the entities with these ids, by their ids; what the viewer does not see is left out."""


@dataclass(frozen=True, slots=True)
class Payloads:
    """Shapes objects for one operation."""

    catalogue: Catalogue
    selector: Selector
    read: ReadEntities
    found: dict[tuple[tuple[int, ...], str], dict[str, Any] | None] = field(default_factory=dict)
    """What was read of entities, by the places of what is selected and by their ids."""

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
        own = kind.fields[name]
        return await self.complete(own.type, nodes, getattr(value, own.extensions[STRAWBERRY].python_name))

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
            await self._read_ahead(get_nullable_type(kind.of_type), nodes, [item for item in value if item is not None])
            return [await self.complete(kind.of_type, nodes, item) for item in value]
        if is_leaf_type(kind):
            return value if isinstance(value, datetime) else kind.serialize(value)  # times as rows have them
        return await self._composite(kind, nodes, value)

    async def _composite(self, kind: Any, nodes: list[FieldNode], value: Any) -> Any:  # Any: object or abstract type
        if is_abstract_type(kind):
            kind = self._kind_of(value)
        if kind.name in self.catalogue.entities:
            await self._read(self.catalogue.entities[kind.name], [value], nodes)
            return self.found[_places(nodes), value]
        return await self.shaped(kind, sub_selections(nodes), value)

    async def _read_ahead(self, kind: Any, nodes: list[FieldNode], items: list[Any]) -> None:
        """Read the entities of a list at once: its items, or those that a field of its items is."""  # Any: as above
        entities = self.catalogue.entities
        if not is_object_type(kind):
            return
        if kind.name in entities:
            await self._read(entities[kind.name], items, nodes)
            return
        for group in self.selector.fields(kind, sub_selections(nodes)).values():
            own = kind.fields.get(group[0].name.value)
            target = get_nullable_type(own.type) if own else None
            if own and (target.name in entities if is_object_type(target) else is_abstract_type(target)):
                name = own.extensions[STRAWBERRY].python_name
                await self._read_each([getattr(item, name) for item in items], group)

    async def _read_each(self, values: list[Any], nodes: list[FieldNode]) -> None:
        """Read those of some values that are entities, which the prefixes of their ids tell."""  # Any: as above
        ids: dict[str, list[str]] = {}
        for value in values:
            if isinstance(value, str):
                ids.setdefault(prefix_of(value) or "", []).append(value)
        for prefix, several in ids.items():
            await self._read(self.catalogue.prefixes[prefix], several, nodes)

    async def _read(self, entity: Entity, ids: list[str], nodes: list[FieldNode]) -> None:
        """Read what is selected of entities, of each once."""
        places = _places(nodes)
        if wanted := [one for one in dict.fromkeys(ids) if (places, one) not in self.found]:
            read = await self.read(entity, wanted, nodes)
            self.found.update(((places, one), read.get(one)) for one in wanted)

    def _kind_of(self, value: Any) -> Any:
        """The object type behind an interface: an id tells it by its prefix, an object by its class."""
        if isinstance(value, str):
            return self.catalogue.prefixes[prefix_of(value) or ""].type
        return self.catalogue.schema.get_type(type(value).__strawberry_definition__.name)


def _places(nodes: list[FieldNode]) -> tuple[int, ...]:
    return tuple(map(id, nodes))
