"""Whether a grant is ready for its next step: conditions on the rows of grants, their programs and their tranches.

The rules ask the same of the one grant that they hold, and say what is missing.
"""

from typing import Any

import sqlalchemy as sa

from fund_api.campaigns.visibility import ONE
from fund_api.campaigns.work_tables import WHOLE
from fund_api.core.columns import table_of
from fund_api.grants.paying_tables import (
    ConditionKind,
    Disbursement,
    DisbursementStatus,
    GrantCondition,
    GrantReport,
    MatchCommitment,
    ReportKind,
    ReportStatus,
)
from fund_api.grants.reviews import COUNTED
from fund_api.grants.standing import PROGRAM
from fund_api.grants.tables import MatchingPolicy
from fund_api.grants.visibility import GRANT, Condition

DISBURSEMENT, REPORT = table_of(Disbursement), table_of(GrantReport)


def conditions_met(kind: ConditionKind) -> Condition:
    """Whether no condition of a kind is open."""
    own = table_of(GrantCondition).alias()
    return ~_any(own, own.c.kind == kind, own.c.met_at.is_(None))


def matched(*, verified: bool) -> Condition:
    """Whether others pledged the program's share of the award or, where it asks for that, gave it to be `verified`."""
    own = table_of(MatchCommitment).alias()
    given = sa.select(sa.func.coalesce(sa.func.sum(own.c.amount), 0)).where(own.c.grant_id == GRANT.c.id)
    if verified:
        given = given.where(own.c.verified_at.is_not(None))
    whole, rest = (
        GRANT.c.awarded // WHOLE,
        GRANT.c.awarded % WHOLE,
    )  # apart, as their product with the share may overflow
    needed = whole * PROGRAM.c.match_hundredths + (rest * PROGRAM.c.match_hundredths + WHOLE - 1) // WHOLE
    asks_nothing = [PROGRAM.c.matching_policy == MatchingPolicy.NONE]
    if verified:
        asks_nothing.append(PROGRAM.c.matching_policy == MatchingPolicy.PLEDGED)
    return sa.or_(*asks_nothing, given.correlate_except(own).scalar_subquery() >= needed)


def _any(own: sa.FromClause, *conditions: Condition) -> Condition:
    """Whether the grant has a row in another table, `own`, that meets the conditions."""
    found: sa.Select[Any] = sa.select(ONE).select_from(own).where(own.c.grant_id == GRANT.c.id, *conditions)
    return found.correlate_except(own).exists()


def _nothing_open() -> Condition:
    report, tranche = REPORT.alias(), DISBURSEMENT.alias()
    undone = _any(report, report.c.status != ReportStatus.ACCEPTED, report.c.status != ReportStatus.WAIVED)
    waits = sa.or_(tranche.c.status == DisbursementStatus.SCHEDULED, tranche.c.status == DisbursementStatus.APPROVED)
    return ~sa.or_(undone, _any(tranche, waits))


def _may_be_paid() -> Condition:
    report = REPORT.alias()
    settled = GRANT.c.disbursed + GRANT.c.returned + DISBURSEMENT.c.amount
    final = _any(report, report.c.kind == ReportKind.FINAL, report.c.status == ReportStatus.ACCEPTED)
    in_time = sa.or_(settled < GRANT.c.awarded, final)
    return sa.and_(conditions_met(ConditionKind.BEFORE_PAYMENT), matched(verified=True), in_time)


HAS_QUORUM: Condition = COUNTED["reviews"] >= PROGRAM.c.reviews_needed
"""Enough reviews count."""
MAY_BE_SIGNED = sa.and_(conditions_met(ConditionKind.BEFORE_AGREEMENT), matched(verified=False))
"""Nothing stands between an approval and its agreement."""
MAY_BE_PAID = _may_be_paid()
"""Nothing stands between a tranche, whose row is joined, and its payment."""
NOTHING_OPEN = _nothing_open()
"""No report and no tranche is open."""
