"""Opening a resource: /r/ and its id or slug lead to its address, and readers are counted on the way.

Who may not have the field `url` is not led there either. Robots, HEAD requests, prefetches and repeats within the hour
are led, and not counted.
"""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

import sqlalchemy as sa
import structlog
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from fund_api.answering import Admit, address_of, answering
from fund_api.core import clock
from fund_api.core.access import LookingAs, Viewer
from fund_api.core.database import Database
from fund_api.core.errors import NotAllowed, NotFound
from fund_api.core.writing import Row
from fund_api.edge.requests import SignIn
from fund_api.library import visibility
from fund_api.library.tables import Access
from fund_api.library.views import Views
from fund_api.library.visibility import REVISION
from fund_api.people.throttle import network

LONGEST_NAME = 120
"""Characters of an id or a slug."""
HEADERS = {"cache-control": "no-store", "referrer-policy": "no-referrer"}
ROBOTS = re.compile(
    r"(?<!cu)bot|crawl|spider|slurp|preview|monitor|headless|lighthouse|phantomjs|curl|wget|python-|libwww|httpclient"
    r"|java/|okhttp|go-http|node-fetch|axios|ruby|perl|scrapy|externalhit|embedly|whatsapp|archiver|validator|feed",
    re.IGNORECASE,
)
"""What those call themselves who open pages for no reader. (A Cubot is a telephone.)"""
_WHO = {Access.MEMBER: "members", Access.STAFF: "the fund's staff"}
_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class ViewRoutes:
    """The endpoint of views."""

    database: Database
    views: Views
    sign_in: SignIn
    admit: Admit

    def routes(self) -> list[Route]:
        """What Starlette is told."""
        return [Route("/r/{name}", answering(self.open, self.admit), methods=["GET"])]

    async def open(self, request: Request) -> Response:
        """Lead to the address of what is live now: 302."""
        viewer = await self.sign_in(dict(request.scope["headers"]), address_of(request))
        found = await self._found(request.path_params["name"], viewer)
        if _is_reader(request):
            self.views.count(found["id"], _sender(request), clock.now())
        write = BackgroundTask(self._write) if self.views.are_many else None
        return RedirectResponse(found["url"], 302, HEADERS, write)

    async def _found(self, name: str, viewer: Viewer) -> Row:
        """The id and the address of a live resource. Raises NotFound, and NotAllowed for who may not have it."""
        looking = LookingAs(viewer, clock.now())
        readable = visibility.content(REVISION.c, looking)
        columns = [REVISION.c[each] for each in ("id", "title", "access", "url")]
        query = sa.select(*columns, (sa.true() if readable is None else readable).label("readable"))
        named = sa.or_(REVISION.c.id == name, REVISION.c.slug == name)
        async with self.database.reading() as connection:
            found = None
            if name.isprintable() and len(name) <= LONGEST_NAME:  # what no database takes is no name
                rows = await connection.execute(query.where(named, visibility.live(REVISION.c, looking)))
                found = rows.mappings().first()
        if found is None:
            raise NotFound("There is no such resource.")
        if not found["readable"]:
            raise NotAllowed(f"{found['title']} is for {_WHO[Access(found['access'])]}: sign in as one of them.")
        if not _is_address(found["url"] or ""):
            raise NotFound(f"{found['title']} has no address here.")
        return dict(found)

    async def _write(self) -> None:
        """Write what was counted; what can't be written now is written with the next."""
        try:
            await self.views.flush(self.database, clock.now())
        except Exception:  # noqa: BLE001  # the entry point of a task: the next one tries again
            _log.exception("views could not be written; they are kept for the next time")


def _is_address(url: str) -> bool:
    """Whether a browser can be led there: files may name what is no address at all."""
    try:
        return urlsplit(url).scheme in ("http", "https")
    except ValueError:
        return False


def _is_reader(request: Request) -> bool:
    """Whether somebody opens the resource to read it, as far as the request says."""
    agent = request.headers.get("user-agent", "")
    purpose = " ".join(request.headers.get(name, "") for name in ("sec-purpose", "purpose", "x-moz")).lower()
    return bool(
        request.method == "GET" and agent and not ROBOTS.search(agent) and not re.search("prefetch|preview", purpose)
    )


def _sender(request: Request) -> tuple[str, ...]:
    """What tells one sender from another."""
    return network(address_of(request)), request.headers.get("user-agent", "")
