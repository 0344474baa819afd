"""Disbursements: tranches of a grant, from the schedule to the payment, its failure, and money that comes back."""

from collections.abc import Mapping
from datetime import date

import sqlalchemy as sa

from fund_api.campaigns import fiscal_years
from fund_api.core.columns import table_of
from fund_api.core.errors import InvalidTransition, InvalidValue
from fund_api.core.money import to_decimal
from fund_api.core.writing import Row, Transaction
from fund_api.grants import ledger
from fund_api.grants.agreements import check_conditions, check_match
from fund_api.grants.lifecycle import GrantAction
from fund_api.grants.paying_tables import (
    ConditionKind,
    Disbursement,
    DisbursementStatus,
    GrantReport,
    ReportKind,
    ReportStatus,
)
from fund_api.grants.standing import Held, actor, assume, hold, hold_by, step

DISBURSEMENT, REPORT = table_of(Disbursement), table_of(GrantReport)
Status = DisbursementStatus
_MAY: Mapping[GrantAction, tuple[tuple[Status, ...], str]] = {
    GrantAction.APPROVE_DISBURSEMENT: ((Status.SCHEDULED,), "be approved"),
    GrantAction.RECORD_PAYMENT: ((Status.APPROVED,), "be paid"),
    GrantAction.RECORD_PAYMENT_FAILURE: ((Status.SCHEDULED, Status.APPROVED), "fail"),
    GrantAction.RECORD_RETURN: ((Status.PAID,), "come back"),
}
"""Where a tranche stands when an action is taken on it, and what it can do then."""


async def schedule(
    tx: Transaction, grant_id: str, amount: int, *, lobbying: bool, due_on: date | None, expected_version: int
) -> str:
    """Plan a tranche and return its id; the first one makes the grant active.

    `lobbying` says whether paying it counts as lobbying of the fund. Raises InvalidValue for more than is left of the
    award.
    """
    held = await hold(tx, grant_id, GrantAction.SCHEDULE_DISBURSEMENT, expected_version=expected_version)
    left = held.grant["awarded"] - held.grant["scheduled"]
    if amount > left:
        raise InvalidValue(f"Of the award {to_decimal(left)} is not scheduled; {to_decimal(amount)} is more.", "amount")
    last = await tx.connection.scalar(sa.select(sa.func.max(DISBURSEMENT.c.number)).where(_of(grant_id)))
    row = {"grant_id": grant_id, "number": (last or 0) + 1, "amount": amount, "returned": 0, "lobbying": lobbying}
    row |= {"currency": held.grant["currency"], "due_on": due_on, "status": Status.SCHEDULED, "status_since": tx.now}
    disbursement_id = await tx.add(Disbursement, "scheduled", row, campaign_id=held.grant["campaign_id"])
    await assume(tx, held)
    await step(tx, held, "disbursement_scheduled", {"scheduled": held.grant["scheduled"] + amount})
    return disbursement_id


async def approve(tx: Transaction, disbursement_id: str, *, expected_version: int) -> None:
    """Give leave to pay a tranche, once all that is asked before a payment is so."""
    held, row = await _held(tx, disbursement_id, GrantAction.APPROVE_DISBURSEMENT, expected_version)
    await _check_ready(tx, held, row)
    await _change(tx, held, row, "approved", {"status": Status.APPROVED, "approved_by": actor(tx)})
    await assume(tx, held)
    await step(tx, held, "disbursement_approved", {})


async def record_payment(
    tx: Transaction, disbursement_id: str, paid_on: date, reference: str | None, *, expected_version: int
) -> None:
    """Note that a tranche was paid. What counts as lobbying counts in the fiscal year of that day.

    Raises BudgetExceeded for a payment that passes the lobbying cap, InvalidValue for a day to come, or before the
    agreement.
    """
    held, row = await _held(tx, disbursement_id, GrantAction.RECORD_PAYMENT, expected_version)
    if paid_on > tx.now.date():
        raise InvalidValue(f"A payment is recorded once it is made, not for {paid_on}.", "paid_on")
    if paid_on < held.grant["agreement_on"]:
        signed_on = held.grant["agreement_on"]
        raise InvalidValue(f"The agreement was signed on {signed_on}; nothing was paid on {paid_on}.", "paid_on")
    await _check_ready(tx, held, row)
    paid = {"status": Status.PAID, "paid_on": paid_on, "paid_by": actor(tx), "payment_reference": reference}
    await _change(tx, held, row, "paid", paid)
    await assume(tx, held)
    await step(tx, held, "paid", {"disbursed": held.grant["disbursed"] + row["amount"]})
    await ledger.expend(tx, held.grant, disbursement_id, row["amount"])
    if row["lobbying"] and not await fiscal_years.count_lobbying(tx, paid_on, row["amount"]):
        raise InvalidValue(f"No fiscal year is open for {paid_on}, in which it would count as lobbying.", "paid_on")


async def record_payment_failure(tx: Transaction, disbursement_id: str, reason: str, *, expected_version: int) -> None:
    """Note that a tranche could not, or will not, be paid; its amount can be scheduled anew."""
    held, row = await _held(tx, disbursement_id, GrantAction.RECORD_PAYMENT_FAILURE, expected_version)
    await _change(tx, held, row, "failed", {"status": Status.FAILED, "reason": reason})
    await assume(tx, held)
    await step(tx, held, "payment_failed", {"scheduled": held.grant["scheduled"] - row["amount"]})


async def record_return(
    tx: Transaction, disbursement_id: str, amount: int, reason: str, *, expected_version: int
) -> None:
    """Note that money of a tranche came back, all or a part of it; it is available to the program again."""
    held, row = await _held(tx, disbursement_id, GrantAction.RECORD_RETURN, expected_version)
    if amount < 1:
        raise InvalidValue(f"What comes back is more than nothing, not {to_decimal(amount)}.", "amount")
    left = row["amount"] - row["returned"]
    if amount > left:
        raise InvalidValue(f"Of this tranche {to_decimal(left)} can come back, not {to_decimal(amount)}.", "amount")
    status = Status.RETURNED if amount == left else Status.PAID
    returned = {"status": status, "returned": row["returned"] + amount, "reason": reason}
    await _change(tx, held, row, "returned", returned)
    await assume(tx, held)
    moved = {"disbursed": held.grant["disbursed"] - amount, "returned": held.grant["returned"] + amount}
    await step(tx, held, "money_returned", moved)
    await ledger.give_back(tx, held.grant, disbursement_id, amount)
    if row["lobbying"]:
        await fiscal_years.uncount_lobbying(tx, row["paid_on"], amount)


async def _held(tx: Transaction, disbursement_id: str, action: GrantAction, expected_version: int) -> tuple[Held, Row]:
    """The grant and its tranche, held for an action. Raises InvalidTransition where the tranche does not allow it."""
    held, row = await hold_by(tx, Disbursement, disbursement_id, action, expected_version)
    starts, said = _MAY[action]
    status = Status(row["status"])
    if status not in starts:
        allowed = [one for one, (statuses, _) in _MAY.items() if status in statuses]
        message = f"Only a tranche in {' or '.join(starts)} can {said}; this one is in {status}."
        raise InvalidTransition(message, status, allowed)
    return held, row


async def _check_ready(tx: Transaction, held: Held, row: Row) -> None:
    """Raises InvalidTransition while something is asked before this tranche is paid."""
    await check_conditions(tx, held, ConditionKind.BEFORE_PAYMENT, "a payment")
    await check_match(tx, held, verified=True)
    grant = held.grant
    if grant["disbursed"] + grant["returned"] + row["amount"] < grant["awarded"]:
        return
    final = (REPORT.c.kind == ReportKind.FINAL, REPORT.c.status == ReportStatus.ACCEPTED)
    if await tx.connection.scalar(sa.select(REPORT.c.id).where(REPORT.c.grant_id == grant["id"], *final)) is None:
        message = "The last tranche waits for the final report to be accepted."
        raise InvalidTransition(message, row["status"], (GrantAction.SUBMIT_FINAL_REPORT, GrantAction.ACCEPT_REPORT))


async def _change(tx: Transaction, held: Held, row: Row, told: str, values: Row) -> None:
    moved = {"status_since": tx.now} if values["status"] != row["status"] else {}
    await tx.alter(Disbursement, told, row, values | moved, campaign_id=held.grant["campaign_id"])


def _of(grant_id: str) -> sa.ColumnElement[bool]:
    return DISBURSEMENT.c.grant_id == grant_id
