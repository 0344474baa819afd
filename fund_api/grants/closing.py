"""How the money of a grant stands still and comes to its end: suspension, close-out, and what is settled then."""

import sqlalchemy as sa

from fund_api.core.columns import table_of
from fund_api.core.errors import InvalidTransition
from fund_api.core.writing import Row, Transaction
from fund_api.grants import ledger, lifecycle
from fund_api.grants.lifecycle import GrantAction
from fund_api.grants.paying_tables import Disbursement, DisbursementStatus, GrantReport, ReportStatus
from fund_api.grants.standing import Held, assume, hold, step
from fund_api.grants.tables import GrantStatus

DISBURSEMENT, REPORT = table_of(Disbursement), table_of(GrantReport)
_ON_REPORTS = (
    *(GrantAction.ACCEPT_REPORT, GrantAction.REQUEST_REPORT_CHANGES),
    *(GrantAction.WAIVE_REPORT, GrantAction.WAIVE_FINAL_REPORT),
)
_ON_PAYMENTS = (GrantAction.RECORD_PAYMENT, GrantAction.RECORD_PAYMENT_FAILURE)
_ON_TRANCHES = (GrantAction.APPROVE_DISBURSEMENT, *_ON_PAYMENTS)


async def suspend(tx: Transaction, grant_id: str, reason: str, *, expected_version: int) -> None:
    """Hold payments back, with the reason that the applicant reads."""
    held = await hold(tx, grant_id, GrantAction.SUSPEND, expected_version=expected_version)
    await assume(tx, held)
    await step(tx, held, "suspended", {"reason": reason})


async def resume(tx: Transaction, grant_id: str, reason: str | None, *, expected_version: int) -> None:
    """Let payments go on."""
    held = await hold(tx, grant_id, GrantAction.RESUME, expected_version=expected_version)
    await assume(tx, held)
    await step(tx, held, "resumed", {"reason": reason})


async def close(tx: Transaction, grant_id: str, reason: str | None, *, expected_version: int) -> None:
    """Complete a grant, when no report and no tranche is open any more; what was not paid is available again."""
    held = await hold(tx, grant_id, GrantAction.CLOSE, expected_version=expected_version)
    undone = (REPORT.c.status != ReportStatus.ACCEPTED, REPORT.c.status != ReportStatus.WAIVED)
    if await tx.rows(sa.select(REPORT.c.id).where(REPORT.c.grant_id == grant_id, *undone)):
        message = "Every report is accepted or waived before the grant is closed."
        raise _waits_for(held, message, *_ON_REPORTS)
    if await tx.rows(_tranches(held, DisbursementStatus.SCHEDULED, DisbursementStatus.APPROVED)):
        raise _waits_for(held, "Every tranche is paid or failed before the grant is closed.", *_ON_TRANCHES)
    await assume(tx, held)
    await settle(tx, held, "closed", reason)


async def drop_tranches(tx: Transaction, held: Held, reason: str) -> None:
    """Fail the tranches that are only scheduled. Raises InvalidTransition while one may be on its way to the bank."""
    if await tx.rows(_tranches(held, DisbursementStatus.APPROVED)):
        message = "A tranche is approved: record that it was paid or that it failed before the grant is cancelled."
        raise _waits_for(held, message, *_ON_PAYMENTS)
    for row in await tx.rows(_tranches(held, DisbursementStatus.SCHEDULED)):
        failed = {"status": DisbursementStatus.FAILED, "status_since": tx.now, "reason": reason}
        await tx.alter(Disbursement, "failed", row, failed, campaign_id=held.grant["campaign_id"])


async def settle(tx: Transaction, held: Held, told: str, reason: str | None) -> None:
    """End a grant: release what was promised and is not paid."""
    grant = held.grant
    left = grant["encumbered"]
    ended = {"reason": reason, "closed_at": tx.now, "released": grant["released"] + left}
    ended["scheduled"] = grant["disbursed"] + grant["returned"]
    await step(tx, held, told, ended)
    if left:
        await ledger.release(tx, grant, left)


def _waits_for(held: Held, message: str, *actions: GrantAction) -> InvalidTransition:
    """The refusal of an end that waits for one of these actions, those of them that may be taken now."""
    status = GrantStatus(held.grant["status"])
    return InvalidTransition(message, status, lifecycle.taken(status, *actions))


def _tranches(held: Held, *statuses: DisbursementStatus) -> sa.Select[*tuple[Row, ...]]:
    of_grant = sa.select(DISBURSEMENT).where(DISBURSEMENT.c.grant_id == held.grant["id"])
    return of_grant.where(sa.or_(*(DISBURSEMENT.c.status == one for one in statuses)))
