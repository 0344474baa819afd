"""What clients see of contributions: sums that sources report, apart from the grants of this service."""

import strawberry

from fund_api.campaigns import visibility
from fund_api.core.facts import Provenance
from fund_api.grants import contribution_tables
from fund_api.graph import declare
from fund_api.graph.types import Connection, Money, Node, Stats
from schema import figures
from schema.campaigns import Campaign
from schema.communities import Community, Source


@declare.entity(contribution_tables.Contribution, order=("-amount",), visible=visibility.part)
class Contribution(Node):
    """A sum that a source reports the fund to have given to a campaign in the past. It counts as no grant."""

    campaign: Campaign = declare.to_one(
        "The campaign that it is reported to have helped.", own="campaign_id", order=True, sure=True
    )
    community: Community = declare.to_one("The community of that campaign.", own="community_id", order=True)
    amount: Money = declare.money("How much, as the source reports it.", order=True)
    source: Source = declare.to_one("Who reports it.", own="source_id")
    note: str | None = declare.column("What a reader must know of it.")
    provenance: Provenance = declare.column("How this row came to be here.")


@strawberry.type
class ContributionQueries:
    """Root fields on contributions."""

    contributions: Connection[Contribution] = declare.listing(
        "Sums that sources report the fund to have given in the past, apart from its grants here; the largest first."
    )
    contribution_stats: Stats = declare.stats(
        "Figures about reported contributions in groups: counts, and dollars per community and per resident. Grants"
        " are no part of them: see grantStats.",
        Contribution,
        keys=(
            *("provenance", "campaign.kind", "campaign.outcome", "campaign.election_on"),
            *("community.id", "community.geoid", "community.name", "community.population", "community.state.code"),
            *("source.id", "source.title", "campaign.id"),
        ),
        bands={"community.population": figures.POPULATION_BANDS},
        measures=("amount",),
        communities="community",
        votes=figures.VOTES,
    )
