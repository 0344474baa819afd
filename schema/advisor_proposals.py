"""What hiring officers see of who could help with a request, and of who could not."""

from typing import Annotated

import strawberry

from fund_api.core import clock
from fund_api.graph import declare
from fund_api.graph.reading import Asking
from fund_api.hiring import matching
from fund_api.hiring.matching import Obstacle
from fund_api.hiring.visibility import MANAGE
from schema.advisors import SeniorAdvisor

Info = strawberry.Info[Asking, None]

declare.enum(
    Obstacle,
    "Why an advisor can't help with a request.",
    INACTIVE="They do not advise any more.",
    GONE="They can't sign in any more.",
    REVOKED="They do not have the role ADVISOR any more.",
    CONFLICT="They have a conflict of interest with the community.",
    ASKED="They asked for the help themselves.",
    MEMBER="They belong to the campaign that the request comes from.",
    ELSEWHERE="They do not cover the state.",
    EARLY="They are not available yet.",
    LATE="They are not available any more.",
    FULL="They have as many open assignments as they take.",
)


@strawberry.type(description="An advisor who can help with a request.")
class AdvisorProposal:
    """Somebody, and why."""

    advisor: SeniorAdvisor | None = strawberry.field(description="The advisor.")
    why: str = strawberry.field(description="Why, in words.")


@strawberry.type(description="How many advisors can't help with a request for one reason.")
class AdvisorsLeftOut:
    """A reason, and a number."""

    obstacle: Obstacle = strawberry.field(description="The reason; of several of an advisor the first.")
    advisors: int = strawberry.field(description="How many.")


@strawberry.type(description="Who can help with a request today.")
class AdvisorProposals:
    """Who can, and how many can't."""

    proposals: list[AdvisorProposal] = strawberry.field(
        description="Those who can, fewest open assignments first, then who has waited longest for one;"
        f" {matching.MOST} at most. matchAdvisor takes the first."
    )
    others: int = strawberry.field(description="How many more can, who are not among these.")
    covering: int = strawberry.field(description="How many advisors cover the state.")
    left_out: list[AdvisorsLeftOut] = strawberry.field(description="How many of them can't, by reason.")


async def resolve(
    info: Info,
    hiring_request: Annotated[strawberry.ID, strawberry.argument(description="The id of the hiring request.")],
) -> AdvisorProposals | None:
    """Who can help with a request; None for who does not match advisors."""
    if not info.context.viewer.may(MANAGE):
        return None
    async with info.context.services["database"].snapshot() as connection:
        found = await matching.proposals(connection, hiring_request, clock.now().date())
    if found is None:
        return None
    return AdvisorProposals(
        proposals=[AdvisorProposal(advisor=declare.entity_of(one.advisor_id), why=one.why) for one in found.first],
        others=found.others,
        covering=found.covering,
        left_out=[
            AdvisorsLeftOut(obstacle=obstacle, advisors=number) for obstacle, number in sorted(found.left_out.items())
        ],
    )


@strawberry.type
class AdvisorProposalQueries:
    """The root field on who could help."""

    advisor_proposals: AdvisorProposals | None = strawberry.field(
        resolver=resolve,
        description="Which advisors can help with a request today, and how many can't and why. Null without the"
        " permission fund:hiring:manage, and when there is no such request.",
    )
