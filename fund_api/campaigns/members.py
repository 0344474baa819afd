"""Who belongs to a campaign, and what they may do in it."""

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from fund_api.campaigns import visibility
from fund_api.campaigns.tables import Campaign
from fund_api.campaigns.visibility import CAMPAIGN, MEMBER, READ, ROLE
from fund_api.campaigns.work_tables import CampaignMember
from fund_api.core.access import LookingAs, Viewer
from fund_api.core.columns import Table
from fund_api.core.errors import InvalidValue, NotAllowed, NotFound
from fund_api.core.writing import Row, Transaction, words
from fund_api.people import invitations
from fund_api.people.invitations import INVITATION
from fund_api.people.roles import Role
from fund_api.people.tables import FUND, Person, RoleAssignment
from fund_api.people.tokens import hashed

MOST = 100
"""Campaigns that are told at once."""


def demand(tx: Transaction, permission: str) -> None:
    """Raises NotAllowed for a viewer without a permission."""
    if not tx.viewer.may(permission):
        raise NotAllowed(f"This needs the permission {permission}.")


async def may(tx: Transaction, action: str, campaign_id: str) -> Row:
    """The campaign, held against others, for somebody who may do `action` (as campaign:update) in it.

    That is who may do it everywhere, and who may do it in their own campaigns and belongs to this one. Raises NotFound
    for a campaign that they may not even see, else NotAllowed.
    """
    campaign = await tx.row(Campaign, campaign_id)
    if tx.viewer.may(f"fund:{action}") or await _may_as_own(tx, action, campaign_id):
        return campaign
    seen = campaign["published_at"] or tx.viewer.may(f"fund:{READ}") or await _may_as_own(tx, READ, campaign_id)
    if not seen:
        raise NotFound(f"There is no {words(Campaign)} {campaign_id}.")
    raise NotAllowed(f"This needs the permission fund:{action}, or own:{action} and to belong to the campaign.")


async def may_in(tx: Transaction, action: str, model: type[Table], entity_id: str) -> Row:
    """A row that belongs to a campaign, for somebody who may do `action` there. Raises as `may` does."""
    row = await tx.row(model, entity_id)
    try:
        await may(tx, action, row["campaign_id"])
    except NotFound:
        raise NotFound(f"There is no {words(model)} {entity_id}.") from None
    return row


async def campaigns_of(connection: AsyncConnection, viewer: Viewer) -> list[str]:
    """The ids of the campaigns that a viewer belongs to and sees, the latest first; at most MOST."""
    looking = LookingAs(viewer)
    seen = visibility.campaign(CAMPAIGN.c, looking)
    theirs = visibility.belongs(CAMPAIGN.c.id, looking.id, READ)
    query = sa.select(CAMPAIGN.c.id).where(theirs, sa.true() if seen is None else seen)
    return list((await connection.scalars(query.order_by(CAMPAIGN.c.id.desc()).limit(MOST))).all())


async def belongs(tx: Transaction, campaign_id: str, action: str) -> bool:
    """Whether the viewer is of the campaign: see `visibility.belongs`."""
    if tx.viewer.id is None:
        return False
    condition = visibility.belongs(CAMPAIGN.c.id, sa.literal(tx.viewer.id), action)
    found = await tx.connection.execute(sa.select(CAMPAIGN.c.id).where(CAMPAIGN.c.id == campaign_id, condition))
    return found.first() is not None


async def _may_as_own(tx: Transaction, action: str, campaign_id: str) -> bool:
    return tx.viewer.may(f"own:{action}") and await belongs(tx, campaign_id, action)


async def add_campaign_member(tx: Transaction, campaign_id: str, person_id: str) -> str:
    """Make a person a member of a campaign and its coordinator; the id of the membership.

    Raises InvalidValue for somebody who is one already, or can't sign in any more.
    """
    await may(tx, "campaign:update", campaign_id)
    person = await tx.row(Person, person_id)
    if not person["active"]:
        raise InvalidValue("Only a person who is active can become a member of a campaign.", "person")
    if await _membership(tx, campaign_id, person_id) is not None:
        raise InvalidValue("This person is a member of the campaign already.", "person")
    member_id = await _add(tx, campaign_id, person_id)
    await _make_coordinator(tx, campaign_id, person_id)
    return member_id


async def accept_invitation(tx: Transaction, secret: str, name: str) -> tuple[str, str]:
    """Come in by an invitation's secret: see `invitations.accept_invitation`. A coordinator becomes a member, too."""
    person_id, token = await invitations.accept_invitation(tx, secret, name)
    [invitation] = await tx.rows(sa.select(INVITATION).where(INVITATION.c.secret_hash == hashed(secret)))
    campaign_id = invitation["scope"]
    is_coordinator = invitation["role"] == Role.COORDINATOR and campaign_id != FUND
    if is_coordinator and await _membership(tx, campaign_id, person_id) is None:
        await _add(tx, campaign_id, person_id)
    return person_id, token


async def remove_campaign_member(tx: Transaction, campaign_id: str, person_id: str) -> Row:
    """End a membership, and with it the role of a coordinator there; the membership as it was. Raises NotFound."""
    await may(tx, "campaign:update", campaign_id)
    member_id = await _membership(tx, campaign_id, person_id)
    if member_id is None:
        raise NotFound("This person is no member of the campaign.")
    if role_id := await _coordinator_role(tx, campaign_id, person_id):
        await tx.remove(RoleAssignment, "revoked", role_id, campaign_id=campaign_id)
    return await tx.remove(CampaignMember, "removed", member_id, campaign_id=campaign_id)


async def _add(tx: Transaction, campaign_id: str, person_id: str) -> str:
    values = {"campaign_id": campaign_id, "person_id": person_id}
    return await tx.add(CampaignMember, "added", values, campaign_id=campaign_id)


async def _make_coordinator(tx: Transaction, campaign_id: str, person_id: str) -> None:
    if await _coordinator_role(tx, campaign_id, person_id) is None:
        values = {"person_id": person_id, "role": Role.COORDINATOR, "scope": campaign_id}
        await tx.add(RoleAssignment, "granted", values, campaign_id=campaign_id)


async def _membership(tx: Transaction, campaign_id: str, person_id: str) -> str | None:
    found: str | None = await tx.connection.scalar(
        sa.select(MEMBER.c.id).where(MEMBER.c.campaign_id == campaign_id, MEMBER.c.person_id == person_id)
    )
    return found


async def _coordinator_role(tx: Transaction, campaign_id: str, person_id: str) -> str | None:
    of_person = (ROLE.c.person_id == person_id, ROLE.c.scope == campaign_id, ROLE.c.role == Role.COORDINATOR)
    found: str | None = await tx.connection.scalar(sa.select(ROLE.c.id).where(*of_person))
    return found
