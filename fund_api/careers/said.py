"""What editors say of programs and of what belongs to them: values as their columns take them, and what they name."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import date
from itertools import pairwise
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from fund_api.communities.tables import Community, State
from fund_api.core.columns import Table, table_of
from fund_api.core.errors import InvalidTransition, InvalidValue, VersionConflict
from fund_api.core.text import fold
from fund_api.core.writing import Row, Transaction, checked
from fund_api.library.content import address

STATE = table_of(State)
Values = Mapping[str, Any]  # Any: a value of a column, by the column's name
_ADDRESSES = ("url", "registration_url")
_FIRST, _LAST = date(1900, 1, 1), date(2199, 12, 31)
"""Days that somebody can mean."""


async def said(tx: Transaction, model: type[Table], values: Values, names: tuple[str, ...]) -> Row:
    """The values, which are for these columns alone, as they are stored.

    A name gets its folded form where the table has one. Raises ValueError, a fault of the caller's, for another
    column; InvalidValue for what a column can't take, an address that is none, and a state or day that is not there.
    """
    if unknown := values.keys() - set(names):
        raise ValueError(f"{sorted(unknown)} can't be said here; {sorted(names)} can")
    table = table_of(model)
    row = checked(table, dict(values))
    for name in (one for one in _ADDRESSES if row.get(one) is not None):
        row[name] = address(row[name], name)
    for name, value in row.items():
        if isinstance(value, date) and not _FIRST <= value <= _LAST:
            raise InvalidValue(f"{name.replace('_', ' ')} lies between {_FIRST} and {_LAST}, not on {value}.", name)
    if row.get("state_code") is not None:
        await _check_state(tx, row["state_code"])
    if row.get("community_id") is not None:
        await tx.row(Community, row["community_id"], referable=True)
    if "name" in row and "name_folded" in table.c:
        row["name_folded"] = fold(row["name"])
        if not row["name_folded"]:
            raise InvalidValue("name takes a text with letters or digits.", "name")
    return row


@asynccontextmanager
async def unique(tx: Transaction, message: str, *path: str) -> AsyncIterator[None]:
    """Raises InvalidValue with this message when what is written inside is there already."""
    try:
        async with tx.connection.begin_nested():
            yield
    except IntegrityError:
        raise InvalidValue(message, *path) from None


def ordered(row: Row, *names: str) -> None:
    """Raises InvalidValue unless these days, as far as they are known, follow each other."""
    known = [name for name in names if row[name] is not None]
    for earlier, later in pairwise(known):
        if row[later] < row[earlier]:
            before, after = earlier.replace("_", " "), later.replace("_", " ")
            message = f"{after} is the same day as {before} or later: not {row[later]} after {row[earlier]}."
            raise InvalidValue(message, later)


async def standing(tx: Transaction, model: type[Table], entity_id: str, expected_version: int) -> Row:
    """A row that was not cancelled, held. Raises NotFound, VersionConflict, InvalidTransition."""
    row = at_version(await tx.row(model, entity_id), expected_version)
    if row["cancelled_at"] is not None:
        raise InvalidTransition("It was cancelled, and stays so.", "cancelled", ())
    return row


def at_version(row: Row, expected_version: int) -> Row:
    """The row. Raises VersionConflict when it was written since."""
    if row["version"] != expected_version:
        raise VersionConflict(row["id"], expected_version, row["version"])
    return row


async def _check_state(tx: Transaction, code: str) -> None:
    found = sa.select(STATE.c.id).where(STATE.c.code == code)
    if await tx.connection.scalar(found) is None:
        raise InvalidValue(f"There is no state {code}.", "state")
