"""How somebody stands to a grant, and what they may therefore do: rights and separation of duties, in one place.

Every rule on a grant begins with `hold`, which reads the grant with all that decides on the right to act, and ends
with `step`, one conditional statement. Nobody is two of applicant, preparer, reviewer, approver and payer on one grant,
nobody of the fund acts on a grant of a campaign that they belong to or belonged to since it was drafted, and who is
recused is out. To declare a recusal is open to everybody who could act otherwise.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from fund_api.campaigns.visibility import ONE
from fund_api.core.columns import Table, table_of
from fund_api.core.errors import NotAllowed, NotFound, VersionConflict
from fund_api.core.ids import new_id
from fund_api.core.writing import Row, Transaction, checked, words
from fund_api.grants import lifecycle, visibility
from fund_api.grants.deciding_tables import Approval, Duty, Review
from fund_api.grants.lifecycle import PERMISSIONS, GrantAction, Move
from fund_api.grants.tables import FundingProgram, Grant, GrantStatus
from fund_api.grants.visibility import CAMPAIGN, DUTY, GRANT
from fund_api.graph.rights import VIEWER, viewing

PROGRAM, REVIEW, APPROVAL = table_of(FundingProgram), table_of(Review), table_of(Approval)
More = Mapping[str, sa.ColumnElement[Any]]
"""What an act wants to know besides, each as an expression over the grant's row."""
_OUTSIDE = "Nobody of the fund acts on a grant of a campaign that they belong or belonged to."
_CAMPAIGN = ("title", "election_on", "election_on_precision", "stage", "published_at")
_GRANT_ID = sa.bindparam("grant_id", type_=sa.Text())
_CAMPAIGN_ID = sa.bindparam("campaign_id", type_=sa.Text())
_BELONGS_NOW = visibility.belongs(GRANT.c.campaign_id, viewing(frozenset()).id)
_IS_INSIDER = sa.select(visibility.belongs(_CAMPAIGN_ID, viewing(frozenset()).id))
SEEING = (f"fund:{visibility.READ}", f"own:{visibility.READ}")
"""The permissions on which it depends what somebody sees of grants."""


@dataclass(frozen=True, slots=True)
class Held:
    """A grant, its program and campaign as they are now, and as what the viewer acts on it."""

    grant: Row
    program: Row
    campaign: Row
    move: Move
    duty: Duty
    has_reviewed: bool
    has_approved: bool
    """Whether the viewer did so before."""
    more: Row


async def hold(
    tx: Transaction,
    grant_id: str,
    action: GrantAction,
    *,
    expected_version: int | None = None,
    more: More | None = None,
) -> Held:
    """The grant for an action that the viewer may take now.

    Raises NotFound when they may not see it, NotAllowed when it is not theirs to do, VersionConflict, and
    InvalidTransition. With the version that the viewer read one statement both locks and reads: whoever acted since
    made another version. Without it the row is locked first, so that what is read beside it is not older.
    """
    if expected_version is None:
        await tx.connection.execute(sa.select(GRANT.c.id).where(GRANT.c.id == grant_id).with_for_update())
    statement = _facts(frozenset(filter(tx.viewer.may, SEEING)), action, tuple((more or {}).items()))
    found = (await tx.connection.execute(statement, {_GRANT_ID.key: grant_id, VIEWER: tx.viewer.id})).first()
    facts: Row = dict(found._mapping) if found is not None else {}
    if not facts or not facts["is_seen"]:
        raise NotFound(f"There is no grant {grant_id}.")
    actor(tx)
    duty = _duty(tx, action, facts)
    grant = {column.name: facts[column.name] for column in GRANT.c}
    if expected_version is not None and grant["version"] != expected_version:
        raise VersionConflict(grant_id, expected_version, grant["version"])
    move = lifecycle.move(action, GrantStatus(grant["status"]))
    program = {column.name: facts[f"of_program_{column.name}"] for column in PROGRAM.c}
    campaign = {name: facts[f"of_campaign_{name}"] for name in _CAMPAIGN}
    done = (facts["reviewed"] is not None, facts["approved"] is not None)
    return Held(grant, program, campaign, move, duty, *done, {name: facts[f"more_{name}"] for name in more or {}})


async def hold_by(
    tx: Transaction, model: type[Table], part_id: str, action: GrantAction, expected_version: int
) -> tuple[Held, Row]:
    """A grant for an action on something that belongs to it, and that row. Raises as `hold` does."""
    table = table_of(model)
    grant_id = await tx.connection.scalar(sa.select(table.c.grant_id).where(table.c.id == part_id))
    missing = NotFound(f"There is no {words(model)} {part_id}.")
    if grant_id is None:
        raise missing
    try:
        held = await hold(tx, grant_id, action)
    except NotFound:
        raise missing from None
    row = await tx.row(model, part_id)
    if row["version"] != expected_version:
        raise VersionConflict(part_id, expected_version, row["version"])
    return held, row


async def step(
    tx: Transaction,
    held: Held,
    told: str,
    values: Row,
    *conditions: sa.ColumnElement[bool],
    end: GrantStatus | None = None,
) -> None:
    """Write what an action does to the grant, as long as nobody acted on it since; `told` is what happened to it.

    It moves as its table says, or to `end`. Its version rises even when nothing else changes: who acts on a grant
    next does so on what it is now. Raises NotAllowed for staff who joined the campaign meanwhile, else VersionConflict,
    also when one of the conditions does not hold any more.
    """
    grant, status = held.grant, end or held.move.after
    moved = {"status": status, "status_since": tx.now} if status != grant["status"] else {}
    after = {name: value for name, value in checked(GRANT, values | moved).items() if grant[name] != value}
    statement = (
        GRANT.update()
        .where(GRANT.c.id == grant["id"], GRANT.c.version == grant["version"], *conditions)
        .values(after | {"version": grant["version"] + 1, "updated_at": tx.now})
    )
    is_apart = not _is_for_insiders(held.duty, held.move.action)
    viewer = {VIEWER: actor(tx)}
    if is_apart:
        statement = statement.where(~_BELONGS_NOW)
    if (await tx.connection.execute(statement, viewer if is_apart else None)).rowcount != 1:
        if is_apart and await tx.connection.scalar(_IS_INSIDER, viewer | {_CAMPAIGN_ID.key: grant["campaign_id"]}):
            raise NotAllowed(_OUTSIDE)
        raise VersionConflict(grant["id"], grant["version"], grant["version"] + 1)
    before = {name: grant[name] for name in after}
    tx.record(Grant, told, grant["id"], before, after, campaign_id=grant["campaign_id"])
    held.grant.update(after | {"version": grant["version"] + 1})


async def assume(tx: Transaction, held: Held) -> None:
    """Note as what the viewer acts on the grant, the first time that they do."""
    row = {"id": new_id("duty"), "grant_id": held.grant["id"], "person_id": tx.viewer.id, "duty": held.duty}
    insert = sqlite.insert if tx.connection.dialect.name == "sqlite" else postgresql.insert
    noted = insert(DUTY).values(row | {"created_at": tx.now, "provenance": tx.provenance})
    await tx.connection.execute(noted.on_conflict_do_nothing(index_elements=[DUTY.c.grant_id, DUTY.c.person_id]))


def actor(tx: Transaction) -> str:
    """The person who acts. Raises NotAllowed for nobody: grants are the work of people who can be named."""
    if tx.viewer.id is None:
        raise NotAllowed("Sign in first: what is done on a grant is done by a person.")
    return tx.viewer.id


def stands_apart(person_id: sa.ColumnElement[str]) -> sa.ColumnElement[bool]:
    """Whether a person's word on the grant of the row counts: they are not recused, nor were they of its campaign."""
    return ~sa.or_(
        visibility.recused(GRANT.c.id, person_id),
        visibility.belongs(GRANT.c.campaign_id, person_id),
        visibility.has_belonged(GRANT.c, person_id),
    )


@lru_cache(maxsize=500)
def _facts(
    seeing: frozenset[str], action: GrantAction, more: tuple[tuple[str, sa.ColumnElement[Any]], ...]
) -> sa.Select[*tuple[Any, ...]]:
    """The grant with its program and campaign, locked, and how viewers who see so much of grants stand to it.

    Made once for them, as that takes longer than reading the row.
    """
    looking = viewing(seeing)
    person = looking.id
    works = [visibility.works_on(GRANT.c, person, PERMISSIONS[duty]) for duty in lifecycle.duties_of(action)]
    told: dict[str, sa.ColumnElement[Any]] = {
        "is_seen": _holds(visibility.grant(GRANT.c, looking)),
        "belongs": visibility.belongs(GRANT.c.campaign_id, person),
        "has_belonged": visibility.has_belonged(GRANT.c, person),
        "recused": visibility.recused(GRANT.c.id, person),
        "noted_duty": _one(DUTY.c.duty, DUTY, DUTY.c.person_id == person),
        "reviewed": _one(ONE, REVIEW, REVIEW.c.reviewer_id == person),
        "approved": _one(ONE, APPROVAL, APPROVAL.c.approver_id == person),
        **{f"works_as_{duty}": work for duty, work in zip(lifecycle.duties_of(action), works, strict=True)},
    }
    return (
        sa.select(
            *GRANT.c,
            *(column.label(f"of_program_{column.name}") for column in PROGRAM.c),
            *(CAMPAIGN.c[name].label(f"of_campaign_{name}") for name in _CAMPAIGN),
            *(expression.label(name) for name, expression in told.items()),
            *(expression.label(f"more_{name}") for name, expression in more),
        )
        .select_from(GRANT.join(PROGRAM).join(CAMPAIGN, CAMPAIGN.c.id == GRANT.c.campaign_id))
        .where(GRANT.c.id == _GRANT_ID)
        .with_for_update(of=(GRANT, CAMPAIGN))  # the campaign's row holds back who would join it meanwhile
    )


def _duty(tx: Transaction, action: GrantAction, facts: Row) -> Duty:
    """As what the viewer takes an action. Raises NotAllowed when they may not."""
    possible = lifecycle.duties_of(action)
    if Duty.APPLICANT in possible and facts["belongs"] and tx.viewer.may(f"own:{visibility.APPLY}"):
        chosen = Duty.APPLICANT
    else:
        chosen = _staff_duty(tx, action, facts)
    present = _present(facts)
    if present not in (None, chosen) and action is not GrantAction.DECLARE_RECUSAL:
        raise NotAllowed(
            f"You are the {present} of this grant, and nobody is {present} and {chosen} of the same grant."
        )
    return chosen


def _staff_duty(tx: Transaction, action: GrantAction, facts: Row) -> Duty:
    possible = lifecycle.duties_of(action)
    held = [duty for duty in possible if _has_permission(tx, duty, facts)]
    if not held:
        needed = " or ".join(f"fund:{PERMISSIONS[duty]}" for duty in possible if duty is not Duty.APPLICANT)
        own = f"own:{visibility.APPLY} and to belong to the campaign" if Duty.APPLICANT in possible else ""
        raise NotAllowed(f"This needs the permission {' or '.join(part for part in (needed, own) if part)}.")
    if (facts["belongs"] or facts["has_belonged"]) and not _is_for_insiders(held[0], action):
        raise NotAllowed(_OUTSIDE)
    if facts["recused"]:
        raise NotAllowed("You are recused from this grant.")
    present = _present(facts)
    return present if present in held else held[0]


def _is_for_insiders(duty: Duty, action: GrantAction) -> bool:
    """Whether it is no matter that somebody belongs to the campaign: to apply, and to step aside."""
    return duty is Duty.APPLICANT or action is GrantAction.DECLARE_RECUSAL


def _has_permission(tx: Transaction, duty: Duty, facts: Row) -> bool:
    permission = PERMISSIONS[duty]
    if duty is Duty.APPLICANT:
        return False  # that is for the campaign's own people
    return tx.viewer.may(f"fund:{permission}") or (tx.viewer.may(f"own:{permission}") and facts[f"works_as_{duty}"])


def _present(facts: Row) -> Duty | None:
    """What the viewer is on the grant by what they did so far."""
    if facts["reviewed"]:
        return Duty.REVIEWER
    if facts["approved"]:
        return Duty.APPROVER
    return Duty(facts["noted_duty"]) if facts["noted_duty"] else None


def _one(value: sa.ColumnElement[Any], table: sa.Table, condition: sa.ColumnElement[bool]) -> sa.ColumnElement[Any]:
    """A value of the grant's one row in a table that meets the condition."""
    return sa.select(value).where(table.c.grant_id == GRANT.c.id, condition).limit(1).scalar_subquery()


def _holds(condition: sa.ColumnElement[bool] | None) -> sa.ColumnElement[bool]:
    return sa.true() if condition is None else condition
