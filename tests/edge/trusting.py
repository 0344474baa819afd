"""Clients of a server that knows documents, and who tells it of them."""

import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import httpx
import sqlalchemy as sa
from sqlalchemy import event

from fund_api.app import Application, create_app
from fund_api.core.access import SYSTEM, Viewer
from fund_api.core.database import Database
from fund_api.core.settings import Documents, Settings
from fund_api.core.writing import Transaction, writing
from fund_api.edge import document_rules
from fund_api.edge.manifests import Listed
from fund_api.people.roles import PERMISSIONS, Role
from schema import manifest
from tests.conftest import LOADED_AT

ROOT = Path(__file__).parents[2]
GRAPHQL = "application/graphql-response+json"
OWN = "query Kind { __typename }\n"
OWN_HASH = hashlib.sha256(OWN.encode()).hexdigest()
CHANGE = "mutation Change { __typename }\n"
WIN_RATES = manifest.named()["WinRates"]
ADMINISTRATOR = Viewer("person_1", PERMISSIONS[Role.ADMINISTRATOR])


def listed(text: str, name: str | None = None) -> Listed:
    return Listed(hashlib.sha256(text.encode()).hexdigest(), text, name)


@asynccontextmanager
async def served(
    database: Database, mode: Documents = Documents.ANY, **settings: Any
) -> AsyncIterator[httpx.AsyncClient]:
    address = database.url.render_as_string(hide_password=False)
    app: Application = create_app(Settings(database_url=address, documents=mode, **settings))
    transport = httpx.ASGITransport(app=app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://fund.test") as client,
    ):
        yield client


async def post(client: httpx.AsyncClient, accept: str = GRAPHQL, **body: Any) -> tuple[int, Any]:
    answer = await client.post("/graphql", json=body, headers={"accept": accept})
    return answer.status_code, answer.json()


async def refused(client: httpx.AsyncClient, accept: str = GRAPHQL, **body: Any) -> tuple[int, str]:
    status, answer = await post(client, accept, **body)
    [error] = answer["errors"]
    assert answer.keys() == {"errors"}
    return status, error["extensions"]["code"]


async def write(database: Database, rule: Callable[[Transaction], Awaitable[int]], viewer: Viewer = SYSTEM) -> int:
    async with writing(database, viewer, LOADED_AT) as tx:
        return await rule(tx)


async def add(database: Database, client: str, *found: Listed, viewer: Viewer = SYSTEM) -> int:
    return await write(database, lambda tx: document_rules.add(tx, client, found), viewer)


@contextmanager
def statements(database: Database) -> Iterator[list[str]]:
    """What is executed on this database's own engine."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        seen.append(statement)

    event.listen(sa.Engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(sa.Engine, "before_cursor_execute", note)
