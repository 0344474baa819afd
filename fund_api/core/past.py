"""The past: triggers keep what every row was before a write, so that the database can be read as of an earlier moment.

Records are numbered in the order of commits (see core/keeping.py), and the number of the last one that is seen is a
moment of the database. As of moment N a row is what its earliest record after N says, and without one what it is now.
"""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from fund_api.core.columns import table_of
from fund_api.core.database import Dialect
from fund_api.core.past_tables import FeedKey, Past

PAST, KEY = table_of(Past), table_of(FeedKey)
KEPT = timedelta(days=90)
"""How long the past is kept."""
FEED = "feed"
"""The name of the one row about the feed."""

HEAD = {
    Dialect.POSTGRESQL: "SELECT secret, floor, number FROM feed_key WHERE name = 'feed'",
    Dialect.SQLITE: "SELECT secret, floor, coalesce((SELECT max(seq) FROM past), floor) FROM feed_key"
    " WHERE name = 'feed'",
}
"""What a snapshot knows: the secret of cursors, up to which number the past is gone, and the last commit's number."""


async def forget(
    connection: AsyncConnection, table: sa.Table, values: Mapping[str, str | None], rows: sa.ColumnElement[bool]
) -> None:
    """Put other values where images of rows have private ones; `rows` is a condition on PAST. Unknown values stay so.

    To be called after the rows themselves were blanked, for that keeps another image of them.
    """
    for seq, image in await _images(connection, table, rows):
        await _blank(connection, seq, image, values)


async def forget_owned(
    connection: AsyncConnection, table: sa.Table, values: Mapping[str, str | None], owner: str, owner_id: str
) -> None:
    """The same in the images of all that is somebody's, by the column `owner`: rows that are gone among them."""
    for seq, image in await _images(connection, table, PAST.c.before.contains(owner_id, autoescape=True)):
        if image[owner] == owner_id:
            await _blank(connection, seq, image, values)


async def _images(
    connection: AsyncConnection, table: sa.Table, rows: sa.ColumnElement[bool]
) -> list[tuple[int, dict[str, Any]]]:
    """The images of rows of a table. Any: what JSON holds."""
    images = sa.select(PAST.c.seq, PAST.c.before).where(PAST.c.table_name == table.name, PAST.c.before.is_not(None))
    found = await connection.execute(images.where(rows).order_by(PAST.c.seq))
    return [(seq, json.loads(before)) for seq, before in found]


async def _blank(
    connection: AsyncConnection, seq: int, image: dict[str, Any], values: Mapping[str, str | None]
) -> None:
    blank = {name: value for name, value in values.items() if image.get(name) is not None}
    if blank:
        text = json.dumps(image | blank, ensure_ascii=False)
        await connection.execute(PAST.update().where(PAST.c.seq == seq).values(before=text))


async def purge(connection: AsyncConnection, now: datetime) -> None:
    """Let go of the past that is older than KEPT."""
    oldest = sa.select(PAST.c.at).where(PAST.c.number > 0).order_by(PAST.c.number).limit(1)
    at: datetime | None = await connection.scalar(oldest)
    if at is None or at >= now - KEPT:
        return
    until = await connection.scalar(sa.select(sa.func.max(PAST.c.number)).where(PAST.c.at < now - KEPT))
    await connection.execute(PAST.delete().where(PAST.c.number > 0, PAST.c.number <= until))
    await connection.execute(KEY.update().where(KEY.c.name == FEED).values(floor=until))
