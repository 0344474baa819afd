"""Grants in every status and between, and people who stand to them in every way."""

from collections.abc import Sequence
from datetime import timedelta

from fund_api.core.database import Database
from fund_api.grants import agreements, applications, closing, decisions, disbursements, programs, reports, reviews
from fund_api.grants.agreements import Due
from fund_api.grants.decisions import Condition
from fund_api.grants.paying_tables import ConditionKind, ReportKind
from fund_api.people.roles import Role
from tests.grants.acting import PROGRAM, SCORES, SOON, TODAY, Office, make_office
from tests.grants.joining import ALL_ROLES, hire, join, leave, other_campaign
from tests.grants.stepping import act, report_of

AWARD = 400_000
LARGE = 1_200_000
"""So much takes two approvers."""
INTERIM, FINAL = ReportKind.INTERIM, ReportKind.FINAL
NEXT_WEEK = TODAY + timedelta(days=7)


async def make_world(database: Database) -> Office:
    """A fund with two campaigns and two programs, of which one asks for a match that is verified."""
    office = await make_office(database, appropriation=100_000_000)
    own, program = office.campaign, office.program
    other = await other_campaign(office)
    await hire(office, "neighbour")
    await join(office, "neighbour", other)
    await hire(office, "all_roles", *ALL_ROLES)
    await hire(office, "all_roles_too", *ALL_ROLES)
    await hire(office, "reviewer_of_program", Role.REVIEWER, scope=program)
    await hire(office, "staff_of_other", *ALL_ROLES, scope=other)
    await hire(office, "former", *ALL_ROLES)
    await hire(office, "insider", *ALL_ROLES)
    await before_a_decision(office)
    await after_a_decision(office)
    await while_it_is_paid(office)
    await at_the_end(office)
    await with_a_match(office)
    await join(office, "former", own)
    await leave(office, "former", own)
    await join(office, "insider", own)
    office.program, office.campaign = program, other
    for make in (office.submitted, office.in_review, office.in_decision, office.approved):
        await make()
    await act(office, "officer", reviews.screen, await office.submitted(), None)
    return office


async def before_a_decision(office: Office) -> None:
    await office.drafted()
    await act(office, "coordinator", applications.withdraw, await office.drafted(), "Too late")
    await office.submitted()
    await recuse(office, "officer", await office.submitted())
    more = await office.submitted()
    await act(office, "officer", reviews.screen, more, None)
    await act(office, "officer", reviews.request_more_info, more, "Which households?")
    by_officer = await office.submitted()
    await act(office, "all_roles", reviews.screen, by_officer, None)
    await office.in_review()
    for name in ("all_roles", "second_reviewer"):
        reviewed = await office.in_review()
        async with office.acting(name) as tx:
            await reviews.submit_review(tx, reviewed, SCORES)
    await recuse(office, "second_reviewer", reviewed)
    await recuse(office, "approver", await office.in_decision())
    await recuse(office, "reviewer", await office.in_decision())
    half = await office.in_decision(requested=LARGE)
    await office.approve(half, LARGE, "all_roles")
    await act(office, "approver", decisions.decline, await office.in_decision(), "Out of scope")


async def after_a_decision(office: Office) -> None:
    await office.approved()
    await approved(office, (ConditionKind.BEFORE_AGREEMENT, "Open an account"))
    await approved(office, (ConditionKind.BEFORE_PAYMENT, "Name a treasurer"))
    await act(office, "second_approver", decisions.cancel, await office.approved(), "It gave up")
    await signed(office, (INTERIM, NEXT_WEEK), (INTERIM, SOON), (FINAL, NEXT_WEEK))


async def while_it_is_paid(office: Office) -> None:
    grant = await signed(office, (INTERIM, NEXT_WEEK), (INTERIM, SOON), (FINAL, SOON))
    await office.scheduled(grant, 100_000)
    await reported(office, grant)
    grant = await signed(office, (INTERIM, TODAY - timedelta(days=1)), (FINAL, NEXT_WEEK))
    await office.scheduled(grant, AWARD)
    await act(office, "officer", reports.request_report_changes, await reported(office, grant), "Which half?")
    grant = await signed(office, (FINAL, SOON), conditions=[(ConditionKind.BEFORE_PAYMENT, "Name a treasurer")])
    await office.scheduled(grant, 100_000)
    grant = await signed(office, (FINAL, SOON))
    for amount in (100_000, AWARD - 100_000):
        await allowed(office, grant, amount)
    await recuse(office, "payer", grant)
    grant = await signed(office, (FINAL, SOON))
    first, _ = [await allowed(office, grant, amount) for amount in (100_000, AWARD - 100_000)]
    await act(office, "payer", disbursements.record_payment, first, TODAY, None)
    grant = await signed(office, (INTERIM, NEXT_WEEK), (INTERIM, SOON), (FINAL, NEXT_WEEK))
    await allowed(office, grant, 100_000)
    await office.scheduled(grant, 100_000)
    await reported(office, grant)
    await act(office, "officer", closing.suspend, grant, "The account is closed")


async def at_the_end(office: Office) -> None:
    grant = await office.signed(AWARD)
    await office.paid(grant, 100_000)
    await reported(office, grant, FINAL)
    grant = await office.signed(AWARD)
    await office.paid(grant, 100_000)
    await act(office, "officer", reports.request_report_changes, await reported(office, grant, FINAL), "Sign it")
    for closes in (False, True):
        grant = await office.signed(AWARD)
        await office.paid(grant, 100_000)
        await act(office, "officer", reports.accept_report, await reported(office, grant, FINAL), None)
        if closes:
            await act(office, "officer", closing.close, grant, None)
    grant = await office.signed(AWARD)
    await office.scheduled(grant, AWARD)
    await act(office, "officer", reports.accept_report, await reported(office, grant, FINAL), None)


async def with_a_match(office: Office) -> None:
    """Grants of a program that asks for a third of the award, rounded up."""
    async with office.acting("administrator") as tx:
        asks = {"name": "Matched", "matching_policy": "VERIFIED", "match_hundredths": 3_333}
        values = PROGRAM | asks | {"fiscal_year_id": office.fiscal_year, "appropriation": 10_000_000}
        office.program = await programs.open_program(tx, values)
    await pledged(office, await office.approved(100_001), 33_330)
    await pledged(office, await office.approved(100_001), 33_331)
    for verifies in (False, True):
        grant = await office.approved(100_001)
        match = await pledged(office, grant, 33_331)
        await act(office, "officer", agreements.sign_agreement, grant, TODAY, [(FINAL, SOON)])
        await office.scheduled(grant, 50_000)
        if verifies:
            await act(office, "officer", agreements.verify_match, match, None)


async def approved(office: Office, *conditions: Condition) -> str:
    """A grant that was approved on conditions."""
    grant = await office.in_decision()
    version = await office.version(grant)
    async with office.acting("second_approver") as tx:
        await decisions.approve(tx, grant, AWARD, conditions=conditions, expected_version=version)
    return grant


async def signed(office: Office, *due: Due, conditions: Sequence[Condition] = ()) -> str:
    """A grant of which the agreement asks for these reports."""
    grant = await approved(office, *conditions)
    await act(office, "officer", agreements.sign_agreement, grant, TODAY, due)
    return grant


async def pledged(office: Office, grant: str, amount: int) -> str:
    async with office.acting("coordinator") as tx:
        return await agreements.pledge_match(tx, grant, "The chamber of commerce", amount)


async def allowed(office: Office, grant: str, amount: int) -> str:
    """A tranche that may be paid."""
    tranche = await office.scheduled(grant, amount)
    await act(office, "second_approver", disbursements.approve, tranche)
    return tranche


async def reported(office: Office, grant: str, kind: ReportKind = INTERIM) -> str:
    """The grant's first report of a kind, handed in."""
    report = await report_of(office, grant, kind)
    await act(office, "coordinator", reports.submit_report, report, "Half of it is done.", 0)
    return report


async def recuse(office: Office, who: str, grant: str) -> None:
    async with office.acting(who) as tx:
        await reviews.declare_recusal(tx, grant, "A cousin works there.")
