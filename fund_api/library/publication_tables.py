"""Tables of who wrote a resource, where it appeared, and in which forms it is had."""

import datetime
from enum import StrEnum

import sqlalchemy as sa

from fund_api.core import columns
from fund_api.core.facts import DatePrecision, Provenance


class FormatKind(StrEnum):
    """In which form a resource is had."""

    WEB = "WEB"
    PDF = "PDF"
    PRINT = "PRINT"


class Author(columns.Table, table=True):
    """Who wrote resources."""

    __tablename__ = "author"

    id: str = columns.identity("author")
    name: str = columns.text(200, unique=True)
    name_folded: str = columns.text(400)
    provenance: Provenance = columns.choice(Provenance)
    created_at: datetime.datetime = columns.time()
    updated_at: datetime.datetime = columns.time()

    __table_args__ = (sa.Index("ix_author_name", "name", "id"), columns.SHARED)


class ResourceAuthor(columns.Table, table=True):
    """Who wrote which resource, in the order of the title page."""

    __tablename__ = "resource_author"

    resource_id: str = columns.reference("resource.id", primary_key=True, part=True)
    author_id: str = columns.reference("author.id", primary_key=True, index=True)
    position: int = columns.integer(1, 1_000)

    __table_args__ = (sa.Index("ix_resource_author_place", "resource_id", "position", "author_id"),)


class Series(columns.Table, table=True):
    """Resources that appear under one name, one after the other."""

    __tablename__ = "series"

    id: str = columns.identity("series")
    name: str = columns.text(200, unique=True)
    name_folded: str = columns.text(400)
    summary: str | None = columns.text(500, nullable=True)
    provenance: Provenance = columns.choice(Provenance)
    created_at: datetime.datetime = columns.time()
    updated_at: datetime.datetime = columns.time()

    __table_args__ = (sa.Index("ix_series_name", "name", "id"),)


class SeriesPart(columns.Table, table=True):
    """A resource as a part of a series, with its number where parts are numbered."""

    __tablename__ = "series_part"

    id: str = columns.identity("part")
    series_id: str = columns.reference("series.id")
    resource_id: str = columns.reference("resource.id", index=True)
    number: int | None = columns.integer(1, 100_000, nullable=True)
    provenance: Provenance = columns.choice(Provenance)
    created_at: datetime.datetime = columns.time()
    updated_at: datetime.datetime = columns.time()

    __table_args__ = (
        sa.UniqueConstraint("series_id", "number"),
        sa.UniqueConstraint("series_id", "resource_id"),
        *columns.both_null_orders("series_part", "number", within="series_id"),
        *columns.both_null_orders("series_part", "number"),
    )


class Periodical(columns.Table, table=True):
    """What appears in issues."""

    __tablename__ = "periodical"

    id: str = columns.identity("periodical")
    name: str = columns.text(200, unique=True)
    name_folded: str = columns.text(400)
    publisher_id: str | None = columns.reference("publisher.id", nullable=True, index=True)
    provenance: Provenance = columns.choice(Provenance)
    created_at: datetime.datetime = columns.time()
    updated_at: datetime.datetime = columns.time()

    __table_args__ = (sa.Index("ix_periodical_name", "name", "id"),)


class PeriodicalIssue(columns.Table, table=True):
    """One issue of a periodical. `resource_id` is the issue as a resource itself, where the library has it."""

    __tablename__ = "periodical_issue"

    id: str = columns.identity("issue")
    periodical_id: str = columns.reference("periodical.id")
    label: str = columns.text(100)
    published_on: datetime.date = columns.date()
    published_on_precision: DatePrecision = columns.choice(DatePrecision)
    resource_id: str | None = columns.reference("resource.id", nullable=True, index=True)
    provenance: Provenance = columns.choice(Provenance)
    created_at: datetime.datetime = columns.time()
    updated_at: datetime.datetime = columns.time()

    __table_args__ = (
        sa.UniqueConstraint("periodical_id", "label"),
        sa.Index("ix_periodical_issue_date", "periodical_id", "published_on", "id"),
        sa.Index("ix_periodical_issue_published_on", "published_on", "id"),
    )


class IssueResource(columns.Table, table=True):
    """Which resources appeared in an issue, in the order of its contents."""

    __tablename__ = "issue_resource"

    issue_id: str = columns.reference("periodical_issue.id", primary_key=True)
    resource_id: str = columns.reference("resource.id", primary_key=True, index=True)
    position: int = columns.integer(1, 1_000)

    __table_args__ = (sa.Index("ix_issue_resource_place", "issue_id", "position", "resource_id"),)


class Format(columns.Table, table=True):
    """A form in which a resource is had. `media_type` and `size_bytes` are of the file behind its address."""

    __tablename__ = "format"

    id: str = columns.identity("format")
    resource_id: str = columns.reference("resource.id", part=True)
    kind: FormatKind = columns.choice(FormatKind)
    url: str | None = columns.text(500, nullable=True)
    media_type: str | None = columns.text(100, nullable=True)
    size_bytes: int | None = columns.integer(1, 2_000_000_000, nullable=True)
    provenance: Provenance = columns.choice(Provenance)
    created_at: datetime.datetime = columns.time()
    updated_at: datetime.datetime = columns.time()

    __table_args__ = (
        sa.UniqueConstraint("resource_id", "kind"),
        sa.Index("ix_format_kind", "kind", "id"),
        sa.CheckConstraint("url IS NOT NULL OR (media_type IS NULL AND size_bytes IS NULL)", name="file_of_url"),
    )


class ResourceView(columns.Table, table=True):
    """How often readers opened a resource on one day, of UTC. Nobody's name stands here."""

    __tablename__ = "resource_view"

    resource_id: str = columns.reference("resource.id", primary_key=True)
    day: datetime.date = columns.date(primary_key=True)
    views: int = columns.integer(1, 10**9)

    __table_args__ = (sa.Index("ix_resource_view_day", "day", "resource_id"),)
