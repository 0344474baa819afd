"""A file of resources becomes publications with who published and wrote them, and nothing that the file does not say."""

from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa

from fund_api.core.access import SYSTEM
from fund_api.core.database import Database
from fund_api.core.records import BadFile
from fund_api.core.upserts import Counts
from fund_api.core.writing import writing
from fund_api.library.catalogue import ALWAYS
from fund_api.library.tables import Resource
from tests.library.files import EARLIER, LATER, load, load_library, resource
from tests.rows import Cells, count, everything, fetch, packaged, table

RESOURCE, REVISION, AUTHOR, AUTHORED = (table(name) for name in ("resource", "revision", "author", "resource_author"))
PUBLISHER, ISSUE, CONTENTS = table("publisher"), table("periodical_issue"), table("issue_resource")

WHOLE = {
    "practice_area": 5,
    "responsibility": 5,
    "publisher": 14,
    "author": 23,
    "resource_author": 26,
    "periodical": 1,
    "periodical_issue": 3,
    "issue_resource": 16,
    "resource": 66 + 12,
    "revision": 66 + 12,
    "format": 20 + 9,
    "series": 2,
    "series_part": 2,
    "topic": 1,
    "hub_section": 5,
    "topic_resource": 12,
    "section_pin": 12,
    "section_resource": 12,
    "practice_area_tag": 12,
    "audience_tag": 75,
}


async def revised(database: Database, *names: str) -> list[tuple[object, ...]]:
    """Columns of all revisions, in the order of their slugs."""
    return await fetch(database, sa.select(*(REVISION.c[name] for name in names)).order_by(REVISION.c.slug))


async def grouped(database: Database, column: sa.Column[str]) -> dict[str, int]:
    return {row[0]: row[1] for row in await fetch(database, sa.select(column, sa.func.count()).group_by(column))}


async def test_every_row_of_the_packaged_library_is_loaded(loaded: Database) -> None:
    assert {name: await count(loaded, name) for name in WHOLE} == WHOLE
    written = ("resource_view", "print_item", "campaign_resource", "event")
    assert [await count(loaded, name) for name in written] == [0, 0, 0, 0]


async def test_every_resource_is_there_with_its_title_date_and_address(loaded: Database) -> None:
    columns = (REVISION.c.title, REVISION.c.published_on, REVISION.c.url, PUBLISHER.c.name, REVISION.c.revision_id)
    found = await fetch(loaded, sa.select(*columns).outerjoin(PUBLISHER, PUBLISHER.c.id == REVISION.c.publisher_id))

    def first_day(written: str) -> date | None:
        return date.fromisoformat(written + "-01-01"[len(written) - 4 :]) if written else None

    expected: list[tuple[object, ...]] = [
        (row["title"], first_day(row["date"]), row["url"], row["publisher"]) for row in packaged("resources.csv")
    ]
    expected += [
        (row["title"], first_day(row["date"]), None, None) for row in packaged("topic_sections.csv") if row["title"]
    ]
    assert sorted(map(repr, (row[:4] for row in found))) == sorted(map(repr, expected))


async def test_all_is_public_and_live_since_ever_and_told_already(loaded: Database) -> None:
    columns = ("number", "access", "live_from", "live_until", "expires_at", "begin_told", "end_told", "views")
    found = await fetch(loaded, sa.select(*(REVISION.c[name] for name in columns)).distinct())
    assert found == [(1, "PUBLIC", ALWAYS, None, None, True, False, 0)]


async def test_kinds_are_ours_and_the_finer_ones_are_kept(loaded: Database) -> None:
    pairs = sa.select(REVISION.c.kind, REVISION.c.finer_kind, sa.func.count())
    finer = pairs.where(REVISION.c.finer_kind.is_not(None)).group_by(REVISION.c.kind, REVISION.c.finer_kind)
    assert await fetch(loaded, finer.order_by(REVISION.c.kind, REVISION.c.finer_kind)) == [
        ("ARTICLE", "BLOG_POST", 1),
        ("ARTICLE", "JOURNAL_ARTICLE", 2),
        ("ARTICLE", "MAGAZINE_ARTICLE", 19),
        ("ARTICLE", "NEWSLETTER", 1),
        ("TOOLKIT", "RESOURCE_PACKAGE", 1),
        ("WEB_PAGE", "MAGAZINE_ISSUE", 2),
        ("WEB_PAGE", "TOPIC_PAGE", 1),
    ]


async def test_an_address_says_whether_it_leads_to_the_work(loaded: Database) -> None:
    assert await grouped(loaded, REVISION.c.link_kind) == {"WORK": 55, "ABOUT": 1, "LIST": 10, None: 12}


async def test_slugs_are_the_words_of_titles(loaded: Database) -> None:
    slugs = {row[0] for row in await fetch(loaded, sa.select(RESOURCE.c.slug))}
    assert {"model-city-charter-9th-edition-introduction", "dont-abandon-the-profession-in-retirement"} < slugs
    assert all(len(slug) <= 80 and not slug.endswith("-") for slug in slugs)
    assert await fetch(loaded, sa.select(REVISION.c.id).join(RESOURCE).where(REVISION.c.slug != RESOURCE.c.slug)) == []


async def test_issues_hold_their_contents_in_the_order_of_the_file(loaded: Database) -> None:
    columns = (ISSUE.c.label, ISSUE.c.published_on, CONTENTS.c.position, REVISION.c.title)
    joined = CONTENTS.join(ISSUE, ISSUE.c.id == CONTENTS.c.issue_id)
    joined = joined.join(REVISION, REVISION.c.id == CONTENTS.c.resource_id)
    found = await fetch(
        loaded, sa.select(*columns).select_from(joined).order_by(ISSUE.c.published_on, CONTENTS.c.position)
    )

    titles = {
        month: [
            row["title"]
            for row in packaged("resources.csv")
            if row["date"] == month and row["title_source"] == "ISSUE_CONTENTS"
        ]
        for month in ("2024-03", "2025-06")
    }
    listed = "WOMEN IN LEADERSHIP: Building a Supportive Community Around Women in Leadership"
    assert found == [
        ("February 2020", date(2020, 2, 1), 1, listed),
        *(("March 2024", date(2024, 3, 1), at, title) for at, title in enumerate(titles["2024-03"], 1)),
        *(("June 2025", date(2025, 6, 1), at, title) for at, title in enumerate(titles["2025-06"], 1)),
    ]
    whole = sa.select(ISSUE.c.label, REVISION.c.title).join(REVISION, REVISION.c.id == ISSUE.c.resource_id)
    assert await fetch(loaded, whole.order_by(ISSUE.c.label)) == [
        ("June 2025", "PM Magazine, June 2025: Inside ICMA"),
        ("March 2024", "PM Magazine, March 2024"),
    ]


async def test_loading_the_library_again_changes_nothing(database: Database, tmp_path: Path) -> None:
    first = await load_library(database, tmp_path)
    before = await everything(database)

    again = await load_library(database, tmp_path, now=LATER)

    assert [(each.kind, each.rows) for each in again] == [
        ("practice_areas", 5),
        ("responsibilities", 5),
        ("resources", 66),
        ("topic_sections", 13),
        ("editorial", 78),
    ]
    assert first[2].tables["revision"] == Counts(66, 0, 0)
    assert {(each.inserted, each.changed) for file in again for each in file.tables.values()} == {(0, 0)}
    assert await everything(database) == before


async def authors(database: Database) -> list[object]:
    joined = AUTHORED.join(AUTHOR, AUTHOR.c.id == AUTHORED.c.author_id)
    ordered = sa.select(AUTHOR.c.name).select_from(joined).order_by(AUTHORED.c.position)
    return [row[0] for row in await fetch(database, ordered)]


async def test_authors_stand_in_the_order_of_the_title_page(database: Database, tmp_path: Path) -> None:
    await load(database, tmp_path, "resources.csv", resource(authors="Rod Gould; Frank Benest ; Ann Ek"))
    assert await authors(database) == ["Rod Gould", "Frank Benest", "Ann Ek"]

    await load(database, tmp_path, "resources.csv", resource(authors="Ann Ek; Frank Benest; Rod Gould"), now=LATER)

    assert await authors(database) == ["Ann Ek", "Frank Benest", "Rod Gould"]


async def test_a_corrected_title_changes_the_title_and_never_the_slug(database: Database, tmp_path: Path) -> None:
    await load(database, tmp_path, "resources.csv", resource())

    corrected = await load(database, tmp_path, "resources.csv", resource(title="What Managers Do"), now=LATER)

    assert corrected.tables["revision"] == Counts(0, 1, 0)
    assert await revised(database, "title", "slug", "search_text", "updated_at") == [
        ("What Managers Do", "what-a-manager-does", "what manag do zy zwmanagers", LATER)
    ]
    assert await fetch(database, sa.select(RESOURCE.c.slug, RESOURCE.c.updated_at)) == [
        ("what-a-manager-does", EARLIER)
    ]


async def test_a_slug_that_another_resource_has_gets_the_key_at_its_end(database: Database, tmp_path: Path) -> None:
    await load(database, tmp_path, "resources.csv", resource(), resource(resource_id="B2", kind="BOOK"))
    await load(database, tmp_path, "resources.csv", resource(resource_id="A1", kind="MAP"), resource(title="Other"))

    assert await revised(database, "slug", "kind") == [
        ("what-a-manager-does", "BROCHURE"),
        ("what-a-manager-does-a1", "MAP"),
        ("what-a-manager-does-b2", "BOOK"),
    ]


async def test_what_an_editor_wrote_no_file_changes_any_more(database: Database, tmp_path: Path) -> None:
    first, second = resource(authors="Ann Ek"), resource(resource_id="B2", title="Another")
    await load(database, tmp_path, "resources.csv", first, second)
    [(edited,)] = await fetch(database, sa.select(RESOURCE.c.id).where(RESOURCE.c.slug == "what-a-manager-does"))
    async with writing(database, SYSTEM, LATER) as tx:
        tx.record(Resource, "draft_saved", edited, {}, {})

    rows = (first | {"title": "New", "authors": "Bo Ek", "kind": "BOOK"}, second | {"title": "New"})
    loaded = await load(database, tmp_path, "resources.csv", *rows, now=LATER)

    assert loaded.tables["revision"] == Counts(0, 1, 0)
    assert await revised(database, "slug", "title", "kind") == [
        ("another", "New", "BROCHURE"),
        ("what-a-manager-does", "What a Manager Does", "BROCHURE"),
    ]
    assert await authors(database) == ["Ann Ek"]


@pytest.mark.parametrize(
    ("changes", "link_kind", "formats"),
    [
        ({}, "WORK", []),
        ({"kind": "ARTICLE"}, "WORK", [("WEB", None)]),
        ({"kind": "ARTICLE", "title_source": "LIST_PAGE"}, "LIST", []),
        ({"title_source": "LIST_PAGE", "url": "https://example.org/gates.htm"}, "WORK", []),
        ({"kind": "ARTICLE", "title_source": "ISSUE_CONTENTS"}, "WORK", []),
        ({"url": "https://example.org/a.PDF"}, "WORK", [("PDF", None)]),
        ({"note": "Second printing, 333 pages"}, "ABOUT", []),
        ({"note": "333 pages", "url": "https://example.org/a.pdf"}, "WORK", [("PDF", None)]),
        ({"url": ""}, None, []),
    ],
    ids=str,
)
async def test_what_an_address_is_follows_from_it_and_from_where_the_title_was_read(
    database: Database, tmp_path: Path, changes: Cells, link_kind: str | None, formats: list[tuple[str, None]]
) -> None:
    await load(database, tmp_path, "resources.csv", resource(**changes))

    assert await revised(database, "link_kind") == [(link_kind,)]
    form = table("format")
    assert await fetch(database, sa.select(form.c.kind, form.c.url)) == formats


async def test_a_publisher_that_was_entered_here_is_the_publisher(database: Database, tmp_path: Path) -> None:
    entered = {"id": "pub_01h455vb4pex5vsknk084sn02q", "name": "ICMA", "name_folded": "icma", "provenance": "ENTERED"}
    async with database.writing() as connection:
        await connection.execute(PUBLISHER.insert(), {**entered, "created_at": EARLIER, "updated_at": EARLIER})

    await load(database, tmp_path, "resources.csv", resource(), now=LATER)

    assert await revised(database, "publisher_id") == [(entered["id"],)]
    columns = (PUBLISHER.c.id, PUBLISHER.c.provenance, PUBLISHER.c.updated_at)
    assert await fetch(database, sa.select(*columns)) == [(entered["id"], "ENTERED", EARLIER)]


AUTHORS = "should be names of at most 200 characters between semicolons, none twice."


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"resource_id": "B 2"}, 'column resource_id: "B 2" should be letters, digits and hyphens.'),
        ({"resource_id": ""}, "column resource_id: should not be blank."),
        ({"resource_id": "B1"}, 'column resource_id: "B1" is on line 2 already; it should be there once.'),
        ({"title": ""}, "column title: should not be blank."),
        ({"title": "t" * 501}, "column title: "),
        ({"kind": "LEAFLET"}, 'column kind: "LEAFLET" should be one of ARTICLE, REPORT, BOOK, BROCHURE, VIDEO, '),
        ({"date": "2017-13", "date_precision": "MONTH"}, 'column date: "2017-13" should be a date as YYYY'),
        (
            {"date_precision": "DAY"},
            'column date_precision: "DAY" does not fit the date "2017-12", which is of precision MONTH.',
        ),
        (
            {"date_precision": ""},
            "column date_precision: should be given, since of date, date_precision all are or none.",
        ),
        ({"authors": "Ann Ek;; Bo Ek"}, f'column authors: "Ann Ek;; Bo Ek" {AUTHORS}'),
        ({"authors": "Ann Ek; ann  ek"}, f'column authors: "Ann Ek; ann  ek" {AUTHORS}'),
        ({"url": "example.org"}, 'column url: "example.org" should be a web address with its scheme, '),
        ({"url": "javascript:alert(1)"}, 'column url: "javascript:alert(1)" should be a web address'),
        ({"title_source": "HEARSAY"}, 'column title_source: "HEARSAY" should be'),
        ({"kind": "MAGAZINE_ISSUE", "title": "June"}, 'column title: "June" should name the periodical and the issue'),
        (
            {"kind": "MAGAZINE_ISSUE", "title": "PM, June 2025", "date": "", "date_precision": ""},
            "column date: should not be blank of an issue.",
        ),
        ({"note": "n" * 1_001}, "column note: "),
    ],
    ids=str,
)
async def test_a_bad_row_is_told_by_its_line_and_column_and_nothing_is_kept(
    database: Database, tmp_path: Path, changes: Cells, expected: str
) -> None:
    before = await everything(database)

    with pytest.raises(BadFile) as told:
        await load(database, tmp_path, "resources.csv", resource(), resource(resource_id="B2") | changes)

    assert f"resources.csv, line 3, {expected}" in str(told.value)
    assert await everything(database) == before
