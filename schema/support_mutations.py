"""Asking the fund for support, and what the fund says to it."""

import datetime
from typing import Annotated, Any, ClassVar

import strawberry

from fund_api.campaigns import support
from fund_api.campaigns.work_tables import RequestState
from fund_api.communities.tables import CampaignKind
from fund_api.core.errors import NotFound
from fund_api.graph import declare
from fund_api.graph.mutations import Acting
from fund_api.graph.reading import Asking
from fund_api.graph.user_errors import Payload
from schema.campaign_work import SupportRequest
from schema.campaigns import Campaign
from schema.inputs import given, key, version
from schema.throttling import slow_down

Info = strawberry.Info[Acting, None]
RECALL = "Whether it is a drive against a person, such as a recall. The fund never supports one, and says so."


@strawberry.input(description="A request that the fund support a campaign.")
class RequestCampaignSupportInput:
    """Who asks, where, and for what."""

    name: str = strawberry.field(description="Who you are.")
    email: str = strawberry.field(description="How to reach you.")
    community_id: strawberry.ID = strawberry.field(name="community", description="The id of the community.")
    kind: CampaignKind = strawberry.field(description="What is hoped for or threatened.")
    message: str = strawberry.field(description="What the fund should know.")
    against_person: bool = strawberry.field(description=RECALL, default=False)
    idempotency_key: str | None = key()


@strawberry.input(description="A request that the fund accepts: it becomes a campaign.")
class AcceptSupportRequestInput:
    """A request, and the campaign's title."""

    id: strawberry.ID = strawberry.field(description="The id of the request.")
    title: str = strawberry.field(description="What the campaign is to be called here.")
    summary: str | None = strawberry.field(description="What it is about, in a few sentences.", default=None)
    expected_version: int = version()
    idempotency_key: str | None = key()


@strawberry.input(description="A request that the fund declines.")
class DeclineSupportRequestInput:
    """A request, and why not."""

    id: strawberry.ID = strawberry.field(description="The id of the request.")
    reason: str = strawberry.field(description="Why, in words for who asked.")
    expected_version: int = version()
    idempotency_key: str | None = key()


@strawberry.type(description="What requestCampaignSupport answers.")
class RequestCampaignSupportPayload(Payload):
    """A secret, or why not."""

    withheld: ClassVar[frozenset[str]] = frozenset({"secret"})
    request: strawberry.ID | None = strawberry.field(description="The id of the request.", default=None)
    secret: str | None = strawberry.field(
        description="Look the state of the request up by it: supportRequestState. It is told this once.", default=None
    )


@strawberry.type(description="What acceptSupportRequest answers.")
class AcceptSupportRequestPayload(Payload):
    """A campaign with an invitation to it, or why not."""

    withheld: ClassVar[frozenset[str]] = frozenset({"secret"})
    support_request: SupportRequest | None = strawberry.field(description="The request as it is now.", default=None)
    campaign: Campaign | None = strawberry.field(description="The campaign that it became.", default=None)
    secret: str | None = strawberry.field(
        description="What who asked needs for acceptInvitation, within seven days. It is told this once.", default=None
    )


@strawberry.type(description="What declineSupportRequest answers.")
class SupportRequestPayload(Payload):
    """A request, or why not."""

    support_request: SupportRequest | None = strawberry.field(description="The request as it is now.", default=None)


@strawberry.type(description="What became of a request for support, for who asked.")
class SupportRequestState:
    """The state of a request, without anything private."""

    state: RequestState = strawberry.field(description="What became of it.")
    reason: str | None = strawberry.field(description="Why it was declined.")
    campaign: Campaign | None = strawberry.field(description="The campaign that it became, once you may see it.")
    created_at: datetime.datetime = strawberry.field(description="When it came.")
    decided_at: datetime.datetime | None = strawberry.field(description="When it was decided; null while it waits.")


async def support_request_state(
    info: strawberry.Info[Asking, None],
    secret: Annotated[str, strawberry.argument(description="What requestCampaignSupport answered.")],
) -> SupportRequestState | None:
    """The request with this secret."""
    async with info.context.services["database"].reading() as connection:
        try:
            found = await support.look_up(connection, secret)
        except NotFound:
            return None
    names = ("state", "reason", "created_at", "decided_at")
    shown: dict[str, Any] = {name: found[name] for name in names}  # Any: each column's own
    return SupportRequestState(**shown, campaign=declare.entity_of(found["campaign_id"]))


@strawberry.type
class SupportQueries:
    """Root fields on requests for support."""

    support_request_state: SupportRequestState | None = strawberry.field(
        resolver=support_request_state,
        description="What became of a request for support, by the secret that its sender was told; null for another.",
    )


@strawberry.type
class SupportMutations:
    """Mutations of requests for support."""

    @declare.mutation("Ask the fund to support a campaign. Everybody may; an address may do it ten times a minute.")
    async def request_campaign_support(
        self, info: Info, input: RequestCampaignSupportInput
    ) -> RequestCampaignSupportPayload | None:
        slow_down(info.context)
        values = given(input, "name", "email", "community_id", "kind", "message")
        made = await support.request_campaign_support(info.context.tx, values, against_person=input.against_person)
        return RequestCampaignSupportPayload(request=strawberry.ID(made.request_id), secret=made.secret)

    @declare.mutation("Make a request a campaign, and invite who asked to coordinate it. Needs fund:support:decide.")
    async def accept_support_request(
        self, info: Info, input: AcceptSupportRequestInput
    ) -> AcceptSupportRequestPayload | None:
        tx, expected = info.context.tx, input.expected_version
        made = await support.accept_support_request(
            tx, input.id, input.title, summary=input.summary, expected_version=expected
        )
        request, campaign = declare.entity_of(made.request_id), declare.entity_of(made.campaign_id)
        return AcceptSupportRequestPayload(support_request=request, campaign=campaign, secret=made.secret)

    @declare.mutation("Decline a request, with a reason. Needs fund:support:decide.")
    async def decline_support_request(
        self, info: Info, input: DeclineSupportRequestInput
    ) -> SupportRequestPayload | None:
        expected = input.expected_version
        await support.decline_support_request(info.context.tx, input.id, input.reason, expected_version=expected)
        return SupportRequestPayload(support_request=declare.entity_of(input.id))
