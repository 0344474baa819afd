"""What is attached to grants: files that the applicant's side adds and takes away while the grant's state lets them."""

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from fund_api.core.access import LookingAs, Viewer
from fund_api.core.columns import table_of
from fund_api.core.errors import NotFound, TooMany
from fund_api.core.file_names import cleaned_name
from fund_api.core.files import Kept
from fund_api.core.writing import Row, Transaction
from fund_api.grants import visibility
from fund_api.grants.attachment_tables import Attachment
from fund_api.grants.lifecycle import GrantAction
from fund_api.grants.standing import Held, assume, hold, step

ATTACHMENT = table_of(Attachment)
MOST = 20
"""Attachments of one grant."""


async def may_attach(tx: Transaction, grant_id: str) -> Held:
    """The grant, held, when the viewer may add files to it now. Raises NotFound, NotAllowed and InvalidTransition."""
    return await hold(tx, grant_id, GrantAction.ATTACH)


async def attach(tx: Transaction, grant_id: str, name: str, kept: Kept) -> str:
    """Attach a file that is kept, under a name that can be shown, and return the attachment's id.

    What the grant has already is not added again: it keeps its id and its name. Raises as `may_attach` does, and
    TooMany for one more than MOST.
    """
    held = await may_attach(tx, grant_id)
    of_grant = sa.select(ATTACHMENT.c.id, ATTACHMENT.c.digest).where(ATTACHMENT.c.grant_id == grant_id)
    there = {row["digest"]: row["id"] for row in await tx.rows(of_grant)}
    if kept.digest in there:
        return str(there[kept.digest])
    if len(there) >= MOST:
        raise TooMany(f"A grant takes at most {MOST} attachments, and this one has them: take one away first.")
    values = {
        "grant_id": grant_id,
        "name": cleaned_name(name, kept.media_type),
        "media_type": kept.media_type,
        "size": kept.size,
        "digest": kept.digest,
        "uploaded_by": tx.viewer.id,
    }
    attachment_id = await tx.add(Attachment, "added", values, campaign_id=held.grant["campaign_id"])
    await assume(tx, held)
    await step(tx, held, "file_attached", {})
    return attachment_id


async def detach(tx: Transaction, attachment_id: str) -> Row:
    """Take an attachment away and return it as it was; its file stays, since the log tells of it.

    Raises NotFound, and as `may_attach` does.
    """
    attachment = await tx.row(Attachment, attachment_id)
    try:
        held = await may_attach(tx, attachment["grant_id"])
    except NotFound:
        raise _missing(attachment_id) from None
    await assume(tx, held)
    await step(tx, held, "file_detached", {})
    return await tx.remove(Attachment, "removed", attachment_id, campaign_id=held.grant["campaign_id"])


async def read(connection: AsyncConnection, viewer: Viewer, attachment_id: str) -> Row:
    """An attachment, for who is inside its grant. Raises NotFound for all others."""
    seen = visibility.inside(ATTACHMENT.c, LookingAs(viewer))
    query = sa.select(ATTACHMENT).where(ATTACHMENT.c.id == attachment_id, sa.true() if seen is None else seen)
    found = (await connection.execute(query)).mappings().first()
    if found is None:
        raise _missing(attachment_id)
    return dict(found)


def _missing(attachment_id: str) -> NotFound:
    return NotFound(f"There is no attachment {attachment_id}.")
