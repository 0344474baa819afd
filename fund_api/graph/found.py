"""What statements are made of: aliases of tables, the rows that were found, and their values by name."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.selectable import NamedFromClause

from fund_api.graph.rights import Seen


@lru_cache(maxsize=1_000)
def named(table: sa.Table, name: str) -> NamedFromClause[Any]:
    """An alias of a table. Making one costs as much as a third of a statement, so they are kept."""
    return table.alias(name)


class Outside(sa.ColumnElement[Any]):
    """A value of a row outside of a SELECT, which does not bring that row's table into it, however deep it is used."""

    inherit_cache = False

    def __init__(self, value: sa.ColumnElement[Any]) -> None:
        self.value = value
        self.type = value.type


@compiles(Outside)
def _outside(element: Outside, compiler: sa.Compiled, **options: Any) -> str:
    """Any: SQLAlchemy's own."""
    return compiler.process(element.value, **options)


@dataclass(frozen=True, slots=True)
class Values:
    """The values of a level's own rows by name: its columns as the viewer sees them, and its order's keys."""

    seen: Seen
    through: Mapping[str, sa.ColumnElement[Any]]

    def __getitem__(self, name: str) -> sa.ColumnElement[Any]:
        """A column, or a key of another entity."""
        return self.through[name] if name in self.through else self.seen[name]


@dataclass(frozen=True, slots=True)
class Found:
    """Rows of a level as a SELECT without columns, and the values that can be added to it."""

    select: sa.Select[Any]
    values: Values
