"""Scholarships: money for a program or for studies, with the day by which to apply."""

from fund_api.careers.fellowship_tables import Scholarship
from fund_api.careers.said import Values, said, standing, unique
from fund_api.careers.tables import Program
from fund_api.careers.visibility import MANAGE
from fund_api.core.errors import InvalidValue
from fund_api.core.money import Currency
from fund_api.core.writing import Row, Transaction

SAID = ("name", "eligibility", "amount", "deadline_on", "state_code", "url")
_BLANK: Row = {"eligibility": None, "amount": None, "state_code": None, "url": None}


async def add_scholarship(tx: Transaction, program_id: str, values: Values) -> str:
    """Announce a scholarship of a program and return its id; `values`: SAID, with name and deadline_on; cents.

    Raises InvalidValue for a deadline that has passed, and for one that is announced already.
    """
    tx.viewer.need(MANAGE)
    await tx.row(Program, program_id, referable=True)
    row = _BLANK | await said(tx, Scholarship, values, SAID)
    _check_deadline(tx, row)
    row |= {"program_id": program_id, "currency": Currency.USD}
    async with unique(tx, _known(row), "name"):
        return await tx.add(Scholarship, "added", row)


async def update_scholarship(tx: Transaction, scholarship_id: str, values: Values, *, expected_version: int) -> None:
    """Change what is said of a scholarship. Another deadline is today or later.

    Raises InvalidTransition for one that was cancelled; InvalidValue, NotFound, VersionConflict.
    """
    tx.viewer.need(MANAGE)
    before = await standing(tx, Scholarship, scholarship_id, expected_version)
    row = await said(tx, Scholarship, values, SAID)
    after = before | row
    if after["deadline_on"] != before["deadline_on"]:
        _check_deadline(tx, after)
    async with unique(tx, _known(after), "name"):
        await tx.alter(Scholarship, "updated", before, row)


async def cancel_scholarship(tx: Transaction, scholarship_id: str, *, expected_version: int) -> None:
    """Take a scholarship back; it stays to be seen. Raises InvalidTransition the second time."""
    tx.viewer.need(MANAGE)
    before = await standing(tx, Scholarship, scholarship_id, expected_version)
    await tx.alter(Scholarship, "cancelled", before, {"cancelled_at": tx.now})


def _check_deadline(tx: Transaction, row: Row) -> None:
    if row["deadline_on"] < tx.now.date():
        raise InvalidValue(f"A deadline is today or later, not {row['deadline_on']}.", "deadline_on")


def _known(row: Row) -> str:
    return f"The program has a scholarship {row['name']} with the deadline {row['deadline_on']} already."
