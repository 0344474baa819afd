"""What can be done with campaigns."""

import datetime

import strawberry

from fund_api.campaigns import measures, members, notices, rules
from fund_api.campaigns.tables import (
    FundPosition,
    MeasureKind,
    MilestoneKind,
    Outcome,
    ResultStatus,
    Route,
    Stage,
    Stance,
)
from fund_api.campaigns.work_tables import SupportKind
from fund_api.communities.tables import CampaignKind
from fund_api.graph import declare
from fund_api.graph.mutations import Acting
from fund_api.graph.user_errors import Payload
from schema.campaign_work import Notice, SupportEngagement
from schema.campaigns import BallotMeasure, Campaign, Milestone
from schema.inputs import MoneyInput, cents, given, key, optional, version

Info = strawberry.Info[Acting, None]
SAID = ("title", "summary", "kind", "route", "organization_id", "opened_on", "election_on")
RECALL = "Whether it is a drive against a person, such as a recall. The fund never supports one, and says so."


@strawberry.input(description="A campaign to begin.")
class CreateCampaignInput:
    """A new campaign."""

    community_id: strawberry.ID = strawberry.field(name="community", description="The id of the community.")
    title: str = strawberry.field(description="What it is to be called here.")
    kind: CampaignKind = strawberry.field(description="What it wants for the form of government.")
    route: Route | None = optional("The legal way to the decision.")
    summary: str | None = optional("What it is about, in a few sentences.")
    organization_id: strawberry.ID | None = strawberry.field(
        name="organization", description="The id of the group that runs it.", default=strawberry.UNSET
    )
    opened_on: datetime.date | None = optional("The day it began; today when left out.")
    election_on: datetime.date | None = optional("Election day. With a route, its milestones are counted back from it.")
    against_person: bool = strawberry.field(description=RECALL, default=False)
    idempotency_key: str | None = key()


@strawberry.input(description="What to change of a campaign; what is left out stays, null takes a value away.")
class UpdateCampaignInput:
    """Changes of a campaign."""

    id: strawberry.ID = strawberry.field(description="The id of the campaign.")
    title: str | None = optional("What it is called here; a campaign always has a title.")
    kind: CampaignKind | None = optional("What it wants for the form of government.")
    route: Route | None = optional("The legal way to the decision.")
    summary: str | None = optional("What it is about, in a few sentences.")
    organization_id: strawberry.ID | None = strawberry.field(
        name="organization", description="The id of the group that runs it.", default=strawberry.UNSET
    )
    opened_on: datetime.date | None = optional("The day it began.")
    election_on: datetime.date | None = optional("Election day.")
    expected_version: int = version()
    idempotency_key: str | None = key()


@strawberry.input(description="Where to move a campaign.")
class MoveCampaignInput:
    """A stage to move to."""

    id: strawberry.ID = strawberry.field(description="The id of the campaign.")
    to: Stage = strawberry.field(description="The stage to move to; `availableActions` says which are open.")
    expected_version: int = version()
    idempotency_key: str | None = key()


@strawberry.input(description="What became of the form of government.")
class RecordOutcomeInput:
    """An outcome."""

    id: strawberry.ID = strawberry.field(description="The id of the campaign.")
    outcome: Outcome | None = strawberry.field(description="The outcome; null when it is open after all.")
    expected_version: int = version()
    idempotency_key: str | None = key()


@strawberry.input(description="The campaign that everybody may see from now on.")
class PublishCampaignInput:
    """A campaign, by id."""

    id: strawberry.ID = strawberry.field(description="The id of the campaign.")
    expected_version: int = version()
    idempotency_key: str | None = key()


@strawberry.input(description="A milestone to add.")
class AddMilestoneInput:
    """A dated step."""

    campaign: strawberry.ID = strawberry.field(description="The id of the campaign.")
    kind: MilestoneKind = strawberry.field(description="Which step.")
    due_on: datetime.date | None = optional("The day by which it must be done.")
    note: str | None = optional("A remark.")
    idempotency_key: str | None = key()


@strawberry.input(description="A milestone that is done.")
class CompleteMilestoneInput:
    """A milestone and its day."""

    id: strawberry.ID = strawberry.field(description="The id of the milestone.")
    done_on: datetime.date = strawberry.field(description="The day on which it was done, today or before.")
    expected_version: int = version()
    idempotency_key: str | None = key()


@strawberry.input(description="A question on the ballot.")
class AddBallotMeasureInput:
    """A ballot measure."""

    campaign: strawberry.ID = strawberry.field(description="The id of the campaign.")
    question: str = strawberry.field(description="What is asked, in short.")
    kind: MeasureKind = strawberry.field(description="The direction of the change.")
    election_on: datetime.date | None = optional("Election day.")
    yes_means: Stance | None = optional("The side of a yes on the ballot.")
    fund_position: FundPosition | None = optional("The side that the fund takes.")
    note: str | None = optional("What a reader must know.")
    idempotency_key: str | None = key()


@strawberry.input(description="What the voters did. Votes are counted for and against the change.")
class RecordResultInput:
    """A result."""

    id: strawberry.ID = strawberry.field(description="The id of the ballot measure.")
    status: ResultStatus = strawberry.field(description="How official the result is; it never becomes less so.")
    votes_for: int | None = optional("Votes for the change.")
    votes_against: int | None = optional("Votes against the change.")
    percent_for: float | None = optional("Percent for the change, where the source states it.")
    percent_against: float | None = optional("Percent against the change, where the source states it.")
    passed: bool | None = optional("Whether the change was voted through, as the source states it.")
    as_of: datetime.date | None = optional("The day of which the figures speak.")
    expected_version: int = version()
    idempotency_key: str | None = key()


@strawberry.input(description="Help without money that was given.")
class LogSupportInput:
    """A support engagement."""

    campaign: strawberry.ID = strawberry.field(description="The id of the campaign.")
    kind: SupportKind = strawberry.field(description="What kind of help.")
    given_on: datetime.date = strawberry.field(description="The day on which it was given, today or before.")
    in_kind_value: MoneyInput = strawberry.field(description="What it was worth.")
    lobbying: bool = strawberry.field(description="Whether it counts as lobbying of the fund.")
    description: str | None = optional("What was done.")
    idempotency_key: str | None = key()


@strawberry.input(description="Somebody's membership of a campaign.")
class CampaignMemberInput:
    """A person and a campaign."""

    campaign: strawberry.ID = strawberry.field(description="The id of the campaign.")
    person: strawberry.ID = strawberry.field(description="The id of the person.")
    idempotency_key: str | None = key()


@strawberry.input(description="The notice that you have read.")
class MarkNoticeReadInput:
    """A notice, by id."""

    id: strawberry.ID = strawberry.field(description="The id of the notice.")
    idempotency_key: str | None = key()


@strawberry.type(description="What mutations of a campaign answer.")
class CampaignPayload(Payload):
    """A campaign, or why not."""

    campaign: Campaign | None = strawberry.field(description="The campaign as it is now.", default=None)


@strawberry.type(description="What mutations of a milestone answer.")
class MilestonePayload(Payload):
    """A milestone, or why not."""

    milestone: Milestone | None = strawberry.field(description="The milestone as it is now.", default=None)


@strawberry.type(description="What mutations of a ballot measure answer.")
class BallotMeasurePayload(Payload):
    """A ballot measure, or why not."""

    ballot_measure: BallotMeasure | None = strawberry.field(description="The measure as it is now.", default=None)


@strawberry.type(description="What logSupport answers.")
class SupportPayload(Payload):
    """A support engagement, or why not."""

    support_engagement: SupportEngagement | None = strawberry.field(description="What was logged.", default=None)


@strawberry.type(description="What markNoticeRead answers.")
class NoticePayload(Payload):
    """A notice, or why not."""

    notice: Notice | None = strawberry.field(description="The notice as it is now.", default=None)


@strawberry.type
class CampaignMutations:
    """Mutations of campaigns."""

    @declare.mutation("Begin a campaign, which its people and the staff see. Needs fund:campaign:create.")
    async def create_campaign(self, info: Info, input: CreateCampaignInput) -> CampaignPayload | None:
        values = given(input, "community_id", *SAID)
        return _campaign(await rules.create_campaign(info.context.tx, values, against_person=input.against_person))

    @declare.mutation("Change what is said of a campaign. Needs campaign:update, everywhere or in your own.")
    async def update_campaign(self, info: Info, input: UpdateCampaignInput) -> CampaignPayload | None:
        values = given(input, *SAID)
        await rules.update_campaign(info.context.tx, input.id, values, expected_version=input.expected_version)
        return _campaign(input.id)

    @declare.mutation("Move a campaign to another stage. Needs campaign:update, everywhere or in your own.")
    async def move_campaign(self, info: Info, input: MoveCampaignInput) -> CampaignPayload | None:
        await rules.move_campaign(info.context.tx, input.id, input.to, expected_version=input.expected_version)
        return _campaign(input.id)

    @declare.mutation("Record what became of the form. Needs campaign:update, everywhere or in your own.")
    async def record_outcome(self, info: Info, input: RecordOutcomeInput) -> CampaignPayload | None:
        await rules.record_outcome(info.context.tx, input.id, input.outcome, expected_version=input.expected_version)
        return _campaign(input.id)

    @declare.mutation("Let everybody see a campaign. Needs campaign:publish.")
    async def publish_campaign(self, info: Info, input: PublishCampaignInput) -> CampaignPayload | None:
        await rules.publish_campaign(info.context.tx, input.id, expected_version=input.expected_version)
        return _campaign(input.id)

    @declare.mutation("Add a milestone. Needs campaign:update, everywhere or in your own.")
    async def add_milestone(self, info: Info, input: AddMilestoneInput) -> MilestonePayload | None:
        values = given(input, "kind", "due_on", "note")
        return _milestone(await rules.add_milestone(info.context.tx, input.campaign, values))

    @declare.mutation("Say when a milestone was done. Needs campaign:update, everywhere or in your own.")
    async def complete_milestone(self, info: Info, input: CompleteMilestoneInput) -> MilestonePayload | None:
        expected = input.expected_version
        await rules.complete_milestone(info.context.tx, input.id, input.done_on, expected_version=expected)
        return _milestone(input.id)

    @declare.mutation("Add a question on the ballot. Needs campaign:update, everywhere or in your own.")
    async def add_ballot_measure(self, info: Info, input: AddBallotMeasureInput) -> BallotMeasurePayload | None:
        values = given(input, "question", "kind", "election_on", "yes_means", "fund_position", "note")
        return _measure(await measures.add_ballot_measure(info.context.tx, input.campaign, values))

    @declare.mutation("Record a result. Needs campaign:update, everywhere or in your own.")
    async def record_result(self, info: Info, input: RecordResultInput) -> BallotMeasurePayload | None:
        figures = ("votes_for", "votes_against", "percent_for", "percent_against", "passed", "as_of")
        values, expected = given(input, *figures), input.expected_version
        await measures.record_result(info.context.tx, input.id, input.status, values, expected_version=expected)
        return _measure(input.id)

    @declare.mutation("Log help without money. Needs fund:support:log.")
    async def log_support(self, info: Info, input: LogSupportInput) -> SupportPayload | None:
        values = given(input, "kind", "given_on", "lobbying", "description")
        values["in_kind_value"] = cents(input.in_kind_value, "in_kind_value")
        logged = await rules.log_support(info.context.tx, input.campaign, values)
        return SupportPayload(support_engagement=declare.entity_of(logged))

    @declare.mutation("Make somebody a member and coordinator of a campaign. Needs campaign:update there.")
    async def add_campaign_member(self, info: Info, input: CampaignMemberInput) -> CampaignPayload | None:
        await members.add_campaign_member(info.context.tx, input.campaign, input.person)
        return _campaign(input.campaign)

    @declare.mutation("End somebody's membership of a campaign. Needs campaign:update there.")
    async def remove_campaign_member(self, info: Info, input: CampaignMemberInput) -> CampaignPayload | None:
        await members.remove_campaign_member(info.context.tx, input.campaign, input.person)
        return _campaign(input.campaign)

    @declare.mutation("Mark a notice of yours as read.")
    async def mark_notice_read(self, info: Info, input: MarkNoticeReadInput) -> NoticePayload | None:
        await notices.mark_read(info.context.tx, input.id)
        return NoticePayload(notice=declare.entity_of(input.id))


def _campaign(campaign_id: str) -> CampaignPayload:
    return CampaignPayload(campaign=declare.entity_of(campaign_id))


def _milestone(milestone_id: str) -> MilestonePayload:
    return MilestonePayload(milestone=declare.entity_of(milestone_id))


def _measure(measure_id: str) -> BallotMeasurePayload:
    return BallotMeasurePayload(ballot_measure=declare.entity_of(measure_id))
