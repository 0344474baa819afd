"""Rights, pushed into every level: this is the one place where they meet the rows.

An entity's `visible` says which rows a viewer sees, a field's `permission` and `readable` whose values. A plan is made
for a set of permissions; who the viewer is, and when they look, enters when it runs. What a viewer may not see is
absent: they can neither list, count, join, filter, order nor search by it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql.selectable import NamedFromClause

from fund_api.core.columns import Text, UtcDateTime
from fund_api.graph.declarations import Restriction, Rule, Viewing

VIEWER = "viewer"
"""The parameter that holds the viewer's id, in every statement that asks for it."""
NOW = "now"
"""The parameter that holds the time at which they look."""


def viewing(permissions: frozenset[str]) -> Viewing:
    """How statements for these permissions see their viewer."""
    return Viewing(permissions, sa.bindparam(VIEWER, type_=Text()), sa.bindparam(NOW, type_=UtcDateTime()))


@dataclass(frozen=True, slots=True)
class Seen:
    """Rows of an entity as the viewer sees them. `seen[column]` is a value, null where they may not read it."""

    rows: NamedFromClause[Any]
    viewing: Viewing
    restrictions: dict[str, Restriction]
    rule: Rule | None
    tests: Mapping[str, Rule]
    """Conditions on a row and the viewer that have a name, as columns have."""

    @property
    def name(self) -> str:
        """The alias of the rows."""
        return self.rows.name

    @property
    def visible(self) -> sa.ColumnElement[bool]:
        """The condition that a row is visible at all."""
        condition = self.rule(self.rows.c, self.viewing) if self.rule else None
        return sa.true() if condition is None else condition

    def __getitem__(self, column: str) -> sa.ColumnElement[Any]:
        """The value of a column, or whether a test holds."""
        if column in self.tests:
            held = self.tests[column](self.rows.c, self.viewing)
            return (sa.true() if held is None else held).label(column)
        own: sa.ColumnElement[Any] = self.rows.c[column]
        restriction = self.restrictions.get(column)
        if restriction is None:
            return own
        if restriction.permission is not None and not self.viewing.may(restriction.permission):
            return sa.cast(sa.null(), own.type).label(column)
        readable = restriction.readable(self.rows.c, self.viewing) if restriction.readable else None
        return own if readable is None else sa.case((readable, own)).label(column)
