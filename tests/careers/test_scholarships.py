"""Scholarships: announced with a deadline to come, changed, taken back."""

from datetime import date

import pytest

from fund_api.careers import scholarships
from fund_api.core.access import PUBLIC, Viewer
from fund_api.core.errors import InvalidTransition, InvalidValue, NotAllowed, NotFound, VersionConflict
from fund_api.core.writing import Row
from tests.campaigns.acting import stored
from tests.careers.office import NOW, OFFICER, Office
from tests.library.editors import actions
from tests.rows import everything

TODAY = NOW.date()
BOOKS: Row = {"name": "Books", "amount": 50_000, "deadline_on": date(2027, 1, 31)}


async def add(office: Office, program: str, **values: object) -> str:
    async with office.acting() as tx:
        return await scholarships.add_scholarship(tx, program, BOOKS | values)


async def update(office: Office, scholarship: str, **values: object) -> None:
    version = await office.version("scholarship", scholarship)
    async with office.acting() as tx:
        await scholarships.update_scholarship(tx, scholarship, values, expected_version=version)


async def cancel(office: Office, scholarship: str) -> None:
    version = await office.version("scholarship", scholarship)
    async with office.acting() as tx:
        await scholarships.cancel_scholarship(tx, scholarship, expected_version=version)


async def test_a_scholarship_has_a_deadline_and_perhaps_an_amount(office: Office) -> None:
    program = await office.program()

    books = await add(office, program, state_code="OH", url="https://example.org/books")
    tuition = await add(office, program, name="Tuition", amount=None, deadline_on=TODAY)

    said = ("name", "amount", "currency", "deadline_on", "state_code", "url", "cancelled_at", "version")
    assert await stored(office.database, "scholarship", books, *said) == (
        *("Books", 50_000, "USD", date(2027, 1, 31), "OH", "https://example.org/books", None, 1),
    )
    assert await stored(office.database, "scholarship", tuition, *said[:5]) == ("Tuition", None, "USD", TODAY, None)


async def test_a_deadline_is_today_or_later_when_it_is_said(office: Office) -> None:
    program = await office.program()
    books = await add(office, program, deadline_on=TODAY)
    office.now = NOW.replace(month=12)
    before = await everything(office.database)

    for act in (
        add(office, program, name="Late", deadline_on=TODAY),
        update(office, books, deadline_on=date(2026, 11, 30)),
    ):
        with pytest.raises(InvalidValue, match="A deadline is today or later, not 2026-11-") as refused:
            await act
        assert refused.value.path == ("deadline_on",)
    assert await everything(office.database) == before

    await update(office, books, eligibility="Students of the profession.")  # what has passed may still be said better
    await update(office, books, deadline_on=date(2027, 3, 1))
    assert await stored(office.database, "scholarship", books, "deadline_on", "version") == (date(2027, 3, 1), 3)


@pytest.mark.parametrize(
    ("values", "message", "path"),
    [
        ({"name": " "}, "name takes a text that is not empty", "name"),
        ({"amount": 0}, "amount lies between 1", "amount"),
        ({"state_code": "ZZ"}, "There is no state ZZ", "state"),
        ({"url": "example.org"}, "url takes a web address", "url"),
        ({}, "The program has a scholarship Books with the deadline 2027-01-31 already", "name"),
    ],
)
async def test_what_can_not_be_is_refused(office: Office, values: Row, message: str, path: str) -> None:
    program = await office.program()
    await add(office, program)
    other = await add(office, program, name="Tuition")
    before = await everything(office.database)

    for act in (add(office, program, **values), update(office, other, **BOOKS | values)):
        with pytest.raises(InvalidValue, match=message) as refused:
            await act
        assert refused.value.path == (path,)

    assert await everything(office.database) == before


async def test_a_scholarship_is_taken_back_once_and_not_changed_any_more(office: Office) -> None:
    books = await add(office, await office.program())
    await cancel(office, books)
    assert await stored(office.database, "scholarship", books, "cancelled_at", "version") == (NOW, 2)
    before = await everything(office.database)

    for act in (cancel(office, books), update(office, books, name="Again")):
        with pytest.raises(InvalidTransition, match="It was cancelled"):
            await act

    assert await everything(office.database) == before
    assert await actions(office.database) == ["program.added", "scholarship.added", "scholarship.cancelled"]


@pytest.mark.parametrize("viewer", [PUBLIC, OFFICER])
async def test_only_who_looks_after_programs_writes_scholarships(office: Office, viewer: Viewer) -> None:
    program = await office.program()
    books = await add(office, program)
    before = await everything(office.database)

    with pytest.raises(NotAllowed, match="fund:career:manage"):
        async with office.acting(viewer) as tx:
            await scholarships.add_scholarship(tx, program, BOOKS | {"name": "Mine"})
    with pytest.raises(NotAllowed, match="fund:career:manage"):
        async with office.acting(viewer) as tx:
            await scholarships.update_scholarship(tx, books, {"name": "Mine"}, expected_version=1)
    with pytest.raises(NotAllowed, match="fund:career:manage"):
        async with office.acting(viewer) as tx:
            await scholarships.cancel_scholarship(tx, books, expected_version=1)

    assert await everything(office.database) == before


async def test_what_was_written_since_or_is_not_there_is_not_written(office: Office) -> None:
    books = await add(office, await office.program())
    before = await everything(office.database)

    with pytest.raises(VersionConflict):
        async with office.acting() as tx:
            await scholarships.update_scholarship(tx, books, {"name": "Lost"}, expected_version=2)
    with pytest.raises(NotFound, match="There is no program"):
        await add(office, f"program_{'0' * 26}")

    assert await everything(office.database) == before
