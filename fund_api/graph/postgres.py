"""PostgreSQL: a whole operation as one statement, each list an array of records inside its parent's row."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, TSQUERY
from sqlalchemy.dialects.postgresql.asyncpg import dialect as asyncpg_dialect
from sqlalchemy.engine.interfaces import Dialect as Compiler

from fund_api.core.columns import UtcDateTime
from fund_api.graph.aggregates import groups
from fund_api.graph.arguments import Scalar
from fund_api.graph.catalogue import Entity
from fund_api.graph.levels import Level, Path, Sought
from fund_api.graph.parameters import Statement
from fund_api.graph.rights import Seen
from fund_api.graph.search import NO_HITS
from fund_api.graph.sql import Sql, materialized

Slots = Sequence[sa.ColumnElement[Any]]

_COMPILER: Compiler = asyncpg_dialect()  # type: ignore[no-untyped-call]  # SQLAlchemy left it untyped


def is_lone_list(roots: list[Level]) -> bool:
    """Whether an operation is one list and nothing about it: then nothing has to be packed into one row."""
    return len(roots) == 1 and roots[0].wants_rows and not roots[0].extras and roots[0].grouping is None


def _labelled(slots: Slots) -> Slots:
    return [slot.label(f"s{i}") for i, slot in enumerate(slots)]


@dataclass(slots=True)
class Postgres(Sql):
    """Compiles levels for asyncpg."""

    tells_texts: bool = False
    """Whether days and times come as texts."""
    compiler: Compiler = field(default=_COMPILER, init=False)

    def operation(self, roots: list[Level]) -> Statement:
        """One statement. Its one row holds what all root levels bring; a lone list comes as plain rows."""
        if is_lone_list(roots):
            return self.statement(self._rows(roots[0], None, _labelled))
        return self.statement(sa.select(*self._children(roots, {})))

    def slots(self, level: Level, own: Any, joined: Mapping[Path, Seen]) -> list[sa.ColumnElement[Any]]:
        """The values of a level's rows; as texts they cost the driver next to nothing."""
        slots = Sql.slots(self, level, own, joined)
        return [_as_text(slot) for slot in slots] if self.tells_texts else slots

    def listed(self, column: sa.ColumnElement[Any], values: Scalar) -> sa.ColumnElement[bool]:
        """= ANY of an array."""
        return column == sa.any_(self._parameter(self._checked_list(values, column.type), ARRAY(column.type)))

    def position(self, text: sa.ColumnElement[str], part: sa.ColumnElement[str]) -> sa.ColumnElement[int]:
        """By strpos."""
        return sa.func.strpos(text, part)

    def calendar(self, moment: sa.ColumnElement[Any]) -> tuple[sa.ColumnElement[int], sa.ColumnElement[int]]:
        """By extract."""
        there = _in_utc(moment)
        return sa.cast(sa.extract("year", there), sa.Integer), sa.cast(sa.extract("month", there), sa.Integer)

    def day_number(self, moment: sa.ColumnElement[Any]) -> sa.ColumnElement[int]:
        """By what one date is after another."""
        return sa.cast(_in_utc(moment), sa.Date).op("-", return_type=sa.Integer())(
            sa.literal_column("date '2000-01-01'")
        )

    def percentile(self, column: sa.ColumnElement[Any], percent: int) -> sa.ColumnElement[Any]:
        """By percentile_disc."""
        return sa.func.percentile_disc(sa.literal_column(f"{percent / 100}")).within_group(column)

    def holds(self, entity: Entity, columns: Any, query: Scalar) -> sa.ColumnElement[bool]:
        """By the index over to_tsvector."""
        return _words(columns).bool_op("@@")(self._query(query))

    def hits(self, level: Level, sought: Sought) -> sa.CTE:
        """Ranked by ts_rank, which the length of a text lessens a little."""
        query = self._query(sought.query)
        parts = [NO_HITS]
        for _, rows, found in self.sought(level, sought):
            vector = _words(rows.c)
            rank = sa.cast(sa.func.ts_rank(vector, query, sa.literal_column("1")), sa.Double)
            parts.append(found.add_columns(rows.c.id, rank.label("rank")).where(vector.bool_op("@@")(query)))
        return materialized(sa.union_all(*parts), f"h{level.number}")

    def _query(self, query: Scalar) -> sa.ColumnElement[Any]:
        return sa.cast(self._parameter(f"tsquery({query.expression})", sa.Text()), TSQUERY)

    def encoded(self, expression: str, kind: sa.types.TypeEngine[Any]) -> str:
        """Asyncpg takes Python's own values."""
        return expression

    def _children(self, levels: list[Level], keys: dict[Path, str]) -> Slots:
        """The slots of child levels as they stand at the end of a row: the first child's come last.

        `keys` names the alias of each row that they belong to.
        """
        slots: list[sa.ColumnElement[Any]] = []
        for level in levels:
            parent_key = None
            if level.parent is not None:
                path, relation = level.parent
                parent_key = sa.literal_column(f"{keys[path]}.{relation.own}", sa.Text())
            if level.wants_rows:
                slots.append(self._array(level, parent_key))
            rows = self.rows(level, f"e{level.number}")
            slots += [self.figure(level, extra, rows, parent_key) for extra in level.extras]
        return [slot.label(f"s{i}") for i, slot in enumerate(slots)][::-1]

    def _array(self, level: Level, parent_key: sa.ColumnElement[Any] | None) -> sa.ColumnElement[Any]:
        """The page of a level as an array of records."""
        if level.grouping is not None:
            found, figures = groups(self, level, level.grouping)
            return sa.func.array(found.add_columns(sa.func.row(*figures)).scalar_subquery())
        select = self._rows(level, parent_key, lambda slots: [sa.func.row(*slots)])
        return sa.func.array(select.scalar_subquery())

    def _rows(
        self, level: Level, parent_key: sa.ColumnElement[Any] | None, shaped: Callable[[Slots], Slots]
    ) -> sa.Select[Any]:
        """The page of a level: its slots, and what its children bring, as `shaped` selects them."""
        name = f"t{level.number}"
        if self.is_plain(level):
            found = self.found(level, self.rows(level, name), parent_key)
            select = found.select.add_columns(*shaped(self.slots(level, found.values, {})))
            return self.limited(level, self.ordered(level, select, found.values))
        found = self.found(level, self.rows(level, f"p{level.number}"), parent_key)
        page = self.cut(level, found, level.needed(())).subquery(name)
        source, joined = self.joined(level, page, page)
        keys = {(): name, **{path: seen.name for path, seen in joined.items()}}
        slots = [*self.slots(level, page.c, joined), *self._children(level.children, keys)]
        return self.ordered(level, sa.select(*shaped(slots)).select_from(source), page.c)


_Value = sa.ColumnElement[Any]
_FIRST = {True: "0001-01-01 00:00:00", False: "0001-01-01"}
_LAST = {True: "9999-12-31 23:59:59.999999", False: "9999-12-31"}
"""The very ends of times (True) and of days: asyncpg sends them as infinity, and so they are stored."""


def _in_utc(moment: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    """A day, or a time in UTC; an end of the calendar is itself again, for infinity is in no year."""
    timed = isinstance(moment.type, UtcDateTime)
    there = sa.func.timezone(sa.literal_column("'UTC'"), moment) if timed else moment
    kind = "timestamp" if timed else "date"
    return _ended(kind, there, there, *(sa.literal_column(f"{kind} '{end[timed]}'") for end in (_FIRST, _LAST)))


def _as_text(slot: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    """A day or a time as the text that PostgreSQL writes; an end of the calendar as such, and not as infinity."""
    timed = isinstance(slot.type, UtcDateTime)
    if not timed and not isinstance(slot.type, sa.Date):
        return slot
    kind, zone = ("timestamptz", "+00") if timed else ("date", "")
    ends = (sa.literal_column(f"'{end[timed]}{zone}'", sa.Text()) for end in (_FIRST, _LAST))
    return _ended(kind, slot, sa.cast(slot, sa.Text()), *ends)


def _ended(kind: str, moment: _Value, value: _Value, first: _Value, last: _Value) -> _Value:
    """`value`, unless the moment is infinite: then the first or the last one."""
    ends: list[tuple[_Value, _Value]] = [
        (sa.literal_column(f"{kind} '-infinity'"), first),
        (sa.literal_column(f"{kind} 'infinity'"), last),
    ]
    return sa.case(*ends, value=moment, else_=value)


def _words(columns: Any) -> sa.ColumnElement[Any]:
    """The words of a row, in the form that is indexed."""
    return sa.func.to_tsvector(sa.literal_column("'simple'"), columns["search_text"])
