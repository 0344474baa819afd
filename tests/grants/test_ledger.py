"""The ledger: balances are the sums of random movements, and the database itself stops who goes round its rules.

FUND_LEDGER_MOVEMENTS says how many movements (2,000; `make proofs` does 10,000).
"""

import os
import re
from dataclasses import dataclass, field
from random import Random
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, IntegrityError

from fund_api.core.access import SYSTEM
from fund_api.core.database import Database, Dialect
from fund_api.core.errors import BudgetExceeded, InvalidValue
from fund_api.core.ids import stable_id
from fund_api.core.writing import Row, Transaction
from fund_api.grants import disbursements, ledger, programs
from tests.grants.acting import NOW, PROGRAM, Office, make_office
from tests.grants.books import make_books
from tests.rows import everything, fetch, table
from tests.test_tables import all_checks, own_checks

MOVEMENTS = int(os.environ.get("FUND_LEDGER_MOVEMENTS", "2000"))
GRANTS, PROGRAMS, TOGETHER = MOVEMENTS // 3, 3, 500


@dataclass
class Promise:
    """What a grant is still promised, and of each tranche what was paid and did not come back."""

    row: Row
    tranches: list[str]
    left: int = 0
    paid: dict[str, int] = field(default_factory=dict)


@dataclass
class Mover:
    """Moves money at random, and knows what every balance has to be."""

    tx: Transaction
    random: Random
    programs: dict[str, dict[str, int]]
    fresh: list[Promise]
    open: list[Promise] = field(default_factory=list)
    refused: int = 0

    async def move(self) -> None:
        kinds = (self.appropriate, self.encumber, self.release, self.expend, self.give_back)
        await self.random.choices(kinds, (5, 30, 15, 30, 20))[0]()

    async def appropriate(self) -> None:
        """Up or down; not below what is promised and paid."""
        program = self.random.choice(list(self.programs))
        balance = self.programs[program]
        wanted = max(0, balance["appropriation"] + self.random.randint(-5_000_000, 6_000_000))
        used = balance["encumbered"] + balance["expended"]
        adjusting = programs.adjust_appropriation(self.tx, program, wanted, expected_version=balance["version"])
        if wanted < used:
            await self.refuse(adjusting, balance["appropriation"] - used)
            return
        await adjusting
        balance["version"] += wanted != balance["appropriation"]
        balance["appropriation"] = wanted

    async def encumber(self) -> None:
        """Promise more than there is every now and then."""
        promise = self.fresh[-1]
        balance = self.programs[promise.row["program_id"]]
        available = balance["appropriation"] - balance["encumbered"] - balance["expended"]
        amount = available + 1 if self.random.random() < 0.1 else self.random.randint(1, 400_000)
        promising = ledger.encumber(self.tx, promise.row, amount)
        if amount > available:
            await self.refuse(promising, available)
            return
        await promising
        balance["encumbered"] += amount
        promise.left = amount
        self.open.append(self.fresh.pop())

    async def release(self) -> None:
        if promise := self.some(lambda one: one.left > 0):
            amount = self.random.randint(1, promise.left)
            await ledger.release(self.tx, promise.row, amount)
            promise.left -= amount
            self.programs[promise.row["program_id"]]["encumbered"] -= amount

    async def expend(self) -> None:
        if promise := self.some(lambda one: one.left > 0 and len(one.tranches) > 0):
            amount, tranche = self.random.randint(1, promise.left), promise.tranches.pop()
            await ledger.expend(self.tx, promise.row, tranche, amount)
            promise.left -= amount
            promise.paid[tranche] = amount
            balance = self.programs[promise.row["program_id"]]
            balance["encumbered"] -= amount
            balance["expended"] += amount

    async def give_back(self) -> None:
        if promise := self.some(lambda one: any(one.paid.values())):
            tranche = self.random.choice([one for one, paid in promise.paid.items() if paid])
            amount = self.random.randint(1, promise.paid[tranche])
            await ledger.give_back(self.tx, promise.row, tranche, amount)
            promise.paid[tranche] -= amount
            self.programs[promise.row["program_id"]]["expended"] -= amount

    def some(self, test: Any) -> Promise | None:  # Any: a test of a promise
        tried = (self.random.choice(self.open) for _ in range(20 if self.open else 0))
        return next((one for one in tried if test(one)), None)

    async def refuse(self, work: Any, left: int) -> None:  # Any: what is awaited
        with pytest.raises(BudgetExceeded) as refusal:
            await work
        assert refusal.value.available == left
        self.refused += 1


async def make_mover(office: Office, tx: Transaction) -> Mover:
    """Some programs, and many grants with two tranches each, of which nothing was promised yet."""
    opened = {}
    for number in range(PROGRAMS):
        values = PROGRAM | {"fiscal_year_id": office.fiscal_year, "name": f"Program {number}"}
        program = await programs.open_program(tx, values)
        opened[program] = {"appropriation": 2_000_000, "encumbered": 0, "expended": 0, "version": 1}
    stamps = {"provenance": "FICTIONAL", "created_at": NOW, "updated_at": NOW}
    common = {
        "campaign_id": office.campaign,
        "community_id": await community(tx, office.campaign),
        "version": 1,
    } | stamps
    common |= {"status": "IN_DECISION", "status_since": NOW, "purpose": "x", "currency": "USD", "requested": 1}
    common |= dict.fromkeys(("scheduled", "disbursed", "returned", "released"), 0)
    grants = [
        common | {"id": stable_id("grant", str(number)), "program_id": list(opened)[number % PROGRAMS]}
        for number in range(GRANTS)
    ]
    tranche = {"amount": 1, "returned": 0, "currency": "USD", "lobbying": False, "status": "SCHEDULED"} | stamps
    tranches = [
        tranche | {"id": stable_id("disb", f"{row['id']}/{number}"), "grant_id": row["id"], "number": number}
        for row in grants
        for number in (1, 2)
    ]
    await tx.connection.execute(table("grant").insert(), grants)
    more = {"status_since": NOW, "version": 1}
    await tx.connection.execute(table("disbursement").insert(), [one | more for one in tranches])
    promises = [Promise(row, [stable_id("disb", f"{row['id']}/{number}") for number in (1, 2)]) for row in grants]
    return Mover(tx, Random(7), opened, promises)


async def community(tx: Transaction, campaign: str) -> str:
    rows = table("campaign").c
    [found] = await tx.rows(sa.select(rows.community_id).where(rows.id == campaign))
    return str(found["community_id"])


async def test_every_balance_is_the_sum_of_random_movements(database: Database) -> None:
    office = await make_office(database)
    async with database.writing() as connection:
        mover = await make_mover(office, Transaction(connection, SYSTEM, NOW))
    for _ in range(MOVEMENTS // TOGETHER):
        async with database.writing() as connection:  # without events, which are not what is tried here
            mover.tx = Transaction(connection, SYSTEM, NOW)
            for _ in range(TOGETHER):
                await mover.move()

    program, entry = table("funding_program").c, table("ledger_entry").c
    kept = await fetch(database, sa.select(program.id, program.appropriation, program.encumbered, program.expended))
    sums: dict[str, dict[str, int]] = {}
    for program_id, kind, amount in await fetch(database, sa.select(entry.program_id, entry.kind, entry.amount)):
        of_program = sums.setdefault(program_id, {})
        of_program[kind] = of_program.get(kind, 0) + amount
    for program_id, *balances in kept:
        if program_id == office.program:
            continue
        known, found = mover.programs[program_id], sums[program_id]
        assert balances == [known["appropriation"], known["encumbered"], known["expended"]]
        assert balances == [
            found["APPROPRIATION"],
            found["ENCUMBRANCE"] - found["RELEASE"] - found["EXPENDITURE"],
            found["EXPENDITURE"] - found["RETURN"],
        ]
    assert mover.refused > MOVEMENTS // 100
    assert len(mover.open) > MOVEMENTS // 10


WRONG = {
    "UPDATE funding_program SET encumbered = appropriation + 1": "ck_funding_program_within_appropriation",
    "UPDATE funding_program SET appropriation = 100": "ck_funding_program_within_appropriation",
    "UPDATE funding_program SET encumbered = -1": "ck_funding_program_encumbered_range",
    "UPDATE funding_program SET expended = -1": "ck_funding_program_expended_range",
    "UPDATE funding_program SET grant_minimum = grant_maximum + 1": "ck_funding_program_grant_bounds",
    "UPDATE funding_program SET closes_on = '2020-01-01'": "ck_funding_program_open_order",
    "UPDATE funding_program SET match_hundredths = 1": "ck_funding_program_match_share",
    'UPDATE "grant" SET awarded = requested + 1': "ck_grant_awarded_within_request",
    "UPDATE \"grant\" SET status = 'IN_DECISION'": "ck_grant_awarded_once_approved",
    'UPDATE "grant" SET scheduled = awarded + 1': "ck_grant_scheduled_within_award",
    'UPDATE "grant" SET disbursed = scheduled': "ck_grant_paid_within_scheduled",
    'UPDATE "grant" SET released = awarded - disbursed': "ck_grant_settled_within_award",
    'UPDATE "grant" SET disbursed = -1': "ck_grant_disbursed_range",
    "UPDATE \"grant\" SET status = 'COMPLETED'": "ck_grant_settled_at_the_end",
    "UPDATE disbursement SET returned = amount + 1 WHERE number = 1": "ck_disbursement_returned_within_amount",
    "UPDATE disbursement SET returned = amount WHERE number = 1": "ck_disbursement_returned_whole",
    "UPDATE disbursement SET returned = 1 WHERE number = 2": "ck_disbursement_returned_once_paid",
    "UPDATE disbursement SET status = 'APPROVED' WHERE number = 2": "ck_disbursement_approved_by_somebody",
    "UPDATE disbursement SET status = 'FAILED' WHERE number = 2": "ck_disbursement_failed_because",
    "UPDATE disbursement SET status = 'SCHEDULED' WHERE number = 1": "ck_disbursement_paid",
    "UPDATE disbursement SET paid_by = NULL WHERE number = 1": "ck_disbursement_paid_by_somebody",
    "UPDATE fiscal_year SET lobbying = lobbying_cap + 1": "ck_fiscal_year_lobbying_within_cap",
    "UPDATE fiscal_year SET lobbying_cap = 1": "ck_fiscal_year_lobbying_within_cap",
    "UPDATE fiscal_year SET lobbying = -1": "ck_fiscal_year_lobbying_range",
    "UPDATE fiscal_year SET ends_on = starts_on": "ck_fiscal_year_days_order",
}
"""What a wrong rule might do, and the CHECK that stops it."""


async def test_a_wrong_rule_is_stopped_by_the_database(database: Database) -> None:
    books = await make_books(database)
    before = await everything(database)
    found = {}
    for statement in WRONG:
        with pytest.raises(IntegrityError) as refusal:
            async with database.writing() as connection:
                await connection.execute(sa.text(statement))
        found[statement] = re.findall(r"ck_\w+", str(refusal.value.orig))[0]

    assert found == WRONG
    assert await everything(database) == before
    assert books.office.program


def test_every_check_between_columns_of_money_is_tried() -> None:
    names = ("funding_program", "grant", "disbursement", "fiscal_year")
    between = {check for name in names for check in all_checks(table(name)) - own_checks(table(name))}

    assert between - set(WRONG.values()) == set()


async def test_entries_of_the_ledger_are_neither_changed_nor_deleted(database: Database) -> None:
    await make_books(database)
    before = await everything(database)
    statements = ["UPDATE ledger_entry SET amount = 1", "DELETE FROM ledger_entry"]
    statements += ["TRUNCATE ledger_entry"] if database.dialect is Dialect.POSTGRESQL else []
    for statement in statements:
        with pytest.raises(DBAPIError, match="ledger_entry is append-only"):
            async with database.writing() as connection:
                await connection.execute(sa.text(statement))

    assert await everything(database) == before


@pytest.mark.parametrize("kind", ["ENCUMBRANCE", "EXPENDITURE"])
async def test_a_grant_is_promised_once_and_a_tranche_paid_once(database: Database, kind: str) -> None:
    await make_books(database)
    before = await everything(database)
    columns = "program_id, grant_id, disbursement_id, kind, amount, currency, recorded_by, provenance, created_at"
    again = (
        f"INSERT INTO ledger_entry (id, {columns}) SELECT 'entry_{'0' * 26}', {columns} FROM ledger_entry"
        f" WHERE kind = '{kind}'"
    )

    with pytest.raises(IntegrityError, match=r"(?i)unique"):
        async with database.writing() as connection:
            await connection.execute(sa.text(again))

    assert await everything(database) == before


@pytest.mark.parametrize(
    ("name", "person"), [("grant_duty", "person_id"), ("review", "reviewer_id"), ("approval", "approver_id")]
)
async def test_nobody_is_there_twice_on_one_grant(database: Database, name: str, person: str) -> None:
    await make_books(database)
    before = await everything(database)
    columns = [column.name for column in table(name).columns if column.name != "id"]
    new = f"{table(name).c.id.info['prefix']}_{'0' * 26}"
    again = f"INSERT INTO {name} (id, {', '.join(columns)}) SELECT '{new}', {', '.join(columns)} FROM {name} LIMIT 1"

    with pytest.raises(IntegrityError, match=rf"(?i)unique.*{person}"):
        async with database.writing() as connection:
            await connection.execute(sa.text(again))

    assert await everything(database) == before


@pytest.mark.parametrize("amount", [0, -1, 150_001])
async def test_at_least_a_cent_comes_back_and_at_most_what_was_paid(database: Database, amount: int) -> None:
    books = await make_books(database)
    before = await everything(database)

    with pytest.raises(
        InvalidValue, match=r"Of this tranche 1500\.00 can come back|What comes back is more than nothing"
    ):
        async with books.office.acting("payer") as tx:
            await disbursements.record_return(tx, books.ids["tranche"], amount, "x", expected_version=4)

    assert await everything(database) == before
