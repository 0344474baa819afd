"""Fixtures of the house: real databases, both of them."""

import signal
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from fund_api import cli, loading
from fund_api.core.database import Database, Dialect
from fund_api.core.importing import Silence
from tests.asking import Asker, asking
from tests.commands import Run
from tests.databases import Databases, new_folder

settings.register_profile("house", deadline=None, derandomize=True)  # the same run twice says the same
settings.load_profile("house")

LOADED_AT = datetime(2026, 1, 1, tzinfo=UTC)
"""When the reference data of the tests was loaded."""


async def load_reference(database: Database) -> None:
    await loading.load_reference(database, Silence(), LOADED_AT)


_FOLDER = pytest.StashKey[Path]()


def pytest_configure(config: pytest.Config) -> None:
    """Workers of xdist share the folder that the controller made.

    A shell keeps Ctrl-C from what it runs in the background, and so from the servers that the tests interrupt.
    """
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    given = getattr(config, "workerinput", {}).get("folder")
    config.stash[_FOLDER] = Path(given) if given else new_folder()


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Any: xdist does not export the type of its nodes."""
    node.workerinput["folder"] = str(node.config.stash[_FOLDER])


def pytest_unconfigure(config: pytest.Config) -> None:
    """Also after failures and interrupts; workers are gone by now."""
    if not hasattr(config, "workerinput"):
        Databases(config.stash[_FOLDER]).remove()


@pytest.fixture(scope="session")
def databases(pytestconfig: pytest.Config) -> Databases:
    """Databases of any kind, for tests that need more than one."""
    return Databases(pytestconfig.stash[_FOLDER])


@pytest.fixture(params=list(Dialect), ids=str)
async def database(databases: Databases, request: pytest.FixtureRequest) -> AsyncIterator[Database]:
    """A database with our tables and no rows, on each of the two; the test may do with it what it likes."""
    async with databases.migrated(request.param) as database:
        yield database


@pytest.fixture
async def postgres(databases: Databases) -> AsyncIterator[Database]:
    """A PostgreSQL database with our tables and no rows, for what happens where writers run side by side."""
    async with databases.migrated(Dialect.POSTGRESQL) as database:
        yield database


@pytest.fixture(params=list(Dialect), ids=str)
async def empty(databases: Databases, request: pytest.FixtureRequest) -> AsyncIterator[Database]:
    """A database without tables, on each of the two."""
    async with databases.empty(request.param) as database:
        yield database


@pytest.fixture
async def empty_sqlite(databases: Databases) -> AsyncIterator[Database]:
    """An SQLite database without tables."""
    async with databases.empty(Dialect.SQLITE) as database:
        yield database


@pytest.fixture
async def empty_postgres(databases: Databases) -> AsyncIterator[Database]:
    """A PostgreSQL database without tables."""
    async with databases.empty(Dialect.POSTGRESQL) as database:
        yield database


@pytest.fixture(scope="session", params=list(Dialect), ids=str)
async def loaded(databases: Databases, request: pytest.FixtureRequest) -> AsyncIterator[Database]:
    """A database with the packaged reference data, on each of the two; shared by the whole run, so only to read."""

    async with databases.filled(request.param, "reference", load_reference) as database:
        yield database


@pytest.fixture(scope="session")
async def ask(loaded: Database) -> AsyncIterator[Asker]:
    """Asks an engine on the reference data."""
    async with asking(loaded) as asker:
        asker.engine.services = {"database": loaded}
        yield asker


@pytest.fixture(scope="session")
async def both(databases: Databases) -> AsyncIterator[list[Asker]]:
    """Asks engines on the reference data in each of the two databases."""
    async with AsyncExitStack() as stack:
        found = []
        for dialect in Dialect:
            database = await stack.enter_async_context(databases.filled(dialect, "reference", load_reference))
            found.append(await stack.enter_async_context(asking(database)))
        yield found


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run `fund-api` with these words on a database of its own: the exit status, what it said, what it complained of."""
    monkeypatch.setenv("FUND_DATABASE_URL", f"sqlite:///{tmp_path / 'fund.db'}")

    def run(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["fund-api", *words])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        said = capsys.readouterr()
        return int(ended.value.code or 0), said.out, said.err

    return run
