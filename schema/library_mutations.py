"""What editors do with resources: they save drafts, decide when they are read, and tag them."""

import datetime
from typing import Any

import strawberry

from fund_api.communities.tables import CampaignKind, FormOfGovernment
from fund_api.core.facts import DatePrecision
from fund_api.graph import declare
from fund_api.graph.mutations import Acting
from fund_api.graph.user_errors import Payload
from fund_api.library import drafts, publishing, tagging
from fund_api.library.tables import Access, LinkKind, ResourceKind
from schema.inputs import given, key, optional
from schema.library import Resource

Info = strawberry.Info[Acting, None]
REVISION = (
    "The number of the latest revision that you read. When somebody saved another since, you get a VersionConflict,"
    " and nothing is done."
)
SAID = (
    *("title", "summary", "body", "kind", "finer_kind", "publisher_id", "publisher_name", "url", "link_kind"),
    *("language", "edition_label", "published_on", "published_on_precision", "access"),
)


def _expected() -> Any:  # Any: the field states its own type
    return strawberry.field(description=REVISION)


def _resource() -> Any:
    return strawberry.field(description="The id of the resource.")


@strawberry.input(description="What a resource may say. What is left out stays as it is; null takes it away.")
class ResourceContentInput:
    """What every revision may say."""

    summary: str | None = optional("What it is about, in our own words.")
    body: str | None = optional("Its text in Markdown, where it is published here. HTML in it is shown as written.")
    finer_kind: str | None = optional("What its source calls it, where that says more than its kind.")
    publisher_id: strawberry.ID | None = strawberry.field(
        name="publisher", description="The id of its publisher.", default=strawberry.UNSET
    )
    publisher_name: str | None = optional("The name of its publisher instead, who is added if there is none of it yet.")
    url: str | None = optional("Its address on the web, with http or https.")
    link_kind: LinkKind | None = optional("What the address leads to; an address needs it.")
    language: str | None = optional("Its language as a BCP 47 tag, as en or es-MX.")
    edition_label: str | None = optional("Which edition it is, as its title page says.")
    published_on: datetime.date | None = optional("When it was published.")
    published_on_precision: DatePrecision | None = optional("How much of publishedOn is known; DAY when left out.")
    access: Access | None = optional("Who may read it; everybody when nobody says otherwise.")


@strawberry.input(description="A resource to begin, as a draft that readers do not see.")
class CreateResourceInput(ResourceContentInput):
    """A new resource."""

    title: str = strawberry.field(description="Its title.")
    kind: ResourceKind = strawberry.field(description="What it is.")
    slug: str | None = strawberry.field(
        description="Its name in addresses, which never changes; made of the title when left out.", default=None
    )
    idempotency_key: str | None = key()


@strawberry.input(description="What a resource is to say. What is left out stays as it is; null takes it away.")
class SaveDraftInput(ResourceContentInput):
    """A draft."""

    resource: strawberry.ID = _resource()
    title: str | None = optional("Its title.")
    kind: ResourceKind | None = optional("What it is.")
    expected_revision: int = _expected()
    idempotency_key: str | None = key()


@strawberry.input(description="A resource to publish now.")
class PublishResourceInput:
    """A resource, and until when it is read."""

    resource: strawberry.ID = _resource()
    expires_at: datetime.datetime | None = strawberry.field(
        description="When it ends by itself; never when left out.", default=None
    )
    expected_revision: int = _expected()
    idempotency_key: str | None = key()


@strawberry.input(description="When readers are to see a resource's latest revision.")
class SchedulePublicationInput:
    """A resource and a time."""

    resource: strawberry.ID = _resource()
    at: datetime.datetime = strawberry.field(description="From when readers see it; a time to come.")
    expires_at: datetime.datetime | None = strawberry.field(
        description="When it ends by itself; never when left out.", default=None
    )
    expected_revision: int = _expected()
    idempotency_key: str | None = key()


@strawberry.input(description="A resource to withdraw.")
class UnpublishResourceInput:
    """A resource."""

    resource: strawberry.ID = _resource()
    expected_revision: int = _expected()
    idempotency_key: str | None = key()


@strawberry.input(description="An older revision to come back to.")
class RevertResourceInput:
    """A resource and a revision."""

    resource: strawberry.ID = _resource()
    to: int = strawberry.field(description="The number of the revision whose words the new draft has.")
    expected_revision: int = _expected()
    idempotency_key: str | None = key()


@strawberry.input(description="For whom a resource is. What is left out fits all; at least one is said.")
class AudienceInput:
    """An audience."""

    campaign_kind: CampaignKind | None = strawberry.field(
        description="The kind of campaign that it helps.", default=None
    )
    state_code: str | None = strawberry.field(
        name="state", description="The two letters of the state that it is about.", default=None
    )
    form: FormOfGovernment | None = strawberry.field(
        description="The form of government that it is about.", default=None
    )


@strawberry.input(
    description="What a resource belongs to, for whom it is, and who wrote it. Each list that is given"
    " replaces all of its kind, and the last word holds; what is left out stays."
)
class SetResourceTagsInput:
    """A resource and its tags."""

    resource: strawberry.ID = _resource()
    topics: list[strawberry.ID] | None = strawberry.field(description="The ids of its topics.", default=None)
    practice_areas: list[strawberry.ID] | None = strawberry.field(
        description="The ids of the practice areas that it is about.", default=None
    )
    audiences: list[AudienceInput] | None = strawberry.field(description="For whom it is.", default=None)
    authors: list[str] | None = strawberry.field(
        description="The names of its authors in the order of the title page; who is new is added.", default=None
    )
    expected_revision: int = _expected()
    idempotency_key: str | None = key()


@strawberry.input(description="What a resource translates.")
class LinkTranslationInput:
    """A translation and its original."""

    resource: strawberry.ID = _resource()
    original: strawberry.ID | None = strawberry.field(
        description="The id of the resource that it translates; null when it translates none."
    )
    expected_revision: int = _expected()
    idempotency_key: str | None = key()


@strawberry.type(description="What mutations of a resource answer.")
class ResourcePayload(Payload):
    """A resource with its latest revision, or why not."""

    id: strawberry.ID | None = strawberry.field(description="The id of the resource.", default=None)
    revision: int | None = strawberry.field(
        description="The number of its latest revision: the next `expectedRevision`.", default=None
    )
    resource: Resource | None = strawberry.field(
        description="What readers see of it now; null when they see nothing.", default=None
    )


def _answer(resource_id: str, revision: int) -> ResourcePayload:
    row = declare.entity_of(resource_id)
    return ResourcePayload(id=strawberry.ID(resource_id), revision=revision, resource=row)


@strawberry.type
class LibraryMutations:
    """Mutations of resources."""

    @declare.mutation("Begin a resource, as a draft that readers do not see. Needs fund:resource:edit.")
    async def create_resource(self, info: Info, input: CreateResourceInput) -> ResourcePayload | None:
        saved = await drafts.create_resource(info.context.tx, given(input, *SAID), slug=input.slug)
        return _answer(saved.resource_id, saved.number)

    @declare.mutation("Save what a resource is to say, which readers do not see yet. Needs fund:resource:edit.")
    async def save_draft(self, info: Info, input: SaveDraftInput) -> ResourcePayload | None:
        tx, expected = info.context.tx, input.expected_revision
        saved = await drafts.save_draft(tx, input.resource, given(input, *SAID), expected_revision=expected)
        return _answer(saved.resource_id, saved.number)

    @declare.mutation(
        "Let readers see a resource's latest revision from now on, in place of what they saw. What was scheduled is"
        " a draft again. Needs fund:resource:edit."
    )
    async def publish_resource(self, info: Info, input: PublishResourceInput) -> ResourcePayload | None:
        tx, expected = info.context.tx, input.expected_revision
        await publishing.publish(tx, input.resource, expires_at=input.expires_at, expected_revision=expected)
        return _answer(input.resource, expected)

    @declare.mutation(
        "Let readers see a resource's latest revision from a time to come. Another one that was scheduled is a draft"
        " again. Needs fund:resource:edit."
    )
    async def schedule_publication(self, info: Info, input: SchedulePublicationInput) -> ResourcePayload | None:
        tx, expected, end = info.context.tx, input.expected_revision, input.expires_at
        await publishing.schedule(tx, input.resource, input.at, expires_at=end, expected_revision=expected)
        return _answer(input.resource, expected)

    @declare.mutation(
        "Let nobody see a resource from now on; what was scheduled is a draft again. Needs fund:resource:edit."
    )
    async def unpublish_resource(self, info: Info, input: UnpublishResourceInput) -> ResourcePayload | None:
        tx, expected = info.context.tx, input.expected_revision
        await publishing.unpublish(tx, input.resource, expected_revision=expected)
        return _answer(input.resource, expected)

    @declare.mutation("Save a draft that says what an older revision says. Needs fund:resource:edit.")
    async def revert_resource(self, info: Info, input: RevertResourceInput) -> ResourcePayload | None:
        tx, expected = info.context.tx, input.expected_revision
        number = await publishing.revert(tx, input.resource, input.to, expected_revision=expected)
        return _answer(input.resource, number)

    @declare.mutation(
        "Say what a resource belongs to, for whom it is, and who wrote it; that holds at once and is the editors' own"
        " word. Needs fund:resource:edit."
    )
    async def set_resource_tags(self, info: Info, input: SetResourceTagsInput) -> ResourcePayload | None:
        tx, expected = info.context.tx, input.expected_revision
        audiences = input.audiences
        tags = tagging.Tags(
            topics=input.topics,
            practice_areas=input.practice_areas,
            audiences=None if audiences is None else [strawberry.asdict(one) for one in audiences],
            authors=input.authors,
        )
        await tagging.set_resource_tags(tx, input.resource, tags, expected_revision=expected)
        return _answer(input.resource, expected)

    @declare.mutation("Say which resource another one translates. Needs fund:resource:edit.")
    async def link_translation(self, info: Info, input: LinkTranslationInput) -> ResourcePayload | None:
        tx, expected = info.context.tx, input.expected_revision
        await tagging.link_translation(tx, input.resource, input.original, expected_revision=expected)
        return _answer(input.resource, expected)
