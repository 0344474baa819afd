"""Calendars to subscribe to: /calendar/ and the code of a state, or `all`, with .ics at the end.

They are everybody's: a token shows no more. Clients ask every few minutes or hours, so that most are told by the tag of
what they have that nothing changed, without a calendar being written.
"""

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from fund_api.answering import Admit, answering
from fund_api.careers import calendars
from fund_api.careers.calendars import Edition
from fund_api.core import clock
from fund_api.core.database import Database
from fund_api.core.errors import NotFound

MAX_AGE = timedelta(minutes=15)
"""For how long a client or a proxy need not ask again."""
MOST_KEPT = 60
"""Calendars that are kept as they were last written: as many as there are names."""
SETTLED = timedelta(minutes=1)
"""How old a change is before its time stands for it: times are whole seconds, in which more may be written."""
LONGEST_NAME = 3
"""Letters of a calendar's name: two of a state, or `all`."""


@dataclass(frozen=True, slots=True)
class CalendarRoutes:
    """The endpoint of calendars."""

    database: Database
    admit: Admit
    kept: dict[str, bytes] = field(default_factory=dict)
    """Calendars by their tags, the one written last at the end."""
    writing: asyncio.Lock = field(default_factory=asyncio.Lock)
    """One is written at a time: a full one takes the processor for a second."""

    def routes(self) -> list[Route]:
        """What Starlette is told."""
        return [Route("/calendar/{name}.ics", answering(self.show, self.admit), methods=["GET"])]

    async def show(self, request: Request) -> Response:
        """The calendar: 200, or 304 to who has it as it is."""
        name, now = request.path_params["name"], clock.now()
        async with self.database.snapshot() as connection:
            found = await _edition(connection, name, now)
        if _has(request, found):
            return Response(status_code=304, headers=_headers(found, now))
        body = self.kept.get(found.tag)
        if body is None:
            found, body = await self._written(name, now)
        headers = _headers(found, now)
        file_name = f"fund-{(found.code or calendars.ALL).lower()}.ics"
        headers["content-disposition"] = f'inline; filename="{file_name}"'
        return Response(body, 200, headers, "text/calendar; charset=utf-8")

    async def _written(self, name: str, now: datetime) -> tuple[Edition, bytes]:
        """The calendar as it stands once it is its turn, read and written once however many ask for it.

        The oldest one is kept no longer.
        """
        async with self.writing:
            async with self.database.snapshot() as connection:
                found = await _edition(connection, name, now)
                body = self.kept.get(found.tag)
                rows = await calendars.content(connection, found, now) if body is None else []
            if body is None:
                from fund_api.careers.calendar_entries import calendar_of  # noqa: PLC0415  # 3 MB for who asks for one

                body = self.kept[found.tag] = await asyncio.to_thread(calendar_of, found.title, rows)
            if len(self.kept) > MOST_KEPT:
                del self.kept[next(iter(self.kept))]
            return found, body


async def _edition(connection: AsyncConnection, name: str, now: datetime) -> Edition:
    """The calendar with this name. Raises NotFound."""
    is_name = name.isascii() and name.isalpha() and len(name) <= LONGEST_NAME
    found = await calendars.edition(connection, name, now) if is_name else None
    if found is None:
        raise NotFound("There is no such calendar; its name is the code of a state, such as OH, or all.")
    return found


def _headers(found: Edition, now: datetime) -> dict[str, str]:
    """The tag, and the time of the last change once it is SETTLED."""
    changed_at = _next_second(found.changed_at)
    settled = {"last-modified": format_datetime(changed_at, usegmt=True)} if now - changed_at >= SETTLED else {}
    return {
        "etag": f'W/"{found.tag}"',
        **settled,
        "cache-control": f"public, max-age={int(MAX_AGE.total_seconds())}",
    }


def _next_second(moment: datetime) -> datetime:
    """The first whole second that is not before a moment, in UTC."""
    return (moment.astimezone(UTC) + timedelta(microseconds=999_999)).replace(microsecond=0)


def _has(request: Request, found: Edition) -> bool:
    """Whether a client says that it has this edition: by its tag or, when it names none, by its time (RFC 9110, 13)."""
    tags = request.headers.get("if-none-match")
    if tags is not None:
        return any(tag.strip().removeprefix("W/") in ("*", f'"{found.tag}"') for tag in tags.split(","))
    since = _time(request.headers.get("if-modified-since", ""))
    return since is not None and _next_second(found.changed_at) <= since


def _time(text: str) -> datetime | None:
    try:
        said = parsedate_to_datetime(text)
    except ValueError:
        return None
    return said if said.tzinfo else said.replace(tzinfo=UTC)
