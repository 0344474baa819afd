"""From a selection to levels and to the code that shapes their rows.

While a selection is walked, every list becomes a `Level`, and every object the source of a Python expression over one
row, whose slots are the names s0, s1, ... and what its child levels bring b0, b1, ...:
`{'id': s0, 'community': (None if s4 is None else {'name': s5}), 'measures': c2(b0)}`.
Names in a document enter the source by repr only.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from graphql import FieldNode, GraphQLObjectType, SelectionSetNode, is_non_null_type

from fund_api.core.columns import UtcDateTime
from fund_api.core.database import Dialect
from fund_api.core.ids import prefix_of
from fund_api.graph import lists, search
from fund_api.graph.arguments import Reader, Scalar, Value
from fund_api.graph.catalogue import Catalogue, Entity, object_type
from fund_api.graph.collect import Selector, sub_selections
from fund_api.graph.declarations import (
    Amount,
    Column,
    Computed,
    Listing,
    Lookup,
    NodeLookup,
    Search,
    Stats,
    ToMany,
    ToOne,
)
from fund_api.graph.errors import RequestError
from fund_api.graph.grouping import Shaping, grouping_of, read_columns
from fund_api.graph.levels import Joined, Level, Page, Path, Sought
from fund_api.graph.paging import forward, page_of

ALL = Page((), None, peek=False, backward=False, after=None, before=None)
ENTITY = "$entity"
"""The variable with the id of an entity that is read by itself; no document can name it."""
Sets = Iterable[SelectionSetNode | None]


@dataclass(slots=True)
class Walk:
    """One walk over one operation. `functions` is the source of the functions that shape its levels."""

    catalogue: Catalogue
    selector: Selector
    reader: Reader
    dialect: Dialect
    permissions: frozenset[str]
    functions: list[str] = field(default_factory=list)
    late: list[str] = field(default_factory=list)
    """Values of the request that the shaping code reads as `n`: page sizes and ids."""
    roots: list[Level] = field(default_factory=list)
    levels: int = 0

    def root(self, kind: GraphQLObjectType, groups: dict[str, list[FieldNode]]) -> tuple[str, str]:
        """The source that unpacks the row `r` of what all root levels bring, and that of the operation's data."""
        entries = [f"{key!r}: {self._root_field(kind, nodes)}" for key, nodes in groups.items()]
        names = [f"b{i}" for i in reversed(range(sum(level.width for level in self.roots)))]
        return (f"{', '.join(names)}, = r" if names else "pass"), "{" + ", ".join(entries) + "}"

    def entity(self, entity: Entity, nodes: list[FieldNode]) -> tuple[str, str]:
        """The same for what nodes select of one entity, whose id is the variable ENTITY."""
        found = self._lookup(entity, nodes, {"id": Scalar(f"v[{ENTITY!r}]", "")})
        return "b0, = r", f"{{{ENTITY!r}: {found}}}"

    def _root_field(self, kind: GraphQLObjectType, nodes: list[FieldNode]) -> str:
        name = nodes[0].name.value
        if name == "__typename":
            return repr(kind.name)
        match self.catalogue.roots[name]:
            case Listing():
                return self._connection(self.roots, kind, nodes, None)
            case Lookup():
                arguments = self._arguments(kind, nodes[0])
                return self._lookup(self.catalogue.target(kind.fields[name]), nodes, arguments)
            case Search():
                return self._search(kind, nodes)
            case NodeLookup(plural):
                arguments = self._arguments(kind, nodes[0])
                return self._nodes(nodes, arguments["ids" if plural else "id"], plural=plural)
            case Stats():
                return self._stats(kind, nodes)
        raise TypeError(f"{name} is no root field of the engine")

    def _arguments(self, kind: GraphQLObjectType, node: FieldNode) -> dict[str, Value]:
        given = {argument.name.value: argument.value for argument in node.arguments or ()}
        return self.reader.arguments(kind.fields[node.name.value].args, given)

    def _level(self, entity: Entity, page: Page, **parts: Any) -> Level:  # Any: the fields of Level
        level = Level(entity, self.levels, page, **parts)
        self.levels += 1
        return level

    # Objects

    def _object(self, level: Level, path: Path, sets: Sets) -> str:
        """The source of one object: the row of `level` at `path`."""
        kind = level.entity_at(path).type
        groups = self.selector.fields(kind, sets)
        entries = [f"{key!r}: {self._field(level, path, nodes)}" for key, nodes in groups.items()]
        return "{" + ", ".join(entries) + "}"

    def _field(self, level: Level, path: Path, nodes: list[FieldNode]) -> str:
        entity = level.entity_at(path)
        name = nodes[0].name.value
        if name == "__typename":
            return repr(entity.name)
        match entity.fields[name]:
            case Column(column):
                return self._value(level, path, str(column))
            case Amount(column, currency):
                return self._amount(level, path, str(column), currency, nodes)
            case Computed(function, columns, permissions):
                given = [self.reader.constant(self.permissions)] if permissions else []
                values = ", ".join([*given, *(self._value(level, path, column) for column in columns)])
                return f"{self.reader.constant(function)}({values})"
            case ToOne() as relation:
                return self._to_one(level, (*path, name), relation, nodes)
            case ToMany() as relation:
                level.slot(path, relation.own)
                return self._connection(level.children, entity.type, nodes, (path, relation))
        raise TypeError(f"{entity.name}.{name} is no field of a row")

    def _amount(self, level: Level, path: Path, column: str, currency: str, nodes: list[FieldNode]) -> str:
        """The source of an amount of money; null when the column is."""
        entity = level.entity_at(path)
        kind = object_type(entity.type.fields[nodes[0].name.value])
        minor = f"s{level.slot(path, column)}"
        entries = []
        for key, group in self.selector.fields(kind, sub_selections(nodes)).items():
            match group[0].name.value:
                case "amount":
                    value = f"money({minor})"
                case "currency":
                    value = f"s{level.slot(path, currency)}"
                case _:
                    value = repr(kind.name)
            entries.append(f"{key!r}: {value}")
        made = "{" + ", ".join(entries) + "}"
        return f"(None if {minor} is None else {made})" if entity.table.c[column].nullable else made

    def _value(self, level: Level, path: Path, column: str) -> str:
        """The source of a column's value as JSON has it. SQLite has neither booleans nor times of its own."""
        source = f"s{level.slot(path, column)}"
        if self.dialect is not Dialect.SQLITE:
            return source
        declared = level.entity_at(path).table.c.get(column)
        if declared is None:  # a test
            return f"({source} == 1)"
        match declared.type:
            case sa.Boolean():
                shaped = f"{source} == 1"
            case UtcDateTime():
                shaped = f"{source}.replace('.000000Z', 'Z')"
            case _:
                return source
        return f"(None if {source} is None else {shaped})" if declared.nullable else f"({shaped})"

    def _to_one(self, level: Level, path: Path, relation: ToOne, nodes: list[FieldNode]) -> str:
        field = level.entity_at(path[:-1]).type.fields[nodes[0].name.value]
        target = self.catalogue.target(field)
        groups = self.selector.fields(target.type, sub_selections(nodes))
        known = [self._known(level, path[:-1], relation, target, group) for group in groups.values()]
        if all(known) and target.visible is None:  # the own foreign key says all that is asked for: no join
            present = f"s{level.slot(path[:-1], relation.own)}"
            made = "{" + ", ".join(f"{key!r}: {value}" for key, value in zip(groups, known, strict=True)) + "}"
        else:
            level.joins.setdefault(path, Joined(target, relation, path[:-1]))
            present = f"s{level.slot(path, relation.key)}"
            made = self._object(level, path, sub_selections(nodes))
        return made if is_non_null_type(field.type) else f"(None if {present} is None else {made})"

    @staticmethod
    def _known(level: Level, parent: Path, relation: ToOne, target: Entity, group: list[FieldNode]) -> str:
        """The source of a to-one row's field that its parent knows: the column that they share; else nothing."""
        name = group[0].name.value
        if name == "__typename":
            return repr(target.name)
        declared = target.fields[name]
        shared = isinstance(declared, Column) and declared.column == relation.key
        return f"s{level.slot(parent, relation.own)}" if shared else ""

    # Lists

    def _connection(
        self, siblings: list[Level], kind: GraphQLObjectType, nodes: list[FieldNode], parent: tuple[Path, ToMany] | None
    ) -> str:
        """The source of a connection: a function over its level's rows and extras, called with their slots."""
        shape = lists.read(self.selector, kind.fields[nodes[0].name.value], nodes)
        entity = self.catalogue.target(kind.fields[nodes[0].name.value])
        arguments = self._arguments(kind, nodes[0])
        page = page_of(self.catalogue, entity, arguments, peek=shape.peeks)
        level = self._level(entity, page, filter=arguments.get("filter"), parent=parent)
        level.wants_rows, level.extras = shape.wants_rows, shape.extras(page)
        siblings.append(level)
        level.size = self._size(page)
        if not level.wants_rows:
            self._check_cursors(page)
        rows = lists.Rows(level, lambda sets: self._object(level, (), sets))
        self.functions.append(shape.source(rows).replace(lists.ROW, level.target))
        return self._call(siblings, level)

    def _search(self, kind: GraphQLObjectType, nodes: list[FieldNode]) -> str:
        """The source of a search: a connection over hits, with a level for each entity below them."""
        shape = lists.read(self.selector, kind.fields[nodes[0].name.value], nodes)
        edge = object_type(shape.kind.fields["edges"])
        arguments = self._arguments(kind, nodes[0])
        query, entities = search.queried(arguments), search.wanted(self.catalogue, arguments.get("types"))
        hits = search.hits(edge)
        page = page_of(self.catalogue, hits, arguments, peek=shape.peeks)
        level = self._level(hits, page, sought=Sought(query, entities))
        level.wants_rows, level.extras = shape.wants_rows, shape.extras(page)
        self.roots.append(level)
        level.size = self._size(page)
        terms = self._late(query.through("terms"))
        if not level.wants_rows:
            self._check_cursors(page)
        below = {one.prefix: self._level(one, ALL, parent=((), search.OWN_ID)) for one in entities}
        found = search.Found(self.catalogue, level, below)
        marks = search.Highlights(self.selector, terms)
        extras: dict[str, Callable[[list[FieldNode]], str]] = {
            "rank": lambda _: f"s{level.slot((), 'rank')}",
            "highlights": lambda group: found.each(lambda row: marks.source(edge, group, found.fields(row))),
        }
        rows = lists.Rows(level, lambda sets: found.each(lambda row: self._object(row, (), sets)), edge=extras)
        source, functions = shape.source(rows), found.finish()
        self.functions += [source.replace(lists.ROW, level.target), *functions]
        return self._call(self.roots, level)

    def _check_cursors(self, page: Page) -> None:
        """A wrong cursor is refused even where no row is read."""
        keys = self.reader.constant(forward(page))
        for cursor in (page.after, page.before):
            if cursor is not None:
                self._late(Scalar(f"decode({cursor.expression}, {keys})", cursor.value))

    def _size(self, page: Page) -> str:
        return self._late(page.size) if isinstance(page.size, Scalar) else str(page.size)

    def _call(self, siblings: list[Level], level: Level) -> str:
        """A call of the level's function with what it brings to its parent's row."""
        taken = sum(sibling.width for sibling in siblings[:-1])
        slots = ", ".join(f"b{taken + i}" for i in range(level.width))
        return f"c{level.number}({slots})"

    def _lookup(self, entity: Entity, nodes: list[FieldNode], arguments: dict[str, Value]) -> str:
        given = arguments.get("by", arguments)
        if not isinstance(given, dict) or [type(value) for value in given.values()] != [Scalar]:
            raise RequestError(f"{nodes[0].name.value} needs exactly one key with a value.", nodes=nodes[0])
        matches = tuple(
            (str(declared.column), value, False)
            for name, value in given.items()
            if isinstance(declared := entity.fields[name], Column) and isinstance(value, Scalar)
        )
        level = self._level(entity, ALL, matches=matches)
        self.roots.append(level)
        item = self._object(level, (), sub_selections(nodes))
        source = f"def c{level.number}(rows):\n    for {level.target} in rows:\n        return {item}\n    return None"
        self.functions.append(source)
        return self._call(self.roots, level)

    def _nodes(self, nodes: list[FieldNode], ids: Value, *, plural: bool) -> str:
        """`node` and `nodes`: one level for each entity whose prefix is among the ids."""
        if not isinstance(ids, Scalar):
            raise RequestError(f"{nodes[0].name.value} needs an id.", nodes=nodes[0])
        wanted = ids.value if plural else [ids.value]
        listed = ids.through("ids") if plural else Scalar(f"[{ids.expression}]", wanted)
        wanted_ids = self._late(listed)
        calls = []
        for prefix in sorted({prefix for one in wanted if (prefix := prefix_of(one))} & self.catalogue.prefixes.keys()):
            level = self._level(self.catalogue.prefixes[prefix], ALL, matches=(("id", listed, True),))
            level.size = f"len({wanted_ids})"
            self.roots.append(level)
            key = level.slot((), "id")
            item = self._object(level, (), sub_selections(nodes))
            self.functions.append(
                f"def c{level.number}(rows):\n    return {{s{key}: {item} for {level.target} in rows}}"
            )
            calls.append(f"**{self._call(self.roots, level)}")
        found = "{" + ", ".join(calls) + "}"
        if not plural:
            return f"{found}.get({wanted_ids}[0])"
        return f"[found.get(i) for found in [{found}] for i in {wanted_ids}]"

    def _stats(self, kind: GraphQLObjectType, nodes: list[FieldNode]) -> str:
        """Figures about groups of rows: a level whose rows are the groups."""
        arguments = self._arguments(kind, nodes[0])
        root = self.catalogue.stats[object_type(kind.fields[nodes[0].name.value]).name]
        grouping = grouping_of(root, arguments, self.reader)
        entity = self.catalogue.entities[root.entity.name]
        level = self._level(entity, ALL, filter=arguments.get("filter"), grouping=grouping)
        self.roots.append(level)
        self.functions.append(Shaping(self.selector, self.reader, root, level, grouping).source(nodes))
        read_columns(self.catalogue, level, grouping)
        return self._call(self.roots, level)

    def _late(self, value: Scalar) -> str:
        """A value of the request in the code that shapes the answer."""
        self.late.append(value.expression)
        return f"n[{len(self.late) - 1}]"
