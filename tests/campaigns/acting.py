"""Who acts in the tests of campaigns, and what they may do."""

from datetime import UTC, datetime

import sqlalchemy as sa

from fund_api.core.access import Viewer
from fund_api.core.database import Database
from fund_api.core.writing import Row, writing
from fund_api.people.roles import Role, permissions_of
from fund_api.people.tables import RoleAssignment
from tests.rows import fetch, table

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
TODAY = NOW.date()
STAFF = Viewer(None, permissions_of({Role.GRANTS_OFFICER}, set()))
REPORTER = Viewer(None, permissions_of({Role.REPORTER}, set()))


def coordinator(person_id: str) -> Viewer:
    """A coordinator of the campaigns that they belong to."""
    return Viewer(person_id, permissions_of(set(), {Role.COORDINATOR}))


async def give_role(database: Database, person_id: str, role: Role, scope: str) -> None:
    async with writing(database, STAFF, NOW) as tx:
        await tx.add(RoleAssignment, "granted", {"person_id": person_id, "role": role, "scope": scope})


async def stored(database: Database, name: str, entity_id: str, *columns: str) -> tuple[object, ...]:
    """Values of the one row with this id."""
    rows = table(name)
    [found] = await fetch(database, sa.select(*(rows.c[one] for one in columns)).where(rows.c.id == entity_id))
    return found


async def all_of(database: Database, name: str, *columns: str) -> list[tuple[object, ...]]:
    """Values of every row, in their order."""
    rows = [table(name).c[one] for one in columns]
    return await fetch(database, sa.select(*rows).order_by(*rows))


async def whole(database: Database, name: str, entity_id: str) -> Row:
    rows = table(name)
    [found] = await fetch(database, sa.select(rows).where(rows.c.id == entity_id))
    return dict(zip(rows.c.keys(), found, strict=True))
