"""Senior advisors: who they are, which states they cover, and how much they take on.

Hiring officers look after them; advisors say themselves what they can do, where and when. How many assignments of an
advisor are open is counted by `assignments` alone.
"""

from collections.abc import Sequence
from dataclasses import replace

import sqlalchemy as sa

from fund_api.campaigns.rules import Values, only
from fund_api.communities.tables import State
from fund_api.core.columns import table_of
from fund_api.core.errors import InvalidTransition, InvalidValue, NotAllowed, NotFound, VersionConflict, placed
from fund_api.core.events import Change
from fund_api.core.writing import Row, Transaction, words
from fund_api.hiring.advisor_tables import AdvisorState, SeniorAdvisor
from fund_api.hiring.visibility import ADVISE, MANAGE, READ
from fund_api.people.roles import Role
from fund_api.people.rules import write_role
from fund_api.people.tables import FUND, Person
from fund_api.people.viewers import PERSON

ADVISOR, COVERS, STATE = table_of(SeniorAdvisor), table_of(AdvisorState), table_of(State)
OWN = frozenset({"biography", "capacity", "available_from", "available_until"})
"""What advisors may say of themselves, beside the states that they cover."""
SAID = OWN | {"name"}
MOST_STATES = 60
"""States of one advisor: more than there are."""


async def add_advisor(tx: Transaction, person_id: str, values: Values, states: Sequence[str]) -> str:
    """Make a person an advisor who covers these states, by their codes, and return the advisor's id.

    They get the role ADVISOR. `values` has values of SAID. Raises InvalidValue for somebody who is an advisor already,
    or can't sign in.
    """
    tx.viewer.need(MANAGE)
    row = only(values, SAID)
    _check_days(row)
    covered = await _states(tx, states)
    person = await tx.row(Person, person_id)
    if not person["active"]:
        raise InvalidValue("Only a person who is active can be an advisor.", "person")
    if await of_person(tx, person_id) is not None:
        raise InvalidValue("This person is an advisor already.", "person")
    await write_role(tx, person_id, Role.ADVISOR, FUND)
    row |= {"person_id": person_id, "active": True, "open_assignments": 0}
    advisor_id = await tx.add(SeniorAdvisor, "added", row)
    await _cover(tx, advisor_id, covered)
    return advisor_id


async def update_advisor(
    tx: Transaction,
    advisor_id: str,
    values: Values,
    states: Sequence[str] | None = None,
    *,
    expected_version: int,
) -> None:
    """Change what is said of an advisor; `values` has values of SAID and `active`, None leaves the states as they are.

    Advisors change what is in OWN themselves. Raises InvalidValue for a capacity below the open assignments, and for
    who is to stop while some are open, InvalidTransition for somebody who was erased. Who starts again gets the role
    ADVISOR again.
    """
    before = await own_or_managed(tx, advisor_id)
    await _check_not_erased(tx, before)
    row = only(values, SAID | {"active"})
    if row.keys() - OWN and not tx.viewer.may(MANAGE):
        raise NotAllowed("Advisors change their biography, states, capacity and availability; the rest needs " + MANAGE)
    if before["version"] != expected_version:
        raise VersionConflict(advisor_id, expected_version, before["version"])
    _check_days(before | row)
    _check_capacity(before, row.get("capacity"))
    await _check_active(tx, before, row.get("active"))
    covered = None if states is None else await _states(tx, states)
    if covered is not None and covered.keys() != await _covered(tx, advisor_id):
        row["version"] = before["version"] + 1  # so that a change of the states alone is one of the advisor, too
    await tx.alter(SeniorAdvisor, "updated", before, row)
    if "version" in row and covered is not None:
        await _cover(tx, advisor_id, covered)


async def of_person(tx: Transaction, person_id: str | None) -> str | None:
    """The id of the advisor that a person is; None for who is none."""
    found: str | None = await tx.connection.scalar(sa.select(ADVISOR.c.id).where(ADVISOR.c.person_id == person_id))
    return found


async def advises(tx: Transaction, person_id: str) -> bool:
    """Whether a person is an advisor who is active."""
    query = sa.select(ADVISOR.c.id).where(ADVISOR.c.person_id == person_id, ADVISOR.c.active)
    return await tx.connection.scalar(query) is not None


async def own_or_managed(tx: Transaction, advisor_id: str) -> Row:
    """The advisor, held against others, for hiring officers and themselves.

    Raises NotFound for an advisor whom the viewer does not see, else NotAllowed.
    """
    advisor = await tx.row(SeniorAdvisor, advisor_id)
    check_own_or_managed(tx, advisor)
    return advisor


def check_own_or_managed(tx: Transaction, advisor: Row) -> None:
    """Raises as `own_or_managed` does."""
    mine = advisor["person_id"] == tx.viewer.id
    if tx.viewer.may(MANAGE) or (mine and tx.viewer.may(ADVISE)):
        return
    if not (mine or advisor["active"] or tx.viewer.may(READ)):
        raise NotFound(f"There is no {words(SeniorAdvisor)} {advisor['id']}.")
    raise NotAllowed(f"This needs the permission {MANAGE}, or {ADVISE} and to be the advisor.")


async def _check_not_erased(tx: Transaction, advisor: Row) -> None:
    """Of an erased person nothing is said again. Nobody is erased meanwhile: that needs their advisor, who is held."""
    found = await tx.connection.scalar(sa.select(PERSON.c.erased_at).where(PERSON.c.id == advisor["person_id"]))
    if found is not None:
        raise InvalidTransition("An erased person can't be changed.", "ERASED", ())


def _check_days(row: Row) -> None:
    first, last = row.get("available_from"), row.get("available_until")
    if first is not None and last is not None and first > last:
        raise InvalidValue(f"An advisor who is available from {first} can't be so until {last}.", "available_until")


def _check_capacity(advisor: Row, capacity: int | None) -> None:
    number = advisor["open_assignments"]
    if capacity is not None and 0 <= capacity < number:
        raise InvalidValue(f"capacity can't be {capacity} while assignments are open: {number}.", "capacity")


async def _check_active(tx: Transaction, advisor: Row, active: bool | None) -> None:
    """An advisor stops once nothing is open; who starts again can sign in."""
    number = advisor["open_assignments"]
    if active is False and number:
        raise InvalidValue(
            f"An advisor stops when no assignment is open: complete or withdraw them first, {number} in all.", "active"
        )
    if active and not advisor["active"]:
        person = await tx.row(Person, advisor["person_id"])
        if not person["active"]:
            raise InvalidValue("Only an advisor whose person is active can be active.", "active")
        await write_role(tx, advisor["person_id"], Role.ADVISOR, FUND)


async def _states(tx: Transaction, codes: Sequence[str]) -> dict[str, str]:
    """States by their codes, each with its id, in the order of the codes. Raises InvalidValue for an unknown one."""
    if not 1 <= len(codes) <= MOST_STATES:
        raise InvalidValue(f"An advisor covers 1 to {MOST_STATES} states, not {len(codes)}.", "states")
    query = sa.select(STATE.c.code, STATE.c.id).where(STATE.c.code.in_(codes)).order_by(STATE.c.code)
    known = {row["code"]: str(row["id"]) for row in await tx.rows(query)}
    for place, code in enumerate(codes):
        if code not in known:
            with placed("states", str(place)):
                raise InvalidValue(f"There is no state {code}.")
    return known


async def _covered(tx: Transaction, advisor_id: str) -> set[str]:
    """The codes of the states that an advisor covers."""
    query = sa.select(STATE.c.code).join(COVERS, COVERS.c.state_id == STATE.c.id)
    return set((await tx.connection.scalars(query.where(COVERS.c.advisor_id == advisor_id))).all())


async def _cover(tx: Transaction, advisor_id: str, wanted: dict[str, str]) -> None:
    """Let an advisor cover these states alone; the event that was recorded last tells of it: an act is one event."""
    before = await _covered(tx, advisor_id)
    await tx.connection.execute(COVERS.delete().where(COVERS.c.advisor_id == advisor_id))
    links = [{"advisor_id": advisor_id, "state_id": state_id} for state_id in wanted.values()]
    await tx.connection.execute(COVERS.insert(), links)
    last = tx.done[-1]
    change = Change("states", sorted(before) or None, list(wanted))
    tx.done[-1] = replace(last, changes=(*last.changes, change))
