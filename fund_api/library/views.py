"""Views: how often readers open resources, counted in the memory of the process and written in batches.

Nobody is remembered. Whether the same sender opened the same resource in this hour is told by keyed digests, whose key
each process makes for itself; digests and key are never stored. What was counted since the last batch is lost when the
process is killed, and written when it stops.
"""

import hashlib
import secrets
from collections import Counter, OrderedDict
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from itertools import groupby

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from fund_api.core.access import Looking
from fund_api.core.columns import table_of
from fund_api.core.database import Database
from fund_api.core.heads import tell_unlogged
from fund_api.library import hubs
from fund_api.library.publication_tables import ResourceView
from fund_api.library.tables import Resource
from fund_api.library.tag_tables import AudienceTag
from fund_api.library.visibility import REVISION, live

RESOURCE, VIEW, AUDIENCE = table_of(Resource), table_of(ResourceView), table_of(AudienceTag)
ONCE_PER = timedelta(hours=1)
"""In which a resource that is opened again by the same sender is not counted again."""
MOST_SENDERS = 100_000
"""Digests that are remembered; the oldest are forgotten first."""
MANY = 1_000
"""Resources, each of one day, after whose views it is time to write."""
LONGEST_WINDOW = 365
"""Days of which views are told."""


class Views:
    """The views that one process has counted and not written yet."""

    def __init__(self) -> None:
        self._counted: Counter[tuple[str, date]] = Counter()
        self._seen: OrderedDict[bytes, datetime] = OrderedDict()
        self._key = secrets.token_bytes(32)

    @property
    def are_many(self) -> bool:
        """Whether it is time to write them."""
        return len(self._counted) >= MANY

    def count(self, resource_id: str, sender: Iterable[str], now: datetime) -> None:
        """Count a view, unless the same sender had one of this resource within the hour. `sender`: what tells them."""
        words = "\n".join([resource_id, *sender]).encode("utf-8", "surrogateescape")
        known = hashlib.blake2b(words, key=self._key, digest_size=16).digest()
        if now - self._seen.get(known, now - ONCE_PER) < ONCE_PER:
            return
        self._seen[known] = now
        self._seen.move_to_end(known)
        if len(self._seen) > MOST_SENDERS:
            self._seen.popitem(last=False)
        self._counted[resource_id, now.date()] += 1

    async def flush(self, database: Database, now: datetime) -> None:
        """Write what was counted, and arrange the hubs anew of which it is; when that fails, it is counted still."""
        counted, self._counted = self._counted, Counter()
        try:
            if counted:
                async with database.writing() as connection:
                    await _write(connection, counted, now)
        except BaseException:
            self._counted.update(counted)
            raise


async def popular(connection: AsyncConnection, looking: Looking, since: date, first: int) -> list[tuple[str, int]]:
    """The live resources that were opened most since a day, with how often; at most `first`."""
    total = sa.func.sum(VIEW.c.views)
    query = sa.select(VIEW.c.resource_id, total).join(REVISION, REVISION.c.id == VIEW.c.resource_id)
    query = query.where(VIEW.c.day >= since, live(REVISION.c, looking)).group_by(VIEW.c.resource_id)
    rows = await connection.execute(query.order_by(total.desc(), VIEW.c.resource_id).limit(first))
    return [(resource_id, int(views)) for resource_id, views in rows]


async def _write(connection: AsyncConnection, counted: Counter[tuple[str, date]], now: datetime) -> None:
    """Add views to their days, to the resources, and to whom those are for.

    The resources are held first, as by who publishes, in the order of their ids.
    """
    known = await _held(connection, {resource_id for resource_id, _ in counted})
    rows = [(resource_id, day, views) for (resource_id, day), views in sorted(counted.items()) if resource_id in known]
    for start in range(0, len(rows), MANY):
        await _add_days(connection, rows[start : start + MANY])
        await _add_totals(connection, rows[start : start + MANY])
    if rows:
        await hubs.refresh(connection, await hubs.topics_of(connection, known), now)
        await tell_unlogged(connection)


async def _held(connection: AsyncConnection, resource_ids: set[str]) -> set[str]:
    query = sa.select(RESOURCE.c.id).where(RESOURCE.c.id.in_(sorted(resource_ids))).order_by(RESOURCE.c.id)
    return set((await connection.scalars(query.with_for_update(key_share=True))).all())


async def _add_days(connection: AsyncConnection, rows: list[tuple[str, date, int]]) -> None:
    insert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    fresh = insert(VIEW).values([{"resource_id": one, "day": day, "views": views} for one, day, views in rows])
    more = {"views": VIEW.c.views + fresh.excluded.views}
    await connection.execute(fresh.on_conflict_do_update(index_elements=[VIEW.c.resource_id, VIEW.c.day], set_=more))


async def _add_totals(connection: AsyncConnection, rows: list[tuple[str, date, int]]) -> None:
    totals = {one: sum(views for *_, views in group) for one, group in groupby(rows, key=lambda row: row[0])}
    for table, owner in ((REVISION, REVISION.c.id), (AUDIENCE, AUDIENCE.c.resource_id)):
        more = sa.case(totals, value=owner, else_=0)
        change = table.update().where(owner.in_(list(totals)))
        await connection.execute(change.values(views=table.c.views + more))
