"""Drafts: each save is a revision, what is not given stays, and wrong values are refused with their place."""

from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa

from fund_api.core.access import PUBLIC
from fund_api.core.database import Database
from fund_api.core.errors import InvalidValue, NotAllowed, NotFound, VersionConflict
from fund_api.core.writing import writing
from fund_api.library import drafts
from fund_api.library.content import language
from tests.library.editors import EDITOR, GUIDE, NOW, STAFF, Desk, actions, told
from tests.rows import count, fetch, table


async def test_a_resource_begins_as_a_draft_that_nobody_reads(database: Database) -> None:
    desk = await Desk(database).create(summary="What a charter holds.")

    assert await desk.states() == ["DRAFT"]
    columns = ("slug", "title", "title_folded", "summary", "kind", "access", "saved_by", "provenance", "views")
    assert await desk.said(1, *columns) == (
        *("a-guide-to-charters", "A guide to charters", "a guide to charters", "What a charter holds."),
        *("GUIDE", "PUBLIC", None, "ENTERED", 0),
    )
    assert await actions(database) == ["resource.created"]


async def test_a_save_is_a_revision_of_its_own_that_keeps_what_is_not_given(database: Database) -> None:
    desk = await Desk(database).create(summary="Old", url="https://example.org/a", link_kind="ABOUT", language="en")

    assert await desk.save(summary=None, title="A handbook") == 2

    columns = ("title", "summary", "url", "link_kind", "language", "language_basis", "slug")
    assert await desk.said(1, "title", "summary") == ("A guide to charters", "Old")
    assert await desk.said(2, *columns) == (
        *("A handbook", None, "https://example.org/a", "ABOUT", "en", "EDITORIAL", "a-guide-to-charters"),
    )


async def test_saving_what_it_says_already_saves_nothing(database: Database) -> None:
    desk = await Desk(database).create()

    assert await desk.save(title="A guide to charters") == 1

    assert await count(database, "revision") == 1
    assert await actions(database) == ["resource.created"]


async def test_an_editor_who_did_not_read_the_last_save_is_refused(database: Database) -> None:
    desk = await Desk(database).create()
    await desk.save(title="Second")
    desk.number = 1

    with pytest.raises(VersionConflict, match="it is at version 2, not 1"):
        await desk.save(title="Lost")

    assert await count(database, "revision") == 2


async def test_the_log_tells_nothing_in_plain_words_of_what_a_draft_says(database: Database) -> None:
    desk = await Desk(database).create(summary="Secret", body="Also secret", publisher_name="The secret press")
    await desk.save(title="A secret title")

    assert (await told(database, "resource.created")).keys() == {"number"}
    change = table("event_change")
    plain = await fetch(database, sa.select(change).where(change.c.digest.is_(None)))
    assert "ecret" not in str(plain)
    assert (await told(database, "resource.draft_saved")).keys() == {"number"}


async def test_slugs_are_unique(database: Database) -> None:
    await Desk(database).create()
    second = await Desk(database).create()
    third = await Desk(database).create(title="公司")

    [(slug,), (other,)] = [await one.said(1, "slug") for one in (second, third)]
    assert slug == f"a-guide-to-charters-{second.resource[-8:]}"
    assert other == "resource"
    with pytest.raises(InvalidValue, match="There is a resource resource already") as refused:
        async with writing(database, EDITOR, NOW) as tx:
            await drafts.create_resource(tx, GUIDE, slug="resource")
    assert refused.value.path == ("slug",)
    assert await count(database, "resource") == 3


async def test_a_publisher_is_named_by_id_or_by_name(database: Database) -> None:
    desk = await Desk(database).create(publisher_name=" The Press ")
    publisher = table("publisher").c
    [(press, name)] = await fetch(database, sa.select(publisher.id, publisher.name))
    assert name == "The Press"

    other = await Desk(database).create(publisher_name="The Press")
    await desk.save(publisher_id=None)
    await desk.save(publisher_id=press)

    assert await count(database, "publisher") == 1
    assert [await one.said(one.number, "publisher_id") for one in (desk, other)] == [(press,), (press,)]
    with pytest.raises(NotFound):
        await desk.save(publisher_id="pub_00000000000000000000000000")


async def test_dates_go_with_how_much_of_them_is_known(database: Database) -> None:
    desk = await Desk(database).create(published_on=date(2020, 2, 17), published_on_precision="MONTH")
    await desk.save(published_on=date(2021, 5, 6))
    await desk.save(published_on_precision="YEAR")
    await desk.save(published_on=None)

    said = [await desk.said(number, "published_on", "published_on_precision") for number in (1, 2, 3, 4)]
    assert said == [(date(2020, 2, 1), "MONTH"), (date(2021, 5, 6), "DAY"), (date(2021, 1, 1), "YEAR"), (None, None)]


@pytest.mark.parametrize(
    ("values", "path", "message"),
    [
        ({"title": None}, "title", "title is needed"),
        ({"title": " "}, "title", "a text that is not empty"),
        ({"title": "\u0301"}, "title", "a text with letters or digits"),
        ({"title": "a\0"}, "title", "U\\+0000"),
        ({"title": "x" * 501}, "title", "1 to 500 characters"),
        ({"kind": None}, "kind", "kind is needed"),
        ({"access": None}, "access", "access is needed"),
        ({"body": "x" * 100_001}, "body", "1 to 100,000 characters"),
        ({"url": "https://example.org"}, "link_kind", "what the address leads to"),
        ({"link_kind": "WORK"}, "link_kind", "there is none"),
        ({"url": "javascript:alert(1)", "link_kind": "WORK"}, "url", "takes a web address"),
        ({"url": "ftp://example.org", "link_kind": "WORK"}, "url", "takes a web address"),
        ({"url": "https://", "link_kind": "WORK"}, "url", "takes a web address"),
        ({"url": "https://exa mple.org", "link_kind": "WORK"}, "url", "takes a web address"),
        ({"url": "https://[::1", "link_kind": "WORK"}, "url", "takes a web address"),
        ({"url": "https://example.org:99999", "link_kind": "WORK"}, "url", "takes a web address"),
        ({"language": "english please"}, "language", "takes a BCP 47 tag"),
        ({"language": ""}, "language", "takes a BCP 47 tag"),
        ({"publisher_name": ""}, "publisher_name", "a text that is not empty"),
    ],
)
async def test_what_can_not_be_said_is_refused_with_its_place(
    database: Database, values: dict[str, Any], path: str, message: str
) -> None:
    with pytest.raises(InvalidValue, match=message) as refused:
        await Desk(database).create(**values)

    assert refused.value.path == (path,)
    assert (await count(database, "resource"), await count(database, "event")) == (0, 0)


@pytest.mark.parametrize(
    ("tag", "written"),
    [
        *(("EN", "en"), ("es-mx", "es-MX"), ("zh-hant-TW", "zh-Hant-TW"), ("sl-rozaj-biske", "sl-rozaj-biske")),
        *(("de-CH-1996", "de-CH-1996"), ("es-419", "es-419"), ("en-x-Plain", "en-x-plain")),
    ],
)
def test_languages_are_written_as_usual(tag: str, written: str) -> None:
    assert language(tag) == written


@pytest.mark.parametrize("tag", ["e", "en_US", "en-", "-en", "en-US-", "a-b", "en--US", "english-languages"])
def test_what_is_no_language_tag_is_refused(tag: str) -> None:
    with pytest.raises(InvalidValue):
        language(tag)


async def test_only_editors_save(database: Database) -> None:
    desk = await Desk(database).create()
    for viewer in (PUBLIC, STAFF):
        desk.editor = viewer
        with pytest.raises(NotAllowed, match="fund:resource:edit"):
            await desk.save(title="Mine")
        with pytest.raises(NotAllowed, match="fund:resource:edit"):
            await Desk(database, editor=viewer).create()

    assert (await count(database, "revision"), await count(database, "event")) == (1, 1)
