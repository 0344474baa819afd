"""The office of the next generation in tests: who announces programs, and what they announce."""

from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import sqlalchemy as sa

from fund_api.careers import cohorts, fellows, programs, sessions
from fund_api.careers.fellowship_tables import CohortStage, FellowState
from fund_api.core.access import Viewer
from fund_api.core.database import Database
from fund_api.core.writing import Row, Transaction, writing
from fund_api.library.tag_tables import PracticeArea
from fund_api.people.roles import Role, permissions_of
from tests.granting import Fund
from tests.rights.rows import Rows
from tests.rows import fetch, table

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
EDITOR = Viewer(None, permissions_of({Role.EDITOR}, set()))
OFFICER = Viewer(None, permissions_of({Role.GRANTS_OFFICER, Role.HIRING_OFFICER}, set()))
"""Staff who do not look after programs."""
WORKSHOP: Row = {"name": "Budgets that people read", "kind": "WORKSHOP"}
DAY: Row = {"title": "Budgets in a day", "mode": "ONLINE", "starts_on": date(2027, 3, 8)}
SPRING: Row = {
    "name": "Spring 2027",
    "applications_open_on": date(2026, 12, 1),
    "applications_close_on": date(2027, 1, 31),
    "starts_on": date(2027, 3, 1),
    "ends_on": date(2028, 2, 29),
    "seats": 2,
}
TO_SELECTING = (CohortStage.OPEN, CohortStage.SELECTING)
TO_UNDERWAY = (*TO_SELECTING, CohortStage.UNDERWAY)


@dataclass
class Office:
    """A database in which an editor announces programs; two communities, and two practice areas."""

    database: Database
    dayton: str
    clovis: str
    now: datetime = NOW

    def acting(self, viewer: Viewer = EDITOR) -> AbstractAsyncContextManager[Transaction]:
        return writing(self.database, viewer, self.now)

    async def version(self, name: str, entity_id: str) -> int:
        rows = table(name).c
        [(found,)] = await fetch(self.database, sa.select(rows.version).where(rows.id == entity_id))
        return int(found)

    async def program(self, *areas: str, slug: str | None = None, **values: Any) -> str:
        async with self.acting() as tx:
            return await programs.add_program(tx, WORKSHOP | values, practice_areas=areas, slug=slug)

    async def update_program(self, program: str, areas: list[str] | None = None, **values: Any) -> None:
        version = await self.version("program", program)
        async with self.acting() as tx:
            await programs.update_program(tx, program, values, practice_areas=areas, expected_version=version)

    async def publish(self, program: str) -> str:
        version = await self.version("program", program)
        async with self.acting() as tx:
            await programs.publish_program(tx, program, expected_version=version)
        return program

    async def session(self, program: str, **values: Any) -> str:
        when = {} if {"starts_at", "starts_on"} & values.keys() else {"starts_on": DAY["starts_on"]}
        said = {name: DAY[name] for name in ("title", "mode")}
        async with self.acting() as tx:
            return await sessions.add_session(tx, program, said | when | values)

    async def update_session(self, session: str, **values: Any) -> None:
        version = await self.version("program_session", session)
        async with self.acting() as tx:
            await sessions.update_session(tx, session, values, expected_version=version)

    async def cancel_session(self, session: str, reason: str = "Too few came.") -> None:
        version = await self.version("program_session", session)
        async with self.acting() as tx:
            await sessions.cancel_session(tx, session, reason, expected_version=version)

    async def register(self, session: str, registered: int) -> None:
        version = await self.version("program_session", session)
        async with self.acting() as tx:
            await sessions.record_registrations(tx, session, registered, expected_version=version)

    async def cohort(self, *stages: CohortStage, program: str | None = None, **values: Any) -> str:
        """A cohort that went through these stages, of a fellowship of its own unless one is named."""
        of = program or await self.program(name="Management fellows", kind="FELLOWSHIP")
        async with self.acting() as tx:
            cohort = await cohorts.add_cohort(tx, of, SPRING | values)
        for stage in stages:
            await self.move_cohort(cohort, stage)
        return cohort

    async def update_cohort(self, cohort: str, **values: Any) -> None:
        version = await self.version("fellowship_cohort", cohort)
        async with self.acting() as tx:
            await cohorts.update_cohort(tx, cohort, values, expected_version=version)

    async def move_cohort(self, cohort: str, to: CohortStage, reason: str | None = None) -> None:
        version = await self.version("fellowship_cohort", cohort)
        async with self.acting() as tx:
            await cohorts.move_cohort(tx, cohort, to, reason, expected_version=version)

    async def propose(self, cohort: str, name: str = "Fay Fellow", **values: Any) -> str:
        async with self.acting() as tx:
            return await fellows.propose_fellow(tx, cohort, {"community_id": self.dayton, "fellow_name": name} | values)

    async def update_fellow(self, placement: str, **values: Any) -> None:
        version = await self.version("fellow_placement", placement)
        async with self.acting() as tx:
            await fellows.update_fellow(tx, placement, values, expected_version=version)

    async def erase_fellow(self, placement: str) -> None:
        version = await self.version("fellow_placement", placement)
        async with self.acting() as tx:
            await fellows.erase_fellow(tx, placement, expected_version=version)

    async def move_fellow(
        self, placement: str, to: FellowState, reason: str | None = None, ended_on: date | None = None
    ) -> None:
        version = await self.version("fellow_placement", placement)
        async with self.acting() as tx:
            await fellows.move_fellow(tx, placement, to, reason, ended_on=ended_on, expected_version=version)


async def make_office(database: Database) -> Office:
    fund, rows = Fund(), Rows()
    dayton, clovis = fund.community("Dayton", "OH"), fund.community("Clovis", "CA")
    await fund.save(database)
    for slug in ("ethics", "finance"):
        rows.add(PracticeArea, slug=slug)
    await rows.save(database)
    return Office(database, dayton, clovis)
