"""The life of a campaign: the one table of its moves, which the rules follow and clients are told of."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from fund_api.campaigns.tables import Outcome, ResultStatus, Stage
from fund_api.core.access import Viewer
from fund_api.core.errors import InvalidTransition

DECISIONS = frozenset({Outcome.ADOPTED, Outcome.REJECTED, Outcome.RETAINED, Outcome.ABANDONED, Outcome.CONTESTED})
"""Outcomes that the voters, or the body in charge, decided."""
ENDINGS = frozenset({Outcome.WITHDRAWN, Outcome.DETERRED, Outcome.DECLINED})
"""Outcomes of a campaign that ends before a decision."""
CHANGES = frozenset({Outcome.ADOPTED, Outcome.ABANDONED})
"""Decisions after which a community moves into another form."""
UNDECIDED: frozenset[Outcome] = frozenset()

UPDATE, PUBLISH = "campaign:update", "campaign:publish"
OPEN = (Stage.INQUIRY, Stage.EXPLORING, Stage.ORGANIZING, Stage.QUALIFYING, Stage.ON_BALLOT)


@dataclass(frozen=True, slots=True)
class Move:
    """A step from a stage to another: the outcome recorded must be one of `outcomes`; with none, none may be."""

    start: Stage
    end: Stage
    outcomes: frozenset[Outcome] = UNDECIDED
    action: str = UPDATE


MOVES = (
    Move(Stage.INQUIRY, Stage.EXPLORING),
    Move(Stage.EXPLORING, Stage.ORGANIZING),
    Move(Stage.ORGANIZING, Stage.QUALIFYING),
    Move(Stage.QUALIFYING, Stage.ORGANIZING),
    Move(Stage.QUALIFYING, Stage.ON_BALLOT),
    Move(Stage.QUALIFYING, Stage.DECIDED, DECISIONS),  # by an ordinance or an act, without a ballot
    Move(Stage.ON_BALLOT, Stage.DECIDED, DECISIONS),
    Move(Stage.DECIDED, Stage.TRANSITION, CHANGES),
    Move(Stage.DECIDED, Stage.CLOSED, DECISIONS),
    Move(Stage.TRANSITION, Stage.CLOSED, DECISIONS),
    *(Move(stage, Stage.CLOSED, ENDINGS) for stage in OPEN),
)


class CampaignAction(StrEnum):
    """What may be done with a campaign."""

    UPDATE = "UPDATE"
    PUBLISH = "PUBLISH"
    RECORD_OUTCOME = "RECORD_OUTCOME"
    MOVE_TO_EXPLORING = "MOVE_TO_EXPLORING"
    MOVE_TO_ORGANIZING = "MOVE_TO_ORGANIZING"
    MOVE_TO_QUALIFYING = "MOVE_TO_QUALIFYING"
    MOVE_TO_ON_BALLOT = "MOVE_TO_ON_BALLOT"
    MOVE_TO_DECIDED = "MOVE_TO_DECIDED"
    MOVE_TO_TRANSITION = "MOVE_TO_TRANSITION"
    MOVE_TO_CLOSED = "MOVE_TO_CLOSED"


RESULTS: Mapping[ResultStatus, frozenset[ResultStatus]] = {
    ResultStatus.NONE: frozenset(ResultStatus),
    ResultStatus.REPORTED: frozenset(ResultStatus) - {ResultStatus.NONE},
    ResultStatus.PROVISIONAL: frozenset(ResultStatus) - {ResultStatus.NONE, ResultStatus.REPORTED},
    ResultStatus.CONTESTED: frozenset({ResultStatus.CONTESTED, ResultStatus.CERTIFIED}),
    ResultStatus.CERTIFIED: frozenset({ResultStatus.CERTIFIED, ResultStatus.CONTESTED}),
}
"""How official a result may become, by how official it is: never less, but for a dispute."""


def move(stage: Stage, outcome: Outcome | None, end: Stage) -> Move:
    """The move to a stage. Raises InvalidTransition, with the stages that are allowed now, when there is none."""
    ways = [one for one in MOVES if one.start is stage and one.end is end]
    fitting = [one for one in ways if _fits(one, outcome)]
    if fitting:
        return fitting[0]
    allowed = [one.end for one in MOVES if one.start is stage and _fits(one, outcome)]
    message = f"A campaign in {stage} can't move to {end}. Allowed is: {_listed(allowed)}."
    if ways:
        wanted = _listed(sorted(set().union(*(one.outcomes for one in ways))))
        needed = f"the recorded outcome to be one of {wanted}" if wanted != "nothing" else "that no outcome is recorded"
        message = f"To move from {stage} to {end} needs {needed}; it is {outcome or 'not recorded'}."
    raise InvalidTransition(message, stage, allowed)


def recordable(stage: Stage) -> tuple[Outcome, ...]:
    """The outcomes that a move from this stage asks for."""
    near = (one.outcomes for one in MOVES if one.start is stage)
    return tuple(sorted(set().union(*near)))


def allowed(campaign: Mapping[str, Any], viewer: Viewer, *, belongs: bool) -> list[CampaignAction]:
    """What a viewer may do with a campaign (its row) now; `belongs` says whether it is theirs."""

    def may(action: str) -> bool:
        return viewer.may(f"fund:{action}") or (belongs and viewer.may(f"own:{action}"))

    stage, outcome = Stage(campaign["stage"]), campaign["outcome"]
    actions = [CampaignAction.UPDATE] if may(UPDATE) else []
    if may(PUBLISH) and campaign["published_at"] is None:
        actions.append(CampaignAction.PUBLISH)
    if may(UPDATE) and recordable(stage):
        actions.append(CampaignAction.RECORD_OUTCOME)
    ways = [one for one in MOVES if one.start is stage and _fits(one, outcome) and may(one.action)]
    return actions + [CampaignAction(f"MOVE_TO_{one.end}") for one in ways]


def _fits(one: Move, outcome: str | None) -> bool:
    return outcome in one.outcomes if one.outcomes else outcome is None


def _listed(values: list[Any]) -> str:
    return ", ".join(values) or "nothing"
