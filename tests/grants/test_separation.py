"""Separation of duties: nobody is two of applicant, preparer, reviewer, approver and payer on the same grant."""

from collections.abc import Awaitable, Callable

import pytest
import sqlalchemy as sa

from fund_api.campaigns.work_tables import OrganizationMember
from fund_api.core.database import Database
from fund_api.core.errors import NotAllowed
from fund_api.core.writing import Transaction
from fund_api.grants import agreements, applications, closing, disbursements, reviews
from fund_api.grants.deciding_tables import Duty
from fund_api.people.roles import Role
from tests.grants.acting import ASKED, SCORES, TODAY, Office, make_office
from tests.grants.applying import draft
from tests.grants.deciding import approve
from tests.grants.joining import ALL_ROLES, give, hire, join, leave, organize, other_campaign, run_by, system, take
from tests.grants.watching import refused
from tests.rows import table

OUTSIDE = "Nobody of the fund acts on a grant of a campaign that they belong or belonged to."
PEOPLE = {
    Duty.APPLICANT: "coordinator",
    Duty.PREPARER: "officer",
    Duty.REVIEWER: "reviewer",
    Duty.APPROVER: "approver",
    Duty.PAYER: "payer",
}
"""Who did what first, of people who all hold every role."""
Act = Callable[[Transaction, str, str], Awaitable[object]]
"""Something done on a grant, or on a tranche of it."""


async def suspend(tx: Transaction, grant: str, _: str) -> None:
    version = await tx.connection.scalar(sa.select(table("grant").c.version).where(table("grant").c.id == grant))
    await closing.suspend(tx, grant, "No", expected_version=version or 0)


ACTS: dict[Duty, Act] = {
    Duty.APPLICANT: lambda tx, grant, _: agreements.pledge_match(tx, grant, "The chamber of commerce", 100),
    Duty.PREPARER: suspend,
    Duty.REVIEWER: lambda tx, grant, _: reviews.submit_review(tx, grant, SCORES),
    Duty.APPROVER: lambda tx, _, tranche: disbursements.approve(tx, tranche, expected_version=1),
    Duty.PAYER: lambda tx, _, tranche: disbursements.record_payment(tx, tranche, TODAY, None, expected_version=2),
}
"""What one does as this."""


async def act(office: Office, who: str, duty: Duty, grant: str, tranche: str = "") -> None:
    async with office.acting(who) as tx:
        await ACTS[duty](tx, grant, tranche)


def both(first: Duty, second: Duty) -> str:
    return f"You are the {first} of this grant, and nobody is {first} and {second} of the same grant."


async def begun(database: Database) -> tuple[Office, str]:
    """A grant on which everybody has done what they are there for, and a tranche of it; all of them hold every role."""
    office = await make_office(database)
    grant = await office.signed(400_000)
    await office.paid(grant, 100_000)
    for name in PEOPLE.values():
        await give(office, name, *ALL_ROLES)
    return office, grant


async def test_nobody_takes_a_second_duty_on_the_same_grant(database: Database) -> None:
    office, grant = await begun(database)
    tranche = await office.scheduled(grant, 100_000)

    for first, name in PEOPLE.items():
        for second in (Duty.PREPARER, Duty.REVIEWER, Duty.APPROVER, Duty.PAYER):
            if second is not first:
                message = OUTSIDE if first is Duty.APPLICANT else both(first, second)
                async with refused(office, NotAllowed, message):
                    await act(office, name, second, grant, tranche)
    for first in (Duty.PREPARER, Duty.REVIEWER, Duty.APPROVER, Duty.PAYER):
        await join(office, PEOPLE[first])
        async with refused(office, NotAllowed, both(first, Duty.APPLICANT)):
            await act(office, PEOPLE[first], Duty.APPLICANT, grant)


async def test_on_another_grant_they_may_be_something_else(database: Database) -> None:
    office, _ = await begun(database)
    await hire(office, "newcomer", *ALL_ROLES)
    elsewhere = await other_campaign(office)
    in_review = await office.in_review()
    async with office.acting("newcomer") as tx:
        drafted = await applications.draft(tx, elsewhere, office.program, ASKED, [])

    await act(office, "payer", Duty.REVIEWER, in_review)
    async with office.acting("approver") as tx:
        await reviews.send_to_decision(tx, in_review, None, expected_version=await office._v(tx, in_review))
    await approve(office, in_review, 400_000, "reviewer")
    await act(office, "coordinator", Duty.APPLICANT, drafted)
    assert (await office.row("grant", in_review))["status"] == "APPROVED"


async def test_a_coordinator_is_of_the_fund_for_other_campaigns(database: Database) -> None:
    office = await make_office(database)
    await hire(office, "mayor", Role.GRANTS_OFFICER)
    elsewhere = await other_campaign(office)
    await join(office, "mayor", elsewhere)
    ours, theirs = await office.submitted(), await office.drafted(elsewhere)

    async with office.acting("mayor") as tx:
        await reviews.screen(tx, ours, None, expected_version=2)
    async with refused(office, NotAllowed, OUTSIDE), office.acting("mayor") as tx:
        await reviews.screen(tx, theirs, None, expected_version=1)


async def test_who_drafts_for_a_campaign_does_not_approve_it(database: Database) -> None:
    office = await make_office(database)
    await give(office, "second_approver", Role.GRANTS_OFFICER)
    grant = await draft(office, "second_approver")
    async with office.acting("officer") as tx:
        await applications.submit(tx, grant, expected_version=1)
        await reviews.screen(tx, grant, None, expected_version=2)
        await reviews.start_review(tx, grant, None, expected_version=3)
    await act(office, "reviewer", Duty.REVIEWER, grant)
    async with office.acting("officer") as tx:
        await reviews.send_to_decision(tx, grant, None, expected_version=5)

    async with refused(office, NotAllowed, both(Duty.PREPARER, Duty.APPROVER)):
        await approve(office, grant, 400_000, "second_approver")
    await approve(office, grant, 400_000)


@pytest.mark.parametrize(
    ("first", "old", "second", "new"),
    [
        (Duty.PREPARER, Role.GRANTS_OFFICER, Duty.APPROVER, Role.APPROVER),
        (Duty.PREPARER, Role.GRANTS_OFFICER, Duty.REVIEWER, Role.REVIEWER),
        (Duty.REVIEWER, Role.REVIEWER, Duty.APPROVER, Role.APPROVER),
        (Duty.APPROVER, Role.APPROVER, Duty.PAYER, Role.FINANCE),
        (Duty.PAYER, Role.FINANCE, Duty.APPROVER, Role.APPROVER),
    ],
)
async def test_another_role_makes_nobody_another_person(
    database: Database, first: Duty, old: Role, second: Duty, new: Role
) -> None:
    office = await make_office(database)
    grant = await office.signed(400_000)
    await office.paid(grant, 100_000)
    tranche = await office.scheduled(grant, 100_000)

    await take(office, PEOPLE[first], old)
    await give(office, PEOPLE[first], new)

    async with refused(office, NotAllowed, both(first, second)):
        await act(office, PEOPLE[first], second, grant, tranche)


async def test_without_the_role_a_duty_is_worth_nothing(database: Database) -> None:
    office = await make_office(database)
    grant = await office.in_decision()
    await take(office, "approver", Role.APPROVER)
    await give(office, "approver", Role.REPORTER)

    async with refused(office, NotAllowed, "This needs the permission fund:grant:decide."):
        await approve(office, grant, 400_000)


async def test_who_joins_the_campaign_is_out_at_once_and_stays_out(database: Database) -> None:
    office = await make_office(database)
    grant = await office.signed()
    tranche = await office.scheduled(grant, 100_000)

    for duty in (Duty.PREPARER, Duty.REVIEWER, Duty.APPROVER, Duty.PAYER):
        name = PEOPLE[duty]
        await join(office, name)
        async with refused(office, NotAllowed, OUTSIDE):
            await act(office, name, duty, grant, tranche)
        await leave(office, name)
        async with refused(office, NotAllowed, OUTSIDE):
            await act(office, name, duty, grant, tranche)


async def test_who_left_before_it_was_drafted_is_free_to_act(database: Database) -> None:
    office = await make_office(database)
    await join(office, "approver")
    await leave(office, "approver")
    office.now = office.now.replace(hour=13)
    grant = await office.in_decision()

    await approve(office, grant, 400_000)

    assert (await office.row("grant", grant))["status"] == "APPROVED"


async def test_a_coordinators_role_is_as_good_as_being_a_member(database: Database) -> None:
    office = await make_office(database)
    grant = await office.in_decision()
    await hire(office, "friend", Role.APPROVER)

    await give(office, "friend", Role.COORDINATOR, scope=office.campaign)
    async with refused(office, NotAllowed, OUTSIDE):
        await approve(office, grant, 400_000, "friend")
    await take(office, "friend", Role.COORDINATOR, scope=office.campaign)
    async with refused(office, NotAllowed, OUTSIDE):
        await approve(office, grant, 400_000, "friend")


async def test_what_one_was_to_another_campaign_or_everywhere_does_not_count(database: Database) -> None:
    office = await make_office(database)
    grant = await office.in_decision()
    elsewhere = await other_campaign(office)
    await office.drafted(elsewhere)
    for scope in (elsewhere, "fund"):
        await give(office, "approver", Role.COORDINATOR, scope=scope)
        await take(office, "approver", Role.COORDINATOR, scope=scope)
    await join(office, "approver", elsewhere)
    await leave(office, "approver", elsewhere)

    await approve(office, grant, 400_000)

    assert (await office.row("grant", grant))["status"] == "APPROVED"


async def test_members_of_the_organization_that_runs_the_campaign_belong_to_it(database: Database) -> None:
    office = await make_office(database)
    grant = await office.in_decision()
    await give(office, "officer", Role.APPROVER)

    await organize(office, "approver", "officer")
    async with refused(office, NotAllowed, OUTSIDE):
        await approve(office, grant, 400_000)
    await run_by(office, None, "officer")
    for name in ("approver", "officer"):
        async with refused(office, NotAllowed, OUTSIDE):
            await approve(office, grant, 400_000, name)
    await approve(office, grant, 400_000, "second_approver")


async def test_who_left_the_organization_since_the_draft_stays_out(database: Database) -> None:
    office = await make_office(database)
    grant = await office.in_decision()
    await organize(office, "approver")

    async with system(office) as tx:
        [member] = await tx.rows(sa.select(table("organization_member").c.id))
        await tx.remove(OrganizationMember, "removed", member["id"])

    async with refused(office, NotAllowed, OUTSIDE):
        await approve(office, grant, 400_000)


async def test_a_member_of_the_organization_applies_with_the_right_to(database: Database) -> None:
    office = await make_office(database)
    elsewhere = await other_campaign(office)
    await hire(office, "citizen", Role.COORDINATOR, scope=elsewhere)
    async with refused(office, NotAllowed):
        await draft(office, "citizen")

    await organize(office, "citizen")
    grant = await draft(office, "citizen")

    assert (await office.row("grant", grant))["status"] == "DRAFT"


async def test_a_member_without_the_right_neither_applies_nor_works_on_it(database: Database) -> None:
    office = await make_office(database)
    grant = await office.submitted()
    await join(office, "officer")
    await take(office, "officer", Role.COORDINATOR, scope=office.campaign)

    async with refused(office, NotAllowed, "Nobody of the fund acts on a grant of a campaign that they belong to."):
        await draft(office, "officer")
    async with refused(office, NotAllowed, OUTSIDE):
        await act(office, "officer", Duty.APPLICANT, grant)
