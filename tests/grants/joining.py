"""How people come and go in the tests of grants: into roles, campaigns, and organizations that run campaigns."""

from contextlib import AbstractAsyncContextManager
from typing import Any

from fund_api.campaigns import members, rules
from fund_api.campaigns.tables import Organization
from fund_api.campaigns.work_tables import OrganizationMember
from fund_api.core.access import SYSTEM
from fund_api.core.writing import Transaction, writing
from fund_api.people.roles import Role
from fund_api.people.rules import grant_role, revoke_role, write_person
from fund_api.people.tables import FUND
from tests.grants.acting import Office

ALL_ROLES = (Role.GRANTS_OFFICER, Role.REVIEWER, Role.APPROVER, Role.FINANCE)


def system(office: Office) -> AbstractAsyncContextManager[Transaction]:
    """A transaction of whoever has the machine."""
    return writing(office.database, SYSTEM, office.now)


async def hire(office: Office, name: str, *roles: Role, scope: str = FUND) -> str:
    """Somebody new with roles, everywhere or in one campaign or program; their id."""
    async with system(office) as tx:
        office.people[name] = await write_person(tx, name, f"{name}@example.org")
    await give(office, name, *roles, scope=scope)
    return office.people[name]


async def give(office: Office, name: str, *roles: Role, scope: str = FUND) -> None:
    async with system(office) as tx:
        for role in roles:
            await grant_role(tx, office.people[name], role, scope)


async def take(office: Office, name: str, *roles: Role, scope: str = FUND) -> None:
    async with system(office) as tx:
        for role in roles:
            await revoke_role(tx, office.people[name], role, scope)


async def join(office: Office, name: str, campaign: str | None = None) -> None:
    """Become a member of a campaign and its coordinator."""
    async with system(office) as tx:
        await members.add_campaign_member(tx, campaign or office.campaign, office.people[name])


async def leave(office: Office, name: str, campaign: str | None = None) -> None:
    async with system(office) as tx:
        await members.remove_campaign_member(tx, campaign or office.campaign, office.people[name])


async def other_campaign(office: Office) -> str:
    """A second campaign of the community, with the same coordinator; its id."""
    community = (await office.row("campaign", office.campaign))["community_id"]
    async with system(office) as tx:
        values = {"community_id": community, "title": "Another", "kind": "ADOPTION"}
        campaign = await rules.create_campaign(tx, values)
    await join(office, "coordinator", campaign)
    return campaign


async def change(office: Office, who: str | None = None, **values: Any) -> None:
    """Change what is said of the campaign. Any: values of its columns."""
    version = await office.version(office.campaign, "campaign")
    async with office.acting(who) if who else system(office) as tx:
        await rules.update_campaign(tx, office.campaign, values, expected_version=version)


async def run_by(office: Office, organization: str | None, who: str | None = None) -> None:
    """Make the campaign one of an organization, or of none."""
    await change(office, who, organization_id=organization)


async def organize(office: Office, *names: str) -> str:
    """Let an organization with these members run the campaign; its id."""
    async with system(office) as tx:
        values = {"name": "Citizens", "name_folded": "citizens", "search_text": "citizen zy", "kind": "RESIDENTS_GROUP"}
        found = await tx.add(Organization, "added", values)
        for name in names:
            member = {"organization_id": found, "person_id": office.people[name]}
            await tx.add(OrganizationMember, "added", member)
    await run_by(office, found)
    return found
