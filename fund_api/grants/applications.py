"""Applications: how the applicant, or an officer for them, drafts, changes, submits and withdraws one."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from fund_api.campaigns import visibility as campaigns
from fund_api.campaigns.tables import Stage
from fund_api.core.access import LookingAs
from fund_api.core.columns import table_of
from fund_api.core.errors import InvalidTransition, InvalidValue, NotAllowed, NotFound, placed
from fund_api.core.ids import new_id
from fund_api.core.money import Currency, to_decimal
from fund_api.core.writing import Row, Transaction
from fund_api.grants import lifecycle, visibility
from fund_api.grants.deciding_tables import Duty, GrantDuty
from fund_api.grants.lifecycle import GrantAction
from fund_api.grants.standing import PROGRAM, Held, actor, assume, hold, step
from fund_api.grants.tables import BudgetLine, Grant, GrantStatus
from fund_api.grants.visibility import CAMPAIGN

LINE = table_of(BudgetLine)
SAID = frozenset({"purpose", "requested", "payee", "payee_registration"})
"""What may be said in an application."""
_NEEDED = {"payee": "the payee", "payee_registration": "the registration of the payee's committee"}
MOST_LINES = 100
CAMPAIGN_CLOSED = "A campaign that is closed takes no grants any more."
Values = Mapping[str, Any]  # Any: a value of a column, by the column's name
Line = tuple[str, int]
"""What a part of the money is for, and how much, in minor units."""


async def draft(tx: Transaction, campaign_id: str, program_id: str, values: Values, lines: Sequence[Line]) -> str:
    """Begin an application for a campaign and return its id; `values` has purpose and requested at least.

    The campaign's own people may, and officers for them. Raises NotFound, NotAllowed, and InvalidValue for an amount
    outside of the program's bounds.
    """
    campaign = await _campaign(tx, campaign_id, program_id)
    actor(tx)
    program = await _program(tx, program_id)
    duty = _drafts_as(tx, campaign)
    if campaign["stage"] == Stage.CLOSED:
        raise InvalidTransition(CAMPAIGN_CLOSED, campaign["stage"], ())
    check_bounds(program, values["requested"])
    grant_id = new_id("grant")
    row: Row = {"id": grant_id, "program_id": program_id, "campaign_id": campaign_id}
    row |= {"community_id": campaign["community_id"], "currency": program["currency"]}
    row |= {"status": GrantStatus.DRAFT, "status_since": tx.now}
    row |= {"scheduled": 0, "disbursed": 0, "returned": 0, "released": 0} | only(values)
    await tx.add(Grant, "drafted", row, campaign_id=campaign_id)
    noted = {"id": new_id("duty"), "grant_id": grant_id, "person_id": tx.viewer.id, "duty": duty}
    await tx.connection.execute(
        table_of(GrantDuty).insert(), noted | {"created_at": tx.now, "provenance": tx.provenance}
    )
    await _write_lines(tx, grant_id, campaign_id, lines)
    return grant_id


async def update(
    tx: Transaction, grant_id: str, values: Values, lines: Sequence[Line] | None, *, expected_version: int
) -> None:
    """Change what an application says; with `lines` its whole budget anew."""
    held = await hold(tx, grant_id, GrantAction.UPDATE, expected_version=expected_version)
    if values.get("requested") is not None:
        check_bounds(held.program, values["requested"])
    await assume(tx, held)
    await step(tx, held, "updated", only(values))
    if lines is not None:
        await _remove_lines(tx, held)
        await _write_lines(tx, grant_id, held.grant["campaign_id"], lines)


async def submit(tx: Transaction, grant_id: str, *, expected_version: int) -> None:
    """Hand an application in, the first time or again with what was asked for.

    It names a payee with its committee registration, its budget adds up to what it asks for, and the program is open;
    what the fund asked for besides may come after its last day. Raises InvalidValue that says all that is missing,
    and InvalidTransition.
    """
    held = await hold(tx, grant_id, GrantAction.SUBMIT, expected_version=expected_version)
    _check_open(tx, held)
    check_bounds(held.program, held.grant["requested"])
    if missing := await _missing(tx, held):
        needed = "; ".join(missing.values())
        raise InvalidValue(f"Before the application is submitted, it needs: {needed}.", next(iter(missing)))
    await assume(tx, held)
    await step(tx, held, "submitted", {"submitted_at": tx.now, "reason": None})


async def withdraw(tx: Transaction, grant_id: str, reason: str | None, *, expected_version: int) -> None:
    """Take an application back before it is decided."""
    held = await hold(tx, grant_id, GrantAction.WITHDRAW, expected_version=expected_version)
    await assume(tx, held)
    await step(tx, held, "withdrawn", {"reason": reason})


def check_bounds(program: Row, amount: int, name: str = "requested") -> None:
    """Raises InvalidValue for an amount outside of what the program grants."""
    least, most = program["grant_minimum"], program["grant_maximum"]
    if not least <= amount <= most:
        bounds = f"{to_decimal(least)} to {to_decimal(most)} {program['currency']}"
        raise InvalidValue(f"The program grants {bounds}, not {to_decimal(amount)}.", name)


def only(values: Values) -> Row:
    """What is said in an application. Raises ValueError, a fault of the caller's, for anything else."""
    if unknown := values.keys() - SAID:
        raise ValueError(f"{sorted(unknown)} can't be set here; {sorted(SAID)} can")
    return dict(values)


async def _missing(tx: Transaction, held: Held) -> dict[str, str]:
    """What an application needs before it is submitted, in words by the field that says it."""
    found = {name: said for name, said in _NEEDED.items() if held.grant[name] is None}
    total = await tx.connection.scalar(
        sa.select(sa.func.coalesce(sa.func.sum(LINE.c.amount), 0)).where(LINE.c.grant_id == held.grant["id"])
    )
    if total != held.grant["requested"]:
        wanted, is_now = to_decimal(held.grant["requested"]), to_decimal(int(total or 0))
        found["budget"] = f"a budget that adds up to the {wanted} that are requested, not to {is_now}"
    return found


def _check_open(tx: Transaction, held: Held) -> None:
    """Raises InvalidTransition while the program takes no applications, or the campaign none any more."""
    program, status = held.program, GrantStatus(held.grant["status"])
    days = f"from {program['opens_on']} to {program['closes_on']}"
    is_late = not program["opens_on"] <= tx.now.date() <= program["closes_on"]
    for stands, message in (
        (held.campaign["stage"] == Stage.CLOSED, CAMPAIGN_CLOSED),
        (program["closed_at"] is not None, "The program is closed and takes no applications."),
        (is_late and held.grant["submitted_at"] is None, f"The program takes applications {days}."),
    ):
        if stands:
            raise InvalidTransition(message, status, lifecycle.besides(GrantAction.SUBMIT, status))


async def _campaign(tx: Transaction, campaign_id: str, program_id: str) -> Row:
    """The campaign, held, and how the viewer stands to it. Raises NotFound for one that they don't see."""
    person = LookingAs(tx.viewer).id
    seen = campaigns.campaign(CAMPAIGN.c, LookingAs(tx.viewer))
    there = sa.select(CAMPAIGN.c.id.label("campaign_id"), sa.literal(program_id).label("program_id")).subquery()
    works = sa.select(visibility.works_on(there.c, person, lifecycle.PERMISSIONS[Duty.PREPARER])).where(
        there.c.campaign_id == campaign_id
    )
    query = sa.select(
        *CAMPAIGN.c,
        visibility.belongs(CAMPAIGN.c.id, person).label("belongs"),
        works.scalar_subquery().label("works"),
    ).where(CAMPAIGN.c.id == campaign_id, sa.true() if seen is None else seen)
    found = await tx.rows(query.with_for_update(of=CAMPAIGN))
    if not found:
        raise NotFound(f"There is no campaign {campaign_id}.")
    return found[0]


async def _program(tx: Transaction, program_id: str) -> Row:
    found = await tx.rows(sa.select(PROGRAM).where(PROGRAM.c.id == program_id))
    if not found:
        raise NotFound(f"There is no funding program {program_id}.")
    return found[0]


def _drafts_as(tx: Transaction, campaign: Row) -> Duty:
    if campaign["belongs"] and tx.viewer.may(f"own:{visibility.APPLY}"):
        return Duty.APPLICANT
    permission = lifecycle.PERMISSIONS[Duty.PREPARER]
    if campaign["belongs"]:
        raise NotAllowed("Nobody of the fund acts on a grant of a campaign that they belong to.")
    if tx.viewer.may(f"fund:{permission}") or (tx.viewer.may(f"own:{permission}") and campaign["works"]):
        return Duty.PREPARER
    raise NotAllowed(
        f"This needs the permission fund:{permission}, or own:{visibility.APPLY} and to belong to the campaign."
    )


async def _write_lines(tx: Transaction, grant_id: str, campaign_id: str, lines: Sequence[Line]) -> None:
    if len(lines) > MOST_LINES:
        raise InvalidValue(f"A budget has at most {MOST_LINES} lines, not {len(lines)}.", "budget")
    for place, (description, amount) in enumerate(lines):
        row = {"grant_id": grant_id, "place": place + 1, "description": description, "amount": amount}
        with placed("budget", str(place)):
            await tx.add(BudgetLine, "added", row | {"currency": Currency.USD}, campaign_id=campaign_id)


async def _remove_lines(tx: Transaction, held: Held) -> None:
    rows = await tx.rows(sa.select(LINE.c.id).where(LINE.c.grant_id == held.grant["id"]).order_by(LINE.c.place))
    for row in rows:
        await tx.remove(BudgetLine, "removed", row["id"], campaign_id=held.grant["campaign_id"])
