"""What docs/clients.md shows for shells and Python, run as it stands on a server with the packaged data.

tests/clients runs what it shows for JavaScript, where Node is needed.
"""

import os
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.databases import Databases
from tests.documents import commands
from tests.snippets import HOST, shown, snippets
from tests.test_serving import told

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "clients.md"
PROGRAMS = snippets(PAGE, "python")


@pytest.fixture(scope="module")
async def place(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[tuple[str, str]]:
    """Where the server is, and an administrator's token."""
    async with shown(databases, tmp_path_factory.mktemp("clients")) as place:
        yield place


def test_every_command_prints_what_the_page_says(place: tuple[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    address, token = place
    monkeypatch.setenv("FUND_TOKEN", token)

    for command in commands(PAGE):
        assert told(command.command.replace(f"{HOST}/graphql", address)).splitlines() == command.output


@pytest.mark.parametrize("at", range(len(PROGRAMS)))
def test_every_program_in_python_prints_what_the_page_says(place: tuple[str, str], at: int) -> None:
    address, token = place
    program = [sys.executable, "-c", PROGRAMS[at].at(address)]

    done = subprocess.run(
        program, cwd=ROOT, env=os.environ | {"FUND_TOKEN": token}, capture_output=True, text=True, check=False
    )

    assert (done.stdout, done.stderr) == (PROGRAMS[at].printed, "")


def test_the_page_has_a_program_for_everybody() -> None:
    assert len(PROGRAMS) == 4
    assert len(commands(PAGE)) == 2
    assert [each.name for each in snippets(PAGE, "js", "json")] == [
        "fetch.mjs",
        "relay.config.json",
        "src/environment.js",
        "src/Communities.jsx",
        "src/main.js",
        "follow.mjs",
    ]
