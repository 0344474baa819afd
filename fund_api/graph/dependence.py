"""What an answer follows beside the rows, found out while its plan is made: who asks, and what time it is.

By this the edge knows for how long an answer holds, and for whom.
"""

import re
from dataclasses import dataclass
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql import operators, visitors
from sqlalchemy.sql.elements import BinaryExpression, BindParameter, ColumnElement

from fund_api.core.columns import Table

ANY_MOMENT = "?"
"""In the place of a column: the time is compared with what is none, such as the age of something."""


@dataclass(slots=True)
class Dependence:
    """What a plan asks for beside the rows that are there."""

    rights: bool = False
    """Whether a permission was looked at."""
    viewer: bool = False
    """Whether the viewer's id is bound."""
    moments: frozenset[str] = frozenset()
    """The columns with which the time is compared, each as table.column."""
    unlogged: bool = False
    """Whether it reads a column that changes without an event."""

    @property
    def public(self) -> bool:
        """Whether it asks nothing of who looks."""
        return not self.rights and not self.viewer

    def note(self, select: sa.Select[Any], text: str, bound: frozenset[str], now: str) -> None:
        """Note a statement: its text, the parameters that it binds, and which of them is the time."""
        if now in bound:
            self.moments |= compared(select, now)
        self.unlogged = self.unlogged or not _unlogged().isdisjoint(_WORD.findall(text))


def compared(select: sa.Select[Any], now: str) -> frozenset[str]:
    """The columns with which a statement compares the time; ANY_MOMENT when it does anything else with it."""
    found: set[str] = set()
    uses = 0
    for element in visitors.iterate(select):
        if isinstance(element, BindParameter) and element.key == now:
            uses += 1
        elif isinstance(element, BinaryExpression) and operators.is_comparison(element.operator):
            sides = element.left, element.right
            if any(isinstance(side, BindParameter) and side.key == now for side in sides):
                uses -= 1
                found.update(name for side in sides for name in _names(side, now))
    return frozenset(found) if uses == 0 and found else frozenset({ANY_MOMENT})


def _names(side: ColumnElement[object], now: str) -> list[str]:
    """The columns of tables that one side of a comparison stands for."""
    if isinstance(side, BindParameter) and side.key == now:
        return []
    if not isinstance(side, sa.Column):
        return [ANY_MOMENT]
    roots = [base for base in side.base_columns if isinstance(getattr(base, "table", None), sa.Table)]
    return [f"{base.table.name}.{base.name}" for base in roots] or [ANY_MOMENT]


_WORD = re.compile(r"\w+")


@cache
def _unlogged() -> frozenset[str]:
    """The names of all columns that change without an event."""
    columns = (column for table in Table.metadata.tables.values() for column in table.columns)
    return frozenset(column.name for column in columns if column.info.get("unlogged"))
