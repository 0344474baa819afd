"""Topics and their hubs: what editors arrange, and what becomes of it when something is published or withdrawn."""

import pytest
import sqlalchemy as sa

from fund_api.core.access import PUBLIC
from fund_api.core.database import Database
from fund_api.core.errors import InvalidValue, NotAllowed, NotFound, VersionConflict
from fund_api.core.writing import writing
from fund_api.library import boundaries, tagging, topics
from fund_api.library.tagging import Tags
from tests.library.editors import EDITOR, HOUR, NOW, STAFF, Desk, actions, told
from tests.rows import count, fetch, table


async def create(database: Database, name: str, **values: object) -> str:
    async with writing(database, EDITOR, NOW) as tx:
        return await topics.create_topic(tx, {"name": name} | values)


async def save(
    database: Database,
    topic: str,
    slug: str,
    version: int | None = None,
    pins: list[str] | None = None,
    **values: object,
) -> str:
    async with writing(database, EDITOR, NOW) as tx:
        return await topics.save_section(tx, topic, slug, values, pins=pins, expected_version=version)


async def shown(database: Database, section: str) -> list[str]:
    rows = table("section_resource").c
    query = sa.select(rows.resource_id).where(rows.section_id == section).order_by(rows.position)
    return [str(one) for (one,) in await fetch(database, query)]


async def test_a_topic_has_a_slug_of_its_name_and_may_lie_inside_another(database: Database) -> None:
    wide = await create(database, "Forms of Government")
    narrow = await create(database, "Council-Manager", parent_id=wide)

    rows = table("topic").c
    found = await fetch(database, sa.select(rows.slug, rows.parent_id, rows.version).order_by(rows.slug))
    assert found == [("council-manager", wide, 1), ("forms-of-government", None, 1)]
    with pytest.raises(InvalidValue, match="There is a topic council-manager already"):
        await create(database, "Council manager")
    async with writing(database, EDITOR, NOW) as tx:
        await topics.update_topic(tx, narrow, {"summary": "How it works."}, expected_version=1)
    for values, message in (
        ({"parent_id": narrow}, "can't lie inside itself"),
        ({"parent_id": wide}, "can't lie inside itself"),
        ({"name": "\u0301"}, "letters or digits"),
    ):
        with pytest.raises(InvalidValue, match=message):
            async with writing(database, EDITOR, NOW) as tx:
                await topics.update_topic(tx, wide, values, expected_version=1)
    with pytest.raises(VersionConflict):
        async with writing(database, EDITOR, NOW) as tx:
            await topics.update_topic(tx, narrow, {"name": "Lost"}, expected_version=1)


async def test_a_section_is_added_changed_and_arranged(database: Database) -> None:
    topic = await create(database, "Leadership")
    first, second = await Desk(database).create(), await Desk(database).create()
    for desk in (first, second):
        await desk.publish()

    section = await save(
        database, topic, "featured", title="Featured", rule="CURATED", pins=[second.resource, first.resource]
    )
    assert await shown(database, section) == [second.resource, first.resource]

    await save(database, topic, "featured", 1, pins=[first.resource])
    await save(database, topic, "featured", 2, size=1)

    assert await shown(database, section) == [first.resource]
    rows = table("hub_section").c
    columns = (rows.title, rows.rule, rows.position, rows.size, rows.window_days, rows.version)
    assert await fetch(database, sa.select(*columns)) == [("Featured", "CURATED", 1, 1, None, 3)]
    assert (await told(database, "hub_section.saved")).keys() == {"size"}


async def test_popular_sections_alone_count_days(database: Database) -> None:
    topic = await create(database, "Leadership")
    await save(database, topic, "popular", title="Popular", rule="POPULAR")
    await save(database, topic, "latest", title="Latest", rule="LATEST")

    rows = table("hub_section").c
    found = await fetch(database, sa.select(rows.slug, rows.position, rows.window_days).order_by(rows.position))
    assert found == [("popular", 1, 365), ("latest", 2, None)]
    with pytest.raises(InvalidValue, match="Only a POPULAR section") as refused:
        await save(database, topic, "latest", 1, window_days=7)
    assert refused.value.path == ("window_days",)
    await save(database, topic, "popular", 1, rule="LATEST")
    assert await fetch(database, sa.select(rows.window_days).where(rows.slug == "popular")) == [(None,)]


async def test_wrong_sections_are_refused_and_nothing_is_saved(database: Database) -> None:
    topic = await create(database, "Leadership")
    await save(database, topic, "featured", title="Featured", rule="CURATED")
    before = await count(database, "event")

    for slug, version, values, message in (
        ("new", None, {"rule": "CURATED"}, "title is needed"),
        ("new", None, {"title": "New"}, "rule is needed"),
        ("No slug", None, {"title": "New", "rule": "CURATED"}, "A slug has small letters"),
        ("x" * 61, None, {"title": "New", "rule": "CURATED"}, "at most 60 characters"),
        ("featured", 1, {"size": 101}, "size lies between 1 and 100"),
        ("featured", 1, {"position": None}, "position is needed"),
    ):
        with pytest.raises(InvalidValue, match=message):
            await save(database, topic, slug, version, **values)
    with pytest.raises(VersionConflict):
        await save(database, topic, "featured", title="Taken", rule="CURATED")
    with pytest.raises(VersionConflict):
        await save(database, topic, "featured", 2, title="Late")
    with pytest.raises(VersionConflict):
        await save(database, topic, "new", 1, title="Not there", rule="CURATED")
    with pytest.raises(NotFound, match="There is no resource res_x"):
        await save(database, topic, "featured", 1, pins=["res_x"])

    assert (await count(database, "hub_section"), await count(database, "event")) == (1, before)


async def test_hubs_follow_what_is_published_tagged_and_withdrawn(database: Database) -> None:
    topic = await create(database, "Leadership")
    section = await save(database, topic, "latest", title="Latest", rule="LATEST")
    desk = await Desk(database).create()

    async def tagged(*ids: str) -> None:
        async with writing(database, EDITOR, desk.now) as tx:
            await tagging.set_resource_tags(tx, desk.resource, Tags(topics=ids), expected_revision=desk.number)

    await tagged(topic)
    assert await shown(database, section) == []
    await desk.publish()
    assert await shown(database, section) == [desk.resource]
    await tagged()
    assert await shown(database, section) == []
    await tagged(topic)
    assert await shown(database, section) == [desk.resource]
    desk.now = NOW + HOUR
    await desk.unpublish()
    assert await shown(database, section) == []


async def test_hubs_are_arranged_anew_after_an_expiry(database: Database) -> None:
    topic = await create(database, "Leadership")
    section = await save(database, topic, "latest", title="Latest", rule="LATEST")
    desk = await Desk(database).create()
    async with writing(database, EDITOR, NOW) as tx:
        await tagging.set_resource_tags(tx, desk.resource, Tags(topics=[topic]), expected_revision=1)
    await desk.publish(NOW + HOUR)
    assert await shown(database, section) == [desk.resource]

    async with writing(database, PUBLIC, NOW + HOUR) as tx:
        await boundaries.tell_what_came_due(tx)

    assert await shown(database, section) == []


async def test_only_editors_arrange(database: Database) -> None:
    topic = await create(database, "Leadership")
    for viewer in (PUBLIC, STAFF):
        async with writing(database, viewer, NOW) as tx:
            acts = [
                topics.create_topic(tx, {"name": "Mine"}),
                topics.update_topic(tx, topic, {"name": "Mine"}, expected_version=1),
                topics.save_section(tx, topic, "mine", {"title": "Mine", "rule": "CURATED"}),
            ]
            for act in acts:
                with pytest.raises(NotAllowed, match="fund:resource:edit"):
                    await act

    assert await actions(database) == ["topic.created"]
