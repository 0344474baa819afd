"""What docs/clients.md and docs/subscriptions.md show for JavaScript, run by Node as it stands on the packaged data."""

import os
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from schema.__main__ import SDL
from tests.clients.conftest import HERE, LONGEST, Place, node
from tests.databases import Databases
from tests.snippets import Snippet, shown, snippets
from tests.test_client_snippets import PAGE
from tests.test_subscription_snippets import PAGE as LIVE_PAGE

pytestmark = pytest.mark.proof
FILES = {each.name: each for each in snippets(PAGE, "js", "json")}
PROGRAMS = [FILES["fetch.mjs"], FILES["follow.mjs"], *snippets(LIVE_PAGE, "js")]


@pytest.fixture
async def standard(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Place]:
    """A server with the packaged data, and an administrator's token."""
    async with shown(databases, tmp_path_factory.mktemp("standard")) as (address, token):
        yield Place(address, token)


def write(folder: Path, snippet: Snippet, address: str) -> Path:
    """A snippet as a file of its own, where the packages of npm are found."""
    path = folder / snippet.name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(snippet.at(address), encoding="utf-8")
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where programs are written."""
    (tmp_path / "package.json").write_text('{ "type": "module" }')
    (tmp_path / "node_modules").symlink_to(HERE / "node_modules")
    return tmp_path


@pytest.mark.parametrize("snippet", PROGRAMS, ids=lambda snippet: snippet.name)
def test_a_program_prints_what_the_page_says(standard: Place, folder: Path, snippet: Snippet) -> None:
    program = write(folder, snippet, standard.address)

    environment = os.environ | {"FUND_TOKEN": standard.token}
    done = subprocess.run(
        ["node", str(program)], env=environment, capture_output=True, text=True, timeout=LONGEST, check=False
    )

    assert (done.stdout, done.stderr) == (snippet.printed, "")


async def test_relay_prints_what_the_page_says(standard: Place, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FUND_TOKEN", standard.token)
    for snippet in FILES.values():
        write(folder, snippet, standard.address)
    (folder / "schema.graphql").write_bytes(SDL.read_bytes())

    said = await node("page.mjs", standard, folder)

    assert said == (FILES["src/main.js"].printed or "").splitlines()
    assert (folder / "src" / "__generated__" / "CommunitiesPageQuery.graphql.js").is_file()
