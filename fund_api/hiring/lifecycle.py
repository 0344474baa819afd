"""The life of a request for hiring support: the one table of its moves, which the rules follow and clients are told of.

`docs/hiring-lifecycle.md` is drawn from it. Hiring officers make the moves. One is made by no action: a request whose
advisor is taken off right after the match is TRIAGED again.
"""

from dataclasses import dataclass
from enum import StrEnum

from fund_api.core.errors import InvalidTransition
from fund_api.hiring.tables import ENDED, HiringStage

Stage = HiringStage


class HiringAction(StrEnum):
    """What may be done with a request."""

    UPDATE = "UPDATE"
    TRIAGE = "TRIAGE"
    MATCH_ADVISOR = "MATCH_ADVISOR"
    MOVE_TO_POSITION_CREATION = "MOVE_TO_POSITION_CREATION"
    MOVE_TO_PROFILE_DRAFTED = "MOVE_TO_PROFILE_DRAFTED"
    MOVE_TO_RECRUITING = "MOVE_TO_RECRUITING"
    MOVE_TO_FINALISTS = "MOVE_TO_FINALISTS"
    MOVE_TO_OFFER = "MOVE_TO_OFFER"
    RECORD_APPOINTMENT = "RECORD_APPOINTMENT"
    MOVE_TO_FOLLOW_UP = "MOVE_TO_FOLLOW_UP"
    RECORD_FOLLOW_UP = "RECORD_FOLLOW_UP"
    CORRECT_PLACEMENT = "CORRECT_PLACEMENT"
    PUBLISH_PLACEMENT = "PUBLISH_PLACEMENT"
    MOVE_TO_ON_HOLD = "MOVE_TO_ON_HOLD"
    RESUME = "RESUME"
    MOVE_TO_DECLINED = "MOVE_TO_DECLINED"
    CLOSE = "CLOSE"


Action = HiringAction


@dataclass(frozen=True, slots=True)
class Move:
    """Something that may be done in a stage; with no `end` the request stays where it is."""

    action: HiringAction
    start: Stage
    end: Stage | None = None

    @property
    def after(self) -> Stage:
        """Where the request stands afterwards."""
        return self.end or self.start


SEARCHING = (Stage.POSITION_CREATION, Stage.PROFILE_DRAFTED, Stage.RECRUITING, Stage.FINALISTS, Stage.OFFER)
"""Where an advisor helps, after the match."""
_WORKING = (Stage.TRIAGED, Stage.ADVISOR_MATCHED, *SEARCHING)
_OPEN = tuple(stage for stage in Stage if stage not in ENDED)
SIMPLE = (
    *(Action.MOVE_TO_POSITION_CREATION, Action.MOVE_TO_PROFILE_DRAFTED, Action.MOVE_TO_RECRUITING),
    *(Action.MOVE_TO_FINALISTS, Action.MOVE_TO_OFFER, Action.MOVE_TO_FOLLOW_UP),
    *(Action.MOVE_TO_ON_HOLD, Action.RESUME, Action.MOVE_TO_DECLINED),
)
"""Actions that change the stage and nothing else."""
EXPLAINED = (Action.MOVE_TO_ON_HOLD, Action.MOVE_TO_DECLINED)
"""Moves that need a reason, which who asked reads."""


def _moving(action: HiringAction, end: Stage, *starts: Stage) -> tuple[Move, ...]:
    return tuple(Move(action, start, end) for start in starts)


def _staying(action: HiringAction, *starts: Stage) -> tuple[Move, ...]:
    return tuple(Move(action, start) for start in starts)


MOVES: tuple[Move, ...] = (
    *_staying(Action.UPDATE, *_OPEN),
    *_moving(Action.TRIAGE, Stage.TRIAGED, Stage.RECEIVED),
    *_moving(Action.MATCH_ADVISOR, Stage.ADVISOR_MATCHED, Stage.TRIAGED),
    *_staying(Action.MATCH_ADVISOR, *SEARCHING),  # another one, after one was taken off
    *_moving(Action.MOVE_TO_POSITION_CREATION, Stage.POSITION_CREATION, Stage.TRIAGED, Stage.ADVISOR_MATCHED),
    *_moving(
        Action.MOVE_TO_PROFILE_DRAFTED,
        Stage.PROFILE_DRAFTED,
        *(Stage.TRIAGED, Stage.ADVISOR_MATCHED, Stage.POSITION_CREATION),  # the position may exist already
    ),
    *_moving(Action.MOVE_TO_RECRUITING, Stage.RECRUITING, Stage.PROFILE_DRAFTED, Stage.FINALISTS, Stage.OFFER),
    *_moving(Action.MOVE_TO_FINALISTS, Stage.FINALISTS, Stage.RECRUITING, Stage.OFFER),
    *_moving(Action.MOVE_TO_OFFER, Stage.OFFER, Stage.FINALISTS),
    *_moving(Action.RECORD_APPOINTMENT, Stage.APPOINTED, Stage.OFFER),
    *_moving(Action.MOVE_TO_FOLLOW_UP, Stage.FOLLOW_UP, Stage.APPOINTED),
    *_staying(Action.RECORD_FOLLOW_UP, Stage.FOLLOW_UP),
    *_staying(Action.CORRECT_PLACEMENT, Stage.APPOINTED, Stage.FOLLOW_UP, Stage.CLOSED),
    *_staying(Action.PUBLISH_PLACEMENT, Stage.APPOINTED, Stage.FOLLOW_UP, Stage.CLOSED),
    *_moving(Action.MOVE_TO_ON_HOLD, Stage.ON_HOLD, Stage.RECEIVED, *_WORKING),
    *_moving(Action.MOVE_TO_DECLINED, Stage.DECLINED, Stage.RECEIVED, Stage.TRIAGED),
    *(Move(Action.RESUME, Stage.ON_HOLD, end) for end in (Stage.RECEIVED, *_WORKING)),  # to where it was held
    *_moving(Action.CLOSE, Stage.CLOSED, *_OPEN),
)


def find(action: HiringAction, stage: Stage) -> Move | None:
    """The move that an action makes from a stage, if it may be taken there."""
    return next((move for move in MOVES if move.action is action and move.start is stage), None)


def allowed(stage: Stage) -> list[HiringAction]:
    """What may be done in a stage, each action once."""
    return list(dict.fromkeys(move.action for move in MOVES if move.start is stage))


def ways(stage: Stage, held_stage: Stage | None) -> dict[Stage, HiringAction]:
    """The stages that a request can simply be moved to, each by which action; from ON_HOLD where it was held alone."""
    moving = [move for move in MOVES if move.start is stage and move.action in SIMPLE]
    return {move.after: move.action for move in moving if stage is not Stage.ON_HOLD or move.after is held_stage}


def way(stage: Stage, held_stage: Stage | None, to: Stage) -> HiringAction:
    """The action that moves a request to a stage. Raises InvalidTransition, with what is allowed now, if none does."""
    known = ways(stage, held_stage)
    if to not in known:
        message = f"A request in {stage} can't be moved to {to}. Allowed is: {', '.join(known) or 'nothing'}."
        raise InvalidTransition(message, stage, allowed(stage))
    return known[to]


def open_now(stage: Stage, *, advised: bool, hidden: bool, awaited: bool) -> list[HiringAction]:
    """What hiring officers may do in a stage with a request as it is.

    Whether it is `advised` by somebody now, has a placement that is `hidden`, and a follow-up that is `awaited`.
    """
    done = {Action.MATCH_ADVISOR: advised, Action.RECORD_FOLLOW_UP: not awaited}
    done |= dict.fromkeys((Action.CORRECT_PLACEMENT, Action.PUBLISH_PLACEMENT), not hidden)
    return [action for action in allowed(stage) if not done.get(action, False)]


def need(action: HiringAction, stage: Stage) -> Move:
    """The move that an action makes. Raises InvalidTransition, with what is allowed now, where there is none."""
    found = find(action, stage)
    if found is not None:
        return found
    *others, last = dict.fromkeys(str(move.start) for move in MOVES if move.action is action)
    starts = f"{', '.join(others)} or {last}" if others else last
    message = f"{action} takes a request in {starts}; this one is in {stage}."
    raise InvalidTransition(message, stage, allowed(stage))
