"""What holds for campaigns: how they begin, change, move, and become public."""

from collections.abc import Mapping
from typing import Any

from fund_api.campaigns import fiscal_years, lifecycle, procedure
from fund_api.campaigns.members import demand, may, may_in
from fund_api.campaigns.tables import Campaign, Milestone, Organization, Outcome, Stage
from fund_api.campaigns.work_tables import SupportEngagement
from fund_api.communities.tables import Community
from fund_api.core.errors import InvalidTransition, InvalidValue
from fund_api.core.facts import DatePrecision
from fund_api.core.ids import new_id
from fund_api.core.money import Currency
from fund_api.core.text import clean, fold
from fund_api.core.words import search_text
from fund_api.core.writing import Row, Transaction

Values = Mapping[str, Any]  # Any: a value of a column, by the column's name
SAID = frozenset({"title", "summary", "kind", "route", "organization_id", "opened_on", "election_on"})
"""What may be said of a campaign by its people."""
RECALL = (
    "A drive against a person, such as the recall of an official, is never supported: the fund helps to change or to "
    "defend a form of government."
)


def percent(stated: float | None, votes: int | None, other_votes: int | None) -> float | None:
    """The share of one side in percent: as the source states it, else of both totals, rounded to two decimals.

    Null when the source states none and either total is unknown, or nobody voted.
    """
    if stated is not None or votes is None or other_votes is None or votes + other_votes == 0:
        return stated
    return round(100 * votes / (votes + other_votes), 2)


def refuse_recall(against_person: bool) -> None:
    """Raises InvalidValue for a drive against a person."""
    if against_person:
        raise InvalidValue(RECALL, "against_person")


def only(values: Values, names: frozenset[str]) -> Row:
    """The values, which are for these columns alone. Raises ValueError, a fault of the caller's, for another."""
    if unknown := values.keys() - names:
        raise ValueError(f"{sorted(unknown)} can't be set here; {sorted(names)} can")
    return dict(values)


async def create_campaign(tx: Transaction, values: Values, *, against_person: bool = False) -> str:
    """Begin a campaign, seen by its people and the staff alone, and return its id.

    `values` has community_id and what may be said of a campaign. With an election day and a route for which its state
    has a rule, it gets the milestones that the rule asks for. Raises InvalidValue for a drive against a person.
    """
    demand(tx, "fund:campaign:create")
    refuse_recall(against_person)
    given = only(values, SAID | {"community_id"})
    await tx.row(Community, given["community_id"])
    row = await _said(tx, {"title": None, "summary": None, "election_on": None} | given, {})
    row |= {"stage": Stage.INQUIRY, "date_inferred": False, "opened_on": given.get("opened_on") or tx.now.date()}
    campaign_id = new_id("camp")
    await tx.add(Campaign, "created", row | {"id": campaign_id}, campaign_id=campaign_id)
    await procedure.add_milestones(tx, await tx.row(Campaign, campaign_id))
    return campaign_id


async def update_campaign(tx: Transaction, campaign_id: str, values: Values, *, expected_version: int) -> None:
    """Change what is said of a campaign. An election day or a route that is new to it brings its milestones."""
    before = await may(tx, lifecycle.UPDATE, campaign_id)
    row = await _said(tx, only(values, SAID), before)
    await _change(tx, "updated", campaign_id, row, expected_version)
    if {"election_on", "route"} & values.keys():
        await procedure.add_milestones(tx, await tx.row(Campaign, campaign_id))


async def move_campaign(tx: Transaction, campaign_id: str, to: Stage, *, expected_version: int) -> None:
    """Move a campaign to a stage, as `lifecycle.MOVES` allows. Raises InvalidTransition with what is allowed now."""
    campaign = await may(tx, lifecycle.UPDATE, campaign_id)
    lifecycle.move(Stage(campaign["stage"]), campaign["outcome"], to)
    await _change(tx, "moved", campaign_id, {"stage": to}, expected_version)


async def record_outcome(tx: Transaction, campaign_id: str, outcome: Outcome | None, *, expected_version: int) -> None:
    """Record what became of the form, or with None that it is open after all.

    Raises InvalidTransition, with the outcomes that can be recorded, for one that does not fit the stage.
    """
    campaign = await may(tx, lifecycle.UPDATE, campaign_id)
    stage = Stage(campaign["stage"])
    fitting = lifecycle.recordable(stage)
    if outcome not in fitting and not (outcome is None and stage in lifecycle.OPEN):
        named = ", ".join(fitting) or "nothing"
        raise InvalidTransition(
            f"A campaign in {stage} can't have the outcome {outcome}. Allowed is: {named}.", stage, fitting
        )
    await _change(tx, "outcome_recorded", campaign_id, {"outcome": outcome}, expected_version)


async def publish_campaign(tx: Transaction, campaign_id: str, *, expected_version: int) -> None:
    """Let everybody see a campaign and what belongs to it, from now on."""
    campaign = await may(tx, lifecycle.PUBLISH, campaign_id)
    if campaign["published_at"] is not None:
        raise InvalidTransition("The campaign is published already.", "published", ())
    await _change(tx, "published", campaign_id, {"published_at": tx.now}, expected_version)


async def add_milestone(tx: Transaction, campaign_id: str, values: Values) -> str:
    """Add a dated step to a campaign and return its id; `values`: kind, due_on, note."""
    await may(tx, lifecycle.UPDATE, campaign_id)
    row = only(values, frozenset({"kind", "due_on", "note"})) | {"campaign_id": campaign_id}
    return await tx.add(Milestone, "added", row, campaign_id=campaign_id)


async def complete_milestone(tx: Transaction, milestone_id: str, done_on: Any, *, expected_version: int) -> None:
    """Say on which day a step was done. Raises InvalidValue for a day to come."""
    milestone = await may_in(tx, lifecycle.UPDATE, Milestone, milestone_id)
    if done_on > tx.now.date():
        raise InvalidValue(f"A milestone is done today or before, not on {done_on}.", "done_on")
    values, campaign_id = {"done_on": done_on}, milestone["campaign_id"]
    change = {"expected_version": expected_version, "campaign_id": campaign_id}
    await tx.change(Milestone, "completed", milestone_id, values, **change)


async def log_support(tx: Transaction, campaign_id: str, values: Values) -> str:
    """Log help without money and return its id; `values`: kind, given_on, in_kind_value (cents), lobbying, description.

    Lobbying counts against the cap of its fiscal year, if that is open. Raises InvalidValue for help that is not given
    yet, BudgetExceeded for lobbying over the cap.
    """
    await may(tx, "support:log", campaign_id)
    names = frozenset({"kind", "given_on", "in_kind_value", "lobbying", "description"})
    row = only(values, names) | {"campaign_id": campaign_id, "currency": Currency.USD}
    if row["given_on"] > tx.now.date():
        raise InvalidValue(f"Support is logged once it is given, not for {row['given_on']}.", "given_on")
    engagement_id = await tx.add(SupportEngagement, "logged", row, campaign_id=campaign_id)
    if row["lobbying"] and row["in_kind_value"] > 0:  # after it was added: see fiscal_years.open_fiscal_year
        await fiscal_years.count_lobbying(tx, row["given_on"], row["in_kind_value"])
    return engagement_id


async def _said(tx: Transaction, given: Row, before: Row) -> Row:
    """The values with what follows from them: words to search by, and how much of the election day is known."""
    if given.get("organization_id") is not None:
        await tx.row(Organization, given["organization_id"])
    row = dict(given)
    if {"title", "summary"} & given.keys():
        title, summary = (given.get(name, before.get(name)) for name in ("title", "summary"))
        row |= titled(title, summary)
    if "election_on" in given:
        precision = None if given["election_on"] is None else DatePrecision.DAY
        row |= {"election_on_precision": precision, "date_inferred": False}
    return row


def titled(title: str | None, summary: str | None) -> Row:
    """The folded title and the words of both, as the importer writes them. Raises InvalidValue for no title."""
    return {"title_folded": folded(title, "title"), "search_text": search_text(title or "", summary)}


def folded(text: str | None, name: str) -> str:
    """A text that has to say something, as it is compared. Raises InvalidValue for one that says nothing."""
    try:
        found = fold(clean(text or ""))
    except ValueError as error:
        raise InvalidValue(f"{name}: {error}.", name) from None
    if not found:
        raise InvalidValue(f"{name} takes a text with letters or digits.", name)
    return found


async def _change(tx: Transaction, action: str, campaign_id: str, row: Row, expected_version: int) -> None:
    await tx.change(Campaign, action, campaign_id, row, expected_version=expected_version, campaign_id=campaign_id)
