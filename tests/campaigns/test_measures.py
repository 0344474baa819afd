"""Milestones, measures, results and support: what may be said of them, and by whom."""

from datetime import timedelta

import pytest

from fund_api.campaigns import measures, rules
from fund_api.campaigns.tables import ResultStatus
from fund_api.core.access import PUBLIC
from fund_api.core.database import Database
from fund_api.core.errors import InvalidTransition, InvalidValue, NotAllowed, NotFound, VersionConflict
from fund_api.core.writing import Row, writing
from tests.campaigns.acting import NOW, REPORTER, STAFF, TODAY, all_of, coordinator, stored
from tests.granting import Fund, day
from tests.rows import count

ASKED: Row = {"question": "Shall there be a manager?", "kind": "ADOPTION", "election_on": day("2026-11-03")}


async def campaign(database: Database, **values: object) -> tuple[str, str]:
    """A campaign and its one member."""
    fund = Fund()
    person = fund.person("Ada")
    found = fund.campaign(fund.community("Saratoga Springs"), **values)  # type: ignore[arg-type]  # columns of any type
    fund.member(found, person)
    await fund.save(database)
    return found, person


async def measure(database: Database) -> str:
    campaign_id, person = await campaign(database)
    async with writing(database, coordinator(person), NOW) as tx:
        return await measures.add_ballot_measure(tx, campaign_id, ASKED)


async def result(database: Database, measure_id: str, status: str, version: int, **values: object) -> None:
    async with writing(database, STAFF, NOW) as tx:
        await measures.record_result(tx, measure_id, ResultStatus(status), values, expected_version=version)


async def test_a_measure_is_added_without_a_result(database: Database) -> None:
    found = await measure(database)

    columns = ("question_folded", "search_text", "election_on_precision", "result_status", "passed", "version")
    assert await stored(database, "ballot_measure", found, *columns) == (
        "shall there be a manager?",
        "shall there be a manag zy zwmanager",
        "DAY",
        "NONE",
        None,
        1,
    )


async def test_a_result_says_what_was_stated_and_concludes_nothing(database: Database) -> None:
    found = await measure(database)

    await result(database, found, "PROVISIONAL", 1, votes_for=4_458, votes_against=4_448)

    columns = ("votes_for", "votes_against", "margin", "passed", "result_status", "version")
    assert await stored(database, "ballot_measure", found, *columns) == (4_458, 4_448, 10, None, "PROVISIONAL", 2)


@pytest.mark.parametrize(
    ("before", "after"),
    [("CERTIFIED", "PROVISIONAL"), ("CERTIFIED", "NONE"), ("CONTESTED", "PROVISIONAL"), ("PROVISIONAL", "REPORTED")],
)
async def test_a_result_never_becomes_less_official(database: Database, before: str, after: str) -> None:
    found = await measure(database)
    await result(database, found, before, 1, passed=True)

    with pytest.raises(InvalidTransition, match=f"A {before} result can't become {after}. Allowed is: "):
        await result(database, found, after, 2, passed=False)

    assert await stored(database, "ballot_measure", found, "result_status", "passed") == (before, True)


async def test_a_certified_result_is_corrected_or_contested(database: Database) -> None:
    found = await measure(database)
    await result(database, found, "CERTIFIED", 1, passed=True, votes_for=10)
    await result(database, found, "CERTIFIED", 2, votes_for=11)
    await result(database, found, "CONTESTED", 3)

    columns = ("result_status", "votes_for", "passed")
    assert await stored(database, "ballot_measure", found, *columns) == ("CONTESTED", 11, True)


@pytest.mark.parametrize(
    ("status", "values", "message"),
    [
        ("CERTIFIED", {}, "A CERTIFIED result needs votes, percentages, or whether the change passed"),
        ("NONE", {"votes_for": 1}, "A measure with the result status NONE has no figures"),
        ("REPORTED", {"votes_for": -1}, "votes for lies between 0 and 1,000,000,000, not at -1"),
        ("REPORTED", {"votes_against": 10**9 + 1}, "votes against lies between 0 and 1,000,000,000"),
    ],
)
async def test_a_result_that_can_t_be_is_refused(database: Database, status: str, values: Row, message: str) -> None:
    found = await measure(database)

    with pytest.raises(InvalidValue, match=message):
        await result(database, found, status, 1, **values)

    assert await stored(database, "ballot_measure", found, "result_status", "version") == ("NONE", 1)


async def test_a_result_on_an_older_version_is_refused(database: Database) -> None:
    found = await measure(database)
    await result(database, found, "REPORTED", 1, passed=True)

    with pytest.raises(VersionConflict):
        await result(database, found, "CERTIFIED", 1, passed=False)

    assert await stored(database, "ballot_measure", found, "passed", "result_status") == (True, "REPORTED")


async def test_parts_of_a_hidden_campaign_are_not_found_by_strangers(database: Database) -> None:
    campaign_id, person = await campaign(database, published_at=None)
    async with writing(database, coordinator(person), NOW) as tx:
        step = await rules.add_milestone(tx, campaign_id, {"kind": "EFFECTIVE", "due_on": TODAY})
        asked = await measures.add_ballot_measure(tx, campaign_id, ASKED)

    for viewer, failure in ((PUBLIC, NotFound), (coordinator("person_x"), NotFound), (REPORTER, NotAllowed)):
        with pytest.raises(failure) as refused:
            async with writing(database, viewer, NOW) as tx:
                await rules.complete_milestone(tx, step, TODAY, expected_version=1)
        assert campaign_id not in str(refused.value)
        with pytest.raises(failure):
            async with writing(database, viewer, NOW) as tx:
                await measures.record_result(tx, asked, ResultStatus.REPORTED, {"passed": True}, expected_version=1)

    assert await stored(database, "milestone", step, "done_on", "version") == (None, 1)
    assert await stored(database, "ballot_measure", asked, "passed", "version") == (None, 1)


async def test_a_milestone_is_done_today_or_before(database: Database) -> None:
    campaign_id, person = await campaign(database)
    async with writing(database, coordinator(person), NOW) as tx:
        step = await rules.add_milestone(tx, campaign_id, {"kind": "EFFECTIVE", "due_on": TODAY})

    with pytest.raises(InvalidValue, match="A milestone is done today or before, not on 2026-11-23"):
        async with writing(database, coordinator(person), NOW) as tx:
            await rules.complete_milestone(tx, step, TODAY + timedelta(days=1), expected_version=1)
    async with writing(database, coordinator(person), NOW) as tx:
        await rules.complete_milestone(tx, step, TODAY, expected_version=1)

    assert await stored(database, "milestone", step, "done_on", "version") == (TODAY, 2)


async def test_help_without_money_is_logged_with_its_value_by_staff(database: Database) -> None:
    campaign_id, person = await campaign(database)
    values: Row = {"kind": "SPEAKER", "given_on": TODAY, "in_kind_value": 125_050, "lobbying": True}

    with pytest.raises(NotAllowed, match="fund:support:log"):
        async with writing(database, coordinator(person), NOW) as tx:
            await rules.log_support(tx, campaign_id, values)
    assert await count(database, "support_engagement") == 0
    async with writing(database, STAFF, NOW) as tx:
        await rules.log_support(tx, campaign_id, values)

    columns = ("campaign_id", "kind", "given_on", "in_kind_value", "currency", "lobbying", "provenance")
    assert await all_of(database, "support_engagement", *columns) == [
        (campaign_id, "SPEAKER", TODAY, 125_050, "USD", True, "ENTERED")
    ]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"in_kind_value": -1}, "in kind value lies between 0 and 1,000,000,000,000,000, not at -1"),
        ({"given_on": day("2026-11-23")}, "Support is logged once it is given, not for 2026-11-23"),
        ({"kind": None}, "kind is needed"),
    ],
)
async def test_help_that_can_t_be_is_refused(database: Database, changes: Row, message: str) -> None:
    campaign_id, _ = await campaign(database)
    values: Row = {"kind": "TRAVEL", "given_on": TODAY, "in_kind_value": 0, "lobbying": False}

    with pytest.raises(InvalidValue, match=message):
        async with writing(database, STAFF, NOW) as tx:
            await rules.log_support(tx, campaign_id, values | changes)

    assert await count(database, "support_engagement") == 0
