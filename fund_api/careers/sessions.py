"""Sessions of programs: when each takes place, what it costs, and how many register, as the provider says."""

from fund_api.careers import hours
from fund_api.careers.said import Values, said, standing
from fund_api.careers.tables import Program, ProgramSession, SessionMode
from fund_api.careers.visibility import MANAGE
from fund_api.core.errors import InvalidValue
from fund_api.core.money import Currency
from fund_api.core.writing import Row, Transaction

WHEN = (*hours.DAYS, *hours.HOURS)
SAID = (
    *("title", "mode", "place", "state_code", "price", "capacity"),
    *("registration_url", "registration_closes_on"),
)
"""What is said of a session beside when it takes place; the price in cents."""
_BLANK: Row = dict.fromkeys(("place", "state_code", "price", "capacity", "registration_url", "registration_closes_on"))


async def add_session(tx: Transaction, program_id: str, values: Values) -> str:
    """Add a session to a program and return its id; `values`: SAID, with title and mode, and WHEN.

    Of WHEN it takes what `hours.when` does. Raises InvalidValue, NotFound.
    """
    tx.viewer.need(MANAGE)
    await tx.row(Program, program_id, referable=True)
    row = _BLANK | await _said(tx, values) | hours.when(_when(values))
    row |= {"program_id": program_id, "currency": Currency.USD, "registered": 0}
    return await tx.add(ProgramSession, "added", _fitting(row, values))


async def update_session(tx: Transaction, session_id: str, values: Values, *, expected_version: int) -> None:
    """Change what is said of a session. When it takes place is said as a whole, or not at all.

    Raises InvalidTransition for one that was cancelled; InvalidValue, NotFound, VersionConflict.
    """
    tx.viewer.need(MANAGE)
    before = await standing(tx, ProgramSession, session_id, expected_version)
    given = _when(values)
    row = await _said(tx, values) | (hours.when(given) if given else {})
    after = _fitting(before | row, values)
    changed = {name: after[name] for name in (*SAID, *WHEN)}
    await tx.alter(ProgramSession, "updated", before, changed)


async def cancel_session(tx: Transaction, session_id: str, reason: str, *, expected_version: int) -> None:
    """Say that a session does not take place, and why. It stays to be seen. Raises InvalidTransition the next time."""
    tx.viewer.need(MANAGE)
    before = await standing(tx, ProgramSession, session_id, expected_version)
    await tx.alter(ProgramSession, "cancelled", before, {"cancelled_at": tx.now, "reason": reason})


async def record_registrations(tx: Transaction, session_id: str, registered: int, *, expected_version: int) -> None:
    """Say how many registered by now, as the provider told. Raises InvalidValue for more than can attend."""
    tx.viewer.need(MANAGE)
    before = await standing(tx, ProgramSession, session_id, expected_version)
    _check_capacity(before["capacity"], registered, "registered")
    await tx.alter(ProgramSession, "registrations_recorded", before, {"registered": registered})


def _when(values: Values) -> Row:
    return {name: values[name] for name in WHEN if name in values}


async def _said(tx: Transaction, values: Values) -> Row:
    days = {name: values[name] for name in hours.DAYS if values.get(name) is not None}
    about = {name: value for name, value in values.items() if name not in WHEN}
    return await said(tx, ProgramSession, days | about, (*SAID, *hours.DAYS))


def _fitting(row: Row, given: Values) -> Row:
    """The row, of which the parts fit together. An online session has no place; one that becomes so loses its place."""
    if row["mode"] == SessionMode.ONLINE:
        if given.get("place") is not None:
            raise InvalidValue("An online session has no place: say HYBRID for one that has both.", "place")
        row = row | {"place": None}
    elif row["place"] is None:
        raise InvalidValue(f"A session that is {row['mode']} takes place somewhere: place is needed.", "place")
    closes = row["registration_closes_on"]
    if closes is not None and closes > row["ends_on"]:
        message = f"Registration closes on the last day, {row['ends_on']}, or before, not on {closes}."
        raise InvalidValue(message, "registration_closes_on")
    _check_capacity(row["capacity"], row.get("registered", 0), "capacity")
    return row


def _check_capacity(capacity: int | None, registered: int, name: str) -> None:
    if capacity is not None and registered > capacity:
        raise InvalidValue(f"{capacity:,} can attend, and {registered:,} registered: that is too many.", name)
