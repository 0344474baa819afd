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
from fund_api.graph.catalogue import Catalogue
from fund_api.graph.cursors import Key, beyond, decode
from fund_api.graph.filters import Filters, joined_rows
from fund_api.graph.inputs import PAGE_LIMIT
from fund_api.graph.levels import Extra, Level, Path
from fund_api.graph.paging import forward

PARENTS = {"parents": "parents"}
"""The parameter that holds the keys of a level's parents, on SQLite."""
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
    parameters: dict[str, str] = field(default_factory=dict)
    cursors: dict[str, str] = field(default_factory=dict)
    """Cursors of the request by the name of their decoded values, as source."""

    compiler: Compiler = field(init=False)

    # What the databases do each in their own way

    def listed(self, column: sa.ColumnElement[Any], values: Scalar) -> sa.ColumnElement[bool]:
        """Whether a column's value is in a list, which is one parameter."""
        raise NotImplementedError

    def position(self, text: sa.ColumnElement[str], part: sa.ColumnElement[str]) -> sa.ColumnElement[int]:
        """Where a text holds another, from 1, or 0."""
        raise NotImplementedError

    def encoded(self, expression: str, kind: sa.types.TypeEngine[Any]) -> str:
        """The source of a value as the driver takes it."""
        raise NotImplementedError

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

    def matching(self, level: Level, rows: sa.FromClause, parent_key: sa.ColumnElement[Any] | None) -> sa.Select[Any]:
        """All rows of a level, before its page is cut; the one place where conditions on an entity's rows are set."""
        if level.parent is None or parent_key is None:
            found = sa.select().select_from(rows)
        else:
            found = joined_rows(level.parent[1], rows, parent_key)
        for column, value, several in level.matches:
            kind = rows.c[column].type
            test = self.listed(rows.c[column], value) if several else rows.c[column] == self.bind(value, kind)
            found = found.where(test)
        filters = Filters(self.catalogue, self.bind, self.listed, self.position)
        return found.where(filters.condition(level.entity, rows.c, level.filter))

    def cut(self, level: Level, rows: sa.FromClause, matching: sa.Select[Any], columns: list[str]) -> sa.Select[Any]:
        """The page of a level: at most its size of rows, in order, with these columns of `rows`."""
        ranges = self._ranges(level, rows)
        wanted = [rows.c[column] for column in dict.fromkeys([*columns, *(key.column for key in level.page.keys)])]
        found = matching.add_columns(*wanted)
        if len(ranges) <= 1:
            return self._limited(level, self.ordered(level, found.where(*ranges), rows.c))
        parts = [self._limited(level, self.ordered(level, found.where(one), rows.c)).subquery() for one in ranges]
        union = sa.union_all(*(sa.select(part) for part in parts)).subquery()
        return self._limited(level, self.ordered(level, sa.select(union), union.c))

    @staticmethod
    def is_plain(level: Level) -> bool:
        """Whether one SELECT without a subquery gives the level's page."""
        page = level.page
        return not (level.joins or level.children or page.after or page.before or isinstance(page.size, Scalar))

    @staticmethod
    def ordered(level: Level, select: sa.Select[Any], columns: Any) -> sa.Select[Any]:
        """`select` in the order of the level's page; `columns` is the `c` of what is ordered."""
        return select.order_by(*(key.clause(columns) for key in level.page.keys))

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

    def _ranges(self, level: Level, rows: sa.FromClause) -> list[sa.ColumnElement[bool]]:
        """The ranges that the page's cursors leave: several for the one it starts from, one condition for the other."""
        page = level.page
        start, end = (page.before, page.after) if page.backward else (page.after, page.before)
        keys = page.keys
        ranges = beyond(keys, rows.c, self._places(start, forward(page))) if start else []
        if end is None:
            return ranges or ([sa.false()] if start else [])
        opposite = [key.reversed() for key in keys]
        within = sa.or_(sa.false(), *beyond(opposite, rows.c, self._places(end, forward(page))))
        if start is None:
            return [within]
        return [sa.and_(one, within) for one in ranges] or [sa.false()]

    def figure(
        self, level: Level, extra: Extra, rows: sa.FromClause, parent_key: sa.ColumnElement[Any] | None
    ) -> sa.ColumnElement[Any]:
        """A figure about a level's whole list, as a subquery."""
        matching = self.matching(level, rows, parent_key)
        if extra.kind == "total":
            return matching.add_columns(sa.func.count()).scalar_subquery()
        keys, cursor = forward(level.page), level.page.after if extra.kind == "until" else level.page.before
        if cursor is None:
            raise TypeError(f"{extra.kind} needs a cursor")
        away = [key.reversed() for key in keys] if extra.kind == "until" else keys
        places = self._places(cursor, keys)
        same = sa.and_(*(_equal(rows.c[key.column], place) for key, place in zip(keys, places, strict=True)))
        ranges = [same, *beyond(away, rows.c, places)]
        return sa.or_(*(matching.add_columns(sa.literal_column("1")).where(one).exists() for one in ranges))

    def slots(self, level: Level, own: Any, joined: Mapping[Path, sa.FromClause]) -> list[sa.ColumnElement[Any]]:
        """The values that a level's rows consist of, in the order of their slots."""
        if not level.slots:
            level.slot((), "id")
        return [joined[path].c[column] if path else own[column] for path, column in level.slots]

    @staticmethod
    def joined(
        level: Level, rows: sa.FromClause, source: sa.FromClause
    ) -> tuple[sa.FromClause, dict[Path, NamedFromClause[Any]]]:
        """`source` with the to-one rows of a level joined to `rows`, and the alias of each."""
        aliases: dict[Path, NamedFromClause[Any]] = {}
        for i, (path, join) in enumerate(level.joins.items()):
            alias = aliases[path] = join.entity.table.alias(f"t{level.number}_{i}")
            parent: sa.FromClause = aliases[join.parent] if join.parent else rows
            source = source.outerjoin(alias, alias.c[join.relation.key] == parent.c[join.relation.own])
        return source, aliases

    # Text

    def statement(self, select: sa.Select[Any]) -> Statement:
        """The compiled text, and the source of the function that makes its parameters; parameters start anew."""
        compiled = select.compile(dialect=self.compiler)
        names: Sequence[str] = getattr(compiled, "positiontup", None) or ()
        fixed = {name: value for name, value in compiled.params.items() if name not in self.parameters}
        sources = self.parameters | {name: self.reader.constant(value) for name, value in fixed.items()} | PARENTS
        values = "".join(f"{sources[name]}, " for name in names)
        lines = [f"    {name} = {source}" for name, source in self.cursors.items()]
        bind = "\n".join(["def bind(v, parents):", *lines, f"    return ({values})"])
        self.parameters, self.cursors = {}, {}
        return Statement(str(compiled), bind)


def _equal(column: Any, place: sa.ColumnElement[Any] | None) -> sa.ColumnElement[bool]:
    equal: sa.ColumnElement[bool] = column.is_(None) if place is None else column == place
    return equal
