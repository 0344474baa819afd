"""The first administrator, of whom there has to be one before anybody can let anybody in."""

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from fund_api.core.writing import Transaction
from fund_api.people import tokens
from fund_api.people.roles import Role
from fund_api.people.rules import MANAGE, write_person, write_role
from fund_api.people.tables import FUND
from fund_api.people.viewers import PERSON

NAME = "Administrator"


async def is_empty(connection: AsyncConnection) -> bool:
    """Whether nobody is there."""
    return (await connection.execute(sa.select(PERSON.c.id).limit(1))).first() is None


async def add_first_administrator(tx: Transaction) -> str | None:
    """Make an administrator when nobody is there, and return the text of a token for them; else None.

    Of several servers that start at once only one does.
    """
    tx.viewer.need(MANAGE)
    if tx.connection.dialect.name == "postgresql":
        await tx.connection.execute(sa.text("LOCK TABLE person IN SHARE ROW EXCLUSIVE MODE"))
    if not await is_empty(tx.connection):
        return None
    person_id = await write_person(tx, NAME, None)
    await write_role(tx, person_id, Role.ADMINISTRATOR, FUND)
    _, token = await tokens.write_token(tx, person_id, "First start", None, None)
    return token
