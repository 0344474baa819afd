"""GraphiQL for browsers: a page at /graphql, where everybody else asks questions, and its files at /graphiql."""

from dataclasses import dataclass
from functools import cached_property
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from fund_api.answering import answering
from fund_api.core import clock
from fund_api.core.errors import NotFound
from fund_api.core.installation import Installed
from fund_api.edge.media import prefers_html
from fund_api.graphiql import rendering
from fund_api.graphiql.assets import are_installed
from fund_api.graphiql.examples import examples
from fund_api.graphiql.rendering import Page

TYPES = {"js": "text/javascript; charset=utf-8", "css": "text/css; charset=utf-8", "svg": "image/svg+xml"}
KEPT = "public, max-age=31536000, immutable"
ASKED = frozenset({"query", "documentId", "operationName", "variables", "extensions"})
"""What an address has in it that asks a question."""


@dataclass(frozen=True)
class GraphiQLRoutes:
    """The page of an installation and its files."""

    here: Installed

    def routes(self) -> list[Route]:
        """What Starlette is told, but for the page, which has its place in front of it."""
        return [
            Route(f"{rendering.PATH}/examples.json", answering(self.list_examples), methods=["GET"]),
            Route(f"{rendering.PATH}/{{name}}", answering(self.show), methods=["GET"]),
        ]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the page."""
        headers = {"content-security-policy": self.page.policy, "cache-control": "no-cache"}
        response = Response(self.page.html, 200, headers | SAFE, "text/html; charset=utf-8")
        await response(scope, receive, send)

    async def show(self, request: Request) -> Response:
        """A file: 200, or 304 to who has it as it is. Who asks by its tag need not ask again."""
        name = request.path_params["name"]
        try:
            body = rendering.content(name)
        except (KeyError, OSError):
            raise NotFound("There is no such file.") from None
        tag = rendering.tag(body)
        kept = KEPT if request.query_params.get("v") == tag else "no-cache"
        headers = {"etag": f'"{tag}"', "cache-control": kept, **SAFE}
        if tag in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        return Response(body, 200, headers, TYPES[name.rpartition(".")[2]])

    async def list_examples(self, _request: Request) -> Response:
        """The documents to begin with."""
        return JSONResponse(examples(clock.now()), headers={"cache-control": "no-cache"})

    @cached_property
    def page(self) -> Page:
        """The page, made for the first one who wants it."""
        return rendering.page(self.here, are_installed=are_installed())


SAFE = {"cross-origin-resource-policy": "same-origin"}
"""What browsers are told with every file, beside what the border says: pages of others can't load it."""


def is_browsing(scope: Scope) -> bool:
    """Whether a GET of /graphql comes from somebody who wants to read a page: it asks nothing, and likes HTML best."""
    accepts = next((value for name, value in scope["headers"] if name == b"accept"), b"")
    asked = parse_qs(scope["query_string"].decode("latin-1"), keep_blank_values=True)
    return prefers_html(accepts) and asked.keys().isdisjoint(ASKED)
