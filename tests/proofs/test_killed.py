"""The server is killed at any moment, again and again, under load: nothing is lost, doubled, or done by half.

FUND_PROOF_SEED says when it is killed (1; `make proofs` takes a new one and prints it), FUND_PROOF_KILLS how often on
each database (25).
"""

import asyncio
import os
import time
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from random import Random
from typing import TypeVar

import httpx
import pytest
import sqlalchemy as sa

from fund_api.core.database import Database
from tests.granting import Fund
from tests.proofs.clients import Client, Ledger
from tests.proofs.moments import next_commit
from tests.proofs.server import Program, Server
from tests.rows import fetch, table

SEED = int(os.environ.get("FUND_PROOF_SEED", "1"))
KILLS = int(os.environ.get("FUND_PROOF_KILLS", "25"))
CLIENTS = 8
LONGEST = 900.0
"""Seconds for all kills of one database: five times what they take on two cores."""
T = TypeVar("T")
ADA = "ada@example.org"
pytestmark = pytest.mark.proof


@dataclass
class Run:
    """A server with clients that write, on one database."""

    database: Database
    program: Program
    server: Server
    campaign: str
    token: str
    ledger: Ledger
    committed: int = 0
    """Requests that were done when the server was killed, and not answered yet."""

    def client(self, number: int) -> Client:
        return Client(number, self.server, self.token, self.campaign, self.ledger, SEED)


@pytest.fixture
async def run(database: Database, tmp_path: Path) -> AsyncIterator[Run]:
    """A fund with one campaign, and somebody who may write of it."""
    fund = Fund()
    campaign = fund.campaign(fund.community("Saratoga Springs"), summary="0")
    await fund.save(database)
    await database.close()  # a connection of ours would outlive the server, and repair what its death left
    program = Program(tmp_path, database.url.render_as_string(hide_password=False))
    status, _ = await program.run("person", "add", "--name", "Ada", "--email", ADA, "--role", "grants_officer")
    assert status == 0
    status, token = await program.run("token", "create", "--person", ADA)
    assert status == 0
    server = Server(program)
    await server.start()
    found = Run(database, program, server, campaign, token, Ledger())
    yield found
    await server.stop()


async def test_however_often_the_server_is_killed_every_request_is_done_once_and_whole(run: Run) -> None:
    started = time.monotonic()
    try:
        async with asyncio.timeout(LONGEST):
            await killed_under_load(run)
            await the_log_verifies(run)
            await each_request_had_one_effect(run)
            await nothing_was_done_by_half(run)
            await no_update_was_lost(run)
            await asked_again_each_request_is_answered_as_it_was(run)
    except BaseException:
        print_what_happened(run)
        raise
    ledger, seconds = run.ledger, time.monotonic() - started
    print(  # noqa: T201  # what a proof says of itself
        f"{run.database.dialect}, seed {SEED}: {KILLS} kills, {len(ledger.answers)} requests done,"
        f" {len(ledger.conflicts)} refused by version, {len(ledger.lost)} with a lost answer,"
        f" of which {run.committed} were committed; {seconds:.0f} seconds"
    )
    assert len(ledger.lost) >= KILLS  # or the server was idle when it was killed, and this proves nothing


def print_what_happened(run: Run) -> None:
    """What it takes to look into a failure."""
    for title, keys in (("not answered", run.ledger.waiting), ("answer lost", run.ledger.lost)):
        print(f"{run.database.dialect}, seed {SEED}, {title}: {', '.join(sorted(keys)) or 'none'}")  # noqa: T201  # for who looks into a failure
    print("The server's last words:", *run.server.printed[-50:], sep="\n")  # noqa: T201  # for who looks into a failure


async def killed_under_load(run: Run) -> None:
    """Kill the server and start it again, while clients write."""
    random, over = Random(SEED), asyncio.Event()
    async with asyncio.TaskGroup() as clients:
        for number in range(CLIENTS):
            clients.create_task(run.client(number).work(over))
        for _ in range(KILLS):
            await run.ledger.grown(by=random.randint(1, 30))
            later = partial(time.sleep, random.uniform(0, 0.05))  # any moment of a request
            await run.server.kill(random.choice((later, next_commit(run.database))))
            run.committed += len(run.ledger.waiting & set(await requests_in_the_log(run)))
            await run.server.start()
        await run.ledger.grown(by=CLIENTS)
        over.set()
    assert run.ledger.waiting == set()


async def the_log_verifies(run: Run) -> None:
    """By the command, and by its numbers."""
    status, said = await run.program.run("audit")
    event = table("event")
    numbers = [number for (number,) in await fetch(run.database, sa.select(event.c.number).order_by(event.c.number))]

    assert (status, said.split(" events")[0]) == (0, f"{len(numbers):,}")
    assert numbers == list(range(1, len(numbers) + 1))


async def each_request_had_one_effect(run: Run) -> None:
    """One event and one kept answer for each request that was done, and none for those that were refused."""
    done = Counter(dict.fromkeys(run.ledger.answers, 1))
    kept = [key for (key,) in await fetch(run.database, sa.select(table("idempotency_key").c.key))]

    assert differing(done, Counter(await requests_in_the_log(run))) == {}
    assert differing(done, Counter(kept)) == {}


async def nothing_was_done_by_half(run: Run) -> None:
    """Each row has its request, its answer and its event, and the reverse."""
    event = table("event")
    for name, rows, words, action in (
        ("addMilestone", table("milestone"), "note", "milestone.added"),
        ("logSupport", table("support_engagement"), "description", "support_engagement.logged"),
    ):
        stored = await fetch(run.database, sa.select(rows.c[words], rows.c.id))
        told = await fetch(
            run.database, sa.select(event.c.request_id, event.c.entity_id).where(event.c.action == action)
        )
        answered = Counter(run.ledger.done(name).items())
        assert answered.total() > 0
        assert differing(answered, Counter(stored)) == {}
        assert differing(answered, Counter(told)) == {}


async def no_update_was_lost(run: Run) -> None:
    """The counter that clients read, raised and wrote stands where they brought it."""
    campaign = table("campaign")
    [(summary, version)] = await fetch(run.database, sa.select(campaign.c.summary, campaign.c.version))
    done = len(run.ledger.done("updateCampaign"))

    assert done > 0
    assert (int(summary), version) == (done, done + 1)


async def asked_again_each_request_is_answered_as_it_was(run: Run) -> None:
    """Every request once more, with its key: the same answers, and nothing is done."""
    requests = iter(list(run.ledger.requests.values()))
    first, before = dict(run.ledger.answers), await requests_in_the_log(run)

    async def ask(client: Client) -> None:
        async with httpx.AsyncClient(timeout=LONGEST) as http:
            for request in requests:
                await client.ask(http, request)

    async with asyncio.TaskGroup() as clients:
        for number in range(CLIENTS):
            clients.create_task(ask(run.client(number)))

    again = run.ledger.answers
    assert {key: (first[key], again[key]) for key in first if first[key] != again[key]} == {}
    assert await requests_in_the_log(run) == before


async def requests_in_the_log(run: Run) -> list[str]:
    """The ids of the requests whose events are written; ours are their keys."""
    event = table("event")
    by_request = sa.select(event.c.request_id).where(event.c.request_id.is_not(None)).order_by(event.c.number)
    return [request_id for (request_id,) in await fetch(run.database, by_request)]


def differing(expected: "Counter[T]", found: "Counter[T]") -> dict[T, tuple[int, int]]:
    """What is there more or less often than expected: how often it should be, and is."""
    both = expected.keys() | found.keys()
    odd = {each: (expected[each], found[each]) for each in both if expected[each] != found[each]}
    for each, (wanted, there) in odd.items():
        print(f"{each}: {there} instead of {wanted}")  # noqa: T201  # all of them: pytest shows the first few
    return odd
