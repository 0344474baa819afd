"""A hiring bureau for tests: a community that asks, who works its request, and what is where after each act."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

import sqlalchemy as sa

from fund_api.core.access import PUBLIC, SYSTEM, Viewer
from fund_api.core.database import Database
from fund_api.core.writing import Row, Transaction, writing
from fund_api.hiring import advisors, matching, placements, requests
from fund_api.hiring.requests import Requested
from fund_api.hiring.tables import HiringStage
from fund_api.people import rules
from fund_api.people.roles import Role
from fund_api.people.tables import FUND
from fund_api.people.viewers import viewer_of
from tests.campaigns.acting import stored
from tests.granting import Fund
from tests.rows import fetch, table

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
TODAY = NOW.date()
DAY = timedelta(days=1)
STEPS = (
    *(HiringStage.POSITION_CREATION, HiringStage.PROFILE_DRAFTED, HiringStage.RECRUITING),
    *(HiringStage.FINALISTS, HiringStage.OFFER),
)
"""The stages by which a request comes from TRIAGED to OFFER."""
REQUEST = table("hiring_request")


@dataclass
class Bureau:
    """What the tests act on: a community, its campaign, and people by what they are to it."""

    database: Database
    community: str
    elsewhere: str
    campaign: str
    people: dict[str, str] = field(default_factory=dict)
    now: datetime = NOW

    @property
    def values(self) -> Row:
        """A request as somebody makes it."""
        contact = {"contact_name": "Cora Diaz", "contact_email": "Cora@example.org", "contact_phone": "555-0100"}
        about = {"message": "Our council voted for a manager.", "first_manager": True}
        return contact | about | {"community_id": self.community}

    async def viewer(self, who: str) -> Viewer:
        """Somebody with the roles that they have now; PUBLIC for nobody."""
        async with self.database.reading() as connection:
            return await viewer_of(connection, self.people[who]) if who in self.people else PUBLIC

    @asynccontextmanager
    async def acting(self, who: str = "officer") -> AsyncIterator[Transaction]:
        """A transaction of somebody's."""
        async with writing(self.database, await self.viewer(who), self.now) as tx:
            yield tx

    async def request(self, who: str = "nobody", *areas: str, **values: object) -> Requested:
        async with self.acting(who) as tx:
            return await requests.request_hiring_support(tx, self.values | values, areas)

    async def at(self, stage: HiringStage, who: str = "requester") -> str:
        """A request, by somebody, that stands somewhere between RECEIVED and OFFER; without an advisor."""
        request = (await self.request(who)).request_id
        if stage is HiringStage.RECEIVED:
            return request
        await self.triage(request)
        for step in STEPS[: STEPS.index(stage) + 1] if stage in STEPS else ():
            await self.move(request, step)
        return request

    async def triage(self, request: str, **values: object) -> None:
        async with self.acting() as tx:
            await requests.triage_request(tx, request, values, expected_version=await version(tx, request))

    async def move(self, request: str, to: HiringStage, reason: str | None = None) -> None:
        async with self.acting() as tx:
            await requests.move_request(tx, request, to, reason, expected_version=await version(tx, request))

    async def close(self, request: str, reason: str = "It is done.") -> None:
        async with self.acting() as tx:
            await requests.close_request(tx, request, reason, expected_version=await version(tx, request))

    async def appoint(self, request: str, appointed_on: date = TODAY, **values: object) -> str:
        said = {"title": "Town Manager", "manager_name": "Max Berg", "appointed_on": appointed_on} | values
        async with self.acting() as tx:
            return await placements.record_appointment(tx, request, said, expected_version=await version(tx, request))

    async def appointed(self, **values: object) -> tuple[str, str]:
        """A request whose community hired somebody, and the placement."""
        request = await self.at(HiringStage.OFFER)
        return request, await self.appoint(request, **values)  # type: ignore[arg-type]  # dates by their names

    async def add_advisor(self) -> str:
        """The person who is to be an advisor becomes one, who covers the state."""
        async with self.acting() as tx:
            said = {"name": "Ann Advisor", "biography": None, "capacity": 1}
            return await advisors.add_advisor(tx, self.people["advisor"], said, ["OH"])

    async def match(self, request: str) -> str:
        async with self.acting() as tx:
            matched = await matching.match_advisor(tx, request, expected_version=await version(tx, request))
            return matched[0]

    async def stage(self, request: str) -> tuple[object, ...]:
        """Where a request stands, where it is held, and why."""
        return await stored(self.database, "hiring_request", request, "stage", "held_stage", "reason")

    async def told(self, *who: str) -> list[tuple[object, ...]]:
        """Who was told what, or what some were, in this order of time."""
        rows, names = table("notice"), {person: who for who, person in self.people.items()}
        query = sa.select(rows.c.person_id, rows.c.kind, rows.c.hiring_request_id, rows.c.text)
        found = await fetch(self.database, query.order_by(rows.c.created_at, rows.c.id))
        return [(names[person], *rest) for person, *rest in found if not who or names[person] in who]

    async def areas(self, request: str) -> list[str]:
        """The slugs of the practice areas that a request asks for."""
        area, asked = table("practice_area"), table("hiring_practice_area")
        query = sa.select(area.c.slug).join(asked, asked.c.practice_area_id == area.c.id)
        return [slug for (slug,) in await fetch(self.database, query.where(asked.c.hiring_request_id == request))]


async def looked_up(bureau: Bureau, secret: str) -> Row:
    async with bureau.database.reading() as connection:
        return await requests.look_up(connection, secret)


async def version(tx: Transaction, request: str) -> int:
    found = await tx.connection.scalar(sa.select(REQUEST.c.version).where(REQUEST.c.id == request))
    return int(found or 0)


async def make_bureau(database: Database) -> Bureau:
    fund = Fund()
    community = fund.community("Piqua", state="OH")
    elsewhere = fund.community("Troy", state="OH")
    campaign = fund.campaign(community, title="Ours", published_at=None)
    for number, slug in enumerate(("ethics", "finance", "planning"), 1):
        said = {"slug": slug, "name": slug.title(), "summary": slug.title(), "position": number}
        fund._add("practice_area", "area", **said)
    areas = fund.rows.pop("practice_area")
    await fund.save(database)
    people = {}
    async with writing(database, SYSTEM, NOW) as tx:
        await tx.connection.execute(table("practice_area").insert(), areas)
        for who in ("officer", "requester", "member", "advisor", "approver"):
            people[who] = await rules.add_person(tx, who.title(), f"{who}@example.org")
        await rules.write_role(tx, people["officer"], Role.HIRING_OFFICER, FUND)
        await rules.write_role(tx, people["approver"], Role.APPROVER, FUND)
        await rules.write_role(tx, people["member"], Role.COORDINATOR, campaign)
    return Bureau(database, community, elsewhere, campaign, people)
