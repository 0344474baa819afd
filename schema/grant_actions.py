"""What may be done with a grant, as clients see it."""

from fund_api.grants import capacities
from fund_api.grants.lifecycle import GrantAction
from fund_api.graph import declare

declare.enum(
    GrantAction,
    "What may be done with a grant, each by the mutation of its name.",
    UPDATE="Change what the application says: updateGrant.",
    ATTACH="Add files, or take them away.",
    SUBMIT="Hand it in: submitGrant.",
    WITHDRAW="Take it back before it is decided: withdrawGrant.",
    SCREEN="Check that it is complete and eligible: screenGrant.",
    REQUEST_MORE_INFO="Ask the applicant for more: requestMoreInfo.",
    START_REVIEW="Give it to the reviewers: startReview.",
    SUBMIT_REVIEW="Score it: submitReview.",
    DECLARE_RECUSAL="Say that you have a conflict of interest: declareRecusal.",
    SEND_TO_DECISION="Give it to the approvers: sendToDecision.",
    APPROVE="Approve it, which promises its money: approveGrant.",
    DECLINE="Decline it: declineGrant.",
    SIGN_AGREEMENT="Note that the agreement is signed: signAgreement.",
    MEET_CONDITION="Note that a condition is met: meetCondition.",
    PLEDGE_MATCH="Note what somebody else will give: pledgeMatch.",
    VERIFY_MATCH="Note that the money of somebody else is there: verifyMatch.",
    SCHEDULE_DISBURSEMENT="Plan a tranche: scheduleDisbursement.",
    APPROVE_DISBURSEMENT="Give leave to pay a tranche: approveDisbursement.",
    RECORD_PAYMENT="Note that a tranche was paid: recordPayment.",
    RECORD_PAYMENT_FAILURE="Note that a tranche could not be paid: recordPaymentFailure.",
    RECORD_RETURN="Note that money came back: recordReturn.",
    SUBMIT_REPORT="Report in between: submitReport.",
    SUBMIT_FINAL_REPORT="Report for the last time, which begins the close-out: submitReport.",
    ACCEPT_REPORT="Accept a report: acceptReport.",
    REQUEST_REPORT_CHANGES="Ask for another report: requestReportChanges.",
    WAIVE_REPORT="Do without a report in between: waiveReport.",
    WAIVE_FINAL_REPORT="Do without the final report, which begins the close-out: waiveReport.",
    SUSPEND="Hold payments back: suspendGrant.",
    RESUME="Let payments go on: resumeGrant.",
    CLOSE="Complete it: closeGrant.",
    CANCEL="End it after its approval: cancelGrant.",
)


def available_actions(status: str, *held: bool) -> list[GrantAction]:
    """What somebody may do with a grant; `held` says in which capacities they may act on it."""
    return capacities.available(status, *held)
