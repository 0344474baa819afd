"""Opening resources over HTTP: who is led where, and which of it is counted."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from fund_api import ticking
from fund_api.app import create_app
from fund_api.core import clock
from fund_api.core.access import SYSTEM
from fund_api.core.database import Database
from fund_api.core.settings import Settings
from fund_api.core.writing import writing
from fund_api.library import views
from fund_api.library.tables import Resource, Revision
from fund_api.people import tokens
from fund_api.people.roles import Role
from fund_api.people.tables import FUND, Person, RoleAssignment
from tests.attaching import UNKNOWN, error
from tests.rights.rows import Rows
from tests.rows import fetch, table

BROWSER = {"user-agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"}
URL = "https://example.org/guide?part=1&lang=en"


@dataclass
class Library:
    """A database with one resource of each access, and the tokens of some people."""

    database: Database
    resources: dict[str, str] = field(default_factory=dict)
    people: dict[str, dict[str, str]] = field(default_factory=dict)

    async def add(self, slug: str, **values: Any) -> str:
        """A resource that is live; Any: values of its revision."""
        rows = Rows()
        resource = rows.add(Resource, slug=slug)
        live = {"live_from": clock.now() - timedelta(days=1), "live_until": None, "access": "PUBLIC", "url": URL}
        rows.add(Revision, **{"id": resource, "slug": slug, "title": slug.capitalize(), "views": 0} | live | values)
        await rows.save(self.database)
        return resource

    async def sign_up(self, name: str, role: Role) -> None:
        async with writing(self.database, SYSTEM, clock.now()) as tx:
            named = {"name": name, "email": f"{name}@example.org", "email_folded": f"{name}@example.org"}
            person = await tx.add(Person, "added", named | {"active": True})
            await tx.add(RoleAssignment, "granted", {"person_id": person, "role": role, "scope": FUND})
            _, token = await tokens.create_token(tx, person, "x")
            self.people[name] = BROWSER | {"authorization": f"Bearer {token}"}

    async def counted(self) -> int:
        [(found,)] = await fetch(self.database, sa.select(sa.func.sum(table("resource_view").c.views)))
        return int(found or 0)


@pytest.fixture
async def library(database: Database) -> Library:
    return Library(database)


@pytest.fixture
async def client(library: Library) -> AsyncIterator[httpx.AsyncClient]:
    async with opened(library) as client:
        yield client


def opened(library: Library) -> Any:  # Any: an async context
    return _Opened(library)


@dataclass
class _Opened:
    """The application while it lives, and a client of it; what it counted is written at its end."""

    library: Library

    async def __aenter__(self) -> httpx.AsyncClient:
        address = self.library.database.url.render_as_string(hide_password=False)
        app = create_app(Settings(database_url=address))
        self.lifespan = app.router.lifespan_context(app)
        await self.lifespan.__aenter__()
        self.client = httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://fund.test")
        return self.client

    async def __aexit__(self, *_: object) -> None:
        await self.client.aclose()
        await self.lifespan.__aexit__(None, None, None)


async def test_a_resource_leads_to_its_address_by_its_id_and_its_slug(
    client: httpx.AsyncClient, library: Library
) -> None:
    guide = await library.add("guide")

    for name in (guide, "guide"):
        found = await client.get(f"/r/{name}", headers=BROWSER)
        assert found.status_code == 302
        assert {key: found.headers[key] for key in ("location", "cache-control", "referrer-policy")} == {
            "location": URL,
            "cache-control": "no-store",
            "referrer-policy": "no-referrer",
        }


async def test_what_is_not_live_or_has_no_address_is_not_there(client: httpx.AsyncClient, library: Library) -> None:
    now = clock.now()
    await library.add("draft", live_from=None)
    await library.add("coming", live_from=now + timedelta(hours=1))
    await library.add("gone", live_until=now - timedelta(hours=1))
    await library.add("nowhere", url=None, link_kind=None)
    await library.add("script", url="javascript:alert(1)")
    await library.add("file", url="file:///etc/passwd")

    for name in ("draft", "coming", "gone", "unknown", f"res_{UNKNOWN}", "%00", "x" * 500):
        assert error(await client.get(f"/r/{name}", headers=BROWSER)) == (
            404,
            "NOT_FOUND",
            "There is no such resource.",
        )
    for name in ("nowhere", "script", "file"):
        assert error(await client.get(f"/r/{name}", headers=BROWSER)) == (
            404,
            "NOT_FOUND",
            f"{name.capitalize()} has no address here.",
        )


async def test_readers_are_led_to_what_they_may_read_and_told_what_the_rest_needs(
    client: httpx.AsyncClient, library: Library
) -> None:
    await library.add("handbook", access="MEMBER")
    await library.add("minutes", access="STAFF")
    await library.sign_up("member", Role.MEMBER)
    await library.sign_up("editor", Role.EDITOR)
    seen = {
        (who, name): await client.get(f"/r/{name}", headers=headers)
        for who, headers in {"nobody": BROWSER, **library.people}.items()
        for name in ("handbook", "minutes")
    }

    assert {key: found.status_code for key, found in seen.items()} == {
        ("nobody", "handbook"): 403,
        ("nobody", "minutes"): 403,
        ("member", "handbook"): 302,
        ("member", "minutes"): 403,
        ("editor", "handbook"): 302,
        ("editor", "minutes"): 302,
    }
    assert error(seen["nobody", "handbook"])[1:] == (
        "NOT_ALLOWED",
        "Handbook is for members: sign in as one of them.",
    )
    assert error(seen["member", "minutes"])[1:] == (
        "NOT_ALLOWED",
        "Minutes is for the fund's staff: sign in as one of them.",
    )
    wrong = await client.get("/r/handbook", headers=BROWSER | {"authorization": "Bearer wrong"})
    assert (wrong.status_code, wrong.headers["www-authenticate"]) == (401, "Bearer")


NO_READERS = [
    {"user-agent": "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"},
    {"user-agent": "Mozilla/5.0 (compatible; AhrefsBot/7.0; +http://ahrefs.com/robot/)"},
    {"user-agent": "facebookexternalhit/1.1"},
    {"user-agent": "Slackbot-LinkExpanding 1.0"},
    {"user-agent": "WhatsApp/2.23.20.0"},
    {"user-agent": "curl/8.5.0"},
    {"user-agent": "python-requests/2.32.0"},
    {"user-agent": "Mozilla/5.0 (X11; Linux x86_64) HeadlessChrome/120.0.0.0 Safari/537.36"},
    {"user-agent": "Mozilla/5.0 (compatible; Baiduspider/2.0)"},
    {"user-agent": ""},
    BROWSER | {"sec-purpose": "prefetch;prerender"},
    BROWSER | {"purpose": "prefetch"},
]
READERS = [
    BROWSER,
    {"user-agent": "Mozilla/5.0 (Linux; Android 12; CUBOT X50) AppleWebKit/537.36 Chrome/120.0 Mobile Safari/537.36"},
    {"user-agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile/15E148 Safari/604.1"},
]


async def test_readers_are_counted_when_the_server_stops_and_nobody_else_is(library: Library) -> None:
    guide = await library.add("guide")
    await library.add("handbook", access="MEMBER")

    async with opened(library) as client:
        for headers in NO_READERS:
            assert (await client.get("/r/guide", headers=headers)).status_code == 302
        assert (await client.head("/r/guide", headers=BROWSER)).status_code == 302
        assert (await client.get("/r/handbook", headers=BROWSER)).status_code == 403
        for headers in READERS * 2:
            await client.get("/r/guide", headers=headers)
            await client.get("/r/guide", headers=headers | {"x-forwarded-for": "192.0.2.9"})  # no proxy that is trusted
            await client.get(f"/r/{guide}", headers=headers)
        assert await library.counted() == 0

    found = table("resource_view").c
    query = sa.select(found.resource_id, found.day, found.views)
    assert await fetch(library.database, query) == [(guide, clock.now().date(), len(READERS))]


async def test_views_are_written_while_the_server_runs(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    await library.add("guide")
    monkeypatch.setattr(ticking, "EVERY", 0.5)

    async with opened(library) as client:
        await client.get("/r/guide", headers=BROWSER)
        async with asyncio.timeout(30):
            while await library.counted() == 0:
                pass

    assert await library.counted() == 1


async def test_many_views_are_written_at_once(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "MANY", 2)
    for name in ("guide", "map"):
        await library.add(name)

    async with opened(library) as client:
        await client.get("/r/guide", headers=BROWSER)
        assert await library.counted() == 0
        await client.get("/r/map", headers=BROWSER)
        assert await library.counted() == 2


async def test_what_can_not_be_written_now_is_written_with_the_next(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    await library.add("guide")

    async def fails(*_: object) -> None:
        raise OSError("the database is gone")

    async with opened(library) as client:
        with monkeypatch.context() as patched:
            patched.setattr(views, "MANY", 1)
            patched.setattr(views, "_write", fails)
            assert (await client.get("/r/guide", headers=BROWSER)).status_code == 302

    assert await library.counted() == 1
