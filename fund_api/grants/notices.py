"""What applicants are told of their grants. It follows the log: no rule on grants writes a notice itself."""

import json
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from fund_api.campaigns import notices
from fund_api.campaigns.notices import MEMBER, PERSON
from fund_api.campaigns.work_tables import NoticeKind
from fund_api.core.columns import table_of
from fund_api.core.events import CHANGE, EVENT, written
from fund_api.core.log_readers import unread
from fund_api.core.money import in_dollars
from fund_api.core.writing import Row, Transaction
from fund_api.grants.paying_tables import Disbursement, DisbursementStatus, GrantCondition, GrantReport
from fund_api.grants.visibility import CAMPAIGN, GRANT

READER = "grant notices"
"""The name under which the log is read."""
MOST = 200
"""Events that are told of at once; the next tick goes on."""
DISBURSEMENT, REPORT, CONDITION = table_of(Disbursement), table_of(GrantReport), table_of(GrantCondition)
Kind = NoticeKind

TOLD: Mapping[str, tuple[NoticeKind, str]] = {
    "grant.more_info_requested": (
        Kind.MORE_INFORMATION_ASKED,
        "the fund asks for more on the application for {requested}{because}",
    ),
    "grant.approved": (Kind.GRANT_DECIDED, "{awarded} is granted on the application for {requested}{conditions}"),
    "grant.declined": (Kind.GRANT_DECIDED, "the application for {requested} is declined{because}"),
    "grant.agreement_signed": (Kind.GRANT_CHANGED, "the agreement on the grant of {awarded} is signed"),
    "grant.suspended": (Kind.GRANT_CHANGED, "payments of the grant of {awarded} are held back{because}"),
    "grant.resumed": (Kind.GRANT_CHANGED, "payments of the grant of {awarded} go on{because}"),
    "grant.cancelled": (Kind.GRANT_CHANGED, "the grant of {awarded} is cancelled{because}"),
    "grant.closed": (Kind.GRANT_CHANGED, "the grant of {awarded} is closed{because}"),
    "disbursement.paid": (Kind.PAYMENT_RECORDED, "{amount} of the grant of {awarded} was paid on {paid_on}"),
    "disbursement.failed": (Kind.PAYMENT_RECORDED, "{amount} of the grant of {awarded} could not be paid{because}"),
    "disbursement.returned": (Kind.PAYMENT_RECORDED, "{came_back} of the grant of {awarded} came back{because}"),
    "grant_report.accepted": (Kind.REPORT_DECIDED, "the {report} report due on {due_on} is accepted{because}"),
    "grant_report.changes_requested": (
        Kind.REPORT_DECIDED,
        "the fund asks for another {report} report, which was due on {due_on}{because}",
    ),
    "grant_report.waived": (Kind.REPORT_DECIDED, "the {report} report due on {due_on} is not needed{because}"),
}
"""Of what is told, as which kind of notice, and in which words after the campaign's title."""


async def tell_applicants(tx: Transaction) -> list[str]:
    """Tell the members of campaigns what was done with their grants since they were told last; the notices' ids.

    Who did it is not told, nor who left or can't sign in any more. The server does this by itself, so it asks for no
    permission.
    """
    events = await unread(tx, READER, TOLD, MOST)
    told = []
    for row in await tx.rows(_facts([event["id"] for event in events])) if events else []:
        kind, words = TOLD[row["action"]]
        text = f"{row['title']}: {words.format_map(_said(row))}"
        about = {"campaign_id": row["campaign_id"], "grant_id": row["grant_id"]}
        told.append(await notices.tell(tx, row["person_id"], kind, text, **about))
    return told


def _facts(event_ids: list[str]) -> sa.Select[*tuple[Any, ...]]:
    """Each of the events with what is said of it and each person who is told."""
    of_part = sa.func.coalesce(DISBURSEMENT.c.grant_id, REPORT.c.grant_id, EVENT.c.entity_id)
    unmet = sa.select(sa.func.count()).where(CONDITION.c.grant_id == GRANT.c.id, CONDITION.c.met_at.is_(None))
    return (
        sa.select(
            *(EVENT.c.action, CAMPAIGN.c.title, MEMBER.c.person_id),
            *(GRANT.c.campaign_id, GRANT.c.id.label("grant_id"), GRANT.c.requested, GRANT.c.awarded),
            *(DISBURSEMENT.c.amount, DISBURSEMENT.c.paid_on, REPORT.c.kind, REPORT.c.due_on),
            unmet.scalar_subquery().label("conditions"),
            _reason().label("reason"),
            _changed("returned", CHANGE.c.before).label("returned_before"),
            _changed("returned", CHANGE.c.after).label("returned_after"),
        )
        .select_from(EVENT)
        .outerjoin(DISBURSEMENT, DISBURSEMENT.c.id == EVENT.c.entity_id)
        .outerjoin(REPORT, REPORT.c.id == EVENT.c.entity_id)
        .join(GRANT, GRANT.c.id == of_part)
        .join(CAMPAIGN, CAMPAIGN.c.id == GRANT.c.campaign_id)
        .join(MEMBER, MEMBER.c.campaign_id == CAMPAIGN.c.id)
        .join(PERSON, PERSON.c.id == MEMBER.c.person_id)
        .where(EVENT.c.id.in_(event_ids), PERSON.c.active, EVENT.c.actor_id.is_distinct_from(PERSON.c.id))
        .where(~_dropped())
        .order_by(EVENT.c.number, PERSON.c.id)
    )


def _reason() -> sa.ColumnElement[str]:
    """The reason that the row of an event had after it, as the log writes it: an event tells only what changed."""
    earlier = EVENT.alias()
    return (
        sa.select(CHANGE.c.after)
        .join(earlier, earlier.c.id == CHANGE.c.event_id)
        .where(earlier.c.entity_id == EVENT.c.entity_id, earlier.c.number <= EVENT.c.number)
        .where(CHANGE.c.field == "reason")
        .order_by(earlier.c.number.desc())
        .limit(1)
        .correlate(EVENT)
        .scalar_subquery()
    )


def _changed(field: str, value: sa.ColumnElement[str]) -> sa.ColumnElement[str]:
    """What the event says of a field."""
    of_event = sa.select(value).where(CHANGE.c.event_id == EVENT.c.id, CHANGE.c.field == field)
    return of_event.correlate(EVENT).scalar_subquery()


def _dropped() -> sa.ColumnElement[bool]:
    """Whether a tranche failed that nobody tried to pay: its grant was cancelled, which is told by itself."""
    planned = _changed("status", CHANGE.c.before) == written(DisbursementStatus.SCHEDULED)
    return sa.and_(EVENT.c.action == "disbursement.failed", sa.func.coalesce(planned, sa.false()))


def _said(row: Row) -> dict[str, str]:
    """What the words of a notice may ask for."""
    amounts = {name: in_dollars(row[name] or 0) for name in ("requested", "awarded", "amount")}
    reason, conditions = json.loads(row["reason"] or "null"), row["conditions"]
    came_back = json.loads(row["returned_after"] or "0") - json.loads(row["returned_before"] or "0")
    return amounts | {
        "came_back": in_dollars(came_back),
        "paid_on": str(row["paid_on"]),
        "due_on": str(row["due_on"]),
        "report": (row["kind"] or "").lower(),
        "because": f": {reason}" if reason else "",
        "conditions": f"; conditions to be met: {conditions}" if conditions else "",
    }
