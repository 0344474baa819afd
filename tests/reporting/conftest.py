"""Worlds to report on."""

from collections.abc import AsyncIterator
from itertools import product

import pytest

from fund_api.core.database import Database, Dialect
from tests.conftest import load_reference
from tests.databases import Databases
from tests.demo.conftest import make

WORLDS = {"reference": load_reference, "demo": make}


@pytest.fixture(scope="session", params=product(Dialect, WORLDS), ids="-".join)
async def world(databases: Databases, request: pytest.FixtureRequest) -> AsyncIterator[Database]:
    """The packaged data, and the demonstration beside it, on each database; shared by the whole run, so only to read."""
    dialect, name = request.param
    async with databases.filled(dialect, name, WORLDS[name]) as database:
        yield database
