"""What the law asks on the way to a decision, by the rules that are loaded as data. No legal advice."""

from datetime import date, timedelta

import sqlalchemy as sa

from fund_api.campaigns.tables import Milestone, MilestoneKind, Route
from fund_api.campaigns.work_tables import WHOLE, ProcedureRule
from fund_api.communities.tables import Community
from fund_api.core.columns import table_of
from fund_api.core.errors import InvalidValue
from fund_api.core.writing import Row, Transaction

RULE, COMMUNITY, MILESTONE = table_of(ProcedureRule), table_of(Community), table_of(Milestone)

DUE = {Route.CITIZEN_PETITION: MilestoneKind.PETITION_FILED}
"""What has to be done so many days before the election, by route; on others, the question is on the ballot by then."""


def signatures_needed(threshold_hundredths: int | None, registered_voters: int) -> int | None:
    """How many signatures a threshold, in hundredths of a percent, asks of so many voters, rounded up.

    Null for a rule without a threshold. Raises InvalidValue for a number below zero.
    """
    if registered_voters < 0:
        raise InvalidValue(f"registered voters are 0 or more, not {registered_voters:,}.", "registered_voters")
    if threshold_hundredths is None:
        return None
    return -(-threshold_hundredths * registered_voters // WHOLE)


def percent_of(hundredths: int | None) -> float | None:
    """Hundredths of a percent in percent."""
    return None if hundredths is None else hundredths / 100


async def rule_for(tx: Transaction, community_id: str, route: str) -> Row | None:
    """The rule of a community's state for a route: the one for communities of its kind, else the one for all."""
    query = (
        sa.select(RULE)
        .join(COMMUNITY, COMMUNITY.c.state_code == RULE.c.state_code)
        .where(COMMUNITY.c.id == community_id, RULE.c.route == route)
        .where(sa.or_(RULE.c.applies_to == COMMUNITY.c.kind, RULE.c.applies_to.is_(None)))
        .order_by(RULE.c.applies_to.is_(None), RULE.c.id)
        .limit(1)
    )
    found = await tx.rows(query)
    return found[0] if found else None


async def add_milestones(tx: Transaction, campaign: Row) -> None:
    """Give a campaign, by its row, the milestones that a rule counts back from its election day.

    Kinds of milestones that it has already are left alone, and without such a rule nothing is added.
    """
    if campaign["election_on"] is None or campaign["route"] is None:
        return
    rule = await rule_for(tx, campaign["community_id"], campaign["route"])
    if rule is None or rule["days_before_election"] is None:
        return
    present = await tx.rows(sa.select(MILESTONE.c.kind).where(MILESTONE.c.campaign_id == campaign["id"]))
    taken = {row["kind"] for row in present}
    try:
        steps = _steps(rule, campaign["election_on"])
    except OverflowError:  # the calendar ends
        raise InvalidValue(f"election on: {campaign['election_on']} is too early.", "election_on") from None
    for kind, due_on, note in steps:
        if kind not in taken:
            values = {"campaign_id": campaign["id"], "kind": kind, "due_on": due_on, "note": note}
            await tx.add(Milestone, "added", values, campaign_id=campaign["id"])


def _steps(rule: Row, election_on: date) -> list[tuple[MilestoneKind, date, str | None]]:
    days = rule["days_before_election"]
    kind = DUE.get(Route(rule["route"]), MilestoneKind.BALLOT_CERTIFIED)
    note = f"{days} days before election day: {rule['citation']}"
    return [
        (kind, election_on - timedelta(days=days), note),
        (MilestoneKind.ELECTION_DAY, election_on, None),
    ]
