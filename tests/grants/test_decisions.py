"""Decisions: who approves how much, and what stands in the way."""

from datetime import date, timedelta

import pytest

from fund_api.core.database import Database
from fund_api.core.errors import BudgetExceeded, InvalidTransition, InvalidValue, NotAllowed, VersionConflict
from fund_api.core.money import LARGEST
from fund_api.grants import decisions, programs
from fund_api.grants.paying_tables import ConditionKind
from tests.grants.acting import NOW, SOON, make_office
from tests.grants.deciding import LARGE, approve, decline, status
from tests.grants.joining import change, system
from tests.grants.watching import Changes, refused, telling
from tests.rows import count, table

OPEN = (
    *("WITHDRAW", "START_REVIEW", "DECLARE_RECUSAL", "DECLINE"),
    *("PLEDGE_MATCH", "VERIFY_MATCH"),
)
"""What else may be done with a grant in decision."""


async def test_one_approver_decides_up_to_the_threshold_and_the_money_is_promised(database: Database) -> None:
    office = await make_office(database)
    grant = await office.in_decision(requested=1_000_000)

    async with telling(office) as told:
        await approve(office, grant, 1_000_000, reason="A good plan")

    given, approved, entered = told
    assert given[:3] == ("approval.given", "approver", None)
    assert given[3]["amount"] == (None, 1_000_000)
    assert given[3]["approver_id"] == (None, office.people["approver"])
    assert given[3]["reason"] == (None, "A good plan")
    changes: Changes = {"awarded": (None, 1_000_000), "decided_at": (None, "2026-11-22T12:00:00.000000+00:00")}
    changes |= {"status": ("IN_DECISION", "APPROVED")}
    assert approved == ("grant.approved", "approver", office.campaign, changes)
    assert entered[:3] == ("ledger_entry.entered", "approver", None)
    assert (entered[3]["kind"], entered[3]["amount"]) == ((None, "ENCUMBRANCE"), (None, 1_000_000))
    assert await office.balances() == (2_000_000, 1_000_000, 0, 1_000_000)


async def test_an_award_is_at_most_what_was_requested_and_within_the_programs_bounds(database: Database) -> None:
    office = await make_office(database)
    grant = await office.in_decision()

    async with refused(office, InvalidValue, "At most what was requested, 5000.00, can be approved; not 5000.01."):
        await approve(office, grant, 500_001)
    for amount, said in ((0, "0.00"), (-1, "-0.01"), (49_999, "499.99")):
        async with refused(office, InvalidValue, f"The program grants 500.00 to 15000.00 USD, not {said}.") as why:
            await approve(office, grant, amount)
        assert why.value.path == ("amount",)
    await approve(office, grant, 50_000)
    assert await status(office, grant) == ("APPROVED", 50_000)


async def test_nothing_is_promised_beyond_what_is_available(database: Database) -> None:
    office = await make_office(database, appropriation=799_999)
    first, second = await office.in_decision(), await office.in_decision()
    await approve(office, first, 400_000)

    message = "The program has 3999.99 USD available, less than 4000.00."
    async with refused(office, BudgetExceeded, message) as why:
        await approve(office, second, 400_000)
    assert why.value.available == 399_999
    await approve(office, second, 399_999)
    assert await office.balances() == (799_999, 799_999, 0, 0)


async def test_the_largest_amounts_are_promised_exactly(database: Database) -> None:
    office = await make_office(database, appropriation=LARGEST, grant_maximum=LARGEST, approval_threshold=None)
    first, second = await office.in_decision(requested=LARGEST), await office.in_decision(requested=LARGEST)
    await approve(office, first, LARGEST - 50_000)

    async with refused(office, BudgetExceeded, "The program has 500.00 USD available, less than 10000000000000.00."):
        await approve(office, second, LARGEST)
    await approve(office, second, 50_000)
    assert await office.balances() == (LARGEST, LARGEST, 0, 0)


async def test_a_closed_program_approves_nothing_not_even_the_second_time(database: Database) -> None:
    office = await make_office(database)
    grant = await office.in_decision(**LARGE)
    await approve(office, grant, 1_200_000)
    async with office.acting("administrator") as tx:
        await programs.close_program(tx, office.program, expected_version=1)

    async with refused(office, InvalidTransition, "The program is closed and approves nothing any more.") as why:
        await approve(office, grant, 1_200_000, "second_approver")
    assert (why.value.current, why.value.allowed) == ("IN_DECISION", OPEN)
    await decline(office, grant)


async def test_a_campaign_that_is_closed_is_granted_nothing(database: Database) -> None:
    office = await make_office(database)
    grant = await office.in_decision()
    async with system(office) as tx:
        await tx.connection.execute(table("campaign").update().values(stage="CLOSED", outcome="WITHDRAWN"))

    async with refused(office, InvalidTransition, "A campaign that is closed takes no grants any more.") as why:
        await approve(office, grant, 400_000)
    assert why.value.allowed == OPEN


async def test_after_election_day_nothing_is_approved_not_even_the_second_time(database: Database) -> None:
    office = await make_office(database)
    grant = await office.in_decision(**LARGE)
    await approve(office, grant, 1_200_000)
    office.now = NOW + timedelta(days=91)

    message = f"The election of {SOON} is over, and this program approves nothing after it."
    async with refused(office, InvalidTransition, message) as why:
        await approve(office, grant, 1_200_000, "second_approver")
    assert why.value.allowed == OPEN
    office.now = NOW + timedelta(days=90)
    await approve(office, grant, 1_200_000, "second_approver")
    assert await status(office, grant) == ("APPROVED", 1_200_000)


@pytest.mark.parametrize(
    ("day", "precision", "over"),
    [
        (date(2026, 10, 1), "MONTH", "2026-10"),
        (date(2026, 11, 1), "MONTH", None),
        (date(2025, 1, 1), "YEAR", "2025"),
        (date(2026, 1, 1), "YEAR", None),
        (None, None, None),
    ],
)
async def test_an_election_whose_day_is_not_known_is_over_when_it_must_be(
    database: Database, day: date | None, precision: str | None, over: str | None
) -> None:
    office = await make_office(database)
    grant = await office.in_decision()
    async with system(office) as tx:
        known = {"election_on": day, "election_on_precision": precision}
        await tx.connection.execute(table("campaign").update().values(known))

    if over:
        message = f"The election of {over} is over, and this program approves nothing after it."
        async with refused(office, InvalidTransition, message):
            await approve(office, grant, 400_000)
    else:
        await approve(office, grant, 400_000)


async def test_a_program_may_approve_after_election_day(database: Database) -> None:
    office = await make_office(database, approves_after_election=True)
    grant = await office.in_decision()
    await change(office, election_on=date(2026, 11, 3))

    await approve(office, grant, 400_000)

    assert await status(office, grant) == ("APPROVED", 400_000)


async def test_an_approval_sets_conditions(database: Database) -> None:
    office = await make_office(database)
    grant = await office.in_decision()
    too_many = [(ConditionKind.BEFORE_PAYMENT, "Another")] * 51

    async with refused(office, InvalidValue, "An approval sets at most 50 conditions."):
        await approve(office, grant, 400_000, conditions=too_many)
    async with refused(office, InvalidValue, "text takes a text that is not empty, not 0 characters."):
        await approve(office, grant, 400_000, conditions=[(ConditionKind.BEFORE_PAYMENT, " ")])
    async with telling(office) as told:
        await approve(office, grant, 400_000, conditions=[(ConditionKind.BEFORE_PAYMENT, "A bank account")])

    action, who, campaign, changes = told[-1]
    assert (action, who, campaign) == ("grant_condition.set", "approver", office.campaign)
    assert (changes["kind"], changes["text"]) == ((None, "BEFORE_PAYMENT"), (None, "A bank account"))


async def test_an_approver_declines_with_a_reason(database: Database) -> None:
    office = await make_office(database)
    grant = await office.in_decision(**LARGE)
    await approve(office, grant, 1_200_000)

    async with refused(office, InvalidValue, "reason takes a text that is not empty, not 0 characters."):
        await decline(office, grant, "")
    async with telling(office) as told:
        await decline(office, grant)

    changes: Changes = {"reason": (None, "No plan"), "decided_at": (None, "2026-11-22T12:00:00.000000+00:00")}
    changes |= {"status": ("IN_DECISION", "DECLINED")}
    assert told == [("grant.declined", "approver", office.campaign, changes)]
    assert await office.balances() == (2_000_000, 0, 0, 2_000_000)


async def test_approvers_alone_decide_and_on_what_they_read(database: Database) -> None:
    office = await make_office(database)
    grant = await office.in_decision()

    for name in ("officer", "reviewer", "payer", "administrator", "reporter", "coordinator"):
        async with refused(office, NotAllowed, "This needs the permission fund:grant:decide."):
            await approve(office, grant, 400_000, name)
        async with refused(office, NotAllowed, "This needs the permission fund:grant:decide."):
            await decline(office, grant, who=name)
    version = await office.version(grant)
    async with refused(office, VersionConflict), office.acting("approver") as tx:
        await decisions.approve(tx, grant, 400_000, expected_version=version - 1)
    assert await count(database, "approval") == 0
