"""The lives of a cohort and of a fellow's placement: the two tables of their moves.

The rules follow them, and clients are told of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from fund_api.careers.fellowship_tables import CohortStage, FellowState
from fund_api.careers.visibility import MANAGE
from fund_api.core.access import Viewer
from fund_api.core.errors import InvalidTransition

Stage = CohortStage
State = FellowState


class CohortAction(StrEnum):
    """What may be done with a cohort."""

    UPDATE = "UPDATE"
    PROPOSE_FELLOW = "PROPOSE_FELLOW"
    MOVE_TO_OPEN = "MOVE_TO_OPEN"
    MOVE_TO_SELECTING = "MOVE_TO_SELECTING"
    MOVE_TO_UNDERWAY = "MOVE_TO_UNDERWAY"
    MOVE_TO_COMPLETED = "MOVE_TO_COMPLETED"
    MOVE_TO_CANCELLED = "MOVE_TO_CANCELLED"


@dataclass(frozen=True, slots=True)
class CohortMove:
    """A step of a cohort from a stage to another."""

    start: Stage
    end: Stage


@dataclass(frozen=True, slots=True)
class FellowMove:
    """A step of a placement from a state to another, while its cohort is in one of `stages`."""

    start: State
    end: State
    stages: tuple[Stage, ...] = (Stage.UNDERWAY,)


STANDING = (Stage.PLANNED, Stage.OPEN, Stage.SELECTING, Stage.UNDERWAY)
"""Where something can still become of a cohort."""
PLACING = (Stage.SELECTING, Stage.UNDERWAY)
"""Where placements are agreed on, or come to nothing."""
PROPOSING = Stage.SELECTING
"""Where placements are proposed."""

COHORT_MOVES: tuple[CohortMove, ...] = (
    CohortMove(Stage.PLANNED, Stage.OPEN),
    CohortMove(Stage.OPEN, Stage.SELECTING),
    CohortMove(Stage.SELECTING, Stage.UNDERWAY),
    CohortMove(Stage.UNDERWAY, Stage.COMPLETED),  # once no placement is open
    *(CohortMove(stage, Stage.CANCELLED) for stage in STANDING),
)
FELLOW_MOVES: tuple[FellowMove, ...] = (
    FellowMove(State.PROPOSED, State.CONFIRMED, PLACING),
    FellowMove(State.PROPOSED, State.WITHDRAWN, PLACING),
    FellowMove(State.CONFIRMED, State.UNDERWAY),
    FellowMove(State.CONFIRMED, State.WITHDRAWN, PLACING),
    FellowMove(State.UNDERWAY, State.COMPLETED),
    FellowMove(State.UNDERWAY, State.ENDED_EARLY),
)

OPEN = tuple(dict.fromkeys(move.start for move in FELLOW_MOVES))
"""Where something can still become of a placement."""
GIVEN_BACK = (State.WITHDRAWN, State.ENDED_EARLY)
"""Where a placement ends with a reason and takes no seat any more."""
CALLED_OFF = {State.PROPOSED: State.WITHDRAWN, State.CONFIRMED: State.WITHDRAWN, State.UNDERWAY: State.ENDED_EARLY}
"""What becomes of an open placement when its cohort is cancelled."""


def move_cohort(stage: Stage, end: Stage) -> None:
    """Raises InvalidTransition, with the stages that are allowed now, where there is no such move."""
    ends = [move.end for move in COHORT_MOVES if move.start is stage]
    if end not in ends:
        message = f"A cohort in {stage} can't move to {end}. Allowed is: {_listed(ends)}."
        raise InvalidTransition(message, stage, ends)


def move_fellow(state: State, end: State, stage: Stage) -> None:
    """Raises InvalidTransition, with the states that are allowed now, where there is no such move in this stage."""
    moves = [move for move in FELLOW_MOVES if move.start is state]
    ends = [move.end for move in moves if stage in move.stages]
    if end in ends:
        return
    message = f"A placement that is {state} can't become {end} while its cohort is {stage}."
    raise InvalidTransition(f"{message} Allowed is: {_listed(ends)}.", state, ends)


def need_standing(stage: Stage, what: str) -> None:
    """Raises InvalidTransition for a cohort that is over."""
    if stage not in STANDING:
        raise InvalidTransition(f"A cohort that is {stage} can't {what}.", stage, ())


def allowed(viewer: Viewer, stage: Stage, *, full: bool) -> list[CohortAction]:
    """What a viewer may do with a cohort in this stage; `full` says that all seats are taken."""
    if not viewer.may(MANAGE) or stage not in STANDING:
        return []
    actions = [CohortAction.UPDATE]
    if stage is PROPOSING and not full:
        actions.append(CohortAction.PROPOSE_FELLOW)
    return actions + [CohortAction(f"MOVE_TO_{move.end}") for move in COHORT_MOVES if move.start is stage]


def _listed(ends: Sequence[str]) -> str:
    return ", ".join(ends) or "nothing"
