"""Tags, authors and translations: what is given is replaced, what stays stays, and all of it is the editors' word."""

from typing import Any

import pytest
import sqlalchemy as sa

from fund_api.core.access import Viewer
from fund_api.core.database import Database
from fund_api.core.errors import InvalidValue, NotAllowed, NotFound
from fund_api.core.ids import stable_id
from fund_api.core.writing import Row, writing
from fund_api.library import tagging, topics
from fund_api.library.tagging import Tags
from tests.granting import Fund
from tests.library.editors import EDITOR, NOW, STAFF, Desk, actions
from tests.rows import count, fetch, table

AREA = stable_id("area", "ethics")


async def tag(desk: Desk, *, viewer: Viewer = EDITOR, **given: Any) -> None:
    """Any: lists, each of its own kind."""
    async with writing(desk.database, viewer, desk.now) as tx:
        tags = Tags(**given)
        await tagging.set_resource_tags(tx, desk.resource, tags, expected_revision=desk.number)


async def tags_of(desk: Desk, name: str, *columns: str) -> list[tuple[object, ...]]:
    rows = table(name).c
    query = sa.select(*(rows[column] for column in columns)).where(rows.resource_id == desk.resource)
    return await fetch(desk.database, query.order_by(*(rows[column] for column in columns)))


async def topic(database: Database, name: str) -> str:
    async with writing(database, EDITOR, NOW) as tx:
        return await topics.create_topic(tx, {"name": name})


async def ethics(database: Database) -> None:
    """A practice area, and a state."""
    fund = Fund()
    fund.community("Dayton", "OH")
    await fund.save(database)
    row: Row = {"id": AREA, "slug": "ethics", "name": "Ethics", "summary": "What is right.", "position": 1}
    stamps = {"provenance": "REPORTED", "created_at": NOW, "updated_at": NOW}
    async with database.writing() as connection:
        await connection.execute(table("practice_area").insert(), row | stamps)


async def test_what_is_given_is_replaced_and_the_rest_stays(database: Database) -> None:
    await ethics(database)
    desk = await Desk(database).create()
    leadership, charters = await topic(database, "Leadership"), await topic(database, "Charters")
    ohio = {"campaign_kind": "RETENTION", "state_code": "OH"}
    await tag(desk, topics=[leadership], practice_areas=[AREA], audiences=[ohio, {"form": "COUNCIL_MANAGER"}])

    await tag(desk, topics=[charters, charters], audiences=[ohio])

    assert await tags_of(desk, "topic_resource", "topic_id") == [(charters,)]
    assert await tags_of(desk, "practice_area_tag", "practice_area_id", "basis") == [(AREA, "EDITORIAL")]
    columns = ("campaign_kind", "state_code", "form", "specificity", "basis")
    assert await tags_of(desk, "audience_tag", *columns) == [("RETENTION", "OH", None, 2, "EDITORIAL")]
    assert (await actions(database))[-2:] == ["resource.tagged", "resource.tagged"]
    before = await count(database, "event")
    await tag(desk, topics=[charters])
    assert await count(database, "event") == before


async def test_a_tag_that_stays_keeps_who_said_it(database: Database) -> None:
    await ethics(database)
    desk = await Desk(database).create()
    await tag(desk, practice_areas=[AREA], audiences=[{"state_code": "OH"}])
    async with database.writing() as connection:
        for name in ("practice_area_tag", "audience_tag"):
            await connection.execute(table(name).update().values(basis="SOURCE"))

    await tag(desk, practice_areas=[AREA], audiences=[{"state_code": "OH"}, {"form": "COMMISSION"}])

    assert await tags_of(desk, "practice_area_tag", "basis") == [("SOURCE",)]
    assert await tags_of(desk, "audience_tag", "basis", "state_code") == [("EDITORIAL", None), ("SOURCE", "OH")]


async def test_authors_keep_the_order_of_the_title_page(database: Database) -> None:
    desk, other = await Desk(database).create(), await Desk(database).create()
    await tag(desk, authors=["Zoe", "Ada"])
    await tag(other, authors=["Ada"])
    await tag(desk, authors=["Ada", " Bea ", "Ada", "Zoe"])

    author, wrote = table("author").c, table("resource_author").c
    query = sa.select(author.name).join(table("resource_author"), wrote.author_id == author.id)
    listed = await fetch(database, query.where(wrote.resource_id == desk.resource).order_by(wrote.position))
    assert listed == [("Ada",), ("Bea",), ("Zoe",)]
    assert await count(database, "author") == 3


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ({"audiences": [{"form": "COMMISSION"}, {}]}, ("audiences", "1")),
        ({"audiences": [{"state_code": "XX"}]}, ("audiences", "0", "state")),
        ({"authors": ["Ada", " "]}, ("authors", "1")),
        ({"authors": [f"Author {n}" for n in range(51)]}, ("authors",)),
    ],
)
async def test_wrong_tags_are_refused_with_their_place(
    database: Database, given: dict[str, Any], path: tuple[str, ...]
) -> None:
    desk = await Desk(database).create()

    with pytest.raises(InvalidValue) as refused:
        await tag(desk, **given)

    assert refused.value.path == path
    assert (await count(database, "author"), await count(database, "audience_tag")) == (0, 0)


async def test_unknown_topics_and_others_than_editors_are_refused(database: Database) -> None:
    desk = await Desk(database).create()
    with pytest.raises(NotFound, match="There is no topic topic_x"):
        await tag(desk, topics=["topic_x"])
    with pytest.raises(NotAllowed, match="fund:resource:edit"):
        await tag(desk, viewer=STAFF, authors=["Ada"])

    assert await actions(database) == ["resource.created"]


async def test_translations_hang_on_their_original(database: Database) -> None:
    english, spanish, other = [await Desk(database).create() for _ in range(3)]

    async def link(desk: Desk, original: Desk | None) -> None:
        async with writing(database, EDITOR, NOW) as tx:
            found = original.resource if original else None
            await tagging.link_translation(tx, desk.resource, found, expected_revision=1)

    await link(spanish, english)
    for desk, original, message in (
        (english, english, "no translation of itself"),
        (other, spanish, "That is a translation itself"),
        (english, other, "This has translations of its own"),
    ):
        with pytest.raises(InvalidValue, match=message) as refused:
            await link(desk, original)
        assert refused.value.path == ("original",)
    resource = table("resource").c
    query = sa.select(resource.translation_of).where(resource.id == spanish.resource)
    assert await fetch(database, query) == [(english.resource,)]

    await link(spanish, None)

    assert await fetch(database, query) == [(None,)]
    assert (await actions(database))[-2:] == 2 * ["resource.translation_linked"]
