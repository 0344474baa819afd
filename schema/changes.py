"""What clients see of the feed of changes."""

from enum import StrEnum
from typing import Annotated

import strawberry

from fund_api.core.errors import InvalidValue
from fund_api.graph import declare
from fund_api.graph.reading import Asking, read_as
from fund_api.graph.types import Node
from fund_api.reporting import changes as feed
from fund_api.reporting.changes import ChangeKind

Info = strawberry.Info[Asking, None]
MOST = 100
"""Changes that are told at once."""


class EntityType(StrEnum):
    """What the feed tells of: every entity but the log's."""

    ADVISOR_ACTIVITY = "AdvisorActivity"
    ADVISOR_CONFLICT = "AdvisorConflict"
    APPROVAL = "Approval"
    ASSIGNMENT = "Assignment"
    ATTACHMENT = "Attachment"
    AUDIENCE_TAG = "AudienceTag"
    AUTHOR = "Author"
    BALLOT_MEASURE = "BallotMeasure"
    BUDGET_LINE = "BudgetLine"
    CAMPAIGN = "Campaign"
    CAMPAIGN_MEMBER = "CampaignMember"
    COMMUNITY = "Community"
    CONTRIBUTION = "Contribution"
    DISBURSEMENT = "Disbursement"
    FELLOW_PLACEMENT = "FellowPlacement"
    FELLOWSHIP_COHORT = "FellowshipCohort"
    FISCAL_YEAR = "FiscalYear"
    FOLLOW_UP = "FollowUp"
    FORM_PERIOD = "FormPeriod"
    FORMAT = "Format"
    FUNDING_PROGRAM = "FundingProgram"
    GRANT = "Grant"
    GRANT_CONDITION = "GrantCondition"
    GRANT_DUTY = "GrantDuty"
    GRANT_REPORT = "GrantReport"
    HIRING_REQUEST = "HiringRequest"
    HUB_SECTION = "HubSection"
    LEDGER_ENTRY = "LedgerEntry"
    MANAGER_PLACEMENT = "ManagerPlacement"
    MATCH_COMMITMENT = "MatchCommitment"
    MILESTONE = "Milestone"
    NOTICE = "Notice"
    ORGANIZATION = "Organization"
    PERIODICAL = "Periodical"
    PERIODICAL_ISSUE = "PeriodicalIssue"
    PERSON = "Person"
    PRACTICE_AREA = "PracticeArea"
    PRACTICE_AREA_TAG = "PracticeAreaTag"
    PRINT_ITEM = "PrintItem"
    PRINT_ORDER = "PrintOrder"
    PRINT_ORDER_LINE = "PrintOrderLine"
    PROCEDURE_RULE = "ProcedureRule"
    PROGRAM = "Program"
    PUBLISHER = "Publisher"
    RECUSAL = "Recusal"
    RESOURCE = "Resource"
    RESPONSIBILITY = "Responsibility"
    REVIEW = "Review"
    ROLE_ASSIGNMENT = "RoleAssignment"
    SCHOLARSHIP = "Scholarship"
    SENIOR_ADVISOR = "SeniorAdvisor"
    SERIES = "Series"
    SERIES_PART = "SeriesPart"
    SESSION = "Session"
    SOURCE = "Source"
    STATE = "State"
    STUDENT_CHAPTER = "StudentChapter"
    SUPPORT_ENGAGEMENT = "SupportEngagement"
    SUPPORT_REQUEST = "SupportRequest"
    TOPIC = "Topic"


declare.enum(EntityType, "A type of objects.", **{kind.name: f"Objects of type {kind.value}." for kind in EntityType})
declare.enum(
    ChangeKind,
    "What happened to an object, as you see it.",
    CREATED="It was made, and you see it.",
    UPDATED="You saw it before, and something of it is other than it was, or was written anew.",
    DELETED="You saw it before, and it is gone.",
    GAINED="It was there, and you see it now: it was published, say, or you got a right, or its time has come.",
    LOST="It is still there, and you do not see it any more.",
)


@strawberry.type(description="An object that is other than before.")
class FeedChange:
    """One row of a difference."""

    kind: ChangeKind = strawberry.field(description="What happened to it.")
    type: EntityType = strawberry.field(description="What it is.")
    id: strawberry.ID = strawberry.field(description="Its id.")
    node: Node | None = strawberry.field(
        description="The object as it is at the end of the difference; null when it is gone for you."
    )


@strawberry.type(description="What changed for you between two moments, a page at a time.")
class ChangeFeed:
    """A part of a difference."""

    nodes: list[FeedChange] = strawberry.field(description="What changed, in the order of types and ids.")
    end_cursor: str = strawberry.field(
        description="Where to go on with `after`: on the next page, or, after the last one, with what changes later."
    )
    has_next_page: bool = strawberry.field(description="Whether this difference has more.")
    latest_cursor: str = strawberry.field(
        description="This very moment: whoever pulls nothing earlier goes on from here with `after`."
    )


async def changes(
    info: Info,
    after: Annotated[
        str | None,
        strawberry.argument(
            description="An endCursor or a latestCursor, for 90 days; left out: all that you see is told as created."
        ),
    ] = None,
    types: Annotated[
        list[EntityType] | None, strawberry.argument(description="Tell of these only; left out: of everything.")
    ] = None,
    first: Annotated[int, strawberry.argument(description=f"How many at most, from 1 to {MOST}.")] = 20,
) -> ChangeFeed:
    """What changed for whoever asks."""
    if not 1 <= first <= MOST:
        raise InvalidValue(f"first lies between 1 and {MOST}, not at {first}.", "first")
    names = [kind.value for kind in (EntityType if types is None else types)]
    part, reads, asked = await feed.told(info.context.reading, after, set(names), first)
    nodes = [
        FeedChange(
            kind=one.kind,
            type=EntityType(one.type),
            id=strawberry.ID(one.id),
            node=None if one.kind in feed.GONE else declare.entity_of(one.id),
        )
        for one in part.changes
    ]
    made = ChangeFeed(nodes=nodes, end_cursor=part.end, has_next_page=part.goes_on, latest_cursor=part.latest)
    answer: ChangeFeed = read_as(made, reads, asked)
    return answer


@strawberry.type
class ChangeQueries:
    """Root fields on what changed."""

    changes: ChangeFeed = strawberry.field(
        resolver=changes,
        description="What changed for you since a cursor: what was made, changed and deleted, what you see by now, and"
        " what you do not see any more. Applied to what you had, it gives what you have now.",
    )
