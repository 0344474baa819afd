"""Twenty approvals at once, in several processes, on a program with money for some of them: never a cent too much.

FUND_PROOF_SEED says how much money there is (1; `make proofs` takes a new one and prints it), FUND_PROOF_ROUNDS how
often on each database (100).
"""

import os
from random import Random

import pytest
import sqlalchemy as sa

from fund_api.core.database import Database, Dialect
from fund_api.grants.audit import audit
from tests.grants.acting import Office, make_office
from tests.proofs.approvers import Outcome, approvers, in_decision
from tests.rows import fetch, table

SEED = int(os.environ.get("FUND_PROOF_SEED", "1"))
ROUNDS = int(os.environ.get("FUND_PROOF_ROUNDS", "100"))
AT_ONCE = 20
PROCESSES = {Dialect.SQLITE: 2, Dialect.POSTGRESQL: 4}
pytestmark = pytest.mark.proof


async def check(office: Office, outcomes: list[Outcome], appropriation: int, amount: int) -> None:
    """Exactly those won for whom there was money, and every other one was told what is left."""
    won = [outcome.job.grant for outcome in outcomes if outcome.is_won]
    left = appropriation - amount * (appropriation // amount)
    assert [outcome.fault for outcome in outcomes if outcome.fault] == []
    assert len(won) == appropriation // amount
    assert {outcome.left for outcome in outcomes if not outcome.is_won} <= {left}
    assert await office.balances() == (appropriation, appropriation - left, 0, left)
    grants, entries = table("grant").c, table("ledger_entry").c
    approved = sa.select(grants.id).where(grants.program_id == office.program, grants.status == "APPROVED")
    assert sorted(one for (one,) in await fetch(office.database, approved)) == sorted(won)
    promised = sa.select(entries.grant_id, entries.amount).where(entries.program_id == office.program)
    told = await fetch(office.database, promised.where(entries.kind == "ENCUMBRANCE"))
    assert sorted(told) == sorted((one, amount) for one in won)
    async with office.database.reading() as connection:
        assert await audit(connection) == []


async def test_no_program_is_ever_overspent(database: Database) -> None:
    office, chance = await make_office(database), Random(f"{SEED} {database.dialect}")
    with approvers(database, PROCESSES[database.dialect]) as working:
        for number in range(ROUNDS):
            amount = chance.randint(1, 500_000)
            appropriation = amount * chance.randint(1, AT_ONCE - 1) + chance.randint(0, amount - 1)
            jobs = await in_decision(office, f"Round {number}", appropriation, amount, AT_ONCE)
            await check(office, working.approve(jobs), appropriation, amount)
