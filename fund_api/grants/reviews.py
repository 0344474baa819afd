"""Between submission and decision: screening, questions, reviews, recusals."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from fund_api.core.errors import InvalidTransition, InvalidValue
from fund_api.core.writing import Transaction
from fund_api.grants import lifecycle
from fund_api.grants.deciding_tables import Recusal, Review
from fund_api.grants.lifecycle import GrantAction
from fund_api.grants.standing import REVIEW, Held, actor, assume, hold, stands_apart, step
from fund_api.grants.tables import GrantStatus
from fund_api.grants.visibility import GRANT

SAID = frozenset({"need", "feasibility", "local_support", "budget", "recommendation", "comment"})
"""What a review says: four scores from 1 to 5, a recommendation and a comment."""
_COUNTED = (
    sa.select(sa.func.count())
    .select_from(REVIEW)
    .where(REVIEW.c.grant_id == GRANT.c.id, stands_apart(REVIEW.c.reviewer_id))
    .correlate(GRANT)
    .scalar_subquery()
)
COUNTED = {"reviews": _COUNTED}
"""How many reviews of a grant count: not those of people who are recused by now, or were of the campaign."""


async def screen(tx: Transaction, grant_id: str, reason: str | None, *, expected_version: int) -> None:
    """Take an application up: an officer checks that it is complete and eligible."""
    held = await hold(tx, grant_id, GrantAction.SCREEN, expected_version=expected_version)
    await _prepare(tx, held, "screened", reason)


async def request_more_info(tx: Transaction, grant_id: str, reason: str, *, expected_version: int) -> None:
    """Ask the applicant for more; the reason says for what, and they are told."""
    held = await hold(tx, grant_id, GrantAction.REQUEST_MORE_INFO, expected_version=expected_version)
    await _prepare(tx, held, "more_info_requested", reason)


async def start_review(tx: Transaction, grant_id: str, reason: str | None, *, expected_version: int) -> None:
    """Give an application to the reviewers; also again, when reviews do not count any more and it can't be approved."""
    held = await hold(tx, grant_id, GrantAction.START_REVIEW, expected_version=expected_version)
    await _prepare(tx, held, "review_started", reason)


async def submit_review(tx: Transaction, grant_id: str, values: Mapping[str, Any]) -> str:
    """Score an application, once, and return the review's id. Any: a value of each of SAID."""
    held = await hold(tx, grant_id, GrantAction.SUBMIT_REVIEW)
    if missing := SAID ^ values.keys():
        raise ValueError(f"a review says {sorted(SAID)}; {sorted(missing)} is missing or unknown")
    if held.has_reviewed:
        raise InvalidValue("You have reviewed this grant already; a review is given once.", "grant")
    row = dict(values) | {"grant_id": grant_id, "reviewer_id": actor(tx)}
    review_id = await tx.add(Review, "submitted", row)
    await step(tx, held, "reviewed", {})
    return review_id


async def declare_recusal(tx: Transaction, grant_id: str, reason: str) -> str:
    """Say that one has a conflict of interest on a grant; from now on one neither sees its scores nor acts on it.

    A review or an approval that one gave before does not count any more. The id of the recusal.
    """
    held = await hold(tx, grant_id, GrantAction.DECLARE_RECUSAL)
    row = {"grant_id": grant_id, "person_id": actor(tx), "reason": reason}
    recusal_id = await tx.add(Recusal, "declared", row)
    await step(tx, held, "recused", {})
    return recusal_id


async def send_to_decision(tx: Transaction, grant_id: str, reason: str | None, *, expected_version: int) -> None:
    """Give an application to the approvers, once enough reviews count. Raises InvalidTransition while they don't."""
    held = await hold(tx, grant_id, GrantAction.SEND_TO_DECISION, expected_version=expected_version, more=COUNTED)
    check_quorum(held, GrantAction.SEND_TO_DECISION)
    await _prepare(tx, held, "sent_to_decision", reason, held.program["reviews_needed"] <= _COUNTED)


def check_quorum(held: Held, action: GrantAction) -> None:
    """Raises InvalidTransition while fewer reviews count than the program needs; held with COUNTED."""
    found, needed, status = held.more["reviews"], held.program["reviews_needed"], GrantStatus(held.grant["status"])
    if found < needed:
        message = f"Reviews that a decision takes: {needed}. Reviews that count: {found}."
        raise InvalidTransition(message, status, lifecycle.besides(action, status))


async def _prepare(
    tx: Transaction, held: Held, told: str, reason: str | None, *conditions: sa.ColumnElement[bool]
) -> None:
    await assume(tx, held)
    await step(tx, held, told, {"reason": reason}, *conditions)
