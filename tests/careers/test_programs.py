"""Programs: announced as drafts, changed, published, and taken back."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from fund_api.careers import programs
from fund_api.core.access import PUBLIC, SYSTEM, Viewer
from fund_api.core.database import Database
from fund_api.core.errors import InvalidTransition, InvalidValue, NotAllowed, NotFound, VersionConflict
from fund_api.core.writing import writing
from fund_api.library.tables import Resource, Revision
from tests.campaigns.acting import stored
from tests.careers.office import EDITOR, NOW, OFFICER, WORKSHOP, Office
from tests.library.editors import actions, told
from tests.rights.rows import Rows
from tests.rows import count, everything, fetch, table

ANNOUNCER = Viewer(None, frozenset({"fund:career:manage"}))
"""Somebody who looks after programs and edits no library."""


async def areas_of(database: Database, program: str) -> list[str]:
    area, taught = table("practice_area"), table("program_practice_area")
    query = sa.select(area.c.slug).join(taught, taught.c.practice_area_id == area.c.id).order_by(area.c.slug)
    return [slug for (slug,) in await fetch(database, query.where(taught.c.program_id == program))]


async def resource(database: Database, *, live: bool) -> str:
    rows = Rows()
    found = rows.add(Resource, translation_of=None)
    begins = NOW - timedelta(days=1) if live else None
    rows.add(Revision, id=found, live_from=begins, live_until=None, expires_at=None, saved_by=None)
    await rows.save(database)
    return found


async def test_a_program_begins_as_a_draft_of_the_editors(office: Office) -> None:
    program = await office.program("ethics", "finance", provider="ICMA", url=" https://example.org/b ", state_code="OH")

    said = ("slug", "name", "name_folded", "kind", "kind_basis", "provider", "url", "state_code", "resource_id")
    assert await stored(office.database, "program", program, *said) == (
        *("budgets-that-people-read", "Budgets that people read", "budgets that people read", "WORKSHOP", "EDITORIAL"),
        *("ICMA", "https://example.org/b", "OH", None),
    )
    assert await stored(office.database, "program", program, "published_at", "version", "provenance") == (
        None,
        1,
        "ENTERED",
    )
    assert await areas_of(office.database, program) == ["ethics", "finance"]
    assert await actions(office.database) == ["program.added"]
    assert (await told(office.database, "program.added"))["practice_areas"] == (None, '["ethics", "finance"]')


async def test_names_may_repeat_and_slugs_never_do(office: Office) -> None:
    first, second = await office.program(), await office.program()
    named, foreign = await office.program(slug="budgets"), await office.program(name="東京")

    slugs = [(await stored(office.database, "program", one, "slug"))[0] for one in (first, second, named, foreign)]
    assert slugs == ["budgets-that-people-read", f"budgets-that-people-read-{second[-8:]}", "budgets", "program"]
    before = await everything(office.database)
    with pytest.raises(InvalidValue, match="There is a program budgets already") as refused:
        await office.program(slug="budgets")
    assert refused.value.path == ("slug",)
    with pytest.raises(InvalidValue, match="A slug has small letters"):
        await office.program(slug="No slug")
    assert await everything(office.database) == before


WRONG: list[tuple[dict[str, str], str, str]] = [
    ({"name": " "}, "name takes a text that is not empty", "name"),
    ({"name": "\u0301"}, "name takes a text with letters or digits", "name"),
    ({"name": "x" * 201}, "name takes 1 to 200 characters", "name"),
    ({"url": "javascript:alert(1)"}, "url takes a web address", "url"),
    ({"url": "ftp://example.org"}, "url takes a web address", "url"),
    ({"state_code": "ZZ"}, "There is no state ZZ", "state"),
    ({"summary": "x" * 2_001}, "summary takes 1 to 2,000 characters", "summary"),
]


@pytest.mark.parametrize(("values", "message", "path"), WRONG)
async def test_what_can_not_be_said_is_refused(office: Office, values: dict[str, Any], message: str, path: str) -> None:
    """Any: what a program says of itself."""
    program = await office.program()
    before = await everything(office.database)

    for act in (office.program(**values), office.update_program(program, **values)):
        with pytest.raises(InvalidValue, match=message) as refused:
            await act
        assert refused.value.path == (path,)

    with pytest.raises(InvalidValue, match="There is no practice area golf"):
        await office.program("golf")
    with pytest.raises(InvalidValue, match="There is no practice area golf"):
        await office.update_program(program, ["ethics", "golf"])
    with pytest.raises(InvalidValue, match="kind is needed"):
        await office.update_program(program, kind=None)
    assert await everything(office.database) == before


async def test_a_program_is_changed_and_its_practice_areas_are_replaced(office: Office) -> None:
    program = await office.program("ethics", summary="Old")

    await office.update_program(program, name="Budgets", summary=None)
    assert await stored(office.database, "program", program, "slug", "name", "name_folded", "summary", "version") == (
        *("budgets-that-people-read", "Budgets", "budgets", None, 2),
    )
    assert await areas_of(office.database, program) == ["ethics"]
    await office.update_program(program, ["finance"])
    assert await areas_of(office.database, program) == ["finance"]
    assert await told(office.database, "program.updated") == {"practice_areas": ('["ethics"]', '["finance"]')}
    await office.update_program(program, [], name="Plans")
    assert await areas_of(office.database, program) == []
    assert await told(office.database, "program.updated") == {
        "name": ('"Budgets"', '"Plans"'),
        "practice_areas": ('["finance"]', "[]"),
    }
    assert await office.version("program", program) == 4


async def test_nothing_is_told_of_a_change_that_is_none(office: Office) -> None:
    program = await office.program("ethics")

    await office.update_program(program, ["ethics", "ethics"], name="Budgets that people read")

    assert await office.version("program", program) == 1
    assert await actions(office.database) == ["program.added"]


async def test_of_two_editors_the_second_reads_again(office: Office) -> None:
    program = await office.program()
    await office.update_program(program, ["ethics"])
    before = await everything(office.database)

    acts: list[Callable[..., Awaitable[object]]] = [programs.publish_program, programs.withdraw_program]
    for act in acts:
        with pytest.raises(VersionConflict):
            async with office.acting() as tx:
                await act(tx, program, expected_version=1)
    with pytest.raises(VersionConflict):
        async with office.acting() as tx:
            await programs.update_program(tx, program, {}, practice_areas=["finance"], expected_version=1)

    assert await everything(office.database) == before


async def test_who_says_the_kind_is_the_editors_once_they_change_it(office: Office) -> None:
    program = await office.program()
    async with writing(office.database, SYSTEM, NOW) as tx:
        await tx.connection.execute(table("program").update().values(kind_basis="SOURCE"))

    await office.update_program(program, kind="WORKSHOP")
    assert await stored(office.database, "program", program, "kind", "kind_basis") == ("WORKSHOP", "SOURCE")
    await office.update_program(program, kind="COURSE")
    assert await stored(office.database, "program", program, "kind", "kind_basis") == ("COURSE", "EDITORIAL")


async def test_a_program_with_cohorts_stays_one_whose_people_work_in_communities(office: Office) -> None:
    program = await office.program(kind="FELLOWSHIP")
    await office.cohort(program=program)

    await office.update_program(program, kind="INTERNSHIP")
    before = await everything(office.database)
    with pytest.raises(InvalidValue, match="A program that has cohorts is FELLOWSHIP or INTERNSHIP, not COURSE"):
        await office.update_program(program, kind="COURSE")

    assert await everything(office.database) == before


async def test_a_program_is_published_once_and_taken_back(office: Office) -> None:
    program = await office.publish(await office.program())
    assert await stored(office.database, "program", program, "published_at", "version") == (NOW, 2)

    with pytest.raises(InvalidTransition, match="The program is published already"):
        await office.publish(program)
    async with office.acting() as tx:
        await programs.withdraw_program(tx, program, expected_version=2)
    assert await stored(office.database, "program", program, "published_at", "version") == (None, 3)
    with pytest.raises(InvalidTransition, match="The program is not published"):
        async with office.acting() as tx:
            await programs.withdraw_program(tx, program, expected_version=3)
    await office.publish(program)

    assert await actions(office.database) == [
        *("program.added", "program.published", "program.withdrawn", "program.published")
    ]


async def test_a_program_names_a_resource_that_its_editor_sees(office: Office) -> None:
    live, draft = await resource(office.database, live=True), await resource(office.database, live=False)

    for viewer, of in ((EDITOR, draft), (EDITOR, live), (ANNOUNCER, live)):
        async with office.acting(viewer) as tx:
            program = await programs.add_program(tx, WORKSHOP | {"resource_id": of})
        assert await stored(office.database, "program", program, "resource_id") == (of,)
    before = await everything(office.database)
    for viewer, of in ((ANNOUNCER, draft), (EDITOR, f"res_{'0' * 26}")):
        with pytest.raises(NotFound, match="There is no resource res_"):
            async with office.acting(viewer) as tx:
                await programs.add_program(tx, WORKSHOP | {"resource_id": of})

    assert await everything(office.database) == before


@pytest.mark.parametrize("viewer", [PUBLIC, OFFICER])
async def test_only_who_looks_after_programs_writes_them(office: Office, viewer: Viewer) -> None:
    program = await office.program()
    before = await everything(office.database)

    with pytest.raises(NotAllowed, match="fund:career:manage"):
        async with office.acting(viewer) as tx:
            await programs.add_program(tx, WORKSHOP)
    with pytest.raises(NotAllowed, match="fund:career:manage"):
        async with office.acting(viewer) as tx:
            await programs.update_program(tx, program, {"name": "Mine"}, expected_version=1)
    for act in (programs.publish_program, programs.withdraw_program):
        with pytest.raises(NotAllowed, match="fund:career:manage"):
            async with office.acting(viewer) as tx:
                await act(tx, program, expected_version=1)

    assert await everything(office.database) == before


async def test_a_program_that_is_not_there_is_not_found(office: Office) -> None:
    with pytest.raises(NotFound, match="There is no program"):
        async with office.acting() as tx:
            await programs.publish_program(tx, f"program_{'0' * 26}", expected_version=1)
    assert await count(office.database, "event") == 0


async def test_a_program_teaches_no_more_areas_than_one_can_mean(office: Office) -> None:
    before = await everything(office.database)
    many = [f"area-{number}" for number in range(40_000)]

    with pytest.raises(InvalidValue, match="practice areas are at most 100, not 40,000") as refused:
        await office.program(*many)
    assert refused.value.path == ("practice_areas",)
    with pytest.raises(InvalidValue, match="There is no practice area area-0"):
        await office.program(*["area-0"] * 40_000)

    assert await everything(office.database) == before
