"""What concerns a thing: what was done to it and, of a grant, to its parts."""

from collections.abc import Callable, Mapping
from typing import Any

import sqlalchemy as sa

from fund_api.core.access import Looking
from fund_api.core.columns import Table, table_of
from fund_api.grants import visibility
from fund_api.grants.attachment_tables import Attachment
from fund_api.grants.deciding_tables import Approval, GrantDuty, Recusal, Review
from fund_api.grants.paying_tables import Disbursement, GrantCondition, GrantReport, LedgerEntry, MatchCommitment
from fund_api.grants.tables import BudgetLine
from fund_api.grants.visibility import Condition

PARTS: Mapping[type[Table], Callable[[Any, Looking], Condition | None]] = {
    **dict.fromkeys((GrantDuty, Recusal, Approval), visibility.staff),
    Review: visibility.review,
    **dict.fromkeys(
        (BudgetLine, GrantCondition, MatchCommitment, Disbursement, GrantReport, Attachment), visibility.inside
    ),
    LedgerEntry: visibility.entry,
}
"""What a grant consists of, and who sees it: each row names its grant."""


def answering(event: Any, given: Mapping[str, sa.ColumnElement[Any]], looking: Looking) -> Condition:
    """Whether an event was done to the thing `concerning`, or to a part of it that the viewer sees.

    Every event answers when that was left out.
    """
    thing = given.get("concerning")
    if thing is None:
        return sa.true()
    ids = [sa.select(thing), *(_ids(table_of(part), seen, thing, looking) for part, seen in PARTS.items())]
    among: Condition = event.entity_id.in_(sa.union_all(*ids))
    return among


def _ids(
    part: sa.Table,
    seen: Callable[[Any, Looking], Condition | None],
    thing: sa.ColumnElement[Any],
    looking: Looking,
) -> sa.Select[Any]:
    rows = part.alias()
    condition = seen(rows.c, looking)
    of_grant = sa.select(rows.c.id).where(rows.c.grant_id == thing)
    return of_grant if condition is None else of_grant.where(condition)
