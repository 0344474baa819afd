"""What docs/caching.md shows, run as it stands on a server with the packaged data."""

import os
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from fund_api.core.database import Dialect
from tests.conftest import load_reference
from tests.databases import Databases
from tests.documents import commands
from tests.snippets import HOST
from tests.test_serving import serving

PAGE = Path(__file__).parents[1] / "docs" / "caching.md"
OURS = f"{sys.executable} -c 'from fund_api.cli import main; main()'"
"""The command fund-api, by the Python of the tests."""


@pytest.fixture
async def place(databases: Databases, tmp_path: Path) -> AsyncIterator[tuple[str, str]]:
    """Where the server is, and the address of its database."""
    async with databases.copied(Dialect.SQLITE, "reference", load_reference) as database:
        address = database.url.render_as_string(hide_password=False)
        with serving(tmp_path, FUND_DATABASE_URL=address, FUND_LOAD="none") as (_, printed):
            yield next(word for word in printed[-1].split() if word.startswith("http")), address


@pytest.mark.skipif(shutil.which("curl") is None, reason="the page shows options of curl's own")
def test_every_command_prints_what_the_page_says(place: tuple[str, str], tmp_path: Path) -> None:
    address, database = place
    found = commands(PAGE)

    for each in found:
        text = each.command.replace(f"{HOST}/graphql", address).replace("fund-api ", f"{OURS} ")
        environment = os.environ | {"FUND_DATABASE_URL": database}
        told = subprocess.run(
            ["bash", "-c", text], cwd=tmp_path, env=environment, capture_output=True, text=True, check=True
        )
        assert told.stdout.splitlines() == each.output, each.command

    assert len(found) == 6
