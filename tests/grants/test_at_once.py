"""Two who act at the same moment on what decides on each other: the second waits, and sees what the first did."""

import pytest
import sqlalchemy as sa

from fund_api.campaigns import members
from fund_api.core.access import SYSTEM
from fund_api.core.database import Database
from fund_api.core.errors import InvalidTransition, NotAllowed, VersionConflict
from fund_api.core.writing import writing
from fund_api.grants import decisions, programs, reviews
from fund_api.people.roles import Role
from fund_api.people.rules import write_role
from tests.grants.acting import NOW, SCORES, Office, make_office
from tests.rows import count, fetch, table
from tests.waiting import waiting

LARGE = 1_200_000
"""Above the threshold."""


async def status(office: Office, grant: str) -> str:
    found: str = (await office.row("grant", grant))["status"]
    return found


async def test_the_first_approval_does_not_count_when_its_approver_joins_the_campaign(postgres: Database) -> None:
    office = await make_office(postgres)
    grant = await office.in_decision(requested=LARGE)
    await office.approve(grant, LARGE)

    async with office.acting("officer") as tx:
        await members.add_campaign_member(tx, office.campaign, office.people["approver"])
        second = await waiting(postgres, office.approve(grant, LARGE, "second_approver"))
    with pytest.raises(VersionConflict):
        await second

    assert await status(office, grant) == "IN_DECISION"
    assert await count(postgres, "approval") == 1
    assert await office.balances() == (2_000_000, 0, 0, 2_000_000)


async def test_a_review_does_not_count_when_its_reviewer_joins_the_campaign(postgres: Database) -> None:
    office = await make_office(postgres)
    grant = await office.in_review()
    async with office.acting("reviewer") as tx:
        await reviews.submit_review(tx, grant, SCORES)

    async def send() -> None:
        version = await office.version(grant)
        async with office.acting("officer") as tx:
            await reviews.send_to_decision(tx, grant, None, expected_version=version)

    async with office.acting("administrator") as tx:
        await members.add_campaign_member(tx, office.campaign, office.people["reviewer"])
        sending = await waiting(postgres, send())
    with pytest.raises(VersionConflict):
        await sending

    assert await status(office, grant) == "IN_REVIEW"


async def test_staff_who_get_a_role_in_the_campaign_act_no_more(postgres: Database) -> None:
    office = await make_office(postgres)
    grant = await office.in_decision()

    async with writing(postgres, SYSTEM, NOW) as tx:
        await write_role(tx, office.people["approver"], Role.COORDINATOR, office.campaign)
        approving = await waiting(postgres, office.approve(grant, 500_000))
    with pytest.raises(NotAllowed):
        await approving

    assert await status(office, grant) == "IN_DECISION"


async def test_a_role_in_the_campaign_waits_for_who_acts_on_its_grants(postgres: Database) -> None:
    office = await make_office(postgres)
    grant = await office.in_decision()

    async def join() -> None:
        async with writing(postgres, SYSTEM, NOW) as tx:
            await write_role(tx, office.people["approver"], Role.COORDINATOR, office.campaign)

    version = await office.version(grant)
    async with office.acting("approver") as tx:
        await decisions.approve(tx, grant, 500_000, expected_version=version)
        joining = await waiting(postgres, join())
    await joining

    event = table("event")
    last = await fetch(postgres, sa.select(event.c.action).order_by(event.c.number.desc()).limit(3))
    assert last == [("role_assignment.granted",), ("ledger_entry.entered",), ("grant.approved",)]


async def test_nothing_is_approved_in_a_program_that_is_closed_at_that_moment(postgres: Database) -> None:
    office = await make_office(postgres)
    grant = await office.in_decision()

    async with office.acting("administrator") as tx:
        await programs.close_program(tx, office.program, expected_version=1)
        approving = await waiting(postgres, office.approve(grant, 500_000))
    with pytest.raises(InvalidTransition, match="The program is closed and approves nothing any more"):
        await approving

    assert await status(office, grant) == "IN_DECISION"
    assert await office.balances() == (2_000_000, 0, 0, 2_000_000)
