"""Publishing: what is read when, what an act does to the other revisions, and what the log says of it."""

import asyncio
import json
from datetime import datetime

import pytest
import sqlalchemy as sa

from fund_api.core.access import PUBLIC
from fund_api.core.database import Database
from fund_api.core.errors import InvalidTransition, InvalidValue, NotAllowed, NotFound, VersionConflict
from fund_api.core.writing import writing
from fund_api.library import publishing, tagging, topics
from fund_api.library.tagging import Tags
from tests.library.editors import EDITOR, HOUR, MOMENT, NOW, STAFF, Desk, actions, told
from tests.rows import count, fetch, table


async def test_what_is_published_replaces_what_was_live_at_that_moment(database: Database) -> None:
    desk = await Desk(database).create()
    await desk.publish()
    assert await desk.states() == ["LIVE"]

    await desk.save(title="A handbook")
    desk.now = NOW + HOUR
    await desk.publish()

    assert await desk.states() == ["PAST", "LIVE"]
    assert await desk.said(1, "live_from", "live_until") == (NOW, NOW + HOUR)
    assert await desk.said(2, "live_from", "live_until") == (NOW + HOUR, None)
    assert await actions(database) == [
        *("resource.created", "resource.published", "resource.draft_saved", "resource.published"),
    ]
    assert await told(database, "resource.published") == {
        "number": (None, "2"),
        "live_from": (None, '"2026-11-22T13:00:00.000000+00:00"'),
        "expires_at": (None, None),
        "title": ('"A guide to charters"', '"A handbook"'),
    }


async def test_what_is_scheduled_goes_live_and_expires_without_a_write(database: Database) -> None:
    desk = await Desk(database).create()
    await desk.publish()
    await desk.save(title="Next")

    await desk.schedule(NOW + HOUR, NOW + 2 * HOUR)

    found = []
    for after in (HOUR - MOMENT, HOUR, 2 * HOUR - MOMENT, 2 * HOUR):
        desk.now = NOW + after
        found.append(await desk.states())
    assert found == [["LIVE", "SCHEDULED"], ["PAST", "LIVE"], ["PAST", "LIVE"], ["PAST", "PAST"]]


async def test_publishing_or_scheduling_takes_what_was_scheduled_back_to_a_draft(database: Database) -> None:
    desk = await Desk(database).create()
    await desk.schedule(NOW + HOUR)
    await desk.save(title="Second")
    await desk.schedule(NOW + 2 * HOUR)
    assert await desk.states() == ["DRAFT", "SCHEDULED"]
    assert json.loads((await told(database, "resource.scheduled"))["drafts_again"][1] or "") == [1]

    await desk.save(title="Third")
    await desk.publish()

    assert await desk.states() == ["DRAFT", "DRAFT", "LIVE"]
    assert await desk.said(2, "live_from", "live_until", "expires_at") == (None, None, None)


async def test_what_is_scheduled_is_moved_to_another_time_or_published_at_once(database: Database) -> None:
    desk = await Desk(database).create()
    await desk.schedule(NOW + HOUR, NOW + 3 * HOUR)
    await desk.schedule(NOW + 2 * HOUR)
    assert await desk.said(1, "live_from", "live_until", "expires_at") == (NOW + 2 * HOUR, None, None)

    await desk.publish()

    assert await desk.states() == ["LIVE"]


async def test_what_is_live_has_its_own_end_again_when_its_successor_is_taken_back(database: Database) -> None:
    desk = await Desk(database).create()
    await desk.publish(NOW + 5 * HOUR)
    await desk.save(title="Second")
    await desk.schedule(NOW + HOUR)
    assert await desk.said(1, "live_until") == (NOW + HOUR,)

    await desk.save(title="Third")
    await desk.schedule(NOW + 6 * HOUR)

    assert await desk.said(1, "live_until") == (NOW + 5 * HOUR,)


async def test_unpublishing_ends_what_is_live_and_what_was_scheduled(database: Database) -> None:
    desk = await Desk(database).create()
    await desk.publish()
    await desk.save(title="Second")
    await desk.schedule(NOW + 2 * HOUR)
    desk.now = NOW + HOUR

    await desk.unpublish()

    assert await desk.states() == ["PAST", "DRAFT"]
    assert await told(database, "resource.unpublished") == {
        "number": ("1", "1"),
        "live_until": ('"2026-11-22T14:00:00.000000+00:00"', '"2026-11-22T13:00:00.000000+00:00"'),
        "drafts_again": (None, "[2]"),
    }
    with pytest.raises(InvalidTransition, match="neither published nor scheduled"):
        await desk.unpublish()


async def test_an_older_revision_comes_back_as_a_draft(database: Database) -> None:
    desk = await Desk(database).create(summary="First")
    await desk.save(title="Second", summary=None)
    await desk.publish()

    assert await desk.revert(1) == 3

    assert await desk.states() == ["DRAFT", "LIVE", "DRAFT"]
    assert await desk.said(3, "title", "summary") == ("A guide to charters", "First")
    assert await told(database, "resource.reverted") == {"number": (None, "3"), "reverted_to": (None, "1")}
    with pytest.raises(NotFound, match="no revision 4, only 1 to 3"):
        await desk.revert(4)
    with pytest.raises(InvalidValue, match="Revision 3 is the latest already"):
        await desk.revert(3)


async def test_what_was_withdrawn_comes_back_by_reverting_to_it(database: Database) -> None:
    desk = await Desk(database).create()
    await desk.publish()
    desk.now = NOW + HOUR
    await desk.unpublish()
    with pytest.raises(InvalidTransition, match="was published before: revert to it, then publish"):
        await desk.publish()

    await desk.revert(1)
    await desk.publish()

    assert await desk.states() == ["PAST", "LIVE"]
    assert await desk.said(1, "live_from", "live_until") == (NOW, NOW + HOUR)


async def test_acts_at_one_moment_leave_one_live(database: Database) -> None:
    desk = await Desk(database).create()
    await desk.publish()
    await desk.save(title="Second")
    await desk.publish()
    assert await desk.states() == ["DRAFT", "LIVE"]
    await desk.unpublish()
    assert await desk.states() == ["DRAFT", "PAST"]

    await desk.revert(2)
    await desk.publish()

    assert await desk.states() == ["DRAFT", "DRAFT", "LIVE"]


async def test_wrong_times_and_states_are_refused_and_change_nothing(database: Database) -> None:
    desk = await Desk(database).create()
    for at, expires, path in ((NOW, None, "at"), (NOW + HOUR, NOW + HOUR, "expires_at")):
        with pytest.raises(InvalidValue, match=f"{path.replace('_', ' ')} lies after") as refused:
            await desk.schedule(at, expires)
        assert refused.value.path == (path,)
    with pytest.raises(InvalidValue, match="expires at lies after"):
        await desk.publish(NOW)
    desk.number = 2
    with pytest.raises(VersionConflict):
        await desk.publish()
    assert await desk.states() == ["DRAFT"]
    desk.number = 1
    await desk.publish()
    for act in (desk.publish(), desk.schedule(NOW + HOUR)):
        with pytest.raises(InvalidTransition, match="Revision 1 is published already: save a draft first"):
            await act

    assert await actions(database) == ["resource.created", "resource.published"]


async def test_only_editors_publish(database: Database) -> None:
    desk = await Desk(database).create()
    for viewer in (PUBLIC, STAFF):
        desk.editor = viewer
        for act in (desk.publish(), desk.schedule(NOW + HOUR), desk.unpublish(), desk.revert(1)):
            with pytest.raises(NotAllowed, match="fund:resource:edit"):
                await act

    assert await desk.states() == ["DRAFT"]
    assert await count(database, "event") == 1


async def test_a_successor_goes_on_counting_what_readers_opened(database: Database) -> None:
    desk = await Desk(database).create()
    await desk.publish()
    await desk.save(title="Second")
    async with database.writing() as connection:
        await connection.execute(table("revision").update().where(table("revision").c.number == 1).values(views=7))

    await desk.publish()

    assert await desk.said(2, "views") == (7,)


async def test_addresses_for_members_alone_stay_private_in_the_log(database: Database) -> None:
    desk = await Desk(database).create(url="https://example.org/secret", link_kind="WORK", access="MEMBER", body="Hush")
    await desk.publish()

    plain = await told(database, "resource.published")
    assert {"title", "link_kind", "access"} <= plain.keys()
    assert not {"url", "body"} & plain.keys()


async def test_of_publishers_at_once_one_wins_and_one_revision_is_live(postgres: Database) -> None:
    desk = await Desk(postgres).create()
    await desk.publish()
    await desk.save(title="Second")

    async def publish(after: int) -> str:
        try:
            async with writing(postgres, EDITOR, NOW + after * MOMENT) as tx:
                await publishing.publish(tx, desk.resource, expected_revision=2)
        except InvalidTransition:
            return "refused"
        return "published"

    found = await asyncio.gather(*(publish(after) for after in range(8, 0, -1)))
    assert sorted(found) == ["published"] + 7 * ["refused"]

    desk.now = NOW + HOUR
    assert await desk.states() == ["PAST", "LIVE"]
    events = table("event").c
    published = sa.select(sa.func.count()).where(events.action == "resource.published")
    assert await fetch(postgres, published) == [(2,)]


async def test_editors_of_one_hub_do_not_wait_for_each_other(postgres: Database) -> None:
    desks = [await Desk(postgres).create(title=f"Guide {number}") for number in range(6)]
    async with writing(postgres, EDITOR, NOW) as tx:
        topic = await topics.create_topic(tx, {"name": "Charters"})
        await topics.save_section(tx, topic, "latest", {"title": "Latest", "rule": "LATEST"})

    async def tag(desk: Desk) -> None:
        async with writing(postgres, EDITOR, NOW) as tx:
            await tagging.set_resource_tags(tx, desk.resource, Tags(topics=[topic]), expected_revision=desk.number)

    async def say_more(desk: Desk, text: str) -> None:
        await desk.save(title=text)
        desk.now += HOUR
        await desk.publish()

    await asyncio.gather(*(tag(desk) for desk in desks))
    for text in ("First", "Second", "Third"):
        await asyncio.gather(*(say_more(desk, text) for desk in desks))

    assert [await desk.states() for desk in desks] == 6 * [["DRAFT", "PAST", "PAST", "LIVE"]]


async def test_what_was_withdrawn_by_a_slow_clock_stays_withdrawn(database: Database) -> None:
    desk = await Desk(database).create()
    await desk.publish()
    await desk.save(title="Second")
    desk.now = NOW + HOUR
    await desk.publish()
    desk.now = NOW + HOUR - MOMENT  # another process, whose clock is behind
    await desk.unpublish()

    with pytest.raises(InvalidTransition, match="revert to it"):
        await desk.schedule(NOW + 2 * HOUR)

    desk.now = NOW + HOUR
    assert await desk.states() == ["PAST", "PAST"]


@pytest.mark.parametrize(
    ("at", "words"),
    [(datetime(2099, 1, 1), "needs a zone"), (datetime.fromisoformat("9999-12-31T23:59:59-10:00"), "years 1 to 9999")],
)
async def test_times_that_are_none_of_the_calendar_are_refused(database: Database, at: datetime, words: str) -> None:
    desk = await Desk(database).create()

    with pytest.raises(InvalidValue, match=words):
        await desk.schedule(at)
    with pytest.raises(InvalidValue, match=words):
        await desk.publish(expires_at=at)

    assert await desk.states() == ["DRAFT"]


async def test_a_title_that_folds_to_far_more_letters_is_saved(database: Database) -> None:
    desk = await Desk(database).create(title=500 * "\ufdfa", publisher_name=200 * "\ufdfa")

    assert await desk.said(1, "title") == (500 * "\ufdfa",)
