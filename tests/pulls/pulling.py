"""A small world that is pulled in many chunks, and clients of its pulls that may be slow, or leave."""

import asyncio
from datetime import UTC, date, datetime

import orjson
import sqlalchemy as sa
from starlette.types import Message, Scope

from fund_api.app import Application
from fund_api.core.database import Database, Dialect
from fund_api.edge.event_streams import ABORT, CLOSE
from fund_api.graph.pull_snapshots import NAME
from tests.granting import Fund

NUMBER = 40
"""Communities of the world, each with a campaign."""
NAMES = ("=1+1", "+1", "-1", "@SUM(1)", "\tx", "\rx", 'say "hi", twice', "two\r\nlines", "Ünïted", "'")
"""What the first communities are called."""
CAMPAIGNS = """query Campaigns($after: String, $name: String) {
  campaigns(after: $after, first: 5, orderBy: [{ field: ELECTION_ON, direction: DESC, nulls: LAST }]
            filter: { community: { name: { startsWith: $name } } }) {
    edges {
      cursor
      node {
        id kind electionOn publishedAt
        community { name population state { code } }
        measures { totalCount nodes { question votesFor electionOn } }
        grants { nodes { id requested { amount } status } }
      }
    }
    pageInfo { hasNextPage endCursor }
  }
}"""
COMMUNITIES = "{ communities { edges { cursor node { name } } } }"


async def fill(database: Database) -> None:
    """Communities with strange names, and campaigns, of which some have no day and some measures and grants."""
    fund = Fund()
    for number in range(NUMBER):
        name = NAMES[number] if number < len(NAMES) else f"Town {number:03d}"
        community = fund.community(name, population=number * 100 if number % 3 else None)
        election = None if number % 4 == 0 else date(2020 + number % 5, 11, 3)
        published = datetime(2026, 1, 1, microsecond=number % 7 * 1_000, tzinfo=UTC)
        campaign = fund.campaign(community, election_on=election, published_at=published)
        if number % 5 == 0:
            fund.measure(campaign, election_on=election, election_on_precision="DAY" if election else None)
        for at in range(number % 3):
            submitted = datetime(2026, 2, 1 + number % 5, microsecond=at * 10, tzinfo=UTC) if number % 4 else None
            fund.grant(campaign, 100_00 + number, 50_00, submitted_at=submitted)
    await fund.save(database)


async def under_way(database: Database) -> int:
    """How many transactions of pulls the database has open; on SQLite, whether any reader holds its log back."""
    if database.dialect is Dialect.POSTGRESQL:
        statement = (
            "SELECT count(*) FROM pg_stat_activity WHERE application_name = :name AND datname = current_database()"
        )
        async with database.reading() as connection:
            return int((await connection.execute(sa.text(statement), {"name": NAME})).scalar_one())
    async with database.reading() as connection:
        await connection.exec_driver_sql("PRAGMA busy_timeout = 0")
        return int((await connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")).scalar_one())


async def ended(database: Database) -> None:
    """Wait until no pull has a transaction."""
    async with asyncio.timeout(10):
        while await under_way(database):  # noqa: ASYNC110  # no database tells when a transaction ends
            await asyncio.sleep(0.01)


class Puller:
    """A client who pulls, takes so many parts at once, and more when it is let; it may leave."""

    def __init__(self, app: Application, document: str, accept: str = "application/jsonl", takes: int = 10**6) -> None:
        self.sent: list[Message] = []
        self.taken = asyncio.Semaphore(takes)
        self._body: bytes | None = orjson.dumps({"query": document})
        self._left = asyncio.Event()
        headers = [(b"content-type", b"application/json"), (b"accept", accept.encode())]
        scope: Scope = {"type": "http", "method": "POST", "path": "/graphql", "query_string": b"", "headers": headers}
        scope.update(client=("192.0.2.7", 1), extensions={ABORT: self._cut, CLOSE: self._cut})
        self.cut = False
        self.task = asyncio.create_task(app(scope, self._receive, self._send))

    @property
    def parts(self) -> list[bytes]:
        """The parts of the body so far."""
        return [message["body"] for message in self.sent if message["type"] == "http.response.body"]

    @property
    def is_whole(self) -> bool:
        """Whether the answer came to its end."""
        return bool(self.sent) and self.sent[-1].get("more_body") is False

    async def begun(self, parts: int = 1) -> None:
        """Wait for so many parts."""
        async with asyncio.timeout(20):
            while len(self.parts) < parts:  # noqa: ASYNC110  # nobody sets an event for tests
                await asyncio.sleep(0.005)

    async def leave(self) -> None:
        """Go away, and wait until the application noticed."""
        self._left.set()
        await asyncio.wait_for(self.task, 20)

    def _cut(self) -> None:
        self.cut = True
        self._left.set()

    async def _receive(self) -> Message:
        if self._body is not None:
            body, self._body = self._body, None
            return {"type": "http.request", "body": body, "more_body": False}
        await self._left.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Message) -> None:
        await self.taken.acquire()
        self.sent.append(message)
