"""Student chapters: listed, changed, and not shown any more."""

from datetime import date

import pytest

from fund_api.careers import chapters
from fund_api.core.access import PUBLIC, Viewer
from fund_api.core.errors import InvalidValue, NotAllowed, NotFound, VersionConflict
from fund_api.core.writing import Row
from tests.campaigns.acting import stored
from tests.careers.office import OFFICER, Office
from tests.rows import everything

CHAPTER: Row = {"name": "Students of local government", "university": "Wright State", "state_code": "OH"}


async def add(office: Office, **values: object) -> str:
    async with office.acting() as tx:
        return await chapters.add_chapter(tx, CHAPTER | values)


async def update(office: Office, chapter: str, **values: object) -> None:
    version = await office.version("student_chapter", chapter)
    async with office.acting() as tx:
        await chapters.update_chapter(tx, chapter, values, expected_version=version)


async def test_a_chapter_is_active_until_somebody_says_otherwise(office: Office) -> None:
    chapter = await add(office, community_id=office.dayton, founded_on=date(2020, 9, 1))

    said = ("name_folded", "university", "state_code", "community_id", "founded_on", "active", "version")
    assert await stored(office.database, "student_chapter", chapter, *said) == (
        *("students of local government", "Wright State", "OH", office.dayton, date(2020, 9, 1), True, 1),
    )
    await update(office, chapter, active=False, url="https://example.org/students")
    assert await stored(office.database, "student_chapter", chapter, "active", "url", "version") == (
        *(False, "https://example.org/students", 2),
    )


@pytest.mark.parametrize(
    ("values", "message", "path"),
    [
        ({"name": "\u0301"}, "name takes a text with letters or digits", "name"),
        ({"university": " "}, "university takes a text that is not empty", "university"),
        ({"state_code": "ZZ"}, "There is no state ZZ", "state"),
        ({"url": "example.org"}, "url takes a web address", "url"),
        ({"founded_on": date(2026, 11, 23)}, "A chapter was founded today or before, not on 2026-11-23", "founded_on"),
        ({"state_code": "CA", "name": "Others"}, "Dayton lies in OH", "community"),
        ({}, "Wright State has a chapter Students of local government already", "name"),
    ],
)
async def test_what_can_not_be_is_refused(office: Office, values: Row, message: str, path: str) -> None:
    await add(office)
    other = await add(office, name="Another", community_id=office.dayton)
    before = await everything(office.database)

    for act in (add(office, community_id=office.dayton, **values), update(office, other, **CHAPTER | values)):
        with pytest.raises(InvalidValue, match=message) as refused:
            await act
        assert refused.value.path == (path,)

    assert await everything(office.database) == before


@pytest.mark.parametrize("viewer", [PUBLIC, OFFICER])
async def test_only_who_looks_after_programs_writes_chapters(office: Office, viewer: Viewer) -> None:
    chapter = await add(office)
    before = await everything(office.database)

    with pytest.raises(NotAllowed, match="fund:career:manage"):
        async with office.acting(viewer) as tx:
            await chapters.add_chapter(tx, CHAPTER | {"name": "Mine"})
    with pytest.raises(NotAllowed, match="fund:career:manage"):
        async with office.acting(viewer) as tx:
            await chapters.update_chapter(tx, chapter, {"active": False}, expected_version=1)

    assert await everything(office.database) == before


async def test_what_was_written_since_or_is_not_there_is_not_written(office: Office) -> None:
    chapter = await add(office)
    before = await everything(office.database)

    with pytest.raises(VersionConflict):
        async with office.acting() as tx:
            await chapters.update_chapter(tx, chapter, {"active": False}, expected_version=2)
    with pytest.raises(NotFound, match="There is no community"):
        await add(office, name="Another", community_id=f"comm_{'0' * 26}")

    assert await everything(office.database) == before
