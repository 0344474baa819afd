"""Cohorts of fellows: when they apply and work, how many there can be, and how far they have come."""

from datetime import date

import sqlalchemy as sa

from fund_api.careers import lifecycle
from fund_api.careers.fellowship_tables import CohortStage, FellowPlacement, FellowshipCohort, FellowState
from fund_api.careers.programs import HOSTED
from fund_api.careers.said import Values, at_version, ordered, said, unique
from fund_api.careers.tables import Program
from fund_api.careers.visibility import MANAGE
from fund_api.core.columns import table_of
from fund_api.core.errors import InvalidTransition, InvalidValue
from fund_api.core.writing import Row, Transaction

COHORT, PLACEMENT = table_of(FellowshipCohort), table_of(FellowPlacement)
DAYS = ("applications_open_on", "applications_close_on", "starts_on", "ends_on")
SAID = ("name", *DAYS, "seats")


async def add_cohort(tx: Transaction, program_id: str, values: Values) -> str:
    """Plan a cohort of a program and return its id; `values` has all of SAID.

    Raises InvalidValue for a program whose people do not work in communities, days out of order, and a name that
    another cohort of the program has.
    """
    tx.viewer.need(MANAGE)
    program = await tx.row(Program, program_id)
    if program["kind"] not in HOSTED:
        raise InvalidValue(
            f"A program that is {program['kind']} has no cohorts: {' and '.join(HOSTED)} have.", "program"
        )
    row = await said(tx, FellowshipCohort, values, SAID)
    ordered(row, *DAYS)
    row |= {"program_id": program_id, "stage": CohortStage.PLANNED, "stage_since": tx.now, "taken": 0}
    async with unique(tx, f"The program has a cohort {row['name']} already.", "name"):
        return await tx.add(FellowshipCohort, "added", row)


async def update_cohort(tx: Transaction, cohort_id: str, values: Values, *, expected_version: int) -> None:
    """Change what is said of a cohort. Raises InvalidTransition for one that is over, InvalidValue, VersionConflict."""
    tx.viewer.need(MANAGE)
    before = at_version(await tx.row(FellowshipCohort, cohort_id), expected_version)
    lifecycle.need_standing(CohortStage(before["stage"]), "be changed")
    row = await said(tx, FellowshipCohort, values, SAID)
    after = before | row
    ordered(after, *DAYS)
    if after["seats"] < before["taken"]:
        raise InvalidValue(f"seats is at least {before['taken']}, as many as are taken, not {after['seats']}.", "seats")
    async with unique(tx, f"The program has a cohort {after['name']} already.", "name"):
        await tx.alter(FellowshipCohort, "updated", before, row)


async def move_cohort(
    tx: Transaction, cohort_id: str, to: CohortStage, reason: str | None = None, *, expected_version: int
) -> None:
    """Move a cohort to a stage, as `lifecycle.COHORT_MOVES` allows; cancelling needs a reason.

    With a cohort that is cancelled its open placements end. Raises InvalidTransition with what is allowed now, and
    for completing one while placements are open.
    """
    tx.viewer.need(MANAGE)
    before = at_version(await tx.row(FellowshipCohort, cohort_id), expected_version)
    lifecycle.move_cohort(CohortStage(before["stage"]), to)
    check_reason(reason, to, (CohortStage.CANCELLED,))
    placements = await _open_placements(tx, cohort_id)
    if to is CohortStage.COMPLETED and placements:
        message = f"A cohort is completed once no placement is open: {len(placements)} are."
        raise InvalidTransition(message, before["stage"], (CohortStage.CANCELLED,))
    row: Row = {"stage": to, "stage_since": tx.now}
    if to is CohortStage.CANCELLED:
        for one in placements:
            await _call_off(tx, one, str(reason))
        row |= {"reason": reason, "taken": before["taken"] - len(placements)}
    await tx.alter(FellowshipCohort, "moved", before, row)


def check_reason(reason: str | None, end: str, because: tuple[str, ...]) -> None:
    """Raises InvalidValue for an end that needs a reason and has none, or the other way round."""
    if end in because and reason is None:
        raise InvalidValue(f"{end} needs a reason.", "reason")
    if end not in because and reason is not None:
        raise InvalidValue(f"Only {' and '.join(because)} {'have' if because[1:] else 'has'} a reason.", "reason")


def last_day(placement: Row, today: date) -> date:
    """The last day of work of a placement that ends today: today, but within the days that were agreed on."""
    last = max(today, placement["starts_on"] or today)
    return min(last, placement["ends_on"] or last)


async def _open_placements(tx: Transaction, cohort_id: str) -> list[Row]:
    """The placements of a cohort that is held of which something can still become, held, too."""
    still = sa.or_(*(PLACEMENT.c.state == state for state in lifecycle.OPEN))
    query = sa.select(PLACEMENT).where(PLACEMENT.c.cohort_id == cohort_id, still).order_by(PLACEMENT.c.id)
    return await tx.rows(query.with_for_update())


async def _call_off(tx: Transaction, placement: Row, reason: str) -> None:
    end = lifecycle.CALLED_OFF[FellowState(placement["state"])]
    row: Row = {"state": end, "reason": reason}
    if end is FellowState.ENDED_EARLY:
        row["ends_on"] = last_day(placement, tx.now.date())
    await tx.alter(FellowPlacement, "moved", placement, row)
