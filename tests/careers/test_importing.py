"""A file of programs: the packaged one, whose programs the hub on leadership leads to, and files of one's own."""

from pathlib import Path

import pytest
import sqlalchemy as sa

import schema
from fund_api import loading
from fund_api.careers import cohorts, programs
from fund_api.careers.tables import Program
from fund_api.core.access import SYSTEM
from fund_api.core.database import Database
from fund_api.core.importing import Silence
from fund_api.core.records import BadFile
from fund_api.core.upserts import Counts
from fund_api.core.writing import writing
from tests.asking import Asker
from tests.careers.office import SPRING
from tests.conftest import LOADED_AT
from tests.library.files import EARLIER, LATER, load, load_terms, resource
from tests.rows import Cells, fetch, packaged, table, write

PROGRAM = table("program")
HUB = (Path(schema.__file__).parent / "operations" / "public" / "TopicHub.graphql").read_text(encoding="utf-8")


def program(**changes: str) -> Cells:
    """A course on the brochure of tests/library, for Ohio, but for the changes."""
    return {
        "program": "first-steps",
        "name": "First Steps for Managers",
        "kind": "COURSE",
        "kind_basis": "SOURCE",
        "provider": "A University",
        "url": "https://example.org/first-steps",
        "resource_id": "B1",
        "state": "OH",
    } | changes


async def prepare(database: Database, folder: Path) -> None:
    await load_terms(database, folder)
    await load(database, folder, "resources.csv", resource())


async def refusal(database: Database, folder: Path, *rows: Cells) -> str:
    with pytest.raises(BadFile) as refused:
        await load(database, folder, "programs.csv", *rows)
    assert await fetch(database, sa.select(PROGRAM.c.id)) == []
    return str(refused.value)


async def test_the_hub_s_programs_workshops_and_assessments_lead_to_programs(ask: Asker) -> None:
    sections = (await ask(HUB))["topic"]["sections"]["nodes"]

    linked = {
        resource["title"]: [(one["name"], one["kind"]) for one in resource["programs"]["nodes"]]
        for section in sections
        for resource in section["resources"]["nodes"]
        if resource["kind"] in ("PROGRAM", "WORKSHOP", "ASSESSMENT")
    }
    kinds = {
        "Leadership Development Programs": "COURSE",
        "ICMA University Skill-Building Workshops": "WORKSHOP",
        "Assessments for professional development planning": "ASSESSMENT",
    }
    assert linked == {title: [(title, kind)] for title, kind in kinds.items()}


async def test_the_packaged_programs_say_what_the_hub_says_and_no_more(ask: Asker, loaded: Database) -> None:
    document = """{ programs { nodes {
      name kind kindBasis provider provenance url summary state { code } resource { title kind }
      publishedAt version sessions { totalCount } cohorts { totalCount } scholarships { totalCount }
    } } }"""
    found = (await ask(document))["programs"]["nodes"]

    listed = {row["title"]: row["kind"] for row in packaged("topic_sections.csv")}
    own = {
        "PROGRAM": ("COURSE", "EDITORIAL"),
        "WORKSHOP": ("WORKSHOP", "SOURCE"),
        "ASSESSMENT": ("ASSESSMENT", "SOURCE"),
    }
    assert [(one["name"], (one["kind"], one["kindBasis"]), one["resource"]) for one in found] == [
        (one["name"], own[listed[one["name"]]], {"title": one["name"], "kind": listed[one["name"]]}) for one in found
    ]
    nothing: dict[str, object] = dict.fromkeys(("url", "summary", "state"))
    nothing |= {name: {"totalCount": 0} for name in ("sessions", "cohorts", "scholarships")}
    stamps = {"publishedAt": LOADED_AT.isoformat().replace("+00:00", "Z"), "version": 1}
    said = nothing | stamps | {"provider": "ICMA", "provenance": "REPORTED"}
    assert len(found) == 3
    assert all({name: one[name] for name in said} == said for one in found)


async def test_a_row_becomes_a_program_that_everybody_sees(database: Database, tmp_path: Path) -> None:
    await prepare(database, tmp_path)

    done = await load(database, tmp_path, "programs.csv", program())

    assert done.tables["program"] == Counts(1, 0, 0)
    columns = ("slug", "name", "name_folded", "kind", "kind_basis", "provider", "url", "state_code", "summary")
    assert await fetch(
        database, sa.select(*(PROGRAM.c[name] for name in (*columns, "published_at", "provenance")))
    ) == [
        (
            *("first-steps", "First Steps for Managers", "first steps for managers", "COURSE", "SOURCE"),
            *("A University", "https://example.org/first-steps", "OH", None, EARLIER, "REPORTED"),
        )
    ]
    page = sa.select(table("resource").c.slug).join(PROGRAM, PROGRAM.c.resource_id == table("resource").c.id)
    assert await fetch(database, page) == [("what-a-manager-does",)]


async def test_a_file_that_is_loaded_again_changes_what_differs(database: Database, tmp_path: Path) -> None:
    await prepare(database, tmp_path)
    blank = dict.fromkeys(("provider", "url", "resource_id", "state"), "")
    await load(database, tmp_path, "programs.csv", program(), program(program="other", **blank))

    again = await load(database, tmp_path, "programs.csv", program(), program(program="other"), now=LATER)

    assert again.tables["program"] == Counts(0, 1, 1)
    seen = sa.select(PROGRAM.c.version, PROGRAM.c.published_at, PROGRAM.c.updated_at).order_by(PROGRAM.c.slug)
    assert await fetch(database, seen) == [(1, EARLIER, EARLIER), (2, EARLIER, LATER)]


async def test_what_an_editor_has_changed_no_file_changes_any_more(database: Database, tmp_path: Path) -> None:
    await prepare(database, tmp_path)
    await load(database, tmp_path, "programs.csv", program())
    [(key,)] = await fetch(database, sa.select(PROGRAM.c.id))
    async with writing(database, SYSTEM, LATER) as tx:
        await tx.change(Program, "updated", key, {"name": "Ours", "name_folded": "ours"})

    again = await load(database, tmp_path, "programs.csv", program())

    assert again.rows == 1
    assert await fetch(database, sa.select(PROGRAM.c.name)) == [("Ours",)]


async def test_a_file_comes_after_the_resources_that_it_names(database: Database, tmp_path: Path) -> None:
    await load_terms(database, tmp_path)
    paths = [write(tmp_path / "a.csv", [program()]), write(tmp_path / "b.csv", [resource()])]

    done = await loading.load_files(database, paths, Silence(), EARLIER)

    assert [each.kind for each in done] == ["resources", "programs"]


async def test_a_slug_that_an_editor_took_is_told_by_its_cell(database: Database, tmp_path: Path) -> None:
    await prepare(database, tmp_path)
    async with writing(database, SYSTEM, LATER) as tx:
        await programs.add_program(tx, {"name": "Ours", "kind": "COURSE"}, slug="first-steps")

    with pytest.raises(BadFile, match='line 2, column program: "first-steps" is the name of a program of an editor'):
        await load(database, tmp_path, "programs.csv", program())

    assert await fetch(database, sa.select(PROGRAM.c.name)) == [("Ours",)]


async def test_what_has_cohorts_stays_what_has_some(database: Database, tmp_path: Path) -> None:
    await prepare(database, tmp_path)
    await load(database, tmp_path, "programs.csv", program(kind="FELLOWSHIP"))
    [(key,)] = await fetch(database, sa.select(PROGRAM.c.id))
    async with writing(database, SYSTEM, LATER) as tx:
        await cohorts.add_cohort(tx, key, SPRING)

    told = "line 2, column kind: is FELLOWSHIP or INTERNSHIP, since the program has cohorts, not WORKSHOP"
    with pytest.raises(BadFile, match=told):
        await load(database, tmp_path, "programs.csv", program(kind="WORKSHOP"))
    assert await fetch(database, sa.select(PROGRAM.c.kind)) == [("FELLOWSHIP",)]

    await load(database, tmp_path, "programs.csv", program(kind="INTERNSHIP"))
    assert await fetch(database, sa.select(PROGRAM.c.kind)) == [("INTERNSHIP",)]


async def test_a_bad_row_is_told_by_its_cell_and_nothing_is_kept(database: Database, tmp_path: Path) -> None:
    await prepare(database, tmp_path)
    for changes, told in (
        ({"resource_id": "B2"}, 'column resource_id: needs the resource "B2", which is not loaded; load it first.'),
        ({"state": "ZZ"}, 'column state: needs the state "ZZ", which is not loaded; load it first.'),
        ({"program": "First Steps"}, "column program: "),
        ({"kind": "PROGRAM"}, "column kind: "),
        ({"kind_basis": ""}, "column kind_basis: should not be blank."),
        ({"name": ""}, "column name: should not be blank."),
        ({"url": "javascript:alert(1)"}, "should be a web address with its scheme, as https://example.org"),
    ):
        assert told in await refusal(database, tmp_path, program(**changes))
    assert "is on line 2 already" in await refusal(database, tmp_path, program(), program(name="Again"))
