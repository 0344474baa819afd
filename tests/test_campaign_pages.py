"""The pages that change something are followed from their first step to their last, on both databases."""

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import httpx
import pytest
import uvicorn
from anyio.from_thread import start_blocking_portal

from fund_api.app import create_app
from fund_api.core import clock, settings
from fund_api.core.database import Dialect
from fund_api.edge import service
from fund_api.people import signing_in
from fund_api.ticking import tick
from tests.commands import Run
from tests.conftest import load_reference
from tests.databases import Databases
from tests.following import Reader
from tests.pages import follow

DOCS = Path(__file__).parent.parent / "docs"
NOW = datetime(2026, 3, 2, 15, tzinfo=UTC)
"""When the pages are read."""


@pytest.fixture(params=list(Dialect), ids=str)
def reader(
    databases: Databases, run: Run, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[Reader]:
    """Somebody with a terminal, beside a server that runs on the reference data; nobody is known to it yet."""
    monkeypatch.setattr(clock, "now", lambda: NOW)
    monkeypatch.setattr(signing_in, "time", SimpleNamespace(monotonic=lambda: 0.0))
    monkeypatch.setattr(service, "time", SimpleNamespace(monotonic=lambda: 0.0))
    monkeypatch.setattr(uvicorn.Server, "run", lambda *_, **__: None)  # `fund-api serve` prepares, this serves:
    with start_blocking_portal() as portal, ExitStack() as stack:
        copy = databases.copied(request.param, "reference", load_reference)
        database = stack.enter_context(portal.wrap_async_context_manager(copy))
        monkeypatch.setenv("FUND_DATABASE_URL", database.url.render_as_string(hide_password=False))
        monkeypatch.setenv("FUND_PORT", "0")
        monkeypatch.setenv("FUND_FILES", str(tmp_path / "files"))
        given = settings.given()
        app = create_app(given)
        stack.enter_context(portal.wrap_async_context_manager(app.router.lifespan_context(app)))
        client = httpx.AsyncClient(transport=httpx.ASGITransport(app=app))
        stack.enter_context(portal.wrap_async_context_manager(client))
        yield Reader(run, portal, client, minute=partial(tick, database, given))


PAGES = [
    "signing-in.md",
    "running-a-campaign.md",
    "applying-for-a-grant.md",
    "deciding-and-paying.md",
    "careers.md",
    "finding-help.md",
    "printing.md",
    "hiring-a-manager.md",
    "advising.md",
    "calendar.md",
    "editing-the-library.md",
    "trusted-documents.md",
    "limits-per-caller.md",
    "operating-the-edge.md",
]
"""Pages that are followed from their first step, each on a database of its own."""


@pytest.mark.parametrize("page", PAGES)
def test_every_step_of_the_page_answers_what_it_says(reader: Reader, page: str) -> None:
    follow(reader, DOCS / page)
