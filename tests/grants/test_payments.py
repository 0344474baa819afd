"""Payments: what has to be so before money flows, and what it counts as."""

from datetime import timedelta

from fund_api.campaigns import fiscal_years
from fund_api.core.database import Database
from fund_api.core.errors import BudgetExceeded, InvalidTransition, InvalidValue
from fund_api.grants import programs
from tests.grants.acting import TODAY, make_office
from tests.grants.joining import system
from tests.grants.paying import allow, end, fail, final_accepted, give_back, money, pay, schedule
from tests.grants.watching import refused


async def test_a_payment_is_made_after_the_agreement_and_not_later_than_today(database: Database) -> None:
    office = await make_office(database)
    grant = await office.signed(400_000)
    tranche = await schedule(office, grant, 100_000)
    await allow(office, tranche)

    async with refused(office, InvalidValue, "A payment is recorded once it is made, not for 2026-11-23.") as why:
        await pay(office, tranche, TODAY + timedelta(days=1))
    assert why.value.path == ("paid_on",)
    message = "The agreement was signed on 2026-11-22; nothing was paid on 2026-11-21."
    async with refused(office, InvalidValue, message) as why:
        await pay(office, tranche, TODAY - timedelta(days=1))
    assert why.value.path == ("paid_on",)


async def test_the_last_tranche_waits_for_the_accepted_final_report(database: Database) -> None:
    office = await make_office(database)
    grant = await office.signed(400_000)
    first, last = await schedule(office, grant, 300_000), await schedule(office, grant, 100_000)
    for tranche in (first, last):
        await allow(office, tranche)  # neither alone is the last one
    await pay(office, first)

    message = "The last tranche waits for the final report to be accepted."
    async with refused(office, InvalidTransition, message) as why:
        await pay(office, last)
    assert (why.value.current, why.value.allowed) == ("APPROVED", ("SUBMIT_FINAL_REPORT", "ACCEPT_REPORT"))
    await give_back(office, first, 100_000)
    async with refused(office, InvalidTransition, message):
        await pay(office, last)
    await final_accepted(office, grant)
    await pay(office, last)
    assert (await office.row("disbursement", last))["status"] == "PAID"


async def test_the_only_tranche_is_the_last_one(database: Database) -> None:
    office = await make_office(database)
    grant = await office.signed(400_000)
    tranche = await schedule(office, grant, 400_000)

    async with refused(office, InvalidTransition, "The last tranche waits for the final report to be accepted."):
        await allow(office, tranche)


async def test_after_the_program_closed_what_was_granted_is_paid(database: Database) -> None:
    office = await make_office(database)
    grant = await office.signed(400_000)
    async with office.acting("administrator") as tx:
        await programs.close_program(tx, office.program, expected_version=1)

    await office.paid(grant, 100_000)

    assert await office.balances() == (2_000_000, 300_000, 100_000, 1_600_000)


async def test_lobbying_counts_on_the_day_of_the_payment_against_the_cap(database: Database) -> None:
    office = await make_office(database)
    grant = await office.signed(400_000)
    async with system(office) as tx:
        await fiscal_years.set_lobbying_cap(tx, office.fiscal_year, 150_000, expected_version=1)
    first = await office.paid(grant, 100_000, lobbying=True)
    await office.paid(grant, 100_000)
    second = await schedule(office, grant, 50_001, lobbying=True)
    await allow(office, second)

    message = "500.01 USD of lobbying is over the lobbying cap of the fiscal year 2027: 500.00 USD are left."
    async with refused(office, BudgetExceeded, message) as why:
        await pay(office, second)
    assert why.value.available == 50_000
    await give_back(office, first, 1)
    await pay(office, second)
    assert (await office.row("fiscal_year", office.fiscal_year))["lobbying"] == 150_000


async def test_lobbying_is_paid_in_a_fiscal_year_that_is_open(database: Database) -> None:
    office = await make_office(database)
    grant = await office.signed(400_000)
    office.now = office.now.replace(year=2027)
    tranche = await schedule(office, grant, 100_000, lobbying=True)
    await allow(office, tranche)

    today = office.now.date()
    message = f"No fiscal year is open for {today}, in which it would count as lobbying."
    async with refused(office, InvalidValue, message) as why:
        await pay(office, tranche, today)
    assert why.value.path == ("paid_on",)


async def test_while_it_is_suspended_nothing_is_paid_but_a_payment_may_fail(database: Database) -> None:
    office = await make_office(database)
    grant = await office.signed(400_000)
    paid, tranche = await office.paid(grant, 100_000), await schedule(office, grant, 100_000)
    await allow(office, tranche)
    await end(office, "suspend", grant)

    for work in (pay(office, tranche), schedule(office, grant, 1)):
        async with refused(office, InvalidTransition) as why:
            await work
        assert why.value.current == "SUSPENDED"
    await fail(office, tranche)
    await give_back(office, paid, 100_000)
    assert await money(office, grant) == {
        "status": "SUSPENDED",
        "scheduled": 100_000,
        "returned": 100_000,
        "encumbered": 300_000,
    }


async def test_nothing_is_paid_before_the_agreement(database: Database) -> None:
    office = await make_office(database)
    grant = await office.approved()

    message = (
        "Only a grant in AGREEMENT_SIGNED, ACTIVE or CLOSING can have a tranche scheduled; this one is in APPROVED."
    )
    async with refused(office, InvalidTransition, message):
        await schedule(office, grant, 100)
