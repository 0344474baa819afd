"""The page of GraphiQL in a headless Chromium: `make proofs` installs it.

FUND_PICTURES names a folder for pictures of the page, to be looked at; without it they are thrown away.
"""

import asyncio
import os
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import uvicorn

from fund_api import graphiql_routes
from fund_api.app import create_app
from fund_api.core.database import Database
from fund_api.core.settings import Settings
from fund_api.graphiql.assets import CDN, FOLDER
from tests.clients.conftest import Place, node, serving_demo
from tests.databases import Databases

pytestmark = pytest.mark.proof


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """Where pictures go."""
    folder = Path(os.environ.get("FUND_PICTURES", tmp_path)).absolute()
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture
async def bare(loaded: Database, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Place]:
    """A server on which GraphiQL is not installed."""
    monkeypatch.setattr(graphiql_routes, "are_installed", lambda: False)
    app = create_app(Settings(database_url=loaded.url.render_as_string(hide_password=False)))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning"))
        serving = asyncio.create_task(server.serve([listener]))
        yield Place(f"http://127.0.0.1:{listener.getsockname()[1]}/graphql", "")
        server.should_exit = True
        await serving


async def test_somebody_asks_signs_in_and_writes_in_graphiql(place: Place, pictures: Path) -> None:
    said = await node("graphiql.mjs", place, pictures)

    assert "ok a mutation is done" in said
    assert said[-1] == "ok nothing went wrong, and nobody else was asked"
    taken = {picture.name: picture.stat().st_size for picture in pictures.glob("*.png")}
    assert len(taken) >= 7 and min(taken.values()) > 10_000, taken


async def test_the_editor_comes_from_a_cdn_where_it_is_not_installed(bare: Place) -> None:
    said = await node("cdn.mjs", bare, FOLDER, CDN)

    assert said == [
        "ok the editor comes from the CDN",
        "ok files that were changed there are not run",
        "ok a page without a network says so",
        "ok without JavaScript there are words",
    ]


@pytest.mark.parametrize(
    ("kept", "settings"),
    [("schema", {"FUND_INTROSPECTION": "off"}), ("documents", {"FUND_DOCUMENTS": "trusted"})],
    ids=["schema", "documents"],
)
async def test_the_page_says_what_a_server_keeps_to_itself(
    databases: Databases, tmp_path: Path, kept: str, settings: dict[str, str]
) -> None:
    async with serving_demo(databases, tmp_path, "ADMINISTRATOR", **settings) as place:
        said = await node("withheld.mjs", place, kept)

    assert len(said) >= 2 and {line[:2] for line in said} == {"ok"}
