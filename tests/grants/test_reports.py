"""Reports: what the applicant tells of the money, and what the fund says to it."""

from datetime import timedelta

import pytest

from fund_api.core.database import Database
from fund_api.core.errors import InvalidTransition, InvalidValue, NotAllowed, NotFound, VersionConflict
from fund_api.core.money import LARGEST
from fund_api.grants import agreements, reports
from fund_api.grants.paying_tables import ReportKind
from tests.grants.acting import SOON, TODAY, Office, make_office
from tests.grants.paying import allow, end, fail, final_accepted, hand_in, judge, money, report_of, schedule
from tests.grants.watching import refused, telling

AT = "2026-11-22T12:00:00.000000+00:00"


async def reporting(office: Office) -> tuple[str, str, str]:
    """An active grant, with its report in between and its final one."""
    grant = await office.approved(400_000)
    due = [(ReportKind.INTERIM, TODAY + timedelta(days=30)), (ReportKind.FINAL, SOON)]
    async with office.acting("officer") as tx:
        await agreements.sign_agreement(tx, grant, TODAY, due, expected_version=await office._v(tx, grant))
    await office.paid(grant, 100_000)
    return grant, await report_of(office, grant, "INTERIM"), await report_of(office, grant)


async def test_a_report_in_between_is_handed_in_and_accepted(database: Database) -> None:
    office = await make_office(database)
    grant, interim, _ = await reporting(office)

    async with telling(office) as told:
        await hand_in(office, interim, "Half of the letters are out.", 50_000)
        await judge(office, "accept_report", interim)

    said = {"text": (None, "Half of the letters are out."), "spent": (None, 50_000), "submitted_at": (None, AT)}
    assert told == [
        ("grant_report.submitted", "coordinator", office.campaign, said | {"status": ("DUE", "SUBMITTED")}),
        ("grant.reported", "coordinator", office.campaign, {}),
        ("grant_report.accepted", "officer", office.campaign, {"status": ("SUBMITTED", "ACCEPTED")}),
        ("grant.report_accepted", "officer", office.campaign, {}),
    ]
    assert (await office.row("grant", grant))["status"] == "ACTIVE"


async def test_the_final_report_begins_the_close_out_even_if_it_is_sent_back(database: Database) -> None:
    office = await make_office(database)
    grant, _, final = await reporting(office)

    async with telling(office) as told:
        await hand_in(office, final)
    assert told[1] == ("grant.reported", "coordinator", office.campaign, {"status": ("ACTIVE", "CLOSING")})
    async with telling(office) as told:
        await judge(office, "request_report_changes", final, "Which letters?")
        await hand_in(office, final, "The letters to Elm Street", 100_000)
    asked = {"status": ("SUBMITTED", "CHANGES_REQUESTED"), "reason": (None, "Which letters?")}
    again = {"text": ("All went well", "The letters to Elm Street"), "spent": (0, 100_000)}
    again |= {"reason": ("Which letters?", None), "status": ("CHANGES_REQUESTED", "SUBMITTED")}
    assert told == [
        ("grant_report.changes_requested", "officer", office.campaign, asked),
        ("grant.report_changes_requested", "officer", office.campaign, {}),
        ("grant_report.submitted", "coordinator", office.campaign, again),
        ("grant.reported", "coordinator", office.campaign, {}),
    ]
    assert (await office.row("grant", grant))["status"] == "CLOSING"


async def test_a_report_goes_one_step_after_the_other(database: Database) -> None:
    office = await make_office(database)
    _, interim, _ = await reporting(office)

    async def refuses(status: str, *rules: str, allowed: tuple[str, ...]) -> None:
        message = f"This report is {status}. Allowed is: {', '.join(allowed) or 'nothing'}."
        for rule in rules:
            async with refused(office, InvalidTransition, message) as why:
                await (hand_in(office, interim) if rule == "submit_report" else judge(office, rule, interim, "No"))
            assert (why.value.current, why.value.allowed) == (status, allowed)

    writing = ("SUBMIT_REPORT", "WAIVE_REPORT")
    judging = ("ACCEPT_REPORT", "REQUEST_REPORT_CHANGES")
    await refuses("DUE", "accept_report", "request_report_changes", allowed=writing)
    await hand_in(office, interim)
    await refuses("SUBMITTED", "submit_report", "waive_report", allowed=judging)
    await judge(office, "request_report_changes", interim, "More")
    await refuses("CHANGES_REQUESTED", "accept_report", "request_report_changes", allowed=writing)
    await hand_in(office, interim)
    await judge(office, "accept_report", interim, "Thanks")
    everything = ("submit_report", "accept_report", "request_report_changes", "waive_report")
    await refuses("ACCEPTED", *everything, allowed=())
    _, interim, _ = await reporting(office)
    await judge(office, "waive_report", interim, "Not worth the work")
    await refuses("WAIVED", *everything, allowed=())


async def test_the_applicant_reports_and_officers_judge(database: Database) -> None:
    office = await make_office(database)
    _, interim, _ = await reporting(office)

    for name in ("officer", "approver", "payer", "administrator"):
        message = "This needs the permission own:grant:apply and to belong to the campaign."
        async with refused(office, NotAllowed, message), office.acting(name) as tx:
            await reports.submit_report(tx, interim, "Fine", 0, expected_version=1)
    await hand_in(office, interim)
    for name in ("reviewer", "approver", "payer", "administrator", "coordinator"):
        for rule in ("accept_report", "request_report_changes", "waive_report"):
            async with refused(office, NotAllowed, "This needs the permission fund:grant:prepare."):
                await judge(office, rule, interim, "No", name)


async def test_a_report_says_something_and_how_much_was_spent(database: Database) -> None:
    office = await make_office(database)
    _, interim, _ = await reporting(office)

    async with refused(office, InvalidValue, "text takes a text that is not empty, not 0 characters."):
        await hand_in(office, interim, " ")
    for spent in (-1, LARGEST + 1):
        async with refused(office, InvalidValue):
            await hand_in(office, interim, spent=spent)
    async with refused(office, NotFound, "There is no grant report report_x."), office.acting("coordinator") as tx:
        await reports.submit_report(tx, "report_x", "Fine", 0, expected_version=1)
    async with refused(office, VersionConflict), office.acting("coordinator") as tx:
        await reports.submit_report(tx, interim, "Fine", 0, expected_version=2)


@pytest.mark.parametrize("rule", ["request_report_changes", "waive_report"])
async def test_to_ask_for_more_or_to_do_without_takes_a_reason(database: Database, rule: str) -> None:
    office = await make_office(database)
    _, interim, _ = await reporting(office)
    if rule == "request_report_changes":
        await hand_in(office, interim)

    async with refused(office, InvalidValue, "reason takes a text that is not empty, not 0 characters."):
        await judge(office, rule, interim, "")


async def test_a_waived_final_report_begins_the_close_out_and_no_last_tranche_is_paid(database: Database) -> None:
    office = await make_office(database)
    grant, interim, final = await reporting(office)
    last = await schedule(office, grant, 300_000)
    await judge(office, "waive_report", interim, "Not worth the work")
    assert (await office.row("grant", grant))["status"] == "ACTIVE"

    async with telling(office) as told:
        await judge(office, "waive_report", final, "They moved away")
    waived = {"status": ("DUE", "WAIVED"), "reason": (None, "They moved away")}
    assert told == [
        ("grant_report.waived", "officer", office.campaign, waived),
        ("grant.report_waived", "officer", office.campaign, {"status": ("ACTIVE", "CLOSING")}),
    ]
    message = "The last tranche waits for the final report to be accepted."
    async with refused(office, InvalidTransition, message) as why:
        await allow(office, last)
    assert why.value.current == "SCHEDULED"
    await fail(office, last, "There is no final report")
    await end(office, "close", grant)
    assert await money(office, grant) == {
        "status": "COMPLETED",
        "scheduled": 100_000,
        "disbursed": 100_000,
        "released": 300_000,
    }
    assert await office.balances() == (2_000_000, 0, 100_000, 1_900_000)


async def test_while_it_is_suspended_a_report_in_between_is_handed_in_and_the_final_one_waits(
    database: Database,
) -> None:
    office = await make_office(database)
    grant, interim, final = await reporting(office)
    await end(office, "suspend", grant)

    await hand_in(office, interim)
    await judge(office, "accept_report", interim)
    message = "Only a grant in ACTIVE or CLOSING can have its final report {}; this one is in SUSPENDED."
    async with refused(office, InvalidTransition, message.format("submitted")):
        await hand_in(office, final)
    async with refused(office, InvalidTransition, message.format("waived")):
        await judge(office, "waive_report", final, "They moved away")
    await end(office, "resume", grant)
    await final_accepted(office, grant)
    assert (await office.row("grant", grant))["status"] == "CLOSING"
