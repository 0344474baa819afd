"""Between submission and decision: screening, questions, reviews, and the quorum."""

import pytest

from fund_api.core.database import Database
from fund_api.core.errors import InvalidTransition, InvalidValue, NotAllowed, NotFound, VersionConflict
from fund_api.grants import reviews
from tests.grants.acting import SCORES, Office, make_office
from tests.grants.deciding import decline, recuse
from tests.grants.joining import join, leave, other_campaign
from tests.grants.watching import refused, telling
from tests.rows import count

TOO_FEW = "Reviews that a decision takes: {}. Reviews that count: {}."


async def step(office: Office, rule: str, grant: str, reason: str | None = None, who: str = "officer") -> None:
    version = await office.version(grant)
    async with office.acting(who) as tx:
        await getattr(reviews, rule)(tx, grant, reason, expected_version=version)


async def review(office: Office, grant: str, who: str = "reviewer", /, **scores: object) -> str:
    async with office.acting(who) as tx:
        return await reviews.submit_review(tx, grant, SCORES | scores)


async def test_an_officer_brings_an_application_before_the_reviewers(database: Database) -> None:
    office = await make_office(database)
    grant = await office.submitted()

    async with telling(office) as told:
        await step(office, "screen", grant)
        await step(office, "request_more_info", grant, "Which printer?")
    assert told == [
        ("grant.screened", "officer", office.campaign, {"status": ("SUBMITTED", "SCREENING")}),
        (
            "grant.more_info_requested",
            "officer",
            office.campaign,
            {"reason": (None, "Which printer?"), "status": ("SCREENING", "MORE_INFO_REQUESTED")},
        ),
    ]
    again = await office.submitted()
    async with telling(office) as told:
        await step(office, "screen", again, "Complete")
        await step(office, "start_review", again)
    assert told == [
        (
            "grant.screened",
            "officer",
            office.campaign,
            {"reason": (None, "Complete"), "status": ("SUBMITTED", "SCREENING")},
        ),
        (
            "grant.review_started",
            "officer",
            office.campaign,
            {"reason": ("Complete", None), "status": ("SCREENING", "IN_REVIEW")},
        ),
    ]


@pytest.mark.parametrize("rule", ["screen", "request_more_info", "start_review", "send_to_decision"])
async def test_only_officers_bring_it_on_and_by_the_version_that_they_read(database: Database, rule: str) -> None:
    office = await make_office(database)
    grant = await office.submitted()

    for name in ("reviewer", "approver", "payer", "administrator", "reporter", "coordinator"):
        async with refused(office, NotAllowed, "This needs the permission fund:grant:prepare."):
            await step(office, rule, grant, "No", who=name)
    async with refused(office, NotFound, f"There is no grant {grant}."):
        await step(office, rule, grant, "No", who="nobody")
    message = "This was changed by somebody else: it is at version 2, not 1. Read it again."
    async with refused(office, VersionConflict, message), office.acting("officer") as tx:
        await getattr(reviews, rule)(tx, grant, "No", expected_version=1)


async def test_a_question_says_what_it_asks(database: Database) -> None:
    office = await make_office(database)
    grant = await office.submitted()
    await step(office, "screen", grant)

    async with refused(office, InvalidValue, "reason takes a text that is not empty, not 0 characters."):
        await step(office, "request_more_info", grant, " ")
    async with refused(office, InvalidValue, "reason takes 1 to 2,000 characters, not 2,001 characters."):
        await step(office, "request_more_info", grant, "?" * 2_001)


async def test_of_scores_the_log_tells_nobody_but_that_they_were_given(database: Database) -> None:
    office = await make_office(database)
    grant = await office.in_review()

    async with telling(office) as told:
        await review(office, grant)

    [(action, who, campaign, changes), whole] = told
    assert (action, who, campaign) == ("review.submitted", "reviewer", None)
    assert changes.pop("grant_id") == (None, grant)
    assert changes.pop("reviewer_id") == (None, office.people["reviewer"])
    assert changes.pop("provenance") == (None, "ENTERED")
    assert changes == dict.fromkeys(SCORES, ("private", "private"))
    assert whole == ("grant.reviewed", "reviewer", office.campaign, {})


async def test_scores_go_from_1_to_5_and_come_with_words(database: Database) -> None:
    office = await make_office(database)
    grant = await office.in_review()

    for name in ("need", "feasibility", "local_support", "budget"):
        for score in (0, 6):
            message = f"{name.replace('_', ' ')} lies between 1 and 5, not at {score}."
            async with refused(office, InvalidValue, message):
                await review(office, grant, **{name: score})
    async with refused(office, InvalidValue, "comment takes a text that is not empty, not 0 characters."):
        await review(office, grant, comment="")
    with pytest.raises(ValueError, match="recommendation"):
        async with office.acting("reviewer") as tx:
            await reviews.submit_review(tx, grant, {name: SCORES[name] for name in SCORES if name != "recommendation"})


async def test_a_review_is_given_once_by_reviewers_alone(database: Database) -> None:
    office = await make_office(database)
    grant = await office.in_review()
    await review(office, grant)

    message = "You have reviewed this grant already; a review is given once."
    async with refused(office, InvalidValue, message):
        await review(office, grant)
    for name in ("officer", "approver", "payer", "administrator", "coordinator"):
        async with refused(office, NotAllowed, "This needs the permission fund:grant:review."):
            await review(office, grant, name)
    await review(office, grant, "second_reviewer")
    assert await count(database, "review") == 2


async def test_a_decision_waits_for_the_quorum(database: Database) -> None:
    office = await make_office(database, reviews_needed=2)
    grant = await office.in_review()
    await review(office, grant)

    async with refused(office, InvalidTransition, TOO_FEW.format(2, 1)) as why:
        await step(office, "send_to_decision", grant)
    assert why.value.current == "IN_REVIEW"
    assert why.value.allowed == ("WITHDRAW", "SUBMIT_REVIEW", "DECLARE_RECUSAL", "PLEDGE_MATCH", "VERIFY_MATCH")
    await review(office, grant, "second_reviewer")
    async with telling(office) as told:
        await step(office, "send_to_decision", grant, "Both agree")
    changes = {"reason": (None, "Both agree"), "status": ("IN_REVIEW", "IN_DECISION")}
    assert told == [("grant.sent_to_decision", "officer", office.campaign, changes)]


async def test_a_program_may_do_without_reviews(database: Database) -> None:
    office = await make_office(database, reviews_needed=0)

    grant = await office.in_decision(reviewers=())

    assert (await office.row("grant", grant))["status"] == "IN_DECISION"


async def test_the_review_of_somebody_recused_does_not_count(database: Database) -> None:
    office = await make_office(database, reviews_needed=2)
    grant = await office.in_review()
    for name in ("reviewer", "second_reviewer"):
        await review(office, grant, name)
    await recuse(office, grant, "reviewer")

    async with refused(office, InvalidTransition, TOO_FEW.format(2, 1)):
        await step(office, "send_to_decision", grant)


async def test_the_review_of_somebody_who_joins_the_campaign_does_not_count_even_once_they_left(
    database: Database,
) -> None:
    office = await make_office(database)
    grant = await office.in_review()
    await review(office, grant)

    await join(office, "reviewer")
    async with refused(office, InvalidTransition, TOO_FEW.format(1, 0)):
        await step(office, "send_to_decision", grant)
    await leave(office, "reviewer")
    async with refused(office, InvalidTransition, TOO_FEW.format(1, 0)):
        await step(office, "send_to_decision", grant)
    await review(office, grant, "second_reviewer")
    await step(office, "send_to_decision", grant)


async def test_what_a_reviewer_is_to_other_grants_takes_nothing_from_their_review_of_this_one(
    database: Database,
) -> None:
    office = await make_office(database)
    grant, other = await office.in_review(), await office.in_review()
    elsewhere = await other_campaign(office)
    await office.drafted(elsewhere)
    await review(office, grant)
    await recuse(office, other, "reviewer")
    await join(office, "reviewer", elsewhere)

    await step(office, "send_to_decision", grant)

    assert (await office.row("grant", grant))["status"] == "IN_DECISION"


async def test_without_its_quorum_nothing_is_approved_and_it_goes_back_to_the_reviewers(database: Database) -> None:
    office = await make_office(database)
    grant = await office.in_decision()
    await recuse(office, grant, "reviewer")

    async with refused(office, InvalidTransition, TOO_FEW.format(1, 0)) as why:
        await office.approve(grant, 400_000)
    assert why.value.current == "IN_DECISION"
    assert "START_REVIEW" in why.value.allowed
    async with telling(office) as told:
        await step(office, "start_review", grant, "A reviewer is recused")
    changes = {"reason": (None, "A reviewer is recused"), "status": ("IN_DECISION", "IN_REVIEW")}
    assert told == [("grant.review_started", "officer", office.campaign, changes)]
    await review(office, grant, "second_reviewer")
    await step(office, "send_to_decision", grant)
    await office.approve(grant, 400_000)
    assert (await office.row("grant", grant))["status"] == "APPROVED"


async def test_without_its_quorum_it_can_still_be_declined(database: Database) -> None:
    office = await make_office(database)
    grant = await office.in_decision()
    await recuse(office, grant, "reviewer")

    await decline(office, grant, "No reviews")

    assert (await office.row("grant", grant))["status"] == "DECLINED"
