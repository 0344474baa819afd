"""A server for other people's clients: a demonstration in a process of its own, and a coordinator's token."""

import asyncio
import os
from asyncio.subprocess import PIPE, STDOUT
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from fund_api.core.database import Dialect
from tests.databases import Databases
from tests.demo.conftest import make
from tests.demo.test_tour import tokens_in
from tests.proofs.server import Program, Server

HERE = Path(__file__).parent
LONGEST = 300
"""Seconds that a client may take for all that it is asked to do."""


@dataclass(frozen=True)
class Place:
    """Where clients ask, and by whose token."""

    address: str
    token: str


@asynccontextmanager
async def serving_demo(databases: Databases, folder: Path, who: str, **settings: str) -> AsyncIterator[Place]:
    """Serve a demonstration, with the token of one of its people."""
    async with databases.copied(Dialect.SQLITE, "demo", make) as database:
        tokens = await tokens_in(database)
        address = database.url.render_as_string(hide_password=False)
        server = Server(Program(folder, address, **settings))
        await server.start()
        try:
            yield Place(server.address, tokens[who])
        finally:
            await server.stop()


@pytest.fixture(scope="package")
async def place(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Place]:
    """A demonstration, served, with the token of a coordinator."""
    async with serving_demo(databases, tmp_path_factory.mktemp("clients"), "COORDINATOR") as place:
        yield place


async def node(script: str, place: Place, *words: object) -> list[str]:
    """What a script says of what held. It ends with another status than 0 when something did not."""
    command = ["node", str(HERE / script), place.address, place.token, *map(str, words)]
    process = await asyncio.create_subprocess_exec(*command, cwd=HERE, env=os.environ, stdout=PIPE, stderr=STDOUT)
    said, _ = await asyncio.wait_for(process.communicate(), LONGEST)
    assert process.returncode == 0, said.decode()
    return said.decode().splitlines()
