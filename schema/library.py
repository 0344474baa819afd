"""What clients see of the library's resources."""

import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry
from graphql import GraphQLArgument, GraphQLDefaultInput, GraphQLInt

from fund_api.campaigns.tables import CampaignResource
from fund_api.core.facts import DatePrecision, Provenance
from fund_api.graph import declare
from fund_api.graph.declarations import Link, Variant
from fund_api.graph.types import Connection, Node, Stats
from fund_api.library import markdown, publication_tables, tables, tag_tables, topic_tables, translations, visibility
from fund_api.library.tables import Access, LinkKind, ResourceKind, TagBasis

if TYPE_CHECKING:
    from schema.audiences import AudienceTag, PracticeArea, PracticeAreaTag
    from schema.campaigns import Campaign
    from schema.careers import Program
    from schema.events import Event
    from schema.printing import PrintItem
    from schema.publications import Author, Format, PeriodicalIssue, Publisher, SeriesPart
    from schema.topics import Topic

declare.enum(
    ResourceKind,
    "What a resource is.",
    ARTICLE="An article.",
    REPORT="A report or study.",
    BOOK="A book.",
    BROCHURE="A brochure or leaflet.",
    VIDEO="A video.",
    TOOLKIT="A set of material for a task.",
    CHECKLIST="A checklist.",
    COLUMN="A column of a periodical.",
    MODEL_CHARTER="A model of a charter, or a part of one.",
    MAP="A map.",
    GUIDE="A guide or handbook.",
    ASSESSMENT="A test or assessment of skills or practice.",
    PROGRAM="A program that people join.",
    WORKSHOP="A workshop or course.",
    DATASET="Data.",
    WEB_PAGE="A page of a site.",
)
declare.enum(
    LinkKind,
    "What the address of a resource leads to.",
    WORK="The work itself.",
    ABOUT="A page about it.",
    LIST="A list that names it.",
)
declare.enum(
    Access,
    "Who may read a resource; everybody sees that it exists.",
    PUBLIC="Everybody.",
    MEMBER="Members.",
    STAFF="Staff of the fund.",
)
declare.enum(
    TagBasis,
    "Who says what a tag says of a resource.",
    SOURCE="The resource itself, or who publishes it.",
    EDITORIAL="The editors of this library.",
)


@declare.entity(
    tables.Revision,
    order=("-published_on",),
    search=("title", "summary"),
    visible=visibility.live,
    row_key="revision_id",
)
class Resource(Node):
    """A publication, tool or program of the library, as it is published now."""

    slug: str = declare.column("Its name in addresses, which never changes.")
    title: str = declare.column("Its title.", order=True, folded="title_folded")
    summary: str | None = declare.column("What it is about, in our own words.")
    kind: ResourceKind = declare.column("What it is.")
    finer_kind: str | None = declare.column("What its source calls it, where that says more than its kind.")
    publisher: Annotated["Publisher", strawberry.lazy("schema.publications")] | None = declare.to_one(
        "Who publishes it.", own="publisher_id"
    )
    authors: Connection[Annotated["Author", strawberry.lazy("schema.publications")]] = declare.to_many(
        "Who wrote it, in the order of its title page.",
        via=Link(publication_tables.ResourceAuthor, parent="resource_id", child="author_id", order="position"),
    )
    body: str | None = declare.column(
        "Its text in Markdown; null where it lies elsewhere, and for who may not read it.",
        filters=False,
        readable=visibility.content,
    )
    html: str | None = declare.computed(
        "Its text as HTML in which nothing runs; null where it has none, and for who may not read it.",
        markdown.html,
        "body",
    )
    excerpt: str | None = declare.computed(
        "The beginning of its text in plain words, cut between two; null as html.",
        markdown.excerpt,
        "body",
        arguments={
            "length": GraphQLArgument(
                GraphQLInt,
                default=GraphQLDefaultInput(value=markdown.EXCERPT),
                description=f"How many characters at most, from 1 to {markdown.LONGEST_EXCERPT:,}.",
            )
        },
    )
    word_count: int | None = declare.computed("How many words its text has; null as html.", markdown.word_count, "body")
    reading_minutes: int | None = declare.computed(
        "How many minutes it takes to read its text; null as html.", markdown.reading_minutes, "body"
    )
    url: str | None = declare.column("Its address; null for who may not read it.", readable=visibility.content)
    link_kind: LinkKind | None = declare.column("What its address leads to.")
    formats: Connection[Annotated["Format", strawberry.lazy("schema.publications")]] = declare.to_many(
        "The forms in which it is had.", key="resource_id"
    )
    language: str | None = declare.column("Its language as a BCP 47 tag, as en or es-MX; null when unknown.")
    language_basis: TagBasis | None = declare.column("Who says what language it is in.")
    edition_label: str | None = declare.column("Which edition it is, as its title page says.")
    published_on: datetime.date | None = declare.column("When it was published.", order=True)
    published_on_precision: DatePrecision | None = declare.column("How much of publishedOn is known.")
    access: Access = declare.column("Who may read it.")
    popularity: int = declare.column("How often readers opened it.", column="views", order=True)
    topics: Connection[Annotated["Topic", strawberry.lazy("schema.topics")]] = declare.to_many(
        "The topics that it belongs to.",
        via=Link(topic_tables.TopicResource, parent="resource_id", child="topic_id"),
    )
    practice_areas: Connection[Annotated["PracticeArea", strawberry.lazy("schema.audiences")]] = declare.to_many(
        "What of a professional manager's work it is about.",
        via=Link(tag_tables.PracticeAreaTag, parent="resource_id", child="practice_area_id"),
    )
    practice_area_tags: Connection[Annotated["PracticeAreaTag", strawberry.lazy("schema.audiences")]] = declare.to_many(
        "The same, with who says so.", key="resource_id"
    )
    audiences: Connection[Annotated["AudienceTag", strawberry.lazy("schema.audiences")]] = declare.to_many(
        "For whom it is, the most exact first.", key="resource_id"
    )
    series: Connection[Annotated["SeriesPart", strawberry.lazy("schema.publications")]] = declare.to_many(
        "The series that it is a part of.", key="resource_id"
    )
    issues: Connection[Annotated["PeriodicalIssue", strawberry.lazy("schema.publications")]] = declare.to_many(
        "The issues of periodicals that it appeared in.",
        via=Link(publication_tables.IssueResource, parent="resource_id", child="issue_id"),
    )
    translations: Connection["Resource"] = declare.to_many(
        "The same in other languages, the original among them.", matching=translations.others
    )
    print_items: Connection[Annotated["PrintItem", strawberry.lazy("schema.printing")]] = declare.to_many(
        "What of it is in print.", key="resource_id"
    )
    programs: Connection[Annotated["Program", strawberry.lazy("schema.careers")]] = declare.to_many(
        "The programs whose page it is, with their sessions.", key="resource_id"
    )
    campaigns: Connection[Annotated["Campaign", strawberry.lazy("schema.campaigns")]] = declare.to_many(
        "The campaigns that use it.",
        via=Link(CampaignResource, parent="resource_id", child="campaign_id"),
    )
    activity: Connection[Annotated["Event", strawberry.lazy("schema.events")]] = declare.to_many(
        "What was done with it, the latest first.", key="entity_id"
    )
    revision: int = declare.column("Which of its revisions this is, from 1.", column="number", filters=False)
    live_from: datetime.datetime | None = declare.column("Since when it says this.", order=True)
    live_until: datetime.datetime | None = declare.column("Until when it says this, as far as is decided.")
    provenance: Provenance = declare.column("How this row came to be here.")


@strawberry.type
class LibraryQueries:
    """Root fields on resources."""

    resource: Resource | None = declare.lookup(
        "One resource, by its id or its slug.",
        "id",
        "slug",
        by=True,
        variants={
            "preview": Variant(
                visibility.latest, "Whether editors see its latest revision, live or not; others see what is live."
            )
        },
    )
    resources: Connection[Resource] = declare.listing("All resources, the latest first.")
    resource_stats: Stats = declare.stats(
        "How many resources there are in groups, of those that match: what a reader can narrow a list by.",
        Resource,
        keys=(
            *("kind", "finer_kind", "language", "access", "link_kind", "published_on", "live_from", "provenance"),
            *("publisher.id", "publisher.name", "topics.slug", "topics.name"),
            *("practice_areas.slug", "practice_areas.name"),
        ),
        measures=("popularity",),
    )
