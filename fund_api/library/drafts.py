"""Drafts: how a resource comes to be, and how what it is to say is saved. Readers see none of it until it is published.

Every save is a revision of its own, numbered from 1, and none is ever changed or deleted.
"""

from dataclasses import dataclass
from typing import Any

from fund_api.core.columns import table_of
from fund_api.core.errors import InvalidValue, VersionConflict
from fund_api.core.ids import new_id
from fund_api.core.text import fold
from fund_api.core.upserts import insert_new
from fund_api.core.words import search_text
from fund_api.core.writing import Row, Transaction, checked
from fund_api.library import content
from fund_api.library.boundaries import arrange_hubs, tell_due
from fund_api.library.editing import REVISION, highest_views, holding, read
from fund_api.library.slugs import slug_of
from fund_api.library.tables import Access, Resource
from fund_api.library.telling import CONTENT, Values, tell_content
from fund_api.library.visibility import EDIT

RESOURCE = table_of(Resource)
_NOTHING: Row = dict.fromkeys(CONTENT) | {"access": Access.PUBLIC}


@dataclass(frozen=True, slots=True)
class Saved:
    """What was saved: of which resource, and under which number."""

    resource_id: str
    number: int


async def create_resource(tx: Transaction, values: Values, *, slug: str | None = None) -> Saved:
    """Begin a resource with its first draft. `values` are what `content.said` takes, with title and kind.

    Without a slug it gets one that is made of its title. Raises InvalidValue for a slug that is taken.
    """
    tx.viewer.need(EDIT)
    moved = await tell_due(tx)
    said = await content.said(tx, values, _NOTHING)
    resource_id = new_id("res")
    found = await _claim(tx, resource_id, content.slug(slug)) if slug is not None else None
    if slug is not None and found is None:
        raise InvalidValue(f"There is a resource {slug} already.", "slug")
    found = found or await _claim_any(tx, resource_id, str(said["title"]))
    row = await add_revision(tx, {"id": resource_id, "slug": found, "number": 0}, said)
    tell_content(tx, "resource.created", {}, row, {"number": 1}, private=True)
    await arrange_hubs(tx, moved)
    return Saved(resource_id, 1)


async def save_draft(tx: Transaction, resource_id: str, values: Values, *, expected_revision: int) -> Saved:
    """Save what a resource is to say: what `values` say, and of the rest what its latest revision says.

    Nothing is saved when that says the same already.
    """
    async with holding(tx, resource_id, expected_revision) as held:
        latest = await read(tx, held.latest["revision_id"])
        said = await content.said(tx, values, latest)
        if said == said_by(latest):
            return Saved(resource_id, expected_revision)
        row = await add_revision(tx, latest, said)
        tell_content(tx, "resource.draft_saved", latest, row, {"number": row["number"]}, private=True)
    return Saved(resource_id, row["number"])


async def add_revision(tx: Transaction, latest: Row, said: Row) -> Row:
    """Add the revision after the latest one, which says this, as a draft. Raises InvalidValue, VersionConflict."""
    row = checked(REVISION, said)
    row |= {"title_folded": _folded(row["title"]), "search_text": search_text(row["title"], row["summary"])}
    row |= {"revision_id": new_id("rev"), "id": latest["id"], "slug": latest["slug"], "number": latest["number"] + 1}
    row |= {"saved_by": tx.viewer.id} | _stamps(tx)
    if not await insert_new(tx.connection, REVISION, row | {"views": highest_views(latest["id"])}, "id", "number"):
        raise VersionConflict(latest["id"], latest["number"], row["number"])
    return row


def said_by(row: Row) -> Row:
    """What a revision says."""
    return {name: row[name] for name in CONTENT}


async def _claim_any(tx: Transaction, resource_id: str, title: str) -> str:
    """Give a resource a slug that is made of its title, with an end of its own where that is taken."""
    wanted = slug_of(title) or "resource"
    own = f"{wanted}-{resource_id[-8:]}"
    return await _claim(tx, resource_id, wanted) or await _claim(tx, resource_id, own) or resource_id


async def _claim(tx: Transaction, resource_id: str, slug: str) -> str | None:
    """Add the resource under a slug, and say it; None when another resource has that."""
    row = {"id": resource_id, "slug": slug} | _stamps(tx)
    return slug if await insert_new(tx.connection, RESOURCE, row, "slug") else None


def _stamps(tx: Transaction) -> dict[str, Any]:  # Any: values of columns
    return {"provenance": tx.provenance, "created_at": tx.now, "updated_at": tx.now}


def _folded(title: str) -> str:
    if not (found := fold(title)):
        raise InvalidValue("title takes a text with letters or digits.", "title")
    return found[: REVISION.c.title_folded.info["limits"][1]]
