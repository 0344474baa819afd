"""Requests for the fund's support: how somebody makes one, and what becomes of it."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from fund_api.campaigns import notices
from fund_api.campaigns.members import demand
from fund_api.campaigns.rules import Values, create_campaign, only, refuse_recall
from fund_api.campaigns.work_tables import NoticeKind, RequestState, SupportRequest
from fund_api.communities.tables import Community
from fund_api.core.addresses import check_address
from fund_api.core.columns import table_of
from fund_api.core.errors import InvalidTransition, NotFound
from fund_api.core.text import fold
from fund_api.core.writing import Row, Transaction
from fund_api.people import invitations
from fund_api.people.roles import Role
from fund_api.people.tables import Person
from fund_api.people.tokens import hashed, new_secret

REQUEST, PERSON = table_of(SupportRequest), table_of(Person)
_ASKED = frozenset({"name", "email", "community_id", "kind", "message"})
_SHOWN = ("id", "state", "reason", "campaign_id", "created_at", "decided_at")


@dataclass(frozen=True, slots=True)
class Requested:
    """A request that was made, and the secret by which its state can be looked up; it is told this once."""

    request_id: str
    secret: str


@dataclass(frozen=True, slots=True)
class Accepted:
    """A request that was accepted: the campaign, and who is to be invited to coordinate it."""

    request_id: str
    campaign_id: str
    name: str
    email: str
    invitation_id: str
    secret: str
    """The secret of the invitation, which is told this once."""


async def request_campaign_support(tx: Transaction, values: Values, *, against_person: bool = False) -> Requested:
    """Ask for support. Everybody may; `values`: name, email, community_id, kind, message.

    Raises InvalidValue for a drive against a person and for what is no address, NotFound for an unknown community.
    """
    refuse_recall(against_person)
    row = only(values, _ASKED)
    await tx.row(Community, row["community_id"])
    check_address(row["email"], "email")
    secret = new_secret()
    row |= {"state": RequestState.RECEIVED, "secret_hash": hashed(secret)}
    return Requested(await tx.add(SupportRequest, "received", row), secret)


async def look_up(connection: AsyncConnection, secret: str) -> Row:
    """The request with this secret: its state, reason, campaign and times, nothing private. Raises NotFound."""
    query = sa.select(*(REQUEST.c[name] for name in _SHOWN)).where(REQUEST.c.secret_hash == hashed(secret))
    found = (await connection.execute(query)).mappings().first()
    if found is None:
        raise NotFound("There is no request with this secret.")
    return dict(found)


async def accept_support_request(
    tx: Transaction, request_id: str, title: str, *, summary: str | None = None, expected_version: int
) -> Accepted:
    """Make a request a campaign of its community and kind, in the stage INQUIRY, and invite who asked to coordinate it.

    They are told when they are a person here already. Raises InvalidTransition for a request that was decided.
    """
    demand(tx, "fund:support:decide")
    request = await _open_request(tx, request_id)
    begun = {name: request[name] for name in ("community_id", "kind")} | {"title": title, "summary": summary}
    campaign_id = await create_campaign(tx, begun)
    decided = {"state": RequestState.ACCEPTED, "campaign_id": campaign_id}
    await _decide(tx, "accepted", request_id, decided, expected_version)
    known = PERSON.c.email_folded == fold(request["email"])
    person_id = await tx.connection.scalar(sa.select(PERSON.c.id).where(known, PERSON.c.active))
    if person_id is not None:
        text = f"Your request for support was accepted: {title}"
        await notices.tell(tx, person_id, NoticeKind.SUPPORT_ACCEPTED, text, campaign_id=campaign_id)
    invited = await invitations.write_invitation(tx, request["email"], Role.COORDINATOR, campaign_id)
    return Accepted(request_id, campaign_id, request["name"], request["email"], *invited)


async def decline_support_request(tx: Transaction, request_id: str, reason: str, *, expected_version: int) -> None:
    """Decline a request, with the reason that the requester reads. Raises InvalidTransition for a decided one."""
    demand(tx, "fund:support:decide")
    await _open_request(tx, request_id)
    decided = {"state": RequestState.DECLINED, "reason": reason}
    await _decide(tx, "declined", request_id, decided, expected_version)


async def _open_request(tx: Transaction, request_id: str) -> Row:
    request = await tx.row(SupportRequest, request_id)
    if request["state"] != RequestState.RECEIVED:
        message = f"Only a request that is RECEIVED can be decided; this one is {request['state']}."
        raise InvalidTransition(message, request["state"], ())
    return request


async def _decide(tx: Transaction, action: str, request_id: str, values: Row, expected_version: int) -> None:
    row = values | {"decided_at": tx.now, "decided_by": tx.viewer.id}
    campaign_id = values.get("campaign_id")
    await tx.change(SupportRequest, action, request_id, row, expected_version=expected_version, campaign_id=campaign_id)
