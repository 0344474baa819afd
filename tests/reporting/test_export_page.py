"""What docs/exporting.md shows, run as it stands, beside a server with the packaged data."""

import os
import re
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from fund_api.core.database import Dialect
from tests.conftest import load_reference
from tests.databases import Databases
from tests.documents import commands
from tests.snippets import snippets
from tests.test_serving import serving

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "exporting.md"
PROGRAMS = {
    "python3": f'#!/bin/sh\nexec {sys.executable} "$@"\n',
    "fund-api": f'#!/bin/sh\nexec {sys.executable} -c "from fund_api.cli import main; main()" "$@"\n',
}
CURSOR = re.compile(r"(?<=--since )[\w.-]{80,}$")


@pytest.fixture
async def address(databases: Databases, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[str]:
    """Where a server is; in its folder the commands and the page's programs are there, and read the same data."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name, script in PROGRAMS.items():
        (folder / name).write_text(script)
        (folder / name).chmod(0o755)
    for program in snippets(PAGE, "python"):
        (tmp_path / program.name).write_text(program.code)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.delenv("FUND_TOKEN", raising=False)
    async with databases.copied(Dialect.SQLITE, "reference", load_reference) as database:
        monkeypatch.setenv("FUND_DATABASE_URL", database.url.render_as_string(hide_password=False))
        with serving(tmp_path, FUND_LOAD="none") as (_, printed):
            yield printed[-1].split()[2].removesuffix("/graphql")


def test_every_command_prints_what_the_page_says(address: str, tmp_path: Path) -> None:
    found = commands(PAGE)
    for command in found:
        words = ["bash", "-c", command.command.replace("http://127.0.0.1:8000", address)]
        done = subprocess.run(
            words, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
        )
        assert [CURSOR.sub("CURSOR", line) for line in done.stdout.splitlines()] == command.output, command.command
    assert len(found) == 18
