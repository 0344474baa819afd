"""What editors do with topics and the sections of their hubs."""

import strawberry

from fund_api.graph import declare
from fund_api.graph.mutations import Acting
from fund_api.graph.user_errors import Payload
from fund_api.library import topics
from fund_api.library.topic_tables import MOST_SHOWN, SectionRule
from schema.inputs import given, key, optional, version
from schema.topics import HubSection, Topic

Info = strawberry.Info[Acting, None]


@strawberry.input(description="A topic to begin.")
class CreateTopicInput:
    """A new topic."""

    name: str = strawberry.field(description="Its name.")
    slug: str | None = strawberry.field(
        description="Its name in addresses, which never changes; made of the name when left out.", default=None
    )
    summary: str | None = optional("What it is about.")
    parent_id: strawberry.ID | None = strawberry.field(
        name="parent", description="The id of the wider topic that it belongs to.", default=strawberry.UNSET
    )
    idempotency_key: str | None = key()


@strawberry.input(description="What is to be said of a topic. What is left out stays as it is; null takes it away.")
class UpdateTopicInput:
    """A topic's own words."""

    id: strawberry.ID = strawberry.field(description="The id of the topic.")
    name: str | None = optional("Its name.")
    summary: str | None = optional("What it is about.")
    parent_id: strawberry.ID | None = strawberry.field(
        name="parent", description="The id of the wider topic that it belongs to.", default=strawberry.UNSET
    )
    expected_version: int = version()
    idempotency_key: str | None = key()


@strawberry.input(description="A section of a topic's hub, new or changed. What is left out stays as it is.")
class SaveSectionInput:
    """A section."""

    topic: strawberry.ID = strawberry.field(description="The id of the topic.")
    slug: str = strawberry.field(description="The section's name in addresses, inside the topic.")
    title: str | None = optional("Its title; a new one needs it.")
    rule: SectionRule | None = optional("How it comes by its resources; a new one needs it.")
    position: int | None = optional("Its place in the hub, from 1; a new one comes last when left out.")
    size: int | None = optional(f"How many resources it shows at most, up to {MOST_SHOWN}; 12 for a new one.")
    window_days: int | None = optional("Of how many days a POPULAR one counts views; 365 for a new one.")
    pins: list[strawberry.ID] | None = strawberry.field(
        description="The ids of the resources that you choose, in their order; in place of those before.", default=None
    )
    expected_version: int | None = strawberry.field(
        description="The `version` that you read; null for a new section. When somebody changed it since, you get a"
        " VersionConflict, and nothing is done.",
        default=None,
    )
    idempotency_key: str | None = key()


@strawberry.type(description="What mutations of a topic answer.")
class TopicPayload(Payload):
    """A topic, or why not."""

    topic: Topic | None = strawberry.field(description="The topic as it is now.", default=None)


@strawberry.type(description="What saveSection answers.")
class SectionPayload(Payload):
    """A section, or why not."""

    section: HubSection | None = strawberry.field(description="The section as it is now.", default=None)


@strawberry.type
class TopicMutations:
    """Mutations of topics."""

    @declare.mutation("Begin a topic. Needs fund:resource:edit.")
    async def create_topic(self, info: Info, input: CreateTopicInput) -> TopicPayload | None:
        topic_id = await topics.create_topic(info.context.tx, given(input, *topics.SAID), slug=input.slug)
        return TopicPayload(topic=declare.entity_of(topic_id))

    @declare.mutation("Change what is said of a topic. Needs fund:resource:edit.")
    async def update_topic(self, info: Info, input: UpdateTopicInput) -> TopicPayload | None:
        values, expected = given(input, *topics.SAID), input.expected_version
        await topics.update_topic(info.context.tx, input.id, values, expected_version=expected)
        return TopicPayload(topic=declare.entity_of(input.id))

    @declare.mutation("Add a section to a topic's hub, or change one. Needs fund:resource:edit.")
    async def save_section(self, info: Info, input: SaveSectionInput) -> SectionPayload | None:
        given_version = input.expected_version
        values = given(input, *topics.ARRANGED)
        section_id = await topics.save_section(
            info.context.tx, input.topic, input.slug, values, pins=input.pins, expected_version=given_version
        )
        return SectionPayload(section=declare.entity_of(section_id))
