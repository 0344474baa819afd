"""Books that are right, for tests to wrong them by SQL that goes round the rules."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from fund_api.core import events
from fund_api.core.database import Database
from fund_api.core.events import Change, Done, Origin
from fund_api.grants import agreements, decisions, disbursements
from fund_api.grants.paying_tables import ConditionKind, ReportKind
from tests.grants.acting import NOW, SOON, TODAY, Office, make_office
from tests.rows import count, fetch, table


@dataclass
class Books:
    """An office whose books are right, and the ids of what is in them."""

    office: Office
    ids: dict[str, str]
    last: int
    """The number of the last event."""

    @asynccontextmanager
    async def wronged(self, *statements: str) -> AsyncIterator[AsyncConnection]:
        """A connection that sees what the statements do, until it is rolled back."""
        async with self.office.database.engine.connect() as connection:
            for statement in statements:
                await connection.execute(sa.text(statement.format(**self.ids)))
            yield connection
            await connection.rollback()

    async def tell(self, connection: AsyncConnection, who: str, *done: Done) -> None:
        """Write into the log what somebody did."""
        await events.append(connection, Origin(self.ids[who], NOW), list(done))

    def act(self, told: str) -> Done:
        """Something that was done with the grant."""
        return Done(f"grant.{told}", self.ids["grant"], (), self.office.campaign)

    def membership(self, told: str, who: str, entity: str = "campaign_member", place: str = "campaign_id") -> Done:
        """Something that became of somebody's place in the campaign."""
        began = told in ("added", "granted")
        values = {"person_id": self.ids[who], place: self.office.campaign, "role": "COORDINATOR"}
        changes = [Change(name, None if began else value, value if began else None) for name, value in values.items()]
        return Done(f"{entity}.{told}", f"{entity}_of_{who}", tuple(changes))


async def make_books(database: Database) -> Books:
    """A grant of 5,000.00 with a condition, of which 2,000.00 were paid for lobbying and 500.00 came back."""
    office = await make_office(database)
    grant = await office.in_decision()
    version = await office.version(grant)
    asked = [(ConditionKind.BEFORE_PAYMENT, "A bank account")]
    async with office.acting("approver") as tx:
        await decisions.approve(tx, grant, 500_000, conditions=asked, expected_version=version)
    [(condition,)] = await fetch(database, sa.select(table("grant_condition").c.id))
    async with office.acting("officer") as tx:
        await agreements.meet_condition(tx, condition, "A letter of the bank", expected_version=1)
    version = await office.version(grant)
    async with office.acting("officer") as tx:
        await agreements.sign_agreement(tx, grant, TODAY, [(ReportKind.FINAL, SOON)], expected_version=version)
    tranche = await office.paid(grant, 200_000, lobbying=True)
    async with office.acting("payer") as tx:
        await disbursements.record_return(tx, tranche, 50_000, "Not needed", expected_version=3)
    planned = await office.scheduled(grant, 100_000)
    ids = {"program": office.program, "grant": grant, "tranche": tranche, "planned": planned, "condition": condition}
    return Books(office, ids | office.people, await count(database, "event"))
