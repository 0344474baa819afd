"""The ledger: every movement of a program's money is one conditional statement on its balances, and one entry.

Rules call these inside their transaction, after they changed the grant: everybody takes the rows in that order, so
that two of them can't wait for each other.
"""

import sqlalchemy as sa

from fund_api.core.columns import table_of
from fund_api.core.errors import BudgetExceeded, InvalidTransition
from fund_api.core.money import to_decimal
from fund_api.core.writing import Row, Transaction
from fund_api.grants.lifecycle import GrantAction, besides
from fund_api.grants.paying_tables import EntryKind, LedgerEntry
from fund_api.grants.tables import FundingProgram, GrantStatus

PROGRAM, ENTRY = table_of(FundingProgram), table_of(LedgerEntry)
CLOSED = "The program is closed and approves nothing any more."
AVAILABLE = PROGRAM.c.appropriation - PROGRAM.c.encumbered - PROGRAM.c.expended


async def encumber(tx: Transaction, grant: Row, amount: int) -> None:
    """Promise money of the grant's program.

    Raises BudgetExceeded, with what is available, when there is not enough, and InvalidTransition once it is closed.
    """
    promised = {"encumbered": PROGRAM.c.encumbered + amount}
    if not await _move(tx, grant, promised, AVAILABLE - amount >= 0, PROGRAM.c.closed_at.is_(None)):
        query = sa.select(PROGRAM.c.available, PROGRAM.c.closed_at).where(PROGRAM.c.id == grant["program_id"])
        left, closed_at = (await tx.connection.execute(query)).one()
        if closed_at is not None:
            decided = GrantStatus.IN_DECISION
            raise InvalidTransition(CLOSED, decided, besides(GrantAction.APPROVE, decided))
        message = f"The program has {to_decimal(left)} {grant['currency']} available, less than {to_decimal(amount)}."
        raise BudgetExceeded(message, left)
    await _enter(tx, EntryKind.ENCUMBRANCE, grant, amount)


async def release(tx: Transaction, grant: Row, amount: int) -> None:
    """Take a promise back: what the grant will not be paid is available again."""
    await _must(tx, grant, {"encumbered": PROGRAM.c.encumbered - amount})
    await _enter(tx, EntryKind.RELEASE, grant, amount)


async def expend(tx: Transaction, grant: Row, disbursement_id: str, amount: int) -> None:
    """Pay what was promised."""
    balances = {"encumbered": PROGRAM.c.encumbered - amount, "expended": PROGRAM.c.expended + amount}
    await _must(tx, grant, balances)
    await _enter(tx, EntryKind.EXPENDITURE, grant, amount, disbursement_id)


async def give_back(tx: Transaction, grant: Row, disbursement_id: str, amount: int) -> None:
    """Take money that came back: it is available again."""
    await _must(tx, grant, {"expended": PROGRAM.c.expended - amount})
    await _enter(tx, EntryKind.RETURN, grant, amount, disbursement_id)


async def appropriate(tx: Transaction, program: Row, amount: int) -> None:
    """Note that a program was given money or, below zero, that some was taken away; its row holds it already."""
    about = {"program_id": program["id"], "currency": program["currency"]}
    row = about | {"kind": EntryKind.APPROPRIATION, "amount": amount, "recorded_by": tx.viewer.id}
    await tx.add(LedgerEntry, "entered", row)


async def _move(
    tx: Transaction, grant: Row, balances: dict[str, sa.ColumnElement[int]], *conditions: sa.ColumnElement[bool]
) -> bool:
    """Change the balances of the grant's program, as far as the conditions hold; whether they did."""
    statement = PROGRAM.update().where(PROGRAM.c.id == grant["program_id"], *conditions)
    return (await tx.connection.execute(statement.values(balances | {"updated_at": tx.now}))).rowcount == 1


async def _must(tx: Transaction, grant: Row, balances: dict[str, sa.ColumnElement[int]]) -> None:
    if not await _move(tx, grant, balances):
        raise LookupError(f"the program of {grant['id']} is gone")


async def _enter(tx: Transaction, kind: EntryKind, grant: Row, amount: int, disbursement_id: str | None = None) -> None:
    about = {"program_id": grant["program_id"], "grant_id": grant["id"], "disbursement_id": disbursement_id}
    row = about | {"kind": kind, "amount": amount, "currency": grant["currency"], "recorded_by": tx.viewer.id}
    await tx.add(LedgerEntry, "entered", row)
