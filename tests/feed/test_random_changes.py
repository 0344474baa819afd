"""Whatever happens, what a client had with the changes applied is what it would pull now: on random worlds, with random
writes between and during the pages, for several viewers whose rights come and go, while the clock goes on.

FUND_FEED_RUNS says how many runs there are on each database (2), FUND_FEED_SEED from which seed (1).
"""

import os
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import sqlalchemy as sa

from fund_api.core import clock
from fund_api.core.access import PUBLIC
from fund_api.core.database import Database
from fund_api.graph.run import reader
from fund_api.people.viewers import viewer_of
from tests.asking import CATALOGUE
from tests.feed.chaos import TIMES, Chaos
from tests.feed.client import TYPES, Client, engine
from tests.rows import fetch

RUNS = int(os.environ.get("FUND_FEED_RUNS", "2"))
SEED = int(os.environ.get("FUND_FEED_SEED", "1"))


class Time:
    """What the clock says."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = TIMES[0]
        monkeypatch.setattr(clock, "now", lambda: self.now)


async def again(chaos: Chaos, client: Client, name: str) -> None:
    """The viewer with the rights that they have by now."""
    if name:
        async with chaos.database.reading() as connection:
            client.viewer = await viewer_of(connection, chaos.people[name])


async def there(chaos: Chaos) -> set[str]:
    """The ids of all rows that there are."""
    found: set[str] = set()
    for name in TYPES:
        own = CATALOGUE.entities[name].table
        found |= {row[0] for row in await fetch(chaos.database, sa.select(own.c.id))}
    return found


@asynccontextmanager
async def clients(chaos: Chaos) -> AsyncIterator[dict[str, Client]]:
    reads = reader(chaos.database, 4)
    try:
        own = engine(chaos.database, reads)
        yield {name: Client(own, PUBLIC) for name in ("", *chaos.people)}
    finally:
        await reads.close()


@pytest.mark.parametrize("run", range(RUNS))
async def test_old_pull_with_its_changes_is_the_new_pull(
    database: Database, monkeypatch: pytest.MonkeyPatch, run: int
) -> None:
    time = Time(monkeypatch)
    chaos = Chaos(database, f"feed {SEED + run}")
    rng = random.Random(f"pages {SEED + run}")
    await chaos.begin()
    async with clients(chaos) as following:
        for now in TIMES:
            time.now = now
            for name, client in following.items():
                await again(chaos, client, name)
                more = client.cursor is not None
                while more:  # writes while it goes through the pages
                    _, more = await client.page(rng.randint(1, 40))
                    if rng.random() < 0.5:
                        await chaos.step()
                        await again(chaos, client, name)
            for name, client in following.items():
                await again(chaos, client, name)
                await client.follow(rng.choice((7, 100)))
                assert client.rows == await client.pull(sorted(await there(chaos))), (name, now)
            present = await there(chaos)
            for _ in range(12):
                await chaos.step()
            for _ in range(3):
                await chaos.mischief()
            later = await there(chaos)
            for name, client in following.items():
                await again(chaos, client, name)
                for change in await client.follow(rng.choice((3, 100))):
                    here = {"CREATED": change["id"] not in present, "DELETED": change["id"] not in later}
                    here |= {"GAINED": change["id"] in present, "LOST": change["id"] in later}
                    assert here.get(change["kind"], True), change
                assert client.rows == await client.pull(sorted(await there(chaos))), (name, now)
            for _ in range(4):
                await chaos.step()
