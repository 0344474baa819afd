"""The life of a grant: which action is taken in which status, by whom, and what is said to all others."""

import pytest

from fund_api.core.errors import InvalidTransition
from fund_api.grants import lifecycle
from fund_api.grants.deciding_tables import Duty
from fund_api.grants.lifecycle import PERMISSIONS, GrantAction
from fund_api.grants.tables import GrantStatus
from fund_api.people.roles import PERMISSIONS as OF_ROLES

WRITING = "DRAFT MORE_INFO_REQUESTED"
HANDED_IN = "SUBMITTED SCREENING MORE_INFO_REQUESTED IN_REVIEW IN_DECISION"
PAYING = "ACTIVE CLOSING"
REPORTING = "AGREEMENT_SIGNED ACTIVE CLOSING SUSPENDED"
PROMISED = "APPROVED AGREEMENT_SIGNED ACTIVE CLOSING SUSPENDED"
APPLYING = "APPLICANT PREPARER"
STAFF = "PREPARER REVIEWER APPROVER PAYER"
STAYS = None

TABLE = (
    ("UPDATE", WRITING, STAYS, APPLYING, "be changed"),
    ("ATTACH", f"{WRITING} {REPORTING}", STAYS, APPLYING, "be given files"),
    ("SUBMIT", WRITING, "SUBMITTED", APPLYING, "be submitted"),
    ("WITHDRAW", f"DRAFT {HANDED_IN}", "WITHDRAWN", "APPLICANT", "be withdrawn"),
    ("SCREEN", "SUBMITTED", "SCREENING", "PREPARER", "be screened"),
    ("REQUEST_MORE_INFO", "SCREENING", "MORE_INFO_REQUESTED", "PREPARER", "be sent back for more information"),
    ("START_REVIEW", "SCREENING IN_DECISION", "IN_REVIEW", "PREPARER", "be given to the reviewers"),
    ("SUBMIT_REVIEW", "IN_REVIEW", STAYS, "REVIEWER", "be reviewed"),
    ("DECLARE_RECUSAL", f"{HANDED_IN} {PROMISED}", STAYS, STAFF, "have somebody recused from it"),
    ("SEND_TO_DECISION", "IN_REVIEW", "IN_DECISION", "PREPARER", "be sent to decision"),
    ("APPROVE", "IN_DECISION", "APPROVED", "APPROVER", "be approved"),
    ("DECLINE", "IN_DECISION", "DECLINED", "APPROVER", "be declined"),
    ("SIGN_AGREEMENT", "APPROVED", "AGREEMENT_SIGNED", "PREPARER", "have its agreement signed"),
    ("MEET_CONDITION", PROMISED, STAYS, "PREPARER", "have a condition met"),
    ("PLEDGE_MATCH", f"DRAFT {HANDED_IN} {PROMISED}", STAYS, APPLYING, "have a match pledged"),
    ("VERIFY_MATCH", f"{HANDED_IN} {PROMISED}", STAYS, "PREPARER", "have a match verified"),
    ("SCHEDULE_DISBURSEMENT", "AGREEMENT_SIGNED ACTIVE", "ACTIVE", "PREPARER", "have a tranche scheduled"),
    ("SCHEDULE_DISBURSEMENT", "CLOSING", STAYS, "PREPARER", "have a tranche scheduled"),
    ("APPROVE_DISBURSEMENT", PAYING, STAYS, "APPROVER", "have a tranche approved"),
    ("RECORD_PAYMENT", PAYING, STAYS, "PAYER", "have a tranche paid"),
    ("RECORD_PAYMENT_FAILURE", f"{PAYING} SUSPENDED", STAYS, "PAYER", "have a tranche fail"),
    ("RECORD_RETURN", f"{PAYING} SUSPENDED COMPLETED CANCELLED", STAYS, "PAYER", "have money come back"),
    ("SUBMIT_REPORT", REPORTING, STAYS, "APPLICANT", "have a report submitted"),
    ("SUBMIT_FINAL_REPORT", PAYING, "CLOSING", "APPLICANT", "have its final report submitted"),
    ("ACCEPT_REPORT", REPORTING, STAYS, "PREPARER", "have a report accepted"),
    ("REQUEST_REPORT_CHANGES", REPORTING, STAYS, "PREPARER", "have changes of a report requested"),
    ("WAIVE_REPORT", REPORTING, STAYS, "PREPARER", "have a report waived"),
    ("WAIVE_FINAL_REPORT", PAYING, "CLOSING", "PREPARER", "have its final report waived"),
    ("SUSPEND", "ACTIVE", "SUSPENDED", "PREPARER", "be suspended"),
    ("RESUME", "SUSPENDED", "ACTIVE", "PREPARER", "be resumed"),
    ("CLOSE", "CLOSING", "COMPLETED", "PREPARER", "be closed"),
    ("CANCEL", PROMISED, "CANCELLED", "APPROVER", "be cancelled"),
)
"""Each action: where it is taken, where it leads, by whom, and what can be done to a grant there."""
MOVES = {
    (GrantAction(action), GrantStatus(start)): (GrantStatus(end or start), duties.split())
    for action, starts, end, duties, _ in TABLE
    for start in starts.split()
}
SAID = {GrantAction(action): said for action, _, _, _, said in TABLE}


@pytest.mark.parametrize("status", GrantStatus)
def test_a_move_of_the_table_is_taken(status: GrantStatus) -> None:
    for action in GrantAction:
        if (action, status) in MOVES:
            found = lifecycle.move(action, status)
            assert (found.after, [*found.duties]) == MOVES[action, status]
            assert (found.end is None) == (found.after is status)


@pytest.mark.parametrize("status", GrantStatus)
def test_a_move_outside_of_the_table_is_refused_with_the_moves_that_are_allowed(status: GrantStatus) -> None:
    allowed = {action for action in GrantAction if (action, status) in MOVES}
    for action in set(GrantAction) - allowed:
        assert lifecycle.find(action, status) is None
        with pytest.raises(InvalidTransition) as refused:
            lifecycle.move(action, status)
        assert refused.value.current == status
        assert len(refused.value.allowed) == len(allowed)
        assert set(refused.value.allowed) == allowed


@pytest.mark.parametrize("action", GrantAction)
def test_the_refusal_reads_as_a_sentence(action: GrantAction) -> None:
    starts = [start for start in GrantStatus if (action, start) in MOVES]
    [status, *_] = [one for one in GrantStatus if one not in starts]

    with pytest.raises(InvalidTransition) as refused:
        lifecycle.move(action, status)

    said, _, where = str(refused.value).partition("; ")
    assert where == f"this one is in {status}."
    named = said.removeprefix("Only a grant in ").removesuffix(f" can {SAID[action]}")
    assert set(named.replace(" or ", ", ").split(", ")) == set(starts)


def test_sentences_of_one_two_and_many() -> None:
    said = []
    for action in (GrantAction.APPROVE, GrantAction.UPDATE, GrantAction.RECORD_PAYMENT_FAILURE):
        with pytest.raises(InvalidTransition) as refused:
            lifecycle.move(action, GrantStatus.SUBMITTED)
        said.append(str(refused.value))

    assert said == [
        "Only a grant in IN_DECISION can be approved; this one is in SUBMITTED.",
        "Only a grant in DRAFT or MORE_INFO_REQUESTED can be changed; this one is in SUBMITTED.",
        "Only a grant in ACTIVE, CLOSING or SUSPENDED can have a tranche fail; this one is in SUBMITTED.",
    ]


def test_the_end_is_the_end_but_for_money_that_comes_back() -> None:
    ends = (GrantStatus.DECLINED, GrantStatus.WITHDRAWN, GrantStatus.COMPLETED, GrantStatus.CANCELLED)
    assert [lifecycle.allowed(end) for end in ends] == [[], [], ["RECORD_RETURN"], ["RECORD_RETURN"]]


def test_every_status_can_be_reached_and_an_action_takes_the_same_duties_wherever_it_is_taken() -> None:
    assert {one.after for one in lifecycle.MOVES} == set(GrantStatus)
    for action in GrantAction:
        assert {one.duties for one in lifecycle.MOVES if one.action is action} == {lifecycle.duties_of(action)}


def test_every_duty_is_a_permission_of_one_role_alone() -> None:
    given = {
        duty: [str(role) for role, permissions in OF_ROLES.items() if permissions & {f"fund:{one}", f"own:{one}"}]
        for duty, one in PERMISSIONS.items()
    }

    assert given == {
        Duty.APPLICANT: ["COORDINATOR"],
        Duty.PREPARER: ["GRANTS_OFFICER"],
        Duty.REVIEWER: ["REVIEWER"],
        Duty.APPROVER: ["APPROVER"],
        Duty.PAYER: ["FINANCE"],
    }
