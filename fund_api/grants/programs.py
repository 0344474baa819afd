"""Funding programs: budgets that an administrator opens, changes and closes."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.exc import IntegrityError

from fund_api.campaigns.fiscal_tables import FiscalYear
from fund_api.campaigns.rules import folded
from fund_api.campaigns.work_tables import WHOLE
from fund_api.core.errors import BudgetExceeded, InvalidTransition, InvalidValue, VersionConflict
from fund_api.core.money import Currency, to_decimal
from fund_api.core.writing import Row, Transaction
from fund_api.grants import ledger
from fund_api.grants.ledger import PROGRAM
from fund_api.grants.tables import FundingProgram, MatchingPolicy

MANAGE = "fund:budget:manage"
MOST_MATCH = 10 * WHOLE
"""The largest match, in hundredths of a percent of the award."""
SAID = frozenset(
    {
        *("fiscal_year_id", "name", "appropriation", "grant_minimum", "grant_maximum", "approval_threshold"),
        *("matching_policy", "match_hundredths", "approves_after_election", "reviews_needed", "opens_on", "closes_on"),
    }
)
"""What is said of a program when it is opened."""


async def open_program(tx: Transaction, values: Mapping[str, Any]) -> str:
    """Open a budget of a fiscal year and return its id; Any: `values` has a value of each of SAID."""
    tx.viewer.need(MANAGE)
    if wrong := SAID ^ values.keys():
        raise ValueError(f"a program is opened with {sorted(SAID)}; {sorted(wrong)} is missing or unknown")
    await tx.row(FiscalYear, values["fiscal_year_id"])
    _check(values)
    row = dict(values) | {"name_folded": folded(values["name"], "name"), "currency": Currency.USD}
    try:
        async with tx.connection.begin_nested():
            program_id = await tx.add(FundingProgram, "opened", row | {"encumbered": 0, "expended": 0})
    except IntegrityError:
        message = f"The fiscal year has a program that is called {values['name']} already."
        raise InvalidValue(message, "name") from None
    if row["appropriation"]:
        await ledger.appropriate(tx, row | {"id": program_id}, row["appropriation"])
    return program_id


async def adjust_appropriation(tx: Transaction, program_id: str, appropriation: int, *, expected_version: int) -> None:
    """Set what a program may spend in all, in minor units. Raises BudgetExceeded below what is promised and paid."""
    tx.viewer.need(MANAGE)
    program = await _open(tx, program_id, expected_version)
    bound = PROGRAM.c.encumbered + PROGRAM.c.expended <= appropriation
    try:
        await tx.alter(FundingProgram, "adjusted", program, {"appropriation": appropriation}, bound)
    except VersionConflict:  # the row is ours and at its version: only the bound can fail
        used = to_decimal(program["encumbered"] + program["expended"])
        message = f"{used} {program['currency']} are promised and paid; the appropriation can't be less."
        raise BudgetExceeded(message, program["available"]) from None
    if difference := appropriation - program["appropriation"]:
        await ledger.appropriate(tx, program, difference)


async def close_program(tx: Transaction, program_id: str, *, expected_version: int) -> None:
    """Take no more applications and approve nothing any more; grants that were approved go on."""
    tx.viewer.need(MANAGE)
    program = await _open(tx, program_id, expected_version)
    await tx.alter(FundingProgram, "closed", program, {"closed_at": tx.now})


async def _open(tx: Transaction, program_id: str, expected_version: int) -> Row:
    program = await tx.row(FundingProgram, program_id)
    if program["version"] != expected_version:
        raise VersionConflict(program_id, expected_version, program["version"])
    if program["closed_at"] is not None:
        raise InvalidTransition("The program is closed.", "CLOSED", ())
    return program


def _check(values: Mapping[str, Any]) -> None:
    """Raises InvalidValue for what contradicts itself."""
    if values["grant_minimum"] > values["grant_maximum"]:
        raise InvalidValue("The smallest grant is not larger than the largest one.", "grant_minimum")
    if values["opens_on"] > values["closes_on"]:
        raise InvalidValue("A program opens before it closes.", "opens_on")
    asks = values["matching_policy"] != MatchingPolicy.NONE
    if asks != (values["match_hundredths"] is not None):
        raise InvalidValue(
            "A match is a share of the award: say one where a match is asked, and only there.", "match_percent"
        )
    if asks and not 0 < values["match_hundredths"] <= MOST_MATCH:
        raise InvalidValue(f"A match is more than 0 and at most {MOST_MATCH // 100} percent.", "match_percent")
