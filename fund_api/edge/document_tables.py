"""The table of trusted documents that clients brought, beside those which ship."""

import datetime

import sqlalchemy as sa

from fund_api.core import columns

LONGEST_DOCUMENT = 100_000
"""Characters of one document."""
LONGEST_CLIENT = 100
LONGEST_NAME = 200


class TrustedDocument(columns.Table, table=True):
    """A document that a client's manifest holds, known by the SHA-256 of its text. Rows are added and removed, only."""

    __tablename__ = "trusted_document"

    id: str = columns.identity("document")
    client: str = columns.text(LONGEST_CLIENT)
    hash: str = columns.text(64)
    name: str | None = columns.text(LONGEST_NAME, nullable=True)
    text: str = columns.text(LONGEST_DOCUMENT)
    created_at: datetime.datetime = columns.time()

    __table_args__ = (sa.UniqueConstraint("hash", "client"),)
