"""What came due: beginnings that were scheduled, and expiries.

What readers see follows the clock, and nothing has to be written for it. But the log says when it was: the first act of
an editor after such a moment tells of it, or the server's next tick, and of several processes one.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa

from fund_api.core.columns import table_of
from fund_api.core.honesty import BY_ITSELF
from fund_api.core.writing import Row, Transaction
from fund_api.library import hubs
from fund_api.library.tables import Revision
from fund_api.library.telling import tell, tell_content

REVISION = table_of(Revision)
MOST = 500
"""Revisions of which one transaction tells; the next one tells of the rest."""


class _Due(NamedTuple):
    """A moment that came: a revision began, or it ended."""

    at: datetime
    begins: bool
    revision_id: str


async def tell_due(tx: Transaction) -> set[str]:
    """Tell of what came due and was not told yet, in the order in which it came; the ids of its resources.

    Their hubs are still to be arranged anew. Revisions that another transaction holds are left to that one.
    """
    begun = sa.and_(REVISION.c.live_from <= tx.now, ~REVISION.c.begin_told)
    ended = sa.and_(REVISION.c.live_until <= tx.now, ~REVISION.c.end_told)
    query = sa.select(REVISION.c.revision_id, REVISION.c.live_from, REVISION.c.live_until, begun.label("begun"))
    query = query.add_columns(ended.label("ended"), REVISION.c.id).where(sa.or_(begun, ended))
    query = query.order_by(REVISION.c.live_from, REVISION.c.revision_id).limit(MOST)
    rows = await tx.rows(query.with_for_update(skip_locked=True))
    due = [_Due(row["live_from"], True, row["revision_id"]) for row in rows if row["begun"]]
    due += [_Due(row["live_until"], False, row["revision_id"]) for row in rows if row["ended"]]
    for one in sorted(due):
        await _tell(tx, one)
    return {row["id"] for row in rows}


async def arrange_hubs(tx: Transaction, resources: set[str], topics: Iterable[str] = ()) -> None:
    """Arrange the hubs anew in which these resources may stand, and those of these topics. Last: it holds them."""
    found = await hubs.topics_of(tx.connection, resources) if resources else set()
    if found := found.union(topics):
        await hubs.refresh(tx.connection, found, tx.now)


async def tell_what_came_due(tx: Transaction) -> None:
    """Both, for the server's tick."""
    await arrange_hubs(tx, await tell_due(tx))


async def _tell(tx: Transaction, due: _Due) -> None:
    told = REVISION.c.begin_told if due.begins else REVISION.c.end_told
    first = REVISION.update().where(REVISION.c.revision_id == due.revision_id, ~told).values({told: True})
    if (await tx.connection.execute(first, execution_options=BY_ITSELF)).rowcount != 1:
        return
    row = (await _read(tx, REVISION.c.revision_id == due.revision_id))[0]
    if due.begins:
        replaced = await _read(
            tx, REVISION.c.id == row["id"], REVISION.c.live_until == due.at, REVISION.c.live_from < due.at
        )
        extra = {name: row[name] for name in ("number", "live_from", "expires_at")}
        tell_content(tx, "resource.went_live", replaced[0] if replaced else {}, row, extra, private=False)
    elif not await _read(tx, REVISION.c.id == row["id"], REVISION.c.live_from == due.at):
        tell(tx, "resource.expired", row["id"], {}, {"number": row["number"], "live_until": row["live_until"]})


async def _read(tx: Transaction, *conditions: sa.ColumnElement[bool]) -> list[Row]:
    return await tx.rows(sa.select(REVISION).where(*conditions))
