"""What rows were before, and the secret that cursors of changes are signed with."""

import datetime

import sqlalchemy as sa

from fund_api.core import columns, keeping

LONGEST_IMAGE = 10_000_000
"""Characters of a row as JSON."""


class Past(columns.Table, table=True):
    """A row of another table as it was before a write, as JSON; null when it was not there.

    Triggers write these, numbered in the order of commits: see core/keeping.py.
    """

    __tablename__ = "past"

    seq: int = columns.sequence()
    number: int = columns.integer(0, 2**53)
    at: datetime.datetime = columns.time()
    table_name: str = columns.text(63)
    row_id: str = columns.text(100)
    before: str | None = columns.text(LONGEST_IMAGE, nullable=True)

    __table_args__ = (
        sa.Index("ix_past_table", "table_name", "number", "row_id"),
        sa.Index("ix_past_number", "number"),
        keeping.HOLDS,
    )


class FeedKey(columns.Table, table=True):
    """The one row about the feed of changes: its secret, the last number of PostgreSQL's commits, and up to which
    number the past was let go of.
    """

    __tablename__ = "feed_key"

    name: str = columns.key(10)
    secret: str = columns.secret()
    number: int = columns.integer(0, 2**53)
    floor: int = columns.integer(0, 2**53)
