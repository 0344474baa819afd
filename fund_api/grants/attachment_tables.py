"""The table of what is attached to grants."""

import datetime

import sqlalchemy as sa

from fund_api.core import columns
from fund_api.core.facts import Provenance
from fund_api.core.media_types import MediaType


class Attachment(columns.Table, table=True):
    """A file that belongs to a grant: what it is called here, and the digest under which its content is kept."""

    __tablename__ = "attachment"

    id: str = columns.identity("attach")
    grant_id: str = columns.reference("grant.id")
    name: str = columns.text(200, private=True)
    media_type: MediaType = columns.choice(MediaType)
    size: int = columns.integer(1, 10**9)
    digest: str = columns.text(64)
    uploaded_by: str = columns.reference("person.id", index=True)
    provenance: Provenance = columns.choice(Provenance)
    created_at: datetime.datetime = columns.time()
    updated_at: datetime.datetime = columns.time()

    __table_args__ = (
        sa.UniqueConstraint("grant_id", "digest"),
        sa.Index("ix_attachment_grant", "grant_id", "id"),
    )
