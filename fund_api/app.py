"""The web application: its routes and what lives as long as it does."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy.exc import SQLAlchemyError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

import schema
from fund_api import migrations
from fund_api.attachment_routes import AttachmentRoutes
from fund_api.calendar_routes import CalendarRoutes
from fund_api.core import clock
from fund_api.core.access import Viewer
from fund_api.core.database import Database
from fund_api.core.files import Files
from fund_api.core.installation import STANDARD, Installed
from fund_api.core.settings import Settings
from fund_api.edge.edges import Edge, edge_of
from fund_api.graph.engine import Engine
from fund_api.graph.run import reader
from fund_api.graphiql_routes import GraphiQLRoutes, is_browsing
from fund_api.library.views import Views
from fund_api.people.signing_in import SigningIn
from fund_api.people.throttle import Throttle
from fund_api.ticking import ticking, writing_views
from fund_api.view_routes import ViewRoutes

if TYPE_CHECKING:
    from fund_api.people.oidc import Provider


class Application(Starlette):
    """Starlette with one path in front: /graphql, which answers its own faults and is the one that has to be fast.

    Starlette's router and middlewares took a tenth of the time of a small request. Browsers get a page there.
    """

    def __init__(self, edge: Edge, page: GraphiQLRoutes, **parts: Any) -> None:  # Any: what Starlette takes
        super().__init__(**parts)
        self.edge = edge
        self.page = page

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let in what may come in, and give every answer the headers that all have."""
        await self.edge.border(self._inside, scope, receive, send)

    async def _inside(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer by the GraphQL endpoint or by a route."""
        if scope["type"] == "http" and scope["path"] == "/graphql":
            is_page = scope["method"] == "GET" and is_browsing(scope)
            await (self.page if is_page else self.edge.graphql)(scope, receive, send)
        elif scope["type"] == "websocket" and scope["path"] == "/graphql":
            await self.edge.websockets(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)


def create_app(settings: Settings, here: Installed = STANDARD) -> Application:
    """The application for a database that is migrated already, and that is for what `here` says."""
    database = Database.at(settings.database_url, settings.operation_timeout)
    unhurried = Database.at(settings.database_url)  # what nobody waits for takes as long as it takes
    reads = reader(database, settings.read_connections)
    catalogue = schema.make_catalogue(settings.fiscal_year_starts)
    offered = services(database, settings.fiscal_year_starts, here)
    engine = Engine(catalogue, reads, settings.plan_cache, settings.cost_limit, database, offered, settings.limits)
    signing_in = SigningIn(database, _provider(settings))
    files = Files(Path(settings.files), settings.file_limit)
    views = Views()

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        await files.sweep(clock.now())
        async with writing_views(unhurried, views), ticking(unhurried, settings):
            yield
        await edge.close()
        await signing_in.close()
        await reads.close()
        await database.close()
        await unhurried.close()

    async def ready(_request: Request) -> JSONResponse:
        return await _ready(database)

    async def sign_in(headers: dict[bytes, bytes], address: str) -> Viewer:
        return await signing_in.viewer(headers.get(b"authorization"), address)

    page = GraphiQLRoutes(here)
    edge = edge_of(settings, engine, database, sign_in, here)
    admit = edge.service.admit
    routes = [
        Route("/healthz", _healthy, methods=["GET"]),
        Route("/readyz", ready, methods=["GET"]),
        *AttachmentRoutes(database, files, sign_in, admit).routes(),
        *ViewRoutes(database, views, sign_in, admit).routes(),
        *CalendarRoutes(database, admit).routes(),
        *page.routes(),
    ]
    return Application(edge, page, routes=routes, lifespan=lifespan)


def services(database: Database, fiscal_year_starts: int = 10, here: Installed = STANDARD) -> dict[str, object]:
    """What resolvers are offered beside the transaction that they write in. The fiscal year starts in this month."""
    offered = {"database": database, "requests": Throttle(), "fiscal_year_starts": fiscal_year_starts}
    return offered | {"installation": here}


def _provider(settings: Settings) -> "Provider | None":
    """The OpenID Connect provider of the settings, if there is one."""
    if settings.oidc_issuer is None or settings.oidc_audience is None:
        return None
    from fund_api.people.oidc import Provider  # noqa: PLC0415  # 15 MB of memory that who has no provider does without

    return Provider(settings.oidc_issuer, settings.oidc_audience)


async def _healthy(_request: Request) -> JSONResponse:
    """The process runs."""
    return JSONResponse({"status": "ok"})


async def _ready(database: Database) -> JSONResponse:
    """The database answers and is at the newest revision; 503 and the reason otherwise."""
    try:
        current = await migrations.is_current(database)
    except (SQLAlchemyError, OSError):
        return JSONResponse({"status": "unavailable", "reason": "the database does not answer"}, status_code=503)
    if not current:
        reason = "the database is not at the newest revision: run `fund-api migrate`"
        return JSONResponse({"status": "unavailable", "reason": reason}, status_code=503)
    return JSONResponse({"status": "ok"})
