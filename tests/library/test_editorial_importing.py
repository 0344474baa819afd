"""What the editors of the library say of resources is marked as theirs, and finds what helps a campaign."""

from pathlib import Path

import pytest
import sqlalchemy as sa

from fund_api.core.access import SYSTEM
from fund_api.core.database import Database
from fund_api.core.records import BadFile
from fund_api.core.upserts import Counts
from fund_api.core.writing import writing
from fund_api.library.catalogue import resource_id
from fund_api.library.tables import Resource
from tests.asking import Asker
from tests.library.files import EARLIER, LATER, editorial, load, load_terms, resource
from tests.rows import Cells, everything, fetch, packaged, table

REVISION, AUDIENCE, ABOUT, AREA = (
    table(name) for name in ("revision", "audience_tag", "practice_area_tag", "practice_area")
)
AUDIENCES = (AUDIENCE.c.campaign_kind, AUDIENCE.c.state_code, AUDIENCE.c.form, AUDIENCE.c.basis)


async def audiences(database: Database) -> list[tuple[object, ...]]:
    return sorted(await fetch(database, sa.select(*AUDIENCES)), key=repr)


async def prepare(database: Database, folder: Path) -> None:
    await load_terms(database, folder)
    await load(database, folder, "resources.csv", resource())


async def test_every_packaged_resource_has_a_summary_of_one_sentence_and_a_language(loaded: Database) -> None:
    found = await fetch(loaded, sa.select(REVISION.c.summary, REVISION.c.language, REVISION.c.language_basis))
    assert len(found) == 78
    for summary, language, basis in found:
        assert (language, basis) == ("en", "EDITORIAL")
        assert summary.endswith(".")
        assert 20 < len(summary) < 160


async def test_a_state_is_tagged_only_where_the_title_names_it(loaded: Database) -> None:
    tagged = sa.select(REVISION.c.title, AUDIENCE.c.state_code).join(AUDIENCE, AUDIENCE.c.resource_id == REVISION.c.id)
    [(title, state)] = await fetch(loaded, tagged.where(AUDIENCE.c.state_code.is_not(None)))
    assert (title.split()[0], state) == ("California", "CA")


async def test_all_tags_are_marked_as_the_editors(loaded: Database) -> None:
    assert await fetch(loaded, sa.select(AUDIENCE.c.basis).distinct()) == [("EDITORIAL",)]
    assert await fetch(loaded, sa.select(ABOUT.c.basis).distinct()) == [("EDITORIAL",)]


async def test_the_practice_areas_are_the_five_of_the_field_in_their_order(ask: Asker) -> None:
    data = await ask("{ practiceAreas { nodes { name } } responsibilities { nodes { slug position } } }")
    assert [node["name"] for node in data["practiceAreas"]["nodes"]] == [
        "Finance and people",
        "Service delivery",
        "Strategic planning",
        "Performance and improvement",
        "Ethics and transparency",
    ]
    slugs = [row["responsibility"] for row in packaged("responsibilities.csv")]
    found = [(node["slug"], node["position"]) for node in data["responsibilities"]["nodes"]]
    assert found == [(slug, at) for at, slug in enumerate(slugs, 1)]


DEFENSE = """
{
  resources(
    first: 100
    filter: {
      audiences: {
        some: {
          campaignKind: {eq: RETENTION}
          not: {state: {code: {ne: "OH"}}}
          form: {eq: COUNCIL_MANAGER}
        }
      }
    }
    orderBy: {field: TITLE}
  ) { nodes { title } }
}
"""


async def test_question_1_what_helps_to_defend_council_manager_in_ohio(ask: Asker) -> None:
    titles = [node["title"] for node in (await ask(DEFENSE))["resources"]["nodes"]]
    assert titles == [
        "Council-Manager Form Resource Package",
        "Council-Manager Form of Government: What is is, how it works, and the benefits to your community (brochure)",
        "Local Government That Works: The Council-Manager Form of Government",
        "Taking Stock of the Council-Manager Form at 100",
    ]
    wider = DEFENSE.replace("form: {eq: COUNCIL_MANAGER}", "")
    found = {node["title"] for node in (await ask(wider))["resources"]["nodes"]}
    assert len(found) == 27
    assert {"Model City Charter, 8th Edition", "From the Ballot Box: November 2014"} < found


async def test_words_of_the_summary_find_a_resource_after_its_file_was_loaded_again(
    database: Database, tmp_path: Path
) -> None:
    await prepare(database, tmp_path)
    await load(database, tmp_path, "editorial.csv", editorial())
    words = await fetch(database, sa.select(REVISION.c.search_text))

    again = await load(database, tmp_path, "resources.csv", resource(), now=LATER)

    assert again.tables["revision"] == Counts(0, 0, 1)
    assert words == [("what a manag doe zy a brochur on the work of a manag zy zwmanager zwdoes zwbrochure",)]
    assert await fetch(database, sa.select(REVISION.c.search_text)) == words


async def test_audiences_and_practice_areas_are_read_from_their_cells(database: Database, tmp_path: Path) -> None:
    await prepare(database, tmp_path)
    row = editorial(
        audiences="COUNCIL_MANAGER OH RETENTION; ADOPTION ;NE", practice_areas="service-delivery; strategic-planning"
    )

    loaded = await load(database, tmp_path, "editorial.csv", row)

    assert loaded.tables["audience_tag"] == Counts(3, 0, 0)
    assert await audiences(database) == [
        ("ADOPTION", None, None, "EDITORIAL"),
        ("RETENTION", "OH", "COUNCIL_MANAGER", "EDITORIAL"),
        (None, "NE", None, "EDITORIAL"),
    ]
    areas = sa.select(AREA.c.slug).join(ABOUT, ABOUT.c.practice_area_id == AREA.c.id).order_by(AREA.c.position)
    assert await fetch(database, areas) == [("service-delivery",), ("strategic-planning",)]


async def test_cells_may_be_blank(database: Database, tmp_path: Path) -> None:
    await prepare(database, tmp_path)
    blank = editorial(summary="", language="", practice_areas="", audiences="")

    await load(database, tmp_path, "editorial.csv", blank)

    found = await fetch(database, sa.select(REVISION.c.summary, REVISION.c.language, REVISION.c.language_basis))
    assert found == [(None, None, None)]
    assert await audiences(database) == []


async def test_what_an_editor_wrote_no_editorial_file_changes_any_more(database: Database, tmp_path: Path) -> None:
    await prepare(database, tmp_path)
    async with writing(database, SYSTEM, LATER) as tx:
        tx.record(Resource, "draft_saved", resource_id("B1"), {}, {})

    await load(database, tmp_path, "editorial.csv", editorial(), now=LATER)

    assert await fetch(database, sa.select(REVISION.c.summary, REVISION.c.updated_at)) == [(None, EARLIER)]
    assert await audiences(database) == []


WHOM = "should name audiences between semicolons, each by at most one campaign kind, "


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"resource_id": "B9"}, 'column resource_id: needs the resource "B9", which is not loaded; load it first.'),
        ({"summary": "s" * 2_001}, "column summary: "),
        ({"language": "English"}, 'column language: "English" should be a BCP 47 tag, as en or es-MX.'),
        (
            {"practice_areas": "finance"},
            'column practice_areas: needs the practice area "finance", which is not loaded; load it first.',
        ),
        (
            {"practice_areas": "service-delivery;"},
            'column practice_areas: "service-delivery;" should have something between its semicolons, and nothing',
        ),
        ({"audiences": "RECALL"}, f'column audiences: "RECALL" {WHOM}'),
        ({"audiences": "RETENTION ADOPTION"}, f'column audiences: "RETENTION ADOPTION" {WHOM}'),
        ({"audiences": "OH NE"}, f'column audiences: "OH NE" {WHOM}'),
        ({"audiences": "OH RETENTION; RETENTION OH"}, "should name no audience twice."),
        ({"audiences": "ZZ"}, 'column audiences: needs the state "ZZ", which is not loaded; load it first.'),
    ],
    ids=str,
)
async def test_a_bad_row_is_told_by_its_line_and_column_and_nothing_is_kept(
    database: Database, tmp_path: Path, changes: Cells, expected: str
) -> None:
    await prepare(database, tmp_path)
    await load(database, tmp_path, "resources.csv", resource(resource_id="B2"))
    before = await everything(database)

    with pytest.raises(BadFile) as told:
        await load(database, tmp_path, "editorial.csv", editorial(), editorial(resource_id="B2") | changes)

    assert "editorial.csv, line 3, " in str(told.value)
    assert expected in str(told.value)
    assert await everything(database) == before


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"practice_area": "Finance"}, 'column practice_area: "Finance" should be words in small letters and digits, '),
        ({"practice_area": "a"}, 'column practice_area: "a" is on line 2 already; it should be there once.'),
        ({"position": "1"}, 'column position: "1" is on line 2 already; it should be there once.'),
        ({"name": ""}, "column name: should not be blank."),
        ({"summary": ""}, "column summary: should not be blank."),
    ],
    ids=str,
)
async def test_a_bad_practice_area_is_told_by_its_line_and_column(
    database: Database, tmp_path: Path, changes: Cells, expected: str
) -> None:
    good = {"practice_area": "a", "position": "1", "name": "A", "summary": "All of it."}
    before = await everything(database)

    with pytest.raises(BadFile) as told:
        await load(database, tmp_path, "areas.csv", good, good | {"practice_area": "b", "position": "2"} | changes)

    assert f"areas.csv, line 3, {expected}" in str(told.value)
    assert await everything(database) == before
