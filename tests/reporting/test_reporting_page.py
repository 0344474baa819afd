"""What docs/reporting.md shows, run as it stands and in its order, on a server with the packaged data."""

import os
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.databases import Databases
from tests.documents import Command, Query, commands
from tests.pages import WRITES, rewrite
from tests.snippets import HOST, shown, snippets

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "reporting.md"
PROGRAMS = {
    "python3": f'#!/bin/sh\nexec {sys.executable} "$@"\n',
    "fund-api": f'#!/bin/sh\nexec {sys.executable} -c "from fund_api.cli import main; main()" "$@"\n',
}


@pytest.fixture
async def address(databases: Databases, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[str]:
    """Where a server is; in the folder the page's programs are files, and its commands are found."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name, script in PROGRAMS.items():
        (folder / name).write_text(script)
        (folder / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.delenv("FUND_TOKEN", raising=False)
    async with shown(databases, tmp_path) as (graphql, token):
        monkeypatch.setenv("FUND_STAFF", token)
        place = graphql.removesuffix("/graphql")
        for program in snippets(PAGE, "python"):
            (tmp_path / program.name).write_text(program.code.replace(HOST, place))
        yield place


def test_every_command_prints_what_the_page_says(address: str, tmp_path: Path) -> None:
    found = commands(PAGE)
    changed: dict[int, tuple[Query | Command, Any]] = {}
    for command in found:
        status, printed = _run(command.command.replace(HOST, address), tmp_path)
        assert status == 0, printed
        if WRITES:
            changed[command.line] = command, printed
        else:
            assert printed == command.output, command.command
    if WRITES:
        rewrite(PAGE, changed)
    assert len(found) == 14


def test_every_program_of_the_page_is_run() -> None:
    run = {word for command in commands(PAGE) for word in command.command.split() if word.endswith(".py")}

    assert run == {program.name for program in snippets(PAGE, "python")}


def _run(command: str, folder: Path) -> tuple[int, list[str]]:
    done = subprocess.run(
        ["bash", "-c", command], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    return done.returncode, done.stdout.splitlines()
