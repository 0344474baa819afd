"""The catalogue: every entity of a finished schema, with its declared fields, and the arguments that they bring.

Strawberry makes the types; the catalogue then gives each list its filter, order and page arguments, each lookup its
key, and hands out the schema that documents are parsed against.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import sqlalchemy as sa
import strawberry
from graphql import (
    GraphQLArgument,
    GraphQLField,
    GraphQLID,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
    is_object_type,
)
from sqlalchemy.sql.selectable import NamedFromClause

from fund_api.core.columns import Text
from fund_api.graph.choices import PAGE_LIMIT
from fund_api.graph.declaration_checks import check_columns, check_links, check_nulls, columns_of
from fund_api.graph.declarations import (
    KEY,
    Amount,
    Column,
    Computed,
    Declaration,
    EntityDeclaration,
    Listing,
    Live,
    Lookup,
    NodeLookup,
    OwnArgument,
    Restriction,
    Rule,
    Search,
    Stats,
    ToMany,
    Viewing,
)
from fund_api.graph.inputs import Inputs, leaf
from fund_api.graph.rights import Seen
from fund_api.graph.stats import StatsRoot, stats_root

STRAWBERRY = "strawberry-definition"


@dataclass(frozen=True, slots=True, eq=False)
class Entity:
    """A GraphQL type over a table. `fields` holds what was declared, by GraphQL name."""

    name: str
    type: GraphQLObjectType
    table: sa.Table
    prefix: str
    order: tuple[tuple[str, bool], ...]
    fields: dict[str, Declaration]
    visible: Rule | None
    restrictions: dict[str, Restriction]
    """Who may read which column, by its name."""
    search: tuple[str, ...] = ()
    tests: Mapping[str, Rule] = field(default_factory=dict)
    row_key: str = "id"
    """The column that tells its rows apart. Several may have one id, of which a viewer sees one at most."""

    def seen(self, rows: NamedFromClause[Any], viewing: Viewing) -> Seen:
        """Rows of the entity, an alias of its table, as a viewer sees them."""
        return Seen(rows, viewing, self.restrictions, self.visible, self.tests)

    def may_be_null(self, column: str) -> bool:
        """Whether a viewer may find no value in a column: it is unknown, or not theirs to read."""
        return bool(self.table.c[column].nullable) or column in self.restrictions


class Catalogue:
    """All entities by type name and by the prefix of their ids, and the root fields that the engine answers."""

    def __init__(self, schema: strawberry.Schema, fiscal_year_starts: int = 10) -> None:
        made = schema._schema
        self.entities = {
            kind.name: _entity(kind, declared)
            for kind in made.type_map.values()
            if is_object_type(kind) and (declared := _declared_entity(kind))
        }
        self.prefixes = {entity.prefix: entity for entity in self.entities.values()}
        check_nulls(self)
        check_links(self)
        self.roots = _declarations(made.query_type) if made.query_type else {}
        self.fiscal_year_starts = fiscal_year_starts
        """The month, from 1 to 12."""
        self.stats: dict[str, StatsRoot] = {}
        self.inputs = Inputs(self)
        self._add_arguments(made)
        if made.mutation_type is not None:
            _describe(made.mutation_type)
        if made.subscription_type is not None:
            self._add_live_arguments(made.subscription_type)
        self.schema = GraphQLSchema(
            query=made.query_type,
            mutation=made.mutation_type,
            subscription=made.subscription_type,
            types=tuple(kind for kind in made.type_map.values() if kind.name != "Stats"),
            directives=made.directives,
            extensions=made.extensions,
        )

    @property
    def query(self) -> GraphQLObjectType:
        """The type of the root of queries."""
        if self.schema.query_type is None:
            raise TypeError("the schema has no queries")
        return self.schema.query_type

    def target(self, field: GraphQLField) -> Entity:
        """The entity that a field holds, in itself or as a connection's nodes."""
        kind = get_named_type(field.type)
        if kind.name not in self.entities and is_object_type(kind):
            kind = get_named_type(kind.fields["nodes"].type)
        return self.entities[kind.name]

    def _add_arguments(self, schema: GraphQLSchema) -> None:
        inputs = self.inputs
        for entity in self.entities.values():
            for name, declared in entity.fields.items():
                if isinstance(declared, ToMany):
                    field = entity.type.fields[name]
                    field.args |= inputs.connection(self.target(field))
                elif isinstance(declared, Computed):
                    entity.type.fields[name].args |= declared.arguments
        for name, declared in self.roots.items():
            if schema.query_type is not None:
                field = schema.query_type.fields[name]
                field.args |= self._root_arguments(inputs, field, declared)

    def _add_live_arguments(self, subscriptions: GraphQLObjectType) -> None:
        for name, declared in _declarations(subscriptions).items():
            if isinstance(declared, Live):
                field = subscriptions.fields[name]
                field.args |= declared.arguments
                if declared.filters:
                    kind = self.inputs.filter(self.entities[declared.filters])
                    field.args["filter"] = GraphQLArgument(kind, description="Only what matches; left out: everything.")

    def _root_arguments(self, inputs: Inputs, field: GraphQLField, declared: Declaration) -> dict[str, GraphQLArgument]:
        match declared:
            case Listing(arguments=own):
                entity = self.target(field)
                asked = {name: self._own_argument(entity, argument) for name, argument in own.items()}
                return asked | inputs.connection(entity)
            case Lookup(columns, by, variants):
                entity = self.target(field)
                keys = {
                    name: entity.type.fields[name]
                    for name, own in entity.fields.items()
                    if isinstance(own, Column) and own.column in columns
                }
                return inputs.lookup(entity, keys, by=by) | inputs.variants(variants)
            case Stats():
                return self._stats(inputs, field, declared)
            case Search():
                return inputs.search(sorted(entity.name for entity in self.entities.values() if entity.search))
            case NodeLookup(plural=True):
                ids = GraphQLNonNull(GraphQLList(GraphQLNonNull(GraphQLID)))
                return {"ids": GraphQLArgument(ids, description=f"The ids, at most {PAGE_LIMIT}.")}
            case _:
                return {"id": GraphQLArgument(GraphQLNonNull(GraphQLID), description="The id of anything.")}

    def _own_argument(self, entity: Entity, argument: OwnArgument) -> GraphQLArgument:
        """An argument that takes what a field has. Raises ValueError for a field that is no text."""
        *parents, name = argument.path.split(".")
        for parent in parents:
            entity = self.target(entity.type.fields[parent])
        declared = entity.fields[name]
        if not isinstance(declared, Column) or not isinstance(entity.table.c[str(declared.column)].type, Text):
            raise ValueError(f"{entity.name}.{name} is no text, so nothing that a list can be asked by")  # noqa: TRY004  # a wrong declaration
        return GraphQLArgument(leaf(entity.type.fields[name]), description=argument.description)

    def _stats(self, inputs: Inputs, field: GraphQLField, declared: Stats) -> dict[str, GraphQLArgument]:
        root = stats_root(inputs, declared)
        field.type = GraphQLNonNull(root.type)
        self.stats[root.type.name] = root
        return root.arguments


def _describe(mutations: GraphQLObjectType) -> None:
    """Say of the one argument of a mutation what its type says."""
    for mutation in mutations.fields.values():
        for argument in mutation.args.values():
            argument.description = argument.description or getattr(get_named_type(argument.type), "description", None)


def object_type(field: GraphQLField) -> GraphQLObjectType:
    """The object type of a field, inside its lists and non-nulls."""
    kind = get_named_type(field.type)
    if not is_object_type(kind):
        raise TypeError(f"{kind} is no object type")
    return kind


def _entity(kind: GraphQLObjectType, declared: EntityDeclaration) -> Entity:
    fields = _declarations(kind)
    restrictions = {
        column: own.restriction
        for own in fields.values()
        if isinstance(own, Column | Amount) and own.restriction
        for column in columns_of(own)[:2]
        if not isinstance(own, Amount) or column == own.column
    }
    entity = Entity(
        kind.name,
        kind,
        declared.table,
        _prefix(declared.table),
        declared.order,
        fields,
        declared.visible,
        restrictions,
        search=declared.search,
        tests=declared.tests,
        row_key=declared.row_key,
    )
    check_columns(entity)
    return entity


def _prefix(table: sa.Table) -> str:
    prefix: str = table.c.id.info["prefix"]
    return prefix


def _declared_entity(kind: GraphQLObjectType) -> EntityDeclaration | None:
    definition = kind.extensions.get(STRAWBERRY)
    return getattr(definition.origin, "__entity__", None) if definition else None


def _declarations(kind: GraphQLObjectType) -> dict[str, Declaration]:
    """The declared fields of a type by their GraphQL names; `id` of an entity is its key."""
    found: dict[str, Declaration] = {}
    for name, made in kind.fields.items():
        definition: Any = made.extensions.get(STRAWBERRY)  # Any: Strawberry's, which graphql-core knows nothing of
        declared = definition.metadata.get(KEY) if definition else None
        if isinstance(declared, Column | Amount) and declared.column is None:
            declared = replace(declared, column=definition.python_name)
        if declared is None and name == "id":
            declared = Column("id", order=False, filters=True, folded=None)
        if declared is not None:
            found[name] = declared
    return found
