"""Erasing a person: what they are called and how they are reached goes; that somebody acted here stays."""

import sqlalchemy as sa

from fund_api.core import idempotency, past
from fund_api.core.columns import Table, Text, table_of
from fund_api.core.errors import InvalidTransition
from fund_api.core.events import CHANGE, EVENT, PRIVATE
from fund_api.core.text import fold
from fund_api.core.writing import Row, Transaction
from fund_api.people.rules import MANAGE, keep_an_administrator
from fund_api.people.tables import ApiToken, Invitation, OidcIdentity, Person, RoleAssignment
from fund_api.people.viewers import PERSON, ROLES

ERASED = "Erased person"
_INVITATION, _IDENTITY, _TOKEN = table_of(Invitation), table_of(OidcIdentity), table_of(ApiToken)


async def erase(tx: Transaction, person_id: str) -> None:
    """Erase a person for good: name, e-mail address, ways to sign in, roles, and what the log kept of them apart.

    The events stay, and their chain verifies: it was made over digests of the private values. Raises NotAllowed for the
    last administrator and InvalidTransition for somebody who is erased already.
    """
    tx.viewer.need(MANAGE)
    await keep_an_administrator(tx, person_id)
    invitations = await tx.rows(sa.select(_INVITATION).order_by(_INVITATION.c.id).with_for_update())
    person = await tx.row(Person, person_id)
    if person["erased_at"] is not None:
        raise InvalidTransition("This person is erased already.", "ERASED", ())
    await _end_access(tx, person_id)
    theirs = [each for each in invitations if _went_to(person, each)]
    await _erase_invitations(tx, theirs)
    await _erase_private_values(tx, person_id, [each["id"] for each in theirs])
    await _erase_private_texts(tx, person_id)
    await idempotency.forget_answers(tx)
    gone: Row = {"active": False, "erased_at": tx.now}
    blank: Row = {"name": ERASED, "email": None, "email_folded": None, "updated_at": tx.now}
    change = PERSON.update().where(PERSON.c.id == person_id)
    await tx.connection.execute(change.values(gone | blank | {"version": person["version"] + 1}))
    await past.forget(
        tx.connection, PERSON, {"name": ERASED, "email": None, "email_folded": None}, past.PAST.c.row_id == person_id
    )
    tx.record(Person, "erased", person_id, person, gone)  # not the name: its value before would be kept again


async def _end_access(tx: Transaction, person_id: str) -> None:
    """Take every role and every way to sign in."""
    for row in await tx.rows(sa.select(ROLES.c.id).where(ROLES.c.person_id == person_id).order_by(ROLES.c.id)):
        await tx.remove(RoleAssignment, "revoked", row["id"])
    tokens = sa.select(_TOKEN.c.id).where(_TOKEN.c.person_id == person_id, _TOKEN.c.revoked_at.is_(None))
    for row in await tx.rows(tokens.order_by(_TOKEN.c.id)):
        await tx.change(ApiToken, "revoked", row["id"], {"revoked_at": tx.now})
    identities = _IDENTITY.c.person_id == person_id
    for row in await tx.rows(sa.select(_IDENTITY.c.id).where(identities).order_by(_IDENTITY.c.id)):
        tx.record(OidcIdentity, "removed", row["id"], {}, {})  # not its subject: that is private
    await tx.connection.execute(_IDENTITY.delete().where(identities))


def _went_to(person: Row, invitation: Row) -> bool:
    return bool(invitation["person_id"] == person["id"] or fold(invitation["email"]) == person["email_folded"])


async def _erase_invitations(tx: Transaction, invitations: list[Row]) -> None:
    """Take the person's address out of the invitations that went to them, and end those that are open."""
    for row in invitations:
        if row["accepted_at"] is None and row["revoked_at"] is None:
            await tx.change(Invitation, "revoked", row["id"], {"revoked_at": tx.now})
        blank = _INVITATION.update().where(_INVITATION.c.id == row["id"])
        await tx.connection.execute(blank.values(email=ERASED, updated_at=tx.now))


async def _erase_private_values(tx: Transaction, person_id: str, invitations: list[str]) -> None:
    """Delete what the log keeps apart about the person; of an invitation it did not know yet whom it was about."""
    sent = sa.select(CHANGE.c.id).join(EVENT).where(EVENT.c.entity_id.in_(invitations))
    await tx.connection.execute(
        PRIVATE.delete().where(sa.or_(PRIVATE.c.person_id == person_id, PRIVATE.c.change_id.in_(sent)))
    )


async def _erase_private_texts(tx: Transaction, person_id: str) -> None:
    """Blank what else is private of theirs, in whichever slice: to whom an order of print goes, for example.

    Numbers that are private, as a salary, name nobody and stay.
    """
    for table in Table.metadata.sorted_tables:
        private = [column.name for column in table.c if column.info.get("private") and isinstance(column.type, Text)]
        if private and "person_id" in table.c and table not in (_INVITATION, _IDENTITY):
            blank = table.update().where(table.c.person_id == person_id)
            kept = {name: sa.case((table.c[name].is_not(None), ERASED)) for name in private}
            await tx.connection.execute(blank.values(kept))
            await past.forget_owned(tx.connection, table, dict.fromkeys(private, ERASED), "person_id", person_id)
