"""What clients see of topic hubs."""

from typing import TYPE_CHECKING, Annotated

import strawberry

from fund_api.core.facts import Provenance
from fund_api.graph import declare
from fund_api.graph.declarations import Link
from fund_api.graph.types import Connection, Node
from fund_api.library import topic_tables as tables
from fund_api.library.topic_tables import SectionRule
from schema.library import Resource

if TYPE_CHECKING:
    from schema.events import Event

declare.enum(
    SectionRule,
    "How a section of a hub comes by its resources.",
    CURATED="Editors choose them and their order.",
    POPULAR="What readers opened most, then what editors chose.",
    LATEST="What was published last; undated resources keep the place that editors gave them.",
)


@declare.entity(tables.Topic, order=("name",))
class Topic(Node):
    """A subject, with a hub of its own."""

    slug: str = declare.column("Its name in addresses.")
    name: str = declare.column("Its name.", order=True, folded="name_folded")
    summary: str | None = declare.column("What it is about.")
    parent: "Topic | None" = declare.to_one("The wider topic that it belongs to.", own="parent_id")
    topics: Connection["Topic"] = declare.to_many("The narrower topics inside it, by name.", key="parent_id")
    sections: Connection["HubSection"] = declare.to_many("The sections of its hub, in their order.", key="topic_id")
    resources: Connection[Resource] = declare.to_many(
        "All of its resources, the latest first.",
        via=Link(tables.TopicResource, parent="topic_id", child="resource_id"),
    )
    activity: Connection[Annotated["Event", strawberry.lazy("schema.events")]] = declare.to_many(
        "What was done with it, the latest first.", key="entity_id"
    )
    version: int = declare.column("How often it was written; updates name the version that they read.", filters=False)
    provenance: Provenance = declare.column("How this row came to be here.")


@declare.entity(tables.HubSection, order=("position",))
class HubSection(Node):
    """A part of a topic's hub."""

    topic: Topic = declare.to_one("The topic.", own="topic_id")
    slug: str = declare.column("Its name in addresses, inside the topic.")
    title: str = declare.column("Its title.")
    rule: SectionRule = declare.column("How it comes by its resources.")
    position: int = declare.column("Its place in the hub, from 1.", order=True)
    size: int = declare.column("How many resources it shows at most.")
    window_days: int | None = declare.column("Of how many days it counts views; null unless it is POPULAR.")
    resources: Connection[Resource] = declare.to_many(
        "Its resources, in their order.",
        via=Link(tables.SectionResource, parent="section_id", child="resource_id", order="position"),
    )
    version: int = declare.column("How often it was written; updates name the version that they read.", filters=False)
    provenance: Provenance = declare.column("How this row came to be here.")


@strawberry.type
class TopicQueries:
    """Root fields on topics."""

    topic: Topic | None = declare.lookup("One topic, by its id or its slug.", "id", "slug", by=True)
    topics: Connection[Topic] = declare.listing("All topics, by name.")
    hub_sections: Connection[HubSection] = declare.listing("The parts of the topics' hubs, in their order.")
