"""What applicants are told of their grants, and that they are told it once."""

import asyncio

import pytest
import sqlalchemy as sa

from fund_api.campaigns import members
from fund_api.core.access import PUBLIC, SYSTEM
from fund_api.core.database import Database
from fund_api.core.writing import writing
from fund_api.grants import agreements, applications, closing, decisions, disbursements, notices, reports, reviews
from fund_api.grants.paying_tables import ConditionKind, ReportKind
from fund_api.people import rules as people
from tests.grants.acting import NOW, SOON, TODAY, Office, make_office
from tests.grants.stepping import act, report_of
from tests.rows import count, fetch, table

NOTICE = table("notice")
TITLE = "Keep the manager"


async def tell(database: Database) -> int:
    async with writing(database, PUBLIC, NOW) as tx:
        return len(await notices.tell_applicants(tx))


async def told(office: Office, person: str = "coordinator") -> list[tuple[str, str]]:
    """Kind and text of what somebody was told, in its order, without the campaign's title."""
    query = sa.select(NOTICE.c.kind, NOTICE.c.text).where(NOTICE.c.person_id == office.people[person])
    found = await fetch(office.database, query.order_by(NOTICE.c.id))
    assert all(text.startswith(f"{TITLE}: ") for _, text in found)
    return [(kind, text.removeprefix(f"{TITLE}: ")) for kind, text in found]


async def declined(office: Office, reason: str = "Out of scope") -> str:
    grant = await office.in_decision()
    await act(office, "approver", decisions.decline, grant, reason)
    return grant


async def join(office: Office, *names: str) -> None:
    async with writing(office.database, SYSTEM, NOW) as tx:
        for name in names:
            await members.add_campaign_member(tx, office.campaign, office.people[name])


async def test_an_applicant_is_told_what_is_asked_and_what_is_decided(database: Database) -> None:
    office = await make_office(database)
    grant = await office.submitted()
    await act(office, "officer", reviews.screen, grant, None)
    await act(office, "officer", reviews.request_more_info, grant, "Which households?")
    await act(office, "coordinator", applications.submit, grant)
    await act(office, "officer", reviews.screen, grant, None)
    await act(office, "officer", reviews.start_review, grant, None)
    await declined(office)

    assert await tell(database) == 2
    assert await told(office) == [
        ("MORE_INFORMATION_ASKED", "the fund asks for more on the application for 5,000.00 USD: Which households?"),
        ("GRANT_DECIDED", "the application for 5,000.00 USD is declined: Out of scope"),
    ]


async def test_an_applicant_is_told_what_becomes_of_an_award(database: Database) -> None:
    office = await make_office(database)
    grant = await office.in_decision()
    async with office.acting("approver") as tx:
        version = await office.version(grant)
        asked = [(ConditionKind.BEFORE_PAYMENT, "Open an account"), (ConditionKind.BEFORE_PAYMENT, "Name a treasurer")]
        await decisions.approve(tx, grant, 400_000, reason="Good", conditions=asked, expected_version=version)
    due = [(ReportKind.FINAL, SOON), (ReportKind.INTERIM, TODAY)]
    await act(office, "officer", agreements.sign_agreement, grant, TODAY, due)
    final, interim = await report_of(office, grant), await report_of(office, grant, ReportKind.INTERIM)
    await act(office, "coordinator", reports.submit_report, interim, "Half of it is done.", 0)
    await act(office, "officer", reports.request_report_changes, interim, "Which half?")
    await act(office, "officer", reports.waive_report, interim, "The final one will do")
    await office.scheduled(grant, 1_000)
    await act(office, "officer", closing.suspend, grant, "The account is closed")
    await act(office, "officer", closing.resume, grant, None)
    await act(office, "coordinator", reports.submit_report, final, "Done.", 0)
    await act(office, "officer", reports.accept_report, final, None)

    assert await tell(database) == 7
    assert await told(office) == [
        ("GRANT_DECIDED", "4,000.00 USD is granted on the application for 5,000.00 USD; conditions to be met: 2"),
        ("GRANT_CHANGED", "the agreement on the grant of 4,000.00 USD is signed"),
        ("REPORT_DECIDED", f"the fund asks for another interim report, which was due on {TODAY}: Which half?"),
        ("REPORT_DECIDED", f"the interim report due on {TODAY} is not needed: The final one will do"),
        ("GRANT_CHANGED", "payments of the grant of 4,000.00 USD are held back: The account is closed"),
        ("GRANT_CHANGED", "payments of the grant of 4,000.00 USD go on"),
        ("REPORT_DECIDED", f"the final report due on {SOON} is accepted"),
    ]


async def test_an_applicant_is_told_of_money_that_is_paid_fails_and_comes_back(database: Database) -> None:
    office = await make_office(database)
    grant = await office.signed(400_000)
    await tell(database)
    paid = await office.paid(grant, 300_000)
    failed = await office.scheduled(grant, 50_000)
    await act(office, "approver", disbursements.approve, failed)
    await act(office, "payer", disbursements.record_payment_failure, failed, "No such account")
    for amount in (20_000, 1):
        await act(office, "payer", disbursements.record_return, paid, amount, "Not needed")
    final = await report_of(office, grant)
    await act(office, "coordinator", reports.submit_report, final, "Done.", 0)
    await act(office, "officer", reports.accept_report, final, "Well done")
    await act(office, "officer", closing.close, grant, "All is settled")

    assert await tell(database) == 6
    assert (await told(office))[2:] == [
        ("PAYMENT_RECORDED", f"3,000.00 USD of the grant of 4,000.00 USD was paid on {TODAY}"),
        ("PAYMENT_RECORDED", "500.00 USD of the grant of 4,000.00 USD could not be paid: No such account"),
        ("PAYMENT_RECORDED", "200.00 USD of the grant of 4,000.00 USD came back: Not needed"),
        ("PAYMENT_RECORDED", "0.01 USD of the grant of 4,000.00 USD came back: Not needed"),
        ("REPORT_DECIDED", f"the final report due on {SOON} is accepted: Well done"),
        ("GRANT_CHANGED", "the grant of 4,000.00 USD is closed: All is settled"),
    ]


async def test_of_a_grant_that_is_cancelled_its_planned_tranches_are_not_told(database: Database) -> None:
    office = await make_office(database)
    grant = await office.signed(400_000)
    await office.scheduled(grant, 100_000)
    await office.scheduled(grant, 200_000)
    await tell(database)
    await act(office, "approver", decisions.cancel, grant, "The campaign gave up")

    assert await tell(database) == 1
    assert (await told(office))[2:] == [
        ("GRANT_CHANGED", "the grant of 4,000.00 USD is cancelled: The campaign gave up")
    ]


async def test_of_two_approvals_the_second_is_told(database: Database) -> None:
    office = await make_office(database, approval_threshold=100_000)
    grant = await office.in_decision()
    await office.approve(grant, 200_000)
    assert await tell(database) == 0
    await office.approve(grant, 200_000, "second_approver")

    assert await tell(database) == 1
    assert await told(office) == [("GRANT_DECIDED", "2,000.00 USD is granted on the application for 5,000.00 USD")]


async def test_a_notice_names_its_campaign_and_its_grant(database: Database) -> None:
    office = await make_office(database)
    grant = await declined(office)
    await tell(database)

    rows = await fetch(database, sa.select(NOTICE.c.campaign_id, NOTICE.c.grant_id, NOTICE.c.read_at))
    assert rows == [(office.campaign, grant, None)]


async def test_a_reason_is_told_that_the_step_before_gave_as_well(database: Database) -> None:
    office = await make_office(database)
    grant = await office.submitted()
    for rule in (reviews.screen, reviews.request_more_info):
        await act(office, "officer", rule, grant, "Which households?")
    await tell(database)

    assert await told(office) == [
        ("MORE_INFORMATION_ASKED", "the fund asks for more on the application for 5,000.00 USD: Which households?")
    ]


async def test_a_reason_is_cut_off_where_a_notice_ends(database: Database) -> None:
    office = await make_office(database)
    await declined(office, "No. " * 499)

    assert await tell(database) == 1
    [(text,)] = await fetch(database, sa.select(NOTICE.c.text))
    assert len(text) == 2_000
    assert text.endswith("No.…")


async def test_nobody_is_told_twice(database: Database) -> None:
    office = await make_office(database)
    await declined(office)

    assert [await tell(database) for _ in range(3)] == [1, 0, 0]
    await declined(office)
    assert [await tell(database) for _ in range(2)] == [1, 0]


async def test_every_member_is_told_but_who_did_it(database: Database) -> None:
    office = await make_office(database)
    await declined(office)
    await join(office, "approver", "nobody")

    assert await tell(database) == 2
    assert [len(await told(office, name)) for name in ("coordinator", "nobody", "approver", "officer")] == [1, 1, 0, 0]


async def test_who_left_or_can_t_sign_in_is_not_told(database: Database) -> None:
    office = await make_office(database)
    await join(office, "reporter", "nobody")
    await declined(office)
    async with writing(database, SYSTEM, NOW) as tx:
        await members.remove_campaign_member(tx, office.campaign, office.people["reporter"])
        await people.deactivate(tx, office.people["nobody"])

    assert await tell(database) == 1
    assert [len(await told(office, name)) for name in ("coordinator", "reporter", "nobody")] == [1, 0, 0]


async def test_what_is_rolled_back_is_told_the_next_time(database: Database) -> None:
    office = await make_office(database)
    await declined(office)
    await tell(database)
    await declined(office)
    before = await fetch(database, sa.select(table("log_reader")))

    with pytest.raises(OSError, match="gone"):
        async with writing(database, PUBLIC, NOW) as tx:
            assert len(await notices.tell_applicants(tx)) == 1
            raise OSError("gone")

    assert await count(database, "notice") == 1
    assert await fetch(database, sa.select(table("log_reader"))) == before
    assert await tell(database) == 1


@pytest.mark.parametrize("is_new", [True, False], ids=["the first time", "later"])
async def test_of_several_processes_at_once_one_tells(database: Database, is_new: bool) -> None:
    office = await make_office(database)
    if not is_new:
        await tell(database)
    for _ in range(3):
        await declined(office)
    others = [Database.at(database.url.render_as_string(hide_password=False)) for _ in range(4)]
    ready = asyncio.Barrier(len(others))

    async def tell_with_others(other: Database) -> int:
        await count(other, "notice")  # so that it is connected
        await ready.wait()
        return await tell(other)

    found = await asyncio.gather(*(tell_with_others(each) for each in others))
    for each in others:
        await each.close()

    assert sorted(found) == [0, 0, 0, 3]
    assert await count(database, "notice") == 3


async def test_what_is_too_much_for_one_time_is_told_the_next(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notices, "MOST", 2)
    office = await make_office(database)
    for number in range(5):
        await declined(office, f"Reason {number}")

    assert [await tell(database) for _ in range(4)] == [2, 2, 1, 0]
    assert [text[-8:] for _, text in await told(office)] == [f"Reason {number}" for number in range(5)]


async def test_a_reader_of_a_log_without_news_writes_nothing(database: Database) -> None:
    office = await make_office(database)
    assert await tell(database) == 0
    [(name, number)] = await fetch(database, sa.select(table("log_reader")))
    events = await count(database, "event")

    assert (name, number, await tell(database)) == ("grant notices", events, 0)
    assert await count(database, "event") == events
    assert office.people
