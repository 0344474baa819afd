"""Roles in one campaign or one program: who has them acts there, and nowhere else."""

import pytest

from fund_api.core.database import Database
from fund_api.core.errors import NotAllowed, NotFound
from fund_api.grants import applications, programs, reviews
from fund_api.people.roles import Role
from tests.grants.acting import ASKED, PROGRAM, SCORES, Office, make_office
from tests.grants.deciding import approve, status
from tests.grants.joining import give, hire, other_campaign
from tests.grants.paying import allow, end, pay, schedule
from tests.grants.watching import refused

NEEDS = "This needs the permission fund:grant:{}."


async def two_programs(database: Database) -> tuple[Office, str, str]:
    """An office whose program is the first of two, and both."""
    office = await make_office(database)
    async with office.acting("administrator") as tx:
        values = PROGRAM | {"name": "Another", "fiscal_year_id": office.fiscal_year}
        second = await programs.open_program(tx, values)
    return office, office.program, second


async def screen(office: Office, grant: str, who: str) -> None:
    async with office.acting(who) as tx:
        await reviews.screen(tx, grant, None, expected_version=2)


async def test_officers_of_a_program_work_on_its_applications_alone(database: Database) -> None:
    office, first, second = await two_programs(database)
    await hire(office, "specialist", Role.GRANTS_OFFICER, scope=first)
    here = await office.submitted()
    office.program = second
    there, award = await office.submitted(), await office.approved()

    await screen(office, here, "specialist")
    async with refused(office, NotFound, f"There is no grant {there}."):
        await screen(office, there, "specialist")
    async with refused(office, NotAllowed, NEEDS.format("prepare")):
        await screen(office, award, "specialist")
    async with office.acting("specialist") as tx:
        await applications.draft(tx, office.campaign, first, ASKED, [])
    async with refused(office, NotAllowed), office.acting("specialist") as tx:
        await applications.draft(tx, office.campaign, second, ASKED, [])


async def test_reviewers_of_a_campaign_score_its_applications_alone(database: Database) -> None:
    office = await make_office(database)
    await hire(office, "neighbour", Role.REVIEWER, scope=office.campaign)
    here = await office.in_review()
    elsewhere = await other_campaign(office)
    there = await office.drafted(elsewhere)

    async with office.acting("neighbour") as tx:
        await reviews.submit_review(tx, here, SCORES)
    async with refused(office, NotFound, f"There is no grant {there}."), office.acting("neighbour") as tx:
        await reviews.submit_review(tx, there, SCORES)


@pytest.mark.parametrize("place", ["campaign", "program"])
async def test_approvers_and_payers_of_a_place_decide_and_pay_there(database: Database, place: str) -> None:
    office, _, second = await two_programs(database)
    scope = office.campaign if place == "campaign" else office.program
    for name, role in (("one", Role.APPROVER), ("two", Role.APPROVER), ("pays", Role.FINANCE)):
        await hire(office, name, role, scope=scope)
    grant = await office.in_decision(requested=1_500_000)
    for name in ("one", "two"):
        await approve(office, grant, 1_200_000, name)
    assert await status(office, grant) == ("APPROVED", 1_200_000)

    signed = await office.signed()
    tranche = await schedule(office, signed, 100_000)
    await allow(office, tranche, "one")
    async with refused(office, NotAllowed, NEEDS.format("pay")):
        await pay(office, tranche, who="two")
    await pay(office, tranche, who="pays")
    office.program = second
    if place == "program":
        other = await office.approved()
        async with refused(office, NotAllowed, NEEDS.format("decide")):
            await end(office, "cancel", other, who="two")


async def test_to_decide_in_one_place_and_to_see_in_another_is_not_to_decide_there(database: Database) -> None:
    office = await make_office(database)
    elsewhere = await other_campaign(office)
    for name in ("blind", "seeing"):
        await hire(office, name, Role.APPROVER, scope=elsewhere)
    await give(office, "seeing", Role.REVIEWER, scope=office.campaign)
    grant = await office.in_decision()

    async with refused(office, NotFound, f"There is no grant {grant}."):
        await approve(office, grant, 400_000, "blind")
    async with refused(office, NotAllowed, NEEDS.format("decide")):
        await approve(office, grant, 400_000, "seeing")


async def test_a_role_in_the_campaign_does_not_make_one_belong_to_it(database: Database) -> None:
    office = await make_office(database)
    await hire(office, "of_campaign", Role.APPROVER, Role.ADVISOR, scope=office.campaign)
    grant = await office.in_decision()

    await approve(office, grant, 400_000, "of_campaign")

    assert await status(office, grant) == ("APPROVED", 400_000)
