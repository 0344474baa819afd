"""Tables of topic hubs: topics, their sections, and which resources stand in them."""

import datetime
from enum import StrEnum

import sqlalchemy as sa

from fund_api.core import columns
from fund_api.core.facts import Provenance

MOST_SHOWN = 100
"""Resources of one section."""


class SectionRule(StrEnum):
    """How a section of a hub comes by its resources."""

    CURATED = "CURATED"
    POPULAR = "POPULAR"
    LATEST = "LATEST"


class Topic(columns.Table, table=True):
    """A subject with a hub of its own, perhaps inside another."""

    __tablename__ = "topic"

    id: str = columns.identity("topic")
    slug: str = columns.text(60, unique=True)
    name: str = columns.text(100)
    name_folded: str = columns.text(200)
    summary: str | None = columns.text(500, nullable=True)
    parent_id: str | None = columns.reference("topic.id", nullable=True, index=True)
    version: int = columns.version()
    provenance: Provenance = columns.choice(Provenance)
    created_at: datetime.datetime = columns.time()
    updated_at: datetime.datetime = columns.time()

    __table_args__ = (
        sa.CheckConstraint("parent_id <> id", name="inside_another"),
        sa.Index("ix_topic_name", "name", "id"),
        columns.SHARED,
    )


class TopicResource(columns.Table, table=True):
    """Which resources belong to a topic."""

    __tablename__ = "topic_resource"

    topic_id: str = columns.reference("topic.id", primary_key=True)
    resource_id: str = columns.reference("resource.id", primary_key=True, index=True, part=True)


class HubSection(columns.Table, table=True):
    """A part of a topic's hub: at most `size` resources, by its rule. POPULAR counts views of `window_days`."""

    __tablename__ = "hub_section"

    id: str = columns.identity("section")
    topic_id: str = columns.reference("topic.id", part=True)
    slug: str = columns.text(60)
    title: str = columns.text(200)
    rule: SectionRule = columns.choice(SectionRule)
    position: int = columns.integer(1, 1_000)
    size: int = columns.integer(1, MOST_SHOWN)
    window_days: int | None = columns.integer(1, 3_660, nullable=True)
    version: int = columns.version()
    provenance: Provenance = columns.choice(Provenance)
    created_at: datetime.datetime = columns.time()
    updated_at: datetime.datetime = columns.time()

    __table_args__ = (
        sa.UniqueConstraint("topic_id", "slug"),
        sa.CheckConstraint("(rule = 'POPULAR') = (window_days IS NOT NULL)", name="window_of_popular"),
        sa.Index("ix_hub_section_topic", "topic_id", "position", "id"),
        sa.Index("ix_hub_section_position", "position", "id"),
    )


class SectionPin(columns.Table, table=True):
    """A resource that editors put into a section, or a source listed there, and at which place."""

    __tablename__ = "section_pin"

    section_id: str = columns.reference("hub_section.id", primary_key=True)
    resource_id: str = columns.reference("resource.id", primary_key=True, index=True)
    position: int = columns.integer(1, 1_000)


class SectionResource(columns.Table, table=True):
    """What a section's rule makes of its pins and its topic: which resources stand in it, in which order.

    The server arranges it by itself: what is fictional stands in a real section that its topic has, marked as such.
    """

    __tablename__ = "section_resource"

    section_id: str = columns.reference("hub_section.id", primary_key=True, part=False)
    resource_id: str = columns.reference("resource.id", primary_key=True, index=True)
    position: int = columns.integer(1, 1_000)

    __table_args__ = (sa.Index("ix_section_resource_place", "section_id", "position", "resource_id"),)
