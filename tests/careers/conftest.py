"""What every test of programs begins with."""

import pytest

from fund_api.core.database import Database
from tests.careers.office import Office, make_office


@pytest.fixture
async def office(database: Database) -> Office:
    return await make_office(database)
