"""What docs/pulling.md shows, run as it stands on a server with the packaged data."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from fund_api.reporting.offered import MEDIA
from tests.databases import Databases
from tests.documents import commands
from tests.snippets import HOST, shown
from tests.test_serving import told

PAGE = Path(__file__).parents[2] / "docs" / "pulling.md"


@pytest.fixture(scope="module")
async def address(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    async with shown(databases, tmp_path_factory.mktemp("pulling")) as (address, _):
        yield address


def test_every_command_prints_what_the_page_says(address: str) -> None:
    found = commands(PAGE)

    assert len(found) == 3
    for command in found:
        printed = told(command.command.replace(f"{HOST}/graphql", address))
        assert printed.splitlines() == command.output, command.line


def test_the_page_names_every_form() -> None:
    assert re.findall(r"^\| `(\w+/[\w.]+)` \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE) == [*MEDIA.values()]
