"""Decisions: approving, which promises money; declining; and cancelling, which gives back what is not paid."""

from collections.abc import Sequence

import sqlalchemy as sa

from fund_api.campaigns.tables import Stage
from fund_api.core.errors import InvalidTransition, InvalidValue, NotAllowed, placed
from fund_api.core.facts import DatePrecision, HistoricDate
from fund_api.core.money import to_decimal
from fund_api.core.writing import Transaction
from fund_api.grants import closing, ledger, lifecycle, reviews
from fund_api.grants.applications import CAMPAIGN_CLOSED, check_bounds
from fund_api.grants.deciding_tables import Approval
from fund_api.grants.lifecycle import GrantAction
from fund_api.grants.paying_tables import ConditionKind, GrantCondition
from fund_api.grants.standing import APPROVAL, Held, actor, assume, hold, stands_apart, step
from fund_api.grants.tables import GrantStatus
from fund_api.grants.visibility import GRANT

Condition = tuple[ConditionKind, str]
MOST_CONDITIONS = 50
"""Conditions that one approval may set."""


def _counting(value: sa.ColumnElement[int], *conditions: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
    """Of the approvals of a grant that count now."""
    counts = (APPROVAL.c.grant_id == GRANT.c.id, stands_apart(APPROVAL.c.approver_id))
    return sa.select(value).where(*counts, *conditions).correlate(GRANT).scalar_subquery()


NUMBER = sa.func.count(APPROVAL.c.id)
BEFORE = {
    "approvals": _counting(NUMBER),
    "amount": _counting(sa.func.min(APPROVAL.c.amount)),
} | reviews.COUNTED


async def approve(
    tx: Transaction,
    grant_id: str,
    amount: int,
    *,
    reason: str | None = None,
    conditions: Sequence[Condition] = (),
    expected_version: int,
) -> str:
    """Approve an amount, in minor units, and return the approval's id.

    The grant is approved, and its program's money promised, once enough approvers said yes to the same amount: two of
    them above the program's threshold, else one. Raises BudgetExceeded with what is available.
    """
    held = await hold(tx, grant_id, GrantAction.APPROVE, expected_version=expected_version, more=BEFORE)
    _check_open(tx, held)
    reviews.check_quorum(held, GrantAction.APPROVE)
    _check_amount(held, amount)
    row = {"grant_id": grant_id, "approver_id": actor(tx), "amount": amount, "currency": held.grant["currency"]}
    approval_id = await tx.add(Approval, "given", row | {"reason": reason})
    threshold = held.program["approval_threshold"]
    needed = 2 if threshold is not None and amount > threshold else 1
    if held.more["approvals"] + 1 < needed:
        await step(tx, held, "approval_given", {}, end=GrantStatus.IN_DECISION)
    else:
        enough = _counting(NUMBER, APPROVAL.c.amount == amount) >= needed  # somebody may have joined the campaign since
        await step(tx, held, "approved", {"awarded": amount, "decided_at": tx.now, "reason": None}, enough)
        await ledger.encumber(tx, held.grant, amount)
    await _set_conditions(tx, held, conditions)
    return approval_id


async def decline(tx: Transaction, grant_id: str, reason: str, *, expected_version: int) -> None:
    """Decline an application, with the reason that the applicant reads."""
    held = await hold(tx, grant_id, GrantAction.DECLINE, expected_version=expected_version)
    await assume(tx, held)
    await step(tx, held, "declined", {"reason": reason, "decided_at": tx.now})


async def cancel(tx: Transaction, grant_id: str, reason: str, *, expected_version: int) -> None:
    """End a grant that was approved, with the reason that the applicant reads; what is not paid is available again."""
    held = await hold(tx, grant_id, GrantAction.CANCEL, expected_version=expected_version)
    await closing.drop_tranches(tx, held, reason)
    await assume(tx, held)
    await closing.settle(tx, held, "cancelled", reason)


def _check_open(tx: Transaction, held: Held) -> None:
    """Raises InvalidTransition when the program approves nothing any more, or nothing for this campaign."""
    status, day = GrantStatus(held.grant["status"]), held.campaign["election_on"]
    election = day and HistoricDate(day, DatePrecision(held.campaign["election_on_precision"]))
    is_over = election and election.last_day < tx.now.date() and not held.program["approves_after_election"]
    for stands, message in (
        (held.program["closed_at"] is not None, ledger.CLOSED),
        (held.campaign["stage"] == Stage.CLOSED, CAMPAIGN_CLOSED),
        (is_over, f"The election of {election} is over, and this program approves nothing after it."),
    ):
        if stands:
            raise InvalidTransition(message, status, lifecycle.besides(GrantAction.APPROVE, status))


def _check_amount(held: Held, amount: int) -> None:
    """Raises NotAllowed for a second approval of the same person, InvalidValue for an amount that can't be approved."""
    requested = held.grant["requested"]
    if held.has_approved:
        raise NotAllowed("You have approved this grant already; the second approval is somebody else's.")
    if amount > requested:
        message = f"At most what was requested, {to_decimal(requested)}, can be approved; not {to_decimal(amount)}."
        raise InvalidValue(message, "amount")
    check_bounds(held.program, amount, "amount")
    if held.more["approvals"] and held.more["amount"] != amount:
        said = to_decimal(held.more["amount"])
        raise InvalidValue(f"Somebody else approved {said}; a second approval is of the same amount.", "amount")


async def _set_conditions(tx: Transaction, held: Held, conditions: Sequence[Condition]) -> None:
    if len(conditions) > MOST_CONDITIONS:
        raise InvalidValue(f"An approval sets at most {MOST_CONDITIONS} conditions.", "conditions")
    for place, (kind, text) in enumerate(conditions):
        row = {"grant_id": held.grant["id"], "kind": kind, "text": text}
        with placed("conditions", str(place)):
            await tx.add(GrantCondition, "set", row, campaign_id=held.grant["campaign_id"])
