"""Resources and their revisions. The words are those of the field; `schema/library.py` says what they mean to a reader.

A resource itself is what never changes: its id and its slug, which others point to. What it says stands in its
revisions. A revision is a draft until it goes live; from `live_from` until `live_until` it is what readers see, and at
no moment are two of one resource. So an embargo and an expiry follow the clock, and no row has to be written for them.
"""

import datetime
from enum import StrEnum

import sqlalchemy as sa

from fund_api.core import columns
from fund_api.core.facts import DatePrecision, Provenance
from fund_api.core.search_index import word_index

LONGEST_BODY = 100_000
"""Characters of a body."""


class ResourceKind(StrEnum):
    """What a resource is."""

    ARTICLE = "ARTICLE"
    REPORT = "REPORT"
    BOOK = "BOOK"
    BROCHURE = "BROCHURE"
    VIDEO = "VIDEO"
    TOOLKIT = "TOOLKIT"
    CHECKLIST = "CHECKLIST"
    COLUMN = "COLUMN"
    MODEL_CHARTER = "MODEL_CHARTER"
    MAP = "MAP"
    GUIDE = "GUIDE"
    ASSESSMENT = "ASSESSMENT"
    PROGRAM = "PROGRAM"
    WORKSHOP = "WORKSHOP"
    DATASET = "DATASET"
    WEB_PAGE = "WEB_PAGE"


class LinkKind(StrEnum):
    """What the address of a resource leads to."""

    WORK = "WORK"
    ABOUT = "ABOUT"
    LIST = "LIST"


class Access(StrEnum):
    """Who may read a resource."""

    PUBLIC = "PUBLIC"
    MEMBER = "MEMBER"
    STAFF = "STAFF"


class TagBasis(StrEnum):
    """Who says what a tag says of a resource."""

    SOURCE = "SOURCE"
    EDITORIAL = "EDITORIAL"


class Publisher(columns.Table, table=True):
    """Who publishes."""

    __tablename__ = "publisher"

    id: str = columns.identity("pub")
    name: str = columns.text(200, unique=True)
    name_folded: str = columns.text(400)
    url: str | None = columns.text(500, nullable=True)
    provenance: Provenance = columns.choice(Provenance)
    created_at: datetime.datetime = columns.time()
    updated_at: datetime.datetime = columns.time()

    __table_args__ = (sa.Index("ix_publisher_name", "name", "id"), columns.SHARED)


class Resource(columns.Table, table=True):
    """What a publication, tool or program is known by, whatever is said of it."""

    __tablename__ = "resource"

    id: str = columns.identity("res")
    slug: str = columns.text(120, unique=True)
    translation_of: str | None = columns.reference("resource.id", nullable=True, index=True, part=True)
    provenance: Provenance = columns.choice(Provenance)
    created_at: datetime.datetime = columns.time()
    updated_at: datetime.datetime = columns.time()

    __table_args__ = (sa.CheckConstraint("translation_of <> id", name="translates_another"), columns.SHARED)


class Revision(columns.Table, table=True):
    """What a resource says, or said, or is to say. `id` is the resource's, `views` what its readers opened, too."""

    __tablename__ = "revision"

    revision_id: str = columns.identity("rev")
    id: str = columns.owner("resource.id", "res")
    slug: str = columns.text(120)
    number: int = columns.integer(1, 10**9)
    title: str = columns.text(500)
    title_folded: str = columns.text(1_000)
    search_text: str = columns.search_text()
    summary: str | None = columns.text(2_000, nullable=True)
    body: str | None = columns.text(LONGEST_BODY, nullable=True)
    kind: ResourceKind = columns.choice(ResourceKind)
    finer_kind: str | None = columns.text(60, nullable=True)
    publisher_id: str | None = columns.reference("publisher.id", nullable=True, index=True)
    url: str | None = columns.text(500, nullable=True)
    link_kind: LinkKind | None = columns.choice(LinkKind, nullable=True)
    language: str | None = columns.text(35, nullable=True)
    language_basis: TagBasis | None = columns.choice(TagBasis, nullable=True)
    edition_label: str | None = columns.text(100, nullable=True)
    published_on: datetime.date | None = columns.date(nullable=True)
    published_on_precision: DatePrecision | None = columns.choice(DatePrecision, nullable=True)
    access: Access = columns.choice(Access)
    live_from: datetime.datetime | None = columns.time(nullable=True)
    live_until: datetime.datetime | None = columns.time(nullable=True)
    expires_at: datetime.datetime | None = columns.time(nullable=True)
    begin_told: bool = columns.told()
    end_told: bool = columns.told()
    views: int = columns.counter()
    saved_by: str | None = columns.reference("person.id", nullable=True, index=True)
    provenance: Provenance = columns.choice(Provenance)
    created_at: datetime.datetime = columns.time()
    updated_at: datetime.datetime = columns.time()

    __table_args__ = (
        sa.UniqueConstraint("id", "number"),
        sa.UniqueConstraint("id", "live_from"),
        sa.CheckConstraint("(published_on IS NULL) = (published_on_precision IS NULL)", name="published_precision"),
        sa.CheckConstraint("(url IS NULL) = (link_kind IS NULL)", name="link_kind_of_url"),
        sa.CheckConstraint("(language IS NULL) = (language_basis IS NULL)", name="basis_of_language"),
        sa.CheckConstraint("live_from IS NOT NULL OR live_until IS NULL", name="ends_if_begun"),
        sa.CheckConstraint("live_until >= live_from", name="ends_after_begin"),
        sa.Index("ix_revision_slug", "slug"),
        sa.Index("ix_revision_title", "title", "id"),
        sa.Index("ix_revision_views", "views", "id"),
        sa.Index("ix_revision_created", "created_at", "id"),
        *columns.both_null_orders("revision", "published_on"),
        *columns.both_null_orders("revision", "live_from"),
        word_index("revision"),
    )
