"""The first administrator."""

import asyncio

from fund_api.core.access import SYSTEM
from fund_api.core.database import Database
from fund_api.core.writing import writing
from fund_api.people import founding, tokens
from fund_api.people.roles import PERMISSIONS, Role
from fund_api.people.signing_in import SigningIn
from tests.people.somebody import NOW, somebody
from tests.rows import count


async def found(database: Database) -> str | None:
    async with writing(database, SYSTEM, NOW) as tx:
        return await founding.add_first_administrator(tx)


async def test_of_many_starts_at_once_one_makes_an_administrator(database: Database) -> None:
    told = [token for token in await asyncio.gather(*(found(database) for _ in range(4))) if token]

    assert len(told) == await count(database, "person") == await count(database, "api_token") == 1
    assert tokens.read(told[0]) is not None
    signing_in = SigningIn(database)
    viewer = await signing_in.viewer(f"Bearer {told[0]}".encode(), "127.0.0.1")
    await signing_in.close()
    assert viewer.permissions == PERMISSIONS[Role.ADMINISTRATOR]


async def test_none_is_made_when_somebody_is_there(database: Database) -> None:
    await somebody(database, "Ada")

    assert await found(database) is None
    assert await count(database, "person") == 1
