"""What clients see of people: themselves, and for those who may, everybody, with roles and tokens."""

import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from fund_api.campaigns.members import campaigns_of
from fund_api.core.facts import Provenance
from fund_api.graph import declare
from fund_api.graph.reading import Asking
from fund_api.graph.types import Connection, Node
from fund_api.people import tables, visibility
from fund_api.people.roles import Role
from fund_api.people.viewers import assignments_of

if TYPE_CHECKING:
    from schema.campaign_work import CampaignMember
    from schema.campaigns import Campaign
    from schema.events import Event

declare.enum(
    Role,
    "What somebody is to the fund; a role gives its permissions everywhere, in one campaign, or in one program.",
    MEMBER="Reads the resources for members.",
    COORDINATOR="Leads a campaign of a residents' group.",
    GRANTS_OFFICER="Prepares grants and looks after campaigns.",
    REVIEWER="Scores applications.",
    APPROVER="Decides on grants.",
    FINANCE="Pays grants.",
    HIRING_OFFICER="Looks after requests for hiring support.",
    ADVISOR="A senior advisor: a retired manager who advises for free.",
    EDITOR="Writes and publishes the library.",
    REPORTER="A machine that reads for reports.",
    ADMINISTRATOR="Looks after people, roles and settings.",
)


@declare.entity(tables.RoleAssignment, visible=visibility.of_person)
class RoleAssignment(Node):
    """A role that somebody has."""

    person: Annotated["Person", strawberry.lazy("schema.people")] = declare.to_one(
        "Whose role it is.", own="person_id", sure=True
    )
    role: Role = declare.column("The role.")
    scope: str = declare.column('Where it holds: "fund" is everywhere, else the id of a campaign or a program.')
    provenance: Provenance = declare.column("How this row came to be here.")


@declare.entity(tables.ApiToken, order=("name",), visible=visibility.token)
class ApiToken(Node):
    """A secret by which somebody's programs sign in. The secret itself is told once, when it is made."""

    name: str = declare.column("What it is for.")
    scopes: str | None = declare.column("The permissions that it is limited to; null for all that its person has.")
    expires_at: datetime.datetime | None = declare.column("When it ends; null for never.")
    last_used_at: datetime.datetime | None = declare.column("When it was last used, to the minute.")
    revoked_at: datetime.datetime | None = declare.column("When it was revoked; null while it is good.")
    created_at: datetime.datetime = declare.column("When it was made.")
    provenance: Provenance = declare.column("How this row came to be here.")


@declare.entity(tables.Person, order=("name",), visible=visibility.person)
class Person(Node):
    """Somebody who signs in. People see themselves, staff see everybody."""

    name: str = declare.column("What they are called.", order=True)
    email: str | None = declare.column("Their e-mail address; null once they were erased.")
    active: bool = declare.column("Whether they may sign in.")
    version: int = declare.column("How often this was written; updates name the version that they read.")
    roles: Connection[RoleAssignment] = declare.to_many("Their roles.", key="person_id")
    tokens: Connection[ApiToken] = declare.to_many("Their API tokens.", key="person_id")
    memberships: Connection[Annotated["CampaignMember", strawberry.lazy("schema.campaign_work")]] = declare.to_many(
        "The campaigns that they are members of.", key="person_id"
    )
    activity: Connection[Annotated["Event", strawberry.lazy("schema.events")]] = declare.to_many(
        "What was done with it, the latest first.", key="entity_id"
    )
    provenance: Provenance = declare.column("How this row came to be here.")


@strawberry.type(description="Who you are to this API, and what you may do.")
class Viewer:
    """Whoever asks."""

    person: Person | None = strawberry.field(description="Who you are; null when you have not signed in.")
    permissions: list[str] = strawberry.field(
        description='What you may do, each written scope:resource:action; the scope "own" means your campaigns.'
    )
    roles: list[RoleAssignment] = strawberry.field(description="Your roles, at most 100.")
    campaigns: list[Annotated["Campaign", strawberry.lazy("schema.campaigns")]] = strawberry.field(
        description="The campaigns that you belong to, at most 100, the latest first."
    )


async def viewer(info: strawberry.Info[Asking, None]) -> Viewer:
    """Whoever asks, as they signed in."""
    asking = info.context.viewer
    roles: list[str] = []
    campaigns: list[str] = []
    if asking.id is not None:
        async with info.context.services["database"].reading() as connection:
            roles = await assignments_of(connection, asking.id)
            campaigns = await campaigns_of(connection, asking)
    return Viewer(
        person=declare.entity_of(asking.id),
        permissions=sorted(asking.permissions),
        roles=[declare.entity_of(role) for role in roles],
        campaigns=[declare.entity_of(campaign) for campaign in campaigns],
    )


@strawberry.type
class PeopleQueries:
    """Root fields on people."""

    viewer: Viewer = strawberry.field(resolver=viewer, description="Who you are, and what you may do.")
    people: Connection[Person] = declare.listing("The people that you may see, by name.")
    role_assignments: Connection[RoleAssignment] = declare.listing("The roles of the people whom you may look after.")
    person: Person | None = declare.lookup("One person by their id.", "id")
