"""Levels as SQL: how the rows of a level are found, cut to their page and joined to their to-one rows.

A page is cut first and joined afterwards, so that a join never costs more than the page has rows. A page after a cursor
is the UNION ALL of index ranges, never an OR. What differs between the databases is in `postgres` and `sqlite`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine.interfaces import Dialect as Compiler
from sqlalchemy.sql.selectable import NamedFromClause

from fund_api.core.columns import Text, UtcDateTime
from fund_api.graph.arguments import Reader, Scalar
from fund_api.graph.catalogue import Catalogue, Entity
from fund_api.graph.choices import PAGE_LIMIT
from fund_api.graph.cursors import Key, beyond, decode
from fund_api.graph.declarations import Viewing
from fund_api.graph.filters import Filters, joined_rows
from fund_api.graph.found import Found, Values, named
from fund_api.graph.levels import Extra, Level, Path, Sought
from fund_api.graph.paging import forward
from fund_api.graph.rights import VIEWER, Seen

GIVEN = {"parents": "parents", VIEWER: VIEWER}
"""Parameters that come when a statement runs: the keys of a level's parents, on SQLite, and the viewer's id."""
ParentKey = sa.ColumnElement[Any] | None
"""For a nested list, what its rows have in common with their parent."""
Places = list[sa.ColumnElement[Any] | None]


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement with `bind`, the source of the function that makes its parameters."""

    text: str
    bind: str


@dataclass(slots=True)
class Sql:
    """Makes the parts of statements; a subclass for each database puts them together."""

    catalogue: Catalogue
    reader: Reader
    viewing: Viewing
    parameters: dict[str, str] = field(default_factory=dict)
    cursors: dict[str, str] = field(default_factory=dict)
    """Cursors of the request by the name of their decoded values, as source."""

    searches: dict[int, sa.CTE] = field(default_factory=dict)
    """The hits of each level that searches."""

    compiler: Compiler = field(init=False)

    # What the databases do each in their own way

    def listed(self, column: sa.ColumnElement[Any], values: Scalar) -> sa.ColumnElement[bool]:
        """Whether a column's value is in a list, which is one parameter."""
        raise NotImplementedError

    def position(self, text: sa.ColumnElement[str], part: sa.ColumnElement[str]) -> sa.ColumnElement[int]:
        """Where a text holds another, from 1, or 0."""
        raise NotImplementedError

    def holds(self, columns: Any, query: Scalar) -> sa.ColumnElement[bool]:
        """Whether the words of a row match a query. `columns` is the `c` of its table."""
        raise NotImplementedError

    def hits(self, level: Level, sought: Sought) -> sa.CTE:
        """The rows of a search: id and rank, the larger the better. Those of an entity come from `matching`."""
        raise NotImplementedError

    def encoded(self, expression: str, kind: sa.types.TypeEngine[Any]) -> str:
        """The source of a value as the driver takes it."""
        raise NotImplementedError

    def calendar(self, moment: sa.ColumnElement[Any]) -> tuple[sa.ColumnElement[int], sa.ColumnElement[int]]:
        """The year and the month, from 1, of a day, or of a time in UTC."""
        raise NotImplementedError

    @property
    def filters(self) -> Filters:
        """What makes conditions of filters."""
        return Filters(self.catalogue, self.viewing, self.bind, self.listed, self.position, self.holds)

    # Values

    def bind(self, value: Scalar, kind: sa.types.TypeEngine[Any]) -> sa.BindParameter[Any]:
        """A parameter with the value of a scalar."""
        return self._parameter(self.encoded(self._checked(value.expression, kind), kind), kind)

    @staticmethod
    def _checked(expression: str, kind: sa.types.TypeEngine[Any]) -> str:
        if isinstance(kind, UtcDateTime):
            return f"moment({expression})"
        return f"text({expression})" if isinstance(kind, Text) else expression

    @staticmethod
    def _checked_list(values: Scalar, kind: sa.types.TypeEngine[Any]) -> str:
        return f"{'moments' if isinstance(kind, UtcDateTime) else 'listed'}({values.expression})"

    def _parameter(self, expression: str, kind: sa.types.TypeEngine[Any]) -> sa.BindParameter[Any]:
        name = f"p{len(self.parameters)}"
        self.parameters[name] = expression
        return sa.bindparam(name, type_=kind)

    def _places(self, cursor: Scalar, keys: Sequence[Key]) -> Places:
        """The values in a cursor as parameters, None where one is null."""
        name = f"x{len(self.cursors)}"
        self.cursors[name] = f"decode({cursor.expression}, {self.reader.constant(tuple(keys))})"
        return [
            None if value is None else self._parameter(self.encoded(f"{name}[{i}]", key.kind), key.kind)
            for i, (key, value) in enumerate(zip(keys, decode(cursor.value, keys), strict=True))
        ]

    # Rows

    def rows(self, level: Level, name: str) -> NamedFromClause[Any]:
        """What a level's rows are taken from, for one use in a statement."""
        if level.sought is None:
            return named(level.entity.table, name)
        if level.number not in self.searches:
            self.searches[level.number] = self.hits(level, level.sought)
        return self.searches[level.number].alias(name)

    def sought(self, level: Level, sought: Sought) -> list[tuple[Entity, NamedFromClause[Any], sa.Select[Any]]]:
        """Of each entity that is searched: an alias of its table, and all its rows that may be found."""
        found = []
        for i, entity in enumerate(sought.entities):
            rows = named(entity.table, f"s{level.number}_{i}")
            everything = self.found(Level(entity, level.number, level.page), rows, None, ordered=False)
            found.append((entity, rows, everything.select))
        return found

    def found(
        self,
        level: Level,
        rows: NamedFromClause[Any],
        parent_key: sa.ColumnElement[Any] | None,
        *,
        ordered: bool = True,
    ) -> Found:
        """All rows of a level that the viewer sees, before the page is cut; columns are to be added."""
        source, values = (
            self.ordering(level, rows, rows) if ordered else (rows, Values(self.seen(level.entity, rows), {}))
        )
        if level.parent is None or parent_key is None:
            select = sa.select().select_from(source)
        else:
            select = joined_rows(level.parent[1], source, rows, parent_key)
        for column, value, several in level.matches:
            kind = rows.c[column].type
            test = self.listed(values[column], value) if several else values[column] == self.bind(value, kind)
            select = select.where(test)
        condition = self.filters.condition(level.entity, values, level.filter)
        sure = level.parent is not None and level.parent[1].sure and parent_key is not None
        return Found(select.where(sa.true() if sure else values.seen.visible, condition), values)

    def seen(self, entity: Entity, rows: NamedFromClause[Any]) -> Seen:
        """Rows of an entity as the viewer sees them."""
        return entity.seen(rows, self.viewing)

    def ordering(self, level: Level, rows: NamedFromClause[Any], source: sa.FromClause) -> tuple[sa.FromClause, Values]:
        """`source`, which holds `rows`, joined to the to-one rows that the order looks at; the values of both."""
        through: dict[str, sa.ColumnElement[Any]] = {}
        for key in level.page.keys:
            if key.through is not None:
                relation, target, column = key.through
                other = self.seen(target, named(target.table, f"{rows.name}_{key.column}"))
                same = other.rows.c[relation.key] == rows.c[relation.own]
                source = source.outerjoin(other.rows, sa.and_(same, other.visible))
                through[key.column] = other[column].label(key.column)
        return source, Values(self.seen(level.entity, rows), through)

    def cut(self, level: Level, found: Found, columns: list[str]) -> sa.Select[Any]:
        """The page of a level: at most its size of rows, in order, with these columns."""
        values = found.values
        ranges = self._ranges(level, values)
        wanted = [values[column] for column in dict.fromkeys([*columns, *(key.column for key in level.page.keys)])]
        rows = found.select.add_columns(*wanted)
        if len(ranges) <= 1:
            return self._limited(level, self.ordered(level, rows.where(*ranges), values))
        parts = [self._limited(level, self.ordered(level, rows.where(one), values)).subquery() for one in ranges]
        union = sa.union_all(*(sa.select(part) for part in parts)).subquery()
        return self._limited(level, self.ordered(level, sa.select(union), union.c))

    @staticmethod
    def is_plain(level: Level) -> bool:
        """Whether one SELECT without a subquery gives the level's page."""
        page = level.page
        return not (level.joins or level.children or page.after or page.before or isinstance(page.size, Scalar))

    @staticmethod
    def ordered(level: Level, select: sa.Select[Any], values: Any) -> sa.Select[Any]:
        """`select` in the order of the level's page; `values` holds the values of its keys by their names."""
        return select.order_by(*(key.clause(values) for key in level.page.keys))

    def _limited(self, level: Level, select: sa.Select[Any]) -> sa.Select[Any]:
        """At most the page's size. A size from the request stands behind a literal that the planner can read."""
        size = level.page.size
        if not isinstance(size, Scalar):
            return self.limited(level, select)
        capped = select.limit(sa.literal_column(str(PAGE_LIMIT + 1))).subquery()
        more = f"{size.expression} + 1" if level.page.peek else size.expression
        return self.ordered(level, sa.select(capped), capped.c).limit(self._parameter(more, sa.Integer()))

    @staticmethod
    def limited(level: Level, select: sa.Select[Any]) -> sa.Select[Any]:
        """At most the page's size, which the document says."""
        size = level.page.size
        return select.limit(sa.literal_column(str(size + level.page.peek))) if isinstance(size, int) else select

    def _ranges(self, level: Level, values: Values) -> list[sa.ColumnElement[bool]]:
        """The ranges that the page's cursors leave: several for the one it starts from, one condition for the other."""
        page = level.page
        start, end = (page.before, page.after) if page.backward else (page.after, page.before)
        keys = page.keys
        ranges = beyond(keys, values, self._places(start, forward(page))) if start else []
        if end is None:
            return ranges or ([sa.false()] if start else [])
        opposite = [key.reversed() for key in keys]
        within = sa.or_(sa.false(), *beyond(opposite, values, self._places(end, forward(page))))
        if start is None:
            return [within]
        return [sa.and_(one, within) for one in ranges] or [sa.false()]

    def figure(
        self, level: Level, extra: Extra, rows: NamedFromClause[Any], parent_key: ParentKey
    ) -> sa.ColumnElement[Any]:
        """A figure about a level's whole list, as a subquery."""
        if extra.kind == "total":
            everything = self.found(level, rows, parent_key, ordered=False).select
            return everything.add_columns(sa.func.count()).scalar_subquery()
        found = self.found(level, rows, parent_key)
        keys, cursor = forward(level.page), level.page.after if extra.kind == "until" else level.page.before
        if cursor is None:
            raise TypeError(f"{extra.kind} needs a cursor")
        away = [key.reversed() for key in keys] if extra.kind == "until" else keys
        places = self._places(cursor, keys)
        same = sa.and_(*(_equal(found.values[key.column], place) for key, place in zip(keys, places, strict=True)))
        ranges = [same, *beyond(away, found.values, places)]
        one = found.select.add_columns(sa.literal_column("1"))
        return sa.or_(*(one.where(stretch).exists() for stretch in ranges))

    @staticmethod
    def slots(level: Level, own: Any, joined: Mapping[Path, Seen]) -> list[sa.ColumnElement[Any]]:
        """The values that a level's rows consist of, in the order of their slots; `own` holds those of the own row."""
        if not level.slots:
            level.slot((), "id")
        return [joined[path][column] if path else own[column] for path, column in level.slots]

    def joined(
        self, level: Level, rows: sa.FromClause, source: sa.FromClause
    ) -> tuple[sa.FromClause, dict[Path, Seen]]:
        """`source` with the to-one rows of a level joined to `rows`, each as the viewer sees it."""
        found: dict[Path, Seen] = {}
        for i, (path, join) in enumerate(level.joins.items()):
            seen = found[path] = self.seen(join.entity, named(join.entity.table, f"t{level.number}_{i}"))
            parent = found[join.parent].rows if join.parent else rows
            same = seen.rows.c[join.relation.key] == parent.c[join.relation.own]
            source = source.outerjoin(seen.rows, sa.and_(same, seen.visible))
        return source, found

    # Text

    def statement(self, select: sa.Select[Any]) -> Statement:
        """The compiled text, and the source of the function that makes its parameters; parameters start anew."""
        compiled = select.compile(dialect=self.compiler)
        names: Sequence[str] = getattr(compiled, "positiontup", None) or ()
        fixed = {name: value for name, value in compiled.params.items() if name not in self.parameters}
        sources = self.parameters | {name: self.reader.constant(value) for name, value in fixed.items()} | GIVEN
        values = "".join(f"{sources[name]}, " for name in names)
        lines = [f"    {name} = {source}" for name, source in self.cursors.items()]
        # a condition that can't hold takes others out of the statement with it; what they ask for is checked anyway
        lines += [f"    {source}" for name, source in self.parameters.items() if name not in names]
        bind = "\n".join([f"def bind(v, parents, {VIEWER}):", *lines, f"    return ({values})"])
        self.parameters, self.cursors = {}, {}
        return Statement(str(compiled), bind)


def materialized(select: sa.Select[Any] | sa.CompoundSelect[Any], name: str) -> sa.CTE:
    """Rows that are found once, however often a statement speaks of them."""
    return select.cte(name).prefix_with("MATERIALIZED")


def _equal(column: Any, place: sa.ColumnElement[Any] | None) -> sa.ColumnElement[bool]:
    equal: sa.ColumnElement[bool] = column.is_(None) if place is None else column == place
    return equal
