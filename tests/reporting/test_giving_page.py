"""What docs/360giving.md shows, run as it stands, on a fund that awarded four grants."""

import os
import subprocess
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from fund_api.core.database import Dialect
from tests.databases import Databases
from tests.documents import commands
from tests.granting import Fund

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "360giving.md"
PROGRAM = f'#!/bin/sh\nexec {sys.executable} -c "from fund_api.cli import main; main()" "$@"\n'


def awarded() -> Fund:
    """Two grants to a group that a campaign names, and two to nobody who is named; none is made up."""
    fund = Fund()
    community = fund.community("Ashland", "OH", 20_225)
    named = fund.campaign(community, organization_id=fund.organization("Ashland Forward"))
    decided = datetime(2026, 3, 4, 15, tzinfo=UTC)
    fund.grant(named, 1_500_000, awarded=1_200_050, disbursed=600_000, decided_at=decided)
    fund.grant(named, 500_000, awarded=500_000, decided_at=decided)
    for _ in range(2):
        fund.grant(fund.campaign(community), 300_000, awarded=300_000, decided_at=decided)
    for rows in fund.rows.values():
        for row in rows:
            row["provenance"] = "ENTERED"
    return fund


@pytest.fixture
async def folder(databases: Databases, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Path]:
    """A folder in which the command is there, and reads such a fund."""
    program = tmp_path / "bin" / "fund-api"
    program.parent.mkdir()
    program.write_text(PROGRAM)
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    async with databases.migrated(Dialect.SQLITE) as database:
        await awarded().save(database)
        monkeypatch.setenv("FUND_DATABASE_URL", database.url.render_as_string(hide_password=False))
        yield tmp_path


def test_every_command_prints_what_the_page_says(folder: Path) -> None:
    found = commands(PAGE)
    for command in found:
        words = ["bash", "-c", command.command]
        done = subprocess.run(
            words, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
        )
        assert done.stdout.splitlines() == command.output, command.command
    assert len(found) == 3
