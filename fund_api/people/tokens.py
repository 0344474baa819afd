"""API tokens: `fund_<id>_<secret>`, where <id> ends the id of the token's row and <secret> is 256 random bits.

Of a secret only its SHA-256 is stored. A token may never do more than its person may do now.
"""

import hashlib
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from fund_api.core.columns import table_of
from fund_api.core.errors import InvalidValue, NotAllowed, NotFound
from fund_api.core.ids import SUFFIX_LENGTH, new_id
from fund_api.core.writing import Row, Transaction
from fund_api.people.roles import Role
from fund_api.people.rules import MANAGE
from fund_api.people.tables import ApiToken, Person
from fund_api.people.viewers import permissions_from, roles_of

TOKEN = table_of(ApiToken)
_SHAPE = re.compile(rf"fund_([0-7][0-9a-z]{{{SUFFIX_LENGTH - 1}}})_([0-9a-f]{{64}})")


@dataclass(frozen=True, slots=True)
class Presented:
    """A token that somebody shows: the id of its row, and the hash of its secret."""

    token_id: str
    secret_hash: str


def read(text: str) -> Presented | None:
    """A token out of its text; None for what can't be one."""
    match = _SHAPE.fullmatch(text)
    return Presented(f"token_{match[1]}", hashed(match[2])) if match else None


def hashed(secret: str) -> str:
    """What is stored of a secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


def new_secret() -> str:
    """256 random bits, in hexadecimal digits."""
    return secrets.token_hex(32)


async def create_token(
    tx: Transaction,
    person_id: str,
    name: str,
    *,
    role: Role | None = None,
    scopes: Iterable[str] | None = None,
    expires_at: datetime | None = None,
) -> tuple[str, str]:
    """Make a token and return its id and its text, which nobody can read again.

    It is limited to `scopes`, or to what the person has by `role`; without either it may do what its person may at any
    time, but a maker who does not manage people limits it to what they may do themselves now. Raises InvalidValue that
    names what is too wide, and NotAllowed for somebody else's person.
    """
    if person_id != tx.viewer.id and not tx.viewer.may(MANAGE):
        raise NotAllowed(f"You may make tokens for yourself; for others this needs the permission {MANAGE}.")
    if not (await tx.row(Person, person_id))["active"]:
        raise NotAllowed("Only somebody active can have a token.")
    if expires_at is not None:
        expires_at = _expiry(expires_at, tx.now)
    limits = await _limits(tx, person_id, role, scopes)
    if not tx.viewer.may(MANAGE):
        limits = _narrowed(tx, limits)
    if limits is not None and not limits:
        raise InvalidValue("The token could do nothing: name at least one scope that its person has.", "scopes")
    return await write_token(tx, person_id, name, limits, expires_at)


async def write_token(
    tx: Transaction, person_id: str, name: str, scopes: frozenset[str] | None, expires_at: datetime | None
) -> tuple[str, str]:
    """Make a token, for a rule that has looked at the rights itself."""
    secret, token_id = new_secret(), new_id("token")
    values: Row = {
        "id": token_id,
        "person_id": person_id,
        "name": name,
        "secret_hash": hashed(secret),
        "scopes": None if scopes is None else " ".join(sorted(scopes)),
        "expires_at": expires_at,
    }
    await tx.add(ApiToken, "created", values)
    return token_id, f"fund_{token_id.removeprefix('token_')}_{secret}"


async def revoke_token(tx: Transaction, token_id: str) -> None:
    """End a token: the next request that shows it is refused. One's own, or anybody's for who manages people.

    Raises NotFound for a token of somebody else, as for one that is not there. A second time changes nothing.
    """
    token = await tx.row(ApiToken, token_id)
    if token["person_id"] != tx.viewer.id and not tx.viewer.may(MANAGE):
        raise NotFound(f"There is no api token {token_id}.")
    if token["revoked_at"] is None:
        await tx.change(ApiToken, "revoked", token_id, {"revoked_at": tx.now})


def _expiry(moment: datetime, now: datetime) -> datetime:
    if moment.tzinfo is None:
        example = f"{moment.isoformat()}Z"
        raise InvalidValue(f"The time at which a token expires needs a zone: {example}, for example.", "expires_at")
    try:
        moment = moment.astimezone(UTC)
    except OverflowError:
        raise InvalidValue("A token expires before the year 10000.", "expires_at") from None
    if moment <= now:
        raise InvalidValue("A token must expire in the future.", "expires_at")
    return moment


async def _limits(
    tx: Transaction, person_id: str, role: Role | None, scopes: Iterable[str] | None
) -> frozenset[str] | None:
    """The permissions that a token is limited to; None for none but its person's."""
    if role is not None and scopes is not None:
        raise InvalidValue("A token is limited by a role or by scopes, not by both.", "scopes")
    held = await roles_of(tx.connection, person_id)
    if role is not None:
        there = [each for each in held if each[0] is role]
        if not there:
            raise InvalidValue(f"A token can't have the role {role}, which its person does not have.", "role")
        return permissions_from(there)
    if scopes is None:
        return None
    asked, person = frozenset(scopes), permissions_from(held)
    _refuse_wider(asked - person, "its person may not")
    return asked


def _narrowed(tx: Transaction, limits: frozenset[str] | None) -> frozenset[str]:
    """The limits of a token whose maker does not manage people: never more than they may do themselves."""
    if limits is None:
        return tx.viewer.permissions
    _refuse_wider(limits - tx.viewer.permissions, "you may not")
    return limits


def _refuse_wider(wider: frozenset[str], who: str) -> None:
    if wider:
        raise InvalidValue(f"The token would be too wide: {who} {', '.join(sorted(wider))}.", "scopes")
