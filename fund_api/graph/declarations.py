"""What a type of the schema declares of itself and of its fields; `declare` writes it down, the catalogue reads it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from graphql import GraphQLArgument

from fund_api.core.columns import Table, table_of

KEY = "graph"
"""Where a Strawberry field's metadata holds its declaration."""


@dataclass(frozen=True, slots=True)
class Viewing:
    """How a plan sees its viewer: their permissions decide the plan, their id is bound when it runs."""

    permissions: frozenset[str]
    id: sa.ColumnElement[str]

    def may(self, permission: str) -> bool:
        """Whether the viewer has a permission."""
        return permission in self.permissions


Rule = Callable[[Any, Viewing], sa.ColumnElement[bool] | None]
"""A condition on rows, of their columns (the `c` of a table or alias: Any) and the viewer; None: holds for all."""


@dataclass(frozen=True, slots=True)
class Restriction:
    """Who may read a field: viewers with a permission, and of them in rows for which a rule holds."""

    permission: str | None = None
    readable: Rule | None = None


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the entity's table. `folded` names the column that text search in it compares."""

    column: str | None
    order: bool
    filters: bool
    folded: str | None
    restriction: Restriction | None = None


@dataclass(frozen=True, slots=True)
class Amount:
    """An amount of money: a column of minor units, and the column of its currency."""

    column: str | None
    currency: str
    order: bool
    restriction: Restriction | None = None


@dataclass(frozen=True, slots=True)
class Computed:
    """A Python function of named columns, called with their values in that order.

    It may ask for the viewer's permissions: then they come first. Values of the field's own arguments come last.
    """

    function: Callable[..., object]
    columns: tuple[str, ...]
    permissions: bool = False
    arguments: Mapping[str, GraphQLArgument] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ToOne:
    """The row of another entity whose column `key` equals the own column `own`.

    `order` offers the orders of the other entity for the own one, `sure` says that whoever sees the own row sees the
    other, too.
    """

    own: str
    key: str
    order: bool = False
    sure: bool = False


@dataclass(frozen=True, slots=True)
class Link:
    """A table that joins two entities: its columns that point to the parent and to the child."""

    table: type[Table]
    parent: str
    child: str

    def alias(self) -> sa.FromClause:
        """The table for one use in a statement."""
        return table_of(self.table).alias()


@dataclass(frozen=True, slots=True)
class ToMany:
    """The rows of another entity whose column `key` equals the own column `own`, or that a link table joins.

    `sure` says that whoever sees the own row sees all of these, so that they need not be looked at one by one.
    """

    key: str
    own: str
    via: Link | None
    sure: bool = False


@dataclass(frozen=True, slots=True)
class Listing:
    """A root field: every row of an entity, as a connection."""


@dataclass(frozen=True, slots=True)
class Lookup:
    """A root field: the one row with this value in a unique column. `by` offers several columns, one at a time."""

    columns: tuple[str, ...]
    by: bool


@dataclass(frozen=True, slots=True)
class NodeLookup:
    """A root field: any entity by its id, or several by their ids."""

    plural: bool


@dataclass(frozen=True, slots=True)
class Stats:
    """A root field: figures about groups of an entity's rows. Paths name fields in Python, as community.state.code."""

    entity: str
    keys: tuple[str, ...]
    measures: tuple[str, ...]
    communities: str


@dataclass(frozen=True, slots=True)
class Search:
    """A root field: what full-text search finds in every entity that declares what it can be found by."""


Declaration = Column | Amount | Computed | ToOne | ToMany | Listing | Lookup | NodeLookup | Stats | Search


@dataclass(frozen=True, slots=True)
class EntityDeclaration:
    """The table of an entity, the columns that order its lists when nobody asks for an order, who sees which rows."""

    table: sa.Table
    order: tuple[tuple[str, bool], ...]
    visible: Rule | None
    search: tuple[str, ...]
    tests: Mapping[str, Rule]
