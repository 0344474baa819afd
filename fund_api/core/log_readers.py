"""Readers of the log of events: each follows it by a name, and gets every event once."""

from collections.abc import Collection

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from fund_api.core.columns import table_of
from fund_api.core.events import EVENT, HEAD
from fund_api.core.tables import LogReader
from fund_api.core.writing import Row, Transaction

READER = table_of(LogReader)


async def unread(tx: Transaction, reader: str, actions: Collection[str], most: int) -> list[Row]:
    """The events with one of `actions` since the reader read last, the oldest first, at most so many.

    They count as read when the transaction commits, and a reader who is new begins at the first event. Of several who
    read under one name at once, the others wait and find what is left.
    """
    start = await _held(tx, reader)
    end = await tx.connection.scalar(sa.select(HEAD.c.number)) or 0
    if end == start:
        return []
    later = (EVENT.c.number > start, EVENT.c.number <= end, EVENT.c.action.in_(sorted(actions)))
    found = await tx.rows(sa.select(EVENT).where(*later).order_by(EVENT.c.number).limit(most))
    read = found[-1]["number"] if len(found) == most else end
    await tx.connection.execute(READER.update().where(READER.c.name == reader).values(number=read))
    return found


async def _held(tx: Transaction, reader: str) -> int:
    """How far the reader has read, held against everybody else until the transaction ends."""
    held = sa.select(READER.c.number).where(READER.c.name == reader).with_for_update()
    number: int | None = await tx.connection.scalar(held)
    if number is None:
        insert = sqlite.insert if tx.connection.dialect.name == "sqlite" else postgresql.insert
        await tx.connection.execute(insert(READER).values(name=reader, number=0).on_conflict_do_nothing())
        number = await tx.connection.scalar(held)
    return number or 0
