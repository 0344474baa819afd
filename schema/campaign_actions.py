"""What may be done with a campaign, as clients see it."""

from fund_api.campaigns import lifecycle
from fund_api.campaigns.lifecycle import CampaignAction
from fund_api.core.access import Viewer
from fund_api.graph import declare

declare.enum(
    CampaignAction,
    "What may be done with a campaign.",
    UPDATE="Change what is said of it: updateCampaign, addMilestone, addBallotMeasure, addCampaignMember.",
    PUBLISH="Let everybody see it: publishCampaign.",
    RECORD_OUTCOME="Record what became of the form: recordOutcome.",
    MOVE_TO_EXPLORING="Move it to EXPLORING: moveCampaign.",
    MOVE_TO_ORGANIZING="Move it to ORGANIZING: moveCampaign.",
    MOVE_TO_QUALIFYING="Move it to QUALIFYING: moveCampaign.",
    MOVE_TO_ON_BALLOT="Move it to ON_BALLOT: moveCampaign.",
    MOVE_TO_DECIDED="Move it to DECIDED: moveCampaign.",
    MOVE_TO_TRANSITION="Move it to TRANSITION: moveCampaign.",
    MOVE_TO_CLOSED="Move it to CLOSED: moveCampaign.",
)


def available_actions(
    permissions: frozenset[str], stage: str, outcome: str | None, published_at: object, mine: bool
) -> list[CampaignAction]:
    """What somebody with these permissions may do with a campaign."""
    row = {"stage": stage, "outcome": outcome, "published_at": published_at}
    return lifecycle.allowed(row, Viewer(None, permissions), belongs=mine)
