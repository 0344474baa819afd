"""What docs/exporting.md shows, run as it stands, beside a server with the packaged data."""

import os
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from fund_api.core.database import Dialect
from tests.conftest import load_reference
from tests.databases import Databases
from tests.documents import commands
from tests.test_serving import serving

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "exporting.md"
PROGRAM = f'#!/bin/sh\nexec {sys.executable} -c "from fund_api.cli import main; main()" "$@"\n'


@pytest.fixture
async def address(databases: Databases, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[str]:
    """Where a server is; in its folder the command is there, and reads the same data."""
    program = tmp_path / "bin" / "fund-api"
    program.parent.mkdir()
    program.write_text(PROGRAM)
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
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
        assert done.stdout.splitlines() == command.output, command.command
    assert len(found) == 9
