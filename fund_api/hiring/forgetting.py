"""What is private of somebody and no column says so: texts that are blanked when they are to be forgotten."""

from typing import Any

import sqlalchemy as sa

from fund_api.core import past
from fund_api.core.columns import Table, table_of
from fund_api.core.events import CHANGE, EVENT, PRIVATE
from fund_api.core.writing import Transaction
from fund_api.hiring.tables import HiringRequest
from fund_api.hiring.visibility import REQUEST
from fund_api.people.erasure import ERASED
from fund_api.people.viewers import PERSON

CONTACT = ("contact_name", "contact_email", "contact_phone", "message")
"""What a request says of who made it."""


async def blank(tx: Transaction, model: type[Table], ids: sa.Select[tuple[str]], *names: str) -> None:
    """Blank private texts of some rows, by their ids, and delete what the log keeps apart of them."""
    table = table_of(model)
    gone: dict[str, Any] = {name: sa.case((table.c[name].is_not(None), ERASED)) for name in names}  # expressions
    await tx.connection.execute(table.update().where(table.c.id.in_(ids)).values(gone | {"updated_at": tx.now}))
    await past.forget(tx.connection, table, dict.fromkeys(names, ERASED), past.PAST.c.row_id.in_(ids))
    changes = sa.select(CHANGE.c.id).join(EVENT).where(EVENT.c.entity_id.in_(ids), CHANGE.c.field.in_(names))
    await tx.connection.execute(PRIVATE.delete().where(PRIVATE.c.change_id.in_(changes)))


async def asked_by(tx: Transaction, person_id: str) -> list[str]:
    """The ids of a person's requests: also of those that they made by their address, without signing in."""
    address = sa.select(PERSON.c.email_folded).where(PERSON.c.id == person_id).scalar_subquery()
    theirs = sa.or_(REQUEST.c.person_id == person_id, sa.func.lower(REQUEST.c.contact_email) == address)
    return list((await tx.connection.scalars(sa.select(REQUEST.c.id).where(theirs).order_by(REQUEST.c.id))).all())


async def forget_contacts(tx: Transaction, requests: list[str]) -> None:
    """Blank whom to reach for requests, and what they said. What is said of the position stays."""
    await blank(tx, HiringRequest, sa.select(REQUEST.c.id).where(REQUEST.c.id.in_(requests)), *CONTACT)
