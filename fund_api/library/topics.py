"""Topics and the sections of their hubs, as editors arrange them. What they say is public at once."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from fund_api.core.columns import table_of
from fund_api.core.errors import InvalidValue, NotFound, VersionConflict
from fund_api.core.ids import new_id
from fund_api.core.text import fold
from fund_api.core.upserts import insert_new
from fund_api.core.writing import Row, Transaction, checked
from fund_api.library import hubs
from fund_api.library.content import slug as checked_slug
from fund_api.library.slugs import slug_of
from fund_api.library.tables import Resource
from fund_api.library.telling import Values, tell
from fund_api.library.topic_tables import MOST_SHOWN, HubSection, SectionPin, SectionRule, Topic
from fund_api.library.visibility import EDIT

TOPIC, SECTION, PIN, RESOURCE = table_of(Topic), table_of(HubSection), table_of(SectionPin), table_of(Resource)
DEEPEST = 10
"""Topics inside each other."""
LONGEST_SLUG = 60
SAID = ("name", "summary", "parent_id")
ARRANGED = ("title", "rule", "position", "size", "window_days")
_LAST = 1_000
"""The last place in a hub."""
_SHOWN, _DAYS = 12, 365
"""How many resources a section shows, and of how many days a POPULAR one counts views, where nobody says so."""


async def create_topic(tx: Transaction, values: Values, *, slug: str | None = None) -> str:
    """Begin a topic and return its id; `values`: name, summary, parent_id.

    Without a slug it gets one that is made of its name. Raises InvalidValue for one that is taken.
    """
    tx.viewer.need(EDIT)
    row = await _said(tx, values, None)
    row["slug"] = found = _slug(slug or slug_of(row["name"])[:LONGEST_SLUG].strip("-"))
    try:
        async with tx.connection.begin_nested():
            return await tx.add(Topic, "created", row)
    except IntegrityError:
        raise InvalidValue(f"There is a topic {found} already.", "slug") from None


async def update_topic(tx: Transaction, topic_id: str, values: Values, *, expected_version: int) -> None:
    """Change what is said of a topic, or inside which other it is. Raises InvalidValue for one inside itself."""
    tx.viewer.need(EDIT)
    row = await _said(tx, values, topic_id)
    await tx.change(Topic, "updated", topic_id, row, expected_version=expected_version)


async def save_section(
    tx: Transaction,
    topic_id: str,
    slug: str,
    values: Values,
    *,
    pins: Sequence[str] | None = None,
    expected_version: int | None = None,
) -> str:
    """Save the section of this slug in a topic's hub, arrange it, and return its id.

    `values`: title and rule, which a new one needs, position, size, window_days. `pins` are ids of resources in their
    order; None leaves them. Without `expected_version` it is a new one. Raises VersionConflict when it is not, or was
    saved since; InvalidValue, NotFound.
    """
    tx.viewer.need(EDIT)
    slug = _slug(slug)
    await tx.row(Topic, topic_id, referable=True)
    section_id = await _id_of(tx, SECTION, SECTION.c.topic_id == topic_id, SECTION.c.slug == slug)
    before = await tx.row(HubSection, section_id) if section_id else await _blank(tx, topic_id, slug)
    after = _arranged(before, values)
    if expected_version != (before["version"] or None):
        raise VersionConflict(before["id"], expected_version or 0, before["version"])
    await _store(tx, before, after)
    if pins is not None:
        listed = await _pins(tx, before["id"])
        await _pin(tx, before["id"], pins)
        before, after = before | {"pins": listed}, after | {"pins": list(dict.fromkeys(pins))}
    changed = {name: after[name] for name in after if after[name] != before[name]}
    tell(tx, "hub_section.saved", before["id"], before if section_id else {}, changed)
    await hubs.refresh(tx.connection, [topic_id], tx.now)
    return str(before["id"])


async def _said(tx: Transaction, values: Values, topic_id: str | None) -> Row:
    """The values with the folded name. Raises InvalidValue."""
    row = checked(TOPIC, {name: values[name] for name in SAID if name in values})
    if topic_id is None or "name" in row:
        row["name_folded"] = fold(row.get("name") or "")
        if not row["name_folded"]:
            raise InvalidValue("name takes a text with letters or digits.", "name")
    if row.get("parent_id") is not None:
        await _check_parent(tx, topic_id, row["parent_id"])
    return row


async def _check_parent(tx: Transaction, topic_id: str | None, parent_id: str) -> None:
    """Follow the topics around to the widest. Raises InvalidValue when that leads back, or is too far away."""
    around: str | None = parent_id
    levels = await _height(tx, topic_id) if topic_id else 1
    while around is not None:
        levels += 1
        if around == topic_id:
            raise InvalidValue("A topic can't lie inside itself.", "parent")
        if levels > DEEPEST:
            raise InvalidValue(f"Topics lie at most {DEEPEST} deep inside each other.", "parent")
        around = (await tx.row(Topic, around, referable=True))["parent_id"]


async def _height(tx: Transaction, topic_id: str) -> int:
    """How many levels a topic has, with those inside it."""
    levels, around = 0, [topic_id]
    while around and levels < DEEPEST:
        levels += 1
        inside = sa.select(TOPIC.c.id).where(TOPIC.c.parent_id.in_(around))
        around = list((await tx.connection.scalars(inside)).all())
    return levels


async def _blank(tx: Transaction, topic_id: str, slug: str) -> Row:
    """A section before anything is said of it, at the end of its hub."""
    last = await tx.connection.scalar(sa.select(sa.func.max(SECTION.c.position)).where(SECTION.c.topic_id == topic_id))
    row = {"id": new_id("section"), "topic_id": topic_id, "slug": slug, "version": 0, "title": None}
    return row | {"rule": None, "position": min((last or 0) + 1, _LAST), "size": _SHOWN, "window_days": None}


def _arranged(before: Row, values: Values) -> Row:
    """What a section is to say. Only POPULAR ones count views of some days. Raises InvalidValue."""
    given = checked(SECTION, {name: values[name] for name in ARRANGED if name in values})
    row = {name: given.get(name, before[name]) for name in ARRANGED}
    for name in ("title", "rule"):
        if row[name] is None:
            raise InvalidValue(f"{name} is needed.", name)
    if row["rule"] == SectionRule.POPULAR:
        return row | {"window_days": row["window_days"] or _DAYS}
    if given.get("window_days") is not None:
        raise InvalidValue("Only a POPULAR section counts views of some days.", "window_days")
    return row | {"window_days": None}


async def _store(tx: Transaction, before: Row, after: Row) -> None:
    """Write a section, new or as it was read. Raises VersionConflict when somebody else was faster."""
    row = after | {"version": before["version"] + 1, "updated_at": tx.now}
    if before["version"] == 0:
        new = {name: before[name] for name in ("id", "topic_id", "slug")}
        new |= row | {"created_at": tx.now, "provenance": tx.provenance}
        stored = await insert_new(tx.connection, SECTION, new, "topic_id", "slug")
    else:
        same = SECTION.update().where(SECTION.c.id == before["id"], SECTION.c.version == before["version"])
        stored = bool((await tx.connection.execute(same.values(row))).rowcount)
    if not stored:
        raise VersionConflict(before["id"], before["version"], before["version"] + 1)


async def _pins(tx: Transaction, section_id: str) -> list[str]:
    query = sa.select(PIN.c.resource_id).where(PIN.c.section_id == section_id)
    return list((await tx.connection.scalars(query.order_by(PIN.c.position, PIN.c.resource_id))).all())


async def _pin(tx: Transaction, section_id: str, pins: Sequence[str]) -> None:
    """Pin these resources in this order, and no others. Raises InvalidValue for too many, NotFound."""
    if len(pins) > MOST_SHOWN:
        raise InvalidValue(f"A section has at most {MOST_SHOWN} pins.", "pins")
    wanted = list(dict.fromkeys(pins))
    known = set(await tx.connection.scalars(sa.select(RESOURCE.c.id).where(RESOURCE.c.id.in_(wanted))))
    for one in wanted:
        if one not in known:
            raise NotFound(f"There is no resource {one}.")
    await tx.connection.execute(PIN.delete().where(PIN.c.section_id == section_id))
    rows = [{"section_id": section_id, "resource_id": one, "position": at} for at, one in enumerate(wanted, 1)]
    if rows:
        await tx.connection.execute(PIN.insert(), rows)


async def _id_of(tx: Transaction, table: sa.Table, *conditions: sa.ColumnElement[bool]) -> str | None:
    found = (await tx.connection.scalars(sa.select(table.c.id).where(*conditions))).first()
    return None if found is None else str(found)


def _slug(text: str) -> str:
    """A slug of a topic or a section. Raises InvalidValue."""
    if len(found := checked_slug(text)) > LONGEST_SLUG:
        raise InvalidValue(f"A slug has at most {LONGEST_SLUG} characters here.", "slug")
    return found
