"""Fellows and the communities that host them. Who they are stays private, in the log, too.

Everybody takes the cohort first, and then the placement.
"""

from datetime import date

import sqlalchemy as sa

from fund_api.careers import lifecycle
from fund_api.careers.cohorts import COHORT, PLACEMENT, check_reason, last_day
from fund_api.careers.fellowship_tables import CohortStage, FellowPlacement, FellowshipCohort, FellowState
from fund_api.careers.said import Values, at_version, ordered, said
from fund_api.careers.visibility import MANAGE
from fund_api.core import idempotency, past
from fund_api.core.addresses import check_address
from fund_api.core.errors import InvalidTransition, InvalidValue, NotFound, TooMany
from fund_api.core.events import CHANGE, EVENT, PRIVATE
from fund_api.core.writing import Row, Transaction
from fund_api.people.erasure import ERASED

CORRECTED = ("fellow_name", "fellow_email", "starts_on", "ends_on")
SAID = ("community_id", *CORRECTED)


async def propose_fellow(tx: Transaction, cohort_id: str, values: Values) -> str:
    """Propose that a community hosts a fellow, which takes a seat of the cohort, and return the placement's id.

    `values`: SAID, with community_id and fellow_name; days that are left out are the cohort's. Raises
    InvalidTransition unless fellows are chosen now, TooMany when all seats are taken; InvalidValue, NotFound.
    """
    tx.viewer.need(MANAGE)
    await _take_seat(tx, cohort_id)
    cohort = await tx.row(FellowshipCohort, cohort_id)
    given = await _said(tx, values, SAID)
    row: Row = {"fellow_email": None} | given
    row |= {name: given.get(name) or cohort[name] for name in ("starts_on", "ends_on")}
    ordered(row, "starts_on", "ends_on")
    row |= {"cohort_id": cohort_id, "state": FellowState.PROPOSED}
    return await tx.add(FellowPlacement, "proposed", row)


async def update_fellow(tx: Transaction, placement_id: str, values: Values, *, expected_version: int) -> None:
    """Correct what is said of a fellow, in any state; `values`: CORRECTED. Raises InvalidValue, VersionConflict."""
    tx.viewer.need(MANAGE)
    before = at_version(await tx.row(FellowPlacement, placement_id), expected_version)
    row = await _said(tx, values, CORRECTED)
    ordered(before | row, "starts_on", "ends_on")
    await tx.alter(FellowPlacement, "updated", before, row)


async def erase_fellow(tx: Transaction, placement_id: str, *, expected_version: int) -> None:
    """Erase a fellow for good: who they are, why their placement ended, and what the log kept of both apart.

    That the community hosted somebody stays, and so do the events: their chain was made over digests.
    """
    tx.viewer.need(MANAGE)
    before = at_version(await tx.row(FellowPlacement, placement_id), expected_version)
    kept = sa.select(CHANGE.c.id).join(EVENT).where(EVENT.c.entity_id == placement_id)
    await tx.connection.execute(PRIVATE.delete().where(PRIVATE.c.change_id.in_(kept)))
    await idempotency.forget_answers(tx)
    blank: Row = {"fellow_name": ERASED, "fellow_email": None, "reason": before["reason"] and ERASED}
    change = PLACEMENT.update().where(PLACEMENT.c.id == placement_id)
    await tx.connection.execute(change.values(blank | {"version": before["version"] + 1, "updated_at": tx.now}))
    forgotten = {"fellow_name": ERASED, "fellow_email": None, "reason": ERASED}
    await past.forget(tx.connection, PLACEMENT, forgotten, past.PAST.c.row_id == placement_id)
    tx.record(FellowPlacement, "erased", placement_id, {}, {})  # no values: those before would be kept again


async def move_fellow(
    tx: Transaction,
    placement_id: str,
    to: FellowState,
    reason: str | None = None,
    *,
    ended_on: date | None = None,
    expected_version: int,
) -> None:
    """Move a placement to a state, as `lifecycle.FELLOW_MOVES` allows in the stage of its cohort.

    What is withdrawn, or ends early, needs a reason and gives its seat back. `ended_on` is the last day of work of what
    ends early; when left out it is today, within the days that were agreed on. Raises InvalidTransition with what is
    allowed now.
    """
    tx.viewer.need(MANAGE)
    cohort = await tx.row(FellowshipCohort, await _cohort_of(tx, placement_id))
    before = at_version(await tx.row(FellowPlacement, placement_id), expected_version)
    lifecycle.move_fellow(FellowState(before["state"]), to, CohortStage(cohort["stage"]))
    check_reason(reason, to, lifecycle.GIVEN_BACK)
    row: Row = {"state": to, "reason": reason}
    if to is FellowState.ENDED_EARLY:
        row["ends_on"] = _ended(before, ended_on or last_day(before, tx.now.date()))
    elif ended_on is not None:
        raise InvalidValue(f"Only {FellowState.ENDED_EARLY} has another last day.", "ended_on")
    await tx.alter(FellowPlacement, "moved", before, row)
    if to in lifecycle.GIVEN_BACK:
        await _give_back(tx, cohort["id"])


async def _said(tx: Transaction, values: Values, names: tuple[str, ...]) -> Row:
    given = await said(tx, FellowPlacement, values, names)
    if given.get("fellow_email") is not None:
        check_address(given["fellow_email"], "fellow_email")
    return given


async def _take_seat(tx: Transaction, cohort_id: str) -> None:
    """Take a seat of a cohort that chooses its fellows. Raises NotFound, InvalidTransition, TooMany."""
    free = (COHORT.c.stage == lifecycle.PROPOSING, COHORT.c.taken < COHORT.c.seats)
    take = COHORT.update().where(COHORT.c.id == cohort_id, *free)
    taken = await tx.connection.execute(take.values(taken=COHORT.c.taken + 1, updated_at=tx.now))
    if taken.rowcount == 1:
        return
    cohort = await tx.row(FellowshipCohort, cohort_id)
    if cohort["stage"] != lifecycle.PROPOSING:
        message = f"Fellows are proposed while a cohort is {lifecycle.PROPOSING}; this one is {cohort['stage']}."
        raise InvalidTransition(message, cohort["stage"], ())
    raise TooMany(f"No seat of the cohort is left; it has {cohort['seats']}.")


async def _give_back(tx: Transaction, cohort_id: str) -> None:
    """Give back a seat of a cohort that is held."""
    give = COHORT.update().where(COHORT.c.id == cohort_id, COHORT.c.taken > 0)
    given = await tx.connection.execute(give.values(taken=COHORT.c.taken - 1, updated_at=tx.now))
    if given.rowcount != 1:
        raise LookupError(f"the seats of {cohort_id} are not what its placements say")


async def _cohort_of(tx: Transaction, placement_id: str) -> str:
    found = await tx.connection.scalar(sa.select(PLACEMENT.c.cohort_id).where(PLACEMENT.c.id == placement_id))
    if found is None:
        raise NotFound(f"There is no fellow placement {placement_id}.")
    return str(found)


def _ended(placement: Row, day: date) -> date:
    starts_on, ends_on = placement["starts_on"], placement["ends_on"]
    if (starts_on is not None and day < starts_on) or (ends_on is not None and day > ends_on):
        raise InvalidValue(f"Work from {starts_on} to {ends_on} does not end early on {day}.", "ended_on")
    return day
