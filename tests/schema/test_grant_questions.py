"""The questions on grants, in the words of those who ask them, by the documents of schema/operations."""

from collections.abc import AsyncIterator
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from fund_api.campaigns import rules as campaigns
from fund_api.core.database import Database
from fund_api.grants import agreements, decisions, programs, reports, reviews
from fund_api.grants.paying_tables import ConditionKind
from tests.grants.acting import PROGRAM, SOON, TODAY, Office, make_office
from tests.grants.asking import Desk, desk
from tests.rows import fetch, table

CONDITION = table("grant_condition")


@pytest.fixture
async def at(database: Database) -> AsyncIterator[Desk]:
    async with desk(await make_office(database)) as found:
        yield found


async def ours(at: Desk) -> list[dict[str, Any]]:
    """What the coordinator is answered on the grants of their one campaign. Any: JSON."""
    found = await at.operation("coordinator", "coordinator/OurApplications.graphql")
    [campaign] = found["viewer"]["campaigns"]
    assert campaign["title"] == "Keep the manager"
    nodes: list[dict[str, Any]] = campaign["grants"]["nodes"]
    return nodes


async def test_question_4_where_is_our_application_and_what_do_you_still_need_from_us(at: Desk) -> None:
    office, grant = at.office, await at.office.submitted()
    async with office.acting("officer") as tx:
        await reviews.screen(tx, grant, None, expected_version=2)
        await reviews.request_more_info(tx, grant, "Who prints it?", expected_version=3)

    assert await ours(at) == [
        {
            "id": grant,
            "status": "MORE_INFO_REQUESTED",
            "statusSince": "2026-11-22T12:00:00Z",
            "reason": "Who prints it?",
            "requested": {"amount": "5000.00", "currency": "USD"},
            "awarded": None,
            "disbursed": {"amount": "0.00", "currency": "USD"},
            "availableActions": ["UPDATE", "ATTACH", "SUBMIT", "WITHDRAW", "PLEDGE_MATCH"],
            "version": 4,
            "program": {
                "name": "Campaign grants",
                "closesOn": "2027-09-30",
                "matchingPolicy": "NONE",
                "matchPercent": None,
            },
            "openConditions": {"nodes": []},
            "matches": {"nodes": []},
            "dueReports": {"nodes": []},
        }
    ]


async def test_question_4_after_the_approval_the_conditions_that_are_open(at: Desk) -> None:
    office, grant = at.office, await at.office.in_decision()
    async with office.acting("approver") as tx:
        conditions = [(ConditionKind.BEFORE_AGREEMENT, "A quote"), (ConditionKind.BEFORE_PAYMENT, "A receipt")]
        await decisions.approve(tx, grant, 400_000, conditions=conditions, expected_version=6)
    quote, receipt = [
        key for (key,) in await fetch(office.database, sa.select(CONDITION.c.id).order_by(CONDITION.c.id))
    ]
    async with office.acting("officer") as tx:
        await agreements.meet_condition(tx, quote, None, expected_version=1)

    [found] = await ours(at)

    assert (found["status"], found["awarded"]["amount"]) == ("APPROVED", "4000.00")
    assert found["openConditions"] == {"nodes": [{"id": receipt, "kind": "BEFORE_PAYMENT", "text": "A receipt"}]}


async def test_question_4_at_last_the_reports_that_are_due_and_those_to_be_sent_again(at: Desk) -> None:
    office, grant = at.office, await at.office.signed()
    await office.scheduled(grant, 400_000)
    [(report,)] = await fetch(office.database, sa.select(table("grant_report").c.id))
    due = {"id": report, "kind": "FINAL", "dueOn": str(SOON), "status": "DUE", "reason": None, "version": 1}

    assert [found["dueReports"] for found in await ours(at)] == [{"nodes": [due]}]
    async with office.acting("coordinator") as tx:
        await reports.submit_report(tx, report, "All went well.", 400_000, expected_version=1)
    assert [found["dueReports"] for found in await ours(at)] == [{"nodes": []}]
    async with office.acting("officer") as tx:
        await reports.request_report_changes(tx, report, "What did it cost?", expected_version=2)
    again = {"status": "CHANGES_REQUESTED", "reason": "What did it cost?", "version": 3}
    assert [found["dueReports"] for found in await ours(at)] == [{"nodes": [due | again]}]


async def test_question_4_is_answered_to_those_who_belong_to_a_campaign_alone(at: Desk) -> None:
    await at.office.submitted()

    for name in ("nobody", "officer"):
        found = await at.operation(name, "coordinator/OurApplications.graphql")
        assert found == {"viewer": {"campaigns": []}}


async def add_campaign(office: Office, title: str, kind: str, election_on: date) -> None:
    """Another campaign of the same community."""
    community = (await office.row("campaign", office.campaign))["community_id"]
    values = {"community_id": community, "title": title, "kind": kind, "election_on": election_on}
    async with office.acting("officer") as tx:
        await campaigns.create_campaign(tx, values)


async def test_question_6_which_retention_campaigns_vote_within_90_days_and_have_no_active_grant(at: Desk) -> None:
    office = at.office
    for title, kind, after in (
        ("Without any", "RETENTION", 89),
        ("Too late", "RETENTION", 91),
        ("Yesterday", "RETENTION", -1),
        ("An adoption", "ADOPTION", 30),
    ):
        await add_campaign(office, title, kind, TODAY + timedelta(days=after))
    days = {"from": str(TODAY), "until": str(TODAY + timedelta(days=90))}

    async def titles() -> list[str]:
        found = await at.operation("officer", "staff/RetentionsWithoutGrant.graphql", **days)
        assert found["campaigns"]["totalCount"] == len(found["campaigns"]["nodes"])
        return [node["title"] for node in found["campaigns"]["nodes"]]

    assert await titles() == ["Without any", "Keep the manager"]
    grant = await office.in_decision()
    assert await titles() == ["Without any", "Keep the manager"]
    await office.approve(grant, 400_000)
    assert await titles() == ["Without any"]
    async with office.acting("approver") as tx:
        await decisions.cancel(tx, grant, "They gave up.", expected_version=await office.version(grant))
    assert await titles() == ["Without any", "Keep the manager"]


async def test_question_6_lists_what_was_only_asked_for(at: Desk) -> None:
    grant = await at.office.submitted()

    found = await at.operation(
        "officer", "staff/RetentionsWithoutGrant.graphql", **{"from": str(TODAY), "until": str(SOON)}
    )

    [campaign] = found["campaigns"]["nodes"]
    assert campaign["electionOn"] == str(SOON)
    assert campaign["grants"]["nodes"] == [
        {
            "id": grant,
            "status": "SUBMITTED",
            "statusSince": "2026-11-22T12:00:00Z",
            "requested": {"amount": "5000.00", "currency": "USD"},
            "program": {"name": "Campaign grants"},
        }
    ]


def sums(found: dict[str, Any]) -> list[str]:
    """The amounts of a program, or of a group. Any: JSON."""
    return [
        value["sum"]["amount"] if "sum" in value else value["amount"]
        for value in (found[name] for name in ("appropriated", "encumbered", "expended", "available"))
    ]


async def test_question_8_how_much_of_this_year_s_money_is_not_yet_promised(at: Desk) -> None:
    office = at.office
    async with office.acting("administrator") as tx:
        more = PROGRAM | {"fiscal_year_id": office.fiscal_year, "name": "Bills", "appropriation": 30_001}
        await programs.open_program(tx, more)
    grant = await office.signed(400_000)
    await office.paid(grant, 150_000)

    found = await at.operation("reporter", "staff/MoneyNotYetPromised.graphql", year=2027)

    [whole] = found["fundingProgramStats"]["groups"]
    assert (whole["programs"], *sums(whole)) == (2, "20300.01", "2500.00", "1500.00", "16300.01")
    assert [(node["name"], *sums(node)) for node in found["fundingPrograms"]["nodes"]] == [
        ("Bills", "300.01", "0.00", "0.00", "300.01"),
        ("Campaign grants", "20000.00", "2500.00", "1500.00", "16000.00"),
    ]


async def test_question_8_of_another_year_and_by_those_without_budgets_finds_nothing(at: Desk) -> None:
    for name, year in (("reporter", 2026), ("coordinator", 2027), ("reviewer", 2027)):
        found = await at.operation(name, "staff/MoneyNotYetPromised.graphql", year=year)
        assert found["fundingPrograms"]["nodes"] == [], name
        [whole] = found["fundingProgramStats"]["groups"]
        assert (whole["programs"], whole["available"]["sum"]) == (0, None), name
