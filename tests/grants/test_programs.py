"""Funding programs: budgets that an administrator opens, changes and closes."""

from datetime import date
from typing import Any

import pytest

from fund_api.core.database import Database
from fund_api.core.errors import (
    BudgetExceeded,
    InvalidTransition,
    InvalidValue,
    NotAllowed,
    NotFound,
    VersionConflict,
)
from fund_api.core.money import LARGEST
from fund_api.grants import programs
from tests.grants.acting import PROGRAM, Office, make_office
from tests.grants.deciding import approve
from tests.grants.watching import refused, telling
from tests.rows import count, fetch, table

OTHERS = ("officer", "reviewer", "approver", "payer", "reporter", "coordinator", "nobody")


async def open_program(office: Office, who: str = "administrator", **said: Any) -> str:
    async with office.acting(who) as tx:
        values = PROGRAM | {"name": "Another", "fiscal_year_id": office.fiscal_year} | said
        return await programs.open_program(tx, values)


async def adjust(office: Office, appropriation: int, version: int = 1, who: str = "administrator") -> None:
    async with office.acting(who) as tx:
        await programs.adjust_appropriation(tx, office.program, appropriation, expected_version=version)


async def close(office: Office, version: int = 1, who: str = "administrator", program: str | None = None) -> None:
    async with office.acting(who) as tx:
        await programs.close_program(tx, program or office.program, expected_version=version)


async def entries(office: Office) -> list[tuple[Any, ...]]:
    entry = table("ledger_entry").c
    query = table("ledger_entry").select().with_only_columns(entry.kind, entry.amount, entry.recorded_by)
    return await fetch(office.database, query.where(entry.program_id == office.program).order_by(entry.id))


async def test_a_program_is_opened_with_its_money_in_the_ledger(database: Database) -> None:
    office = await make_office(database)

    async with telling(office) as told:
        office.program = await open_program(office, name="Élan", appropriation=300_000)

    opened, entered = told
    assert opened[:3] == ("funding_program.opened", "administrator", None)
    assert opened[3]["appropriation"] == (None, 300_000)
    assert opened[3]["approval_threshold"] == (None, 1_000_000)
    assert entered[:3] == ("ledger_entry.entered", "administrator", None)
    assert await entries(office) == [("APPROPRIATION", 300_000, office.people["administrator"])]
    assert await office.balances() == (300_000, 0, 0, 300_000)
    row = await office.row("funding_program", office.program)
    assert (row["currency"], row["name_folded"], row["version"], row["closed_at"]) == ("USD", "elan", 1, None)


async def test_a_program_may_begin_without_money(database: Database) -> None:
    office = await make_office(database)

    office.program = await open_program(office, appropriation=0)

    assert await entries(office) == []


@pytest.mark.parametrize(
    ("said", "message", "path"),
    [
        (
            {"grant_minimum": 101, "grant_maximum": 100},
            "The smallest grant is not larger than the largest one.",
            "grant_minimum",
        ),
        ({"opens_on": date(2027, 10, 1)}, "A program opens before it closes.", "opens_on"),
        (
            {"matching_policy": "VERIFIED"},
            "A match is a share of the award: say one where a match is asked, and only there.",
            "match_percent",
        ),
        (
            {"match_hundredths": 5_000},
            "A match is a share of the award: say one where a match is asked, and only there.",
            "match_percent",
        ),
        ({"name": "campaign GRANTS"}, "The fiscal year has a program that is called campaign GRANTS already.", "name"),
        ({"name": " "}, "name takes a text with letters or digits.", "name"),
        ({"appropriation": -1}, "appropriation lies between 0 and 1,000,000,000,000,000, not at -1.", "appropriation"),
        (
            {"appropriation": LARGEST + 1},
            "appropriation lies between 0 and 1,000,000,000,000,000, not at 1,000,000,000,000,001.",
            "appropriation",
        ),
        ({"grant_minimum": 0}, "grant minimum lies between 1 and 1,000,000,000,000,000, not at 0.", "grant_minimum"),
        ({"reviews_needed": 21}, "reviews needed lies between 0 and 20, not at 21.", "reviews_needed"),
        (
            {"matching_policy": "PLEDGED", "match_hundredths": 0},
            "A match is more than 0 and at most 1000 percent.",
            "match_percent",
        ),
    ],
)
async def test_what_contradicts_itself_opens_no_program(
    database: Database, said: dict[str, Any], message: str, path: str
) -> None:
    office = await make_office(database)

    async with refused(office, InvalidValue, message) as why:
        await open_program(office, **said)
    assert why.value.path == (path,)


async def test_a_program_is_of_a_fiscal_year_and_says_all_of_itself(database: Database) -> None:
    office = await make_office(database)

    async with refused(office, NotFound, "There is no fiscal year year_x."):
        await open_program(office, fiscal_year_id="year_x")
    for said in ({"encumbered": 5}, {"closed_at": office.now}):
        with pytest.raises(ValueError, match="is missing or unknown"):
            await open_program(office, **said)
    with pytest.raises(ValueError, match="opens_on"):
        async with office.acting("administrator") as tx:
            await programs.open_program(tx, {name: PROGRAM.get(name) for name in programs.SAID - {"opens_on"}})
    assert await count(database, "funding_program") == 1


async def test_administrators_alone_manage_budgets(database: Database) -> None:
    office = await make_office(database)

    for name in OTHERS:
        for work in (open_program(office, name), adjust(office, 1, who=name), close(office, who=name)):
            async with refused(office, NotAllowed, "This needs the permission fund:budget:manage."):
                await work


async def test_an_appropriation_is_raised_and_cut_and_the_ledger_tells(database: Database) -> None:
    office = await make_office(database)

    async with telling(office) as told:
        await adjust(office, 2_500_000)
    changes = {"appropriation": (2_000_000, 2_500_000)}
    assert told[0] == ("funding_program.adjusted", "administrator", None, changes)
    await adjust(office, 1_000_000, 2)
    async with telling(office) as told:
        await adjust(office, 1_000_000, 3)
    assert told == []
    administrator = office.people["administrator"]
    assert await entries(office) == [
        ("APPROPRIATION", 2_000_000, administrator),
        ("APPROPRIATION", 500_000, administrator),
        ("APPROPRIATION", -1_500_000, administrator),
    ]
    assert await office.balances() == (1_000_000, 0, 0, 1_000_000)


async def test_an_appropriation_is_not_cut_below_what_is_promised_and_paid(database: Database) -> None:
    office = await make_office(database)
    await office.paid(await office.signed(400_000), 100_000)

    message = "4000.00 USD are promised and paid; the appropriation can't be less."
    async with refused(office, BudgetExceeded, message) as why:
        await adjust(office, 399_999)
    assert why.value.available == 1_600_000
    async with refused(office, InvalidValue, "appropriation lies between 0 and 1,000,000,000,000,000, not at -1."):
        await adjust(office, -1)
    await adjust(office, 400_000)
    assert await office.balances() == (400_000, 300_000, 100_000, 0)


async def test_what_is_raised_can_be_promised_at_once(database: Database) -> None:
    office = await make_office(database, appropriation=100_000)
    grant = await office.in_decision()
    async with refused(office, BudgetExceeded, "The program has 1000.00 USD available, less than 4000.00."):
        await approve(office, grant, 400_000)

    await adjust(office, 400_000)
    await approve(office, grant, 400_000)

    assert await office.balances() == (400_000, 400_000, 0, 0)


async def test_a_program_is_closed_once_and_stays_as_it_was(database: Database) -> None:
    office = await make_office(database)

    message = "This was changed by somebody else: it is at version 1, not 2. Read it again."
    async with refused(office, VersionConflict, message):
        await close(office, 2)
    async with refused(office, VersionConflict, message):
        await adjust(office, 1, 2)
    async with telling(office) as told:
        await close(office)
    changes = {"closed_at": (None, "2026-11-22T12:00:00.000000+00:00")}
    assert told == [("funding_program.closed", "administrator", None, changes)]
    for work in (close(office, 2), adjust(office, 1, 2)):
        async with refused(office, InvalidTransition, "The program is closed.") as why:
            await work
        assert (why.value.current, why.value.allowed) == ("CLOSED", ())
    async with refused(office, NotFound, "There is no funding program fprog_x."):
        await close(office, program="fprog_x")


async def test_the_version_of_a_program_is_of_what_people_set(database: Database) -> None:
    """Approvals move its balances: an administrator who read it before still closes it."""
    office = await make_office(database)
    await office.paid(await office.signed(400_000), 100_000)

    await close(office, 1)

    assert (await office.row("funding_program", office.program))["version"] == 2
