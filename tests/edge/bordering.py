"""An application behind its border, as its tests ask it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from fund_api.app import Application, create_app
from fund_api.core.database import Database
from fund_api.core.installation import STANDARD, Installed
from fund_api.core.settings import Settings

APP = "https://app.example.org"
OHIO = '{ state(code: "OH") { name } }'
ASKED = "/graphql?query={__typename}"
PATHS = (ASKED, "/graphql?query={", "/healthz", "/readyz", "/r/nothing", "/attachments/x", "/calendar/all.ics", "/no")
MUTATION = "mutation { __typename }"


def application(database: Database, here: Installed = STANDARD, **settings: Any) -> Application:
    address = database.url.render_as_string(hide_password=False)
    return create_app(Settings(database_url=address, **settings), here)


@asynccontextmanager
async def served(
    database: Database, *, base: str = "http://fund.test", proxies: tuple[str, ...] = (), **settings: Any
) -> AsyncIterator[httpx.AsyncClient]:
    """A client of an application, whose requests come from 127.0.0.1; as `fund-api serve` has it behind proxies."""
    app = application(database, **settings)
    outside: Any = ProxyHeadersMiddleware(app, list(proxies)) if proxies else app  # type: ignore[arg-type]  # of uvicorn's own types
    transport = httpx.ASGITransport(app=outside)
    async with app.router.lifespan_context(app), httpx.AsyncClient(transport=transport, base_url=base) as client:
        yield client


async def refusal(answer: httpx.Response) -> tuple[int, str]:
    [error] = answer.json()["errors"]
    return answer.status_code, error["extensions"]["code"]
