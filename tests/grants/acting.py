"""Who acts in the tests of grants: a fund with one person for every duty, a program, and a campaign that applies."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from fund_api.campaigns import fiscal_years, members
from fund_api.core.access import SYSTEM
from fund_api.core.database import Database
from fund_api.core.writing import Row, Transaction, writing
from fund_api.grants import agreements, applications, decisions, disbursements, programs, reviews
from fund_api.grants.paying_tables import ReportKind
from fund_api.people.roles import Role
from fund_api.people.rules import write_role
from fund_api.people.viewers import viewer_of
from tests.granting import Fund
from tests.rows import fetch, table

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
TODAY = NOW.date()
SOON = TODAY + timedelta(days=90)
STAFF = {
    "officer": Role.GRANTS_OFFICER,
    "reviewer": Role.REVIEWER,
    "second_reviewer": Role.REVIEWER,
    "approver": Role.APPROVER,
    "second_approver": Role.APPROVER,
    "payer": Role.FINANCE,
    "administrator": Role.ADMINISTRATOR,
    "reporter": Role.REPORTER,
}
SCORES = {"need": 4, "feasibility": 3, "local_support": 5, "budget": 4, "recommendation": "APPROVE", "comment": "Good."}
PROGRAM: dict[str, Any] = {  # Any: values of its columns
    "name": "Campaign grants",
    "appropriation": 2_000_000,
    "grant_minimum": 50_000,
    "grant_maximum": 1_500_000,
    "approval_threshold": 1_000_000,
    "matching_policy": "NONE",
    "match_hundredths": None,
    "approves_after_election": False,
    "reviews_needed": 1,
    "opens_on": date(2026, 10, 1),
    "closes_on": date(2027, 9, 30),
}
ASKED: dict[str, Any] = {  # Any: values of its columns
    "purpose": "Mailings to every household",
    "requested": 500_000,
    "payee": "Citizens for a Manager",
    "payee_registration": "FPPC 1234567",
}


@dataclass
class Office:
    """A database with a fund in it."""

    database: Database
    people: dict[str, str] = field(default_factory=dict)
    campaign: str = ""
    fiscal_year: str = ""
    program: str = ""
    now: datetime = NOW

    @asynccontextmanager
    async def acting(self, name: str) -> AsyncIterator[Transaction]:
        """A transaction of somebody, with the rights that they have now."""
        async with self.database.reading() as connection:
            viewer = await viewer_of(connection, self.people[name])
        async with writing(self.database, viewer, self.now) as tx:
            yield tx

    async def system(self) -> Any:
        return writing(self.database, SYSTEM, self.now)

    async def row(self, name: str, row_id: str) -> Row:
        """A row as it is stored."""
        columns = table(name).c
        [found] = await fetch(self.database, sa.select(table(name)).where(columns.id == row_id))
        return dict(zip(columns.keys(), found, strict=True))

    async def version(self, row_id: str, name: str = "grant") -> int:
        found: int = (await self.row(name, row_id))["version"]
        return found

    async def drafted(self, campaign: str | None = None, **asked: Any) -> str:
        """An application of the coordinator, with a budget of one line."""
        said = ASKED | asked
        async with self.acting("coordinator") as tx:
            lines = [("Printing and postage", said["requested"])]
            return await applications.draft(tx, campaign or self.campaign, self.program, said, lines)

    async def submitted(self, **asked: Any) -> str:
        grant = await self.drafted(**asked)
        async with self.acting("coordinator") as tx:
            await applications.submit(tx, grant, expected_version=await self._v(tx, grant))
        return grant

    async def in_review(self, **asked: Any) -> str:
        grant = await self.submitted(**asked)
        async with self.acting("officer") as tx:
            await reviews.screen(tx, grant, None, expected_version=await self._v(tx, grant))
            await reviews.start_review(tx, grant, None, expected_version=await self._v(tx, grant))
        return grant

    async def in_decision(self, reviewers: Sequence[str] = ("reviewer",), **asked: Any) -> str:
        grant = await self.in_review(**asked)
        for name in reviewers:
            async with self.acting(name) as tx:
                await reviews.submit_review(tx, grant, SCORES)
        async with self.acting("officer") as tx:
            await reviews.send_to_decision(tx, grant, None, expected_version=await self._v(tx, grant))
        return grant

    async def approved(self, amount: int = 400_000, **asked: Any) -> str:
        grant = await self.in_decision(**asked)
        await self.approve(grant, amount)
        return grant

    async def approve(self, grant: str, amount: int, who: str = "approver") -> None:
        async with self.acting(who) as tx:
            await decisions.approve(tx, grant, amount, expected_version=await self._v(tx, grant))

    async def signed(self, amount: int = 400_000, **asked: Any) -> str:
        grant = await self.approved(amount, **asked)
        async with self.acting("officer") as tx:
            due = [(ReportKind.FINAL, SOON)]
            await agreements.sign_agreement(tx, grant, TODAY, due, expected_version=await self._v(tx, grant))
        return grant

    async def scheduled(self, grant: str, amount: int, *, lobbying: bool = False) -> str:
        async with self.acting("officer") as tx:
            version = await self._v(tx, grant)
            return await disbursements.schedule(
                tx, grant, amount, lobbying=lobbying, due_on=None, expected_version=version
            )

    async def paid(self, grant: str, amount: int, *, lobbying: bool = False) -> str:
        """A tranche that was scheduled, approved and paid."""
        tranche = await self.scheduled(grant, amount, lobbying=lobbying)
        async with self.acting("approver") as tx:
            await disbursements.approve(tx, tranche, expected_version=1)
        async with self.acting("payer") as tx:
            await disbursements.record_payment(tx, tranche, TODAY, "EFT 1", expected_version=2)
        return tranche

    async def balances(self) -> tuple[int, int, int, int]:
        """Of the program: appropriation, encumbered, expended, available."""
        row = await self.row("funding_program", self.program)
        return row["appropriation"], row["encumbered"], row["expended"], row["available"]

    async def _v(self, tx: Transaction, grant: str) -> int:
        found = await tx.connection.scalar(sa.select(table("grant").c.version).where(table("grant").c.id == grant))
        return int(found or 0)


async def make_office(database: Database, **program: Any) -> Office:
    """A fund with staff, the fiscal year 2027, a program, and a campaign with its coordinator."""
    fund = Fund()
    office = Office(database)
    community = fund.community("Saratoga Springs", population=28_000)
    office.campaign = fund.campaign(community, "RETENTION", title="Keep the manager", election_on=SOON)
    for name in (*STAFF, "coordinator", "nobody"):
        office.people[name] = fund.person(name, f"{name}@example.org")
    await fund.save(database)
    async with writing(database, SYSTEM, NOW) as tx:
        for name, role in STAFF.items():
            await write_role(tx, office.people[name], role, "fund")
        await members.add_campaign_member(tx, office.campaign, office.people["coordinator"])
        office.fiscal_year = await fiscal_years.open_fiscal_year(tx, 2027, 1_000_000, 10)
    async with office.acting("administrator") as tx:
        values = PROGRAM | {"fiscal_year_id": office.fiscal_year} | program
        office.program = await programs.open_program(tx, values)
    return office
