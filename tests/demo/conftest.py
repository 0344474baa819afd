"""A demonstration for the tests, made once for the run on each database."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from fund_api.core import clock
from fund_api.core.database import Database, Dialect
from fund_api.core.settings import Settings
from fund_api.demo import making
from tests.databases import Databases

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
"""When the demonstration was made, and is looked at."""


async def make(database: Database) -> None:
    """Make the demonstration as the command does."""
    with clock.at(NOW):
        await making.fill(database, Settings())


@pytest.fixture(scope="session", params=list(Dialect), ids=str)
async def demo(databases: Databases, request: pytest.FixtureRequest) -> AsyncIterator[Database]:
    """The demonstration, shared by the whole run, so only to read."""
    async with databases.filled(request.param, "demo", make) as database:
        yield database


@pytest.fixture(params=list(Dialect), ids=str)
async def own_demo(databases: Databases, request: pytest.FixtureRequest) -> AsyncIterator[Database]:
    """A copy of the demonstration, to work in."""
    async with databases.copied(request.param, "demo", make) as database:
        yield database
