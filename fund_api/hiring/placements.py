"""Whom a community hired: the appointment, when the fund asks how it goes, and when everybody may know."""

from calendar import monthrange
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa

from fund_api.campaigns.rules import only
from fund_api.core import idempotency
from fund_api.core.columns import Table
from fund_api.core.errors import InvalidTransition, InvalidValue, NotFound, VersionConflict
from fund_api.core.writing import Row, Transaction, checked, words
from fund_api.hiring import forgetting, lifecycle
from fund_api.hiring.details import GRACE
from fund_api.hiring.lifecycle import HiringAction
from fund_api.hiring.notices import FOLLOW_UP
from fund_api.hiring.requests import held, moved
from fund_api.hiring.tables import FollowUp, HiringRequest, HiringStage, ManagerPlacement
from fund_api.hiring.visibility import MANAGE, PLACEMENT, REQUEST
from fund_api.people.erasure import ERASED

SAID = frozenset({"title", "manager_name", "appointed_on", "starts_on"})
FOLLOW_UP_MONTHS = (3, 6, 12)
"""How many months after the first day of work, or else after the appointment, the fund asks how it goes."""
LATEST_START = timedelta(days=731)
"""Between an appointment and the first day of work."""

Values = Mapping[str, Any]  # Any: a value of a column, by the column's name


def months_after(day: date, months: int) -> date:
    """The same day some months later, or the last one of a month that is too short for it."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


async def record_appointment(tx: Transaction, request_id: str, values: Values, *, expected_version: int) -> str:
    """Record that a community made an offer and somebody took it; the id of the placement. `values`: those of SAID.

    Its follow-ups are planned. The advisor stays until the request is closed. Raises InvalidValue for an appointment to
    come or before the request, and for a first day of work that does not fit it.
    """
    tx.viewer.need(MANAGE)
    request = await held(tx, request_id, expected_version)
    move = lifecycle.need(HiringAction.RECORD_APPOINTMENT, HiringStage(request["stage"]))
    row: Row = {"starts_on": None} | only(values, SAID)
    came = request["created_at"].date()
    _check_days(tx, came, row["appointed_on"], row["starts_on"])
    campaign_id = request["campaign_id"]
    here = REQUEST.c.stage == request["stage"]
    await tx.alter(HiringRequest, "appointed", request, moved(tx, move.after), here, campaign_id=campaign_id)
    row |= {name: request[name] for name in ("community_id", "first_manager")}
    row |= {"hiring_request_id": request_id, "days_to_appointment": _days(came, row["appointed_on"])}
    placement_id = await tx.add(ManagerPlacement, "recorded", row, campaign_id=campaign_id)
    for months in FOLLOW_UP_MONTHS:
        planned = {"placement_id": placement_id, "months": months, "due_on": _due(row, months)}
        await tx.add(FollowUp, "planned", planned, campaign_id=campaign_id)
    return placement_id


async def correct_placement(tx: Transaction, placement_id: str, values: Values, *, expected_version: int) -> None:
    """Correct what was recorded of an appointment that is not published; `values`: some of SAID.

    The days to it, and the follow-ups that are open, follow. Raises InvalidValue as `record_appointment` does, for an
    appointment after a follow-up that was done, and for a new name of a manager who was forgotten.
    """
    tx.viewer.need(MANAGE)
    request, placement = await _hidden(tx, HiringAction.CORRECT_PLACEMENT, placement_id, expected_version)
    row = checked(PLACEMENT, only(values, SAID))
    if "manager_name" in row and placement["manager_name"] == ERASED:
        raise InvalidValue("The manager was forgotten, and is not named again.", "manager_name")
    said, came = placement | row, request["created_at"].date()
    _check_days(tx, came, said["appointed_on"], said["starts_on"])
    row["days_to_appointment"] = _days(came, said["appointed_on"])
    await _alter_hidden(tx, "corrected", request, placement, row)
    for follow_up in await tx.rows(sa.select(FOLLOW_UP).where(FOLLOW_UP.c.placement_id == placement_id)):
        await _replan(tx, request, follow_up, said)


async def forget_manager(tx: Transaction, placement_id: str, *, expected_version: int) -> None:
    """Blank who was hired, published or not, and what was said of them in follow-ups, here and in the log.

    Raises InvalidTransition for somebody who was forgotten before.
    """
    tx.viewer.need(MANAGE)
    request = await _held_request_of(tx, ManagerPlacement, placement_id, PLACEMENT.c.id)
    placement = _at(await tx.row(ManagerPlacement, placement_id), expected_version)
    if placement["manager_name"] == ERASED:
        raise InvalidTransition("This manager is forgotten already.", "ERASED", ())
    mine = sa.select(PLACEMENT.c.id).where(PLACEMENT.c.id == placement_id)
    await forgetting.blank(tx, ManagerPlacement, mine, "manager_name")
    notes = sa.select(FOLLOW_UP.c.id).where(FOLLOW_UP.c.placement_id == placement_id)
    await forgetting.blank(tx, FollowUp, notes, "note")
    await idempotency.forget_answers(tx)
    touched = PLACEMENT.update().where(PLACEMENT.c.id == placement_id)
    await tx.connection.execute(touched.values(version=placement["version"] + 1))
    campaign_id = request["campaign_id"]  # the event does not tell the name, which it would keep again
    tx.record(ManagerPlacement, "manager_forgotten", placement_id, placement, {}, campaign_id=campaign_id)


async def record_follow_up(
    tx: Transaction, follow_up_id: str, done_on: date, note: str | None = None, *, expected_version: int
) -> None:
    """Say on which day somebody asked how it goes, and what was said. Raises InvalidValue for a day that can't be."""
    tx.viewer.need(MANAGE)
    request = await _held_request_of(tx, FollowUp, follow_up_id, FOLLOW_UP.c.id)
    lifecycle.need(HiringAction.RECORD_FOLLOW_UP, HiringStage(request["stage"]))
    follow_up = _at(await tx.row(FollowUp, follow_up_id), expected_version)
    if follow_up["done_on"] is not None:
        allowed = lifecycle.allowed(HiringStage(request["stage"]))
        raise InvalidTransition(f"This was done on {follow_up['done_on']}.", request["stage"], allowed)
    appointed_on = (await tx.row(ManagerPlacement, follow_up["placement_id"]))["appointed_on"]
    if not appointed_on <= done_on <= tx.now.date():
        message = f"A follow-up is done after the appointment of {appointed_on} and not after today, not on {done_on}."
        raise InvalidValue(message, "done_on")
    values = {"done_on": done_on, "note": note}
    is_open = FOLLOW_UP.c.done_on.is_(None)
    await tx.alter(FollowUp, "done", follow_up, values, is_open, campaign_id=request["campaign_id"])


async def publish_placement(tx: Transaction, placement_id: str, *, expected_version: int) -> None:
    """Let everybody know that and whom a community hired, for good. Raises InvalidTransition for what they know."""
    tx.viewer.need(MANAGE)
    request, placement = await _hidden(tx, HiringAction.PUBLISH_PLACEMENT, placement_id, expected_version)
    await _alter_hidden(tx, "published", request, placement, {"published_at": tx.now})


async def _hidden(tx: Transaction, action: HiringAction, placement_id: str, expected_version: int) -> tuple[Row, Row]:
    """A placement that is not published, after its request, both held. Raises InvalidTransition for another."""
    request = await _held_request_of(tx, ManagerPlacement, placement_id, PLACEMENT.c.id)
    lifecycle.need(action, HiringStage(request["stage"]))
    placement = _at(await tx.row(ManagerPlacement, placement_id), expected_version)
    if placement["published_at"] is not None:
        allowed = lifecycle.allowed(HiringStage(request["stage"]))
        raise InvalidTransition("The placement is published already.", request["stage"], allowed)
    return request, placement


async def _alter_hidden(tx: Transaction, action: str, request: Row, placement: Row, row: Row) -> None:
    """Change a placement as long as it is not published."""
    hidden = PLACEMENT.c.published_at.is_(None)
    await tx.alter(ManagerPlacement, action, placement, row, hidden, campaign_id=request["campaign_id"])


async def _replan(tx: Transaction, request: Row, follow_up: Row, placement: Row) -> None:
    """Let an open follow-up be due as its placement says now; who is told of it is told again of another day."""
    if (done_on := follow_up["done_on"]) is not None:
        if done_on < placement["appointed_on"]:
            message = f"A follow-up was done on {done_on}: the appointment was not after that."
            raise InvalidValue(message, "appointed_on")
        return
    due_on = _due(placement, follow_up["months"])
    row = {"due_on": due_on, "told": follow_up["told"] and due_on <= tx.now.date()}
    await tx.alter(FollowUp, "planned", follow_up, row, campaign_id=request["campaign_id"])


async def _held_request_of(tx: Transaction, model: type[Table], part_id: str, key: sa.ColumnElement[str]) -> Row:
    """The request to which a placement or a follow-up belongs, held. Raises NotFound for a part that is not there."""
    both = PLACEMENT.outerjoin(FOLLOW_UP, FOLLOW_UP.c.placement_id == PLACEMENT.c.id)
    query = sa.select(PLACEMENT.c.hiring_request_id).select_from(both).where(key == part_id).limit(1)
    request_id = await tx.connection.scalar(query)
    if request_id is None:
        raise NotFound(f"There is no {words(model)} {part_id}.")
    return await tx.row(HiringRequest, request_id)


def _at(row: Row, expected_version: int) -> Row:
    if row["version"] != expected_version:
        raise VersionConflict(row["id"], expected_version, row["version"])
    return row


def _days(came: date, appointed_on: date) -> int:
    """Days to an appointment: none where it was made on the evening before, as our times have it."""
    return max(0, (appointed_on - came).days)


def _due(placement: Row, months: int) -> date:
    """When the fund asks how it goes."""
    return months_after(placement["starts_on"] or placement["appointed_on"], months)


def _check_days(tx: Transaction, came: date, appointed_on: date, starts_on: date | None) -> None:
    if not came - GRACE <= appointed_on <= tx.now.date():
        message = f"An appointment lies between the request of {came} and today, not on {appointed_on}."
        raise InvalidValue(message, "appointed_on")
    if starts_on is not None and not appointed_on <= starts_on <= appointed_on + LATEST_START:
        message = f"The first day of work lies within two years after {appointed_on}, not on {starts_on}."
        raise InvalidValue(message, "starts_on")
