"""What docs/subscriptions.md shows for shells and Python, run as it stands on a server with the packaged data.

tests/clients runs what it shows for JavaScript, where Node is needed.
"""

import os
import re
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from fund_api.core.settings import Settings
from fund_api.edge.sockets import Close
from tests.databases import Databases
from tests.documents import commands
from tests.snippets import HOST, shown, snippets
from tests.test_serving import told

PAGE = Path(__file__).parents[1] / "docs" / "subscriptions.md"
PROGRAMS = snippets(PAGE, "python")


@pytest.fixture(scope="module")
async def place(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[tuple[str, str]]:
    """Where the server is, and an administrator's token."""
    async with shown(databases, tmp_path_factory.mktemp("subscriptions")) as place:
        yield place


def test_every_command_prints_what_the_page_says(place: tuple[str, str]) -> None:
    [command] = commands(PAGE)

    printed = told(command.command.replace(f"{HOST}/graphql", place[0]))

    assert [line.rstrip() for line in printed.strip().splitlines()] == command.output


@pytest.mark.parametrize("at", [0, 1])
def test_every_program_in_python_prints_what_the_page_says(place: tuple[str, str], at: int) -> None:
    address, token = place
    program = [sys.executable, "-c", PROGRAMS[at].at(address)]

    done = subprocess.run(program, env=os.environ | {"FUND_TOKEN": token}, capture_output=True, text=True, check=False)

    assert (done.stdout, done.stderr) == (PROGRAMS[at].printed, "")
    assert len(PROGRAMS) == 2


def test_the_page_names_every_code_and_the_limits_as_they_are() -> None:
    text, settings = PAGE.read_text(encoding="utf-8"), Settings()
    codes = {int(code) for code in re.findall(r"^\| (\d{4}) \|", text, re.MULTILINE)}

    assert codes == {*Close, 4401, 4408, 4409, 4429}  # the last ones are Strawberry's
    for said in (
        f"nothing for {settings.live_patience} seconds",
        f"hold {settings.live_connections} live connections",
        f"runs {settings.socket_operations} operations",
    ):
        assert said in text
