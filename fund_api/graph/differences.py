"""What a viewer sees of all rows of a type, to compare one moment with another: every value that they may read, and
whether each to-one row is visible to them.
"""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import sqlalchemy as sa

from fund_api.core.columns import table_of
from fund_api.core.ids import SUFFIX_LENGTH
from fund_api.core.past import PAST
from fund_api.graph.arguments import Reader, Scalar
from fund_api.graph.catalogue import Catalogue, Entity
from fund_api.graph.compile import Compiler, Query
from fund_api.graph.cursors import key
from fund_api.graph.declarations import Amount, Column, Computed, Link, ToMany, ToOne, Viewing
from fund_api.graph.levels import Joined, Level, Page
from fund_api.graph.past import Then, bound
from fund_api.graph.rights import NOW
from fund_api.graph.snapshots import Row, Snapshot
from fund_api.graph.steps import Given

AFTER, SINCE = "after", "since"
"""The variables of these statements: the id after which rows begin, and the moment since which they were written."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A field that Python computes of the viewer's permissions and of values of a row, at these places."""

    declared: Computed
    places: tuple[int, ...]
    flags: tuple[bool, ...]
    """Which of the values are true or false, which SQLite does not know."""

    def value(self, permissions: frozenset[str], row: Row) -> object:
        """What it is for a viewer; without arguments of its own."""
        values = [row[place] for place in self.places]
        told = [bool(one) if flag and one is not None else one for one, flag in zip(values, self.flags, strict=True)]
        return self.declared.function(permissions, *told, *(None for _ in self.declared.arguments))


@dataclass(frozen=True, slots=True)
class View:
    """How rows of a type are read as some viewer sees them, ordered by their ids, which come first."""

    query: Query
    clocked: bool
    """Whether it asks for the time, so that it may find other rows though nothing was written."""
    judged: tuple[Judged, ...]


def view(compiler: Compiler, entity: Entity, permissions: frozenset[str], *, narrow: bool) -> View:
    """All rows of a type, or only those that were written since a moment."""
    reader = Reader({})
    variables = {name: Scalar(f"v[{name!r}]", "0") for name in (AFTER, SINCE) if name == AFTER or narrow}
    order = (key(entity, "id", descending=False, nulls_last=True),)
    page = Page(order, None, peek=False, backward=False, after=None, before=None)
    level = Level(entity, 0, page, asked=(partial(_rows, entity), variables))
    level.slot((), "id")
    judged = []
    for name, declared in entity.fields.items():
        match declared:
            case Column(column):
                level.slot((), str(column))
            case Amount(column, currency):
                level.slot((), str(column))
                level.slot((), currency)
            case Computed(columns=columns):
                places = tuple(level.slot((), column) for column in columns)
                if declared.permissions:
                    judged.append(Judged(declared, places, tuple(_is_flag(entity, column) for column in columns)))
            case ToOne():
                _add(compiler.catalogue, level, name, declared)
    query, names = compiler.level_query(level, reader, permissions)
    return View(query, bool(re.search(rf"\b{NOW}\b", names)), tuple(judged))


def _is_flag(entity: Entity, column: str) -> bool:
    """Whether a column, or a test of the entity, is true or false."""
    declared = entity.table.c.get(column)
    return declared is None or isinstance(declared.type, sa.Boolean)


def _add(catalogue: Catalogue, level: Level, name: str, relation: ToOne) -> None:
    """Add whether a to-one row is visible."""
    target = catalogue.target(level.entity.type.fields[name])
    if target.visible is None:
        level.slot((), relation.own)
    else:
        level.joins[name,] = Joined(target, relation, ())
        level.slot((name,), relation.key)


def _rows(
    entity: Entity, columns: Any, given: dict[str, sa.ColumnElement[Any]], _viewing: Viewing
) -> sa.ColumnElement[bool]:
    """Rows after an id, and among those that were written since a moment. Any: the `c` of an alias."""
    after: sa.ColumnElement[bool] = columns.id > given[AFTER]
    if SINCE not in given:
        return after
    since = sa.cast(given[SINCE], sa.BigInteger)
    return sa.and_(after, columns.id.in_(written(entity, PAST.c.number > since)))


def links(entity: Entity) -> list[Link]:
    """The tables that join a type's rows to others, in lists that it has; but those whose rows are told themselves."""
    found = [one.via for one in entity.fields.values() if isinstance(one, ToMany) and one.via is not None]
    return [link for link in found if link.parent in table_of(link.table).primary_key.columns]


def written(entity: Entity, when: sa.ColumnElement[bool]) -> sa.CompoundSelect[Any]:
    """The ids of a type's rows that were written at some time, or joined to others or parted from them.

    Rows that share ids (see Entity.row_key) are told apart by their values alone.
    """
    own = [] if entity.row_key != "id" else [_records(entity.table, PAST.c.row_id, when)]
    return sa.union(*own, *(_joined(link, when) for link in links(entity)), sa.select(sa.null()).where(sa.false()))


def _records(table: sa.Table, place: sa.ColumnElement[Any], when: sa.ColumnElement[bool]) -> sa.Select[Any]:
    return sa.select(place.label("row_id")).where(PAST.c.table_name == table.name, when)


def _joined(link: Link, when: sa.ColumnElement[bool]) -> sa.Select[Any]:
    """The ids of the parents in a link's records, whose own ids are two ids of a length that their prefixes tell."""
    table = table_of(link.table)
    first, second = table.primary_key.columns
    [key] = first.foreign_keys
    length = len(key.column.info["prefix"]) + 1 + SUFFIX_LENGTH
    part = (1, length) if first.name == link.parent else (length + 2,)
    if second.name != link.parent and len(part) == 1:
        raise TypeError(f"{table.name} is not told apart by its parent")
    return _records(table, sa.func.substr(PAST.c.row_id, *map(sa.literal_column, map(str, part))), when)


@dataclass(frozen=True, slots=True)
class Pair:
    """A row as it was and as it is; None where it is not visible."""

    id: str
    before: Row | None
    after: Row | None
    touched: bool
    """Whether it was written in between, whatever it says now."""


async def rows(snapshot: Snapshot, moment: Then, shown: View, given: Given) -> AsyncIterator[Row]:
    """The rows of a view as of a moment, with what Python computes of the viewer's permissions."""
    permissions = given[1].viewer.permissions
    async for batch in snapshot.stream(moment.text(shown.query.text), *bound(shown.query, given)):
        for row in batch:
            yield (*row, *(one.value(permissions, row) for one in shown.judged)) if shown.judged else row


async def merged(before: AsyncIterator[Row], after: AsyncIterator[Row], ids: AsyncIterator[Row]) -> AsyncIterator[Pair]:
    """The rows of two moments side by side, by their ids, and the ids of rows that were written in between."""
    old, new, touched = await anext(before, None), await anext(after, None), await anext(ids, None)
    while old is not None or new is not None:
        place = min(row[0] for row in (old, new) if row is not None)
        while touched is not None and touched[0] < place:
            touched = await anext(ids, None)
        was = old if old is not None and old[0] == place else None
        here = new if new is not None and new[0] == place else None
        yield Pair(place, was, here, touched is not None and touched[0] == place)
        if was is not None:
            old = await anext(before, None)
        if here is not None:
            new = await anext(after, None)
