"""People whom tests make up, and what the database holds of them."""

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from fund_api.core import events
from fund_api.core.access import SYSTEM, Viewer
from fund_api.core.database import Database
from fund_api.core.events import EVENT
from fund_api.core.writing import writing
from fund_api.people import rules
from fund_api.people.roles import Role
from fund_api.people.tables import FUND
from fund_api.people.viewers import viewer_of
from tests.rows import everything, fetch

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


async def somebody(database: Database, name: str, *roles: Role, scope: str = FUND) -> Viewer:
    """A person with these roles, as they ask; their address is the name at example.org."""
    async with writing(database, SYSTEM, NOW) as tx:
        person_id = await rules.add_person(tx, name, f"{name.lower()}@example.org")
        for role in roles:
            await rules.grant_role(tx, person_id, role, scope)
    return await seen(database, person_id)


async def seen(database: Database, person_id: str) -> Viewer:
    """A person as they would ask now."""
    async with database.reading() as connection:
        return await viewer_of(connection, person_id)


def own_id(viewer: Viewer) -> str:
    assert viewer.id is not None
    return viewer.id


async def actions(database: Database) -> list[str]:
    """What was done so far."""
    return [action for (action,) in await fetch(database, sa.select(EVENT.c.action).order_by(EVENT.c.number))]


async def audited(database: Database) -> events.Audit:
    async with database.snapshot() as connection:
        return await events.audit(connection)


async def log(database: Database) -> str:
    """All that the database holds but for the tables of people themselves, as one text to search in."""
    held: dict[str, list[tuple[Any, ...]]] = await everything(database)
    return str({name: rows for name, rows in held.items() if name.startswith(("event", "private"))})
