"""Duties, memberships and decisions at the same moment: one of them comes first, and the other is told."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from typing import Any

import pytest
import sqlalchemy as sa

from fund_api.campaigns import members
from fund_api.campaigns import rules as campaign_rules
from fund_api.core.database import Database, Dialect
from fund_api.core.errors import Failure, InvalidTransition, InvalidValue, NotAllowed, VersionConflict
from fund_api.core.writing import Transaction
from fund_api.grants import decisions, disbursements, programs, reviews
from fund_api.grants.lifecycle import GrantAction
from fund_api.grants.standing import hold
from fund_api.people import invitations, rules
from fund_api.people.roles import Role
from tests.databases import Databases
from tests.grants.acting import SCORES, TODAY, Office, make_office
from tests.grants.deciding import recuse, status
from tests.grants.joining import ALL_ROLES, give, organize, run_by, system
from tests.grants.watching import refused
from tests.rows import count, fetch, table
from tests.waiting import waiting

OUTSIDE = "Nobody of the fund acts on a grant of a campaign that they belong or belonged to."


async def ended(*work: Coroutine[Any, Any, object]) -> list[type[BaseException]]:
    """How what is done at once is refused, where it is."""
    found = await asyncio.gather(*work, return_exceptions=True)
    failures = [one for one in found if isinstance(one, BaseException)]
    assert all(isinstance(one, Failure) for one in failures), failures
    return [type(one) for one in failures]


async def approve(office: Office, grant: str, version: int, who: str = "approver") -> str:
    async with office.acting(who) as tx:
        return await decisions.approve(tx, grant, 400_000, expected_version=version)


async def review(office: Office, grant: str, who: str = "reviewer") -> str:
    async with office.acting(who) as tx:
        return await reviews.submit_review(tx, grant, SCORES)


async def events(office: Office) -> list[str]:
    event = table("event").c
    return [action for (action,) in await fetch(office.database, sa.select(event.action).order_by(event.number))]


async def test_of_two_approvers_at_once_one_reads_again(database: Database) -> None:
    office = await make_office(database, approval_threshold=0)
    grant = await office.in_decision()
    version = await office.version(grant)

    failures = await ended(*(approve(office, grant, version, who) for who in ("approver", "second_approver")))

    assert failures == [VersionConflict]
    assert await count(database, "approval") == 1
    assert await status(office, grant) == ("IN_DECISION", None)


async def test_nobody_approves_or_reviews_twice_at_once(database: Database) -> None:
    office = await make_office(database, approval_threshold=0)
    grant, in_review = await office.in_decision(), await office.in_review()
    version = await office.version(grant)

    assert await ended(*(approve(office, grant, version) for _ in range(3))) == [VersionConflict] * 2
    assert await ended(*(review(office, in_review) for _ in range(3))) == [InvalidValue] * 2

    assert (await count(database, "approval"), await count(database, "review")) == (1, 2)


async def test_nobody_takes_two_duties_at_once(database: Database) -> None:
    office = await make_office(database, reviews_needed=0)
    in_review, active = await office.in_review(), await office.signed()
    for name in ("second_reviewer", "second_approver"):
        await give(office, name, *ALL_ROLES)
    version = await office.version(in_review)

    async def send() -> None:
        async with office.acting("second_reviewer") as tx:
            await reviews.send_to_decision(tx, in_review, None, expected_version=version)

    [failure] = await ended(review(office, in_review, "second_reviewer"), send())
    assert failure in (VersionConflict, NotAllowed)

    first, second = await office.scheduled(active, 100_000), await office.scheduled(active, 100_000)
    async with office.acting("approver") as tx:
        await disbursements.approve(tx, first, expected_version=1)

    async def pay() -> None:
        async with office.acting("second_approver") as tx:
            await disbursements.record_payment(tx, first, TODAY, None, expected_version=2)

    async def approve_second() -> None:
        async with office.acting("second_approver") as tx:
            await disbursements.approve(tx, second, expected_version=1)

    assert await ended(pay(), approve_second()) == [NotAllowed]


async def test_who_approves_and_is_recused_at_once_has_one_of_both_first(database: Database) -> None:
    office = await make_office(database)
    grant = await office.in_decision()
    version = await office.version(grant)

    failures = await ended(approve(office, grant, version), recuse(office, grant, "approver"))

    found, recusals = (await status(office, grant))[0], await count(database, "recusal")
    assert (failures, found, recusals) in (
        ([], "APPROVED", 1),
        ([VersionConflict], "IN_DECISION", 1),
        ([NotAllowed], "IN_DECISION", 1),
    )


# On PostgreSQL, where writers run side by side, each of the two orders


@pytest.fixture
async def postgres(databases: Databases) -> AsyncIterator[Database]:
    async with databases.migrated(Dialect.POSTGRESQL) as database:
        yield database


async def add_member(tx: Transaction, office: Office, name: str) -> None:
    await members.add_campaign_member(tx, office.campaign, office.people[name])


async def give_role(tx: Transaction, office: Office, name: str) -> None:
    await rules.grant_role(tx, office.people[name], Role.COORDINATOR, office.campaign)


async def accept(tx: Transaction, office: Office, name: str) -> None:
    await members.accept_invitation(tx, office.people[f"secret of {name}"], name)


Way = Callable[[Transaction, Office, str], Awaitable[None]]
WAYS = (add_member, give_role, accept)
"""How one comes to belong to a campaign."""


async def invited(database: Database, name: str) -> tuple[Office, str, int]:
    """A grant in decision, its version, and somebody of the fund who is invited to coordinate its campaign."""
    office = await make_office(database)
    grant = await office.in_decision()
    async with system(office) as tx:
        _, secret = await invitations.invite(tx, f"{name}@example.org", Role.COORDINATOR, office.campaign)
    office.people[f"secret of {name}"] = secret
    return office, grant, await office.version(grant)


@pytest.mark.parametrize("way", WAYS)
async def test_who_is_joining_the_campaign_approves_nothing(postgres: Database, way: Way) -> None:
    office, grant, version = await invited(postgres, "approver")

    async with system(office) as tx:
        await way(tx, office, "approver")
        approving = await waiting(postgres, approve(office, grant, version))
    with pytest.raises(NotAllowed) as why:
        await approving

    assert str(why.value) == OUTSIDE
    assert await status(office, grant) == ("IN_DECISION", None)
    assert await office.balances() == (2_000_000, 0, 0, 2_000_000)
    assert await count(postgres, "approval") == 0


@pytest.mark.parametrize("name", ["approver", "officer"])
@pytest.mark.parametrize("way", WAYS)
async def test_who_has_begun_to_act_joins_the_campaign_afterwards(postgres: Database, way: Way, name: str) -> None:
    """An approver who acts for the first time, and an officer who has acted before."""
    office, grant, version = await invited(postgres, name)

    async def joining() -> None:
        async with system(office) as tx:
            await way(tx, office, name)

    async with office.acting(name) as tx:
        action = GrantAction.APPROVE if name == "approver" else GrantAction.START_REVIEW
        await hold(tx, grant, action, expected_version=version)
        join = await waiting(postgres, joining())
        if name == "approver":
            await decisions.approve(tx, grant, 400_000, expected_version=version)
        else:
            await reviews.start_review(tx, grant, None, expected_version=version)
    await join

    told = await events(office)
    acted = [place for place, one in enumerate(told) if one in ("grant.approved", "grant.review_started")]
    assert "role_assignment.granted" in told[acted[-1] :]


async def test_who_waits_to_approve_sees_that_the_campaign_became_one_of_their_organization(postgres: Database) -> None:
    office = await make_office(postgres)
    organization = await organize(office, "approver")
    await run_by(office, None)
    office.now = office.now.replace(hour=13)
    grant = await office.in_decision()
    version = await office.version(grant)

    async with system(office) as tx:
        values = {"organization_id": organization}
        campaign = await office.version(office.campaign, "campaign")
        await campaign_rules.update_campaign(tx, office.campaign, values, expected_version=campaign)
        approving = await waiting(postgres, approve(office, grant, version))
    with pytest.raises(NotAllowed):
        await approving


async def test_a_program_that_is_closing_approves_nothing_any_more(postgres: Database) -> None:
    office = await make_office(postgres)
    grant = await office.in_decision()
    version = await office.version(grant)

    async with office.acting("administrator") as tx:
        await programs.close_program(tx, office.program, expected_version=1)
        approving = await waiting(postgres, approve(office, grant, version))
    with pytest.raises(InvalidTransition) as why:
        await approving

    assert str(why.value) == "The program is closed and approves nothing any more."
    assert await status(office, grant) == ("IN_DECISION", None)
    async with refused(office, InvalidTransition, "The program is closed and approves nothing any more."):
        await approve(office, grant, version)
