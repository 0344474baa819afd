"""Disbursements: a tranche from the schedule to its payment, its failure, and money that comes back."""

from fund_api.core.database import Database
from fund_api.core.errors import InvalidTransition, InvalidValue, NotAllowed, NotFound, VersionConflict
from fund_api.core.money import LARGEST
from tests.grants.acting import TODAY, make_office
from tests.grants.joining import system
from tests.grants.paying import allow, fail, give_back, money, pay, schedule
from tests.grants.watching import refused, telling
from tests.rows import table


async def test_the_first_tranche_makes_a_grant_active(database: Database) -> None:
    office = await make_office(database)
    grant = await office.signed(400_000)

    async with telling(office) as told:
        first = await schedule(office, grant, 100_000)
        second = await schedule(office, grant, 300_000, lobbying=True)

    planned, active, _, again = told
    assert planned[:3] == ("disbursement.scheduled", "officer", office.campaign)
    assert (planned[3]["amount"], planned[3]["number"], planned[3]["lobbying"]) == (
        (None, 100_000),
        (None, 1),
        (None, False),
    )
    changes = {"scheduled": (0, 100_000), "status": ("AGREEMENT_SIGNED", "ACTIVE")}
    assert active == ("grant.disbursement_scheduled", "officer", office.campaign, changes)
    assert again[3] == {"scheduled": (100_000, 400_000)}
    rows = [await office.row("disbursement", one) for one in (first, second)]
    assert [(row["number"], row["status"], row["lobbying"]) for row in rows] == [
        (1, "SCHEDULED", False),
        (2, "SCHEDULED", True),
    ]


async def test_tranches_come_to_no_more_than_the_award(database: Database) -> None:
    office = await make_office(database)
    grant = await office.signed(400_000)
    await schedule(office, grant, 300_000)

    async with refused(office, InvalidValue, "Of the award 1000.00 is not scheduled; 1000.01 is more.") as why:
        await schedule(office, grant, 100_001)
    assert why.value.path == ("amount",)
    for amount in (0, -1):
        message = f"amount lies between 1 and 1,000,000,000,000,000, not at {amount}."
        async with refused(office, InvalidValue, message):
            await schedule(office, grant, amount)
    await schedule(office, grant, 100_000)
    async with refused(office, InvalidValue, "Of the award 0.00 is not scheduled; 0.01 is more."):
        await schedule(office, grant, 1)


async def test_a_payment_is_allowed_by_one_and_made_by_another(database: Database) -> None:
    office = await make_office(database)
    grant = await office.signed(400_000)
    tranche = await schedule(office, grant, 100_000)

    async with telling(office) as told:
        await allow(office, tranche)
    allowed = {"status": ("SCHEDULED", "APPROVED"), "approved_by": (None, office.people["approver"])}
    assert told == [
        ("disbursement.approved", "approver", office.campaign, allowed),
        ("grant.disbursement_approved", "approver", office.campaign, {}),
    ]
    async with telling(office) as told:
        await pay(office, tranche)
    paid = {"status": ("APPROVED", "PAID"), "paid_on": (None, str(TODAY)), "paid_by": (None, office.people["payer"])}
    assert told[:2] == [
        ("disbursement.paid", "payer", office.campaign, paid | {"payment_reference": (None, "EFT 1")}),
        ("grant.paid", "payer", office.campaign, {"disbursed": (0, 100_000)}),
    ]
    assert told[2][:3] == ("ledger_entry.entered", "payer", None)
    assert (told[2][3]["kind"], told[2][3]["amount"], told[2][3]["disbursement_id"]) == (
        (None, "EXPENDITURE"),
        (None, 100_000),
        (None, tranche),
    )
    assert await money(office, grant) == {
        "status": "ACTIVE",
        "scheduled": 100_000,
        "disbursed": 100_000,
        "encumbered": 300_000,
    }
    assert await office.balances() == (2_000_000, 300_000, 100_000, 1_600_000)


async def test_each_act_on_a_tranche_has_its_people(database: Database) -> None:
    office = await make_office(database)
    grant = await office.signed(400_000)
    tranche = await schedule(office, grant, 100_000)

    for name in ("reviewer", "second_approver", "payer", "administrator", "coordinator"):
        async with refused(office, NotAllowed, "This needs the permission fund:grant:prepare."):
            await schedule(office, grant, 100, name)
    for name in ("officer", "reviewer", "payer", "administrator", "coordinator"):
        async with refused(office, NotAllowed, "This needs the permission fund:grant:decide."):
            await allow(office, tranche, name)
    await allow(office, tranche)
    for name in ("officer", "reviewer", "second_approver", "administrator", "coordinator"):
        async with refused(office, NotAllowed, "This needs the permission fund:grant:pay."):
            await pay(office, tranche, who=name)
        async with refused(office, NotAllowed, "This needs the permission fund:grant:pay."):
            await fail(office, tranche, who=name)


async def test_a_tranche_goes_one_step_after_the_other(database: Database) -> None:
    office = await make_office(database)
    grant = await office.signed(400_000)
    tranche = await schedule(office, grant, 100_000)

    async def refuses(work: object, said: str, status: str, *allowed: str) -> None:
        message = f"Only a tranche in {said}; this one is in {status}."
        async with refused(office, InvalidTransition, message) as why:
            await work  # type: ignore[misc]  # a coroutine
        assert (why.value.current, why.value.allowed) == (status, allowed)

    planned = ("APPROVE_DISBURSEMENT", "RECORD_PAYMENT_FAILURE")
    await refuses(pay(office, tranche, version=1), "APPROVED can be paid", "SCHEDULED", *planned)
    await refuses(give_back(office, tranche, 1), "PAID can come back", "SCHEDULED", *planned)
    await allow(office, tranche)
    next_steps = ("RECORD_PAYMENT", "RECORD_PAYMENT_FAILURE")
    await refuses(allow(office, tranche, version=2), "SCHEDULED can be approved", "APPROVED", *next_steps)
    await pay(office, tranche)
    await refuses(pay(office, tranche, version=3), "APPROVED can be paid", "PAID", "RECORD_RETURN")
    await refuses(fail(office, tranche), "SCHEDULED or APPROVED can fail", "PAID", "RECORD_RETURN")
    await give_back(office, tranche, 100_000)
    await refuses(give_back(office, tranche, 1), "PAID can come back", "RETURNED")


async def test_an_act_names_the_tranche_and_its_version(database: Database) -> None:
    office = await make_office(database)
    tranche = await schedule(office, await office.signed(400_000), 100_000)

    async with refused(office, NotFound, "There is no disbursement disb_x."):
        await allow(office, "disb_x")
    message = "This was changed by somebody else: it is at version 1, not 2. Read it again."
    async with refused(office, VersionConflict, message):
        await allow(office, tranche, version=2)
    async with system(office) as tx:
        await tx.connection.execute(table("campaign").update().values(published_at=None))
    async with refused(office, NotFound, f"There is no disbursement {tranche}."):
        await allow(office, tranche, "nobody")


async def test_what_failed_can_be_scheduled_anew(database: Database) -> None:
    office = await make_office(database)
    grant = await office.signed(400_000)
    planned, allowed = await schedule(office, grant, 100_000), await schedule(office, grant, 300_000)
    await allow(office, allowed)

    async with refused(office, InvalidValue, "reason takes a text that is not empty, not 0 characters."):
        await fail(office, allowed, " ")
    async with telling(office) as told:
        await fail(office, allowed)
    failed = {"status": ("APPROVED", "FAILED"), "reason": (None, "Closed account")}
    assert told == [
        ("disbursement.failed", "payer", office.campaign, failed),
        ("grant.payment_failed", "payer", office.campaign, {"scheduled": (400_000, 100_000)}),
    ]
    await fail(office, planned, "A wrong amount")
    assert await money(office, grant) == {"status": "ACTIVE", "encumbered": 400_000}
    again = await schedule(office, grant, 350_000)
    assert (await office.row("disbursement", again))["number"] == 3
    assert await office.balances() == (2_000_000, 400_000, 0, 1_600_000)


async def test_money_that_comes_back_is_available_again_but_not_to_the_grant(database: Database) -> None:
    office = await make_office(database)
    grant = await office.signed(400_000)
    tranche = await office.paid(grant, 300_000)

    async with telling(office) as told:
        await give_back(office, tranche, 100_000)
    came = {"returned": (0, 100_000), "reason": (None, "Not needed")}
    assert told[:2] == [
        ("disbursement.returned", "payer", office.campaign, came),
        ("grant.money_returned", "payer", office.campaign, {"disbursed": (300_000, 200_000), "returned": (0, 100_000)}),
    ]
    assert (told[2][3]["kind"], told[2][3]["amount"]) == ((None, "RETURN"), (None, 100_000))
    assert await office.balances() == (2_000_000, 100_000, 200_000, 1_700_000)
    await give_back(office, tranche, 200_000)
    row = await office.row("disbursement", tranche)
    assert (row["status"], row["returned"]) == ("RETURNED", 300_000)
    assert await office.balances() == (2_000_000, 100_000, 0, 1_900_000)
    async with refused(office, InvalidValue, "Of the award 1000.00 is not scheduled; 1000.01 is more."):
        await schedule(office, grant, 100_001)


async def test_what_comes_back_is_more_than_nothing_and_no_more_than_was_paid(database: Database) -> None:
    office = await make_office(database)
    tranche = await office.paid(await office.signed(400_000), 300_000)
    await give_back(office, tranche, 100_000)

    async with refused(office, InvalidValue, "Of this tranche 2000.00 can come back, not 2000.01.") as why:
        await give_back(office, tranche, 200_001)
    assert why.value.path == ("amount",)
    for amount, said in ((0, "0.00"), (-50_000, "-500.00"), (-LARGEST, "-10000000000000.00")):
        async with refused(office, InvalidValue, f"What comes back is more than nothing, not {said}.") as why:
            await give_back(office, tranche, amount)
        assert why.value.path == ("amount",)
