"""What may be done with a cohort, as clients see it."""

from fund_api.careers import lifecycle
from fund_api.careers.fellowship_tables import CohortStage
from fund_api.careers.lifecycle import CohortAction
from fund_api.core.access import Viewer
from fund_api.graph import declare

declare.enum(
    CohortAction,
    "What may be done with a cohort of fellows.",
    UPDATE="Change what is said of it: updateCohort.",
    PROPOSE_FELLOW="Propose that a community hosts a fellow: proposeFellow.",
    MOVE_TO_OPEN="Take applications: moveCohort to OPEN.",
    MOVE_TO_SELECTING="Choose the fellows: moveCohort to SELECTING.",
    MOVE_TO_UNDERWAY="Let them begin: moveCohort to UNDERWAY.",
    MOVE_TO_COMPLETED="Complete it, once no placement is open: moveCohort to COMPLETED.",
    MOVE_TO_CANCELLED="Cancel it, with a reason: moveCohort to CANCELLED.",
)


def available_actions(permissions: frozenset[str], stage: str, taken: int, seats: int) -> list[CohortAction]:
    """What somebody with these permissions may do with a cohort."""
    return lifecycle.allowed(Viewer(None, permissions), CohortStage(stage), full=taken >= seats)
