"""Agreements: what is asked before one is signed and before money flows."""

from datetime import date, timedelta

import pytest

from fund_api.core.database import Database
from fund_api.core.errors import InvalidTransition, InvalidValue, NotAllowed, NotFound, VersionConflict
from fund_api.core.money import LARGEST
from fund_api.grants import agreements, disbursements
from fund_api.grants.agreements import Due
from fund_api.grants.paying_tables import ConditionKind, ReportKind
from tests.grants.acting import SOON, TODAY, Office, make_office
from tests.grants.deciding import approve
from tests.grants.joining import system
from tests.grants.watching import refused, telling
from tests.rows import count, fetch, table

FINAL = [(ReportKind.FINAL, SOON)]
BOTH = [(ReportKind.INTERIM, TODAY + timedelta(days=30)), *FINAL]
BEFORE_AGREEMENT, BEFORE_PAYMENT = ConditionKind.BEFORE_AGREEMENT, ConditionKind.BEFORE_PAYMENT


async def sign(
    office: Office, grant: str, signed_on: date = TODAY, reports: list[Due] = FINAL, who: str = "officer"
) -> None:
    version = await office.version(grant)
    async with office.acting(who) as tx:
        await agreements.sign_agreement(tx, grant, signed_on, reports, expected_version=version)


async def conditions(office: Office, grant: str) -> list[str]:
    """The ids of a grant's conditions, in their order."""
    condition = table("grant_condition")
    query = condition.select().with_only_columns(condition.c.id).where(condition.c.grant_id == grant)
    return [found for (found,) in await fetch(office.database, query.order_by(condition.c.id))]


async def meet(
    office: Office, condition: str, evidence: str | None = "Seen", version: int = 1, who: str = "officer"
) -> None:
    async with office.acting(who) as tx:
        await agreements.meet_condition(tx, condition, evidence, expected_version=version)


async def pledge(office: Office, grant: str, amount: int, giver: str = "The chamber", who: str = "coordinator") -> str:
    async with office.acting(who) as tx:
        return await agreements.pledge_match(tx, grant, giver, amount)


async def verify(office: Office, match: str, version: int = 1, who: str = "officer") -> None:
    async with office.acting(who) as tx:
        await agreements.verify_match(tx, match, "Bank statement", expected_version=version)


async def pay_some(office: Office, grant: str) -> None:
    """Schedule a part and give leave to pay it."""
    tranche = await office.scheduled(grant, 100_000)
    async with office.acting("approver") as tx:
        await disbursements.approve(tx, tranche, expected_version=1)


async def test_a_signed_agreement_asks_for_reports(database: Database) -> None:
    office = await make_office(database)
    grant = await office.approved()

    async with telling(office) as told:
        await sign(office, grant, reports=BOTH)

    changes = {"agreement_on": (None, "2026-11-22"), "status": ("APPROVED", "AGREEMENT_SIGNED")}
    assert told[0] == ("grant.agreement_signed", "officer", office.campaign, changes)
    asked = [(action, who, campaign, changes["kind"], changes["due_on"]) for action, who, campaign, changes in told[1:]]
    assert asked == [
        ("grant_report.asked", "officer", office.campaign, (None, "INTERIM"), (None, "2026-12-22")),
        ("grant_report.asked", "officer", office.campaign, (None, "FINAL"), (None, "2027-02-20")),
    ]
    report = table("grant_report")
    query = report.select().with_only_columns(report.c.kind, report.c.status, report.c.text, report.c.spent)
    found = await fetch(database, query.order_by(report.c.due_on))
    assert found == [("INTERIM", "DUE", None, None), ("FINAL", "DUE", None, None)]


async def test_an_agreement_is_signed_today_or_before_and_has_one_final_report(database: Database) -> None:
    office = await make_office(database)
    grant = await office.approved()

    message = "An agreement is signed today or before, not on 2026-11-23."
    async with refused(office, InvalidValue, message) as why:
        await sign(office, grant, TODAY + timedelta(days=1))
    assert why.value.path == ("signed_on",)
    for reports in ([], FINAL * 2, BOTH[:1], [*BOTH[:1] * 20, *FINAL]):
        async with refused(office, InvalidValue, "An agreement asks for 1 to 20 reports, one of them FINAL.") as why:
            await sign(office, grant, reports=reports)
        assert why.value.path == ("reports",)
    await sign(office, grant, TODAY, [*BOTH[:1] * 19, *FINAL])
    assert await count(database, "grant_report") == 20


async def test_officers_alone_sign_and_meet_and_verify(database: Database) -> None:
    office = await make_office(database, matching_policy="PLEDGED", match_hundredths=1)
    grant = await office.in_decision()
    await approve(office, grant, 400_000, conditions=[(BEFORE_PAYMENT, "A bank account")])
    [condition] = await conditions(office, grant)
    match = await pledge(office, grant, 100)

    for name in ("reviewer", "second_approver", "payer", "administrator", "coordinator"):
        async with refused(office, NotAllowed, "This needs the permission fund:grant:prepare."):
            await sign(office, grant, who=name)
        async with refused(office, NotAllowed, "This needs the permission fund:grant:prepare."):
            await meet(office, condition, who=name)
        async with refused(office, NotAllowed, "This needs the permission fund:grant:prepare."):
            await verify(office, match, who=name)
    async with refused(office, NotAllowed):
        await pledge(office, grant, 100, who="reporter")


async def test_conditions_are_met_one_by_one_and_once(database: Database) -> None:
    office = await make_office(database)
    grant = await office.in_decision()
    await approve(office, grant, 400_000, conditions=[(BEFORE_AGREEMENT, "A treasurer")])
    [condition] = await conditions(office, grant)

    async with refused(office, VersionConflict):
        await meet(office, condition, version=2)
    async with telling(office) as told:
        await meet(office, condition)
    at = "2026-11-22T12:00:00.000000+00:00"
    met = {"met_at": (None, at), "met_by": (None, office.people["officer"]), "evidence": (None, "Seen")}
    assert told == [
        ("grant_condition.met", "officer", office.campaign, met),
        ("grant.condition_met", "officer", office.campaign, {}),
    ]
    async with refused(office, InvalidTransition, "The condition is met already.") as why:
        await meet(office, condition, version=2)
    assert (why.value.current, why.value.allowed) == ("MET", ())
    async with refused(office, NotFound, "There is no grant condition cond_x."):
        await meet(office, "cond_x")
    async with system(office) as tx:
        await tx.connection.execute(table("campaign").update().values(published_at=None))
    async with refused(office, NotFound, f"There is no grant condition {condition}."):
        await meet(office, condition, version=2, who="nobody")


async def test_unmet_conditions_hold_the_agreement_and_the_payments_back(database: Database) -> None:
    office = await make_office(database)
    grant = await office.in_decision()
    wanted = [(BEFORE_AGREEMENT, "A treasurer"), (BEFORE_PAYMENT, "An account"), (BEFORE_AGREEMENT, "A budget")]
    await approve(office, grant, 400_000, conditions=wanted)
    treasurer, account, budget = await conditions(office, grant)

    message = "These conditions are to be met before the agreement is signed: A treasurer; A budget"
    async with refused(office, InvalidTransition, message) as why:
        await sign(office, grant)
    assert (why.value.current, why.value.allowed) == ("APPROVED", ("MEET_CONDITION",))
    await meet(office, treasurer)
    await meet(office, budget, None)
    await sign(office, grant)
    tranche = await office.scheduled(grant, 100_000)
    message = "These conditions are to be met before a payment: An account"
    async with refused(office, InvalidTransition, message) as why, office.acting("approver") as tx:
        await disbursements.approve(tx, tranche, expected_version=1)
    assert (why.value.current, why.value.allowed) == ("ACTIVE", ("MEET_CONDITION",))
    await meet(office, account)
    async with office.acting("approver") as tx:
        await disbursements.approve(tx, tranche, expected_version=1)


async def test_a_pledge_is_told_and_verified_once(database: Database) -> None:
    office = await make_office(database)
    grant = await office.drafted()

    async with telling(office) as told:
        match = await pledge(office, grant, 30_000)
    (action, who, campaign, changes), whole = told
    assert (action, who, campaign) == ("match_commitment.pledged", "coordinator", office.campaign)
    assert (changes["giver"], changes["amount"]) == ((None, "The chamber"), (None, 30_000))
    assert whole == ("grant.match_pledged", "coordinator", office.campaign, {})
    async with refused(office, InvalidTransition):
        await verify(office, match)  # a draft is the applicant's alone
    grant = await office.submitted()
    match = await pledge(office, grant, 30_000)
    async with telling(office) as told:
        await verify(office, match)
    at = "2026-11-22T12:00:00.000000+00:00"
    seen = {"verified_at": (None, at), "verified_by": (None, office.people["officer"])}
    assert told == [
        ("match_commitment.verified", "officer", office.campaign, seen | {"evidence": (None, "Bank statement")}),
        ("grant.match_verified", "officer", office.campaign, {}),
    ]
    async with refused(office, InvalidTransition, "The match is verified already."):
        await verify(office, match, version=2)
    async with refused(office, NotFound, "There is no match commitment match_x."):
        await verify(office, "match_x")


async def test_a_pledge_is_an_amount_of_somebody(database: Database) -> None:
    office = await make_office(database)
    grant = await office.drafted()

    for amount in (0, -1, LARGEST + 1):
        async with refused(office, InvalidValue):
            await pledge(office, grant, amount)
    async with refused(office, InvalidValue, "giver takes a text that is not empty, not 0 characters."):
        await pledge(office, grant, 100, giver="")


@pytest.mark.parametrize(("hundredths", "needed"), [(2_500, 100_001), (1, 41), (100_000, 4_000_040)])
async def test_a_share_of_the_award_has_to_be_pledged_before_the_agreement(
    database: Database, hundredths: int, needed: int
) -> None:
    office = await make_office(database, matching_policy="PLEDGED", match_hundredths=hundredths)
    grant = await office.approved(400_004)
    await pledge(office, grant, needed - 1)

    said = [f"{cents // 100}.{cents % 100:02d}" for cents in (needed, needed - 1)]
    message = f"The program asks for a match of {said[0]}; {said[1]} is pledged."
    async with refused(office, InvalidTransition, message) as why:
        await sign(office, grant)
    assert (why.value.current, why.value.allowed) == ("APPROVED", ("PLEDGE_MATCH",))
    await pledge(office, grant, 1, "A neighbour")
    await sign(office, grant)
    await pay_some(office, grant)


async def test_a_verified_match_is_asked_before_a_payment(database: Database) -> None:
    office = await make_office(database, matching_policy="VERIFIED", match_hundredths=5_000)
    grant = await office.approved(400_000)
    first, second = await pledge(office, grant, 150_000), await pledge(office, grant, 50_000)
    await sign(office, grant)
    await verify(office, first)
    tranche = await office.scheduled(grant, 100_000)

    message = "The program asks for a match of 2000.00; 1500.00 is verified."
    async with refused(office, InvalidTransition, message) as why, office.acting("approver") as tx:
        await disbursements.approve(tx, tranche, expected_version=1)
    assert (why.value.current, why.value.allowed) == ("ACTIVE", ("VERIFY_MATCH",))
    await verify(office, second)
    async with office.acting("approver") as tx:
        await disbursements.approve(tx, tranche, expected_version=1)


async def test_the_match_of_another_grant_does_not_count(database: Database) -> None:
    office = await make_office(database, matching_policy="PLEDGED", match_hundredths=10_000)
    grant, other = await office.approved(400_000), await office.submitted()
    await pledge(office, other, 400_000)

    async with refused(office, InvalidTransition, "The program asks for a match of 4000.00; 0.00 is pledged."):
        await sign(office, grant)


async def test_a_grant_has_at_most_a_hundred_matches(database: Database) -> None:
    office = await make_office(database)
    grant = await office.drafted()
    async with office.acting("coordinator") as tx:
        for number in range(100):
            await agreements.pledge_match(tx, grant, f"Giver {number}", LARGEST)

    async with refused(office, InvalidValue, "A grant has at most 100 matching commitments."):
        await pledge(office, grant, 1)
