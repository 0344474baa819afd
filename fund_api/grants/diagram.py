"""The life of a grant as a page: a picture of the moves, and what each action does, both read off the table of moves.

`python -m schema` writes the page, and `python -m schema --check` fails when it is out of date.
"""

from collections.abc import Iterable, Mapping
from itertools import groupby

from fund_api.core import drawing
from fund_api.core.drawing import code
from fund_api.grants.deciding_tables import Duty
from fund_api.grants.lifecycle import MOVES, PERMISSIONS, GrantAction, Move
from fund_api.grants.tables import GrantStatus

Action = GrantAction
MEANINGS: Mapping[GrantAction, str] = {
    Action.UPDATE: "Change what the application says.",
    Action.ATTACH: "Add a file.",
    Action.SUBMIT: "Hand the application in, the first time or again with what was asked for.",
    Action.WITHDRAW: "Take the application back before it is decided.",
    Action.SCREEN: "Take the application up, to check that it is complete and eligible.",
    Action.REQUEST_MORE_INFO: "Ask the applicant for more; the reason says for what.",
    Action.START_REVIEW: "Give the application to the reviewers.",
    Action.SUBMIT_REVIEW: "Score the application, once.",
    Action.DECLARE_RECUSAL: "Declare a conflict of interest, and act on this grant no more.",
    Action.SEND_TO_DECISION: "Give the application to the approvers, once enough reviews count.",
    Action.APPROVE: "Approve an amount, which promises the program's money; above its threshold two people do.",
    Action.DECLINE: "Decline the application; the reason says why.",
    Action.SIGN_AGREEMENT: "Note that the agreement is signed, and which reports it asks for.",
    Action.MEET_CONDITION: "Note that a condition is met.",
    Action.PLEDGE_MATCH: "Note what somebody else will give beside the grant.",
    Action.VERIFY_MATCH: "Note that the fund has seen what was pledged.",
    Action.SCHEDULE_DISBURSEMENT: "Plan a tranche; the first one makes the grant active.",
    Action.APPROVE_DISBURSEMENT: "Give leave to pay a tranche.",
    Action.RECORD_PAYMENT: "Note that a tranche was paid.",
    Action.RECORD_PAYMENT_FAILURE: "Note that a tranche could not be paid; its amount can be planned anew.",
    Action.RECORD_RETURN: "Note that money of a tranche came back.",
    Action.SUBMIT_REPORT: "Report on the work so far.",
    Action.SUBMIT_FINAL_REPORT: "Report for the last time, which begins the close-out.",
    Action.ACCEPT_REPORT: "Accept a report.",
    Action.REQUEST_REPORT_CHANGES: "Ask for another report; the reason says why.",
    Action.WAIVE_REPORT: "Do without a report that was asked for.",
    Action.WAIVE_FINAL_REPORT: "Do without the final report; the close-out begins, without a last tranche.",
    Action.SUSPEND: "Hold payments back; the reason says why.",
    Action.RESUME: "Let payments go on.",
    Action.CLOSE: "Complete the grant, when no report and no tranche is open; what was not paid is available again.",
    Action.CANCEL: "End a grant that was approved; what was not paid is available again.",
}
"""What each action does, as a coordinator would say it."""

_WHO: Mapping[Duty, str] = {
    Duty.APPLICANT: "the applicant",
    Duty.PREPARER: "a grants officer",
    Duty.REVIEWER: "a reviewer",
    Duty.APPROVER: "an approver",
    Duty.PAYER: "finance",
}

_PAGE = """\
# The life of a grant

<!-- Written by `make schema` from the table of moves in fund_api/grants/lifecycle.py: change that, not this page. -->

For coordinators who want to know where their application is, and for staff who want to know what comes next. A grant
begins as `DRAFT`, when the applicant, or a grants officer for them, drafts an application. From then on it moves as the
picture shows, and in no other way: anything else is refused with the actions that are allowed now.

```mermaid
{diagram}
```

Nobody is two of applicant, grants officer, reviewer, approver and finance on the same grant. Nobody of the fund acts on
a grant of a campaign that they belong to, or belonged to since the application was drafted, nor on one from which they
are recused.

## What may be done, and by whom

"Stays" means that the grant stays where it is. A permission holds everywhere when a role gives it for the whole fund
(`fund:grant:prepare`), and in one campaign or program when the role is limited to that (`own:grant:prepare`); the
applicant's holds in their own campaigns alone.

{table}
"""


def page() -> str:
    """The page as it is to stand in docs/grant-lifecycle.md."""
    return _PAGE.format(diagram=diagram(), table=table())


def diagram() -> str:
    """Every move that leads somewhere, as a state diagram of Mermaid."""
    arrows = [(move.start, move.end, move.action) for move in MOVES if move.end is not None]
    return drawing.state_diagram(GrantStatus.DRAFT, arrows, GrantStatus)


def table() -> str:
    """Every action, from where and to where, and who may take it, as a table of Markdown."""
    head = ["Action", "What it does", "From", "To", "Who", "Permission"]
    return drawing.table(head, (_row(list(moves)) for _, moves in groupby(_in_order(), key=_kind)))


def _in_order() -> Iterable[Move]:
    """The moves by action, those that lead somewhere first."""
    return sorted(MOVES, key=lambda move: (list(Action).index(move.action), move.end is None))


def _kind(move: Move) -> tuple[GrantAction, GrantStatus | None]:
    return move.action, move.end


def _row(moves: list[Move]) -> list[str]:
    action, end = _kind(moves[0])
    starts = code(move.start for move in moves)
    duties = moves[0].duties
    who = "anybody of the staff" if len(duties) == len(Duty) - 1 else " or ".join(_WHO[duty] for duty in duties)
    permissions = code(PERMISSIONS[duty] for duty in duties)
    return [f"`{action}`", MEANINGS[action], starts, f"`{end}`" if end else "stays", who, permissions]
