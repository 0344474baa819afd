"""What clients see of the fund's kinds of help: what is open, for whom, and how to ask for it."""

import datetime
from typing import Annotated

import strawberry

from fund_api.core import clock
from fund_api.core.access import LookingAs
from fund_api.grants import support_options
from fund_api.grants.support_options import HelpKind
from fund_api.graph import declare
from fund_api.graph.reading import Asking
from schema.programs import FundingProgram

Info = strawberry.Info[Asking, None]

declare.enum(
    HelpKind,
    "The kinds of help of the fund.",
    CAMPAIGN="Money, or help in kind, for a campaign.",
    HIRING="Help with hiring a manager.",
    NEXT_GENERATION="What brings the next generation into the profession.",
    DATA_AND_RESOURCES="Data, research and learning material.",
)


@strawberry.type(description="One kind of the fund's help, as it stands today.")
class SupportOption:
    """What it is, whether it is open, and why."""

    kind: HelpKind = strawberry.field(description="Which kind.")
    title: str = strawberry.field(description="What it is called.")
    summary: str = strawberry.field(description="What it consists of.")
    is_open: bool = strawberry.field(description="Whether it can be had today.")
    open_until: datetime.date | None = strawberry.field(
        description="The last day on which a program takes applications; null where nothing ends."
    )
    programs: list[FundingProgram] = strawberry.field(
        description="The funding programs that take applications today, the first closing one first."
    )
    why: list[str] = strawberry.field(description="Why it can be had or not, in sentences; the fund decides.")
    how_to_apply: str = strawberry.field(description="What to do to get it.")


async def resolve(
    info: Info,
    community: Annotated[
        strawberry.ID | None, strawberry.argument(description="The id of the community that needs help.")
    ] = None,
    campaign: Annotated[
        strawberry.ID | None, strawberry.argument(description="The id of the campaign that needs help.")
    ] = None,
) -> list[SupportOption] | None:
    """The fund's kinds of help, for a community or a campaign if one is named."""
    now = clock.now()
    looking = LookingAs(info.context.viewer, now)
    async with info.context.services["database"].snapshot() as connection:
        found = await support_options.options(connection, looking, now.date(), community, campaign)
    if found is None:
        return None
    return [
        SupportOption(
            kind=one.kind,
            title=one.title,
            summary=one.summary,
            is_open=one.is_open,
            open_until=one.open_until,
            programs=[declare.entity_of(program) for program in one.programs],
            why=list(one.why),
            how_to_apply=one.how_to_apply,
        )
        for one in found
    ]


@strawberry.type
class SupportOptionQueries:
    """The root field on the fund's help."""

    support_options: list[SupportOption] | None = strawberry.field(
        resolver=resolve,
        description="What the fund helps with, in its four kinds: what is open today and why, for a community or a"
        " campaign if one is named. Null when there is no such community or campaign.",
    )
