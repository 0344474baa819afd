"""Views: what is counted, what is written of it, and what follows from it."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from fund_api.app import services
from fund_api.core import clock
from fund_api.core.database import Database
from fund_api.graph.engine import Engine
from fund_api.graph.run import reader
from fund_api.library import views as counting
from fund_api.library.tables import Resource, Revision
from fund_api.library.tag_tables import AudienceTag
from fund_api.library.topic_tables import HubSection, SectionPin, SectionResource, Topic, TopicResource
from fund_api.library.views import Views
from tests.asking import CATALOGUE, Asker
from tests.rights.rows import Rows
from tests.rows import everything, fetch, table

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
GONE = f"res_{'0' * 26}"


def add_resource(rows: Rows, **values: Any) -> str:
    """A resource that is live; Any: values of its revision."""
    resource = rows.add(Resource)
    live = {"access": "PUBLIC", "live_from": NOW - timedelta(days=9), "live_until": None, "views": 0, "number": 1}
    rows.add(Revision, **{"id": resource, "slug": resource, "begin_told": True} | live | values)
    return resource


async def resources(database: Database, number: int) -> list[str]:
    rows = Rows()
    made = [add_resource(rows) for _ in range(number)]
    await rows.save(database)
    return made


def view(views: Views, resource: str, times: int, now: datetime = NOW) -> None:
    """So many readers open a resource."""
    for number in range(times):
        views.count(resource, (f"192.0.2.{number}", "a browser"), now)


async def days(database: Database) -> list[tuple[Any, ...]]:
    """The rows of views."""
    found = table("resource_view").c
    query = sa.select(found.resource_id, found.day, found.views)
    return await fetch(database, query.order_by(found.resource_id, found.day))


# Counting


async def test_a_sender_counts_once_an_hour_for_each_resource(database: Database) -> None:
    first, second = sorted(await resources(database, 2))
    views = Views()

    for minutes in (0, 30, 59, 60, 61, 119):
        views.count(first, ("192.0.2.1", "a browser"), NOW + timedelta(minutes=minutes))
    views.count(first, ("192.0.2.2", "a browser"), NOW)
    views.count(first, ("192.0.2.1", "another browser"), NOW)
    views.count(second, ("192.0.2.1", "a browser"), NOW)
    await views.flush(database, NOW)

    assert await days(database) == [(first, NOW.date(), 4), (second, NOW.date(), 1)]


async def test_memory_is_bounded_and_the_oldest_senders_are_forgotten_first(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counting, "MOST_SENDERS", 3)
    [resource] = await resources(database, 1)
    views = Views()

    view(views, resource, 4)
    views.count(resource, ("192.0.2.3", "a browser"), NOW)  # known still
    views.count(resource, ("192.0.2.0", "a browser"), NOW)  # forgotten
    await views.flush(database, NOW)

    assert await days(database) == [(resource, NOW.date(), 5)]


def test_nothing_that_tells_a_sender_is_kept() -> None:
    views = Views()
    views.count("res_1", ("192.0.2.7", "Mozilla of Ada"), NOW)

    kept = repr((dict(views._seen), dict(views._counted)))

    assert "192.0.2.7" not in kept
    assert "Mozilla" not in kept


# Writing


async def test_views_add_up_by_day_and_on_every_revision_and_audience(database: Database) -> None:
    rows = Rows()
    resource, other = add_resource(rows), add_resource(rows)
    rows.add(
        Revision, **{"id": resource, "slug": resource, "number": 2, "live_from": None, "live_until": None, "views": 0}
    )
    rows.add(AudienceTag, resource_id=resource, campaign_kind=None, form=None, views=0)
    await rows.save(database)
    views = Views()

    view(views, resource, 3)
    await views.flush(database, NOW)
    view(views, resource, 2, NOW + HOUR)
    view(views, resource, 1, NOW + timedelta(days=1))
    view(views, other, 1)
    await views.flush(database, NOW + timedelta(days=1))

    found = sorted([(resource, date(2026, 11, 22), 5), (resource, date(2026, 11, 23), 1), (other, NOW.date(), 1)])
    assert await days(database) == found
    revision = table("revision").c
    totals = await fetch(database, sa.select(revision.id, revision.number, revision.views))
    assert sorted(totals) == sorted([(resource, 1, 6), (resource, 2, 6), (other, 1, 1)])
    assert await fetch(database, sa.select(table("audience_tag").c.views)) == [(6,)]


async def test_processes_that_write_at_once_lose_nothing(postgres: Database) -> None:
    made = await resources(postgres, 20)
    processes = [Views() for _ in range(4)]

    for number, views in enumerate(processes):
        for resource in made if number % 2 else reversed(made):
            view(views, resource, 5)
    await asyncio.gather(*(views.flush(postgres, NOW) for views in processes))

    assert await days(postgres) == [(resource, NOW.date(), 20) for resource in sorted(made)]


async def test_views_of_what_is_gone_are_dropped_and_nothing_writes_nothing(database: Database) -> None:
    views = Views()
    before = await everything(database)

    await views.flush(database, NOW)
    view(views, GONE, 1)
    await views.flush(database, NOW)

    assert await everything(database) == before


async def test_what_could_not_be_written_is_written_with_the_next(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    [resource] = await resources(database, 1)
    views = Views()
    view(views, resource, 2)

    async def fails(*_: object) -> None:
        raise OSError("the database is gone")

    with monkeypatch.context() as patched:
        patched.setattr(counting, "_add_totals", fails)
        with pytest.raises(OSError, match="the database is gone"):
            await views.flush(database, NOW)
    assert await days(database) == []
    view(views, resource, 1, NOW + HOUR)
    await views.flush(database, NOW)

    assert await days(database) == [(resource, NOW.date(), 3)]


async def test_many_views_are_written_in_several_statements(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = sorted(await resources(database, 7))
    monkeypatch.setattr(counting, "MANY", 3)
    views = Views()

    for number, resource in enumerate(made, 1):
        assert views.are_many is (number > 2)
        view(views, resource, number)
        view(views, resource, 1, NOW + timedelta(days=1))
    await views.flush(database, NOW)

    assert not views.are_many
    revision = table("revision").c
    totals = await fetch(database, sa.select(revision.id, revision.views).order_by(revision.id))
    assert totals == [(resource, number + 1) for number, resource in enumerate(made, 1)]


async def test_popular_sections_follow_the_views_of_their_window(database: Database) -> None:
    rows = Rows()
    pinned, first, second = (add_resource(rows) for _ in range(3))
    topic = rows.add(Topic)
    section = rows.add(HubSection, topic_id=topic, rule="POPULAR", window_days=30, size=3)
    for resource in (pinned, first, second):
        rows.add(TopicResource, topic_id=topic, resource_id=resource)
    rows.add(SectionPin, section_id=section, resource_id=pinned, position=1)
    rows.add(SectionResource, section_id=section, resource_id=pinned, position=1)
    await rows.save(database)
    views = Views()

    view(views, first, 1)
    view(views, second, 2)
    await views.flush(database, NOW)

    shown = table("section_resource").c
    found = await fetch(database, sa.select(shown.resource_id).order_by(shown.position))
    assert found == [(second,), (first,), (pinned,)]


# What readers are told

POPULAR = "query($first: Int, $days: Int) { popular(first: $first, days: $days) { views resource { id } } }"


@pytest.fixture
async def ask(database: Database, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Asker]:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    reads = reader(database, 2)
    yield Asker(Engine(CATALOGUE, reads, 100, 100_000, database, services(database)))
    await reads.close()


async def test_what_is_popular_are_the_live_resources_by_the_views_of_the_last_days(
    database: Database, ask: Asker
) -> None:
    rows = Rows()
    old, new, members_only = add_resource(rows), add_resource(rows), add_resource(rows, access="MEMBER")
    hidden = [add_resource(rows, live_from=None), add_resource(rows, live_until=NOW)]
    await rows.save(database)
    views = Views()
    view(views, old, 5, NOW - timedelta(days=7))
    view(views, old, 1)
    view(views, new, 3, NOW - timedelta(days=6))
    view(views, members_only, 2)
    for one in hidden:
        view(views, one, 9)
    await views.flush(database, NOW)

    week, more = await ask(POPULAR, days=7), await ask(POPULAR, days=8, first=1)

    assert week["popular"] == [
        {"views": 3, "resource": {"id": new}},
        {"views": 2, "resource": {"id": members_only}},
        {"views": 1, "resource": {"id": old}},
    ]
    assert more["popular"] == [{"views": 6, "resource": {"id": old}}]


async def test_what_is_popular_has_limits(ask: Asker) -> None:
    for given, message in (
        ({"first": 0}, "first lies between 1 and 100, not at 0."),
        ({"first": 101}, "first lies between 1 and 100, not at 101."),
        ({"days": 0}, "days lies between 1 and 365, not at 0."),
        ({"days": 366}, "days lies between 1 and 365, not at 366."),
    ):
        assert await ask.refusal(POPULAR, **{"first": 20, "days": 30} | given) == message


async def test_what_is_read_below_what_is_popular_costs_in_all_what_it_costs(database: Database, ask: Asker) -> None:
    rows = Rows()
    made = [add_resource(rows) for _ in range(3)]
    await rows.save(database)
    views = Views()
    for one in made:
        view(views, one, 1)
    await views.flush(database, NOW)
    document = "{ popular { resource { topics(first: 40) { nodes { id } } } } }"

    ask.engine.cost_limit = 1_122  # the root field itself is 1,000, each of the three reads 41 rows
    assert await ask.refusal(document) == (
        "This operation may touch 1,123 rows; 1,122 are allowed."
        " Ask for smaller pages (first, last) or for fewer lists inside lists."
    )
    ask.engine.cost_limit = 1_123
    assert len((await ask(document))["popular"]) == 3
