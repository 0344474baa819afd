"""What a pull selects, read off its document: which rows, and the columns that each of them has, whatever they hold.

Objects are columns under dotted names; a list is one column of JSON.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from graphql import (
    FieldNode,
    GraphQLObjectType,
    GraphQLOutputType,
    NameNode,
    SelectionSetNode,
    get_named_type,
    get_nullable_type,
    is_list_type,
    is_object_type,
)

from fund_api.graph import lists
from fund_api.graph.catalogue import Catalogue, Entity, object_type
from fund_api.graph.collect import Selector, sub_selections
from fund_api.graph.declarations import Listing
from fund_api.graph.errors import RequestError

PROVENANCE = "provenance"
"""The field that every pull has whose entity has it."""
Sets = Iterable[SelectionSetNode | None]


class Kind(StrEnum):
    """What the cells of a column hold, where they are not null."""

    TEXT = "text"
    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"
    DECIMAL = "decimal"
    DATE = "date"
    TIME = "time"
    JSON = "json"


_KINDS = {
    "Int": Kind.INTEGER,
    "BigInt": Kind.INTEGER,
    "Float": Kind.NUMBER,
    "Boolean": Kind.BOOLEAN,
    "Decimal": Kind.DECIMAL,
    "Date": Kind.DATE,
    "DateTime": Kind.TIME,
}
"""Of all other scalars and of enums the cells are texts."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column: where in a row its cells are, by response keys, and of which GraphQL type."""

    path: tuple[str, ...]
    type: str
    """The name of the scalar or enum; of a list that of its items."""
    kind: Kind

    @property
    def name(self) -> str:
        """Its name in a table: amountAwarded.amount."""
        return ".".join(self.path)


@dataclass(frozen=True, slots=True)
class Pulled:
    """The selection of a pull: the root field's nodes, and what of each row is wanted."""

    field: str
    nodes: list[FieldNode]
    entity: Entity
    cursors: tuple[str, ...]
    """The response keys of each row's own cursor, which come first."""
    sets: tuple[SelectionSetNode | None, ...]
    """What is selected of an entity."""
    columns: tuple[Column, ...]


def read(catalogue: Catalogue, selector: Selector, groups: dict[str, list[FieldNode]]) -> Pulled:
    """What root fields pull. Raises RequestError when that is anything but the rows of one list."""
    named = {nodes[0].name.value: nodes for nodes in groups.values() if nodes[0].name.value != "__typename"}
    name, nodes = next(iter(named.items()), ("", []))
    if len(groups) != 1 or not isinstance(catalogue.roots.get(name), Listing):
        known = ", ".join(sorted(field for field, own in catalogue.roots.items() if isinstance(own, Listing)))
        raise RequestError(f"A pull has one root field, which is a list: one of {known}.")
    field = catalogue.query.fields[name]
    entity = catalogue.target(field)
    connection = lists.read(selector, field, nodes)
    cursors, sets = _row(selector, connection, nodes[0])
    own = selector.fields(entity.type, sets)
    if PROVENANCE in entity.fields and all(each[0].name.value != PROVENANCE for each in own.values()):
        sets = (*sets, SelectionSetNode(selections=(FieldNode(name=NameNode(value=PROVENANCE)),)))
    taken = [key for key in (*cursors, *([PROVENANCE] if len(sets) > 1 else [])) if _is_taken(key, own, cursors)]
    if taken:
        raise RequestError(f"A row has {taken[0]} twice: give one of them an alias.", nodes=nodes[0])
    columns = [Column((key,), "String", Kind.TEXT) for key in cursors]
    columns += _columns(selector, entity.type, sets, ())
    if not columns:
        raise RequestError("A pull needs a column: select a field of its rows.", nodes=nodes[0])
    return Pulled(name, nodes, entity, cursors, sets, tuple(columns))


def _is_taken(key: str, own: dict[str, list[FieldNode]], cursors: tuple[str, ...]) -> bool:
    """Whether a name that is no field of the document's row is one of its fields, too."""
    return key in own or (key == PROVENANCE and key in cursors)


def _row(
    selector: Selector, connection: lists.Connection, node: FieldNode
) -> tuple[tuple[str, ...], tuple[SelectionSetNode | None, ...]]:
    """The keys of a row's cursor, and what is selected of its entity."""
    rows = [nodes for nodes in connection.groups.values() if nodes[0].name.value in ("edges", "nodes")]
    if len(rows) != 1:
        raise RequestError("A pull selects nodes or edges, once.", nodes=node)
    [nodes] = rows
    if nodes[0].name.value == "nodes":
        return (), tuple(sub_selections(nodes))
    groups = selector.fields(object_type(connection.kind.fields["edges"]), sub_selections(nodes))
    cursors = tuple(key for key, each in groups.items() if each[0].name.value == "cursor")
    inside = [each for each in groups.values() if each[0].name.value == "node"]
    if len(inside) > 1:
        raise RequestError("A pull selects the node of its edges once.", nodes=node)
    return cursors, tuple(sub_selections(inside[0])) if inside else ()


def _columns(selector: Selector, kind: GraphQLObjectType, sets: Sets, path: tuple[str, ...]) -> Iterator[Column]:
    for key, nodes in selector.fields(kind, sets).items():
        name = nodes[0].name.value
        if name == "__typename":
            yield Column((*path, key), "String", Kind.TEXT)
        else:
            yield from _of_field(selector, kind.fields[name].type, nodes, (*path, key))


def _of_field(
    selector: Selector, kind: GraphQLOutputType, nodes: list[FieldNode], path: tuple[str, ...]
) -> Iterator[Column]:
    """The columns of one field: one, or those of what an object holds."""
    named = get_named_type(kind)
    if is_list_type(get_nullable_type(kind)):
        yield Column(path, named.name, Kind.JSON)
    elif is_object_type(named):
        yield from _columns(selector, named, sub_selections(nodes), path)
    else:
        yield Column(path, named.name, _KINDS.get(named.name, Kind.TEXT))
