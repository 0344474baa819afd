"""What every act of an editor begins and ends with.

It begins with the editor's right and with the resource and its revisions, held against others; then it is told what
came due meanwhile. It ends with the hubs in which something may stand at another place now.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from fund_api.core.columns import table_of
from fund_api.core.errors import NotFound, VersionConflict
from fund_api.core.writing import Row, Transaction
from fund_api.library.boundaries import arrange_hubs, tell_due
from fund_api.library.tables import Resource, Revision
from fund_api.library.visibility import EDIT
from fund_api.library.windows import RevisionState, Setting, ends, state

REVISION = table_of(Revision)
_SET = ("revision_id", "id", "number", "live_from", "live_until", "expires_at", "begin_told", "end_told")


@dataclass(slots=True)
class Held:
    """A resource that nobody else changes until the transaction ends: its row, and what is set for its revisions."""

    resource: Row
    revisions: list[Row]
    """By their numbers, without what they say."""
    now: datetime
    """When the act is done: never before one that is done already, though its process had a clock that is ahead."""
    moved: set[str] = field(default_factory=set)
    """The ids of resources whose hubs are to be arranged anew."""
    left: set[str] = field(default_factory=set)
    """The ids of topics that the resource belongs to no more."""

    @property
    def latest(self) -> Row:
        """The revision that was saved last."""
        return self.revisions[-1]

    def state(self, revision: Row) -> RevisionState:
        """Where a revision stands now."""
        return state(revision["live_from"], revision["live_until"], self.now)

    def in_state(self, wanted: RevisionState) -> list[Row]:
        """The revisions that stand there now."""
        return [one for one in self.revisions if self.state(one) is wanted]


@asynccontextmanager
async def holding(tx: Transaction, resource_id: str, expected_revision: int) -> AsyncIterator[Held]:
    """A resource, held for an editor who read it when `expected_revision` was its latest.

    Raises NotAllowed, NotFound, and VersionConflict when a later revision was saved since.
    """
    tx.viewer.need(EDIT)
    resource = await tx.row(Resource, resource_id, referable=True)  # hubs that are arranged meanwhile name it
    query = sa.select(*(REVISION.c[name] for name in _SET)).where(REVISION.c.id == resource_id)
    revisions = await tx.rows(query.order_by(REVISION.c.number).with_for_update())
    if not revisions:
        raise NotFound(f"There is no resource {resource_id}.")
    held = Held(resource, revisions, max([tx.now, *_done(revisions)]))
    if held.latest["number"] != expected_revision:
        raise VersionConflict(resource_id, expected_revision, held.latest["number"])
    held.moved = await tell_due(tx)
    yield held
    await arrange_hubs(tx, held.moved, held.left)


def _done(revisions: list[Row]) -> list[datetime]:
    """When revisions began and ended, so far as that is told and over."""
    begun = [row["live_from"] for row in revisions if row["begin_told"] and row["live_from"] is not None]
    return begun + [row["live_until"] for row in revisions if row["end_told"] and row["live_until"] is not None]


async def read(tx: Transaction, revision_id: str) -> Row:
    """All of a revision."""
    [found] = await tx.rows(sa.select(REVISION).where(REVISION.c.revision_id == revision_id))
    return found


async def arrange(tx: Transaction, held: Held, changed: Sequence[Row]) -> None:
    """Write what was set for revisions, and until when each is live by that.

    `changed` are rows as they are to be; each is written if it still stands as it was read. Drafts are written first,
    so that of two revisions never both begin at one moment.
    """
    before = {row["revision_id"]: row for row in held.revisions}
    rows = before | {row["revision_id"]: row for row in changed}
    until = ends(Setting(key, row["live_from"], row["expires_at"]) for key, row in rows.items())
    wanted = [row | {"live_until": until.get(key)} for key, row in rows.items()]
    for row in sorted(wanted, key=lambda one: one["live_from"] is not None):
        await _write(tx, before[row["revision_id"]], row)
    held.revisions = wanted
    held.moved.add(held.resource["id"])


async def _write(tx: Transaction, before: Row, after: Row) -> None:
    values = {name: after[name] for name in after if before.get(name, ...) != after[name]}
    if not values:
        return
    same = (_is(REVISION.c[name], before[name]) for name in ("live_from", "live_until", "expires_at"))
    statement = REVISION.update().where(REVISION.c.revision_id == before["revision_id"], *same)
    if (await tx.connection.execute(statement.values(values | {"updated_at": tx.now}))).rowcount != 1:
        raise VersionConflict(before["id"], before["number"], before["number"])


def _is(column: sa.Column[Any], value: Any) -> sa.ColumnElement[bool]:  # Any: a value of the column
    return column.is_(None) if value is None else column == value


def highest_views(resource_id: str) -> sa.ScalarSelect[Any]:
    """How often readers opened a resource, for a row that goes on counting."""
    counted = sa.select(sa.func.coalesce(sa.func.max(REVISION.c.views), 0))
    return counted.where(REVISION.c.id == resource_id).scalar_subquery()
