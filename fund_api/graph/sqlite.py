"""SQLite: one statement for each level. A child level gets the keys of all its parents as one JSON list."""

from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite.aiosqlite import dialect as sqlite_dialect
from sqlalchemy.engine.interfaces import Dialect as Compiler

from fund_api.core.columns import UtcDateTime
from fund_api.graph.arguments import Scalar
from fund_api.graph.levels import Level
from fund_api.graph.sql import Sql, Statement

_COMPILER: Compiler = sqlite_dialect()


@dataclass(frozen=True, slots=True)
class Step:
    """The statement of one level and what to do with its rows.

    A row begins with the place of its parent (`keyed`), its own id and the extras (when `extras` are more than none),
    and then holds its slots. `parent_slot` is where the parent's rows hold the key of this level.
    """

    statement: Statement
    keyed: bool
    wants_rows: bool
    extras: int
    parent_slot: int
    children: tuple["Step", ...]


@dataclass(slots=True)
class Sqlite(Sql):
    """Compiles levels for the standard sqlite3 module."""

    compiler: Compiler = field(default=_COMPILER, init=False)

    def operation(self, roots: list[Level]) -> tuple[Step, ...]:
        """A step for each root level, with those of its children inside."""
        return tuple(self._step(level, 0) for level in roots)

    def listed(self, column: sa.ColumnElement[Any], values: Scalar) -> sa.ColumnElement[bool]:
        """In the values of a JSON list."""
        checked = self._checked_list(values, column.type)
        if isinstance(column.type, UtcDateTime):
            checked = f"stamps({checked})"
        items = self._parameter(f"json_list({checked})", sa.Text())
        return column.in_(sa.select(sa.func.json_each(items).table_valued("value").c.value))

    def position(self, text: sa.ColumnElement[str], part: sa.ColumnElement[str]) -> sa.ColumnElement[int]:
        """By instr."""
        return sa.func.instr(text, part)

    def encoded(self, expression: str, kind: sa.types.TypeEngine[Any]) -> str:
        """Days and times are text in SQLite."""
        if isinstance(kind, sa.Date):
            return f"{expression}.isoformat()"
        return f"stamp({expression})" if isinstance(kind, UtcDateTime) else expression

    def _step(self, level: Level, parent_slot: int) -> Step:
        select = self._nested(level) if level.parent else self._root(level)
        statement = self.statement(select)
        children = tuple(
            self._step(child, level.slots[child.parent[0], child.parent[1].own])
            for child in level.children
            if child.parent is not None
        )
        keyed = level.parent is not None
        return Step(statement, keyed, level.wants_rows, len(level.extras), parent_slot, children)

    def _root(self, level: Level) -> sa.Select[Any]:
        name = f"t{level.number}"
        extras = self._extras(level, None)
        if not level.wants_rows:
            return sa.select(sa.null(), *extras)
        if not extras and self.is_plain(level):
            rows = level.entity.table.alias(name)
            found = self.matching(level, rows, None).add_columns(*self.slots(level, rows.c, {}))
            return self.limited(level, self.ordered(level, found, rows.c))
        rows = level.entity.table.alias(f"p{level.number}")
        page = self.cut(level, rows, self.matching(level, rows, None), [*level.needed(()), "id"]).subquery(name)
        one = sa.select(sa.literal_column("1")).subquery()
        start = one.outerjoin(page, sa.true()) if extras else page
        source, joined = self.joined(level, page, start)
        prefix = [page.c.id, *extras] if extras else []
        return self.ordered(level, sa.select(*prefix, *self.slots(level, page.c, joined)).select_from(source), page.c)

    def _nested(self, level: Level) -> sa.Select[Any]:
        parents = sa.bindparam("parents", type_=sa.Text())
        keys = sa.func.json_each(parents).table_valued("key", "value", name=f"k{level.number}")
        key = sa.literal_column(f"k{level.number}.value", sa.Text())
        extras = self._extras(level, key)
        if not level.wants_rows:
            return sa.select(keys.c.key, sa.null(), *extras).select_from(keys).order_by(keys.c.key)
        own = level.entity.table.alias(f"t{level.number}")
        inside = sa.literal_column(f"t{level.number}.id").in_(self._page_ids(level, key))
        start = keys.outerjoin(own, inside) if extras else keys.join(own, inside)
        source, joined = self.joined(level, own, start)
        prefix = [keys.c.key, *([own.c.id, *extras] if extras else [])]
        select = sa.select(*prefix, *self.slots(level, own.c, joined)).select_from(source).order_by(keys.c.key)
        return self.ordered(level, select, own.c)

    def _page_ids(self, level: Level, key: sa.ColumnElement[Any]) -> sa.Select[Any]:
        rows = level.entity.table.alias(f"p{level.number}")
        page = self.cut(level, rows, self.matching(level, rows, key), ["id"]).subquery()
        return sa.select(page.c.id)

    def _extras(self, level: Level, key: sa.ColumnElement[Any] | None) -> list[sa.ColumnElement[Any]]:
        rows = level.entity.table.alias(f"e{level.number}")
        return [self.figure(level, extra, rows, key).label(f"x{i}") for i, extra in enumerate(level.extras)]
