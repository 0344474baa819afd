"""The pages that change something are followed from their first step to their last, on both databases."""

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import httpx
import pytest
import uvicorn
from anyio.from_thread import start_blocking_portal

from fund_api.app import create_app
from fund_api.core import clock, settings
from fund_api.core.database import Dialect
from fund_api.people import signing_in
from tests.commands import Run
from tests.conftest import load_reference
from tests.databases import Databases
from tests.documents import steps
from tests.following import Reader

DOCS = Path(__file__).parent.parent / "docs"
NOW = datetime(2026, 3, 2, 15, tzinfo=UTC)
"""When the pages are read."""


@pytest.fixture(params=list(Dialect), ids=str)
def reader(
    databases: Databases, run: Run, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Reader]:
    """Somebody with a terminal, beside a server that runs on the reference data; nobody is known to it yet."""
    monkeypatch.setattr(clock, "now", lambda: NOW)
    monkeypatch.setattr(signing_in, "time", SimpleNamespace(monotonic=lambda: 0.0))
    monkeypatch.setattr(uvicorn.Server, "run", lambda *_, **__: None)  # `fund-api serve` prepares, this serves:
    with start_blocking_portal() as portal, ExitStack() as stack:
        copy = databases.copied(request.param, "reference", load_reference)
        database = stack.enter_context(portal.wrap_async_context_manager(copy))
        monkeypatch.setenv("FUND_DATABASE_URL", database.url.render_as_string(hide_password=False))
        monkeypatch.setenv("FUND_PORT", "0")
        app = create_app(settings.given())
        stack.enter_context(portal.wrap_async_context_manager(app.router.lifespan_context(app)))
        client = httpx.AsyncClient(transport=httpx.ASGITransport(app=app))
        stack.enter_context(portal.wrap_async_context_manager(client))
        yield Reader(run, portal, client)


@pytest.mark.parametrize("page", ["signing-in.md", "running-a-campaign.md"])
def test_every_step_of_the_page_answers_what_it_says(reader: Reader, page: str) -> None:
    for step in steps(DOCS / page):
        found, said = reader.follow(step)
        assert found == said, f"{page}:{step.line}"
