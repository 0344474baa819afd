"""What may happen to people and their roles. Whoever manages people needs the permission fund:person:manage.

Nobody raises their own rights, and the last administrator can't be removed.
"""

import re
from collections.abc import Awaitable
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from fund_api.core.errors import InvalidTransition, InvalidValue, NotAllowed, NotFound
from fund_api.core.ids import prefix_of
from fund_api.core.text import clean, fold
from fund_api.core.writing import Row, Transaction
from fund_api.people.roles import Role
from fund_api.people.tables import FUND, Person, RoleAssignment
from fund_api.people.viewers import PERSON, ROLES

T = TypeVar("T")
MANAGE = "fund:person:manage"
SCOPES = {"camp": "campaign", "fprog": "funding_program"}
"""What a role can be limited to: the prefix of its ids, and its table."""
_EMAIL = re.compile(
    r"[a-zA-Z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@"
    r"(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?\.)+[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?"
)


async def add_person(tx: Transaction, name: str, email: str | None) -> str:
    """Add somebody without any role and return their id. Raises InvalidValue for an e-mail address that is taken."""
    tx.viewer.need(MANAGE)
    return await write_person(tx, name, email)


async def write_person(tx: Transaction, name: str, email: str | None) -> str:
    """Add somebody, for a rule that has looked at the rights itself."""
    values: Row = {"name": name, "active": True} | (_address(email) if email is not None else {})
    return await _unique_address(tx, email, tx.add(Person, "added", values))


async def update_person(
    tx: Transaction,
    person_id: str,
    *,
    name: str | None = None,
    email: str | None = None,
    expected_version: int | None = None,
) -> None:
    """Change a person's name or e-mail address; what is not given stays."""
    tx.viewer.need(MANAGE)
    await _living(tx, person_id)
    values: Row = ({"name": name} if name is not None else {}) | (_address(email) if email is not None else {})
    change = tx.change(Person, "updated", person_id, values, expected_version=expected_version)
    await _unique_address(tx, email, change)


async def deactivate(tx: Transaction, person_id: str) -> None:
    """From now on they can't sign in; their roles and tokens stay for the day when they come back."""
    tx.viewer.need(MANAGE)
    await keep_an_administrator(tx, person_id)
    await _living(tx, person_id)
    await tx.change(Person, "deactivated", person_id, {"active": False})


async def reactivate(tx: Transaction, person_id: str) -> None:
    """They can sign in again, with the roles and tokens that they had."""
    tx.viewer.need(MANAGE)
    await _living(tx, person_id)
    await tx.change(Person, "reactivated", person_id, {"active": True})


async def grant_role(tx: Transaction, person_id: str, role: Role, scope: str = FUND) -> str:
    """Give somebody a role, everywhere or in one campaign, and return the assignment's id; it may be there already.

    Raises NotAllowed for one's own person: nobody raises their own rights.
    """
    tx.viewer.need(MANAGE)
    if person_id == tx.viewer.id:
        raise NotAllowed("Nobody raises their own rights: somebody else has to give you the role.")
    return await write_role(tx, person_id, role, scope)


async def write_role(tx: Transaction, person_id: str, role: Role, scope: str) -> str:
    """Give somebody a role, for a rule that has looked at the rights itself."""
    await check_scope(tx, scope)
    await _living(tx, person_id)
    held = await tx.rows(_assignment(person_id, role, scope))
    if held:
        return str(held[0]["id"])
    return await tx.add(RoleAssignment, "granted", {"person_id": person_id, "role": role.value, "scope": scope})


async def revoke_role(tx: Transaction, person_id: str, role: Role, scope: str = FUND) -> None:
    """Take a role away, and from tokens what rests on it, at once. Raises NotFound when they don't have it."""
    tx.viewer.need(MANAGE)
    if role is Role.ADMINISTRATOR and scope == FUND:
        await keep_an_administrator(tx, person_id)
    held = await tx.rows(_assignment(person_id, role, scope))
    if not held:
        raise NotFound(f"{person_id} does not have the role {role} in {scope}.")
    await tx.remove(RoleAssignment, "revoked", held[0]["id"])


async def keep_an_administrator(tx: Transaction, person_id: str) -> None:
    """Raise NotAllowed when this person is the only active administrator.

    The administrators' roles are held first, by everybody in the same order, so that of two who remove each other at
    once the second one waits; only then, in a statement of its own, is seen who is left.
    """
    administrators = sa.select(ROLES.c.id, ROLES.c.person_id).where(
        ROLES.c.role == Role.ADMINISTRATOR.value, ROLES.c.scope == FUND
    )
    await tx.rows(administrators.order_by(ROLES.c.id).with_for_update())
    active = administrators.join(PERSON, PERSON.c.id == ROLES.c.person_id).where(PERSON.c.active)
    if {row["person_id"] for row in await tx.rows(active)} == {person_id}:
        raise NotAllowed("The last administrator can't be removed: make somebody else an administrator first.")


async def check_scope(tx: Transaction, scope: str) -> None:
    """Raise InvalidValue for what is no scope, NotFound for a campaign that is not there.

    The campaign is held: who acts on one of its grants holds it too, so that nobody comes to belong to it meanwhile. It
    comes before people, whom that other one needs afterwards.
    """
    if scope == FUND:
        return
    table = SCOPES.get(prefix_of(scope) or "")
    if table is None:
        raise InvalidValue(
            f'A role holds in "{FUND}", which is everywhere, or in a campaign or program, by its id.', "scope"
        )
    rows = sa.table(table, sa.column("id"))  # by its name: campaigns stand on people, not people on campaigns
    found = sa.select(rows.c.id).where(rows.c.id == scope).with_for_update(read=True, key_share=True)
    if not await tx.rows(found):
        raise NotFound(f"There is no {table} {scope}.")


def checked_email(email: str) -> str:
    """An e-mail address as the HTML standard takes it, with a dot in its domain. Raises InvalidValue for any other.

    ASCII alone: folding drops accents, so that somebody's address could otherwise be mistaken for another's.
    """
    try:
        email = clean(email)
    except ValueError as error:
        raise InvalidValue(f"email: {error}.", "email") from None
    if len(email) > 254 or not _EMAIL.fullmatch(email):
        raise InvalidValue("email takes an address such as ada@example.org.", "email")
    return email


def _address(email: str) -> Row:
    given = checked_email(email)
    return {"email": given, "email_folded": fold(given)}


async def _unique_address(tx: Transaction, email: str | None, write: Awaitable[T]) -> T:
    """Write a person; say in words that the address is taken, also when somebody else takes it at this moment."""
    try:
        async with tx.connection.begin_nested():
            return await write
    except IntegrityError:
        raise InvalidValue(f"Somebody with the e-mail address {email} is there already.", "email") from None


async def _living(tx: Transaction, person_id: str) -> Row:
    person = await tx.row(Person, person_id)
    if person["erased_at"] is not None:
        raise InvalidTransition("An erased person can't be changed.", "ERASED", ())
    return person


def _assignment(person_id: str, role: Role, scope: str) -> sa.Select[*tuple[Any, ...]]:  # Any: whole rows
    return sa.select(ROLES).where(ROLES.c.person_id == person_id, ROLES.c.role == role.value, ROLES.c.scope == scope)
