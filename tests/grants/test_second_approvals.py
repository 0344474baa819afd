"""Above the program's threshold: two approvers, who are different people and apart from the campaign."""

from fund_api.core.database import Database
from fund_api.core.errors import InvalidValue, NotAllowed
from fund_api.grants import programs
from fund_api.people.roles import Role
from tests.grants.acting import make_office
from tests.grants.deciding import LARGE, approve, recuse, status
from tests.grants.joining import give, join, leave, other_campaign
from tests.grants.watching import refused, telling


async def test_above_the_threshold_it_takes_two(database: Database) -> None:
    office = await make_office(database)
    grant = await office.in_decision(**LARGE)

    async with telling(office) as told:
        await approve(office, grant, 1_000_001)
    assert [one[:3] for one in told] == [
        ("approval.given", "approver", None),
        ("grant.approval_given", "approver", office.campaign),
    ]
    assert told[1][3] == {}
    assert await status(office, grant) == ("IN_DECISION", None)
    assert await office.balances() == (2_000_000, 0, 0, 2_000_000)
    await approve(office, grant, 1_000_001, "second_approver")
    assert await status(office, grant) == ("APPROVED", 1_000_001)
    assert await office.balances() == (2_000_000, 1_000_001, 0, 999_999)


async def test_the_second_approval_is_of_somebody_else_and_of_the_same_amount(database: Database) -> None:
    office = await make_office(database)
    grant = await office.in_decision(**LARGE)
    await approve(office, grant, 1_200_000)

    message = "You have approved this grant already; the second approval is somebody else's."
    async with refused(office, NotAllowed, message):
        await approve(office, grant, 1_200_000)
    async with refused(office, NotAllowed, message):
        await approve(office, grant, 900_000)
    message = "Somebody else approved 12000.00; a second approval is of the same amount."
    for amount in (1_100_000, 900_000):
        async with refused(office, InvalidValue, message) as why:
            await approve(office, grant, amount, "second_approver")
        assert why.value.path == ("amount",)


async def test_who_prepared_it_gives_no_second_approval_either(database: Database) -> None:
    office = await make_office(database)
    grant = await office.in_decision(**LARGE)
    await approve(office, grant, 1_200_000)
    await give(office, "officer", Role.APPROVER)

    message = "You are the PREPARER of this grant, and nobody is PREPARER and APPROVER of the same grant."
    async with refused(office, NotAllowed, message):
        await approve(office, grant, 1_200_000, "officer")


async def test_without_a_threshold_one_approver_suffices_and_above_nothing_it_takes_two(database: Database) -> None:
    office = await make_office(database, approval_threshold=None)
    grant = await office.in_decision(**LARGE)
    await approve(office, grant, 1_500_000)
    assert await status(office, grant) == ("APPROVED", 1_500_000)

    async with office.acting("administrator") as tx:
        values = {name: (await office.row("funding_program", office.program))[name] for name in programs.SAID}
        values |= {"name": "Always two", "approval_threshold": 0}
        office.program = await programs.open_program(tx, values)
    grant = await office.in_decision(requested=50_000)
    await approve(office, grant, 50_000)
    assert await status(office, grant) == ("IN_DECISION", None)


async def test_the_approval_of_somebody_recused_does_not_count(database: Database) -> None:
    office = await make_office(database)
    grant = await office.in_decision(**LARGE)
    await approve(office, grant, 1_200_000)
    await recuse(office, grant, "approver")

    await approve(office, grant, 1_100_000, "second_approver")

    assert await status(office, grant) == ("IN_DECISION", None)
    async with refused(office, NotAllowed, "You are recused from this grant."):
        await approve(office, grant, 1_100_000)


async def test_the_approval_of_somebody_who_joins_the_campaign_does_not_count_even_once_they_left(
    database: Database,
) -> None:
    office = await make_office(database)
    joined, left = await office.in_decision(**LARGE), await office.in_decision(**LARGE)
    for grant in (joined, left):
        await approve(office, grant, 1_200_000)

    await join(office, "approver")
    await approve(office, joined, 1_200_000, "second_approver")
    await leave(office, "approver")
    await approve(office, left, 1_200_000, "second_approver")

    assert [await status(office, grant) for grant in (joined, left)] == [("IN_DECISION", None)] * 2


async def test_what_an_approver_is_to_other_grants_takes_nothing_from_their_approval_of_this_one(
    database: Database,
) -> None:
    office = await make_office(database)
    grant, other = await office.in_decision(**LARGE), await office.in_decision(**LARGE)
    elsewhere = await other_campaign(office)
    await office.drafted(elsewhere)
    await approve(office, grant, 1_200_000)
    await recuse(office, other, "approver")
    await join(office, "approver", elsewhere)

    await approve(office, grant, 1_200_000, "second_approver")

    assert await status(office, grant) == ("APPROVED", 1_200_000)
