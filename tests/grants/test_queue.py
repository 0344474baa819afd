"""What awaits somebody: all that they may do next and nothing else, the oldest first."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from fund_api.core.access import PUBLIC, SYSTEM, Viewer
from fund_api.core.database import Database
from fund_api.grants import programs, reviews
from fund_api.grants.lifecycle import GrantAction
from fund_api.grants.queue import Waiting, awaiting
from fund_api.grants.tables import GrantStatus
from tests.grants.acting import NOW, SCORES, TODAY, Office, make_office
from tests.grants.joining import ALL_ROLES, hire
from tests.grants.trying import RULES, Key, Trial, Undone
from tests.grants.world import AWARD, FINAL, INTERIM, LARGE, make_world, recuse, signed
from tests.rows import fetch, table

Action = GrantAction


def key(waiting: Waiting) -> Key:
    return waiting.action, waiting.disbursement_id or waiting.report_id or waiting.grant_id


async def queue(office: Office, name: str, first: int = 1_000) -> list[Waiting]:
    async with office.acting(name) as tx:
        return await awaiting(tx.connection, tx.viewer, office.now, first)


async def test_what_awaits_somebody_is_exactly_what_the_rules_let_them_do_next(database: Database) -> None:
    office = await make_world(database)
    grant = table("grant").c
    async with database.reading() as connection:
        statuses = set((await connection.scalars(sa.select(grant.status))).all())
    assert statuses == set(GrantStatus)

    done: set[GrantAction] = set()
    for name in office.people:
        listed = {key(each) for each in await queue(office, name)}
        with pytest.raises(Undone):
            async with office.acting(name) as tx:
                accepted = await Trial(tx).accepted()
                raise Undone
        assert (name, listed - accepted, accepted - listed) == (name, set(), set())
        done |= {action for action, _ in listed}
    assert done == {action for rules in RULES.values() for action in rules}


def about(waiting: list[Waiting]) -> list[tuple[str, str, int]]:
    return [(each.action, each.grant_id, each.days) for each in waiting]


async def test_the_oldest_comes_first_with_its_age_in_whole_days(database: Database) -> None:
    office = await make_office(database)
    grants = []
    for days in (0, 2):
        office.now = NOW + timedelta(days=days)
        grants.append(await office.in_decision())
    office.now = NOW + timedelta(days=3, hours=23)

    found = await queue(office, "approver")
    assert found == [
        Waiting(grants[0], None, None, Action.APPROVE, NOW, 3),
        Waiting(grants[1], None, None, Action.APPROVE, NOW + timedelta(days=2), 1),
    ]
    assert await queue(office, "approver", first=1) == found[:1]


async def test_what_came_at_one_moment_comes_in_the_order_of_its_ids(database: Database) -> None:
    office = await make_office(database)
    grants = sorted([await office.signed(AWARD), await office.signed(AWARD)])
    tranches = [(grant, await office.scheduled(grant, 100_000)) for grant in (*grants, grants[1], grants[0])]

    found = await queue(office, "approver")

    assert {each.action for each in found} == {Action.APPROVE_DISBURSEMENT}
    assert [(each.grant_id, each.disbursement_id) for each in found] == sorted(tranches)


async def test_of_two_approvers_it_awaits_the_one_who_has_not_approved(database: Database) -> None:
    office = await make_office(database)
    grant = await office.in_decision(requested=LARGE)
    await office.approve(grant, LARGE)

    assert await queue(office, "approver") == []
    assert about(await queue(office, "second_approver")) == [("APPROVE", grant, 0)]


async def test_somebody_with_every_role_is_asked_as_what_they_are_on_the_grant(database: Database) -> None:
    office = await make_office(database, reviews_needed=2)
    await hire(office, "all_roles", *ALL_ROLES)
    grant = await office.in_review()
    assert about(await queue(office, "all_roles")) == [("SUBMIT_REVIEW", grant, 0)]
    for name in ("reviewer", "all_roles"):
        async with office.acting(name) as tx:
            await reviews.submit_review(tx, grant, SCORES)

    assert await queue(office, "all_roles") == []
    assert about(await queue(office, "officer")) == [("SEND_TO_DECISION", grant, 0)]


async def test_a_decision_that_lost_its_reviews_awaits_an_officer(database: Database) -> None:
    office = await make_office(database)
    grant = await office.in_decision()
    await recuse(office, "reviewer", grant)

    assert await queue(office, "approver") == []
    assert about(await queue(office, "officer")) == [("START_REVIEW", grant, 0)]


async def test_a_grant_of_a_program_that_is_closed_still_awaits_its_decision(database: Database) -> None:
    office = await make_office(database)
    grant = await office.in_decision()
    async with office.acting("administrator") as tx:
        await programs.close_program(tx, office.program, expected_version=1)

    assert about(await queue(office, "approver")) == [("APPROVE", grant, 0)]  # they can decline it


async def test_a_report_awaits_the_applicant_from_30_days_before_it_is_due(database: Database) -> None:
    office = await make_office(database)
    days = (31, 30, 0, -1)
    grant = await signed(office, *((INTERIM, TODAY + timedelta(days=each)) for each in days), (FINAL, TODAY))
    due_on = table("grant_report").c.due_on

    found = await queue(office, "coordinator")

    ids = [each.report_id for each in found]
    reported = await fetch(database, sa.select(due_on).where(table("grant_report").c.id.in_(ids)).order_by(due_on))
    assert {(each.action, each.grant_id) for each in found} == {(Action.SUBMIT_REPORT, grant)}
    assert reported == [(TODAY + timedelta(days=each),) for each in (-1, 0, 30)]  # the final one once money may flow


async def test_nothing_awaits_who_has_not_signed_in(database: Database) -> None:
    office = await make_office(database)
    await office.submitted()
    async with database.reading() as connection:
        assert [await awaiting(connection, viewer, NOW) for viewer in (PUBLIC, SYSTEM)] == [[], []]


async def test_nothing_awaits_a_token_that_may_not_do_it_or_not_see_it(database: Database) -> None:
    office = await make_office(database)
    grant = await office.in_decision()
    found = []
    async with office.acting("approver") as tx:
        for taken in ("fund:person:read", "fund:grant:decide", "fund:grant:read"):
            viewer = Viewer(tx.viewer.id, tx.viewer.permissions - {taken})
            found.append(about(await awaiting(tx.connection, viewer, NOW)))

    assert found == [[("APPROVE", grant, 0)], [], []]


async def test_it_takes_one_statement(database: Database) -> None:
    office = await make_office(database)
    await hire(office, "all_roles", *ALL_ROLES)
    await office.submitted()
    await office.signed(AWARD)
    statements: list[str] = []
    async with office.acting("all_roles") as tx:
        sync = tx.connection.sync_connection
        assert sync is not None
        sa.event.listen(sync, "before_cursor_execute", lambda *given: statements.append(given[2]))
        assert len(await awaiting(tx.connection, tx.viewer, NOW)) == 1

    assert len(statements) == 1
