"""Levels: an operation's selection as a tree of lists, one level for each list of rows.

A level knows the rows that it wants (entity, filter, order, page) and the values it needs of each (slots): its own
columns, those of the to-one rows joined to it, and at the end of the row what its child levels bring. Every slot is a
place in the row's tuple, alike on both databases.
"""

from dataclasses import dataclass, field

from fund_api.graph.arguments import Scalar, Value
from fund_api.graph.catalogue import Entity
from fund_api.graph.cursors import Key
from fund_api.graph.declarations import Answering, ToMany, ToOne
from fund_api.graph.figures import Grouping

Path = tuple[str, ...]
"""The to-one fields that lead from a level's own row to a row joined to it; () is the own row."""


@dataclass(slots=True)
class Joined:
    """A to-one row joined to a level, under its path; its `key` column is null when there is no such row.

    Groups may have a to-many first, via its link: then a row is joined to each of these, and drops out without any.
    """

    entity: Entity
    relation: ToOne | ToMany
    parent: Path


@dataclass(frozen=True, slots=True)
class Page:
    """Which part of the ordered rows is wanted. `size` is None for all of them."""

    keys: tuple[Key, ...]
    size: int | Scalar | None
    peek: bool
    """One row more than the page is fetched, to know whether the list goes on."""
    backward: bool
    after: Scalar | None
    before: Scalar | None


@dataclass(frozen=True, slots=True)
class Extra:
    """A figure about a whole list: its size, or whether anything lies beyond one of its cursors."""

    kind: str
    """total, until (something at or before `after`) or since (something at or after `before`)."""


@dataclass(frozen=True, slots=True)
class Sought:
    """What the hits of a search are found by, and the entities among which."""

    query: Scalar
    entities: tuple[Entity, ...]


@dataclass(slots=True)
class Level:
    """One list of rows, for each row of its parent level."""

    entity: Entity
    number: int
    page: Page
    filter: Value = None
    matches: tuple[tuple[str, Scalar, bool], ...] = ()
    """Conditions of a lookup: column, value, and whether the value is a list."""
    asked: tuple[Answering, dict[str, Scalar]] | None = None
    """For a list with arguments of its own: the rule that its rows answer them by, and those that were given."""
    parent: tuple[Path, ToMany] | None = None
    """For a nested list: the joined row that it belongs to, and the relation."""
    size: str = "1"
    """The source of how many rows it has at most."""
    grouping: Grouping | None = None
    """How the rows are grouped; then a row is a group, and its slots are the grouping's."""
    sought: Sought | None = None
    """For the hits of a search, which are rows of no table."""
    wants_rows: bool = True
    values: int = 0
    """How many values are told of each row, those of joined rows included; a long text counts for several."""
    extras: list[Extra] = field(default_factory=list)
    slots: dict[tuple[Path, str], int] = field(default_factory=dict)
    joins: dict[Path, Joined] = field(default_factory=dict)
    children: list["Level"] = field(default_factory=list)

    @property
    def width(self) -> int:
        """How many slots this level takes in its parent's row: the rows, then each extra."""
        return self.wants_rows + len(self.extras)

    @property
    def target(self) -> str:
        """The names that a row of this level is unpacked into: its slots, then what its children bring."""
        brought = sum(child.width for child in self.children)
        names = [f"s{i}" for i in range(len(self.slots))] + [f"b{i}" for i in reversed(range(brought))]
        return f"({', '.join(names)},)" if names else "_"

    def slot(self, path: Path, column: str) -> int:
        """The place of a column in this level's rows; the key of a joined row is read where its parent holds it."""
        join = self.joins.get(path)
        if join and column == join.relation.key and join.entity.visible is None:
            return self.slot(join.parent, join.relation.own)
        return self.slots.setdefault((path, column), len(self.slots))

    def entity_at(self, path: Path) -> Entity:
        """The entity of the own row or of a joined one."""
        return self.joins[path].entity if path else self.entity

    def needed(self, path: Path) -> list[str]:
        """The columns that this level reads of one of its rows, in a fixed order."""
        columns = dict.fromkeys(column for at, column in self.slots if at == path)
        columns |= dict.fromkeys(join.relation.own for join in self.joins.values() if join.parent == path)
        columns |= dict.fromkeys(
            child.parent[1].own for child in self.children if child.parent and child.parent[0] == path
        )
        if not path:
            columns |= dict.fromkeys(key.column for key in self.page.keys)
        return list(columns)
