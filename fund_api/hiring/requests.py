"""Requests for hiring support: how somebody makes one, and how hiring officers take it through its stages.

Locks are taken as `assignments` says: the request, then an advisor. A move is one statement, which looks at the version
and the stage that were read.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from fund_api.campaigns import members
from fund_api.campaigns import visibility as campaigns
from fund_api.campaigns.rules import only
from fund_api.communities.tables import Community
from fund_api.core.addresses import check_address
from fund_api.core.errors import InvalidValue, NotAllowed, NotFound, VersionConflict
from fund_api.core.money import Currency
from fund_api.core.writing import Row, Transaction
from fund_api.hiring import assignments, details, lifecycle, notices
from fund_api.hiring.advisor_tables import AssignmentState
from fund_api.hiring.details import SAID
from fund_api.hiring.lifecycle import HiringAction
from fund_api.hiring.tables import HiringRequest, HiringStage, ManagerPlacement
from fund_api.hiring.visibility import MANAGE, PLACEMENT, REQUEST
from fund_api.people.tokens import hashed, new_secret

ASKED = SAID | {"community_id", "campaign_id", "contact_name", "contact_email", "contact_phone", "message"}
"""What is said when somebody asks."""
CORRECTED = SAID | {"contact_name", "contact_email", "contact_phone"}
"""What is filled in or corrected afterwards."""
SHOWN = ("id", "stage", "stage_since", "reason", "created_at")
"""What is shown to whoever has the secret."""

Values = Mapping[str, Any]  # Any: a value of a column, by the column's name


@dataclass(frozen=True, slots=True)
class Requested:
    """A request that was made, and the secret by which its stage can be looked up; it is told this once."""

    request_id: str
    secret: str


async def request_hiring_support(tx: Transaction, values: Values, practice_areas: Sequence[str] = ()) -> Requested:
    """Ask for help with hiring. Everybody may; `values`: some of ASKED, `practice_areas`: ids or slugs.

    Who has signed in is noted, and hiring officers are told. A campaign is named by its own people alone, and is of the
    same community. Raises InvalidValue for what can't be taken, NotFound for an unknown community, NotAllowed for the
    campaign of others.
    """
    row: Row = {"interim_needed": False} | only(values, ASKED)
    await tx.row(Community, row["community_id"], referable=True)
    campaign_id = row.get("campaign_id")
    if campaign_id is not None:
        await _check_campaign(tx, campaign_id, row["community_id"])
    check_address(row["contact_email"], "contact_email")
    details.check(tx, row, {})
    wanted = await details.areas(tx, practice_areas)
    secret = new_secret()
    begun: Row = {"stage": HiringStage.RECEIVED, "stage_since": tx.now, "secret_hash": hashed(secret)}
    row |= begun | {"person_id": tx.viewer.id, "currency": Currency.USD}
    request_id = await tx.add(HiringRequest, "received", row, campaign_id=campaign_id)
    details.tell_areas(tx, await details.set_areas(tx, request_id, wanted), wanted)
    await notices.tell_asked(tx, row | {"id": request_id})
    return Requested(request_id, secret)


async def look_up(connection: AsyncConnection, secret: str) -> Row:
    """The request with this secret: its stage, reason and times, nothing private. Raises NotFound."""
    query = sa.select(*(REQUEST.c[name] for name in SHOWN)).where(REQUEST.c.secret_hash == hashed(secret))
    found = (await connection.execute(query)).mappings().first()
    if found is None:
        raise NotFound("There is no request with this secret.")
    return dict(found)


async def update_request(
    tx: Transaction,
    request_id: str,
    values: Values,
    practice_areas: Sequence[str] | None = None,
    *,
    expected_version: int,
) -> None:
    """Fill in or correct what is said of an open request: CORRECTED, and unless None its practice areas, all of them.

    Whether it is about a first manager is said of its placement, too.
    """
    tx.viewer.need(MANAGE)
    request = await held(tx, request_id, expected_version)
    lifecycle.need(HiringAction.UPDATE, HiringStage(request["stage"]))
    row = only(values, CORRECTED)
    if row.get("contact_email") is not None:
        check_address(row["contact_email"], "contact_email")
    await _write(tx, "updated", request, row, practice_areas)
    if "first_manager" in row:
        mine = sa.select(PLACEMENT).where(PLACEMENT.c.hiring_request_id == request_id)
        first = {"first_manager": row["first_manager"]}
        for placement in await tx.rows(mine):
            await tx.alter(ManagerPlacement, "corrected", placement, first, campaign_id=request["campaign_id"])


async def triage_request(
    tx: Transaction,
    request_id: str,
    values: Values,
    practice_areas: Sequence[str] | None = None,
    *,
    expected_version: int,
) -> None:
    """Take up a request that came in, and fill in what is known of it, as `update_request` does. Who asked is told."""
    tx.viewer.need(MANAGE)
    request = await held(tx, request_id, expected_version)
    move = lifecycle.need(HiringAction.TRIAGE, HiringStage(request["stage"]))
    row = only(values, SAID) | moved(tx, move.after)
    await _write(tx, "triaged", request, row, practice_areas)
    await notices.tell_requester(tx, request, "a hiring officer took it up")


async def move_request(
    tx: Transaction, request_id: str, to: HiringStage, reason: str | None = None, *, expected_version: int
) -> None:
    """Move a request to a stage, as `lifecycle.way` allows; from ON_HOLD it goes on where it was held.

    ON_HOLD and DECLINED need a reason, which who asked is told. Raises InvalidTransition, with what is allowed now.
    """
    tx.viewer.need(MANAGE)
    request = await held(tx, request_id, expected_version)
    stage = HiringStage(request["stage"])
    held_stage = request["held_stage"] and HiringStage(request["held_stage"])
    action = lifecycle.way(stage, held_stage, to)
    if action in lifecycle.EXPLAINED and reason is None:
        raise InvalidValue(f"A request is moved to {to} for a reason: say it.", "reason")
    row = moved(tx, to, reason) | {"held_stage": stage if to is HiringStage.ON_HOLD else None}
    await _write(tx, "moved", request, row)
    if to is HiringStage.ON_HOLD:
        await notices.tell_requester(tx, request, f"it waits: {reason}")
    elif to is HiringStage.DECLINED:
        await notices.tell_requester(tx, request, f"the fund can't help: {reason}")


async def close_request(tx: Transaction, request_id: str, reason: str, *, expected_version: int) -> None:
    """End a request, for a reason that who asked is told; an advisor who helps with it is done.

    With follow-ups that are still open the reason is to say why nobody asks any more.
    """
    tx.viewer.need(MANAGE)
    request = await held(tx, request_id, expected_version)
    move = lifecycle.need(HiringAction.CLOSE, HiringStage(request["stage"]))
    assignment = await assignments.open_of(tx, request_id)
    await _write(tx, "closed", request, moved(tx, move.after, reason) | {"held_stage": None})
    if assignment is not None:
        await assignments.end(tx, request, assignment, AssignmentState.COMPLETED)
    await notices.tell_requester(tx, request, f"it is closed: {reason}")


async def held(tx: Transaction, request_id: str, expected_version: int) -> Row:
    """A request, held against others. Raises NotFound, and VersionConflict when it is not at this version."""
    request = await tx.row(HiringRequest, request_id)
    if request["version"] != expected_version:
        raise VersionConflict(request_id, expected_version, request["version"])
    return request


def moved(tx: Transaction, stage: HiringStage, reason: str | None = None) -> Row:
    """What a request says once it stands in another stage."""
    return {"stage": stage, "stage_since": tx.now, "reason": reason}


async def _write(
    tx: Transaction, action: str, request: Row, row: Row, practice_areas: Sequence[str] | None = None
) -> None:
    """Change a request that is held, and what it asks for, in one event."""
    details.check(tx, row, request)
    told, campaign_id = len(tx.done), request["campaign_id"]
    here = REQUEST.c.stage == request["stage"]
    await tx.alter(HiringRequest, action, request, row, here, campaign_id=campaign_id)
    if practice_areas is None:
        return
    wanted = await details.areas(tx, practice_areas)
    before = await details.set_areas(tx, request["id"], wanted)
    if len(tx.done) == told and before != wanted:
        touched = REQUEST.update().where(REQUEST.c.id == request["id"], REQUEST.c.version == request["version"], here)
        await tx.connection.execute(touched.values(version=request["version"] + 1, updated_at=tx.now))
        tx.record(HiringRequest, action, request["id"], request, {}, campaign_id=campaign_id)
    details.tell_areas(tx, before, wanted)


async def _check_campaign(tx: Transaction, campaign_id: str, community_id: str) -> None:
    campaign = await members.may(tx, campaigns.READ, campaign_id)
    if not await members.belongs(tx, campaign_id, campaigns.READ):
        raise NotAllowed("Only the people of a campaign ask in its name.")
    if campaign["community_id"] != community_id:
        raise InvalidValue("The campaign is of another community.", "campaign")
