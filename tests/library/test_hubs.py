"""A section's rule arranges its pins and what belongs to its topic; the stored list follows what it depends on."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from fund_api.core.database import Database
from fund_api.core.ids import stable_id
from fund_api.library import hubs
from fund_api.library.hubs import Candidate, arrange
from fund_api.library.topic_tables import SectionRule
from tests.rows import fetch, table

CURATED, POPULAR, LATEST = SectionRule
NOW = datetime(2026, 5, 10, 12, tzinfo=UTC)
OLD = date(2020, 2, 1)

IDS = st.sampled_from("abcdefgh")
CANDIDATES = st.lists(
    st.builds(Candidate, IDS, st.none() | st.dates(OLD, date(2020, 2, 4)), st.integers(0, 3)),
    unique_by=lambda one: one.resource_id,
)
PINS = st.lists(IDS)
SIZES = st.integers(1, 6)


def dated(**dates: date | None) -> list[Candidate]:
    return [Candidate(name, first_on) for name, first_on in dates.items()]


def viewed(**views: int) -> list[Candidate]:
    return [Candidate(name, None, count) for name, count in views.items()]


def test_a_curated_section_has_its_pins_in_their_order() -> None:
    assert arrange(CURATED, ["c", "a"], dated(a=None, b=OLD, c=OLD), 12) == ["c", "a"]


def test_a_popular_section_has_what_was_viewed_most_and_then_its_pins() -> None:
    found = arrange(POPULAR, ["p", "q", "r"], viewed(a=1, b=0, c=7, p=0, q=3, r=0), 12)
    assert found == ["c", "q", "a", "p", "r"]


def test_the_latest_come_first() -> None:
    dates = dated(a=date(2024, 3, 1), b=date(2025, 6, 1), c=None, d=date(2019, 1, 1))
    assert arrange(LATEST, [], dates, 12) == ["b", "a", "d"]


def test_what_is_coming_takes_nobody_s_place_before_its_time() -> None:
    live = [Candidate(name, date(2024, 1, day)) for day, name in enumerate("abc", 1)]
    coming = [Candidate(name, date(2026, 1, day), coming=True) for day, name in enumerate("defgh", 1)]
    assert arrange(LATEST, [], [*live, *coming], 2) == ["h", "g", "c", "b"]


def test_an_undated_pin_stands_by_the_dated_one_before_it() -> None:
    dates = dated(p=date(2022, 1, 1), q=None, r=date(2020, 1, 1), s=None, new=date(2021, 1, 1))
    assert arrange(LATEST, ["p", "q", "r", "s"], dates, 12) == ["p", "q", "new", "r", "s"]


def test_undated_pins_before_the_first_dated_one_stand_by_it() -> None:
    dates = dated(p=None, q=None, r=date(2020, 1, 1), old=date(2019, 1, 1))
    assert arrange(LATEST, ["p", "q", "r"], dates, 12) == ["p", "q", "r", "old"]


def test_pins_of_which_none_has_a_date_come_last() -> None:
    assert arrange(LATEST, ["q", "p"], dated(p=None, q=None, old=date(1999, 1, 1)), 12) == ["old", "q", "p"]


@given(st.sampled_from(SectionRule), PINS, CANDIDATES, SIZES)
def test_a_section_holds_at_most_its_size_of_candidates_none_twice(
    rule: SectionRule, pins: list[str], candidates: list[Candidate], size: int
) -> None:
    found = arrange(rule, pins, candidates, size)
    assert len(found) == len(set(found)) <= size
    assert set(found) <= {one.resource_id for one in candidates}


@given(st.sampled_from(SectionRule), PINS, CANDIDATES, SIZES)
def test_a_smaller_section_is_the_beginning_of_a_larger_one(
    rule: SectionRule, pins: list[str], candidates: list[Candidate], size: int
) -> None:
    assert arrange(rule, pins, candidates, size) == arrange(rule, pins, candidates, 100)[:size]


@given(st.sampled_from(SectionRule), PINS, CANDIDATES)
def test_the_order_in_which_candidates_are_read_does_not_matter(
    rule: SectionRule, pins: list[str], candidates: list[Candidate]
) -> None:
    assert arrange(rule, pins, candidates, 100) == arrange(rule, pins, candidates[::-1], 100)


@given(st.sampled_from(SectionRule), PINS, CANDIDATES)
def test_every_pin_that_can_be_shown_is_shown(rule: SectionRule, pins: list[str], candidates: list[Candidate]) -> None:
    assert set(pins) & {one.resource_id for one in candidates} <= set(arrange(rule, pins, candidates, 100))


@given(PINS, CANDIDATES)
def test_no_later_date_comes_after_an_earlier_one(pins: list[str], candidates: list[Candidate]) -> None:
    dates = {one.resource_id: one.first_on for one in candidates}
    found = [dates[one] for one in arrange(LATEST, pins, candidates, 100)]
    known = [one for one in found if one is not None]
    assert known == sorted(known, reverse=True)


@given(PINS, st.lists(IDS, unique=True))
def test_undated_pins_keep_the_listed_order(pins: list[str], shown: list[str]) -> None:
    listed = [one for one in dict.fromkeys(pins) if one in shown]
    assert arrange(LATEST, pins, [Candidate(one) for one in shown], 100) == listed
    assert arrange(LATEST, pins, [Candidate(one, OLD) for one in shown if one in pins], 100) == listed


@given(PINS, CANDIDATES)
def test_more_views_never_come_after_fewer(pins: list[str], candidates: list[Candidate]) -> None:
    views = {one.resource_id: one.views for one in candidates}
    found = [views[one] for one in arrange(POPULAR, pins, candidates, 100)]
    assert found == sorted(found, reverse=True)


TOPIC = stable_id("topic", "leadership")


async def insert(database: Database, name: str, *rows: dict[str, object]) -> None:
    """Write rows, each with the stamps that its table has."""
    stamps = {"created_at": NOW, "updated_at": NOW, "version": 1, "provenance": "ENTERED"}
    stamps = {key: value for key, value in stamps.items() if key in table(name).c}
    async with database.writing() as connection:
        for row in rows:
            await connection.execute(table(name).insert(), stamps | row)


def section(rule: SectionRule) -> str:
    return stable_id("section", rule)


async def hub(database: Database, size: int = 12) -> None:
    """A topic with a section of each rule."""
    await insert(database, "topic", {"id": TOPIC, "slug": "leadership", "name": "L", "name_folded": "l"})
    common = {"topic_id": TOPIC, "title": "T", "size": size}
    for at, rule in enumerate(SectionRule, 1):
        own = {"id": section(rule), "slug": rule.lower(), "rule": rule, "position": at}
        days = 30 if rule is POPULAR else None
        await insert(database, "hub_section", common | own | {"window_days": days})


async def publish(database: Database, name: str, *, belongs: bool = True, **changes: object) -> str:
    """A resource of the topic that is live since yesterday, but for the changes."""
    resource_id = stable_id("res", name)
    await insert(database, "resource", {"id": resource_id, "slug": name})
    await revise(database, name, 1, **changes)
    if belongs:
        await insert(database, "topic_resource", {"topic_id": TOPIC, "resource_id": resource_id})
    return resource_id


async def revise(database: Database, name: str, number: int, **changes: object) -> None:
    row: dict[str, object] = {
        "revision_id": stable_id("rev", name, str(number)),
        "id": stable_id("res", name),
        "slug": name,
        "number": number,
        "title": name,
        "title_folded": name,
        "search_text": name,
        "kind": "ARTICLE",
        "access": "PUBLIC",
        "live_from": NOW - timedelta(days=1),
    }
    await insert(database, "revision", row | changes)


async def pin(database: Database, rule: SectionRule, *names: str) -> None:
    for at, name in enumerate(names, 1):
        row = {"section_id": section(rule), "resource_id": stable_id("res", name)}
        await insert(database, "section_pin", {**row, "position": at})


async def arranged(database: Database, rule: SectionRule, now: datetime = NOW) -> list[str]:
    """The slugs of what stands in a section, after arranging it anew."""
    async with database.writing() as connection:
        await hubs.refresh(connection, [TOPIC], now)
    shown, resource = table("section_resource"), table("resource")
    found = sa.select(resource.c.slug).join(shown, shown.c.resource_id == resource.c.id)
    rows = await fetch(database, found.where(shown.c.section_id == section(rule)).order_by(shown.c.position))
    return [row[0] for row in rows]


def on(year: int) -> dict[str, Any]:  # Any: values of columns
    return {"published_on": date(year, 1, 1), "published_on_precision": "YEAR"}


async def test_a_section_changes_with_its_pins(database: Database) -> None:
    await hub(database)
    for name in ("a", "b"):
        await publish(database, name, belongs=False)
    assert await arranged(database, CURATED) == []

    await pin(database, CURATED, "b", "a")

    assert await arranged(database, CURATED) == ["b", "a"]
    assert await arranged(database, LATEST) == []


async def test_what_was_published_here_without_a_date_is_dated_by_its_first_publication(database: Database) -> None:
    await hub(database)
    await publish(database, "report", **on(2024))
    await publish(database, "new")
    await publish(database, "older", live_from=datetime(2025, 1, 1, tzinfo=UTC), live_until=NOW)
    await revise(database, "older", 2, live_from=NOW)
    await publish(database, "loaded", provenance="REPORTED", live_from=datetime(1970, 1, 1, tzinfo=UTC))

    assert await arranged(database, LATEST) == ["new", "older", "report"]


async def test_drafts_and_what_has_ended_are_left_out_and_what_is_scheduled_has_its_place(database: Database) -> None:
    await hub(database)
    await publish(database, "live", **on(2024))
    await publish(database, "draft", live_from=None, **on(2026))
    await publish(database, "ended", live_until=NOW, **on(2026))
    await publish(database, "scheduled", live_from=NOW + timedelta(days=1), **on(2025))
    await pin(database, CURATED, "draft", "ended", "scheduled", "live")

    assert await arranged(database, LATEST) == ["scheduled", "live"]
    assert await arranged(database, CURATED) == ["scheduled", "live"]


async def test_a_replacement_that_is_scheduled_does_not_move_a_resource_before_its_time(database: Database) -> None:
    await hub(database)
    tomorrow = NOW + timedelta(days=1)
    await publish(database, "b", **on(2024))
    await publish(database, "a", live_until=tomorrow, **on(2023))
    await revise(database, "a", 2, live_from=tomorrow, **on(2025))

    assert await arranged(database, LATEST) == ["b", "a"]
    assert await arranged(database, LATEST, tomorrow) == ["a", "b"]


async def test_views_count_inside_the_window_alone(database: Database) -> None:
    await hub(database)
    for name in ("a", "b", "c"):
        await publish(database, name)
    await publish(database, "elsewhere", belongs=False)
    await pin(database, POPULAR, "c")
    first_day = NOW.date() - timedelta(days=29)
    for name, day, views in (
        ("a", first_day, 2),
        ("a", NOW.date(), 2),
        ("b", NOW.date(), 3),
        ("b", first_day - timedelta(days=1), 50),
        ("elsewhere", NOW.date(), 9),
    ):
        await insert(database, "resource_view", {"resource_id": stable_id("res", name), "day": day, "views": views})

    assert await arranged(database, POPULAR) == ["a", "b", "c"]
    assert await arranged(database, POPULAR, NOW + timedelta(days=1)) == ["b", "a", "c"]


async def test_a_section_holds_no_more_than_its_size(database: Database) -> None:
    await hub(database, size=2)
    for year in (2019, 2021, 2020):
        await publish(database, f"of-{year}", **on(year))

    assert await arranged(database, LATEST) == ["of-2021", "of-2020"]


async def test_topics_are_those_that_a_resource_belongs_to_or_is_pinned_in(database: Database) -> None:
    await hub(database)
    belongs = await publish(database, "a")
    pinned, neither = [await publish(database, name, belongs=False) for name in ("b", "c")]
    await pin(database, CURATED, "b")

    async def topics(*resources: str) -> set[str]:
        async with database.engine.connect() as connection:
            return await hubs.topics_of(connection, resources)

    assert await topics(belongs) == await topics(pinned) == await topics(belongs, pinned, neither) == {TOPIC}
    assert await topics(neither) == await topics() == set()
