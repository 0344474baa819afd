"""From a selection to levels and to the code that shapes their rows.

While a selection is walked, every list becomes a `Level`, and every object the source of a Python expression over one
row, whose slots are the names s0, s1, ... and what its child levels bring b0, b1, ...:
`{'id': s0, 'community': (None if s4 is None else {'name': s5}), 'measures': c2(b0)}`.
Names in a document enter the source by repr only.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from graphql import FieldNode, GraphQLObjectType, SelectionSetNode, is_non_null_type

from fund_api.core.columns import Text, UtcDateTime
from fund_api.core.database import Dialect
from fund_api.graph import lists
from fund_api.graph.arguments import Reader, Scalar, Value
from fund_api.graph.catalogue import Catalogue, Entity, object_type
from fund_api.graph.collect import Selector, sub_selections
from fund_api.graph.declarations import (
    Amount,
    Column,
    Computed,
    ToMany,
    ToOne,
)
from fund_api.graph.levels import Joined, Level, Page, Path
from fund_api.graph.paging import forward, page_of
from fund_api.graph.parts import Parts

ALL = Page((), None, peek=False, backward=False, after=None, before=None)
ENTITIES = "$entities"
"""The variable with the ids of entities that are read by themselves; no document can name it."""
LONG = 500
"""Characters of a text that count as one value."""
Sets = Iterable[SelectionSetNode | None]


@dataclass(slots=True)
class Walk:
    """One walk over one operation. `functions` is the source of the functions that shape its levels."""

    catalogue: Catalogue
    selector: Selector
    reader: Reader
    dialect: Dialect
    permissions: frozenset[str]
    parts: Parts
    functions: list[str] = field(default_factory=list)
    late: list[str] = field(default_factory=list)
    """Values of the request that the shaping code reads as `n`: page sizes and ids."""
    roots: list[Level] = field(default_factory=list)
    levels: int = 0
    pulls: bool = False
    """Whether rows come by a pull: then PostgreSQL tells times as texts, which takes its driver a tenth of the time."""
    tells_rights: bool = False
    """Whether a field is computed of the viewer's permissions."""
    tells_time: bool = False
    """Whether a field is computed of what time it is."""

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
        level.values += len(groups)
        entries = [f"{key!r}: {self._field(level, path, nodes)}" for key, nodes in groups.items()]
        return "{" + ", ".join(entries) + "}"

    def _field(self, level: Level, path: Path, nodes: list[FieldNode]) -> str:
        entity = level.entity_at(path)
        name = nodes[0].name.value
        if name == "__typename":
            return repr(entity.name)
        match entity.fields[name]:
            case Column(column):
                level.values += _longer(entity, str(column))
                return self._value(level, path, str(column))
            case Amount(column, currency):
                return self._amount(level, path, str(column), currency, nodes)
            case Computed() as computed:
                return self._computed(level, path, computed, nodes[0])
            case ToOne() as relation:
                return self._to_one(level, (*path, name), relation, nodes)
            case ToMany() as relation:
                level.slot(path, relation.own)
                return self._connection(level.children, entity.type, nodes, (path, relation))
        raise TypeError(f"{entity.name}.{name} is no field of a row")

    def _computed(self, level: Level, path: Path, computed: Computed, node: FieldNode) -> str:
        values = [self.reader.constant(self.permissions)] if computed.permissions else []
        self.tells_rights = self.tells_rights or computed.permissions
        self.tells_time = self.tells_time or computed.clocked
        values += [self._value(level, path, column) for column in computed.columns]
        given = self._arguments(level.entity_at(path).type, node) if computed.arguments else {}
        for value in (given.get(name) for name in computed.arguments):
            values.append(self._late(value) if isinstance(value, Scalar) else "None")
        return f"{self.reader.constant(computed.function)}({', '.join(values)})"

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
        return f"(None if {minor} is None else {made})" if entity.may_be_null(column) else made

    def _value(self, level: Level, path: Path, column: str) -> str:
        """The source of a column's value as JSON has it. SQLite has neither booleans nor times of its own."""
        source = f"s{level.slot(path, column)}"
        declared = level.entity_at(path).table.c.get(column)
        if self.dialect is not Dialect.SQLITE:
            return f"moment_text({source})" if self.pulls and _is_time(declared) else source
        if declared is None:  # a test
            return f"({source} == 1)"
        match declared.type:
            case sa.Boolean():
                shaped = f"{source} == 1"
            case UtcDateTime():
                shaped = f"{source}.replace('.000000Z', 'Z')"
            case _:
                return source
        may_be_null = level.entity_at(path).may_be_null(column)
        return f"(None if {source} is None else {shaped})" if may_be_null else f"({shaped})"

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
        via = parent[1].via if parent else None
        page = page_of(self.catalogue, entity, arguments, peek=shape.peeks, via=via)
        level = self._level(entity, page, filter=arguments.get("filter"), parent=parent)
        level.wants_rows, level.extras = shape.wants_rows, shape.extras(page)
        self.parts.foresee(level.filter, level.width)
        siblings.append(level)
        level.size = self._size(page)
        if not level.wants_rows:
            self._check_cursors(page)
        rows = lists.Rows(level, lambda sets: self._object(level, (), sets))
        self.functions.append(shape.source(rows).replace(lists.ROW, level.target))
        return self._call(siblings, level)

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

    def _late(self, value: Scalar) -> str:
        """A value of the request in the code that shapes the answer."""
        self.late.append(value.expression)
        return f"n[{len(self.late) - 1}]"


def _longer(entity: Entity, column: str) -> int:
    """For how many values more than one a text counts, by the characters that its column may hold."""
    declared = entity.table.c.get(column)
    limits = declared.info.get("limits") if declared is not None and isinstance(declared.type, Text) else None
    return int(limits[1] // LONG) if limits else 0


def _is_time(declared: sa.Column[Any] | None) -> bool:
    return declared is not None and isinstance(declared.type, UtcDateTime)
