"""What can be done with senior advisors: who they are, whom they help, and what they report."""

import datetime

import strawberry

from fund_api.graph import declare
from fund_api.graph.mutations import Acting
from fund_api.graph.user_errors import Payload
from fund_api.hiring import activities, advisors, assignments, conflicts, matching
from fund_api.hiring.advisor_tables import LONGEST_ACTIVITY, MOST_ASSIGNMENTS, ActivityKind, ConflictKind
from schema.advisors import AdvisorActivity, AdvisorConflict, Assignment, SeniorAdvisor
from schema.hiring import HiringRequest
from schema.inputs import given, key, optional, version

Info = strawberry.Info[Acting, None]
SAID = ("name", "biography", "capacity", "available_from", "available_until")


@strawberry.input(description="A person who is to advise communities.")
class AddAdvisorInput:
    """A new advisor."""

    person: strawberry.ID = strawberry.field(description="The id of the person; they get the role ADVISOR.")
    name: str = strawberry.field(description="What everybody knows them as.")
    biography: str | None = strawberry.field(description="Who they are, in a few sentences.", default=None)
    states: list[str] = strawberry.field(description='The states that they cover, by their codes: ["OH"].')
    capacity: int = strawberry.field(
        description=f"How many requests they take at once, from 0 to {MOST_ASSIGNMENTS}.", default=1
    )
    available_from: datetime.date | None = strawberry.field(
        description="From when they can; null: from now on.", default=None
    )
    available_until: datetime.date | None = strawberry.field(
        description="Until when they can; null: as long as needed.", default=None
    )
    idempotency_key: str | None = key()


@strawberry.input(description="What to change of an advisor; what is left out stays.")
class UpdateAdvisorInput:
    """An advisor, and what changes."""

    id: strawberry.ID = strawberry.field(description="The id of the advisor.")
    name: str | None = optional("What everybody knows them as; needs fund:hiring:manage.")
    biography: str | None = optional("Who they are, in a few sentences.")
    states: list[str] | None = strawberry.field(
        description="All states that they cover, by their codes; null leaves them as they are.", default=None
    )
    capacity: int | None = optional("How many requests they take at once; never fewer than are open.")
    available_from: datetime.date | None = optional("From when they can.")
    available_until: datetime.date | None = optional("Until when they can.")
    active: bool | None = optional(
        "Whether they advise; needs fund:hiring:manage. They stop when no assignment is open."
    )
    expected_version: int = version()
    idempotency_key: str | None = key()


@strawberry.input(description="A request that is to have an advisor.")
class MatchAdvisorInput:
    """A request, and perhaps whom."""

    hiring_request: strawberry.ID = strawberry.field(description="The id of the hiring request.")
    advisor: strawberry.ID | None = strawberry.field(
        description="The id of the advisor; the first of advisorProposals when left out.", default=None
    )
    expected_version: int = version()
    idempotency_key: str | None = key()


@strawberry.input(description="A conflict of interest, with a community or on a hiring request.")
class DeclareConflictInput:
    """Who can't advise whom, and why."""

    advisor: strawberry.ID = strawberry.field(
        description="The id of the advisor: your own, or with fund:hiring:manage anybody's."
    )
    community: strawberry.ID | None = strawberry.field(description="The id of the community.", default=None)
    hiring_request: strawberry.ID | None = strawberry.field(
        description="The id of the hiring request; the conflict is with its community. For APPLICANT it is needed.",
        default=None,
    )
    kind: ConflictKind = strawberry.field(description="Why.")
    reason: str | None = strawberry.field(
        description="More about it, which hiring officers and the advisor read.", default=None
    )
    idempotency_key: str | None = key()


@strawberry.input(description="A conflict that was declared by mistake.")
class WithdrawConflictInput:
    """A conflict, by id."""

    id: strawberry.ID = strawberry.field(description="The id of the conflict; it is not one of kind APPLICANT.")
    idempotency_key: str | None = key()


@strawberry.input(description="An advisor who is taken off a request.")
class WithdrawAdvisorInput:
    """An assignment, and why it ends."""

    assignment: strawberry.ID = strawberry.field(description="The id of the assignment.")
    reason: str = strawberry.field(description="Why; whoever sees the request reads it.")
    expected_version: int = version()
    idempotency_key: str | None = key()


@strawberry.input(description="An advisor who is done with a request.")
class CompleteAssignmentInput:
    """An assignment that ends."""

    assignment: strawberry.ID = strawberry.field(description="The id of the assignment.")
    reason: str | None = strawberry.field(description="A remark; whoever sees the request reads it.", default=None)
    expected_version: int = version()
    idempotency_key: str | None = key()


@strawberry.input(description="What an advisor did.")
class LogActivityInput:
    """An activity of an assignment."""

    assignment: strawberry.ID = strawberry.field(description="The id of the assignment.")
    kind: ActivityKind = strawberry.field(description="What it was.")
    done_on: datetime.date = strawberry.field(description="The day: today, or before, since the assignment began.")
    minutes: int = strawberry.field(description=f"How long it took, from 1 to {LONGEST_ACTIVITY:,}.")
    summary: str = strawberry.field(description="What was done; hiring officers and the advisor read it.")
    idempotency_key: str | None = key()


@strawberry.type(description="What mutations of an advisor answer.")
class AdvisorPayload(Payload):
    """An advisor, or why not."""

    advisor: SeniorAdvisor | None = strawberry.field(description="The advisor as they are now.", default=None)


@strawberry.type(description="What matchAdvisor answers.")
class MatchAdvisorPayload(Payload):
    """A match, or why not."""

    hiring_request: HiringRequest | None = strawberry.field(description="The request as it is now.", default=None)
    assignment: Assignment | None = strawberry.field(description="Who helps, and why.", default=None)
    proposals: list[SeniorAdvisor] | None = strawberry.field(
        description="Who could have helped, in the order of advisorProposals;"
        f" {matching.MOST} at most, and how many more there are is in `others`.",
        default=None,
    )
    others: int | None = strawberry.field(
        description="How many more could have helped, who are not among these.", default=None
    )


@strawberry.type(description="What mutations of an assignment answer.")
class AssignmentPayload(Payload):
    """An assignment, or why not."""

    assignment: Assignment | None = strawberry.field(description="The assignment as it is now.", default=None)


@strawberry.type(description="What declareConflict answers.")
class AdvisorConflictPayload(Payload):
    """A conflict, or why not."""

    conflict: AdvisorConflict | None = strawberry.field(description="The conflict.", default=None)


@strawberry.type(description="What logActivity answers.")
class AdvisorActivityPayload(Payload):
    """An activity, or why not."""

    activity: AdvisorActivity | None = strawberry.field(description="The activity.", default=None)


@strawberry.type
class AdvisorMutations:
    """Mutations of senior advisors."""

    @declare.mutation("Make a person a senior advisor. Needs fund:hiring:manage.")
    async def add_advisor(self, info: Info, input: AddAdvisorInput) -> AdvisorPayload | None:
        values = given(input, *SAID)
        return _advisor(await advisors.add_advisor(info.context.tx, input.person, values, input.states))

    @declare.mutation(
        "Change what is said of an advisor: with fund:hiring:manage everything, of yourself your biography, states,"
        " capacity and availability."
    )
    async def update_advisor(self, info: Info, input: UpdateAdvisorInput) -> AdvisorPayload | None:
        tx, values, expected = info.context.tx, given(input, *SAID, "active"), input.expected_version
        await advisors.update_advisor(tx, input.id, values, input.states, expected_version=expected)
        return _advisor(input.id)

    @declare.mutation(
        "Give a request a senior advisor: the one who is named, or the first of advisorProposals. Nobody gets more than"
        " they take, nor a community with which they have a conflict. Needs fund:hiring:manage."
    )
    async def match_advisor(self, info: Info, input: MatchAdvisorInput) -> MatchAdvisorPayload | None:
        tx, expected = info.context.tx, input.expected_version
        made, found = await matching.match_advisor(tx, input.hiring_request, input.advisor, expected_version=expected)
        return MatchAdvisorPayload(
            hiring_request=declare.entity_of(input.hiring_request),
            assignment=declare.entity_of(made),
            proposals=[declare.entity_of(one.advisor_id) for one in found.first],
            others=found.others,
        )

    @declare.mutation(
        "Say that an advisor can't advise a community: you yourself, or with fund:hiring:manage anybody. If they help"
        " there, they are taken off at once, and never matched with it again unless it is withdrawn. APPLICANT takes"
        " the place of another kind that was declared before."
    )
    async def declare_conflict(self, info: Info, input: DeclareConflictInput) -> AdvisorConflictPayload | None:
        made = await conflicts.declare_conflict(
            info.context.tx,
            input.advisor,
            input.kind,
            community_id=input.community,
            request_id=input.hiring_request,
            reason=input.reason,
        )
        return AdvisorConflictPayload(conflict=declare.entity_of(made))

    @declare.mutation(
        "Take back a conflict that was declared by mistake. Who applies for a position keeps theirs. Needs"
        " fund:hiring:manage."
    )
    async def withdraw_conflict(self, info: Info, input: WithdrawConflictInput) -> AdvisorPayload | None:
        return _advisor(await conflicts.withdraw_conflict(info.context.tx, input.id))

    @declare.mutation("Take an advisor off a request. Needs fund:hiring:manage.")
    async def withdraw_advisor(self, info: Info, input: WithdrawAdvisorInput) -> AssignmentPayload | None:
        tx, expected = info.context.tx, input.expected_version
        await assignments.withdraw_advisor(tx, input.assignment, input.reason, expected_version=expected)
        return _assignment(input.assignment)

    @declare.mutation("Say that an advisor is done with a request. Needs fund:hiring:manage.")
    async def complete_assignment(self, info: Info, input: CompleteAssignmentInput) -> AssignmentPayload | None:
        tx, expected = info.context.tx, input.expected_version
        await assignments.complete_assignment(tx, input.assignment, input.reason, expected_version=expected)
        return _assignment(input.assignment)

    @declare.mutation(
        "Report what was done: the assigned advisor while the assignment is open, or with fund:hiring:manage anybody."
    )
    async def log_activity(self, info: Info, input: LogActivityInput) -> AdvisorActivityPayload | None:
        values = given(input, "kind", "done_on", "minutes", "summary")
        made = await activities.log_activity(info.context.tx, input.assignment, values)
        return AdvisorActivityPayload(activity=declare.entity_of(made))


def _advisor(advisor_id: str) -> AdvisorPayload:
    return AdvisorPayload(advisor=declare.entity_of(advisor_id))


def _assignment(assignment_id: str) -> AssignmentPayload:
    return AssignmentPayload(assignment=declare.entity_of(assignment_id))
