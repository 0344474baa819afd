"""Whatever is written between, and whoever asks: an answer that was kept is the one that would be made now."""

import random
from datetime import timedelta

import orjson
import pytest

from fund_api.core import clock
from fund_api.core.access import PUBLIC, SYSTEM
from fund_api.core.database import Database
from fund_api.core.writing import writing
from fund_api.library.views import Views
from fund_api.people import rules
from fund_api.people.roles import Role
from fund_api.people.tables import FUND
from tests.edge.asking import serving
from tests.edge.test_caching import token_of
from tests.library.editors import NOW, Desk
from tests.people.somebody import own_id, seen, somebody

DOCUMENTS = (
    "{ people { nodes { name tokens { nodes { name } } } } }",
    "{ resources { nodes { title popularity } } }",
    "{ people { nodes { name } } resources { totalCount } }",
    "{ states { nodes { name } } viewer { person { name } } }",
    "{ campaigns { nodes { title } } }",
)
STEPS = 150
MINUTE = timedelta(minutes=1)


class World:
    """Somebody who writes at random, at a time that goes on."""

    def __init__(self, database: Database, seed: int) -> None:
        self.chance = random.Random(seed)
        self.now = NOW
        self.other = Database.at(database.url.render_as_string(hide_password=False))
        self.people: list[str] = []
        self.desk = Desk(self.other)

    async def begin(self) -> None:
        self.people = [own_id(await somebody(self.other, name)) for name in ("Ada", "Bob")]
        await self.desk.create()
        await self.desk.publish()

    async def write(self) -> None:
        """Do something, over connections of another process."""
        match self.chance.randrange(5):
            case 0:
                async with writing(self.other, SYSTEM, self.now) as tx:
                    await rules.add_person(tx, "Eve", f"{self.chance.random()}@example.org")
            case 1:
                async with writing(self.other, SYSTEM, self.now) as tx:
                    role = self.chance.choice(list(Role))
                    await rules.grant_role(tx, self.chance.choice(self.people), role, FUND)
            case 2:
                views = Views()
                views.count(self.desk.resource, [str(self.chance.random())], self.now)
                await views.flush(self.other, self.now)
            case 3:
                self.desk.now = self.now
                await self.desk.save(title=f"Title {self.chance.random()}")
                await self.desk.schedule(self.now + 3 * MINUTE)
            case 4:
                self.now += self.chance.choice((MINUTE, 2 * MINUTE))


@pytest.mark.parametrize("seed", range(2))
async def test_what_was_kept_equals_what_would_be_answered_now(database: Database, seed: int) -> None:
    world = World(database, seed)
    await world.begin()
    chance, spared = world.chance, 0
    had: dict[tuple[int, str], tuple[str, bytes]] = {}
    async with serving(database, caller_rows=10**9) as (app, client):
        engine = app.edge.service.engine
        signed = [*[await token_of(database, each) for each in world.people], {}]
        for _ in range(STEPS):
            if chance.random() < 0.2:
                await world.write()
                continue
            who, document = chance.randrange(3), chance.choice(DOCUMENTS)
            tag, body = had.get((who, document), ("", b""))
            asks = {"if-none-match": tag} if tag and chance.random() < 0.5 else {}
            with clock.at(world.now):
                answer = await client.post("/graphql", json={"query": document}, headers=signed[who] | asks)
                viewer = PUBLIC if who == 2 else await seen(database, world.people[who])
                fresh = await engine.answer(engine.prepare(document, None, {}), viewer)
            spared += answer.status_code == 304
            held = body if answer.status_code == 304 else answer.content
            assert held == orjson.dumps(fresh, option=orjson.OPT_UTC_Z), (document, who)
            had[who, document] = (answer.headers.get("etag", ""), held)
    await world.other.close()

    assert spared > 5
