"""A world for pulls, and chunks so small that it has many."""

from collections.abc import AsyncIterator

import pytest

from fund_api.core.database import Database, Dialect
from fund_api.graph import pulls
from tests.databases import Databases
from tests.pulls.pulling import fill


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Seven rows a chunk."""
    monkeypatch.setattr(pulls, "CHUNK", 7)


@pytest.fixture(params=list(Dialect), ids=str)
async def world(databases: Databases, request: pytest.FixtureRequest) -> AsyncIterator[Database]:
    """The world of pulling.py, on each of the two databases; a test may write to it."""
    async with databases.copied(request.param, "pulled", fill) as database:
        yield database
