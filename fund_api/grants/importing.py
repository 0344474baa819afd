"""What a file of contributions means: sums that the fund is reported to have given, each to the campaign of a vote."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, ClassVar

import sqlalchemy as sa
from pydantic import BeforeValidator, Field
from sqlalchemy.ext.asyncio import AsyncConnection

from fund_api.campaigns.importing import BALLOT_MEASURE_SOURCE, CAMPAIGN, campaign_id
from fund_api.communities.citations import Citations
from fund_api.communities.importing import SOURCE, Geoid, Places, StateCode, places, source_id
from fund_api.communities.tables import CampaignKind
from fund_api.core.cells import Address, Historic, searchable
from fund_api.core.columns import table_of
from fund_api.core.errors import Failure
from fund_api.core.ids import stable_id
from fund_api.core.importing import Entry, Kind, Line, Row, Translate, ids_by
from fund_api.core.money import LARGEST, Currency, to_decimal, to_minor
from fund_api.core.records import Problems
from fund_api.grants.contribution_tables import Contribution

CONTRIBUTION = table_of(Contribution)


def _dollars(cell: object) -> int:
    """An amount of US dollars above zero, in cents."""
    try:
        found = to_minor(str(cell))
    except Failure:
        found = 0
    if found == 0:
        most = to_decimal(LARGEST)
        raise ValueError(f"should be dollars above 0, up to {most}, in digits with at most two decimals")
    return found


Dollars = Annotated[int, BeforeValidator(_dollars)]


class ContributionRow(Row):
    """A row of a file of contributions: what a campaign got in all, so that no sum counts twice."""

    passed_over: ClassVar = frozenset({"community"})
    unique: ClassVar = (("community_source_id", "vote_date"),)

    community_source_id: Geoid
    state: StateCode
    campaign_kind: CampaignKind
    vote_date: Historic
    awarded_usd: Dollars
    source: Annotated[str, searchable(300)]
    source_url: Address
    note: Annotated[str, Field(max_length=1_000)] | None


@dataclass(frozen=True)
class Contributions:
    """The translation of one file."""

    places: Places
    citations: Citations
    kinds: Mapping[str, str]
    """Of the campaigns that are loaded, by their ids."""
    problems: Problems

    def translate(self, lines: Iterable[Line[ContributionRow]]) -> Iterator[Entry]:
        """The contributions, each after its source."""
        for number, row in lines:
            community = self.places.find(row.community_source_id, row.state, number)
            campaign = self._campaign(number, row) if community is not None else None
            if campaign is not None and self.citations.fits(number, row.source, row.source_url):
                yield from self.citations.entries(row.source, row.source_url)
                about = {"campaign_id": campaign, "community_id": community}
                yield Entry(CONTRIBUTION, about | _values(row))

    def _campaign(self, number: int, row: ContributionRow) -> str | None:
        """The campaign of the vote; null, with a problem noted, for a vote that is not loaded or of another kind."""
        found = campaign_id(row.community_source_id, row.vote_date)
        kind = self.kinds.get(found)
        if kind == row.campaign_kind:
            return found
        if kind is None:
            vote = f'the vote of "{row.vote_date}" in community {row.community_source_id}'
            self.problems.add(number, "vote_date", f"needs {vote}, which is not loaded; load it first.")
        else:
            message = f'"{row.campaign_kind}" is not the kind of the campaign of this vote, {kind}.'
            self.problems.add(number, "campaign_kind", message)
        return None


def _values(row: ContributionRow) -> dict[str, object]:
    return {
        "id": stable_id("contrib", row.community_source_id, str(row.vote_date)),
        "amount": row.awarded_usd,
        "currency": Currency.USD,
        "source_id": source_id(row.source_url),
        "note": row.note,
    }


async def _contributions(connection: AsyncConnection, problems: Problems) -> Translate[ContributionRow]:
    """A source that ballot measures name is written with them, and keeps its title here."""
    cited = sa.select(SOURCE.c.key, SOURCE.c.title).join(BALLOT_MEASURE_SOURCE).distinct()
    titles = {key: (title, "a ballot measure names") for key, title in await connection.execute(cited)}
    known = await places(connection, problems)
    citations = Citations(problems, titles=titles, written=set(titles))
    kinds = await ids_by(connection, CAMPAIGN.c.id, CAMPAIGN.c.kind)
    return Contributions(known, citations, kinds, problems).translate


CONTRIBUTIONS = Kind("contributions", ContributionRow, (SOURCE, CONTRIBUTION), _contributions)
