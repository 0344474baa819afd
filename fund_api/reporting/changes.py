"""The feed of changes: the difference between what a viewer saw at one moment and what they see at a later one.

Both are read of one snapshot, each as of its moment, with the rights that the viewer had then and the time of then. So
nothing has to be guessed from the log: whatever made a row appear or vanish, be it a write, a right or the clock, is
told, and nothing else is.
"""

import asyncio
import sys
from collections.abc import AsyncIterator, Collection
from dataclasses import dataclass, replace
from enum import StrEnum

import orjson
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from fund_api.core.access import Viewer
from fund_api.core.columns import table_of
from fund_api.core.database import Dialect
from fund_api.core.past import PAST
from fund_api.graph.catalogue import Entity
from fund_api.graph.compile import Compiler
from fund_api.graph.differences import AFTER, SINCE, Pair, View, links, merged, rows, view, written
from fund_api.graph.parts import Parts
from fund_api.graph.past import Recalling, Then, then
from fund_api.graph.reading import Reading
from fund_api.graph.run import Reads
from fund_api.graph.snapshots import Row, Snapshot
from fund_api.graph.steps import Asked
from fund_api.people.roles import Role
from fund_api.people.viewers import limited
from fund_api.reporting.cursors import Head, Moment, Place, head

UNTOLD = frozenset({"Event", "EventChange", "PrivateChange", "ApiToken"})
"""Types that the feed does not tell of: the log tells of itself, and tokens are no data."""
COMPARED = 10
"""Rows that are compared cost as much as one that is told."""
ROLES = (
    "SELECT role_assignment.role, role_assignment.scope FROM person"
    " LEFT JOIN role_assignment ON role_assignment.person_id = person.id WHERE person.id = {} AND person.active"
)


class ChangeKind(StrEnum):
    """What happened to a row, as one viewer sees it."""

    CREATED = "CREATED"
    UPDATED = "UPDATED"
    DELETED = "DELETED"
    GAINED = "GAINED"
    LOST = "LOST"


DIALECTS = {Dialect.POSTGRESQL: postgresql.dialect(), Dialect.SQLITE: sqlite.dialect()}  # type: ignore[no-untyped-call]  # SQLAlchemy left it untyped
GONE = frozenset({ChangeKind.DELETED, ChangeKind.LOST})


@dataclass(frozen=True, slots=True)
class Changed:
    """A row that is other than before."""

    kind: ChangeKind
    type: str
    id: str


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a difference, and where to go on."""

    changes: list[Changed]
    end: str
    goes_on: bool
    latest: str


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two moments: when, what was written since, and who the viewer was."""

    moment: Moment
    then: Then
    viewer: Viewer

    @property
    def asked(self) -> Asked:
        """Who asks, and when."""
        return Asked(self.viewer, self.moment.at)


@dataclass(frozen=True, slots=True)
class Difference:
    """Two moments of one snapshot; `old` None is before everything."""

    reading: Reading
    snapshot: Snapshot
    old: Side | None
    new: Side

    async def told(self, types: Collection[str], place: Place, most: int) -> list[Changed]:
        """What changed, in the order of types and ids, from a place on; at most so many."""
        found: list[Changed] = []
        entities = self.reading.catalogue.entities
        for name in sorted(types):
            if name < place.type:
                continue
            pairs = []
            async for pair in self._pairs(entities[name], place.id if name == place.type else ""):
                if pair.before != pair.after or pair.touched:
                    pairs.append(pair)
                    if len(found) + len(pairs) == most:
                        break
            found += await self._kinds(entities[name], pairs)
            if len(found) == most:
                break
        return found

    async def _pairs(self, entity: Entity, after: str) -> AsyncIterator[Pair]:
        """The rows of a type, as they were and as they are, but those that can't differ."""
        old, new = self.old, self.new
        shown = await self._view(entity, new.viewer)
        if old is None:
            async for pair in merged(self._none(), self._rows(new, shown, after, 0), self._none()):
                yield pair
            return
        before = await self._view(entity, old.viewer)
        same = old.viewer == new.viewer or (old.viewer.id == new.viewer.id and not shown.judged)
        if same and before.query.text == shown.query.text and not shown.clocked:
            mentioned = old.then.mentioned(shown.query.text)
            joined = [link for link in links(entity) if table_of(link.table).name in old.then.changed]
            if not mentioned and not joined:
                return
            if mentioned in ([], [entity.table.name]) and entity.row_key == "id":
                before = shown = await self._view(entity, new.viewer, narrow=True)
        since = old.moment.number
        sides = self._rows(old, before, after, since), self._rows(new, shown, after, since)
        async for pair in merged(*sides, self._written(entity, after, since)):
            yield pair

    async def _rows(self, side: Side, shown: View, after: str, since: int) -> AsyncIterator[Row]:
        """The rows of one side. What is compared is charged to whoever asks."""
        number = 0
        async for row in rows(self.snapshot, side.then, shown, ({AFTER: after, SINCE: str(since)}, side.asked)):
            yield row
            number += 1
            if number % (100 * COMPARED) == 0 and self.reading.admit is not None:
                self.reading.admit(100)

    async def _written(self, entity: Entity, after: str, since: int) -> AsyncIterator[Row]:
        """The ids of the rows of a type that were written between the two moments, in order."""
        when = sa.and_(PAST.c.number > since, PAST.c.number <= self.new.moment.number)
        ids = written(entity, when).subquery()
        place: sa.ColumnElement[str] = ids.c.row_id
        select = sa.select(place).where(place > after).order_by(place)
        text = str(select.compile(dialect=DIALECTS[self.snapshot.dialect], compile_kwargs={"literal_binds": True}))
        async for batch in self.snapshot.stream(text):
            for row in batch:
                yield row

    async def _none(self) -> AsyncIterator[Row]:
        """No rows."""
        nothing: tuple[Row, ...] = ()
        for row in nothing:
            yield row

    async def _kinds(self, entity: Entity, pairs: list[Pair]) -> list[Changed]:
        """What happened to rows: those that came or went may have been there, or be there still, unseen."""
        came = [pair.id for pair in pairs if pair.before is None]
        went = [pair.id for pair in pairs if pair.after is None]
        were = await self._there(entity, self.old, came) if self.old else set()
        are = await self._there(entity, self.new, went)

        def kind(pair: Pair) -> ChangeKind:
            if pair.before is None:
                return ChangeKind.GAINED if pair.id in were else ChangeKind.CREATED
            if pair.after is None:
                return ChangeKind.LOST if pair.id in are else ChangeKind.DELETED
            return ChangeKind.UPDATED

        return [Changed(kind(pair), entity.name, pair.id) for pair in pairs]

    async def _there(self, entity: Entity, side: Side, ids: list[str]) -> set[str]:
        """Those of the ids that had a row at a moment, whoever saw it."""
        if not ids:
            return set()
        among = "= ANY($1)" if self.snapshot.dialect is Dialect.POSTGRESQL else "IN (SELECT value FROM json_each(?))"
        text = f'SELECT id FROM "{entity.table.name}" WHERE id {among}'  # noqa: S608  our own name
        given = ids if self.snapshot.dialect is Dialect.POSTGRESQL else orjson.dumps(ids).decode()
        return {row[0] for row in await self.snapshot.fetch(side.then.text(text), given)}

    async def _view(self, entity: Entity, viewer: Viewer, *, narrow: bool = False) -> View:
        """The view that is kept, or a new one, which a thread makes."""
        compiler = Compiler(self.reading.catalogue, self.snapshot.dialect, Parts(sys.maxsize))
        key = (entity.name, viewer.permissions, narrow)
        found: View | None = self.reading.views.find(key)
        if found is None:
            found = await asyncio.to_thread(view, compiler, entity, viewer.permissions, narrow=narrow)
            self.reading.views.keep(key, found)
        return found


async def told(reading: Reading, after: str | None, types: Collection[str], first: int) -> tuple[Part, Reads, Asked]:
    """A part of what changed since a cursor, and how its rows are to be read: as of the end of the difference.

    Raises RequestError for a cursor that can't be continued from.
    """
    async with reading.reads.snapshot() as snapshot:
        known = await head(snapshot)
        here = Moment(known.number, reading.asked.at)
        place = known.decode(after) if after is not None else Place(None)
        place = replace(place, until=place.until or here)
        old = None if place.since is None else await _side(snapshot, place.since, reading.viewer)
        new = await _side(snapshot, place.until or here, reading.viewer)
        found = await Difference(reading, snapshot, old, new).told(types, place, first + 1)
    return _part(known, place, here, found, first), Recalling(reading.reads, new.moment.number), new.asked


def _part(known: Head, place: Place, here: Moment, found: list[Changed], first: int) -> Part:
    changes = found[:first]
    goes_on = len(found) > first
    end = replace(place, type=changes[-1].type, id=changes[-1].id) if goes_on else Place(place.until)
    return Part(changes, known.encode(end), goes_on, known.encode(Place(here)))


async def _side(snapshot: Snapshot, moment: Moment, viewer: Viewer) -> Side:
    """A moment, with the rights that the viewer had then, as far as their token goes."""
    past = await then(snapshot, moment.number)
    if viewer.id is None:
        return Side(moment, past, viewer)
    place = "$1" if snapshot.dialect is Dialect.POSTGRESQL else "?"
    held = await snapshot.fetch(past.text(ROLES.format(place)), viewer.id)
    if not held:
        return Side(moment, past, Viewer(viewer.id, frozenset()))
    was = limited(viewer.id, [(Role(role), scope) for role, scope in held if role], viewer.scopes)
    return Side(moment, past, was)
