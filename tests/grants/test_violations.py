"""Who had two duties on one grant is found out: by what rows say, and by the log alone."""

import re
from pathlib import Path

from fund_api import grants
from fund_api.core.database import Database
from fund_api.grants import audit, lifecycle, separation
from fund_api.grants.deciding_tables import Duty
from fund_api.grants.lifecycle import GrantAction
from fund_api.grants.separation import RECUSED, TOLD, Violation
from tests.grants.books import make_books

ROWS = {
    "UPDATE grant_duty SET duty = 'PAYER' WHERE person_id = '{officer}'": ("officer", Duty.PREPARER, Duty.PAYER),
    "UPDATE disbursement SET approved_by = '{officer}' WHERE number = 1": ("officer", Duty.PREPARER, Duty.APPROVER),
    "UPDATE disbursement SET paid_by = '{approver}' WHERE id = '{tranche}'": ("approver", Duty.APPROVER, Duty.PAYER),
    "UPDATE approval SET approver_id = '{reviewer}'": ("reviewer", Duty.REVIEWER, Duty.APPROVER),
    "UPDATE review SET reviewer_id = '{officer}'": ("officer", Duty.PREPARER, Duty.REVIEWER),
    "UPDATE grant_condition SET met_by = '{coordinator}'": ("coordinator", Duty.APPLICANT, Duty.PREPARER),
    "INSERT INTO match_commitment (id, grant_id, giver, amount, currency, verified_at, verified_by, version,"
    " provenance, created_at, updated_at) SELECT 'match_00000000000000000000000000', grant_id, 'x', 1, 'USD', created_at,"
    " '{payer}', 1, provenance, created_at, updated_at FROM approval": ("payer", Duty.PREPARER, Duty.PAYER),
    "INSERT INTO ledger_entry (id, program_id, grant_id, disbursement_id, kind, amount, currency, recorded_by, provenance,"
    " created_at) SELECT 'entry_00000000000000000000000000', program_id, grant_id, '{tranche}', 'RETURN', 1, 'USD',"
    " '{approver}', provenance, created_at FROM ledger_entry WHERE kind = 'ENCUMBRANCE'": (
        "approver",
        Duty.APPROVER,
        Duty.PAYER,
    ),
}
"""What is done to the rows, and who has which two duties by that."""


async def test_two_duties_of_one_person_show_in_the_rows(database: Database) -> None:
    books = await make_books(database)
    found = {}
    for statement in ROWS:
        async with books.wronged(statement) as connection:
            found[statement] = await separation.violations(connection)

    def violation(who: str, *duties: Duty) -> list[Violation]:
        return [Violation(books.ids["grant"], books.ids[who], duties)]

    assert found == {statement: violation(*expected) for statement, expected in ROWS.items()}


async def test_the_log_alone_shows_them_too(database: Database) -> None:
    books = await make_books(database)
    forgotten = ("DELETE FROM grant_duty", "DELETE FROM review", "DELETE FROM approval")

    async with books.wronged(*forgotten) as connection:
        assert await separation.violations(connection) == []
        await books.tell(connection, "approver", books.act("screened"))
        await books.tell(connection, "reviewer", books.act("paid"))
        found = await separation.violations(connection)

    assert sorted(found, key=lambda one: one.duties) == [
        Violation(books.ids["grant"], books.ids["approver"], (Duty.PREPARER, Duty.APPROVER)),
        Violation(books.ids["grant"], books.ids["reviewer"], (Duty.REVIEWER, Duty.PAYER)),
    ]


async def test_an_audit_says_it_in_a_sentence(database: Database) -> None:
    books = await make_books(database)

    async with books.wronged() as connection:
        await books.tell(connection, "approver", books.act("screened"))
        found = await audit.audit(connection)

    assert found == [f"Grant {books.ids['grant']}: {books.ids['approver']} is PREPARER and APPROVER of it."]


async def test_acts_of_the_recused_are_found(database: Database) -> None:
    books = await make_books(database)

    async with books.wronged() as connection:
        await books.tell(connection, "officer", books.act("recused"))
        await books.tell(connection, "officer", books.act("suspended"))
        found = await audit.audit(connection)

    number = books.last + 1
    assert found == [
        f"Grant {books.ids['grant']}: in event {number + 1} (grant.suspended) {books.ids['officer']} acted as PREPARER,"
        f" recused from it since event {number}."
    ]


async def test_acts_for_the_fund_of_the_campaigns_own_people_are_found(database: Database) -> None:
    books = await make_books(database)
    number = books.last + 1
    periods = {
        ("added", "removed"): ("campaign_member", "campaign_id"),
        ("granted", "revoked"): ("role_assignment", "scope"),
    }
    for (began, ended), kind in periods.items():
        async with books.wronged() as connection:
            await books.tell(connection, "administrator", books.membership(began, "payer", *kind))
            await books.tell(connection, "payer", books.act("paid"))
            await books.tell(connection, "administrator", books.membership(ended, "payer", *kind))
            await books.tell(connection, "payer", books.act("paid"))
            found = await audit.audit(connection)
        assert found == [
            f"Grant {books.ids['grant']}: in event {number + 1} (grant.paid) {books.ids['payer']} acted as PAYER,"
            f" of the campaign since event {number}."
        ]


async def test_an_award_takes_its_approvals(database: Database) -> None:
    books = await make_books(database)
    missing = f"Grant {books.ids['grant']}: {{}} approved its award of 5000.00 USD, where it takes {{}}."
    wrongs = {
        "UPDATE funding_program SET approval_threshold = 499999": missing.format(1, 2),
        "UPDATE approval SET amount = 499999": missing.format(0, 1),
        "DELETE FROM approval": missing.format(0, 1),
    }
    found = {}
    for statement in wrongs:
        async with books.wronged(statement) as connection:
            found[statement] = await audit.audit(connection)

    assert found == {statement: [sentence] for statement, sentence in wrongs.items()}


async def test_an_approval_of_who_was_recused_or_joined_before_is_none(database: Database) -> None:
    books = await make_books(database)
    missing = f"Grant {books.ids['grant']}: 0 approved its award of 5000.00 USD, where it takes 1."
    again = books.act("approved")

    async with books.wronged() as connection:
        await books.tell(connection, "approver", books.act("recused"))
        await books.tell(connection, "second_approver", again)
        assert missing in await audit.audit(connection)
    async with books.wronged() as connection:
        await books.tell(connection, "administrator", books.membership("added", "approver"))
        await books.tell(connection, "second_approver", again)
        assert missing in await audit.audit(connection)


async def test_what_nobody_knows_the_duty_of_is_found(database: Database) -> None:
    books = await make_books(database)

    async with books.wronged() as connection:
        await books.tell(connection, "payer", books.act("blessed"))
        found = await audit.audit(connection)

    assert found == [f"Event {books.last + 1} is grant.blessed, of which nobody knows whose duty it is."]


SILENT = {"ATTACH", "DECLARE_RECUSAL", "SUBMIT_FINAL_REPORT", "WAIVE_FINAL_REPORT"}
"""Files tell of themselves, a recusal is no duty, and final reports are told of as all reports are."""


def test_every_action_is_told_of_and_each_is_known() -> None:
    """As the source says it: what rules tell of a grant, by `step` and what calls it."""
    source = "\n".join(path.read_text() for path in Path(grants.__path__[0]).glob("*.py"))
    told = set(re.findall(r'(?:step|_prepare|settle)\(\s*tx, held, "(\w+)"', source))

    assert len(told) > 20
    assert told <= TOLD.keys() | {RECUSED.removeprefix("grant.")}
    assert set(GrantAction) - set(TOLD.values()) <= SILENT
    for action in TOLD.values():
        duties = set(lifecycle.duties_of(action))
        assert len(duties) == 1 or duties == {Duty.APPLICANT, Duty.PREPARER}
