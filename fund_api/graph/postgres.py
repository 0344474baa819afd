"""PostgreSQL: a whole operation as one statement, each list an array of records inside its parent's row."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql.asyncpg import dialect as asyncpg_dialect
from sqlalchemy.engine.interfaces import Dialect as Compiler

from fund_api.graph.arguments import Scalar
from fund_api.graph.levels import Level, Path
from fund_api.graph.sql import Sql, Statement

Slots = Sequence[sa.ColumnElement[Any]]

_COMPILER: Compiler = asyncpg_dialect()  # type: ignore[no-untyped-call]  # SQLAlchemy left it untyped


def is_lone_list(roots: list[Level]) -> bool:
    """Whether an operation is one list and nothing about it: then nothing has to be packed into one row."""
    return len(roots) == 1 and roots[0].wants_rows and not roots[0].extras


def _labelled(slots: Slots) -> Slots:
    return [slot.label(f"s{i}") for i, slot in enumerate(slots)]


@dataclass(slots=True)
class Postgres(Sql):
    """Compiles levels for asyncpg."""

    compiler: Compiler = field(default=_COMPILER, init=False)

    def operation(self, roots: list[Level]) -> Statement:
        """One statement. Its one row holds what all root levels bring; a lone list comes as plain rows."""
        if is_lone_list(roots):
            return self.statement(self._rows(roots[0], None, _labelled))
        return self.statement(sa.select(*self._children(roots, {})))

    def listed(self, column: sa.ColumnElement[Any], values: Scalar) -> sa.ColumnElement[bool]:
        """= ANY of an array."""
        return column == sa.any_(self._parameter(self._checked_list(values, column.type), ARRAY(column.type)))

    def position(self, text: sa.ColumnElement[str], part: sa.ColumnElement[str]) -> sa.ColumnElement[int]:
        """By strpos."""
        return sa.func.strpos(text, part)

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
            rows = level.entity.table.alias(f"e{level.number}")
            slots += [self.figure(level, extra, rows, parent_key) for extra in level.extras]
        return [slot.label(f"s{i}") for i, slot in enumerate(slots)][::-1]

    def _array(self, level: Level, parent_key: sa.ColumnElement[Any] | None) -> sa.ColumnElement[Any]:
        """The page of a level as an array of records."""
        select = self._rows(level, parent_key, lambda slots: [sa.func.row(*slots)])
        return sa.func.array(select.scalar_subquery())

    def _rows(
        self, level: Level, parent_key: sa.ColumnElement[Any] | None, shaped: Callable[[Slots], Slots]
    ) -> sa.Select[Any]:
        """The page of a level: its slots, and what its children bring, as `shaped` selects them."""
        name = f"t{level.number}"
        if self.is_plain(level):
            rows = level.entity.table.alias(name)
            found = self.matching(level, rows, parent_key).add_columns(*shaped(self.slots(level, rows.c, {})))
            return self.limited(level, self.ordered(level, found, rows.c))
        rows = level.entity.table.alias(f"p{level.number}")
        page = self.cut(level, rows, self.matching(level, rows, parent_key), level.needed(())).subquery(name)
        source, joined = self.joined(level, page, page)
        keys = {(): name, **{path: alias.name for path, alias in joined.items()}}
        slots = [*self.slots(level, page.c, joined), *self._children(level.children, keys)]
        return self.ordered(level, sa.select(*shaped(slots)).select_from(source), page.c)
