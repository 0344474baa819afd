"""Agreements: what is asked before one is signed and before money flows, and the money of others beside it."""

from collections.abc import Sequence
from datetime import date

import sqlalchemy as sa

from fund_api.campaigns.work_tables import WHOLE
from fund_api.core.columns import table_of
from fund_api.core.errors import InvalidTransition, InvalidValue
from fund_api.core.money import to_decimal
from fund_api.core.writing import Transaction
from fund_api.grants.lifecycle import GrantAction
from fund_api.grants.paying_tables import (
    ConditionKind,
    GrantCondition,
    GrantReport,
    MatchCommitment,
    ReportKind,
    ReportStatus,
)
from fund_api.grants.standing import Held, actor, assume, hold, hold_by, step
from fund_api.grants.tables import MatchingPolicy

CONDITION, MATCH = table_of(GrantCondition), table_of(MatchCommitment)
Due = tuple[ReportKind, date]
MOST_REPORTS = 20
MOST_MATCHES = 100


async def sign_agreement(
    tx: Transaction, grant_id: str, signed_on: date, reports: Sequence[Due], *, expected_version: int
) -> None:
    """Note that the agreement was signed, and the reports that it asks for; one of them is the final one.

    Every condition for it is met, and the match that the program asks for is pledged. Raises InvalidTransition while
    they are not, InvalidValue for a day to come and for reports without one final report.
    """
    held = await hold(tx, grant_id, GrantAction.SIGN_AGREEMENT, expected_version=expected_version)
    if signed_on > tx.now.date():
        raise InvalidValue(f"An agreement is signed today or before, not on {signed_on}.", "signed_on")
    if not 1 <= len(reports) <= MOST_REPORTS or sum(kind is ReportKind.FINAL for kind, _ in reports) != 1:
        raise InvalidValue(f"An agreement asks for 1 to {MOST_REPORTS} reports, one of them FINAL.", "reports")
    await check_conditions(tx, held, ConditionKind.BEFORE_AGREEMENT, "the agreement is signed")
    await check_match(tx, held, verified=False)
    await assume(tx, held)
    await step(tx, held, "agreement_signed", {"agreement_on": signed_on})
    for kind, due_on in reports:
        row = {"grant_id": grant_id, "kind": kind, "due_on": due_on, "currency": held.grant["currency"]}
        row |= {"status": ReportStatus.DUE, "status_since": tx.now}
        await tx.add(GrantReport, "asked", row, campaign_id=held.grant["campaign_id"])


async def meet_condition(tx: Transaction, condition_id: str, evidence: str | None, *, expected_version: int) -> None:
    """Note that a condition is met, and by what one knows."""
    held, condition = await hold_by(tx, GrantCondition, condition_id, GrantAction.MEET_CONDITION, expected_version)
    if condition["met_at"] is not None:
        raise InvalidTransition("The condition is met already.", "MET", ())
    met = {"met_at": tx.now, "met_by": actor(tx), "evidence": evidence}
    await tx.alter(GrantCondition, "met", condition, met, campaign_id=held.grant["campaign_id"])
    await assume(tx, held)
    await step(tx, held, "condition_met", {})


async def pledge_match(tx: Transaction, grant_id: str, giver: str, amount: int) -> str:
    """Note what somebody else will give beside the grant; the commitment's id."""
    held = await hold(tx, grant_id, GrantAction.PLEDGE_MATCH)
    pledged = await tx.connection.scalar(sa.select(sa.func.count()).where(MATCH.c.grant_id == grant_id))
    if (pledged or 0) >= MOST_MATCHES:
        raise InvalidValue(f"A grant has at most {MOST_MATCHES} matching commitments.", "grant")
    row = {"grant_id": grant_id, "giver": giver, "amount": amount, "currency": held.grant["currency"]}
    match_id = await tx.add(MatchCommitment, "pledged", row, campaign_id=held.grant["campaign_id"])
    await assume(tx, held)
    await step(tx, held, "match_pledged", {})
    return match_id


async def verify_match(tx: Transaction, match_id: str, evidence: str | None, *, expected_version: int) -> None:
    """Note that the fund has seen the money that was pledged."""
    held, match = await hold_by(tx, MatchCommitment, match_id, GrantAction.VERIFY_MATCH, expected_version)
    if match["verified_at"] is not None:
        raise InvalidTransition("The match is verified already.", "VERIFIED", ())
    verified = {"verified_at": tx.now, "verified_by": actor(tx), "evidence": evidence}
    await tx.alter(MatchCommitment, "verified", match, verified, campaign_id=held.grant["campaign_id"])
    await assume(tx, held)
    await step(tx, held, "match_verified", {})


async def check_conditions(tx: Transaction, held: Held, kind: ConditionKind, what: str) -> None:
    """Raises InvalidTransition while a condition of the kind is not met."""
    unmet = sa.select(CONDITION.c.text).where(CONDITION.c.grant_id == held.grant["id"], CONDITION.c.met_at.is_(None))
    found = await tx.rows(unmet.where(CONDITION.c.kind == kind).order_by(CONDITION.c.id))
    if found:
        named = "; ".join(row["text"] for row in found)
        raise InvalidTransition(
            f"These conditions are to be met before {what}: {named}",
            held.grant["status"],
            (GrantAction.MEET_CONDITION,),
        )


async def check_match(tx: Transaction, held: Held, *, verified: bool) -> None:
    """Raises InvalidTransition while less is pledged, or `verified`, than the program's share of the award."""
    policy = MatchingPolicy(held.program["matching_policy"])
    if policy is MatchingPolicy.NONE or (verified and policy is MatchingPolicy.PLEDGED):
        return
    needed = -(-held.grant["awarded"] * held.program["match_hundredths"] // WHOLE)  # rounded up to the cent
    given = sa.select(sa.func.coalesce(sa.func.sum(MATCH.c.amount), 0)).where(MATCH.c.grant_id == held.grant["id"])
    found = int(await tx.connection.scalar(given.where(MATCH.c.verified_at.is_not(None)) if verified else given) or 0)
    if found < needed:
        word, action = ("verified", GrantAction.VERIFY_MATCH) if verified else ("pledged", GrantAction.PLEDGE_MATCH)
        message = f"The program asks for a match of {to_decimal(needed)}; {to_decimal(found)} is {word}."
        raise InvalidTransition(message, held.grant["status"], (action,))
