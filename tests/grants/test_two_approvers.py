"""Above a program's threshold two approve, and only the word of who stands apart from the grant counts."""

import itertools

import pytest

from fund_api.campaigns import members
from fund_api.core.access import SYSTEM
from fund_api.core.database import Database
from fund_api.core.errors import NotAllowed
from fund_api.core.writing import writing
from fund_api.grants import applications, reviews
from fund_api.people.roles import Role
from fund_api.people.rules import write_role
from tests.granting import Fund
from tests.grants.acting import ASKED, NOW, Office, make_office
from tests.rows import everything

LARGE = 1_200_000
"""Above the threshold."""


async def half_approved(database: Database) -> tuple[Office, str]:
    """A grant that one of two has approved."""
    office = await make_office(database)
    grant = await office.in_decision(requested=LARGE)
    await office.approve(grant, LARGE)
    return office, grant


async def give_role(office: Office, name: str, role: Role) -> None:
    async with writing(office.database, SYSTEM, NOW) as tx:
        await write_role(tx, office.people[name], role, "fund")


@pytest.mark.parametrize(("name", "duty"), [("officer", "PREPARER"), ("reviewer", "REVIEWER")])
async def test_who_did_something_else_is_not_the_second_approver_either(
    database: Database, name: str, duty: str
) -> None:
    office, grant = await half_approved(database)
    await give_role(office, name, Role.APPROVER)
    before = await everything(database)

    with pytest.raises(NotAllowed, match=f"You are the {duty} of this grant"):
        await office.approve(grant, LARGE, name)

    assert await everything(database) == before


async def test_nobody_gives_both_approvals(database: Database) -> None:
    office, grant = await half_approved(database)
    before = await everything(database)

    with pytest.raises(
        NotAllowed, match="You have approved this grant already; the second approval is somebody else's"
    ):
        await office.approve(grant, LARGE)

    assert await everything(database) == before


async def test_an_approval_never_counts_again_once_who_gave_it_belonged_to_the_campaign(database: Database) -> None:
    office, grant = await half_approved(database)
    async with office.acting("officer") as tx:
        await members.add_campaign_member(tx, office.campaign, office.people["approver"])
    async with office.acting("officer") as tx:
        await members.remove_campaign_member(tx, office.campaign, office.people["approver"])

    await office.approve(grant, LARGE, "second_approver")

    assert (await office.row("grant", grant))["status"] == "IN_DECISION"


async def test_an_approval_of_who_is_recused_by_now_does_not_count(database: Database) -> None:
    office, grant = await half_approved(database)
    async with office.acting("approver") as tx:
        await reviews.declare_recusal(tx, grant, "A cousin works there.")

    await office.approve(grant, LARGE - 1, "second_approver")

    row = await office.row("grant", grant)
    assert (row["status"], row["awarded"]) == ("IN_DECISION", None)
    assert await office.balances() == (2_000_000, 0, 0, 2_000_000)


async def test_an_approval_counts_whatever_its_approver_is_to_other_grants_and_campaigns(database: Database) -> None:
    office, grant = await half_approved(database)
    fund = Fund(numbers=itertools.count(100))
    elsewhere = fund.campaign(fund.community("Elsewhere", "OH"))
    await fund.save(database)
    async with office.acting("officer") as tx:
        other = await applications.draft(tx, elsewhere, office.program, ASKED, ())
        await members.add_campaign_member(tx, elsewhere, office.people["approver"])
    another = await office.submitted()
    async with office.acting("approver") as tx:
        await reviews.declare_recusal(tx, another, "A cousin works there.")

    await office.approve(grant, LARGE, "second_approver")

    assert (await office.row("grant", grant))["status"] == "APPROVED"
    assert (await office.row("grant", other))["status"] == "DRAFT"
