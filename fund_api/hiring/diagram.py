"""The life of a request for hiring support as a page: a picture of the moves, and what each action does.

`python -m schema` writes the page, and `python -m schema --check` fails when it is out of date.
"""

from collections.abc import Mapping
from itertools import groupby

from fund_api.core import drawing
from fund_api.core.drawing import code
from fund_api.hiring.lifecycle import EXPLAINED, MOVES, HiringAction, Move
from fund_api.hiring.tables import HiringStage

Action = HiringAction
MEANINGS: Mapping[HiringAction, str] = {
    Action.UPDATE: "Fill in or correct what is said of the position and its search.",
    Action.TRIAGE: "Take the request up, and fill in what became known of it.",
    Action.MATCH_ADVISOR: "Find a senior advisor who covers the state, has no conflict, and has room for one more.",
    Action.MOVE_TO_POSITION_CREATION: "Begin to create the position, where there is none yet.",
    Action.MOVE_TO_PROFILE_DRAFTED: "Note that it is written down what is looked for.",
    Action.MOVE_TO_RECRUITING: "Look for candidates, the first time or again.",
    Action.MOVE_TO_FINALISTS: "Note that the community talks with its finalists.",
    Action.MOVE_TO_OFFER: "Note that somebody was made an offer.",
    Action.RECORD_APPOINTMENT: "Record whom the community hired; follow-ups are planned.",
    Action.MOVE_TO_FOLLOW_UP: "Begin to ask how it goes.",
    Action.RECORD_FOLLOW_UP: "Note that somebody asked how it goes, while a follow-up is open.",
    Action.CORRECT_PLACEMENT: "Correct what was recorded of the appointment, until it is published.",
    Action.PUBLISH_PLACEMENT: "Let everybody know whom the community hired, for good.",
    Action.MOVE_TO_ON_HOLD: "Let the request wait.",
    Action.RESUME: "Go on where the request was put on hold.",
    Action.MOVE_TO_DECLINED: "Say that the fund can't help.",
    Action.CLOSE: "End the request, for a reason; an advisor who helps is free for another.",
}
"""What each action does, as a hiring officer would say it."""

_PAGE = """\
# The life of a request for hiring support

<!-- Written by `make schema` from the table of moves in fund_api/hiring/lifecycle.py: change that, not this page. -->

For communities that want to know where their request is, and for hiring officers who want to know what comes next. A
request begins as `RECEIVED`. From then on it moves as the picture shows, and in no other way: anything else is refused
with the actions that are allowed now. [Hiring a manager](hiring-a-manager.md) follows one from its first day on.

```mermaid
{diagram}
```

A request that is `ON_HOLD` goes on in the stage in which it was put there, and in no other. One step is nobody's
action: when an advisor is taken off a request that is `ADVISOR_MATCHED`, it is `TRIAGED` again.

## What may be done

By hiring officers: all of it needs the permission `fund:hiring:manage`. "Stays" means that the request stays where it
is. A reason is read by whoever asked.

{table}
"""


def page() -> str:
    """The page as it is to stand in docs/hiring-lifecycle.md."""
    return _PAGE.format(diagram=diagram(), table=table())


def diagram() -> str:
    """Every move that leads somewhere, as a state diagram of Mermaid."""
    arrows = [(move.start, move.end, move.action) for move in MOVES if move.end is not None]
    return drawing.state_diagram(HiringStage.RECEIVED, arrows, HiringStage)


def table() -> str:
    """Every action, from where and to where, and whether it needs a reason, as a table of Markdown."""
    in_order = sorted(MOVES, key=lambda move: (list(Action).index(move.action), move.end is None))
    return drawing.table(
        ["Action", "What it does", "From", "To", "Reason"],
        (_row(list(moves)) for _, moves in groupby(in_order, key=lambda move: (move.action, move.end is None))),
    )


def _row(moves: list[Move]) -> list[str]:
    action = moves[0].action
    ends = code(dict.fromkeys(move.end for move in moves if move.end is not None)) or "stays"
    reason = "needed" if action in (*EXPLAINED, Action.CLOSE) else ""
    starts = code(dict.fromkeys(move.start for move in moves))
    return [f"`{action}`", MEANINGS[action], starts, ends, reason]
