"""Who sees which campaigns, and with them what belongs to them: conditions on rows."""

from typing import Any, Protocol

import sqlalchemy as sa

from fund_api.campaigns.tables import Campaign
from fund_api.campaigns.work_tables import CampaignMember
from fund_api.core.columns import table_of
from fund_api.people.roles import PERMISSIONS
from fund_api.people.tables import RoleAssignment

CAMPAIGN, MEMBER, ROLE = table_of(Campaign), table_of(CampaignMember), table_of(RoleAssignment)
READ = "campaign:read"


class Viewing(Protocol):
    """Somebody who looks: what they may do, and their id as statements have it."""

    @property
    def id(self) -> sa.ColumnElement[str]:
        """The id of their person."""

    def may(self, permission: str) -> bool:
        """Whether they have a permission."""


def campaign(columns: Any, viewing: Viewing) -> sa.ColumnElement[bool] | None:
    """Published campaigns are everybody's, the others their people's and the staff's; None: all are visible.

    `columns` are those of the campaign table or an alias of it.
    """
    if viewing.may(f"fund:{READ}"):
        return None
    published: sa.ColumnElement[bool] = columns.published_at.is_not(None)
    if not viewing.may(f"own:{READ}"):
        return published
    return sa.or_(published, belongs(columns.id, viewing.id, READ))


def part(columns: Any, viewing: Viewing) -> sa.ColumnElement[bool] | None:
    """What belongs to a campaign by its column `campaign_id` is seen by those who see the campaign."""
    whole = CAMPAIGN.alias()
    seen = campaign(whole.c, viewing)
    if seen is None:
        return None
    return sa.select(sa.literal_column("1")).where(whole.c.id == columns.campaign_id, seen).exists()


def belongs(
    campaign_id: sa.ColumnElement[str], person_id: sa.ColumnElement[str], action: str
) -> sa.ColumnElement[bool]:
    """Whether a person is a member of a campaign, or has there a role that may do `action`, as campaign:update."""
    member, role = MEMBER.alias(), ROLE.alias()
    roles = [str(one) for one, given in PERMISSIONS.items() if given & {f"fund:{action}", f"own:{action}"}]
    mine: sa.Select[Any] = sa.select(sa.literal_column("1")).where(
        member.c.campaign_id == campaign_id, member.c.person_id == person_id
    )
    there: sa.Select[Any] = sa.select(sa.literal_column("1")).where(
        role.c.scope == campaign_id,
        role.c.person_id == person_id,
        sa.or_(sa.false(), *(role.c.role == one for one in roles)),
    )
    return sa.or_(mine.exists(), there.exists())
