"""A file of topic sections becomes hubs: read as one document, they list what the file lists, in its order."""

from itertools import groupby
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from fund_api.core.access import SYSTEM
from fund_api.core.database import Database
from fund_api.core.records import BadFile
from fund_api.core.upserts import Counts
from fund_api.core.writing import writing
from fund_api.library.topic_tables import HubSection
from tests.asking import Asker
from tests.library.files import LATER, listed, load
from tests.rows import Cells, count, everything, fetch, packaged, table

SECTION, SHOWN, REVISION = table("hub_section"), table("section_resource"), table("revision")
PART, FORMAT = table("series_part"), table("format")

HUB = """
{
  topic(by: {slug: "leadership"}) {
    name
    sections(first: 10) {
      nodes {
        slug
        title
        rule
        resources(first: 12) {
          nodes {
            title
            kind
            url
            editionLabel
            publishedOn
            publishedOnPrecision
            formats(first: 3) { nodes { kind url } }
            series(first: 3) { nodes { number series { name } } }
            issues(first: 3) { nodes { label periodical { name } } }
          }
        }
      }
    }
    resources { totalCount }
  }
}
"""


def shown(row: Cells) -> dict[str, Any]:  # Any: a node of an answer
    """What a client is to see of a row."""
    kind = row["format"] if row["format"] in ("WEB", "PDF") else None
    number = int(row["series_number"]) if row["series_number"] else None
    part = [{"number": number, "series": {"name": row["series"]}}] if row["series"] else []
    issue = [{"label": "February 2020", "periodical": {"name": row["periodical"]}}] if row["periodical"] else []
    return {
        "title": row["title"],
        "kind": row["kind"],
        "url": None,
        "editionLabel": row["edition"] or None,
        "publishedOn": f"{row['date']}-01" if row["date"] else None,
        "publishedOnPrecision": "MONTH" if row["date"] else None,
        "formats": {"nodes": [{"kind": kind, "url": None}] if kind else []},
        "series": {"nodes": part},
        "issues": {"nodes": issue},
    }


async def test_the_hub_is_what_its_file_lists_in_its_order(ask: Asker) -> None:
    topic = (await ask(HUB))["topic"]

    rows = packaged("topic_sections.csv")
    sections = [list(lines) for _, lines in groupby(rows, lambda row: row["section_slug"])]
    assert [lines[0]["section_rule"] for lines in sections] == ["POPULAR", *["CURATED"] * 3, "LATEST"]
    assert topic["sections"]["nodes"] == [
        {
            "slug": lines[0]["section_slug"],
            "title": lines[0]["section"],
            "rule": lines[0]["section_rule"],
            "resources": {"nodes": [shown(row) for row in lines if row["title"]]},
        }
        for lines in sections
    ]
    assert (topic["name"], topic["resources"]["totalCount"]) == ("Leadership", 12)


async def sections(database: Database) -> dict[str, list[str]]:
    """The titles in each section, by its slug."""
    joined = SHOWN.join(SECTION, SECTION.c.id == SHOWN.c.section_id)
    joined = joined.join(REVISION, REVISION.c.id == SHOWN.c.resource_id)
    found = sa.select(SECTION.c.slug, REVISION.c.title).select_from(joined)
    rows = await fetch(database, found.order_by(SECTION.c.position, SHOWN.c.position))
    return {slug: [row[1] for row in titles] for slug, titles in groupby(rows, lambda row: row[0])}


async def test_what_is_listed_twice_is_one_resource(database: Database, tmp_path: Path) -> None:
    again = listed(section="The Latest", section_slug="latest", section_rule="LATEST")
    other = listed(topic="Money", topic_slug="money")

    loaded = await load(database, tmp_path, "hub.csv", listed(), again, other)

    assert loaded.tables["resource"] == loaded.tables["format"] == Counts(1, 0, 0)
    assert loaded.tables["topic_resource"] == Counts(2, 0, 0)
    assert loaded.tables["section_pin"] == Counts(3, 0, 0)
    assert await count(database, "section_resource") == 3


async def test_a_section_may_list_nothing(database: Database, tmp_path: Path) -> None:
    blank = listed(section_rule="POPULAR", position="", title="", kind="", format="")

    await load(database, tmp_path, "hub.csv", blank)

    assert await fetch(database, sa.select(SECTION.c.rule, SECTION.c.size, SECTION.c.window_days)) == [
        ("POPULAR", 12, 365)
    ]
    assert await sections(database) == {}


async def test_a_new_order_in_the_file_is_the_new_order_of_the_section(database: Database, tmp_path: Path) -> None:
    rows = [listed(), listed(position="2", title="Grants in Plain Words")]
    await load(database, tmp_path, "hub.csv", *rows)
    rows[0]["position"], rows[1]["position"] = "2", "1"

    again = await load(database, tmp_path, "hub.csv", *rows, now=LATER)

    assert again.tables["section_pin"] == Counts(0, 2, 0)
    assert await sections(database) == {"read-this": ["Grants in Plain Words", "Budgets in Plain Words"]}


async def test_a_section_that_editors_arranged_stays_as_they_left_it(database: Database, tmp_path: Path) -> None:
    rows = [listed(), listed(position="2", title="Grants in Plain Words")]
    await load(database, tmp_path, "hub.csv", *rows)
    [(section,)] = await fetch(database, sa.select(SECTION.c.id))
    async with writing(database, SYSTEM, LATER) as tx:
        await tx.change(HubSection, "saved", section, {"title": "Read These"})
        pin = table("section_pin")
        await tx.connection.execute(pin.delete().where(pin.c.position == 1))

    await load(database, tmp_path, "hub.csv", *rows, now=LATER)

    assert await fetch(database, sa.select(SECTION.c.title)) == [("Read These",)]
    assert await sections(database) == {"read-this": ["Grants in Plain Words"]}


@pytest.mark.parametrize(
    ("written", "label", "precision"),
    [("2020", "2020", "YEAR"), ("2020-02", "February 2020", "MONTH"), ("2020-02-03", "February 3, 2020", "DAY")],
)
async def test_an_issue_is_called_by_its_date(
    database: Database, tmp_path: Path, written: str, label: str, precision: str
) -> None:
    both = {"periodical": "PM Magazine", "date": written}
    rows = [listed(**both), listed(**both, position="2", title="Grants in Plain Words")]

    loaded = await load(database, tmp_path, "hub.csv", *rows)

    issue, contents = table("periodical_issue"), table("issue_resource")
    assert loaded.tables["issue_resource"] == Counts(2, 0, 0)
    found = await fetch(database, sa.select(issue.c.label, issue.c.published_on_precision))
    assert found == [(label, precision)]
    assert await fetch(database, sa.select(contents.c.position).order_by(contents.c.position)) == [(1,), (2,)]


async def test_parts_of_a_series_have_numbers_where_they_are_numbered(database: Database, tmp_path: Path) -> None:
    one, other = listed(series="Plain Words", series_number="7"), listed(series="Plain Words", title="B", position="2")

    await load(database, tmp_path, "hub.csv", one, other)

    assert await fetch(database, sa.select(PART.c.number).order_by(PART.c.number.desc().nulls_last())) == [
        (7,),
        (None,),
    ]
    assert await count(database, "series") == 1


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"topic": "Money"}, "column topic: should say of budgets what line 2 says."),
        ({"section": "Read That"}, "column section: should say of read-this what line 2 says."),
        ({"section_rule": "LATEST"}, "column section: should say of read-this what line 2 says."),
        ({"section_rule": "RANDOM"}, 'column section_rule: "RANDOM" should be'),
        ({"topic_slug": "Budgets"}, 'column topic_slug: "Budgets" should be words in small letters and digits, '),
        ({"position": "1"}, 'column topic_slug: "budgets", "read-this", "1" is on line 2 already; '),
        ({"position": "0"}, 'column position: "0" should be a whole number from 1 to 1,000.'),
        ({"position": ""}, "column position: should be given, since of position, title, kind all are or none."),
        ({"kind": "LEAFLET"}, 'column kind: "LEAFLET" should be one of ARTICLE, '),
        ({"format": "TAPE"}, 'column format: "TAPE" should be'),
        ({"series_number": "2"}, 'column series_number: "2" should be blank where no series is.'),
        ({"periodical": "PM"}, 'column periodical: "PM" should have the date of its issue beside it.'),
        (
            {"title": "", "kind": "", "position": "", "format": "", "series": "Plain Words"},
            'column series: "Plain Words" should be blank where no title is.',
        ),
        (
            {"title": "Budgets in Plain Words", "section": "B", "section_slug": "b", "kind": "BOOK"},
            "column title: should say of budgets-in-plain-words what line 2 says.",
        ),
        (
            {"series": "Plain Words", "series_number": "1"},
            "column series_number: should say of 1 what line 2 says.",
        ),
    ],
    ids=str,
)
async def test_a_bad_row_is_told_by_its_line_and_column_and_nothing_is_kept(
    database: Database, tmp_path: Path, changes: Cells, expected: str
) -> None:
    before = await everything(database)
    first = listed(series="Plain Words", series_number="1")

    with pytest.raises(BadFile) as told:
        await load(database, tmp_path, "hub.csv", first, listed(position="2", title="Another") | changes)

    assert f"hub.csv, line 3, {expected}" in str(told.value)
    assert await everything(database) == before
