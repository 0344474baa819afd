"""The audit names what is wrong with the money, and `fund-api audit` tells it."""

import asyncio
from pathlib import Path

import sqlalchemy as sa

from fund_api import migrations
from fund_api.core.database import Database, Dialect
from fund_api.grants import audit, programs, separation
from tests.commands import Run
from tests.grants.acting import PROGRAM
from tests.grants.books import make_books
from tests.rows import table

NEW = f"entry_{'0' * 26}"
ENTRY = (
    "INSERT INTO ledger_entry (id, program_id, grant_id, disbursement_id, kind, amount, currency, provenance, created_at)"
    f" SELECT '{NEW}', <program>, <grant>, <tranche>, '<kind>', <amount>, 'USD', 'ENTERED', created_at"
    " FROM ledger_entry WHERE kind = 'ENCUMBRANCE'"
)


def entry(kind: str, amount: int, tranche: str = "NULL", **other: str) -> str:
    """A statement that adds one more entry, about the grant unless it is told otherwise."""
    about = {"program": "'{program}'", "grant": "'{grant}'"} | other
    statement = ENTRY
    for name, value in (about | {"tranche": tranche, "kind": kind, "amount": str(amount)}).items():
        statement = statement.replace(f"<{name}>", value)
    return statement


MONEY: list[tuple[str, list[str]]] = [
    (
        "UPDATE funding_program SET encumbered = encumbered + 1",
        ["Funding program {program}: encumbered is 3000.01, where it should be 3000.00 by each ledger entry of it."],
    ),
    (
        "UPDATE funding_program SET expended = 0, appropriation = appropriation + 5",
        [
            "Funding program {program}: appropriation is 20000.05, where it should be 20000.00 by each ledger entry of it.",
            "Funding program {program}: expended is 0.00, where it should be 1500.00 by each ledger entry of it.",
        ],
    ),
    (
        'UPDATE "grant" SET awarded = 499999',
        [
            "Grant {grant}: awarded is 4999.99, where it should be 5000.00 by each ledger entry of it.",
            "Grant {grant}: encumbered is 2999.99, where it should be 3000.00 by each ledger entry of it.",
            "Grant {grant}: 0 approved its award of 4999.99 USD, where it takes 1.",
        ],
    ),
    (
        'UPDATE "grant" SET disbursed = disbursed + 7, returned = returned - 7',
        [
            "Grant {grant}: disbursed is 1500.07, where it should be 1500.00 by each ledger entry of it.",
            "Grant {grant}: returned is 499.93, where it should be 500.00 by each ledger entry of it.",
        ],
    ),
    (
        'UPDATE "grant" SET released = 1',
        [
            "Grant {grant}: released is 0.01, where it should be 0.00 by each ledger entry of it.",
            "Grant {grant}: encumbered is 2999.99, where it should be 3000.00 by each ledger entry of it.",
        ],
    ),
    (
        'UPDATE "grant" SET scheduled = 200000',
        ["Grant {grant}: scheduled is 2000.00, where it should be 3000.00 by each disbursement of it."],
    ),
    (
        "UPDATE disbursement SET amount = amount + 1 WHERE id = '{planned}'",
        ["Grant {grant}: scheduled is 3000.00, where it should be 3000.01 by each disbursement of it."],
    ),
    (
        "UPDATE disbursement SET returned = returned - 1 WHERE id = '{tranche}'",
        [
            "Tranche {tranche} of grant {grant} is PAID, 2000.00 with 499.99 back; its entries are 1 of payments, 2000.00"
            " in all, and 500.00 back.",
            "Fiscal year 2027: 1500.00 counts as lobbying, where 0.00 was logged and 1500.01 paid.",
        ],
    ),
    (
        "UPDATE disbursement SET status = 'PAID', approved_by = '{approver}', paid_by = '{payer}', paid_on = '2026-11-22'"
        " WHERE id = '{planned}'",
        [
            "Tranche {planned} of grant {grant} is PAID, 1000.00 with 0.00 back; its entries are 0 of payments, 0.00 in all,"
            " and 0.00 back.",
        ],
    ),
    (
        "UPDATE fiscal_year SET lobbying = lobbying + 1",
        ["Fiscal year 2027: 1500.01 counts as lobbying, where 0.00 was logged and 1500.00 paid."],
    ),
    (
        entry("RELEASE", 100),
        [
            "Funding program {program}: encumbered is 3000.00, where it should be 2999.00 by each ledger entry of it.",
            "Grant {grant}: released is 0.00, where it should be 1.00 by each ledger entry of it.",
            "Grant {grant}: encumbered is 3000.00, where it should be 2999.00 by each ledger entry of it.",
        ],
    ),
    (
        entry("EXPENDITURE", 100, "'{planned}'"),
        [
            "Funding program {program}: encumbered is 3000.00, where it should be 2999.00 by each ledger entry of it.",
            "Funding program {program}: expended is 1500.00, where it should be 1501.00 by each ledger entry of it.",
            "Grant {grant}: disbursed is 1500.00, where it should be 1501.00 by each ledger entry of it.",
            "Grant {grant}: encumbered is 3000.00, where it should be 2999.00 by each ledger entry of it.",
            "Tranche {planned} of grant {grant} is SCHEDULED, 1000.00 with 0.00 back; its entries are 1 of payments, 1.00 in"
            " all, and 0.00 back.",
        ],
    ),
]
"""What is done to the books, and what the audit says of it."""


async def test_right_books_are_right(database: Database) -> None:
    books = await make_books(database)

    async with books.wronged() as connection:
        assert await audit.audit(connection) == []
        assert await audit.examined(connection) == audit.Examined(programs=1, grants=1, entries=4, decisions=1)
        assert await separation.violations(connection) == []


async def test_money_that_does_not_add_up_is_named(database: Database) -> None:
    books = await make_books(database)
    found = {}
    for statement, _ in MONEY:
        async with books.wronged(statement) as connection:
            found[statement] = await audit.audit(connection)

    assert found == {statement: [one.format(**books.ids) for one in expected] for statement, expected in MONEY}


async def test_an_entry_that_is_not_of_its_grants_program_or_tranche_is_named(database: Database) -> None:
    books = await make_books(database)
    async with books.office.acting("administrator") as tx:
        values = PROGRAM | {"fiscal_year_id": books.office.fiscal_year, "name": "Another one"}
        another = await programs.open_program(tx, values)
    grant = await books.office.drafted()
    for wrong in (entry("RELEASE", 1, program=f"'{another}'"), entry("RETURN", 1, "'{tranche}'", grant=f"'{grant}'")):
        async with books.wronged(wrong) as connection:
            found = await audit.audit(connection)
        stray = f"of grant {grant if grant in wrong else books.ids['grant']} is in another program, or about a tranche"
        assert f"Entry {NEW} {stray} of another grant." in found


async def test_a_hundred_sentences_are_enough(database: Database) -> None:
    books = await make_books(database)
    columns = ", ".join(column.name for column in table("grant").columns if column.name != "id" and not column.computed)
    copies = (
        f'WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 150) INSERT INTO "grant" (id, {columns})'
        f" SELECT 'grant_' || substr('00000000000000000000000000' || i, -26), {columns} FROM \"grant\", n"
    )
    if database.dialect is Dialect.POSTGRESQL:
        copies = copies.replace("substr('00000000000000000000000000' || i, -26)", "lpad(i::text, 26, '0')")

    async with books.wronged(copies) as connection:
        found = await audit.audit(connection)

    assert len(found) == 100


def test_the_command_says_what_is_wrong_and_fails(run: Run, tmp_path: Path) -> None:
    database = Database.at(f"sqlite:///{tmp_path / 'fund.db'}")

    async def wrong() -> None:
        await migrations.upgrade(database)
        await make_books(database)
        async with database.writing() as connection:
            await connection.execute(sa.text("UPDATE fiscal_year SET lobbying = 0"))
        await database.close()

    asyncio.run(wrong())

    assert run("audit") == (
        1,
        "",
        "Fiscal year 2027: 0.00 counts as lobbying, where 0.00 was logged and 1500.00 paid.\n",
    )


def test_the_command_says_how_much_agrees(run: Run, tmp_path: Path) -> None:
    database = Database.at(f"sqlite:///{tmp_path / 'fund.db'}")

    async def right() -> None:
        await migrations.upgrade(database)
        await make_books(database)
        await database.close()

    asyncio.run(right())
    status, said, complained = run("audit")

    assert (status, complained) == (0, "")
    assert said.splitlines()[1:] == [
        "Every balance agrees with the ledger (programs: 1, grants: 1, entries: 4); nobody had two duties on a grant (decisions: 1).",
        "The printed stock agrees with its orders (items: 0, lines: 0).",
        "No advisor has more than they take (advisors: 0, assignments: 0).",
    ]
