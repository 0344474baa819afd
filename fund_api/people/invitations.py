"""Invitations: a secret that brings somebody in with a role, once, within seven days."""

from datetime import timedelta

import sqlalchemy as sa

from fund_api.core.columns import table_of
from fund_api.core.errors import InvalidValue, NotAllowed
from fund_api.core.events import EVENT
from fund_api.core.text import fold
from fund_api.core.writing import Row, Transaction
from fund_api.people import tokens
from fund_api.people.roles import Role
from fund_api.people.rules import MANAGE, check_scope, checked_email, write_person, write_role
from fund_api.people.tables import FUND, Invitation
from fund_api.people.viewers import PERSON, permissions_from

LASTS = timedelta(days=7)
TOKEN_LASTS = timedelta(days=90)
INVITATION = table_of(Invitation)
REFUSAL = "This invitation is not valid: it is unknown, used, expired or revoked. Ask for another one."


async def invite(tx: Transaction, email: str, role: Role, scope: str = FUND) -> tuple[str, str]:
    """Invite whoever reads mail at an address to a role; the invitation's id and its secret, which is told once."""
    tx.viewer.need(MANAGE)
    return await write_invitation(tx, email, role, scope)


async def write_invitation(tx: Transaction, email: str, role: Role, scope: str) -> tuple[str, str]:
    """Invite somebody, for a rule that has looked at the rights itself."""
    await check_scope(tx, scope)
    secret = tokens.new_secret()
    values: Row = {
        "email": checked_email(email),
        "role": role.value,
        "scope": scope,
        "secret_hash": tokens.hashed(secret),
        "expires_at": tx.now + LASTS,
    }
    return await tx.add(Invitation, "sent", values), secret


async def revoke_invitation(tx: Transaction, invitation_id: str) -> None:
    """Take an invitation back that nobody has accepted. A second time changes nothing."""
    tx.viewer.need(MANAGE)
    invitation = await tx.row(Invitation, invitation_id)
    if invitation["accepted_at"] is not None:
        raise NotAllowed("This invitation was accepted: revoke the role instead.")
    if invitation["revoked_at"] is None:
        await tx.change(Invitation, "revoked", invitation_id, {"revoked_at": tx.now})


async def accept_invitation(tx: Transaction, secret: str, name: str) -> tuple[str, str]:
    """Come in by an invitation's secret; the person's id and the text of a token for them.

    Somebody new is added by `name`. Somebody who is known by the address keeps their name, and the token is limited to
    the invitation's role, for whoever sent it may have no right to the others. Raises InvalidValue, in the same words
    for every secret that does not open an invitation now.
    """
    invitation = await _open(tx, secret)
    role, scope = Role(invitation["role"]), invitation["scope"]
    await check_scope(tx, scope)
    known = await _known(tx, invitation)
    person_id = known or await write_person(tx, name, invitation["email"])
    await _use(tx, invitation, person_id)
    await write_role(tx, person_id, role, scope)
    limits = permissions_from([(role, scope)]) if known else None
    _, token = await tokens.write_token(tx, person_id, "Invitation", limits, tx.now + TOKEN_LASTS)
    return person_id, token


async def _open(tx: Transaction, secret: str) -> Row:
    """The invitation that a secret opens, held against everybody else until the transaction ends."""
    query = sa.select(INVITATION).where(
        INVITATION.c.secret_hash == tokens.hashed(secret),
        INVITATION.c.accepted_at.is_(None),
        INVITATION.c.revoked_at.is_(None),
        INVITATION.c.expires_at > tx.now,
    )
    rows = await tx.rows(query.with_for_update())
    if not rows:
        raise InvalidValue(REFUSAL, "secret")
    return rows[0]


async def _known(tx: Transaction, invitation: Row) -> str | None:
    """The id of the person with the invitation's address. Nobody invites themselves, nor somebody deactivated."""
    people = await tx.rows(
        sa.select(PERSON).where(PERSON.c.email_folded == fold(invitation["email"])).with_for_update()
    )
    if not people:
        return None
    sender = sa.select(EVENT.c.actor_id).where(
        EVENT.c.entity_id == invitation["id"], EVENT.c.actor_id == people[0]["id"]
    )
    if await tx.rows(sender):
        raise NotAllowed("Nobody raises their own rights: somebody else has to invite you.")
    if not people[0]["active"]:
        raise InvalidValue(REFUSAL, "secret")
    return str(people[0]["id"])


async def _use(tx: Transaction, invitation: Row, person_id: str) -> None:
    """Mark an invitation as accepted, which only one can do."""
    accepted: Row = {"accepted_at": tx.now, "person_id": person_id}
    unused = sa.and_(INVITATION.c.id == invitation["id"], INVITATION.c.accepted_at.is_(None))
    change = INVITATION.update().where(unused).values(accepted | {"updated_at": tx.now})
    if (await tx.connection.execute(change)).rowcount != 1:
        raise InvalidValue(REFUSAL, "secret")
    tx.record(Invitation, "accepted", invitation["id"], invitation, accepted)
