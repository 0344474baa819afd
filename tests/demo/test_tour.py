"""The tour of the demonstration is taken as its page tells it, on one that was made when the page was written."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest
from anyio.from_thread import start_blocking_portal

from fund_api.app import create_app
from fund_api.core import clock
from fund_api.core.access import SYSTEM
from fund_api.core.database import Database, Dialect
from fund_api.core.installation import installed
from fund_api.core.settings import Settings
from fund_api.core.writing import writing
from fund_api.demo.accounts import ACCOUNTS
from fund_api.people import tokens
from fund_api.people_commands import person_id_of
from tests.commands import Run
from tests.databases import Databases
from tests.demo.conftest import NOW, make
from tests.following import Reader
from tests.pages import follow

PAGE = Path(__file__).parents[2] / "docs" / "tour.md"
CALLED = {"GRANTS_OFFICER": "OFFICER", "HIRING_OFFICER": "HIRING"}
"""What the page calls a token, where it is not as its person is called."""


async def tokens_in(database: Database) -> dict[str, str]:
    """Tokens by what the page calls them: of those in the file the tests know the hashes alone."""
    async with writing(database, SYSTEM, NOW) as tx:
        people = {one.key.upper(): await person_id_of(tx, one.email) for one in ACCOUNTS}
        made = {key: await tokens.create_token(tx, person, "Tour") for key, person in people.items()}
    return {CALLED.get(key, key): text for key, (_, text) in made.items()}


@pytest.fixture(params=list(Dialect), ids=str)
def reader(
    databases: Databases, run: Run, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[Reader]:
    """Somebody with the file of tokens, beside the server."""
    with start_blocking_portal() as portal, ExitStack() as stack:
        copy = databases.copied(request.param, "demo", make)
        database = stack.enter_context(portal.wrap_async_context_manager(copy))
        monkeypatch.setattr(clock, "now", lambda: NOW)
        names = portal.call(tokens_in, database)
        address = database.url.render_as_string(hide_password=False)
        given = Settings(database_url=address, files=str(tmp_path / "files"))
        app = create_app(given, portal.call(installed, database))
        stack.enter_context(portal.wrap_async_context_manager(app.router.lifespan_context(app)))
        client = httpx.AsyncClient(transport=httpx.ASGITransport(app=app))
        stack.enter_context(portal.wrap_async_context_manager(client))
        yield Reader(run, portal, client, names)


def test_every_step_of_the_tour_answers_what_it_says(reader: Reader) -> None:
    follow(reader, PAGE)
