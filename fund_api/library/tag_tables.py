"""Tables of what a resource is about and for whom: practice areas, responsibilities, audiences."""

import datetime

import sqlalchemy as sa

from fund_api.communities.tables import CampaignKind, FormOfGovernment
from fund_api.core import columns
from fund_api.core.facts import Provenance
from fund_api.library.tables import TagBasis


class PracticeArea(columns.Table, table=True):
    """A part of what a professional manager brings."""

    __tablename__ = "practice_area"

    id: str = columns.identity("area")
    slug: str = columns.text(60, unique=True)
    name: str = columns.text(100)
    summary: str = columns.text(500)
    position: int = columns.integer(1, 1_000)
    provenance: Provenance = columns.choice(Provenance)
    created_at: datetime.datetime = columns.time()
    updated_at: datetime.datetime = columns.time()

    __table_args__ = (sa.Index("ix_practice_area_position", "position", "id"), columns.SHARED)


class Responsibility(columns.Table, table=True):
    """Something that a manager does for a community."""

    __tablename__ = "responsibility"

    id: str = columns.identity("resp")
    slug: str = columns.text(60, unique=True)
    name: str = columns.text(100)
    summary: str = columns.text(500)
    position: int = columns.integer(1, 1_000)
    provenance: Provenance = columns.choice(Provenance)
    created_at: datetime.datetime = columns.time()
    updated_at: datetime.datetime = columns.time()

    __table_args__ = (sa.Index("ix_responsibility_position", "position", "id"), columns.SHARED)


class PracticeAreaTag(columns.Table, table=True):
    """That a resource is about a practice area, and who says so."""

    __tablename__ = "practice_area_tag"

    id: str = columns.identity("areatag")
    resource_id: str = columns.reference("resource.id", part=True)
    practice_area_id: str = columns.reference("practice_area.id", index=True)
    basis: TagBasis = columns.choice(TagBasis)
    provenance: Provenance = columns.choice(Provenance)
    created_at: datetime.datetime = columns.time()
    updated_at: datetime.datetime = columns.time()

    __table_args__ = (sa.UniqueConstraint("resource_id", "practice_area_id"),)


class AudienceTag(columns.Table, table=True):
    """For whom a resource is, and who says so. What is null fits all; `specificity` counts what is not."""

    __tablename__ = "audience_tag"

    id: str = columns.identity("aud")
    resource_id: str = columns.reference("resource.id", part=True)
    campaign_kind: CampaignKind | None = columns.choice(CampaignKind, nullable=True)
    state_code: str | None = columns.reference("state.code", nullable=True, index=True)
    form: FormOfGovernment | None = columns.choice(FormOfGovernment, nullable=True)
    specificity: int | None = columns.derived(
        sa.Integer,
        "CASE WHEN campaign_kind IS NULL THEN 0 ELSE 1 END + CASE WHEN state_code IS NULL THEN 0 ELSE 1 END"
        " + CASE WHEN form IS NULL THEN 0 ELSE 1 END",
    )
    basis: TagBasis = columns.choice(TagBasis)
    views: int = columns.counter()
    provenance: Provenance = columns.choice(Provenance)
    created_at: datetime.datetime = columns.time()
    updated_at: datetime.datetime = columns.time()

    __table_args__ = (
        sa.Index("ix_audience_tag_resource", "resource_id", "specificity", "id"),
        sa.Index("ix_audience_tag_kind", "campaign_kind", "state_code", "form"),
    )
