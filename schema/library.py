"""What clients see of the library."""

import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from fund_api.campaigns.tables import CampaignResource
from fund_api.core.facts import DatePrecision, Provenance
from fund_api.graph import declare
from fund_api.graph.declarations import Link
from fund_api.graph.types import Connection, Node
from fund_api.library import tables
from fund_api.library.tables import Access, ResourceKind

if TYPE_CHECKING:
    from schema.campaigns import Campaign
    from schema.events import Event

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
    Access,
    "Who may read a resource; everybody sees that it exists.",
    PUBLIC="Everybody.",
    MEMBER="Members.",
    STAFF="Staff of the fund.",
)


@declare.entity(tables.Resource, order=("-published_on",), search=("title", "summary", "publisher"))
class Resource(Node):
    """A publication, tool or program of the library."""

    title: str = declare.column("Its title.", order=True, folded="title_folded")
    summary: str | None = declare.column("What it is about, in our own words.")
    kind: ResourceKind = declare.column("What it is.")
    publisher: str | None = declare.column("Who publishes it.")
    url: str | None = declare.column("Its address.")
    published_on: datetime.date | None = declare.column("When it was published.", order=True)
    published_on_precision: DatePrecision | None = declare.column("How much of publishedOn is known.")
    access: Access = declare.column("Who may read it.")
    campaigns: Connection[Annotated["Campaign", strawberry.lazy("schema.campaigns")]] = declare.to_many(
        "The campaigns that use it.",
        via=Link(CampaignResource, parent="resource_id", child="campaign_id"),
    )
    activity: Connection[Annotated["Event", strawberry.lazy("schema.events")]] = declare.to_many(
        "What was done with it, the latest first.", key="entity_id"
    )
    provenance: Provenance = declare.column("How this row came to be here.")


@strawberry.type
class LibraryQueries:
    """Root fields on the library."""

    resource: Resource | None = declare.lookup("One resource by its id.", "id")
    resources: Connection[Resource] = declare.listing("All resources, the latest first.")
