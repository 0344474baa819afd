"""An office for tests: an officer, advisors, communities of two states, and requests that stand where a test wants."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from fund_api.core.access import Viewer
from fund_api.core.database import Database
from fund_api.core.writing import writing
from fund_api.hiring import activities, advisors, assignments, audit, conflicts, matching
from fund_api.hiring.advisor_tables import ConflictKind
from fund_api.hiring.matching import Proposals
from fund_api.hiring.tables import HiringRequest
from fund_api.people.roles import Role, permissions_of
from tests.granting import Fund
from tests.printing.shop import version
from tests.rights.rows import Rows
from tests.rows import fetch, table

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
SAID: dict[str, Any] = {
    **{"biography": "Managed three cities.", "capacity": 3},
    **{"available_from": None, "available_until": None},
}
"""An advisor as an officer describes them; Any: values of columns."""
HELD: dict[str, Any] = {"held_stage": None, "reason": "It is so."}
MATCHED = "ADVISOR_MATCHED"


def viewer(person_id: str | None, *roles: Role) -> Viewer:
    """Somebody with roles everywhere."""
    return Viewer(person_id, permissions_of(set(roles), set()))


@dataclass
class Office:
    """What the tests act on; each act is some minutes after the one before it."""

    database: Database
    fund: Fund
    officer: Viewer
    dayton: str
    akron: str
    chico: str
    """The communities: two of Ohio, one of California."""
    now: datetime = NOW
    people: dict[str, str] = field(default_factory=dict)
    """Who an advisor is, by the advisor's id."""

    def acting(self, who: Viewer | None = None) -> Any:  # Any: the context that `writing` makes
        self.now += timedelta(minutes=1)
        return writing(self.database, who or self.officer, self.now)

    async def person(self, name: str, **values: Any) -> str:
        fund = Fund(numbers=self.fund.numbers)
        person = fund.person(name, **values)
        await fund.save(self.database)
        return person

    async def advisor(self, name: str, states: tuple[str, ...] = ("OH",), **values: Any) -> str:
        """Somebody who is an advisor; Any: values of columns."""
        person = await self.person(name)
        async with self.acting() as tx:
            made = await advisors.add_advisor(tx, person, SAID | {"name": name} | values, states)
        self.people[made] = person
        return made

    def as_advisor(self, advisor: str) -> Viewer:
        return viewer(self.people[advisor], Role.ADVISOR)

    async def request(self, community: str | None = None, stage: str = "TRIAGED", **values: Any) -> str:
        """A request, in a stage that no rule led it to; Any: values of columns."""
        rows = Rows()
        money = {"salary_minimum": 12_000_000, "salary_maximum": 15_000_000, "currency": "USD", "budget": None}
        about = {"community_id": community or self.dayton, "stage": stage, "stage_since": NOW - timedelta(days=9)}
        request = rows.add(HiringRequest, **HELD | money | about | values)
        await rows.save(self.database)
        return request

    async def match(self, request: str, advisor: str | None = None, who: Viewer | None = None) -> str:
        """Match a request; the assignment."""
        async with self.acting(who) as tx:
            read = await version(tx, "hiring_request", request)
            made, _ = await matching.match_advisor(tx, request, advisor, expected_version=read)
        return made

    async def matched(self, request: str) -> str:
        """Match a request with the first proposal; the advisor."""
        return str(await self.value("assignment", await self.match(request), "advisor_id"))

    async def proposals(self, request: str) -> Proposals:
        async with self.database.reading() as connection:
            found = await matching.proposals(connection, request, self.now.date())
        assert found is not None
        return found

    async def proposed(self, request: str) -> list[str]:
        return [one.advisor_id for one in (await self.proposals(request)).proposed]

    async def declare(
        self, advisor: str, who: Viewer | None = None, kind: ConflictKind = ConflictKind.FAMILY, **where: Any
    ) -> str:
        """Declare a conflict, as the advisor themselves if nobody else is named. Any: ids, and a reason."""
        async with self.acting(who or self.as_advisor(advisor)) as tx:
            return await conflicts.declare_conflict(tx, advisor, kind, **where)

    async def withdraw(self, assignment: str, who: Viewer | None = None, reason: str = "Illness.") -> None:
        async with self.acting(who) as tx:
            read = await version(tx, "assignment", assignment)
            await assignments.withdraw_advisor(tx, assignment, reason, expected_version=read)

    async def complete(self, assignment: str, who: Viewer | None = None) -> None:
        async with self.acting(who) as tx:
            read = await version(tx, "assignment", assignment)
            await assignments.complete_assignment(tx, assignment, expected_version=read)

    async def log(self, assignment: str, who: Viewer | None = None, **values: Any) -> str:
        told = {"kind": "CALL", "done_on": self.now.date(), "minutes": 30, "summary": "Talked with the mayor."}
        async with self.acting(who) as tx:
            return await activities.log_activity(tx, assignment, told | values)

    async def update(self, advisor: str, who: Viewer | None = None, **values: Any) -> None:
        """Change an advisor; `states` are the codes of all."""
        states = values.pop("states", None)
        async with self.acting(who) as tx:
            read = await version(tx, "senior_advisor", advisor)
            await advisors.update_advisor(tx, advisor, values, states, expected_version=read)

    async def value(self, name: str, entity_id: str, column: str) -> Any:  # Any: what the column holds
        columns = table(name).c
        [(found,)] = await fetch(self.database, sa.select(columns[column]).where(columns.id == entity_id))
        return found

    async def stage(self, request: str) -> str:
        return str(await self.value("hiring_request", request, "stage"))

    async def open(self, advisor: str) -> int:
        return int(await self.value("senior_advisor", advisor, "open_assignments"))

    async def states(self, advisor: str) -> list[str]:
        links, state = table("advisor_state").c, table("state").c
        query = sa.select(state.code).join_from(table("advisor_state"), table("state"), links.state_id == state.id)
        return [code for (code,) in await fetch(self.database, query.where(links.advisor_id == advisor))]


async def make_office(database: Database) -> Office:
    fund = Fund()
    dayton, akron, chico = (fund.community(name, state) for name, state in PLACES)
    officer = fund.person("Olive")
    await fund.save(database)
    return Office(database, fund, viewer(officer, Role.HIRING_OFFICER), dayton, akron, chico)


PLACES = (("Dayton", "OH"), ("Akron", "OH"), ("Chico", "CA"))


async def no_fault(office: Office) -> None:
    async with office.database.reading() as connection:
        assert await audit.audit(connection) == []
