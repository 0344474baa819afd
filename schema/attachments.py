"""What clients see of what is attached to grants."""

import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from fund_api.core.facts import Provenance
from fund_api.grants import attachment_tables, visibility
from fund_api.graph import declare
from fund_api.graph.types import Connection, Node

if TYPE_CHECKING:
    from schema.grants import Grant


def address(attachment_id: str) -> str:
    """Where the file of an attachment is read."""
    return f"/attachments/{attachment_id}"


@declare.entity(attachment_tables.Attachment, visible=visibility.inside)
class Attachment(Node):
    """A file that belongs to a grant. It is sent to /grants/ID/attachments and read at its `url`."""

    grant: Annotated["Grant", strawberry.lazy("schema.grants")] | None = declare.to_one(
        "The grant that it belongs to; null when you may not see that.", own="grant_id"
    )
    name: str = declare.column("What it is called, with an ending that fits its type.")
    media_type: str = declare.column("The type of what it holds, as HTTP names it: application/pdf.")
    size: int = declare.column("How many bytes it has.")
    digest: str = declare.column("The SHA-256 of its content, in hexadecimal digits.")
    url: str = declare.computed("Where it is read with a GET, on this server, with the same token.", address, "id")
    created_at: datetime.datetime = declare.column("When it was attached.")
    provenance: Provenance = declare.column("How this row came to be here.")


@strawberry.type
class AttachmentQueries:
    """Root fields on files."""

    attachments: Connection[Attachment] = declare.listing("The files of the grants that you may see.")
