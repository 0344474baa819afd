"""Who a person is when they ask: their roles, and the permissions that follow from these now."""

from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from fund_api.core.access import PUBLIC, Viewer
from fund_api.core.columns import table_of
from fund_api.people.roles import Role, permissions_of
from fund_api.people.tables import FUND, Person, RoleAssignment

PERSON, ROLES = table_of(Person), table_of(RoleAssignment)

MOST = 100
"""Roles that are told at once."""
Held = tuple[Role, str]
"""A role and its scope: "fund", or the id of a campaign."""


async def roles_of(connection: AsyncConnection, person_id: str) -> list[Held]:
    """The roles that a person has, in the order of their names; of somebody inactive too."""
    query = sa.select(ROLES.c.role, ROLES.c.scope).where(ROLES.c.person_id == person_id)
    rows = await connection.execute(query.order_by(ROLES.c.role, ROLES.c.scope))
    return [(Role(role), scope) for role, scope in rows]


async def assignments_of(connection: AsyncConnection, person_id: str) -> list[str]:
    """The ids of somebody's roles, in the order of their names; at most MOST."""
    query = sa.select(ROLES.c.id).where(ROLES.c.person_id == person_id).order_by(ROLES.c.role, ROLES.c.scope)
    return list((await connection.scalars(query.limit(MOST))).all())


async def viewer_of(connection: AsyncConnection, person_id: str, scopes: frozenset[str] | None = None) -> Viewer:
    """A person as they ask, limited to `scopes` when a token is; PUBLIC for somebody inactive or unknown."""
    query = (
        sa.select(ROLES.c.role, ROLES.c.scope)
        .select_from(PERSON.outerjoin(ROLES))
        .where(PERSON.c.id == person_id, PERSON.c.active)
    )
    rows = (await connection.execute(query)).all()
    if not rows:
        return PUBLIC
    return limited(person_id, [(Role(role), scope) for role, scope in rows if role], scopes)


def limited(person_id: str, held: Iterable[Held], scopes: frozenset[str] | None) -> Viewer:
    """A viewer with these roles, and of their permissions only those among `scopes`."""
    permissions = permissions_from(held)
    return Viewer(person_id, permissions if scopes is None else permissions & scopes, scopes)


def permissions_from(held: Iterable[Held]) -> frozenset[str]:
    """What somebody may do with these roles."""
    given = set(held)
    everywhere = {role for role, scope in given if scope == FUND}
    return permissions_of(everywhere, {role for role, scope in given if scope != FUND})
