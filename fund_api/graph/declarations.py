"""What a type of the schema declares of itself and of its fields; `declare` writes it down, the catalogue reads it."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Any

import sqlalchemy as sa
from graphql import GraphQLArgument

from fund_api.core.columns import Table, table_of

KEY = "graph"
"""Where a Strawberry field's metadata holds its declaration."""


@dataclass(frozen=True, slots=True)
class Viewing:
    """How a plan sees its viewer: their permissions decide the plan, their id and the time are bound when it runs."""

    permissions: frozenset[str]
    id: sa.ColumnElement[str]
    now: sa.ColumnElement[datetime]
    """When the operation began, the same in all of its statements."""
    looked_at: set[str] = field(default_factory=set, compare=False)
    """The permissions that were asked about."""

    def may(self, permission: str) -> bool:
        """Whether the viewer has a permission."""
        self.looked_at.add(permission)
        return permission in self.permissions


Rule = Callable[[Any, Viewing], sa.ColumnElement[bool] | None]
"""A condition on rows, of their columns (the `c` of a table or alias: Any) and the viewer; None: holds for all."""


Matching = Callable[[Any, sa.ColumnElement[Any], Viewing], sa.ColumnElement[bool]]
"""A condition that makes rows those of a parent: of their columns, of the parent's key, and of the viewer."""


Answering = Callable[[Any, Mapping[str, sa.ColumnElement[Any]], Viewing], sa.ColumnElement[bool]]
"""A condition that makes rows answer a list's own arguments: of their columns, of those that were given by their names,
and of the viewer."""


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

    It may ask for the viewer's permissions: then they come first. Values of the field's own arguments come last. One
    that is `clocked` asks what time it is, so that it says something else tomorrow though nothing was written.
    """

    function: Callable[..., object]
    columns: tuple[str, ...]
    permissions: bool = False
    clocked: bool = False
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
    """A table that joins two entities: its columns that point to the parent and to the child, its primary key.

    `order` is a column of whole numbers: lists via the link come in its order when nobody asks for another.
    """

    table: type[Table]
    parent: str
    child: str
    order: str | None = None

    def alias(self, name: str | None = None) -> sa.FromClause:
        """The table for one use in a statement."""
        return table_of(self.table).alias(name)


@dataclass(frozen=True, slots=True)
class ToMany:
    """The rows of another entity whose column `key` equals the own column `own`, or that a link table or a rule joins.

    `sure` says that whoever sees the own row sees all of these, so that they need not be looked at one by one.
    """

    key: str
    own: str
    via: Link | None
    sure: bool = False
    matching: Matching | None = None


@dataclass(frozen=True, slots=True)
class OwnArgument:
    """An argument of a list's own: it takes a text or an enum, as the field at this dotted path of the entity has."""

    path: str
    description: str


@dataclass(frozen=True, slots=True)
class Listing:
    """A root field: every row of an entity, as a connection; with a rule, those that answer its own arguments."""

    answering: Answering | None = None
    arguments: Mapping[str, OwnArgument] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Variant:
    """Another rule by which a lookup may see its row, in place of the entity's, and what clients are told of it."""

    visible: Rule
    description: str


@dataclass(frozen=True, slots=True)
class Lookup:
    """A root field: the one row with this value in a unique column. `by` offers several columns, one at a time.

    Each of `variants` is an argument; where it is true, the row itself is seen by that rule, and its fields as ever.
    """

    columns: tuple[str, ...]
    by: bool
    variants: Mapping[str, Variant] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NodeLookup:
    """A root field: any entity by its id, or several by their ids."""

    plural: bool


class Work(Enum):
    """What is worked out of two columns of a row, where both are known."""

    TOTAL = "Their sum."
    LEAD = "How far they are apart, in ten-thousandths of their sum, halves up; unknown when that is 0."
    DAYS = "Whole days from the first to the second, by the calendar in UTC."


@dataclass(frozen=True, slots=True)
class Worked:
    """A measure of stats that is worked out of two columns of a row, by the names of their fields in Python."""

    work: Work
    first: str
    second: str
    description: str


@dataclass(frozen=True, slots=True)
class Votes:
    """Where the votes behind the rows of stats are, by the names of fields in Python."""

    voted: str
    """The path of to-one fields to what was voted on."""
    questions: str
    """The to-many there that holds its questions."""
    sides: tuple[str, str]
    """The columns of a question that hold the votes of both sides."""


@dataclass(frozen=True, slots=True)
class Stats:
    """A root field: figures about groups of an entity's rows. Paths name fields in Python, as community.state.code.

    `ages` names times, each with the days at which the bands of its age begin; `bands` names numbers, each with where
    its bands begin. `worked` names measures that are worked out of two columns, `votes` the votes behind the rows.
    """

    entity: str
    keys: tuple[str, ...]
    measures: tuple[str, ...]
    communities: str
    ages: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    bands: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    worked: Mapping[str, Worked] = field(default_factory=dict)
    votes: Votes | None = None


@dataclass(frozen=True, slots=True)
class Live:
    """A root field of subscriptions: what its source tells of the log, given the field's arguments.

    Its argument `after` is an event's number. `filters` names the entity by whose filter clients may choose.
    """

    source: Callable[[Any, Mapping[str, Any]], Awaitable[list[Any]]]
    """Called with a live.Following and the arguments as JSON; see there."""
    arguments: Mapping[str, GraphQLArgument]
    filters: str = ""


@dataclass(frozen=True, slots=True)
class Search:
    """A root field: what full-text search finds in every entity that declares what it can be found by."""


Declaration = Column | Amount | Computed | ToOne | ToMany | Listing | Lookup | NodeLookup | Stats | Search | Live


@dataclass(frozen=True, slots=True)
class EntityDeclaration:
    """The table of an entity, the columns that order its lists when nobody asks for an order, who sees which rows."""

    table: sa.Table
    order: tuple[tuple[str, bool], ...]
    visible: Rule | None
    search: tuple[str, ...]
    tests: Mapping[str, Rule]
    row_key: str
