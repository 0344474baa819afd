"""SQLite: one statement for each level. A child level gets the keys of all its parents as one JSON list."""

from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite.aiosqlite import dialect as sqlite_dialect
from sqlalchemy.engine.interfaces import Dialect as Compiler

from fund_api.core.columns import UtcDateTime
from fund_api.graph.aggregates import groups
from fund_api.graph.arguments import Scalar
from fund_api.graph.catalogue import Entity
from fund_api.graph.found import Found, named
from fund_api.graph.levels import Level, Sought
from fund_api.graph.parameters import Statement
from fund_api.graph.search import NO_HITS
from fund_api.graph.sql import Sql, materialized

_COMPILER: Compiler = sqlite_dialect()

_ENTRY = sa.table("search_entry", sa.column("number", sa.Integer()), sa.column("id", sa.Text()))
_INDEX = sa.table("search_index", sa.column("rowid", sa.Integer()), sa.column("rank", sa.Double()))
_FOUND = _INDEX.join(_ENTRY, _ENTRY.c.number == _INDEX.c.rowid)
"""See core/search_index.py."""


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

    def calendar(self, moment: sa.ColumnElement[Any]) -> tuple[sa.ColumnElement[int], sa.ColumnElement[int]]:
        """Of the text, which begins 2020-11."""
        text = sa.type_coerce(moment, sa.Text())
        year, month = (sa.func.substr(text, *map(sa.literal_column, place)) for place in (("1", "4"), ("6", "2")))
        return sa.cast(year, sa.Integer), sa.cast(month, sa.Integer)

    def day_number(self, moment: sa.ColumnElement[Any]) -> sa.ColumnElement[int]:
        """By julianday of the text's date, which begins at noon."""
        day = sa.func.substr(sa.type_coerce(moment, sa.Text()), sa.literal_column("1"), sa.literal_column("10"))
        return sa.cast(sa.func.julianday(day) + sa.literal_column("0.5"), sa.Integer)

    def percentile(self, column: sa.ColumnElement[Any], percent: int) -> sa.ColumnElement[Any]:
        """By an aggregate of ours; see core/nearest_rank.py."""
        return sa.func.nearest_rank(column, sa.literal_column(str(percent)), type_=column.type)

    def holds(self, entity: Entity, columns: Any, query: Scalar) -> sa.ColumnElement[bool]:
        """By the one index of all entities."""
        found = sa.select(_ENTRY.c.id).select_from(_FOUND).where(self._matches(query))
        among: sa.ColumnElement[bool] = columns[entity.row_key].in_(found)
        return among

    def hits(self, level: Level, sought: Sought) -> sa.CTE:
        """Ranked by BM25 over all entities together."""
        ranked = sa.select(_ENTRY.c.id, (-_INDEX.c.rank).label("rank")).select_from(_FOUND)
        all_hits = materialized(ranked.where(self._matches(sought.query)), f"q{level.number}")
        parts = [NO_HITS]
        for entity, rows, found in self.sought(level, sought):
            prefix: str = entity.table.c[entity.row_key].info["prefix"]
            own = sa.func.substr(all_hits.c.id, 1, len(prefix) + 1) == f"{prefix}_"
            shown = all_hits.c.id if entity.row_key == "id" else rows.c.id
            parts.append(found.add_columns(shown, all_hits.c.rank).where(own, rows.c[entity.row_key] == all_hits.c.id))
        return materialized(sa.union_all(*parts), f"h{level.number}")

    def _matches(self, query: Scalar) -> sa.ColumnElement[bool]:
        """FTS5 takes its query for the table itself."""
        text = self._parameter(f"fts5({query.expression})", sa.Text())
        matches: sa.ColumnElement[bool] = sa.column("search_index", sa.Text()).bool_op("MATCH")(text)
        return matches

    def encoded(self, expression: str, kind: sa.types.TypeEngine[Any]) -> str:
        """Days and times are text in SQLite."""
        if isinstance(kind, sa.Date):
            return f"{expression}.isoformat()"
        return f"stamp({expression})" if isinstance(kind, UtcDateTime) else expression

    def _step(self, level: Level, parent_slot: int) -> Step:
        select = self._nested(level) if level.parent else self._root(level)
        statement = self.statement(select)
        children = tuple(
            self._step(child, level.slot(child.parent[0], child.parent[1].own))
            for child in level.children
            if child.parent is not None
        )
        keyed = level.parent is not None
        return Step(statement, keyed, level.wants_rows, len(level.extras), parent_slot, children)

    def _root(self, level: Level) -> sa.Select[Any]:
        if level.grouping is not None:
            grouped, figures = groups(self, level, level.grouping)
            return grouped.add_columns(*figures)
        name = f"t{level.number}"
        extras = self._extras(level, None)
        if not level.wants_rows:
            return sa.select(sa.null(), *extras)
        if not extras and self.is_plain(level):
            found = self.found(level, self.rows(level, name), None)
            select = found.select.add_columns(*self.slots(level, found.values, {}))
            return self.limited(level, self.ordered(level, select, found.values))
        found = self.found(level, self.rows(level, f"p{level.number}"), None)
        page = self.cut(level, found, [*level.needed(()), "id"]).subquery(name)
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
        own = named(level.entity.table, f"t{level.number}")
        inside = sa.literal_column(f"{own.name}.rowid").in_(self._page_ids(level, key))
        start: sa.FromClause = keys.join(own, inside, isouter=bool(extras))
        link, via = self.link(level, own), level.parent and level.parent[1].via
        if link is not None and via is not None:
            start = start.outerjoin(link, sa.and_(link.c[via.parent] == key, link.c[via.child] == own.c.id))
        start, values = self.ordering(level, own, start, link)
        source, joined = self.joined(level, own, start)
        prefix = [keys.c.key, *([own.c.id, *extras] if extras else [])]
        select = sa.select(*prefix, *self.slots(level, values, joined)).select_from(source).order_by(keys.c.key)
        return self.ordered(level, select, values)

    def _page_ids(self, level: Level, key: sa.ColumnElement[Any]) -> sa.Select[Any]:
        """The places of the page's rows in their table, for one parent."""
        found = self.found(level, named(level.entity.table, f"p{level.number}"), key)
        place: sa.Label[int] = sa.literal_column(f"p{level.number}.rowid").label("place")
        page = self.cut(level, Found(found.select.add_columns(place), found.values), []).subquery()
        return sa.select(page.c.place)

    def _extras(self, level: Level, key: sa.ColumnElement[Any] | None) -> list[sa.ColumnElement[Any]]:
        rows = self.rows(level, f"e{level.number}")
        return [self.figure(level, extra, rows, key).label(f"x{i}") for i, extra in enumerate(level.extras)]
