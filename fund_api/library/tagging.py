"""What editors say of a resource as a whole, drafts and all: its topics, tags and authors, and what it translates.

It holds at once. Readers see it with the resource, while that is live.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from fund_api.communities.tables import State
from fund_api.core.columns import Table, table_of
from fund_api.core.errors import InvalidValue, NotFound, placed
from fund_api.core.ids import new_id
from fund_api.core.text import fold
from fund_api.core.upserts import insert_new
from fund_api.core.writing import Row, Transaction, checked, words
from fund_api.library.editing import Held, highest_views, holding
from fund_api.library.publication_tables import Author, ResourceAuthor
from fund_api.library.tables import Resource, TagBasis
from fund_api.library.tag_tables import AudienceTag, PracticeArea, PracticeAreaTag
from fund_api.library.telling import tell
from fund_api.library.topic_tables import Topic, TopicResource

RESOURCE, AUTHOR, STATE = table_of(Resource), table_of(Author), table_of(State)
BELONGS, WROTE = table_of(TopicResource), table_of(ResourceAuthor)
AREA_TAG, AUDIENCE = table_of(PracticeAreaTag), table_of(AudienceTag)
MOST = 50
"""Topics, practice areas, audiences or authors of one resource."""
_AUDIENCE = ("campaign_kind", "state_code", "form")


@dataclass(frozen=True, slots=True)
class Tags:
    """What a resource is to have, of each kind all; None leaves that kind as it is."""

    topics: Sequence[str] | None = None
    """Ids."""
    practice_areas: Sequence[str] | None = None
    """Ids."""
    audiences: Sequence[Row] | None = None
    """Each with campaign_kind, state_code and form, of which at least one is said."""
    authors: Sequence[str] | None = None
    """Names, in the order of the title page."""


async def set_resource_tags(tx: Transaction, resource_id: str, tags: Tags, *, expected_revision: int) -> None:
    """Replace what a resource has of each kind that is given. What editors say is EDITORIAL; tags that stay stay.

    Raises InvalidValue for too many, NotFound for what is not there, and as `holding` does.
    """
    async with holding(tx, resource_id, expected_revision) as held:
        before: Row = {}
        after: Row = {}
        if tags.topics is not None:
            before["topics"], after["topics"] = await _set_topics(tx, held, _few(tags.topics, "topics"))
        if tags.practice_areas is not None:
            areas = _few(tags.practice_areas, "practice_areas")
            before["practice_areas"], after["practice_areas"] = await _set_areas(tx, resource_id, areas)
        if tags.audiences is not None:
            before["audiences"], after["audiences"] = await _set_audiences(tx, resource_id, tags.audiences)
        if tags.authors is not None:
            before["authors"], after["authors"] = await _set_authors(tx, resource_id, _few(tags.authors, "authors"))
        changed = {name: value for name, value in after.items() if value != before[name]}
        if changed:
            tell(tx, "resource.tagged", resource_id, before, changed, private=True)


async def link_translation(
    tx: Transaction, resource_id: str, original_id: str | None, *, expected_revision: int
) -> None:
    """Say which resource this one translates, or with None that it translates none.

    Translations hang on the original: raises InvalidValue for one that is a translation, or has translations, itself.
    """
    async with holding(tx, resource_id, expected_revision) as held:
        if original_id is not None:
            await _check_original(tx, resource_id, original_id)
        before = held.resource["translation_of"]
        if before == original_id:
            return
        this = RESOURCE.update().where(RESOURCE.c.id == resource_id)
        await tx.connection.execute(this.values(translation_of=original_id, updated_at=tx.now))
        after = {"translation_of": original_id}
        tell(tx, "resource.translation_linked", resource_id, {"translation_of": before}, after)


async def _check_original(tx: Transaction, resource_id: str, original_id: str) -> None:
    if original_id == resource_id:
        raise InvalidValue("A resource is no translation of itself.", "original")
    original = await tx.row(Resource, original_id, referable=True)
    if original["translation_of"] is not None:
        raise InvalidValue("That is a translation itself: name its original.", "original")
    if await _ids(tx, RESOURCE.c.id, RESOURCE.c.translation_of == resource_id):
        raise InvalidValue("This has translations of its own, so it is an original.", "original")


async def _set_topics(tx: Transaction, held: Held, wanted: list[str]) -> tuple[list[str], list[str]]:
    resource_id = held.resource["id"]
    await _check_known(tx, Topic, wanted, "topics")
    before = await _ids(tx, BELONGS.c.topic_id, BELONGS.c.resource_id == resource_id)
    left = [one for one in before if one not in wanted]
    if left:
        held.left.update(left)
        gone = BELONGS.delete().where(BELONGS.c.resource_id == resource_id, BELONGS.c.topic_id.in_(left))
        await tx.connection.execute(gone)
    await _insert(tx, BELONGS, [{"topic_id": one, "resource_id": resource_id} for one in wanted if one not in before])
    held.moved.add(resource_id)
    return before, sorted(wanted)


async def _set_areas(tx: Transaction, resource_id: str, wanted: list[str]) -> tuple[list[str], list[str]]:
    await _check_known(tx, PracticeArea, wanted, "practice_areas")
    before = await _ids(tx, AREA_TAG.c.practice_area_id, AREA_TAG.c.resource_id == resource_id)
    left = [one for one in before if one not in wanted]
    gone = AREA_TAG.delete().where(AREA_TAG.c.resource_id == resource_id, AREA_TAG.c.practice_area_id.in_(left))
    await tx.connection.execute(gone)
    new = [one for one in wanted if one not in before]
    rows = [{"id": new_id("areatag"), "resource_id": resource_id, "practice_area_id": one} for one in new]
    await _insert(tx, AREA_TAG, [row | _editorial(tx) for row in rows])
    return before, sorted(wanted)


async def _set_audiences(tx: Transaction, resource_id: str, given: Sequence[Row]) -> tuple[list[Row], list[Row]]:
    wanted = await _audiences(tx, given)
    query = sa.select(AUDIENCE.c.id, *(AUDIENCE.c[name] for name in _AUDIENCE))
    stored = await tx.rows(query.where(AUDIENCE.c.resource_id == resource_id).order_by(AUDIENCE.c.id))
    known = {one["id"]: {name: one[name] for name in _AUDIENCE} for one in stored}
    left = [key for key, one in known.items() if one not in wanted]
    await tx.connection.execute(AUDIENCE.delete().where(AUDIENCE.c.id.in_(left)))
    for one in wanted:
        if one not in known.values():
            row = one | {"id": new_id("aud"), "resource_id": resource_id, "views": highest_views(resource_id)}
            await tx.connection.execute(AUDIENCE.insert().values(row | _editorial(tx)))
    return _sorted(list(known.values())), _sorted(wanted)


async def _audiences(tx: Transaction, given: Sequence[Row]) -> list[Row]:
    """The audiences, each once. Raises InvalidValue for one that says nothing or of an unknown state."""
    if len(given) > MOST:
        raise InvalidValue(f"A resource has at most {MOST} audiences.", "audiences")
    found: list[Row] = []
    for place, one in enumerate(given):
        row = {name: one.get(name) for name in _AUDIENCE}
        with placed("audiences", str(place)):
            if not any(row.values()):
                raise InvalidValue("An audience says a kind of campaign, a state or a form of government.")
            code = row["state_code"]
            if code is not None and not (code.isalpha() and await _ids(tx, STATE.c.code, STATE.c.code == code)):
                raise InvalidValue(f"There is no state {code}.", "state")
        if row not in found:
            found.append(row)
    return found


async def _set_authors(tx: Transaction, resource_id: str, names: list[str]) -> tuple[list[str], list[str]]:
    query = sa.select(AUTHOR.c.name).join(WROTE, WROTE.c.author_id == AUTHOR.c.id)
    listed = query.where(WROTE.c.resource_id == resource_id).order_by(WROTE.c.position, AUTHOR.c.id)
    before = list((await tx.connection.scalars(listed)).all())
    authors = dict([await _author(tx, name, place) for place, name in enumerate(names)])
    if before == list(authors):
        return before, before
    await tx.connection.execute(WROTE.delete().where(WROTE.c.resource_id == resource_id))
    rows = [{"resource_id": resource_id, "author_id": one} for one in authors.values()]
    await _insert(tx, WROTE, [row | {"position": place} for place, row in enumerate(rows, 1)])
    return before, list(authors)


async def _author(tx: Transaction, given: str, place: int) -> tuple[str, str]:
    """The name and id of an author, added if there is none of this name yet."""
    with placed("authors", str(place)):
        try:
            values = checked(AUTHOR, {"name": given})
        except InvalidValue as failure:
            failure.path = ()
            raise
    row = values | {"id": new_id("author"), "name_folded": (fold(values["name"]) or values["name"])[:400]}
    if await insert_new(tx.connection, AUTHOR, row | _stamps(tx), "name"):
        tell(tx, "author.added", row["id"], {}, values, private=True)
        return values["name"], row["id"]
    [known] = await _ids(tx, AUTHOR.c.id, AUTHOR.c.name == values["name"])
    return values["name"], known


async def _check_known(tx: Transaction, model: type[Table], ids: list[str], name: str) -> None:
    """Raises NotFound for the first that is not there."""
    table = table_of(model)
    known = await _ids(tx, table.c.id, table.c.id.in_(ids))
    for one in ids:
        if one not in known:
            raise NotFound(f"There is no {words(model)} {one}: see {name}.")


def _few(given: Sequence[str], name: str) -> list[str]:
    if len(given) > MOST:
        raise InvalidValue(f"A resource has at most {MOST} {name.replace('_', ' ')}.", name)
    return list(dict.fromkeys(given))


async def _ids(tx: Transaction, column: sa.Column[Any], *conditions: sa.ColumnElement[bool]) -> list[str]:
    """Any: a column of ids or codes."""
    return list((await tx.connection.scalars(sa.select(column).where(*conditions).order_by(column))).all())


async def _insert(tx: Transaction, table: sa.Table, rows: list[Row]) -> None:
    if rows:
        await tx.connection.execute(table.insert(), rows)


def _editorial(tx: Transaction) -> Row:
    return {"basis": TagBasis.EDITORIAL} | _stamps(tx)


def _stamps(tx: Transaction) -> Row:
    return {"provenance": tx.provenance, "created_at": tx.now, "updated_at": tx.now}


def _sorted(audiences: list[Row]) -> list[Row]:
    return sorted(audiences, key=lambda one: tuple(one[name] or "" for name in _AUDIENCE))
