"""How the money of a grant stands still, and comes to its end."""

import pytest

from fund_api.core.database import Database
from fund_api.core.errors import InvalidTransition, InvalidValue, NotAllowed, VersionConflict
from fund_api.core.money import LARGEST
from fund_api.grants import closing, programs
from tests.grants.acting import Office, make_office
from tests.grants.deciding import approve
from tests.grants.joining import system
from tests.grants.paying import (
    allow,
    end,
    fail,
    final_accepted,
    give_back,
    hand_in,
    judge,
    money,
    pay,
    report_of,
    schedule,
)
from tests.grants.watching import Changes, refused, telling
from tests.rows import fetch, table


async def ledger(office: Office) -> list[tuple[str, int]]:
    """The entries of the ledger, in their order."""
    entry = table("ledger_entry").c
    query = table("ledger_entry").select().with_only_columns(entry.kind, entry.amount).order_by(entry.id)
    return [(kind, amount) for kind, amount in await fetch(office.database, query)]


async def test_a_grant_stands_still_and_goes_on_with_reasons(database: Database) -> None:
    office = await make_office(database)
    grant = await office.signed(400_000)
    await office.paid(grant, 100_000)

    async with refused(office, InvalidValue, "reason takes a text that is not empty, not 0 characters."):
        await end(office, "suspend", grant, "")
    async with telling(office) as told:
        await end(office, "suspend", grant, "The report is late")
        await end(office, "resume", grant, None)
    assert told == [
        (
            "grant.suspended",
            "officer",
            office.campaign,
            {"reason": (None, "The report is late"), "status": ("ACTIVE", "SUSPENDED")},
        ),
        (
            "grant.resumed",
            "officer",
            office.campaign,
            {"reason": ("The report is late", None), "status": ("SUSPENDED", "ACTIVE")},
        ),
    ]


@pytest.mark.parametrize("rule", ["suspend", "resume", "close", "cancel"])
async def test_these_are_the_duty_of_some_and_by_what_they_read(database: Database, rule: str) -> None:
    office = await make_office(database)
    grant = await office.signed(400_000)
    able, permission = ("approver", "decide") if rule == "cancel" else ("officer", "prepare")

    for name in {"officer", "reviewer", "approver", "payer", "administrator", "coordinator"} - {able}:
        async with refused(office, NotAllowed, f"This needs the permission fund:grant:{permission}."):
            await end(office, rule, grant, who=name)
    if rule != "cancel":
        async with refused(office, VersionConflict), office.acting("officer") as tx:
            await getattr(closing, rule)(tx, grant, "Enough", expected_version=1)


async def test_a_closed_grant_gives_back_what_it_was_not_paid(database: Database) -> None:
    office = await make_office(database)
    grant = await office.signed(400_000)
    await office.paid(grant, 250_000)
    await final_accepted(office, grant)

    async with telling(office) as told:
        await end(office, "close", grant, "All done")

    at = "2026-11-22T12:00:00.000000+00:00"
    changes: Changes = {"reason": (None, "All done"), "closed_at": (None, at), "released": (0, 150_000)}
    changes |= {"status": ("CLOSING", "COMPLETED")}
    assert told[0] == ("grant.closed", "officer", office.campaign, changes)
    assert await ledger(office) == [
        ("APPROPRIATION", 2_000_000),
        ("ENCUMBRANCE", 400_000),
        ("EXPENDITURE", 250_000),
        ("RELEASE", 150_000),
    ]
    assert await office.balances() == (2_000_000, 0, 250_000, 1_750_000)


async def test_a_grant_that_was_paid_whole_releases_nothing(database: Database) -> None:
    office = await make_office(database)
    grant = await office.signed(400_000)
    await office.paid(grant, 300_000)
    await final_accepted(office, grant)
    await office.paid(grant, 100_000)

    await end(office, "close", grant, None)

    assert await money(office, grant) == {"status": "COMPLETED", "scheduled": 400_000, "disbursed": 400_000}
    assert [kind for kind, _ in await ledger(office)].count("RELEASE") == 0


async def test_a_grant_is_closed_when_no_report_is_open(database: Database) -> None:
    office = await make_office(database)
    grant = await office.signed(400_000)
    await office.paid(grant, 100_000)
    final = await report_of(office, grant)

    message = "Only a grant in CLOSING can be closed; this one is in ACTIVE."
    async with refused(office, InvalidTransition, message):
        await end(office, "close", grant)
    await hand_in(office, final)
    message = "Every report is accepted or waived before the grant is closed."
    async with refused(office, InvalidTransition, message) as why:
        await end(office, "close", grant)
    allowed = ("ACCEPT_REPORT", "REQUEST_REPORT_CHANGES", "WAIVE_REPORT", "WAIVE_FINAL_REPORT")
    assert (why.value.current, why.value.allowed) == ("CLOSING", allowed)
    await judge(office, "request_report_changes", final, "More")
    async with refused(office, InvalidTransition, message):
        await end(office, "close", grant)
    await hand_in(office, final)
    await judge(office, "accept_report", final)
    await end(office, "close", grant)


async def test_a_grant_is_closed_when_no_tranche_is_open(database: Database) -> None:
    office = await make_office(database)
    grant = await office.signed(400_000)
    await office.paid(grant, 100_000)
    planned, allowed = await schedule(office, grant, 100_000), await schedule(office, grant, 100_000)
    await allow(office, allowed)
    await final_accepted(office, grant)

    message = "Every tranche is paid or failed before the grant is closed."
    async with refused(office, InvalidTransition, message) as why:
        await end(office, "close", grant)
    may = ("APPROVE_DISBURSEMENT", "RECORD_PAYMENT", "RECORD_PAYMENT_FAILURE")
    assert (why.value.current, why.value.allowed) == ("CLOSING", may)
    await pay(office, allowed)
    async with refused(office, InvalidTransition, message):
        await end(office, "close", grant)
    await fail(office, planned, "Not needed")
    await end(office, "close", grant)
    assert await office.balances() == (2_000_000, 0, 200_000, 1_800_000)


async def test_after_the_end_money_still_comes_back_and_nothing_else_happens(database: Database) -> None:
    office = await make_office(database)
    grant = await office.signed(400_000)
    tranche = await office.paid(grant, 100_000, lobbying=True)
    await final_accepted(office, grant)
    await end(office, "close", grant)

    await give_back(office, tranche, 40_000)
    await give_back(office, tranche, 60_000)

    assert await money(office, grant) == {
        "status": "COMPLETED",
        "scheduled": 100_000,
        "returned": 100_000,
        "released": 300_000,
    }
    assert await office.balances() == (2_000_000, 0, 0, 2_000_000)
    assert (await office.row("fiscal_year", office.fiscal_year))["lobbying"] == 0
    for rule in ("suspend", "resume", "close", "cancel"):
        async with refused(office, InvalidTransition) as why:
            await end(office, rule, grant, who="approver" if rule == "cancel" else "officer")
        assert (why.value.current, why.value.allowed) == ("COMPLETED", ("RECORD_RETURN",))


async def test_a_cancelled_grant_drops_its_tranches_and_gives_back_what_it_was_not_paid(database: Database) -> None:
    office = await make_office(database)
    grant = await office.signed(400_000)
    paid = await office.paid(grant, 100_000)
    planned = await schedule(office, grant, 150_000)
    await give_back(office, paid, 30_000)

    async with telling(office) as told:
        await end(office, "cancel", grant, "The campaign dissolved", "approver")

    dropped = {"status": ("SCHEDULED", "FAILED"), "reason": (None, "The campaign dissolved")}
    assert told[0] == ("disbursement.failed", "approver", office.campaign, dropped)
    changes = {"reason": (None, "The campaign dissolved"), "closed_at": (None, "2026-11-22T12:00:00.000000+00:00")}
    amounts = {"released": (0, 300_000), "scheduled": (250_000, 100_000)}
    ended = changes | amounts | {"status": ("ACTIVE", "CANCELLED")}
    assert told[1] == ("grant.cancelled", "approver", office.campaign, ended)
    assert (await office.row("disbursement", planned))["status"] == "FAILED"
    assert await office.balances() == (2_000_000, 0, 70_000, 1_930_000)
    await give_back(office, paid, 70_000)
    assert await office.balances() == (2_000_000, 0, 0, 2_000_000)


async def test_what_may_be_on_its_way_to_the_bank_keeps_a_grant_from_being_cancelled(database: Database) -> None:
    office = await make_office(database)
    grant = await office.signed(400_000)
    tranche = await schedule(office, grant, 100_000)
    await allow(office, tranche)

    message = "A tranche is approved: record that it was paid or that it failed before the grant is cancelled."
    async with refused(office, InvalidTransition, message) as why:
        await end(office, "cancel", grant, who="approver")
    assert (why.value.current, why.value.allowed) == ("ACTIVE", ("RECORD_PAYMENT", "RECORD_PAYMENT_FAILURE"))
    await end(office, "suspend", grant)
    async with refused(office, InvalidTransition, message) as why:
        await end(office, "cancel", grant, who="approver")
    assert (why.value.current, why.value.allowed) == ("SUSPENDED", ("RECORD_PAYMENT_FAILURE",))
    await fail(office, tranche)
    await end(office, "cancel", grant, who="approver")
    assert await money(office, grant) == {"status": "CANCELLED", "released": 400_000}


async def test_a_grant_is_cancelled_from_its_approval_on_with_a_reason(database: Database) -> None:
    office = await make_office(database)
    undecided, approved, signed = await office.in_decision(), await office.approved(), await office.signed()

    message = (
        "Only a grant in APPROVED, AGREEMENT_SIGNED, ACTIVE, CLOSING or SUSPENDED can be cancelled;"
        " this one is in IN_DECISION."
    )
    async with refused(office, InvalidTransition, message):
        await end(office, "cancel", undecided, who="approver")
    async with refused(office, InvalidValue, "reason takes a text that is not empty, not 0 characters."):
        await end(office, "cancel", approved, " ", "approver")
    for grant in (approved, signed):
        await end(office, "cancel", grant, who="approver")
    assert await office.balances() == (2_000_000, 0, 0, 2_000_000)


async def test_a_grant_of_a_closed_program_comes_to_its_end_too(database: Database) -> None:
    office = await make_office(database)
    grant, other = await office.signed(400_000), await office.signed(400_000)
    await office.paid(grant, 100_000)
    async with office.acting("administrator") as tx:
        await programs.close_program(tx, office.program, expected_version=1)
    async with system(office) as tx:
        await tx.connection.execute(table("campaign").update().values(stage="CLOSED", outcome="RETAINED"))

    await final_accepted(office, grant)
    await end(office, "close", grant)
    await end(office, "cancel", other, who="approver")

    assert await office.balances() == (2_000_000, 0, 100_000, 1_900_000)


async def test_the_largest_grant_is_settled_to_the_cent(database: Database) -> None:
    office = await make_office(database, appropriation=LARGEST, grant_maximum=LARGEST, approval_threshold=None)
    grant = await office.in_decision(requested=LARGEST)
    await approve(office, grant, LARGEST)
    await end(office, "cancel", grant, who="approver")

    assert await office.balances() == (LARGEST, 0, 0, LARGEST)
    again = await office.in_decision(requested=LARGEST)
    await approve(office, again, LARGEST)
    assert await office.balances() == (LARGEST, LARGEST, 0, 0)
