"""What the fund helps with: its four kinds of help, what of them is open, and why somebody may have it.

Nothing is decided here: whoever gives the help decides. It is told what is known of a community and of a campaign.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from fund_api.campaigns import recommending, visibility
from fund_api.campaigns.rules import RECALL
from fund_api.campaigns.tables import Stage
from fund_api.communities.states import name_of
from fund_api.communities.tables import Community, FormPeriod
from fund_api.core.access import Looking
from fund_api.core.columns import table_of
from fund_api.core.errors import InvalidValue
from fund_api.core.facts import DatePrecision, HistoricDate
from fund_api.core.money import in_dollars
from fund_api.grants.standing import PROGRAM
from fund_api.grants.visibility import CAMPAIGN
from fund_api.library import visibility as library
from fund_api.library.recommending import TAG, form_in_words, kind_in_words
from fund_api.library.tables import ResourceKind
from fund_api.library.visibility import REVISION

COMMUNITY, FORM = table_of(Community), table_of(FormPeriod)
Row = dict[str, Any]  # Any: a value of a column, by its name
_HIRES = "The fund helps to hire the first professional manager of a community, and the next one."
_OFFICER = {True: "has a", False: "has no"}


class HelpKind(StrEnum):
    """The four kinds of help of the fund."""

    CAMPAIGN = "CAMPAIGN"
    HIRING = "HIRING"
    NEXT_GENERATION = "NEXT_GENERATION"
    DATA_AND_RESOURCES = "DATA_AND_RESOURCES"


_TITLES = {
    HelpKind.CAMPAIGN: "Support of a campaign",
    HelpKind.HIRING: "Hiring a manager",
    HelpKind.NEXT_GENERATION: "The next generation",
    HelpKind.DATA_AND_RESOURCES: "Data and resources",
}
_SUMMARIES = {
    HelpKind.CAMPAIGN: "Money, and help in kind such as advice, testimony, speakers, material and advertising, for"
    " residents who want their community to adopt or to keep a professionally managed form of government.",
    HelpKind.HIRING: "Help with creating the position of a professional manager, and with filling it.",
    HelpKind.NEXT_GENERATION: "Programs and workshops for those who are to manage communities next.",
    HelpKind.DATA_AND_RESOURCES: "Election results, forms of government and the law of the states as data, and"
    " resources to read and to order in print.",
}
_WAYS = {
    HelpKind.CAMPAIGN: "Ask for support by requestCampaignSupport; everybody may. Once there is a campaign, its"
    " people apply for money by draftGrant, and its page says what help in kind it got.",
    HelpKind.HIRING: "Ask by requestHiringSupport; everybody may, and hiringRequestState says what becomes of it. For a"
    " vote on whether there is to be a position, ask by requestCampaignSupport for a campaign of the kind"
    " POSITION_CREATION.",
    HelpKind.NEXT_GENERATION: "See programs for what one can join, sessions for when it takes place, and"
    " deadlines(within: 30) for until when one can apply or register; the address of each says how. To have sessions"
    " and deadlines in a calendar, subscribe to /calendar/ and the code of your state with .ics at the end, such as"
    " /calendar/OH.ics.",
    HelpKind.DATA_AND_RESOURCES: "Nobody has to apply. See recommendedResources, resources and search; printItems"
    " for what is in print.",
}


@dataclass(frozen=True, slots=True)
class SupportOption:
    """One kind of help, as it stands today."""

    kind: HelpKind
    is_open: bool
    open_until: date | None
    """The last day on which a program takes applications; None where nothing ends."""
    programs: Sequence[str]
    """Ids of the funding programs that take applications."""
    why: Sequence[str]

    @property
    def title(self) -> str:
        """What it is called."""
        return _TITLES[self.kind]

    @property
    def summary(self) -> str:
        """What it consists of."""
        return _SUMMARIES[self.kind]

    @property
    def how_to_apply(self) -> str:
        """What to do to get it."""
        return _WAYS[self.kind]


async def options(
    connection: AsyncConnection, looking: Looking, today: date, community_id: str | None, campaign_id: str | None
) -> list[SupportOption] | None:
    """The four kinds of help, in the fund's order; None when the community or the campaign is not there to be seen.

    Raises InvalidValue for a campaign of another community.
    """
    place: Row = {}
    if community_id is not None or campaign_id is not None:
        place = await _place(connection, looking, community_id, campaign_id)
        if not place:
            return None
    programs = await _open_programs(connection, today)
    counts = await _counts(connection, looking, campaign_id)
    return [_campaign(place, programs, today), _hiring(place), _next_generation(counts), _library(place, counts)]


async def _place(
    connection: AsyncConnection, looking: Looking, community_id: str | None, campaign_id: str | None
) -> Row:
    """What is known of a campaign and its community, or of the community alone; nothing where it is not to be seen."""
    seen = visibility.campaign(CAMPAIGN.c, looking)
    ours = sa.and_(CAMPAIGN.c.community_id == COMMUNITY.c.id, CAMPAIGN.c.id == campaign_id)
    ours = ours if seen is None else sa.and_(ours, seen)
    officer = (
        sa.select(FORM.c.has_chief_administrative_officer)
        .where(FORM.c.community_id == COMMUNITY.c.id, FORM.c.has_chief_administrative_officer.is_not(None))
        .order_by(FORM.c.observed_on.desc().nulls_last(), FORM.c.id.desc())
        .limit(1)
    )
    query = sa.select(
        *(CAMPAIGN.c[name].label(f"campaign_{name}") for name in ("id", "title", "kind", "stage")),
        *(CAMPAIGN.c[name] for name in ("election_on", "election_on_precision")),
        *(COMMUNITY.c[name] for name in ("id", "name", "state_code", "form_of_government")),
        *(COMMUNITY.c[name] for name in ("form_as_of", "form_as_of_precision")),
        officer.scalar_subquery().label("has_officer"),
    ).select_from(COMMUNITY.outerjoin(CAMPAIGN, ours))
    asked = COMMUNITY.c.id == community_id if campaign_id is None else CAMPAIGN.c.id == campaign_id
    found = (await connection.execute(query.where(asked))).mappings().first()
    if found is not None and community_id not in (None, found["id"]):
        raise InvalidValue("The campaign is of another community; name one of the two.", "community")
    return dict(found or {})


async def _open_programs(connection: AsyncConnection, today: date) -> list[Row]:
    """The funding programs that take applications today, the first closing one first."""
    is_open = (PROGRAM.c.opens_on <= today, PROGRAM.c.closes_on >= today, PROGRAM.c.closed_at.is_(None))
    names = ("id", "name", "grant_minimum", "grant_maximum", "approves_after_election", "closes_on")
    query = sa.select(*(PROGRAM.c[name] for name in names)).where(*is_open)
    rows = await connection.execute(query.order_by(PROGRAM.c.closes_on, PROGRAM.c.id))
    return [dict(row) for row in rows.mappings()]


async def _counts(connection: AsyncConnection, looking: Looking, campaign_id: str | None) -> Row:
    """How many resources are live, how many of them are joined, and how many are recommended to a campaign."""
    live = sa.select(sa.func.count()).select_from(REVISION).where(library.live(REVISION.c, looking))
    joined = live.where(sa.or_(*(REVISION.c.kind == str(one) for one in (ResourceKind.PROGRAM, ResourceKind.WORKSHOP))))
    fitting = (recommending.recommended(TAG.c, sa.literal(campaign_id), looking), library.of_resource(TAG.c, looking))
    recommended = sa.select(sa.func.count()).select_from(TAG).where(*fitting) if campaign_id else sa.select(sa.null())
    counts = (live, joined, recommended)
    columns = (one.scalar_subquery().label(name) for one, name in zip(counts, _COUNTED, strict=True))
    return dict((await connection.execute(sa.select(*columns))).mappings().one())


_COUNTED = ("live", "joined", "recommended")


def _campaign(place: Row, programs: Sequence[Row], today: date) -> SupportOption:
    """Help in kind is always open; money while a program is, and before the vote unless it approves after it."""
    why = _standing(place)
    election = _election(place)
    is_over = election is not None and election.last_day < today
    fitting = [one for one in programs if one["approves_after_election"] or not is_over]
    is_open = place.get("campaign_stage") != Stage.CLOSED
    if not is_open:
        why, fitting = [*why, "The campaign is closed; it takes no help any more."], []
    elif is_over:
        why.append(f"The election of {election} is over: only programs that approve grants after it are open to it.")
    if is_open:
        why += [_offer(one) for one in fitting] or ["No program takes applications; help in kind has no closing day."]
    last = max((one["closes_on"] for one in fitting), default=None)
    return SupportOption(HelpKind.CAMPAIGN, is_open, last, [one["id"] for one in fitting], [*why, RECALL])


def _standing(place: Row) -> list[str]:
    """What is known of a campaign or, without one, of a community."""
    if not place:
        return []
    if place["campaign_kind"] is None:
        return [_governed(place)]
    election = _election(place)
    votes = f"; the vote is of {election}" if election else "; it has no election day yet"
    return [f"It is a campaign for {kind_in_words(place['campaign_kind'])} in {name_of(place['state_code'])}{votes}."]


def _hiring(place: Row) -> SupportOption:
    why = [_HIRES]
    if place:
        has = _OFFICER.get(place["has_officer"])
        officer = f"{place['name']} {has} chief administrative officer, as far as is known."
        why.append(officer if has else _governed(place))
    return SupportOption(HelpKind.HIRING, is_open=True, open_until=None, programs=[], why=why)


def _next_generation(counts: Row) -> SupportOption:
    number = counts["joined"]
    why = [f"Programs and workshops that the library lists: {number}."]
    return SupportOption(HelpKind.NEXT_GENERATION, number > 0, None, [], why)


def _library(place: Row, counts: Row) -> SupportOption:
    why = [f"Resources that everybody finds in the library: {counts['live']}."]
    if place.get("campaign_id"):
        why.append(f"Of them recommended to the campaign: {counts['recommended']}.")
    return SupportOption(HelpKind.DATA_AND_RESOURCES, is_open=True, open_until=None, programs=[], why=why)


def _offer(program: Row) -> str:
    least, most = in_dollars(program["grant_minimum"]), in_dollars(program["grant_maximum"])
    return f"{program['name']} grants {least} to {most} and takes applications until {program['closes_on']}."


def _governed(place: Row) -> str:
    """What is known of how a community is governed."""
    if place["form_of_government"] is None:
        return f"How {place['name']} is governed is not known here."
    since = place["form_as_of"]
    observed = HistoricDate(since, DatePrecision(place["form_as_of_precision"])) if since else None
    when = f" as of {observed}" if observed else ""
    return f"The form of government of {place['name']} is {form_in_words(place['form_of_government'])}{when}."


def _election(place: Row) -> HistoricDate | None:
    day = place.get("election_on")
    return HistoricDate(day, DatePrecision(place["election_on_precision"])) if day else None
