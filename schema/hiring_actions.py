"""What may be done with a request for hiring support, as clients see it."""

from fund_api.graph import declare
from fund_api.hiring import lifecycle
from fund_api.hiring.lifecycle import HiringAction
from fund_api.hiring.tables import HiringStage
from fund_api.hiring.visibility import MANAGE

declare.enum(
    HiringAction,
    "What may be done with a request for hiring support.",
    UPDATE="Fill in or correct what is said of it: updateHiringRequest.",
    TRIAGE="Take it up: triageRequest.",
    MATCH_ADVISOR="Find a senior advisor for it: matchAdvisor.",
    MOVE_TO_POSITION_CREATION="Move it to POSITION_CREATION: moveRequest.",
    MOVE_TO_PROFILE_DRAFTED="Move it to PROFILE_DRAFTED: moveRequest.",
    MOVE_TO_RECRUITING="Move it to RECRUITING: moveRequest.",
    MOVE_TO_FINALISTS="Move it to FINALISTS: moveRequest.",
    MOVE_TO_OFFER="Move it to OFFER: moveRequest.",
    RECORD_APPOINTMENT="Record whom the community hired: recordAppointment.",
    MOVE_TO_FOLLOW_UP="Move it to FOLLOW_UP: moveRequest.",
    RECORD_FOLLOW_UP="Record that somebody asked how it goes: recordFollowUp.",
    CORRECT_PLACEMENT="Correct what was recorded of the appointment: correctPlacement.",
    PUBLISH_PLACEMENT="Let everybody know whom the community hired: publishPlacement.",
    MOVE_TO_ON_HOLD="Let it wait, for a reason: moveRequest.",
    RESUME="Go on where it was held: moveRequest, to its heldStage.",
    MOVE_TO_DECLINED="Decline it, for a reason: moveRequest.",
    CLOSE="End it: closeRequest.",
)


def available_actions(
    permissions: frozenset[str], stage: str, is_advised: bool, is_hidden: bool, is_awaited: bool
) -> list[HiringAction]:
    """What somebody with these permissions may do with a request as it stands."""
    if MANAGE not in permissions:
        return []
    return lifecycle.open_now(HiringStage(stage), advised=is_advised, hidden=is_hidden, awaited=is_awaited)
