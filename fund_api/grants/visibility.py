"""Who sees what of grants: conditions on rows, of their columns and of who looks.

The public sees what was awarded to published campaigns; a campaign's people see their own grants without scores and
what the fund says among itself; the fund's staff see all, but who is recused, or was of the campaign since the grant
was drafted, no scores.
"""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from fund_api.campaigns import visibility as campaigns
from fund_api.campaigns.tables import Campaign
from fund_api.campaigns.visibility import ONE
from fund_api.campaigns.work_tables import OrganizationMember
from fund_api.core.access import Looking
from fund_api.core.columns import table_of
from fund_api.core.events import CHANGE, EVENT, written
from fund_api.grants.deciding_tables import GrantDuty, Recusal, Review
from fund_api.grants.tables import Grant
from fund_api.people.roles import PERMISSIONS, Role
from fund_api.people.tables import RoleAssignment

GRANT, CAMPAIGN, ROLE = table_of(Grant), table_of(Campaign), table_of(RoleAssignment)
REVIEW = table_of(Review)
RECUSAL, DUTY, ORGANIZATION_MEMBER = table_of(Recusal), table_of(GrantDuty), table_of(OrganizationMember)
_RUN, _OF_ORGANIZATION, _HELD = CAMPAIGN.alias(), ORGANIZATION_MEMBER.alias(), ROLE.alias()
_CONFLICT, _TOLD = RECUSAL.alias(), CHANGE.alias()
"""What conditions look through, under names of their own; made once, for an alias takes longer than its statement."""
Condition = sa.ColumnElement[bool]
READ, SCORES, BUDGET, APPLY = "grant:read", "review:read", "budget:read", "grant:apply"


def grant(columns: Any, looking: Looking) -> Condition | None:
    """Staff see every grant, a campaign's people theirs, everybody what was awarded to a published campaign."""
    theirs = insiders(columns, looking)
    if theirs is None:
        return None
    published = CAMPAIGN.alias()
    shown = sa.select(ONE).where(published.c.id == columns.campaign_id, published.c.published_at.is_not(None))
    return sa.or_(sa.and_(columns.awarded.is_not(None), shown.exists()), theirs)


def insiders(columns: Any, looking: Looking) -> Condition | None:
    """Whether a grant is of who looks: staff for all, the people of a campaign or program for theirs."""
    if looking.may(f"fund:{READ}"):
        return None
    if not looking.may(f"own:{READ}"):
        return sa.false()
    return sa.or_(belongs(columns.campaign_id, looking.id), works_on(columns, looking.id, READ))


def inside(columns: Any, looking: Looking) -> Condition | None:
    """What belongs to a grant by its column `grant_id` is for those inside."""
    return _of_grant(columns, looking, insiders)


def staff(columns: Any, looking: Looking) -> Condition | None:
    """What the fund says among itself on a grant: not for its applicants."""

    def on_staff(whole: Any, who: Looking) -> Condition | None:
        if who.may(f"fund:{READ}"):
            return None
        return works_on(whole, who.id, READ) if who.may(f"own:{READ}") else sa.false()

    return _of_grant(columns, looking, on_staff)


def review(columns: Any, looking: Looking) -> Condition:
    """Scores are for officers, reviewers and approvers who are neither recused nor were of the campaign."""
    whole = GRANT.alias()
    there = sa.and_(whole.c.id == columns.grant_id, _stands_apart(whole.c, looking))
    if not looking.may(f"fund:{SCORES}"):
        if not looking.may(f"own:{SCORES}"):
            return sa.false()
        there = sa.and_(there, works_on(whole.c, looking.id, SCORES))
    return sa.select(ONE).where(there).exists()


def private_change(columns: Any, looking: Looking) -> Condition:
    """Private values in the log are for those who may read them, but scores that they may not see on the grant."""
    if not looking.may("fund:event:private"):
        return sa.false()
    whole, scored = GRANT.alias(), REVIEW.alias()
    told = _TOLD.join(EVENT, EVENT.c.id == _TOLD.c.event_id).join(scored, scored.c.id == EVENT.c.entity_id)
    near = sa.and_(_TOLD.c.id == columns.change_id, ~_stands_apart(whole.c, looking))
    found: sa.Select[Any] = sa.select(ONE).select_from(told.join(whole, whole.c.id == scored.c.grant_id)).where(near)
    return ~found.exists()


def budget(columns: Any, looking: Looking) -> Condition | None:
    """The money of a program: for staff, and for those with a role in it."""
    return _in_program(columns.id, looking)


def entry(columns: Any, looking: Looking) -> Condition | None:
    """The ledger is for those who see the program's money."""
    return _in_program(columns.program_id, looking)


def _stands_apart(columns: Any, looking: Looking) -> Condition:
    """Whether who looks is neither recused from a grant nor was of its campaign since it was drafted."""
    own = belongs(columns.campaign_id, looking.id)
    return ~sa.or_(own, has_belonged(columns, looking.id), recused(columns.id, looking.id))


def belongs(campaign_id: sa.ColumnElement[str], person_id: sa.ColumnElement[str]) -> Condition:
    """Whether a person is of the applicant's side: of the campaign, or of the organization that runs it."""
    own, member = _RUN, _OF_ORGANIZATION
    runs = sa.and_(own.c.id == campaign_id, own.c.organization_id == member.c.organization_id)
    through: sa.Select[Any] = sa.select(ONE).select_from(own.join(member, runs)).where(member.c.person_id == person_id)
    organized = through.correlate_except(own, member).exists()
    return sa.or_(campaigns.belongs(campaign_id, person_id, APPLY), organized)


def has_belonged(columns: Any, person_id: sa.ColumnElement[str]) -> Condition:
    """Whether a person belonged to a grant's campaign at some time since the grant was drafted, as the log tells.

    Any: the columns of the table of grants or an alias of it.
    """
    organization = sa.select(_RUN.c.organization_id).where(_RUN.c.id == columns.campaign_id).correlate_except(_RUN)
    member = {"person_id": _json(person_id)}
    coordinator = member | {"role": sa.literal(written(Role.COORDINATOR)), "scope": _json(columns.campaign_id)}
    of_organization = member | {"organization_id": _json(organization.scalar_subquery())}
    of_campaign = EVENT.c.campaign_id == columns.campaign_id
    return sa.or_(
        _ended(columns, "campaign_member.removed", member, of_campaign),
        _ended(columns, "role_assignment.revoked", coordinator),
        _ended(columns, "organization_member.removed", of_organization),
        _ended(columns, "campaign.updated", {}, of_campaign, _ran(person_id)),
    )


def _ended(columns: Any, action: str, told: Mapping[str, sa.ColumnElement[str]], *conditions: Condition) -> Condition:
    """Whether the log tells, since a grant was drafted, that something ended which had these values."""
    ended: sa.Select[Any] = sa.select(ONE).where(EVENT.c.action == action, EVENT.c.at >= columns.created_at)
    values = (_had(name, value) for name, value in told.items())
    return ended.where(*values, *conditions).correlate_except(EVENT).exists()


def _had(name: str, value: sa.ColumnElement[str]) -> Condition:
    """Whether the event around tells that a field had a value before."""
    of_event = (_TOLD.c.event_id == EVENT.c.id, _TOLD.c.field == name, _TOLD.c.before == value)
    return sa.select(ONE).where(*of_event).correlate_except(_TOLD).exists()


def _ran(person_id: sa.ColumnElement[str]) -> Condition:
    """Whether the event around tells that an organization of a person's ran the campaign before."""
    member = _OF_ORGANIZATION
    organized = _had("organization_id", _json(member.c.organization_id))
    return sa.select(ONE).where(member.c.person_id == person_id, organized).correlate_except(member).exists()


def _json(text: sa.ColumnElement[Any]) -> sa.ColumnElement[str]:
    """An id as the log writes it."""
    return sa.literal('"') + text + sa.literal('"')


def works_on(columns: Any, person_id: sa.ColumnElement[str], action: str) -> Condition:
    """Whether a person has a role that may do `action`, as grant:decide, in the grant's campaign or program alone."""
    there = (columns.campaign_id, columns.program_id)
    return sa.or_(*(_has_role(scope, person_id, f"fund:{action}") for scope in there))


def recused(grant_id: sa.ColumnElement[str], person_id: sa.ColumnElement[str]) -> Condition:
    """Whether a person declared a conflict of interest on a grant."""
    found: sa.Select[Any] = sa.select(ONE).where(_CONFLICT.c.grant_id == grant_id, _CONFLICT.c.person_id == person_id)
    return found.correlate_except(_CONFLICT).exists()


def _of_grant(columns: Any, looking: Looking, rule: Any) -> Condition | None:  # Any: a rule on the grant's columns
    whole = GRANT.alias()
    seen = rule(whole.c, looking)
    if seen is None:
        return None
    found: sa.Select[Any] = sa.select(ONE).where(whole.c.id == columns.grant_id, seen)
    return found.exists()


def _in_program(program_id: sa.ColumnElement[str], looking: Looking) -> Condition | None:
    if looking.may(f"fund:{BUDGET}"):
        return None
    return _has_role(program_id, looking.id, f"fund:{BUDGET}") if looking.may(f"own:{BUDGET}") else sa.false()


def _has_role(scope: sa.ColumnElement[str], person_id: sa.ColumnElement[str], permission: str) -> Condition:
    own = _HELD
    roles = [str(role) for role, given in PERMISSIONS.items() if permission in given]
    held: sa.Select[Any] = sa.select(ONE).where(
        own.c.scope == scope,
        own.c.person_id == person_id,
        sa.or_(sa.false(), *(own.c.role == role for role in roles)),
    )
    return held.correlate_except(own).exists()
