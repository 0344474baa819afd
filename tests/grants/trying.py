"""What somebody may really do next with grants, found by trying the rules one by one."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from fund_api.core.errors import Failure
from fund_api.core.writing import Transaction
from fund_api.grants import (
    agreements,
    applications,
    closing,
    decisions,
    disbursements,
    lifecycle,
    reports,
    reviews,
    standing,
)
from fund_api.grants.deciding_tables import Duty
from fund_api.grants.lifecycle import GrantAction
from fund_api.grants.paying_tables import ReportKind
from fund_api.grants.queue import SOON
from fund_api.grants.tables import GrantStatus
from tests.grants.acting import SCORES, TODAY
from tests.grants.acting import SOON as LATER
from tests.rows import table

Key = tuple[GrantAction, str]
"""An action and the id of the grant, tranche or report that it is taken on."""
Rule = Callable[[Transaction, str, int], Awaitable[Any]]
Action = GrantAction


async def approve(tx: Transaction, grant: str, version: int) -> None:
    """What the other approver said, else all that was asked for."""
    approval = table("approval").c
    said = await tx.connection.scalar(sa.select(approval.amount).where(approval.grant_id == grant))
    asked = await tx.connection.scalar(sa.select(table("grant").c.requested).where(table("grant").c.id == grant))
    await decisions.approve(tx, grant, said or asked or 0, expected_version=version)


RULES: dict[str, dict[GrantAction, Rule]] = {
    "grant": {
        Action.SUBMIT: lambda tx, grant, version: applications.submit(tx, grant, expected_version=version),
        Action.SCREEN: lambda tx, grant, version: reviews.screen(tx, grant, None, expected_version=version),
        Action.START_REVIEW: lambda tx, grant, version: reviews.start_review(tx, grant, None, expected_version=version),
        Action.SUBMIT_REVIEW: lambda tx, grant, version: reviews.submit_review(tx, grant, SCORES),
        Action.SEND_TO_DECISION: lambda tx, grant, version: reviews.send_to_decision(
            tx, grant, None, expected_version=version
        ),
        Action.APPROVE: approve,
        Action.SIGN_AGREEMENT: lambda tx, grant, version: agreements.sign_agreement(
            tx, grant, TODAY, [(ReportKind.FINAL, LATER)], expected_version=version
        ),
        Action.CLOSE: lambda tx, grant, version: closing.close(tx, grant, None, expected_version=version),
    },
    "disbursement": {
        Action.APPROVE_DISBURSEMENT: lambda tx, part, version: disbursements.approve(
            tx, part, expected_version=version
        ),
        Action.RECORD_PAYMENT: lambda tx, part, version: disbursements.record_payment(
            tx, part, TODAY, None, expected_version=version
        ),
    },
    "grant_report": {
        Action.ACCEPT_REPORT: lambda tx, part, version: reports.accept_report(tx, part, None, expected_version=version),
        Action.SUBMIT_REPORT: lambda tx, part, version: reports.submit_report(
            tx, part, "Done.", 0, expected_version=version
        ),
        Action.SUBMIT_FINAL_REPORT: lambda tx, part, version: reports.submit_report(
            tx, part, "Done.", 0, expected_version=version
        ),
    },
}
"""The rule of every action that may await somebody, by the table whose rows it is taken on."""


class Undone(Exception):
    """Ends a transaction that was only tried."""


@dataclass
class Trial:
    """What somebody may really do, found by trying every rule on every row in a transaction that is rolled back."""

    tx: Transaction

    async def accepted(self) -> set[Key]:
        grant, found = table("grant"), set()
        for name, rules in RULES.items():
            rows = table(name)
            source = sa.select(rows, grant.c.status.label("stands"), grant.c.id.label("whole"))
            own = rows.c.id if name == "grant" else rows.c.grant_id
            query = source.join(grant, grant.c.id == own) if name != "grant" else source
            for row in await self.tx.rows(query):
                for action, rule in rules.items():
                    if self._is_thinkable(action, row["stands"]) and await self._is_asked(action, row):
                        found |= {(action, row["id"])} if await self._tried(rule, row) else set()
        return found

    def _is_thinkable(self, action: GrantAction, status: str) -> bool:
        """Whether somebody may take an action from a status, and the viewer may act so on some grant at all."""
        move = lifecycle.find(action, GrantStatus(status))
        permissions = [lifecycle.PERMISSIONS[duty] for duty in move.duties] if move else []
        return any(self.tx.viewer.may(f"{scope}:{one}") for scope in ("fund", "own") for one in permissions)

    async def _is_asked(self, action: GrantAction, row: dict[str, Any]) -> bool:
        """Whether an action that may be taken also awaits somebody."""
        match action:
            case Action.SUBMIT:  # of who was asked for more, not of officers who could for them
                return bool(row["status"] == "MORE_INFO_REQUESTED") and await self._applies(row["id"])
            case Action.START_REVIEW:  # again, once a decision lost its reviews
                return bool(row["status"] == "SCREENING") or not await self._has_quorum(row["id"])
            case Action.SUBMIT_REPORT | Action.SUBMIT_FINAL_REPORT:
                is_soon = row["status"] == "CHANGES_REQUESTED" or row["due_on"] <= TODAY + timedelta(days=SOON)
                return bool(is_soon) and (action is Action.SUBMIT_FINAL_REPORT) == (row["kind"] == ReportKind.FINAL)
        return True

    async def _applies(self, grant: str) -> bool:
        try:
            return (await standing.hold(self.tx, grant, Action.SUBMIT)).duty is Duty.APPLICANT
        except Failure:
            return False

    async def _has_quorum(self, grant: str) -> bool:
        query = sa.select(reviews.COUNTED["reviews"] >= 1).where(table("grant").c.id == grant)
        return bool(await self.tx.connection.scalar(query))

    async def _tried(self, rule: Rule, row: dict[str, Any]) -> bool:
        point = await self.tx.connection.begin_nested()
        try:
            await rule(self.tx, row["id"], row["version"])
        except Failure:
            return False
        finally:
            await point.rollback()
        return True
