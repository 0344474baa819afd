"""Every action on a grant, taken by the rules and then by the model; and which one comes next on the way to the end."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from itertools import count
from typing import Any

from fund_api.core.files import Kept
from fund_api.core.media_types import MediaType
from fund_api.core.writing import Transaction
from fund_api.grants import agreements, applications, attachments, closing, decisions, disbursements, reports, reviews
from fund_api.grants.lifecycle import GrantAction
from fund_api.grants.paying_tables import ConditionKind, ReportKind
from tests.grants.acting import SCORES, SOON, TODAY
from tests.grants.model import Case, Model, Part

Action = GrantAction
_files = count()


@dataclass(frozen=True)
class Step:
    """An action that somebody takes on a grant, or on a part of it, from the versions that they have read."""

    action: GrantAction
    case: Case
    who: str
    amount: int
    flag: bool = False
    part: Part | None = None
    stale: int = 0

    @property
    def version(self) -> int:
        """The version that is named: of the part, if there is one, else of the grant."""
        return (self.part or self.case).version - self.stale

    @property
    def named(self) -> str:
        assert self.part is not None
        return self.part.id


_TRANCHE, _REPORTS = ("disbursement",), ("INTERIM", "FINAL")
PARTS: dict[GrantAction, tuple[str, ...]] = {
    Action.MEET_CONDITION: ("grant_condition",),
    Action.VERIFY_MATCH: ("match_commitment",),
    Action.APPROVE_DISBURSEMENT: _TRANCHE,
    Action.RECORD_PAYMENT: _TRANCHE,
    Action.RECORD_PAYMENT_FAILURE: _TRANCHE,
    Action.RECORD_RETURN: _TRANCHE,
    Action.SUBMIT_REPORT: ("INTERIM",),
    Action.SUBMIT_FINAL_REPORT: ("FINAL",),
    Action.ACCEPT_REPORT: _REPORTS,
    Action.REQUEST_REPORT_CHANGES: _REPORTS,
    Action.WAIVE_REPORT: ("INTERIM",),
    Action.WAIVE_FINAL_REPORT: ("FINAL",),
}
"""The kinds of parts that an action is taken on."""
UNVERSIONED = (Action.SUBMIT_REVIEW, Action.DECLARE_RECUSAL, Action.PLEDGE_MATCH, Action.ATTACH)
"""Actions that name no version."""
Take = Callable[[Transaction, Step], Awaitable[Any]]  # Any: whatever the rule returns


def _reasoned(rule: Any, reason: str | None = "Because.") -> Take:  # Any: a rule of a grant with a reason
    return lambda tx, step: rule(tx, step.case.id, reason, expected_version=step.version)


def _on_part(rule: Any, *said: object) -> Take:  # Any: a rule of a part, with what is said
    return lambda tx, step: rule(tx, step.named, *said, expected_version=step.version)


async def _update(tx: Transaction, step: Step) -> None:
    said, lines = {"requested": step.amount}, [("Everything", step.amount)]
    await applications.update(tx, step.case.id, said, lines, expected_version=step.version)


async def _attach(tx: Transaction, step: Step) -> None:
    await attachments.attach(tx, step.case.id, "a.pdf", Kept(f"{next(_files):064x}", 1, MediaType.PDF))


async def _approve(tx: Transaction, step: Step) -> None:
    kinds = (ConditionKind.BEFORE_AGREEMENT, ConditionKind.BEFORE_PAYMENT)
    asked = [(kind, "Something") for kind in kinds if step.flag]
    await decisions.approve(tx, step.case.id, step.amount, conditions=asked, expected_version=step.version)


async def _sign(tx: Transaction, step: Step) -> None:
    due = [(ReportKind.FINAL, SOON), *[(ReportKind.INTERIM, TODAY)] * step.flag]
    await agreements.sign_agreement(tx, step.case.id, TODAY, due, expected_version=step.version)


async def _schedule(tx: Transaction, step: Step) -> None:
    about: dict[str, Any] = {"lobbying": step.flag, "due_on": None, "expected_version": step.version}
    await disbursements.schedule(tx, step.case.id, step.amount, **about)


async def _return(tx: Transaction, step: Step) -> None:
    amount, version = step.amount, step.version
    await disbursements.record_return(tx, step.named, amount, "Not needed", expected_version=version)


async def _submit(tx: Transaction, step: Step) -> None:
    await applications.submit(tx, step.case.id, expected_version=step.version)


TAKE: dict[GrantAction, Take] = {
    Action.UPDATE: _update,
    Action.ATTACH: _attach,
    Action.SUBMIT: _submit,
    Action.WITHDRAW: _reasoned(applications.withdraw),
    Action.SCREEN: _reasoned(reviews.screen, None),
    Action.REQUEST_MORE_INFO: _reasoned(reviews.request_more_info),
    Action.START_REVIEW: _reasoned(reviews.start_review, None),
    Action.SUBMIT_REVIEW: lambda tx, step: reviews.submit_review(tx, step.case.id, SCORES),
    Action.DECLARE_RECUSAL: lambda tx, step: reviews.declare_recusal(tx, step.case.id, "A cousin works there."),
    Action.SEND_TO_DECISION: _reasoned(reviews.send_to_decision, None),
    Action.APPROVE: _approve,
    Action.DECLINE: _reasoned(decisions.decline),
    Action.SIGN_AGREEMENT: _sign,
    Action.MEET_CONDITION: _on_part(agreements.meet_condition, None),
    Action.PLEDGE_MATCH: lambda tx, step: agreements.pledge_match(tx, step.case.id, "Somebody", step.amount),
    Action.VERIFY_MATCH: _on_part(agreements.verify_match, None),
    Action.SCHEDULE_DISBURSEMENT: _schedule,
    Action.APPROVE_DISBURSEMENT: _on_part(disbursements.approve),
    Action.RECORD_PAYMENT: _on_part(disbursements.record_payment, TODAY, "EFT 1"),
    Action.RECORD_PAYMENT_FAILURE: _on_part(disbursements.record_payment_failure, "The account is closed."),
    Action.RECORD_RETURN: _return,
    Action.SUBMIT_REPORT: _on_part(reports.submit_report, "It was done.", 100),
    Action.SUBMIT_FINAL_REPORT: _on_part(reports.submit_report, "All was done.", 100),
    Action.ACCEPT_REPORT: _on_part(reports.accept_report, None),
    Action.REQUEST_REPORT_CHANGES: _on_part(reports.request_report_changes, "Say more."),
    Action.WAIVE_REPORT: _on_part(reports.waive_report, "Let it be."),
    Action.WAIVE_FINAL_REPORT: _on_part(reports.waive_report, "Let it be."),
    Action.SUSPEND: _reasoned(closing.suspend),
    Action.RESUME: _reasoned(closing.resume, None),
    Action.CLOSE: _reasoned(closing.close, None),
    Action.CANCEL: _reasoned(decisions.cancel),
}
"""How the rules take each action."""

STATES: dict[GrantAction, str] = {
    Action.MEET_CONDITION: "MET",
    Action.VERIFY_MATCH: "VERIFIED",
    Action.APPROVE_DISBURSEMENT: "APPROVED",
    Action.RECORD_PAYMENT_FAILURE: "FAILED",
    Action.SUBMIT_REPORT: "SUBMITTED",
    Action.SUBMIT_FINAL_REPORT: "SUBMITTED",
    Action.ACCEPT_REPORT: "ACCEPTED",
    Action.REQUEST_REPORT_CHANGES: "CHANGES_REQUESTED",
    Action.WAIVE_REPORT: "WAIVED",
    Action.WAIVE_FINAL_REPORT: "WAIVED",
}
"""Where an action leaves the part that it is taken on."""


def note(model: Model, step: Step) -> None:
    """Take a step in the model. What is new in the database, it learns of from there."""
    case, part = step.case, step.part
    if step.action is Action.APPROVE:
        model.approve(case, step.who, step.amount)
        return
    model.act(step.action, case, step.who)
    if step.action is Action.UPDATE:
        case.requested = step.amount
    elif step.action in (Action.CLOSE, Action.CANCEL):
        model.end(case)
    elif part is not None and step.action is Action.RECORD_PAYMENT:
        model.pay(case, part)
    elif part is not None and step.action is Action.RECORD_RETURN:
        model.take_back(case, part, step.amount)
    elif part is not None:
        part.move(STATES[step.action])


def next_step(model: Model, case: Case, amount: int, flag: bool) -> Step | None:
    """A step on the way to the end, by somebody who may take it; None where there is none, or nobody."""
    wanted = next_action(model, case)
    if wanted is None:
        return None
    action, part, much = wanted
    who = model.somebody_for(action, case, amount)
    return Step(action, case, who, much or amount, flag, part) if who is not None else None


def next_action(model: Model, case: Case) -> tuple[GrantAction, Part | None, int] | None:
    """What comes next, on which part of the grant, and how much."""
    match case.status:
        case "DRAFT" | "MORE_INFO_REQUESTED":
            return Action.SUBMIT, None, 0
        case "SUBMITTED":
            return Action.SCREEN, None, 0
        case "SCREENING":
            return Action.START_REVIEW, None, 0
        case "IN_REVIEW":
            reviewed = any(
                duty == "REVIEWER" for who, duty in case.duties.items() if who not in case.recused | case.insiders
            )
            return (Action.SEND_TO_DECISION if reviewed else Action.SUBMIT_REVIEW), None, 0
        case "IN_DECISION":
            return Action.APPROVE, None, min([case.requested, *case.counting().values()])
        case "APPROVED":
            return _matched(model, case) or _met(case) or (Action.SIGN_AGREEMENT, None, 0)
        case "AGREEMENT_SIGNED":
            return Action.SCHEDULE_DISBURSEMENT, None, max(1, (case.awarded or 0) // 2)
        case "SUSPENDED":
            return Action.RESUME, None, 0
        case "ACTIVE" | "CLOSING":
            return _met(case) or _verified(case) or _paid(case)
    return None


def _matched(model: Model, case: Case) -> tuple[GrantAction, Part | None, int] | None:
    needed = -(-(case.awarded or 0) * model.budgets[case.program].match // 10_000)
    pledged = sum(one.amount for one in case.of("match_commitment"))
    return (Action.PLEDGE_MATCH, None, needed - pledged) if pledged < needed else None


def _met(case: Case) -> tuple[GrantAction, Part | None, int] | None:
    unmet = case.of("grant_condition", "UNMET")
    return (Action.MEET_CONDITION, unmet[0], 0) if unmet else None


def _verified(case: Case) -> tuple[GrantAction, Part | None, int] | None:
    pledged = case.of("match_commitment", "PLEDGED")
    return (Action.VERIFY_MATCH, pledged[0], 0) if pledged else None


def _paid(case: Case) -> tuple[GrantAction, Part | None, int] | None:
    """The tranche that may be paid, else the reports that hold it up, else the next tranche, else the close-out."""
    [final] = case.of("FINAL")
    for tranche in case.of("disbursement", "APPROVED", "SCHEDULED"):
        if case.paid + tranche.amount < (case.awarded or 0) or final.state == "ACCEPTED":
            waits = tranche.state == "SCHEDULED"
            return (Action.APPROVE_DISBURSEMENT if waits else Action.RECORD_PAYMENT), tranche, 0
    for report in (*case.of("INTERIM"), final):
        if report.state == "SUBMITTED":
            return Action.ACCEPT_REPORT, report, 0
        if report.state in ("DUE", "CHANGES_REQUESTED"):
            return (Action.SUBMIT_FINAL_REPORT if report is final else Action.SUBMIT_REPORT), report, 0
    left = (case.awarded or 0) - case.scheduled
    if left and final.state == "ACCEPTED":
        return Action.SCHEDULE_DISBURSEMENT, None, left
    return Action.CLOSE, None, 0
