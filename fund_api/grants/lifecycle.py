"""The life of a grant: the one table of its moves, which the rules follow and clients are told of.

`docs/grant-lifecycle.md` is drawn from it. A move is taken as a duty: what the one who takes it is on this grant.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from fund_api.core.errors import InvalidTransition
from fund_api.grants.deciding_tables import Duty
from fund_api.grants.tables import GrantStatus as Status

PERMISSIONS: Mapping[Duty, str] = {
    Duty.APPLICANT: "grant:apply",
    Duty.PREPARER: "grant:prepare",
    Duty.REVIEWER: "grant:review",
    Duty.APPROVER: "grant:decide",
    Duty.PAYER: "grant:pay",
}
"""What each duty takes."""


class GrantAction(StrEnum):
    """What may be done with a grant."""

    UPDATE = "UPDATE"
    ATTACH = "ATTACH"
    SUBMIT = "SUBMIT"
    WITHDRAW = "WITHDRAW"
    SCREEN = "SCREEN"
    REQUEST_MORE_INFO = "REQUEST_MORE_INFO"
    START_REVIEW = "START_REVIEW"
    SUBMIT_REVIEW = "SUBMIT_REVIEW"
    DECLARE_RECUSAL = "DECLARE_RECUSAL"
    SEND_TO_DECISION = "SEND_TO_DECISION"
    APPROVE = "APPROVE"
    DECLINE = "DECLINE"
    SIGN_AGREEMENT = "SIGN_AGREEMENT"
    MEET_CONDITION = "MEET_CONDITION"
    PLEDGE_MATCH = "PLEDGE_MATCH"
    VERIFY_MATCH = "VERIFY_MATCH"
    SCHEDULE_DISBURSEMENT = "SCHEDULE_DISBURSEMENT"
    APPROVE_DISBURSEMENT = "APPROVE_DISBURSEMENT"
    RECORD_PAYMENT = "RECORD_PAYMENT"
    RECORD_PAYMENT_FAILURE = "RECORD_PAYMENT_FAILURE"
    RECORD_RETURN = "RECORD_RETURN"
    SUBMIT_REPORT = "SUBMIT_REPORT"
    SUBMIT_FINAL_REPORT = "SUBMIT_FINAL_REPORT"
    ACCEPT_REPORT = "ACCEPT_REPORT"
    REQUEST_REPORT_CHANGES = "REQUEST_REPORT_CHANGES"
    WAIVE_REPORT = "WAIVE_REPORT"
    WAIVE_FINAL_REPORT = "WAIVE_FINAL_REPORT"
    SUSPEND = "SUSPEND"
    RESUME = "RESUME"
    CLOSE = "CLOSE"
    CANCEL = "CANCEL"


Action = GrantAction


@dataclass(frozen=True, slots=True)
class Move:
    """Something that may be done from a status, and by whom; with no `end` the grant stays where it is."""

    action: GrantAction
    start: Status
    end: Status | None
    duties: tuple[Duty, ...]

    @property
    def after(self) -> Status:
        """Where the grant stands afterwards."""
        return self.end or self.start


_BEFORE_DECISION = (
    *(Status.DRAFT, Status.SUBMITTED, Status.SCREENING, Status.MORE_INFO_REQUESTED),
    *(Status.IN_REVIEW, Status.IN_DECISION),
)
_WRITING = (Status.DRAFT, Status.MORE_INFO_REQUESTED)
_AGREED = (Status.AGREEMENT_SIGNED, Status.ACTIVE, Status.CLOSING)
_PAYING = (Status.ACTIVE, Status.CLOSING)
_HELD_BACK = (*_PAYING, Status.SUSPENDED)
_PROMISED = (Status.APPROVED, Status.AGREEMENT_SIGNED, *_HELD_BACK)
_APPLYING = (Duty.APPLICANT, Duty.PREPARER)
_STAFF = (Duty.PREPARER, Duty.REVIEWER, Duty.APPROVER, Duty.PAYER)


def _staying(action: GrantAction, starts: tuple[Status, ...], *duties: Duty) -> tuple[Move, ...]:
    return tuple(Move(action, start, None, duties) for start in starts)


def _moving(action: GrantAction, starts: tuple[Status, ...], end: Status, *duties: Duty) -> tuple[Move, ...]:
    return tuple(Move(action, start, None if start is end else end, duties) for start in starts)


MOVES: tuple[Move, ...] = (
    *_staying(Action.UPDATE, _WRITING, *_APPLYING),
    *_staying(Action.ATTACH, (*_WRITING, *_AGREED, Status.SUSPENDED), *_APPLYING),
    *_moving(Action.SUBMIT, _WRITING, Status.SUBMITTED, *_APPLYING),
    *_moving(Action.WITHDRAW, _BEFORE_DECISION, Status.WITHDRAWN, Duty.APPLICANT),
    *_moving(Action.SCREEN, (Status.SUBMITTED,), Status.SCREENING, Duty.PREPARER),
    *_moving(Action.REQUEST_MORE_INFO, (Status.SCREENING,), Status.MORE_INFO_REQUESTED, Duty.PREPARER),
    *_moving(Action.START_REVIEW, (Status.SCREENING, Status.IN_DECISION), Status.IN_REVIEW, Duty.PREPARER),
    *_staying(Action.SUBMIT_REVIEW, (Status.IN_REVIEW,), Duty.REVIEWER),
    *_staying(Action.DECLARE_RECUSAL, (*_BEFORE_DECISION[1:], *_PROMISED), *_STAFF),
    *_moving(Action.SEND_TO_DECISION, (Status.IN_REVIEW,), Status.IN_DECISION, Duty.PREPARER),
    *_moving(Action.APPROVE, (Status.IN_DECISION,), Status.APPROVED, Duty.APPROVER),
    *_moving(Action.DECLINE, (Status.IN_DECISION,), Status.DECLINED, Duty.APPROVER),
    *_moving(Action.SIGN_AGREEMENT, (Status.APPROVED,), Status.AGREEMENT_SIGNED, Duty.PREPARER),
    *_staying(Action.MEET_CONDITION, _PROMISED, Duty.PREPARER),
    *_staying(Action.PLEDGE_MATCH, (*_BEFORE_DECISION, *_PROMISED), *_APPLYING),
    *_staying(Action.VERIFY_MATCH, (*_BEFORE_DECISION[1:], *_PROMISED), Duty.PREPARER),
    *_moving(Action.SCHEDULE_DISBURSEMENT, (Status.AGREEMENT_SIGNED, Status.ACTIVE), Status.ACTIVE, Duty.PREPARER),
    *_staying(Action.SCHEDULE_DISBURSEMENT, (Status.CLOSING,), Duty.PREPARER),
    *_staying(Action.APPROVE_DISBURSEMENT, _PAYING, Duty.APPROVER),
    *_staying(Action.RECORD_PAYMENT, _PAYING, Duty.PAYER),
    *_staying(Action.RECORD_PAYMENT_FAILURE, _HELD_BACK, Duty.PAYER),
    *_staying(Action.RECORD_RETURN, (*_HELD_BACK, Status.COMPLETED, Status.CANCELLED), Duty.PAYER),
    *_staying(Action.SUBMIT_REPORT, (*_AGREED, Status.SUSPENDED), Duty.APPLICANT),
    *_moving(Action.SUBMIT_FINAL_REPORT, _PAYING, Status.CLOSING, Duty.APPLICANT),
    *_staying(Action.ACCEPT_REPORT, (*_AGREED, Status.SUSPENDED), Duty.PREPARER),
    *_staying(Action.REQUEST_REPORT_CHANGES, (*_AGREED, Status.SUSPENDED), Duty.PREPARER),
    *_staying(Action.WAIVE_REPORT, (*_AGREED, Status.SUSPENDED), Duty.PREPARER),
    *_moving(Action.WAIVE_FINAL_REPORT, _PAYING, Status.CLOSING, Duty.PREPARER),
    *_moving(Action.SUSPEND, (Status.ACTIVE,), Status.SUSPENDED, Duty.PREPARER),
    *_moving(Action.RESUME, (Status.SUSPENDED,), Status.ACTIVE, Duty.PREPARER),
    *_moving(Action.CLOSE, (Status.CLOSING,), Status.COMPLETED, Duty.PREPARER),
    *_moving(Action.CANCEL, _PROMISED, Status.CANCELLED, Duty.APPROVER),
)

_CAN: Mapping[GrantAction, str] = {
    Action.UPDATE: "be changed",
    Action.ATTACH: "be given files",
    Action.SUBMIT: "be submitted",
    Action.WITHDRAW: "be withdrawn",
    Action.SCREEN: "be screened",
    Action.REQUEST_MORE_INFO: "be sent back for more information",
    Action.START_REVIEW: "be given to the reviewers",
    Action.SUBMIT_REVIEW: "be reviewed",
    Action.DECLARE_RECUSAL: "have somebody recused from it",
    Action.SEND_TO_DECISION: "be sent to decision",
    Action.APPROVE: "be approved",
    Action.DECLINE: "be declined",
    Action.SIGN_AGREEMENT: "have its agreement signed",
    Action.MEET_CONDITION: "have a condition met",
    Action.PLEDGE_MATCH: "have a match pledged",
    Action.VERIFY_MATCH: "have a match verified",
    Action.SCHEDULE_DISBURSEMENT: "have a tranche scheduled",
    Action.APPROVE_DISBURSEMENT: "have a tranche approved",
    Action.RECORD_PAYMENT: "have a tranche paid",
    Action.RECORD_PAYMENT_FAILURE: "have a tranche fail",
    Action.RECORD_RETURN: "have money come back",
    Action.SUBMIT_REPORT: "have a report submitted",
    Action.SUBMIT_FINAL_REPORT: "have its final report submitted",
    Action.ACCEPT_REPORT: "have a report accepted",
    Action.REQUEST_REPORT_CHANGES: "have changes of a report requested",
    Action.WAIVE_REPORT: "have a report waived",
    Action.WAIVE_FINAL_REPORT: "have its final report waived",
    Action.SUSPEND: "be suspended",
    Action.RESUME: "be resumed",
    Action.CLOSE: "be closed",
    Action.CANCEL: "be cancelled",
}
"""What can be done to a grant where an action is taken, as refusals say it."""


def find(action: GrantAction, status: Status) -> Move | None:
    """The move that an action makes from a status, if it may be taken there."""
    return next((move for move in MOVES if move.action is action and move.start is status), None)


def move(action: GrantAction, status: Status) -> Move:
    """The same. Raises InvalidTransition, with the moves that are allowed now, where there is none."""
    found = find(action, status)
    if found is not None:
        return found
    *others, last = [one.start for one in MOVES if one.action is action]
    starts = f"{', '.join(others)} or {last}" if others else last
    message = f"Only a grant in {starts} can {_CAN[action]}; this one is in {status}."
    raise InvalidTransition(message, status, allowed(status))


def moves_from(status: Status) -> list[Move]:
    """All moves that may be taken from a status."""
    return [one for one in MOVES if one.start is status]


def allowed(status: Status) -> list[GrantAction]:
    """The moves that somebody may take from a status."""
    return [one.action for one in moves_from(status)]


def besides(action: GrantAction, status: Status) -> tuple[GrantAction, ...]:
    """The other moves that may be taken from a status where something else stands in the way of this one."""
    return tuple(one for one in allowed(status) if one is not action)


def taken(status: Status, *actions: GrantAction) -> tuple[GrantAction, ...]:
    """Of these moves those that may be taken from a status."""
    return tuple(one for one in allowed(status) if one in actions)


def duties_of(action: GrantAction) -> tuple[Duty, ...]:
    """As what an action may be taken, from whatever status."""
    return next(one.duties for one in MOVES if one.action is action)
