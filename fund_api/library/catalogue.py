"""What the rows of files add to the library: resources with their first revision, and who and what they name.

What an editor has written is the editors': no file changes it any more. Whatever bears a name is looked up by it first.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from fund_api.core.columns import table_of
from fund_api.core.facts import HistoricDate
from fund_api.core.ids import stable_id
from fund_api.core.importing import Entry, ids_by
from fund_api.core.tables import Event
from fund_api.core.text import fold
from fund_api.core.words import search_text
from fund_api.library.publication_tables import Format, FormatKind
from fund_api.library.slugs import slug_of
from fund_api.library.tables import Access, Resource, ResourceKind, Revision

EVENT, RESOURCE, REVISION, FORMAT = (table_of(one) for one in (Event, Resource, Revision, Format))

ALWAYS = datetime(1970, 1, 1, tzinfo=UTC)
"""Since when readers see what files bring: nobody says when it appeared here, so nothing is before it."""

FINER_KINDS = {
    "MAGAZINE_ARTICLE": ResourceKind.ARTICLE,
    "JOURNAL_ARTICLE": ResourceKind.ARTICLE,
    "BLOG_POST": ResourceKind.ARTICLE,
    "NEWSLETTER": ResourceKind.ARTICLE,
    "MAGAZINE_ISSUE": ResourceKind.WEB_PAGE,  # what is had is the page to leaf through it; no kind says "issue"
    "TOPIC_PAGE": ResourceKind.WEB_PAGE,
    "RESOURCE_PACKAGE": ResourceKind.TOOLKIT,
}
"""The kinds of files that are not ours, and ours for them."""


def known_kind(cell: str) -> str:
    """A kind of resource, ours or a finer one. Raises ValueError for another."""
    if cell not in FINER_KINDS and cell not in set(ResourceKind):
        raise ValueError(f"should be one of {', '.join([*ResourceKind, *FINER_KINDS])}")
    return cell


def resource_id(key: str) -> str:
    """The stable id of the resource that files know by this key."""
    return stable_id("res", key)


def revision_id(key: str) -> str:
    """The stable id of the revision that files bring."""
    return stable_id("rev", key, "1")


@dataclass
class Names:
    """The rows of a table by their names: those that are stored, and a stable id for every other."""

    table: sa.Table
    ids: Mapping[str, str]
    written: set[str] = field(default_factory=set)

    def id_of(self, name: str) -> str:
        """The id of the row with this name."""
        return self.ids.get(name) or self._own(name)

    def entries(self, name: str, **more: object) -> Iterator[Entry]:
        """The row, once; none where somebody here gave it this name."""
        if name in self.written or self.id_of(name) != self._own(name):
            return
        self.written.add(name)
        yield Entry(self.table, {"id": self._own(name), "name": name, "name_folded": fold(name), **more})

    def _own(self, name: str) -> str:
        return stable_id(self.table.c.id.info["prefix"], name)


async def names(connection: AsyncConnection, table: sa.Table) -> Names:
    """What this table holds already."""
    return Names(table, await ids_by(connection, table.c.name, table.c.id))


@dataclass(frozen=True)
class Said:
    """What a file says of one resource; `values` are the other columns of its revision."""

    key: str
    title: str
    kind: str
    date: HistoricDate | None
    values: Mapping[str, object]


@dataclass
class Catalogue:
    """The resources of a file, beside those that are there."""

    slugs: dict[str, str]
    """Of the resources that are stored, by their ids."""
    summaries: Mapping[str, str]
    """Of their revisions, by theirs: files of resources have none, but words are searched in both."""
    edited: frozenset[str]

    def __post_init__(self) -> None:
        self._taken = set(self.slugs.values())

    def leaves(self, key: str) -> bool:
        """Whether this resource is the editors' by now."""
        return resource_id(key) in self.edited

    def entries(self, said: Said) -> Iterator[Entry]:
        """A resource and its first revision."""
        slug = self._slug(said)
        yield Entry(RESOURCE, {"id": resource_id(said.key), "slug": slug})
        kind, revision = FINER_KINDS.get(said.kind), revision_id(said.key)
        values: dict[str, object] = {
            "revision_id": revision,
            "id": resource_id(said.key),
            "slug": slug,
            "number": 1,
            "title": said.title,
            "title_folded": fold(said.title),
            "search_text": search_text(said.title, self.summaries.get(revision)),
            "kind": kind or ResourceKind(said.kind),
            "finer_kind": said.kind if kind else None,
            "published_on": said.date and said.date.first_day,
            "published_on_precision": said.date and said.date.precision,
            "access": Access.PUBLIC,
            "live_from": ALWAYS,
            "begin_told": True,
        }
        yield Entry(REVISION, {**values, **said.values})

    def _slug(self, said: Said) -> str:
        """The one it has; for a new resource the words of its title, and its key after those that another has."""
        found = self.slugs.get(resource_id(said.key))
        if found is None:
            words, key, last = slug_of(said.title), slug_of(said.key)[:30], resource_id(said.key)
            wanted = (words, f"{words}-{key}".strip("-"), key, last)
            found = next((one for one in wanted if one and one not in self._taken), last)
            self.slugs[resource_id(said.key)] = found
            self._taken.add(found)
        return found


async def catalogue(connection: AsyncConnection) -> Catalogue:
    """The resources that are there."""
    slugs = await ids_by(connection, RESOURCE.c.id, RESOURCE.c.slug)
    summarized = sa.select(REVISION.c.revision_id, REVISION.c.summary).where(REVISION.c.summary.is_not(None))
    summaries = {row[0]: row[1] for row in await connection.execute(summarized)}
    return Catalogue(slugs, summaries, await edited(connection, RESOURCE))


async def edited(connection: AsyncConnection, table: sa.Table) -> frozenset[str]:
    """The ids of the rows of which an event speaks: what people here have written, files leave alone."""
    told = sa.select(sa.literal(1)).where(EVENT.c.entity_id == table.c.id).exists()
    return frozenset((await connection.execute(sa.select(table.c.id).where(told))).scalars())


def format_entry(key: str, kind: FormatKind) -> Entry:
    """A form in which a resource is had."""
    values: dict[str, object] = {"id": stable_id("format", key, kind), "resource_id": resource_id(key), "kind": kind}
    return Entry(FORMAT, values)
