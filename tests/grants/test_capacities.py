"""What somebody is told that they may do with a grant is what the rules let them do."""

import sqlalchemy as sa

from fund_api.core.access import LookingAs
from fund_api.core.database import Database
from fund_api.core.errors import InvalidTransition, NotAllowed, NotFound
from fund_api.core.writing import Transaction
from fund_api.grants import capacities, reviews
from fund_api.grants.lifecycle import GrantAction
from fund_api.grants.standing import hold
from fund_api.grants.tables import GrantStatus
from fund_api.people.roles import Role
from tests.grants.acting import SCORES, Office, make_office
from tests.grants.deciding import LARGE, approve, recuse
from tests.grants.joining import ALL_ROLES, give, hire, join, leave, other_campaign
from tests.rows import table

GRANT = table("grant")


async def told(tx: Transaction, grant: str) -> list[GrantAction]:
    """What the viewer is told."""
    tests = [test(GRANT.c, LookingAs(tx.viewer)) for test in capacities.TESTS.values()]
    held = [sa.true() if test is None else test for test in tests]
    query = sa.select(GRANT.c.status, *(test.label(f"held_{place}") for place, test in enumerate(held)))
    status, *found = (await tx.connection.execute(query.where(GRANT.c.id == grant))).one()
    return capacities.available(status, *map(bool, found))


async def let(tx: Transaction, grant: str) -> list[GrantAction]:
    """What the rules let the viewer begin."""
    done = []
    for action in GrantAction:
        try:
            await hold(tx, grant, action)
        except (NotAllowed, NotFound, InvalidTransition):
            continue
        done.append(action)
    return done


async def busy_office(database: Database) -> tuple[Office, list[str]]:
    """Grants at several points of their lives, and people who are something, or much, to some of them."""
    office = await make_office(database)
    grants = [await office.drafted(), await office.in_review(), await office.in_decision(**LARGE)]
    grants.append(await office.signed())
    _, in_review, in_decision, signed = grants
    await hire(office, "everything", *ALL_ROLES)
    await hire(office, "of_program", Role.GRANTS_OFFICER, Role.APPROVER, scope=office.program)
    await hire(office, "of_campaign", Role.REVIEWER, scope=office.campaign)
    await hire(office, "elsewhere", Role.REVIEWER, Role.COORDINATOR, scope=await other_campaign(office))
    await hire(office, "joined", *ALL_ROLES)
    await hire(office, "left", Role.FINANCE, Role.APPROVER)
    async with office.acting("everything") as tx:
        await reviews.submit_review(tx, in_review, SCORES)
    await approve(office, in_decision, 1_200_000, "approver")
    await recuse(office, in_decision, "second_approver")
    await recuse(office, signed, "officer")
    for name in ("joined", "left"):
        await join(office, name)
    await leave(office, "left")
    await give(office, "coordinator", Role.GRANTS_OFFICER)
    return office, grants


async def test_everybody_is_told_exactly_what_they_may_begin_now(database: Database) -> None:
    office, grants = await busy_office(database)

    for name in office.people:
        async with office.acting(name) as tx:
            for grant in grants:
                begun = set(await let(tx, grant))
                if name == "approver" and grant == grants[2]:
                    begun.remove(GrantAction.APPROVE)  # once is enough
                if name == "everything" and grant == grants[1]:
                    begun.remove(GrantAction.SUBMIT_REVIEW)
                assert set(await told(tx, grant)) == begun, (name, grants.index(grant))


async def test_what_may_be_done_is_told_in_the_order_of_a_grants_life(database: Database) -> None:
    office = await make_office(database)
    grant = await office.in_decision()

    found = {}
    for name in ("coordinator", "officer", "reviewer", "approver", "payer", "reporter"):
        async with office.acting(name) as tx:
            found[name] = await told(tx, grant)

    assert found == {
        "coordinator": ["WITHDRAW", "PLEDGE_MATCH"],
        "officer": ["START_REVIEW", "DECLARE_RECUSAL", "PLEDGE_MATCH", "VERIFY_MATCH"],
        "reviewer": ["DECLARE_RECUSAL"],
        "approver": ["DECLARE_RECUSAL", "APPROVE", "DECLINE"],
        "payer": ["DECLARE_RECUSAL"],
        "reporter": [],
    }
    assert capacities.available(GrantStatus.DECLINED, *[True] * len(capacities.TESTS)) == []
