"""Applications: when they may be handed in, and how they are taken back."""

from datetime import timedelta

from fund_api.core.database import Database
from fund_api.core.errors import InvalidTransition, InvalidValue, NotAllowed
from fund_api.core.money import LARGEST
from fund_api.grants import programs
from tests.grants.acting import NOW, make_office
from tests.grants.applying import LINES, asked_for_more, draft, submit, update, withdraw
from tests.grants.joining import system
from tests.grants.watching import refused, telling
from tests.rows import table


async def test_handing_in_tells_when(database: Database) -> None:
    office = await make_office(database)
    grant = await draft(office)
    office.now = NOW + timedelta(hours=1)

    async with telling(office) as told:
        await submit(office, grant)

    now, then = (f"2026-11-22T{hour}:00:00.000000+00:00" for hour in (13, 12))
    assert told == [
        (
            "grant.submitted",
            "coordinator",
            office.campaign,
            {"submitted_at": (None, now), "status": ("DRAFT", "SUBMITTED"), "status_since": (then, now)},
        )
    ]


_NEEDS = "Before the application is submitted, it needs"
_REGISTRATION = "the registration of the payee's committee"
_BUDGET = "a budget that adds up to the 5000.00 that are requested"


async def test_an_application_that_is_handed_in_is_complete_and_adds_up(database: Database) -> None:
    office = await make_office(database)
    grant = await draft(office, lines=[("Printing", 300_000)], payee=None, payee_registration=None)

    for missing, said in (
        ("payee", f"the payee; {_REGISTRATION}; {_BUDGET}, not to 3000.00"),
        ("payee_registration", f"{_REGISTRATION}; {_BUDGET}, not to 3000.00"),
    ):
        async with refused(office, InvalidValue, f"{_NEEDS}: {said}.") as why:
            await submit(office, grant)
        assert why.value.path == (missing,)
        await update(office, grant, **{missing: "Citizens"})
    for lines, said in ((None, "3000.00"), ([], "0.00"), ([*LINES, ("Gas", 1)], "5000.01")):
        if lines is not None:
            await update(office, grant, lines)
        async with refused(office, InvalidValue, f"{_NEEDS}: {_BUDGET}, not to {said}.") as why:
            await submit(office, grant)
        assert why.value.path == ("budget",)
    await update(office, grant, LINES)
    await submit(office, grant)


async def test_lines_as_large_as_they_may_be_are_added_without_loss(database: Database) -> None:
    office = await make_office(database, grant_maximum=LARGEST)
    grant = await draft(office, lines=[("Gold", LARGEST)] * 100, requested=LARGEST)

    said = "a budget that adds up to the 10000000000000.00 that are requested, not to 1000000000000000.00"
    async with refused(office, InvalidValue, f"{_NEEDS}: {said}."):
        await submit(office, grant)
    await update(office, grant, [("Gold", LARGEST)])
    await submit(office, grant)


async def test_an_application_is_handed_in_while_its_program_takes_some(database: Database) -> None:
    office = await make_office(database)
    grant = await draft(office)
    message = "The program takes applications from 2026-10-01 to 2027-09-30."

    for now in (NOW.replace(month=9, day=30), NOW.replace(year=2027, month=10, day=1)):
        office.now = now
        async with refused(office, InvalidTransition, message) as why:
            await submit(office, grant)
        assert (why.value.current, why.value.allowed) == ("DRAFT", ("UPDATE", "ATTACH", "WITHDRAW", "PLEDGE_MATCH"))
    office.now = NOW.replace(year=2027, month=9, day=30, hour=23)
    await submit(office, grant)


async def test_a_closed_program_takes_no_application_not_even_again(database: Database) -> None:
    office = await make_office(database)
    first, again = await draft(office), await draft(office)
    await submit(office, again)
    await asked_for_more(office, again)
    async with office.acting("administrator") as tx:
        await programs.close_program(tx, office.program, expected_version=1)

    for grant, status in ((first, "DRAFT"), (again, "MORE_INFO_REQUESTED")):
        async with refused(office, InvalidTransition, "The program is closed and takes no applications.") as why:
            await submit(office, grant)
        assert why.value.current == status


async def test_what_was_asked_for_may_come_after_the_last_day(database: Database) -> None:
    office = await make_office(database, closes_on=NOW.date())
    grant = await draft(office)
    await submit(office, grant)
    await asked_for_more(office, grant)
    office.now = NOW + timedelta(days=3)

    await update(office, grant, purpose="Letters by Adams Press")
    async with telling(office) as told:
        await submit(office, grant)

    changes = told[0][3]
    assert changes["reason"] == ("Which printer?", None)
    assert changes["status"] == ("MORE_INFO_REQUESTED", "SUBMITTED")


async def test_a_campaign_that_is_closed_takes_no_grants(database: Database) -> None:
    office = await make_office(database)
    grant = await draft(office)
    async with system(office) as tx:
        campaign = table("campaign")
        await tx.connection.execute(campaign.update().values(stage="CLOSED", outcome="WITHDRAWN"))

    message = "A campaign that is closed takes no grants any more."
    async with refused(office, InvalidTransition, message):
        await draft(office)
    async with refused(office, InvalidTransition, message) as why:
        await submit(office, grant)
    assert (why.value.current, why.value.allowed) == ("DRAFT", ("UPDATE", "ATTACH", "WITHDRAW", "PLEDGE_MATCH"))


async def test_the_applicant_withdraws_until_it_is_decided(database: Database) -> None:
    office = await make_office(database)
    grant, decided = await office.in_decision(), await office.approved()

    async with refused(office, NotAllowed, "This needs the permission own:grant:apply and to belong to the campaign."):
        await withdraw(office, grant, who="officer")
    async with refused(office, InvalidTransition) as why:
        await withdraw(office, decided)
    assert str(why.value) == (
        "Only a grant in DRAFT, SUBMITTED, SCREENING, MORE_INFO_REQUESTED, IN_REVIEW or IN_DECISION can be withdrawn;"
        " this one is in APPROVED."
    )
    async with telling(office) as told:
        await withdraw(office, grant)

    changes = {"reason": (None, "Too late"), "status": ("IN_DECISION", "WITHDRAWN")}
    assert told == [("grant.withdrawn", "coordinator", office.campaign, changes)]
