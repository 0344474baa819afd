"""Reports of applicants on their grants, and what the fund says to them."""

from collections.abc import Mapping

import sqlalchemy as sa

from fund_api.core.columns import table_of
from fund_api.core.errors import InvalidTransition
from fund_api.core.writing import Row, Transaction
from fund_api.grants.lifecycle import GrantAction
from fund_api.grants.paying_tables import GrantReport, ReportKind, ReportStatus
from fund_api.grants.standing import Held, assume, hold_by, step

REPORT = table_of(GrantReport)
Status = ReportStatus
_NEXT: Mapping[Status, tuple[GrantAction, ...]] = {
    Status.DUE: (GrantAction.SUBMIT_REPORT, GrantAction.WAIVE_REPORT),
    Status.SUBMITTED: (GrantAction.ACCEPT_REPORT, GrantAction.REQUEST_REPORT_CHANGES),
    Status.CHANGES_REQUESTED: (GrantAction.SUBMIT_REPORT, GrantAction.WAIVE_REPORT),
    Status.ACCEPTED: (),
    Status.WAIVED: (),
}
"""What may be done with a report."""
_OF_FINAL: Mapping[GrantAction, GrantAction] = {
    GrantAction.SUBMIT_REPORT: GrantAction.SUBMIT_FINAL_REPORT,
    GrantAction.WAIVE_REPORT: GrantAction.WAIVE_FINAL_REPORT,
}
"""What is another move of the grant when the report is the final one."""


async def submit_report(tx: Transaction, report_id: str, text: str, spent: int, *, expected_version: int) -> None:
    """Report: what was done, and how much was spent, in minor units. The final report begins the close-out.

    Raises InvalidTransition for a report that is not asked for now.
    """
    held, report = await _held(tx, report_id, expected_version, GrantAction.SUBMIT_REPORT)
    said = {"text": text, "spent": spent, "submitted_at": tx.now, "reason": None}
    await _change(tx, held, report, "submitted", said | {"status": Status.SUBMITTED})
    await step(tx, held, "reported", {})


async def accept_report(tx: Transaction, report_id: str, reason: str | None, *, expected_version: int) -> None:
    """Accept a report."""
    await _decide(tx, report_id, expected_version, GrantAction.ACCEPT_REPORT, reason)


async def request_report_changes(tx: Transaction, report_id: str, reason: str, *, expected_version: int) -> None:
    """Ask for another report, with the reason that the applicant reads."""
    await _decide(tx, report_id, expected_version, GrantAction.REQUEST_REPORT_CHANGES, reason)


async def waive_report(tx: Transaction, report_id: str, reason: str, *, expected_version: int) -> None:
    """Do without a report that was asked for. To do without the final one begins the close-out, with no last tranche.

    Raises InvalidTransition for a report that was handed in.
    """
    await _decide(tx, report_id, expected_version, GrantAction.WAIVE_REPORT, reason)


_DECIDED: Mapping[GrantAction, tuple[str, Status]] = {
    GrantAction.ACCEPT_REPORT: ("accepted", Status.ACCEPTED),
    GrantAction.REQUEST_REPORT_CHANGES: ("changes_requested", Status.CHANGES_REQUESTED),
    GrantAction.WAIVE_REPORT: ("waived", Status.WAIVED),
}
"""What is told of a decision on a report, and where it leaves the report."""


async def _decide(
    tx: Transaction, report_id: str, expected_version: int, action: GrantAction, reason: str | None
) -> None:
    held, report = await _held(tx, report_id, expected_version, action)
    told, status = _DECIDED[action]
    await _change(tx, held, report, told, {"status": status, "reason": reason})
    await step(tx, held, f"report_{told}", {})


async def _held(tx: Transaction, report_id: str, expected_version: int, action: GrantAction) -> tuple[Held, Row]:
    """The grant and its report, held for an action. Raises InvalidTransition where the report does not allow it."""
    kind = await tx.connection.scalar(sa.select(REPORT.c.kind).where(REPORT.c.id == report_id))
    on_grant = _OF_FINAL.get(action, action) if kind == ReportKind.FINAL else action
    held, report = await hold_by(tx, GrantReport, report_id, on_grant, expected_version)
    allowed = _NEXT[Status(report["status"])]
    if action not in allowed:
        named = ", ".join(allowed) or "nothing"
        raise InvalidTransition(f"This report is {report['status']}. Allowed is: {named}.", report["status"], allowed)
    await assume(tx, held)
    return held, report


async def _change(tx: Transaction, held: Held, report: Row, told: str, values: Row) -> None:
    moved = values | {"status_since": tx.now}
    await tx.alter(GrantReport, told, report, moved, campaign_id=held.grant["campaign_id"])
