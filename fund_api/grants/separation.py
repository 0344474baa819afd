"""Separation of duties, proven after the fact: from what rows say of who did what, and from the log of events.

The rules in `standing` keep two duties apart before anything is done. This asks again, of everything that was done.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from fund_api.core.columns import Text, table_of
from fund_api.core.events import CHANGE, EVENT, written
from fund_api.core.money import to_decimal
from fund_api.grants import lifecycle
from fund_api.grants.deciding_tables import Approval, Duty, GrantDuty, Review
from fund_api.grants.lifecycle import GrantAction
from fund_api.grants.paying_tables import Disbursement, EntryKind, GrantCondition, LedgerEntry, MatchCommitment
from fund_api.grants.tables import FundingProgram, Grant
from fund_api.people.roles import Role

DUTY, REVIEW, APPROVAL = table_of(GrantDuty), table_of(Review), table_of(Approval)
DISBURSEMENT, CONDITION, MATCH = table_of(Disbursement), table_of(GrantCondition), table_of(MatchCommitment)
GRANT, PROGRAM, ENTRY = table_of(Grant), table_of(FundingProgram), table_of(LedgerEntry)
MOST = 100
"""Findings that are told at once."""
ONE: sa.ColumnElement[int] = sa.literal_column("1")
TOLD: Mapping[str, GrantAction] = {
    "drafted": GrantAction.UPDATE,
    "updated": GrantAction.UPDATE,
    "file_attached": GrantAction.ATTACH,
    "file_detached": GrantAction.ATTACH,
    "submitted": GrantAction.SUBMIT,
    "withdrawn": GrantAction.WITHDRAW,
    "screened": GrantAction.SCREEN,
    "more_info_requested": GrantAction.REQUEST_MORE_INFO,
    "review_started": GrantAction.START_REVIEW,
    "reviewed": GrantAction.SUBMIT_REVIEW,
    "sent_to_decision": GrantAction.SEND_TO_DECISION,
    "approval_given": GrantAction.APPROVE,
    "approved": GrantAction.APPROVE,
    "declined": GrantAction.DECLINE,
    "agreement_signed": GrantAction.SIGN_AGREEMENT,
    "condition_met": GrantAction.MEET_CONDITION,
    "match_pledged": GrantAction.PLEDGE_MATCH,
    "match_verified": GrantAction.VERIFY_MATCH,
    "disbursement_scheduled": GrantAction.SCHEDULE_DISBURSEMENT,
    "disbursement_approved": GrantAction.APPROVE_DISBURSEMENT,
    "paid": GrantAction.RECORD_PAYMENT,
    "payment_failed": GrantAction.RECORD_PAYMENT_FAILURE,
    "money_returned": GrantAction.RECORD_RETURN,
    "reported": GrantAction.SUBMIT_REPORT,
    "report_accepted": GrantAction.ACCEPT_REPORT,
    "report_changes_requested": GrantAction.REQUEST_REPORT_CHANGES,
    "report_waived": GrantAction.WAIVE_REPORT,
    "suspended": GrantAction.SUSPEND,
    "resumed": GrantAction.RESUME,
    "closed": GrantAction.CLOSE,
    "cancelled": GrantAction.CANCEL,
}
"""What the log tells of a grant as grant.drafted and so on, and the action that is taken by it."""
RECUSED = "grant.recused"


@dataclass(frozen=True, slots=True)
class Violation:
    """Somebody who did what is for two people on one grant."""

    grant_id: str
    person_id: str
    duties: tuple[Duty, ...]


async def violations(connection: AsyncConnection) -> list[Violation]:
    """On which grants somebody had two duties, as having prepared and approved it. It must be none; at most MOST."""
    rows = await connection.execute(_twice())
    return [Violation(row.grant_id, row.person_id, _in_order(row.duties.split(","))) for row in rows]


async def audit(connection: AsyncConnection) -> list[str]:
    """What is wrong with who did what, a sentence each; at most MOST of each kind."""
    twice = [
        f"Grant {one.grant_id}: {one.person_id} is {' and '.join(one.duties)} of it."
        for one in await violations(connection)
    ]
    kinds = (_unknown, _after_recusal, _of_members, _approvals_missing)
    return twice + [sentence for kind in kinds for sentence in await kind(connection)]


@cache
def _twice() -> sa.Select[Any]:
    held = _held()
    by_person = sa.select(
        held.c.grant_id, held.c.person_id, sa.func.aggregate_strings(held.c.duty, ",").label("duties")
    )
    several = by_person.group_by(held.c.grant_id, held.c.person_id).having(sa.func.count() > 1)
    return several.order_by(held.c.grant_id, held.c.person_id).limit(MOST)


def _held() -> sa.CTE:
    """Every duty that somebody has on a grant: by what is noted, by what rows say they did, by what the log tells."""
    told = acts()
    sources = [
        sa.select(DUTY.c.grant_id, DUTY.c.person_id, DUTY.c.duty),
        sa.select(told.c.grant_id, told.c.person_id, told.c.duty),
        _by(REVIEW, "reviewer_id", Duty.REVIEWER),
        _by(APPROVAL, "approver_id", Duty.APPROVER),
        _by(CONDITION, "met_by", Duty.PREPARER),
        _by(MATCH, "verified_by", Duty.PREPARER),
        _by(DISBURSEMENT, "approved_by", Duty.APPROVER),
        _by(DISBURSEMENT, "paid_by", Duty.PAYER),
        _by(ENTRY, "recorded_by", Duty.APPROVER, ENTRY.c.kind == EntryKind.ENCUMBRANCE),
        _by(ENTRY, "recorded_by", Duty.PAYER, ENTRY.c.kind == EntryKind.EXPENDITURE),
        _by(ENTRY, "recorded_by", Duty.PAYER, ENTRY.c.kind == EntryKind.RETURN),
    ]
    return sa.union(*sources).cte("held")


def _by(table: sa.Table, column: str, duty: Duty, *conditions: sa.ColumnElement[bool]) -> sa.Select[Any]:
    """The duty of whom a column of a table names."""
    person = table.c[column]
    named = sa.select(table.c.grant_id, person.label("person_id"), sa.literal(duty.value, Text()).label("duty"))
    return named.where(person.is_not(None), *conditions)


def acts() -> sa.CTE:
    """Every act on a grant that the log tells, with its number, and as what it was done.

    What applicants and officers both do was done as what is noted of whoever did it, else as the applicant.
    """
    either = [told for told, action in TOLD.items() if Duty.APPLICANT in lifecycle.duties_of(action)]
    noted = sa.select(DUTY.c.duty).where(
        DUTY.c.grant_id == EVENT.c.entity_id,
        DUTY.c.person_id == EVENT.c.actor_id,
        sa.or_(DUTY.c.duty == Duty.APPLICANT, DUTY.c.duty == Duty.PREPARER),
    )
    as_noted = sa.func.coalesce(noted.scalar_subquery(), sa.literal(Duty.APPLICANT.value, Text()))
    own = {f"grant.{told}": lifecycle.duties_of(action)[0].value for told, action in TOLD.items() if told not in either}
    duty = sa.case(own, value=EVENT.c.action, else_=as_noted)
    query = sa.select(
        EVENT.c.entity_id.label("grant_id"),
        EVENT.c.actor_id.label("person_id"),
        duty.label("duty"),
        EVENT.c.action,
        EVENT.c.number,
    )
    return query.where(_one_of(EVENT.c.action, TOLD), EVENT.c.actor_id.is_not(None)).cte("acts")


def _members() -> sa.CTE:
    """Who belonged to which campaign, by the numbers of the events with which that began and, if it did, ended."""
    return sa.union_all(
        _periods("campaign_member", "added", "removed", "campaign_id"),
        _periods("role_assignment", "granted", "revoked", "scope", role=Role.COORDINATOR),
    ).cte("members")


def _periods(name: str, began: str, ended: str, campaign: str, **only: str) -> sa.Select[Any]:
    end, person, place = EVENT.alias(), CHANGE.alias(), CHANGE.alias()
    until = sa.select(sa.func.min(end.c.number)).where(
        end.c.entity_id == EVENT.c.entity_id, end.c.action == f"{name}.{ended}"
    )
    query = (
        sa.select(
            _plain(person.c.after).label("person_id"),
            _plain(place.c.after).label("campaign_id"),
            EVENT.c.number.label("since"),
            until.correlate(EVENT).scalar_subquery().label("until"),
        )
        .select_from(EVENT)
        .join(person, sa.and_(person.c.event_id == EVENT.c.id, person.c.field == "person_id"))
        .join(place, sa.and_(place.c.event_id == EVENT.c.id, place.c.field == campaign))
        .where(EVENT.c.action == f"{name}.{began}")
    )
    for field, value in only.items():
        same = (CHANGE.c.event_id == EVENT.c.id, CHANGE.c.field == field, CHANGE.c.after == written(value))
        query = query.where(sa.select(ONE).where(*same).correlate(EVENT).exists())
    return query


async def _unknown(connection: AsyncConnection) -> list[str]:
    """What the log tells of grants and this does not know: nobody could say whose duty it was."""
    rows = await connection.execute(_unknown_acts())
    return [f"Event {row.number} is {row.action}, of which nobody knows whose duty it is." for row in rows]


@cache
def _unknown_acts() -> sa.Select[Any]:
    known = sa.or_(_one_of(EVENT.c.action, TOLD), EVENT.c.action == RECUSED)
    told = EVENT.c.action.startswith("grant.", autoescape=True)
    return sa.select(EVENT.c.number, EVENT.c.action).where(told, ~known).order_by(EVENT.c.number).limit(MOST)


async def _after_recusal(connection: AsyncConnection) -> list[str]:
    """What somebody did for the fund on a grant after they were recused from it."""
    rows = await connection.execute(_acts_after_recusal())
    return [f"{_act(row)}, recused from it since event {row.since}." for row in rows]


@cache
def _acts_after_recusal() -> sa.Select[Any]:
    recused, did = EVENT.alias(), acts()
    same = (recused.c.entity_id == did.c.grant_id, recused.c.actor_id == did.c.person_id)
    since = sa.and_(recused.c.action == RECUSED, recused.c.number < did.c.number, *same)
    query = sa.select(did, recused.c.number.label("since")).join(recused, since)
    return query.where(did.c.duty != Duty.APPLICANT).order_by(did.c.number).limit(MOST)


async def _of_members(connection: AsyncConnection) -> list[str]:
    """What somebody did for the fund on a grant of a campaign that they belonged to then."""
    rows = await connection.execute(_acts_of_members())
    return [f"{_act(row)}, of the campaign since event {row.since}." for row in rows]


@cache
def _acts_of_members() -> sa.Select[Any]:
    did, member = acts(), _members()
    same = (member.c.person_id == did.c.person_id, member.c.campaign_id == GRANT.c.campaign_id)
    query = (
        sa.select(did, member.c.since)
        .join(GRANT, did.c.grant_id == GRANT.c.id)
        .join(member, sa.and_(*same, _is_of(member, did.c.number)))
    )
    return query.where(did.c.duty != Duty.APPLICANT).order_by(did.c.number).limit(MOST)


async def _approvals_missing(connection: AsyncConnection) -> list[str]:
    """Grants that were awarded without the approvals that it takes: of the award, by people who stood apart then."""
    return [
        f"Grant {row.id}: {row.given} approved its award of {to_decimal(row.awarded)} {row.currency},"
        f" where it takes {row.needed}."
        for row in await connection.execute(_awards_without_approvals())
    ]


@cache
def _awards_without_approvals() -> sa.Select[Any]:
    needed = sa.case((GRANT.c.awarded > PROGRAM.c.approval_threshold, 2), else_=1)
    given = sa.func.count(sa.distinct(APPROVAL.c.approver_id))
    of_award = sa.and_(APPROVAL.c.grant_id == GRANT.c.id, APPROVAL.c.amount == GRANT.c.awarded, _stood_apart())
    query = (
        sa.select(GRANT.c.id, GRANT.c.awarded, GRANT.c.currency, needed.label("needed"), given.label("given"))
        .select_from(GRANT.join(PROGRAM).outerjoin(APPROVAL, of_award))
        .where(GRANT.c.awarded.is_not(None))
        .group_by(GRANT.c.id, GRANT.c.awarded, GRANT.c.currency, PROGRAM.c.approval_threshold)
    )
    return query.having(given < needed).order_by(GRANT.c.id).limit(MOST)


def _stood_apart() -> sa.ColumnElement[bool]:
    """Whether an approver was neither recused from the grant nor of its campaign when it was approved."""
    approved, recused, member = EVENT.alias(), EVENT.alias(), _members()
    own = (recused.c.entity_id == GRANT.c.id, recused.c.actor_id == APPROVAL.c.approver_id)
    out = sa.select(ONE).where(recused.c.action == RECUSED, recused.c.number < approved.c.number, *own)
    same = (member.c.person_id == APPROVAL.c.approver_id, member.c.campaign_id == GRANT.c.campaign_id)
    inside = sa.select(ONE).where(*same, _is_of(member, approved.c.number))
    against = sa.or_(out.correlate_except(recused).exists(), inside.correlate_except(member).exists())
    when = (approved.c.entity_id == GRANT.c.id, approved.c.action == "grant.approved")
    return ~sa.select(ONE).where(*when, against).correlate_except(approved).exists()


def _is_of(member: sa.CTE, number: sa.ColumnElement[int]) -> sa.ColumnElement[bool]:
    """Whether a membership had begun and not ended when the event of this number was written."""
    return sa.and_(member.c.since < number, sa.or_(member.c.until.is_(None), member.c.until > number))


def _act(row: sa.Row[Any]) -> str:
    return f"Grant {row.grant_id}: in event {row.number} ({row.action}) {row.person_id} acted as {row.duty}"


def _plain(text: sa.ColumnElement[str]) -> sa.ColumnElement[str]:
    """An id out of the quotation marks in which the log has it."""
    return sa.func.substr(text, 2, sa.func.length(text) - 2)


def _one_of(action: sa.ColumnElement[str], told: Iterable[str]) -> sa.ColumnElement[bool]:
    return action.in_([f"grant.{one}" for one in told])


def _in_order(duties: Iterable[str]) -> tuple[Duty, ...]:
    given = set(duties)
    return tuple(duty for duty in Duty if duty in given)
