"""The reference: documents executed by graphql-core over plain rows, with nothing of the engine but its declarations.

The schema is built anew from its SDL, so that types, defaults and coercion are graphql-core's own. A request is refused
for what it asks, never for what the rows happen to be: so a second run over blank rows, where every list has one row and
every relation leads somewhere, reaches each argument.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from graphql import (
    DocumentNode,
    ExecutionResult,
    GraphQLEnumType,
    GraphQLError,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNamedOutputType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLResolveInfo,
    GraphQLScalarType,
    GraphQLSchema,
    build_schema,
    execute,
    get_named_type,
    get_nullable_type,
    is_list_type,
    is_specified_scalar_type,
    parse,
    print_schema,
    validate,
)

from fund_api.core.ids import prefix_of
from fund_api.graph.catalogue import Catalogue, Entity
from fund_api.graph.declarations import Amount, Column, Computed, Link, Listing, Lookup, NodeLookup, Rule, ToMany, ToOne
from fund_api.library import visibility
from tests.oracle.conditions import ANSWERS, Conditions, Refusal, Relations, checked
from tests.oracle.data import World
from tests.oracle.pages import Pages, json_value
from tests.oracle.repairs import Row

AS_EVER: frozenset[Rule] = frozenset({visibility.latest})
"""Rules of variants by which the public sees what it sees anyway: previews are for editors."""
VARIANTS: dict[Rule, list[Row]] = {}
"""What the public sees by any other rule of a lookup's variant; nothing by those that are not here."""
Arguments = dict[str, Any]  # Any: as graphql-core coerces them
Variables = dict[str, Any]  # Any: JSON


@dataclass(frozen=True)
class Item:
    """A row of an entity on its way through graphql-core."""

    entity: Entity
    row: Row


@dataclass(frozen=True)
class Expected:
    """What an engine has to answer: data, or a refusal in one of these words (any words when `words` is empty)."""

    data: dict[str, Any] | None
    words: frozenset[str] = frozenset()


class Reference:
    """Answers documents on one world."""

    def __init__(self, catalogue: Catalogue, world: World) -> None:
        self.schema = _copy(catalogue.schema)
        self._loose = _nullable(_copy(catalogue.schema))
        self._relations = Relations(catalogue, world)
        self._last: tuple[str, DocumentNode, frozenset[str]] | None = None

    def answer(self, text: str, variables: Variables) -> Expected:
        """The answer to the one operation of a document."""
        document, wrong = self._parsed(text)
        if wrong:
            return Expected(None, wrong)
        blank = Resolvers(self._relations, blank=True)
        errors = self._run(self._loose, document, variables, blank).errors or []
        if not errors and not blank.refusals:
            real = self._run(self.schema, document, variables, Resolvers(self._relations, blank=False))
            assert not real.errors, real.errors
            return Expected(real.data)
        ours = all(isinstance(error.original_error, Refusal) or error.path is None for error in errors)
        words = [*blank.refusals, *(error.message for error in errors)]
        return Expected(None, frozenset(words) if ours else frozenset())

    def _parsed(self, text: str) -> tuple[DocumentNode, frozenset[str]]:
        """A document and what is invalid about it; the last one is kept, for its next request."""
        if self._last is None or self._last[0] != text:
            document = parse(text)
            self._last = (text, document, frozenset(error.message for error in validate(self.schema, document)))
        return self._last[1:]

    @staticmethod
    def _run(
        schema: GraphQLSchema, document: DocumentNode, variables: Variables, resolvers: "Resolvers"
    ) -> ExecutionResult:
        result = execute(
            schema,
            document,
            variable_values=variables,
            field_resolver=resolvers.field,
            type_resolver=lambda item, *_: item.entity.name,
        )
        assert isinstance(result, ExecutionResult)
        for error in result.errors or ():
            if error.original_error is not None and not isinstance(error.original_error, Refusal | GraphQLError):
                raise error.original_error
        return result


@dataclass(frozen=True)
class Resolvers:
    """What each field of the schema holds. With `blank`, lists have one row without values and relations never end."""

    relations: Relations
    blank: bool
    refusals: list[str] = field(default_factory=list)

    def field(self, source: Any, info: GraphQLResolveInfo[Any], **given: Any) -> Any:
        """The resolver of every field. Any: whatever the field above returned."""
        if source is None:
            return self._root(info, given)
        if not isinstance(source, Item):
            return source[info.field_name]
        declared = source.entity.fields[info.field_name]
        match declared:
            case ToOne():
                return self._one(source, info.field_name, declared)
            case ToMany():
                target = self.relations.target(source.entity, info.field_name)
                rows = [{}] if self.blank else self.relations.many(declared, target, source.row)
                return self._connection(target, rows, given, declared.via)
        return self._placeholder(info, declared) if self.blank else _value(source.row, declared)

    def _root(self, info: GraphQLResolveInfo[Any], given: Arguments) -> Any:
        catalogue = self.relations.catalogue
        kind = catalogue.schema.query_type
        assert kind is not None
        match catalogue.roots[info.field_name]:
            case Listing(answering, own):
                entity = catalogue.target(kind.fields[info.field_name])
                asked = {name: checked(given[name]) for name in own if given.get(name) is not None}
                rows = [{}] if self.blank else self.relations.rows(entity)
                if answering is not None and not self.blank:
                    rows = [row for row in rows if ANSWERS[answering](self.relations.world, row, asked)]
                return self._connection(entity, rows, given)
            case Lookup(variants=variants):
                chosen = [one.visible for name, one in variants.items() if given.pop(name)]
                return self._lookup(catalogue.target(kind.fields[info.field_name]), given.get("by", given), chosen)
            case NodeLookup(plural=False):
                return self._node(given["id"])
            case NodeLookup(plural=True):
                if len(given["ids"]) > 100:
                    raise Refusal(f"nodes takes at most 100 ids, not {len(given['ids'])}.")
                return [self._node(one) for one in given["ids"]]
        raise TypeError(f"the reference lacks {info.field_name}")

    def _lookup(self, entity: Entity, given: Arguments, chosen: list[Rule]) -> Item | None:
        if len(chosen) > 1:
            raise Refusal("A lookup shows one variant at a time; ask for one of them.")
        [(name, wanted)] = given.items()
        declared = entity.fields[name]
        assert isinstance(declared, Column)
        if isinstance(wanted, str):
            checked(wanted)
        if self.blank:
            return Item(entity, {})
        as_ever = not chosen or chosen[0] in AS_EVER
        rows = self.relations.rows(entity) if as_ever else VARIANTS.get(chosen[0], [])
        found = (row for row in rows if row[str(declared.column)] == wanted)
        return next((Item(entity, row) for row in found), None)

    def _node(self, wanted: str) -> Item | None:
        entity = self.relations.catalogue.prefixes.get(prefix_of(wanted) or "")
        if entity is None:
            return None
        if self.blank:
            return Item(entity, {})
        return next((Item(entity, row) for row in self.relations.rows(entity) if row["id"] == wanted), None)

    def _one(self, source: Item, name: str, relation: ToOne) -> Item | None:
        target = self.relations.target(source.entity, name)
        row = {} if self.blank else self.relations.one(relation, target, source.row)
        return None if row is None else Item(target, row)

    def _connection(
        self, entity: Entity, rows: Sequence[Row], given: Arguments, via: Link | None = None
    ) -> dict[str, Any]:
        if self.blank:
            self._note_refusals(entity, given, via)
            item, info = Item(entity, {}), dict.fromkeys(("hasNextPage", "hasPreviousPage"), False)
            edge = {"cursor": "", "node": item}
            return {"totalCount": 1, "nodes": [item], "edges": [edge], "pageInfo": info | _ends([""])}
        pages = Pages.of(self.relations, entity, given, via)
        test = Conditions(self.relations).test(entity, given.get("filter"))
        cut = pages.cut([row for row in rows if test(row)])
        cursors = [pages.cursor(row) for row in cut.rows]
        items = [Item(entity, row) for row in cut.rows]
        return {
            "totalCount": cut.total,
            "nodes": items,
            "edges": [{"cursor": cursor, "node": item} for cursor, item in zip(cursors, items, strict=True)],
            "pageInfo": {"hasNextPage": cut.has_next, "hasPreviousPage": cut.has_previous} | _ends(cursors),
        }

    def _note_refusals(self, entity: Entity, given: Arguments, via: Link | None) -> None:
        """Everything that is wrong about a list's arguments; the engine says whichever it finds first."""
        for names in (("first", "last"), ("orderBy",), ("orderBy", "after"), ("orderBy", "before")):
            with self._noted():
                Pages.of(self.relations, entity, {name: given[name] for name in names if name in given}, via)
        with self._noted():
            Conditions(self.relations).test(entity, given.get("filter"))

    @contextmanager
    def _noted(self) -> Iterator[None]:
        try:
            yield
        except Refusal as refusal:
            self.refusals.append(str(refusal))

    @staticmethod
    def _placeholder(info: GraphQLResolveInfo[Any], declared: object) -> Any:
        if isinstance(declared, Amount):
            return {"amount": "", "currency": ""}
        if is_list_type(get_nullable_type(info.return_type)):
            return []
        return _blank_leaf(get_named_type(info.return_type))


def _value(row: Row, declared: object) -> Any:
    match declared:
        case Column(column):
            return json_value(row[str(column)])
        case Computed(function, columns, permissions):  # the public has no permissions, and no test holds for it
            return function(*([frozenset()] if permissions else []), *(row.get(column, False) for column in columns))
        case Amount(column, currency):
            minor = row[str(column)]
            return None if minor is None else {"amount": f"{minor // 100}.{minor % 100:02}", "currency": row[currency]}
    raise TypeError(f"the reference lacks {declared}")


def _ends(cursors: list[str]) -> dict[str, str | None]:
    return {"startCursor": cursors[0] if cursors else None, "endCursor": cursors[-1] if cursors else None}


@cache
def _blank_leaf(kind: GraphQLNamedOutputType) -> Any:
    if isinstance(kind, GraphQLEnumType):
        return next(iter(kind.values))
    return {"Int": 0, "Float": 0.0, "Boolean": False}.get(kind.name, "")


def _copy(schema: GraphQLSchema) -> GraphQLSchema:
    """The schema built anew from its SDL; custom scalars read input as the original's do and write what they are given."""
    copy = build_schema(print_schema(schema))
    for name, kind in copy.type_map.items():
        if isinstance(kind, GraphQLScalarType) and not is_specified_scalar_type(kind):
            original = schema.type_map[name]
            assert isinstance(original, GraphQLScalarType)
            for part in ("parse_value", "coerce_input_value", "coerce_input_literal"):
                setattr(kind, part, getattr(original, part))
    return copy


def _nullable(schema: GraphQLSchema) -> GraphQLSchema:
    """The schema with every output nullable, so that one error does not keep the next field from being reached."""
    for kind in schema.type_map.values():
        if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType) and not kind.name.startswith("__"):
            for one in kind.fields.values():
                one.type = _bare(one.type)
    return schema


def _bare(kind: GraphQLOutputType) -> GraphQLOutputType:
    if isinstance(kind, GraphQLNonNull):
        return _bare(kind.of_type)
    return GraphQLList(_bare(kind.of_type)) if isinstance(kind, GraphQLList) else kind
