"""Recusal: who has a conflict of interest is out, sees no scores, and their word counts no more."""

from collections.abc import Sequence

import pytest
import sqlalchemy as sa

from fund_api.core.access import LookingAs
from fund_api.core.database import Database
from fund_api.core.errors import InvalidTransition, InvalidValue, NotAllowed, NotFound
from fund_api.grants import closing, disbursements, reviews, visibility
from fund_api.grants.deciding_tables import Review
from fund_api.people.roles import Role
from fund_api.people.viewers import viewer_of
from tests.grants.acting import SCORES, Office, make_office
from tests.grants.deciding import LARGE, approve, decline, recuse
from tests.grants.joining import give, join, leave, take
from tests.grants.watching import refused, telling
from tests.rows import count, table

OUT = "You are recused from this grant."


async def sees_scores(office: Office, *names: str) -> Sequence[str]:
    """Who of these sees the one review that there is."""
    review, seen = table("review"), []
    async with office.database.reading() as connection:
        for name in names:
            viewer = await viewer_of(connection, office.people[name])
            query = sa.select(review.c.id).where(visibility.review(review.c, LookingAs(viewer)))
            seen += [name] if (await connection.execute(query)).first() else []
    return seen


async def scores_in_log(office: Office, name: str) -> int:
    """How many comments of reviews somebody reads in the log."""
    kept, change = table("private_change"), table("event_change")
    async with office.database.reading() as connection:
        viewer = await viewer_of(connection, office.people[name])
        seen = visibility.private_change(kept.c, LookingAs(viewer))
        query = sa.select(sa.func.count()).select_from(kept.join(change, change.c.id == kept.c.change_id))
        return await connection.scalar(query.where(change.c.field == "comment", seen)) or 0


async def test_a_recusal_is_told_without_its_reason(database: Database) -> None:
    office = await make_office(database)
    grant = await office.in_review()

    async with telling(office) as told:
        await recuse(office, grant, "reviewer")

    declared, whole = told
    assert declared[:3] == ("recusal.declared", "reviewer", None)
    assert declared[3] == {
        "grant_id": (None, grant),
        "person_id": (None, office.people["reviewer"]),
        "reason": ("private", "private"),
        "provenance": (None, "ENTERED"),
    }
    assert whole == ("grant.recused", "reviewer", office.campaign, {})


async def test_who_is_recused_does_nothing_more_on_this_grant_and_all_on_others(database: Database) -> None:
    office = await make_office(database)
    grant, other = await office.signed(), await office.in_review()
    paid = await office.paid(grant, 100_000)
    tranche = await office.scheduled(grant, 100_000)
    for name in ("officer", "reviewer", "approver", "payer"):
        await recuse(office, grant, name)
    version = await office.version(grant)

    async with refused(office, NotAllowed, OUT), office.acting("officer") as tx:
        await closing.suspend(tx, grant, "No", expected_version=version)
    async with refused(office, NotAllowed, OUT), office.acting("reviewer") as tx:
        await reviews.submit_review(tx, grant, SCORES)
    async with refused(office, NotAllowed, OUT), office.acting("approver") as tx:
        await disbursements.approve(tx, tranche, expected_version=1)
    async with refused(office, NotAllowed, OUT), office.acting("payer") as tx:
        await disbursements.record_return(tx, paid, 100, "No", expected_version=3)
    async with office.acting("reviewer") as tx:
        await reviews.submit_review(tx, other, SCORES)
    assert await count(database, "review") == 2


async def test_somebody_recused_neither_approves_nor_declines(database: Database) -> None:
    office = await make_office(database)
    grant = await office.in_decision(**LARGE)
    await approve(office, grant, 1_200_000)
    await recuse(office, grant, "approver")

    async with refused(office, NotAllowed, OUT):
        await approve(office, grant, 1_200_000)
    async with refused(office, NotAllowed, OUT):
        await decline(office, grant)


async def test_one_is_recused_once_with_a_reason(database: Database) -> None:
    office = await make_office(database)
    grant = await office.in_review()

    message = "reason takes a text that is not empty, not 0 characters."
    async with refused(office, InvalidValue, message), office.acting("reviewer") as tx:
        await reviews.declare_recusal(tx, grant, " ")
    await recuse(office, grant, "reviewer")
    async with refused(office, NotAllowed, OUT):
        await recuse(office, grant, "reviewer")


async def test_recusal_is_for_those_who_could_act(database: Database) -> None:
    office = await make_office(database)
    grant, drafted = await office.in_review(), await office.drafted()
    needed = " or ".join(f"fund:grant:{action}" for action in ("prepare", "review", "decide", "pay"))

    for name in ("administrator", "reporter", "coordinator"):
        async with refused(office, NotAllowed, f"This needs the permission {needed}."):
            await recuse(office, grant, name)
    async with refused(office, NotFound, f"There is no grant {grant}."):
        await recuse(office, grant, "nobody")
    async with refused(office, InvalidTransition):
        await recuse(office, drafted, "officer")


@pytest.mark.parametrize("name", ["reviewer", "approver"])
async def test_another_role_does_not_keep_one_from_being_recused(database: Database, name: str) -> None:
    office = await make_office(database)
    grant = await office.in_decision(**LARGE)
    await approve(office, grant, 1_200_000)
    await take(office, name, Role.REVIEWER if name == "reviewer" else Role.APPROVER)
    await give(office, name, Role.FINANCE)

    await recuse(office, grant, name)

    assert await count(database, "recusal", table("recusal").c.person_id == office.people[name]) == 1


async def test_who_joined_the_campaign_may_be_recused_for_good(database: Database) -> None:
    office = await make_office(database)
    grant = await office.in_decision(**LARGE)
    await approve(office, grant, 1_200_000)

    await join(office, "approver")
    await recuse(office, grant, "approver")
    await join(office, "second_reviewer")
    await leave(office, "second_reviewer")
    await recuse(office, grant, "second_reviewer")

    assert await count(database, "recusal") == 2


async def test_who_is_recused_sees_no_scores_of_this_grant_and_those_of_others(database: Database) -> None:
    office = await make_office(database)
    grant, other = await office.in_review(), await office.in_review()
    async with office.acting("reviewer") as tx:
        await reviews.submit_review(tx, grant, SCORES)
    everybody = (*office.people,)
    readers = ["officer", "reviewer", "second_reviewer", "approver", "second_approver"]
    assert await sees_scores(office, *everybody) == readers

    for name in ("officer", "reviewer", "approver"):
        await recuse(office, grant, name)
    await recuse(office, other, "second_approver")
    assert await sees_scores(office, *everybody) == ["second_reviewer", "second_approver"]


async def test_who_was_of_the_campaign_since_the_draft_sees_no_scores(database: Database) -> None:
    office = await make_office(database)
    await join(office, "officer")
    await leave(office, "officer")
    office.now = office.now.replace(hour=13)
    grant = await office.drafted()
    async with office.acting("coordinator") as tx:
        await tx.add(Review, "submitted", SCORES | {"grant_id": grant, "reviewer_id": office.people["reviewer"]})
    for name in ("approver", "second_approver"):
        await join(office, name)
    await leave(office, "second_approver")

    readers = await sees_scores(office, "officer", "reviewer", "approver", "second_approver", "coordinator")

    assert readers == ["officer", "reviewer"]


async def test_the_log_shows_no_scores_either_to_administrators_who_stand_too_near(database: Database) -> None:
    office = await make_office(database)
    near, far = await office.in_review(), await office.in_review()
    for grant in (near, far):
        async with office.acting("reviewer") as tx:
            await reviews.submit_review(tx, grant, SCORES)
    await give(office, "administrator", Role.APPROVER)
    assert await scores_in_log(office, "administrator") == 2
    assert await scores_in_log(office, "reviewer") == 0

    await recuse(office, near, "administrator")
    assert await scores_in_log(office, "administrator") == 1
    await join(office, "administrator")
    assert await scores_in_log(office, "administrator") == 0
    await leave(office, "administrator")
    assert await scores_in_log(office, "administrator") == 0
