"""The library in a demonstration: what was loaded stays as it is, and what is made up stands beside it."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from fund_api import ticking
from fund_api.core import clock, installation
from fund_api.core.database import Database
from fund_api.core.errors import NotAllowed
from fund_api.core.settings import Settings
from fund_api.core.writing import Transaction, writing
from fund_api.library import publishing, tagging, topics
from fund_api.library.tables import Publisher
from fund_api.library.tagging import Tags
from tests.library.editors import EDITOR, NOW, Desk
from tests.rows import count, everything, table

Act = Callable[[Transaction, str], Awaitable[object]]


@pytest.fixture
async def desk(database: Database) -> Desk:
    """A real resource in a real topic of a demonstration."""
    desk = await Desk(database).create(publisher_name="The Press")
    await desk.publish()
    async with writing(database, EDITOR, NOW) as tx:
        topic = await topics.create_topic(tx, {"slug": "charters", "name": "Charters"})
        await tagging.set_resource_tags(tx, desk.resource, Tags(topics=[topic]), expected_revision=1)
    async with database.writing() as connection:
        for name in ("resource", "revision", "topic", "publisher"):
            await connection.execute(table(name).update().values(provenance="REPORTED"))
    await installation.make_demo(database, "Nothing here is true.", NOW)
    return desk


async def topic_of(tx: Transaction) -> str:
    return str((await tx.rows(sa.select(table("topic"))))[0]["id"])


async def tag(tx: Transaction, resource: str) -> None:
    tags = Tags(audiences=[{"campaign_kind": "ADOPTION"}])
    await tagging.set_resource_tags(tx, resource, tags, expected_revision=1)


async def untag(tx: Transaction, resource: str) -> None:
    await tagging.set_resource_tags(tx, resource, Tags(topics=[]), expected_revision=1)


async def name_authors(tx: Transaction, resource: str) -> None:
    await tagging.set_resource_tags(tx, resource, Tags(authors=["Nobody (fictional)"]), expected_revision=1)


async def unpublish(tx: Transaction, resource: str) -> None:
    await publishing.unpublish(tx, resource, expected_revision=1)


async def rename_publisher(tx: Transaction, resource: str) -> None:
    rows = await tx.rows(sa.select(table("publisher")))
    await tx.change(Publisher, "renamed", rows[0]["id"], {"name": "Another"})


@pytest.mark.parametrize("act", [tag, untag, name_authors, unpublish, rename_publisher])
async def test_what_the_library_holds_stays_as_it_was_loaded(database: Database, desk: Desk, act: Act) -> None:
    before = await everything(database)

    with pytest.raises(NotAllowed, match=r"^This is a demonstration: "):
        async with writing(database, EDITOR, NOW) as tx:
            await act(tx, desk.resource)

    assert await everything(database) == before


async def test_what_is_fictional_may_stand_in_a_real_topic(database: Database, desk: Desk) -> None:
    made_up = await Desk(database).create(title="A guide (fictional)", publisher_name="The Press")
    async with writing(database, EDITOR, NOW) as tx:
        tags = Tags(topics=[await topic_of(tx)], authors=["Nobody (fictional)"])
        await tagging.set_resource_tags(tx, made_up.resource, tags, expected_revision=1)
    await made_up.publish()

    assert await made_up.said(1, "provenance") == ("FICTIONAL",)
    assert await count(database, "topic_resource") == 2


async def test_the_server_goes_on_telling_what_came_due_of_what_is_real(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = await Desk(database).create()
    await desk.publish(expires_at=datetime(2026, 12, 1, tzinfo=UTC))
    async with database.writing() as connection:
        for name in ("resource", "revision"):
            await connection.execute(table(name).update().values(provenance="REPORTED"))
    await installation.make_demo(database, "Nothing here is true.", NOW)
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 12, 2, tzinfo=UTC))

    await ticking.tick(database, Settings())

    assert await desk.said(1, "end_told") == (True,)
