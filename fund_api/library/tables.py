"""Tables of the library. The words are those of the field; `schema/library.py` says what they mean to a reader."""

import datetime
from enum import StrEnum

import sqlalchemy as sa

from fund_api.core import columns
from fund_api.core.facts import DatePrecision, Provenance
from fund_api.core.search_index import word_index


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


class Access(StrEnum):
    """Who may read a resource."""

    PUBLIC = "PUBLIC"
    MEMBER = "MEMBER"
    STAFF = "STAFF"


class Resource(columns.Table, table=True):
    """A publication, tool or program, by its title and address."""

    __tablename__ = "resource"

    id: str = columns.identity("res")
    title: str = columns.text(500)
    title_folded: str = columns.text(1_000)
    search_text: str = columns.search_text()
    summary: str | None = columns.text(2_000, nullable=True)
    kind: ResourceKind = columns.choice(ResourceKind)
    publisher: str | None = columns.text(200, nullable=True)
    url: str | None = columns.text(500, nullable=True)
    published_on: datetime.date | None = columns.date(nullable=True)
    published_on_precision: DatePrecision | None = columns.choice(DatePrecision, nullable=True)
    access: Access = columns.choice(Access)
    provenance: Provenance = columns.choice(Provenance)
    created_at: datetime.datetime = columns.time()
    updated_at: datetime.datetime = columns.time()

    __table_args__ = (
        sa.CheckConstraint("(published_on IS NULL) = (published_on_precision IS NULL)", name="published_precision"),
        sa.Index("ix_resource_title", "title", "id"),
        *columns.both_null_orders("resource", "published_on"),
        word_index("resource"),
    )
