"""The sections of topic hubs: which resources stand in each, and in which order.

A section's rule makes a list of its pins and of what belongs to its topic. The list is stored, so that readers page
through it as through any other, and made anew when something changes that it depends on. A resource that is scheduled
has its place already, where nobody sees it before its time: so a hub follows the clock.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import accumulate
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from fund_api.core.columns import table_of
from fund_api.core.facts import Provenance
from fund_api.library.publication_tables import ResourceView
from fund_api.library.tables import Revision
from fund_api.library.topic_tables import (
    MOST_SHOWN,
    HubSection,
    SectionPin,
    SectionResource,
    SectionRule,
    Topic,
    TopicResource,
)

REVISION, VIEW = table_of(Revision), table_of(ResourceView)
TOPIC, BELONGS = table_of(Topic), table_of(TopicResource)
SECTION, PIN, SHOWN = table_of(HubSection), table_of(SectionPin), table_of(SectionResource)
Query = sa.Select[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A resource that may stand in a section: when it was first published, if known, and its views in the window.

    One that is not live yet is `coming`: it has its place, and takes it from nobody before its time.
    """

    resource_id: str
    first_on: date | None = None
    views: int = 0
    coming: bool = False


def arrange(rule: SectionRule, pins: Sequence[str], candidates: Iterable[Candidate], size: int) -> list[str]:
    """The ids of a section's resources in their order: at most `size` that are live, none twice, candidates only.

    CURATED: the pins. POPULAR: what has views, the most viewed first, then the pins. LATEST: the pins and what has a
    date, the latest first; an undated pin stands by the dated one that is listed nearest before it, else after it,
    and when no pin has a date, at the end. What is level keeps the order of the pins, then that of the ids.
    """
    known = {one.resource_id: one for one in candidates}
    pinned = [known[one] for one in dict.fromkeys(pins) if one in known]
    place = {one.resource_id: at for at, one in enumerate(pinned)}
    level = sorted(known.values(), key=lambda one: (place.get(one.resource_id, len(place)), one.resource_id))
    if rule is SectionRule.CURATED:
        chosen = pinned
    elif rule is SectionRule.POPULAR:
        chosen = sorted((one for one in level if one.views), key=lambda one: -one.views) + pinned
    else:
        chosen = _latest(level, pinned) + pinned
    return list(_within(size, dict.fromkeys(chosen)))


def _within(size: int, chosen: Iterable[Candidate]) -> Iterator[str]:
    """The ids of those that have room: of what is coming so many more."""
    room = {False: size, True: size}
    for one in chosen:
        if not room[False]:
            return
        if room[one.coming]:
            room[one.coming] -= 1
            yield one.resource_id


def _latest(level: list[Candidate], pinned: list[Candidate]) -> list[Candidate]:
    """What has a date, or as a pin takes one, the latest first."""
    dates = {one.resource_id: one.first_on for one in level}
    dates |= zip((one.resource_id for one in pinned), _filled([one.first_on for one in pinned]), strict=True)
    dated = [(found, one) for one in level if (found := dates[one.resource_id]) is not None]
    return [one for _, one in sorted(dated, key=lambda pair: pair[0], reverse=True)]


def _filled(dates: Iterable[date | None]) -> list[date | None]:
    """Each without a date takes the one before it; those before the first, the first."""
    forward = list(_carried(dates))
    return list(_carried(reversed(forward)))[::-1]


def _carried(dates: Iterable[date | None]) -> Iterator[date | None]:
    return accumulate(dates, lambda before, own: before if own is None else own)


async def refresh(connection: AsyncConnection, topics: Iterable[str], now: datetime) -> None:
    """Arrange the sections of these topics anew. It is part of the transaction that changed what they depend on."""
    query = sa.select(TOPIC.c.id).where(TOPIC.c.id.in_(sorted(set(topics)))).order_by(TOPIC.c.id)
    held = (await connection.execute(query.with_for_update(key_share=True))).scalars().all()
    for section, arranged in await _stale(connection, held, now):
        await connection.execute(SHOWN.delete().where(SHOWN.c.section_id == section.id))
        rows = [{"section_id": section.id, "resource_id": one, "position": at} for at, one in enumerate(arranged, 1)]
        if rows:
            await connection.execute(SHOWN.insert(), rows)


async def refresh_all(connection: AsyncConnection, now: datetime) -> None:
    """Arrange the sections of all topics anew; where all of them stand as they should, nothing is held or written."""
    topics = (await connection.execute(sa.select(TOPIC.c.id))).scalars().all()
    stale = {section.topic_id for section, _ in await _stale(connection, topics, now)}
    if stale:
        await refresh(connection, stale, now)


async def topics_of(connection: AsyncConnection, resources: Iterable[str]) -> set[str]:
    """The topics whose hubs these resources may stand in: they belong to them, or are pinned there."""
    some = sorted(set(resources))
    own: Query = sa.select(BELONGS.c.topic_id).where(BELONGS.c.resource_id.in_(some))
    pinned: Query = sa.select(SECTION.c.topic_id).join(PIN, PIN.c.section_id == SECTION.c.id)
    found = await connection.execute(sa.union(own, pinned.where(PIN.c.resource_id.in_(some))))
    return set(found.scalars())


async def _stale(
    connection: AsyncConnection, topics: Sequence[str], now: datetime
) -> list[tuple[sa.Row[Any], list[str]]]:
    """The sections of which the stored list is not what their rule makes now, with that. Any: columns of a section."""
    stale = []
    for section in (await connection.execute(sa.select(SECTION).where(SECTION.c.topic_id.in_(topics)))).all():
        pins = await _listed(connection, PIN, section.id)
        candidates = await _candidates(connection, section, pins, now)
        arranged = arrange(SectionRule(section.rule), pins, candidates, section.size)
        if arranged != await _listed(connection, SHOWN, section.id):
            stale.append((section, arranged))
    return stale


async def _listed(connection: AsyncConnection, table: sa.Table, section_id: str) -> list[str]:
    """What a table has in a section, in its order."""
    own = sa.select(table.c.resource_id).where(table.c.section_id == section_id)
    return list((await connection.execute(own.order_by(table.c.position, table.c.resource_id))).scalars())


async def _candidates(
    connection: AsyncConnection, section: sa.Row[Any], pins: Sequence[str], now: datetime
) -> list[Candidate]:
    """The pins, and of the topic those that its rule can place first. Any: the columns of a section."""
    queries, views = [_dated(now).where(REVISION.c.id.in_(pins))], {}
    if section.rule == SectionRule.POPULAR:
        views = await _viewed(connection, section, pins, now)
        queries.append(_dated(now).where(REVISION.c.id.in_(list(views))))
    elif section.rule == SectionRule.LATEST:
        queries += _latest_of(section.topic_id, now)
    rows = [row for query in queries for row in await connection.execute(query)]
    found: dict[str, Candidate] = {}
    for own, published_on, begun, live_from in sorted(rows, key=lambda row: row.live_from):
        first_on = published_on or (begun and begun.date())
        found.setdefault(own, Candidate(own, first_on, views.get(own, 0), live_from > now))
    return list(found.values())


def _latest_of(topic_id: str, now: datetime) -> list[Query]:
    """The latest of a topic: of those that say when they were published, and of those that were published here."""
    belongs = sa.select(BELONGS.c.resource_id).where(BELONGS.c.topic_id == topic_id)
    of_topic = _dated(now).where(REVISION.c.id.in_(belongs)).limit(MOST_SHOWN)
    on, begun = REVISION.c.published_on, _begun()
    return [
        of_topic.where(on.is_not(None)).order_by(on.desc(), REVISION.c.id),
        of_topic.where(on.is_(None), begun.is_not(None)).order_by(begun.desc(), REVISION.c.id),
    ]


def _dated(now: datetime) -> Query:
    """The revisions that readers see now or are to see, with what dates them."""
    columns = (REVISION.c.id, REVISION.c.published_on, _begun().label("begun"), REVISION.c.live_from)
    return sa.select(*columns).where(_showing(REVISION, now))


def _showing(revision: sa.FromClause, now: datetime) -> sa.ColumnElement[bool]:
    ended = revision.c.live_until
    return sa.and_(revision.c.live_from.is_not(None), sa.or_(ended.is_(None), ended > now))


def _begun() -> sa.ScalarSelect[datetime]:
    """When a resource was first published here; null for one that was loaded, of which nobody says when it appeared."""
    own = REVISION.alias()
    loaded = sa.func.sum(sa.case((own.c.provenance == Provenance.REPORTED, 1), else_=0))
    first = sa.select(sa.case((loaded == 0, sa.func.min(own.c.live_from)))).where(own.c.id == REVISION.c.id)
    return first.correlate(REVISION).scalar_subquery()


async def _viewed(
    connection: AsyncConnection, section: sa.Row[Any], pins: Sequence[str], now: datetime
) -> dict[str, int]:
    """The views of the most viewed in the window, today included, by resource. Any: the columns of a section."""
    belongs = sa.select(BELONGS.c.resource_id).where(BELONGS.c.topic_id == section.topic_id)
    showing = sa.select(REVISION.c.id).where(REVISION.c.id == VIEW.c.resource_id, _showing(REVISION, now))
    total = sa.func.sum(VIEW.c.views)
    counted = sa.select(VIEW.c.resource_id, total).where(
        VIEW.c.day > now.date() - timedelta(days=section.window_days),
        sa.or_(VIEW.c.resource_id.in_(belongs), VIEW.c.resource_id.in_(pins)),
        showing.exists(),
    )
    counted = counted.group_by(VIEW.c.resource_id).order_by(total.desc(), VIEW.c.resource_id).limit(MOST_SHOWN)
    return {row[0]: int(row[1]) for row in await connection.execute(counted)}
