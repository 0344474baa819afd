"""Editors in tests: who acts, when, and what they do to one resource."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from fund_api.core.access import Viewer
from fund_api.core.database import Database
from fund_api.core.writing import Row, writing
from fund_api.library import drafts, publishing
from fund_api.library.windows import state
from fund_api.people.roles import Role, permissions_of
from tests.rows import fetch, table

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
MOMENT = timedelta(microseconds=1)
HOUR = timedelta(hours=1)
EDITOR = Viewer(None, permissions_of({Role.EDITOR}, set()))
STAFF = Viewer(None, permissions_of({Role.GRANTS_OFFICER}, set()))
GUIDE: Row = {"title": "A guide to charters", "kind": "GUIDE"}


@dataclass
class Desk:
    """One resource and its editor, whose clock the test sets."""

    database: Database
    resource: str = ""
    number: int = 1
    now: datetime = NOW
    editor: Viewer = EDITOR

    async def create(self, *, slug: str | None = None, **values: Any) -> "Desk":
        async with writing(self.database, self.editor, self.now) as tx:
            self.resource = (await drafts.create_resource(tx, GUIDE | values, slug=slug)).resource_id
        return self

    async def save(self, **values: Any) -> int:
        async with writing(self.database, self.editor, self.now) as tx:
            saved = await drafts.save_draft(tx, self.resource, values, expected_revision=self.number)
        self.number = saved.number
        return self.number

    async def publish(self, expires_at: datetime | None = None) -> None:
        async with writing(self.database, self.editor, self.now) as tx:
            await publishing.publish(tx, self.resource, expires_at=expires_at, expected_revision=self.number)

    async def schedule(self, at: datetime, expires_at: datetime | None = None) -> None:
        async with writing(self.database, self.editor, self.now) as tx:
            given = {"expires_at": expires_at, "expected_revision": self.number}
            await publishing.schedule(tx, self.resource, at, **given)  # type: ignore[arg-type]  # each its own

    async def unpublish(self) -> None:
        async with writing(self.database, self.editor, self.now) as tx:
            await publishing.unpublish(tx, self.resource, expected_revision=self.number)

    async def revert(self, to: int) -> int:
        async with writing(self.database, self.editor, self.now) as tx:
            self.number = await publishing.revert(tx, self.resource, to, expected_revision=self.number)
        return self.number

    async def states(self) -> list[str]:
        """Where each revision stands at the time of the desk, by their numbers."""
        rows = table("revision").c
        query = sa.select(rows.live_from, rows.live_until).where(rows.id == self.resource).order_by(rows.number)
        return [str(state(begins, ends, self.now)) for begins, ends in await fetch(self.database, query)]

    async def said(self, number: int, *columns: str) -> tuple[object, ...]:
        """What a revision says."""
        rows = table("revision").c
        query = sa.select(*(rows[name] for name in columns)).where(rows.id == self.resource, rows.number == number)
        [found] = await fetch(self.database, query)
        return found


async def actions(database: Database) -> list[str]:
    """What the log says was done, in its order."""
    event = table("event").c
    return [action for (action,) in await fetch(database, sa.select(event.action).order_by(event.number))]


async def told(database: Database, action: str) -> dict[str, tuple[str | None, str | None]]:
    """The fields that the last event of this action tells in plain words: before and after, as JSON."""
    event, change = table("event").c, table("event_change").c
    last = sa.select(sa.func.max(event.number)).where(event.action == action).scalar_subquery()
    query = sa.select(change.field, change.before, change.after, change.digest)
    query = query.join(table("event"), event.id == change.event_id).where(event.number == last).order_by(change.place)
    return {name: (before, after) for name, before, after, digest in await fetch(database, query) if digest is None}
