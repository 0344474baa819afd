"""How people are known by the provider: by its name for them, which is bound to them when they first sign in."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from fund_api.core.access import Viewer
from fund_api.core.columns import table_of
from fund_api.core.database import Database
from fund_api.core.errors import InvalidValue
from fund_api.core.text import fold
from fund_api.core.writing import Transaction, writing
from fund_api.people.rules import checked_email
from fund_api.people.tables import OidcIdentity
from fund_api.people.viewers import PERSON, viewer_of

IDENTITY = table_of(OidcIdentity)


@dataclass(frozen=True, slots=True)
class Claims:
    """What the provider says of whoever signs in. `email` is their address only when the provider has verified it."""

    issuer: str
    subject: str
    email: str | None


async def sign_in(database: Database, claims: Claims, now: datetime) -> Viewer | None:
    """The viewer whom the provider knows so; an active person with the verified address is bound to it at first."""
    async with database.reading() as connection:
        person_id = await _person(connection, claims)
        if person_id is not None:
            return _known(await viewer_of(connection, person_id))
        person_id = await _addressee(connection, claims)
    if person_id is None:
        return None
    async with writing(database, Viewer(person_id, frozenset()), now) as tx:
        person_id = await link(tx, claims)
        return _known(await viewer_of(tx.connection, person_id)) if person_id is not None else None


async def link(tx: Transaction, claims: Claims) -> str | None:
    """Bind the provider's name for somebody to the active person with their verified address; None without one."""
    person_id = await _addressee(tx.connection, claims, held=True)
    if person_id is None:
        return None
    if (known := await _person(tx.connection, claims)) is not None:
        return known
    values = {"person_id": person_id, "issuer": claims.issuer, "subject": claims.subject}
    await tx.add(OidcIdentity, "linked", values)
    return person_id


async def _person(connection: AsyncConnection, claims: Claims) -> str | None:
    query = sa.select(IDENTITY.c.person_id).where(
        IDENTITY.c.issuer == claims.issuer, IDENTITY.c.subject == claims.subject
    )
    return (await connection.execute(query)).scalar()


async def _addressee(connection: AsyncConnection, claims: Claims, *, held: bool = False) -> str | None:
    """The active person with the verified address, held against other writers when that is asked for."""
    if claims.email is None:
        return None
    try:
        email = checked_email(claims.email)
    except InvalidValue:
        return None
    query = sa.select(PERSON.c.id).where(PERSON.c.email_folded == fold(email), PERSON.c.active)
    return (await connection.execute(query.with_for_update() if held else query)).scalar()


def _known(viewer: Viewer) -> Viewer | None:
    return viewer if viewer.id is not None else None
