"""Who sees which campaigns, and with them what belongs to them: conditions on rows."""

from typing import Any

import sqlalchemy as sa

from fund_api.campaigns.tables import Campaign
from fund_api.campaigns.work_tables import CampaignMember
from fund_api.core.access import Looking
from fund_api.core.columns import table_of
from fund_api.core.events import EVENT
from fund_api.people.roles import PERMISSIONS
from fund_api.people.tables import RoleAssignment

CAMPAIGN, MEMBER, ROLE = table_of(Campaign), table_of(CampaignMember), table_of(RoleAssignment)
_MEMBER, _ROLE = MEMBER.alias(), ROLE.alias()
"""What `belongs` looks through; made once, for an alias takes longer than its statement."""
READ = "campaign:read"
TOLD = ("campaign", "ballot_measure", "milestone", "support_engagement")
"""Of what the public hears that it was done: not of members, roles and requests for support, which are of persons."""
ONE: sa.ColumnElement[int] = sa.literal_column("1")


def campaign(columns: Any, looking: Looking) -> sa.ColumnElement[bool] | None:
    """Published campaigns are everybody's, the others their people's and the staff's; None: all are visible.

    `columns` are those of the campaign table or an alias of it.
    """
    if looking.may(f"fund:{READ}"):
        return None
    published: sa.ColumnElement[bool] = columns.published_at.is_not(None)
    if not looking.may(f"own:{READ}"):
        return published
    return sa.or_(published, belongs(columns.id, looking.id, READ))


def part(columns: Any, looking: Looking) -> sa.ColumnElement[bool] | None:
    """What belongs to a campaign by its column `campaign_id` is seen by those who see the campaign."""
    whole = CAMPAIGN.alias()
    seen = campaign(whole.c, looking)
    if seen is None:
        return None
    return sa.select(ONE).where(whole.c.id == columns.campaign_id, seen).exists()


def belongs(
    campaign_id: sa.ColumnElement[str], person_id: sa.ColumnElement[str], action: str
) -> sa.ColumnElement[bool]:
    """Whether a person is a member of a campaign, or has there a role that may do `action`, as campaign:update.

    Campaign and person may be columns of any statement around: only the tables of this one are looked through.
    """
    member, role = _MEMBER, _ROLE
    roles = [str(one) for one, given in PERMISSIONS.items() if given & {f"fund:{action}", f"own:{action}"}]
    mine: sa.Select[Any] = sa.select(ONE).where(member.c.campaign_id == campaign_id, member.c.person_id == person_id)
    there: sa.Select[Any] = sa.select(ONE).where(
        role.c.scope == campaign_id,
        role.c.person_id == person_id,
        sa.or_(sa.false(), *(role.c.role == one for one in roles)),
    )
    return sa.or_(mine.correlate_except(member).exists(), there.correlate_except(role).exists())


def mine(columns: Any, looking: Looking) -> sa.ColumnElement[bool]:
    """Whether who looks belongs to a campaign, and may change it for that."""
    return belongs(columns.id, looking.id, "campaign:update")


def member(columns: Any, looking: Looking) -> sa.ColumnElement[bool] | None:
    """Memberships are seen by staff, by the campaign's own people, and by whom they are about."""
    if looking.may(f"fund:{READ}"):
        return None
    return sa.or_(columns.person_id == looking.id, _own(columns.campaign_id, looking, READ))


def support_request(_columns: Any, looking: Looking) -> sa.ColumnElement[bool] | None:
    """Requests for support are for those who may decide on them, or read them."""
    return None if looking.may("fund:support:read") else sa.false()


def fiscal_year(_columns: Any, looking: Looking) -> sa.ColumnElement[bool] | None:
    """Fiscal years are for those who may read the fund's budgets."""
    return None if looking.may("fund:budget:read") else sa.false()


def notice(columns: Any, looking: Looking) -> sa.ColumnElement[bool]:
    """A notice is for whom it was written."""
    return columns.person_id == looking.id  # type: ignore[no-any-return]  # a comparison of columns


def event(columns: Any, looking: Looking) -> sa.ColumnElement[bool] | None:
    """Staff see every event, a campaign's people those of it, everybody what was done with it since it was published.

    What was done before that is nobody else's: a draft may say what was never meant for the public. Nor is who belongs
    to it: who may not see a membership does not see that it began or ended.
    """
    if looking.may("fund:event:read"):
        return None
    whole = CAMPAIGN.alias()
    since = sa.select(ONE).where(whole.c.id == columns.campaign_id, whole.c.published_at <= columns.at).exists()
    told = sa.or_(*(columns.action.startswith(f"{name}.", autoescape=True) for name in TOLD))
    return sa.or_(sa.and_(since, told), _own(columns.campaign_id, looking, "event:read"))


def event_change(columns: Any, looking: Looking) -> sa.ColumnElement[bool] | None:
    """The changes of an event are seen by those who see the event."""
    whole = EVENT.alias()
    seen = event(whole.c, looking)
    if seen is None:
        return None
    return sa.select(ONE).where(whole.c.id == columns.event_id, seen).exists()


def _own(campaign_id: sa.ColumnElement[str], looking: Looking, action: str) -> sa.ColumnElement[bool]:
    return belongs(campaign_id, looking.id, action) if looking.may(f"own:{action}") else sa.false()
