"""Attachments over HTTP, since a file is no JSON: they are sent, read and taken away by requests of their own.

Errors have the form of GraphQL's. Of a file nothing is read before its sender is known to be allowed to attach it, and
what they may do is looked at again when the whole of it is here.
"""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from fund_api.answering import Admit, NotSignedIn, TooSlow, address_of, answering
from fund_api.core import clock
from fund_api.core.access import Viewer
from fund_api.core.database import Database
from fund_api.core.errors import NotFound, TooLarge
from fund_api.core.files import Files
from fund_api.core.ids import prefix_of
from fund_api.core.writing import Row, writing
from fund_api.edge.callers import sender_of
from fund_api.edge.requests import SignIn
from fund_api.grants import attachments
from fund_api.grants.attachment_tables import Attachment

PAUSE = 30.0
"""Seconds that may pass between two chunks of a file."""
LONGEST = 900.0
"""Seconds that a whole file may take."""

SIGN_IN = "Only who has signed in attaches files and takes them away: send Authorization: Bearer TOKEN."


@dataclass(frozen=True, slots=True)
class AttachmentRoutes:
    """The endpoints of attachments."""

    database: Database
    files: Files
    sign_in: SignIn
    admit: Admit

    def routes(self) -> list[Route]:
        """What Starlette is told."""
        return [
            Route("/grants/{grant_id}/attachments", answering(self.add, self.admit), methods=["POST"]),
            Route("/attachments/{attachment_id}", answering(self.read, self.admit), methods=["GET"]),
            Route("/attachments/{attachment_id}", answering(self.remove, self.admit), methods=["DELETE"]),
        ]

    async def add(self, request: Request) -> Response:
        """Attach the body: 201, or 200 when the grant has this file already."""
        viewer, grant_id = await self._somebody(request), _named(request, "grant")
        async with writing(self.database, viewer, clock.now()) as tx:
            await attachments.may_attach(tx, grant_id)
        _check_length(request, self.files.limit)
        async with self.files.received(_body(request)) as file:
            viewer = await self._somebody(request)  # as they are by now
            async with writing(self.database, viewer, clock.now(), _request_id(request)) as tx:
                name = request.query_params.get("name", "")
                attachment_id = await attachments.attach(tx, grant_id, name, file.kept)
                row = await tx.row(Attachment, attachment_id)  # theirs by now, whether or not they may read grants
                await self.files.place(file)  # last before the commit: what no row names is not kept
        return JSONResponse(_told(row), 201 if tx.done else 200, {"location": f"/attachments/{attachment_id}"})

    async def read(self, request: Request) -> Response:
        """The file, to be saved and never to be shown inside of a page."""
        viewer, attachment_id = await self._viewer(request), _named(request, "attachment")
        async with self.database.reading() as connection:
            row = await attachments.read(connection, viewer, attachment_id)
        headers = {
            "content-type": row["media_type"],
            "content-length": str(await self.files.size(row["digest"])),
            "content-disposition": f"attachment; filename*=UTF-8''{quote(row['name'], safe='')}",
            "content-security-policy": "default-src 'none'; sandbox",
            "x-content-type-options": "nosniff",
            "cache-control": "private, no-store",
        }
        return StreamingResponse(self.files.stream(row["digest"]), headers=headers)

    async def remove(self, request: Request) -> Response:
        """Take it away: 204."""
        viewer, attachment_id = await self._somebody(request), _named(request, "attachment")
        async with writing(self.database, viewer, clock.now(), _request_id(request)) as tx:
            await attachments.detach(tx, attachment_id)
        return Response(status_code=204)

    async def _viewer(self, request: Request) -> Viewer:
        return await self.sign_in(dict(request.scope["headers"]), address_of(request))

    async def _somebody(self, request: Request) -> Viewer:
        """Who asks. Raises NotSignedIn for the public."""
        viewer = await self._viewer(request)
        if viewer.id is None:
            raise NotSignedIn(SIGN_IN)
        return viewer


def _named(request: Request, what: str) -> str:
    """The id in the path. Raises NotFound for what is no id at all, such as a text that no database takes."""
    given: str = request.path_params[f"{what}_id"]
    if prefix_of(given) is None:
        raise NotFound(f"There is no such {what}.")
    return given


def _check_length(request: Request, limit: int) -> None:
    """Raises TooLarge for a body that says so itself, before any of it is read."""
    given = request.headers.get("content-length", "")
    if given.isdecimal() and int(given[:20]) > limit:
        raise TooLarge(limit)


def _too_slow() -> str:
    return f"A file may pause for {PAUSE:.0f} seconds, and take {LONGEST:.0f} seconds in all."


async def _body(request: Request) -> AsyncIterator[bytes]:
    """The body in chunks. Raises TooSlow when its sender falls silent, or takes too long for all of it."""
    loop = asyncio.get_running_loop()
    chunks, end = request.stream(), loop.time() + LONGEST
    while True:
        try:
            async with asyncio.timeout_at(min(end, loop.time() + PAUSE)):
                chunk = await anext(chunks, None)
        except TimeoutError:
            raise TooSlow(_too_slow()) from None
        if chunk is None:
            return
        yield chunk


def _request_id(request: Request) -> str | None:
    return sender_of(request.scope, dict(request.scope["headers"])).request_id


def _told(row: Row) -> dict[str, Any]:  # Any: what JSON holds
    names = {"id": "id", "name": "name", "media_type": "mediaType", "size": "size", "digest": "digest"}
    return {told: row[name] for name, told in names.items()}
