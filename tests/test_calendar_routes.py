"""Calendars over HTTP: who gets which, and who is told that nothing changed."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

import httpx
import pytest
import sqlalchemy as sa
import uvicorn
from sqlalchemy.ext.asyncio import AsyncConnection

from fund_api import calendar_routes
from fund_api.app import create_app
from fund_api.careers import calendar_entries, calendars
from fund_api.careers.calendar_entries import calendar_of
from fund_api.careers.calendars import Edition
from fund_api.core import clock
from fund_api.core.access import SYSTEM
from fund_api.core.database import Database
from fund_api.core.settings import Settings
from fund_api.core.writing import writing
from fund_api.people import tokens
from fund_api.people.roles import Role
from fund_api.people.tables import FUND, Person, RoleAssignment
from tests.attaching import error
from tests.careers.offers import NOW, Offers, Row
from tests.careers.reading_calendars import read
from tests.rows import table


@dataclass
class Clock:
    """A clock that a test moves."""

    now: datetime = field(default=NOW)


@pytest.fixture(autouse=True)
def watch(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(clock, "now", lambda: made.now)
    return made


@pytest.fixture
async def offers(database: Database) -> Offers:
    """A program with a session in Ohio and one for all, and one that is a draft."""
    it = Offers()
    program, draft = it.program(), it.program("Secret", published_at=None)
    it.session(program, "In Troy", state="OH", mode="IN_PERSON", place="Troy")
    it.session(program, "Online", starts_on=date(2026, 5, 5))
    it.session(draft, "Secret", state="OH", starts_on=date(2026, 5, 6))
    it.state("CA")
    await it.save(database)
    return it


@pytest.fixture
async def client(database: Database, offers: Offers) -> AsyncIterator[httpx.AsyncClient]:
    app = create_app(Settings(database_url=database.url.render_as_string(hide_password=False)))
    transport = httpx.ASGITransport(app=app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://fund.test") as client,
    ):
        yield client


def titles(answer: httpx.Response) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [entry.said("summary") for entry in read(answer.content)]


async def change(database: Database, name: str, **values: object) -> None:
    """Write rows anew, as rules do: their version rises."""
    written = table(name)
    rises = {"version": written.c.version + 1, "updated_at": clock.now()}
    async with database.writing() as connection:
        await connection.execute(sa.update(written).values(rises | values))


async def test_a_calendar_is_a_file_to_subscribe_to(client: httpx.AsyncClient) -> None:
    found = await client.get("/calendar/oh.ics")

    assert titles(found) == ["In Troy", "Online"]
    assert b"\r\nX-WR-CALNAME:Programs and deadlines: Ohio\r\n" in found.content
    assert {name: found.headers[name] for name in ("content-type", "content-disposition", "cache-control")} == {
        "content-type": "text/calendar; charset=utf-8",
        "content-disposition": 'inline; filename="fund-oh.ics"',
        "cache-control": "public, max-age=900",
    }
    assert found.headers["last-modified"] == "Mon, 02 Mar 2026 00:00:00 GMT"


async def test_the_name_is_of_a_state_or_of_all_in_any_case(client: httpx.AsyncClient) -> None:
    found = {name: titles(await client.get(f"/calendar/{name}.ics")) for name in ("OH", "oH", "ca", "all", "ALL")}

    assert found == {
        "OH": ["In Troy", "Online"],
        "oH": ["In Troy", "Online"],
        "ca": ["Online"],
        "all": ["In Troy", "Online"],
        "ALL": ["In Troy", "Online"],
    }


async def test_what_is_no_state_has_no_calendar(client: httpx.AsyncClient) -> None:
    names = ("US", "ZZ", "NY", "ohio", "o", "%00", "%0d%0aX:1", "o%20", "%27--", "..%5coh", "%C5%BFx", "%F0%9F%8E%89")
    for name in (*names, "x" * 5_000):
        assert error(await client.get(f"/calendar/{name}.ics")) == (
            404,
            "NOT_FOUND",
            "There is no such calendar; its name is the code of a state, such as OH, or all.",
        )


async def test_other_addresses_lead_nowhere(client: httpx.AsyncClient) -> None:
    for path in ("/calendar/oh", "/calendar/", "/calendar/.ics", "/calendar/oh/x.ics"):
        assert (await client.get(path)).status_code == 404
    assert (await client.post("/calendar/oh.ics")).status_code == 405


async def test_a_token_shows_no_more(client: httpx.AsyncClient, database: Database) -> None:
    async with writing(database, SYSTEM, NOW) as tx:
        named = {"name": "Ada", "email": "ada@example.org", "email_folded": "ada@example.org", "active": True}
        person = await tx.add(Person, "added", named)
        await tx.add(RoleAssignment, "granted", {"person_id": person, "role": Role.ADMINISTRATOR, "scope": FUND})
        _, token = await tokens.create_token(tx, person, "x")

    for said in (f"Bearer {token}", "Bearer wrong"):
        found = await client.get("/calendar/oh.ics", headers={"authorization": said})
        assert titles(found) == ["In Troy", "Online"]


async def test_who_has_it_as_it_is_hears_so(client: httpx.AsyncClient, database: Database, watch: Clock) -> None:
    first = await client.get("/calendar/oh.ics")
    tag, since = first.headers["etag"], first.headers["last-modified"]
    watch.now += timedelta(hours=2)

    for headers in (
        {"if-none-match": tag},
        {"if-none-match": f'"other", {tag.removeprefix("W/")}'},
        {"if-none-match": "*"},
        {"if-modified-since": since},
        {"if-modified-since": "Tue, 03 Mar 2026 00:00:00 -0000"},
    ):
        again = await client.get("/calendar/oh.ics", headers=headers)
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
        assert again.headers["cache-control"] == "public, max-age=900"
    for headers in (
        {"if-none-match": '"other"'},
        {"if-none-match": '"other"', "if-modified-since": since},
        {"if-modified-since": "Sun, 01 Mar 2026 23:59:59 GMT"},
        {"if-modified-since": "yesterday"},
        {"if-modified-since": "Mon, 99 Foo 2026 00:00:00 GMT"},
    ):
        assert titles(await client.get("/calendar/oh.ics", headers=headers)) == ["In Troy", "Online"]


async def test_who_has_an_older_one_gets_the_new_one(
    client: httpx.AsyncClient, database: Database, watch: Clock
) -> None:
    first = await client.get("/calendar/oh.ics")
    known = [{"if-none-match": first.headers["etag"]}, {"if-modified-since": first.headers["last-modified"]}]

    watch.now += timedelta(hours=1)
    await change(database, "program_session", title="Renamed")
    for headers in known:
        assert titles(await client.get("/calendar/oh.ics", headers=headers)) == ["Renamed", "Renamed"]
    await change(database, "program", published_at=None)
    for headers in known:
        assert titles(await client.get("/calendar/oh.ics", headers=headers)) == []


async def test_two_writes_of_one_second_are_two_editions(
    client: httpx.AsyncClient, database: Database, watch: Clock
) -> None:
    watch.now = NOW + timedelta(milliseconds=200)
    await change(database, "program_session", title="First")
    first = await client.get("/calendar/oh.ics")
    watch.now = NOW + timedelta(milliseconds=700)
    await change(database, "program_session", title="Second")

    assert "last-modified" not in first.headers
    for since in ("Mon, 02 Mar 2026 15:00:00 GMT", "Mon, 02 Mar 2026 14:59:59 GMT"):
        assert titles(await client.get("/calendar/oh.ics", headers={"if-modified-since": since})) == ["Second"] * 2
    watch.now = NOW + timedelta(seconds=61)
    settled = await client.get("/calendar/oh.ics")
    assert settled.headers["last-modified"] == "Mon, 02 Mar 2026 15:00:01 GMT"
    again = await client.get("/calendar/oh.ics", headers={"if-modified-since": settled.headers["last-modified"]})
    assert (again.status_code, again.headers["last-modified"]) == (304, settled.headers["last-modified"])


async def test_a_new_day_is_a_new_edition(client: httpx.AsyncClient, watch: Clock) -> None:
    first = await client.get("/calendar/oh.ics")
    watch.now = datetime(2026, 8, 3, 0, 0, 1, tzinfo=UTC)  # 91 days after the first session

    for name, header in (("if-none-match", "etag"), ("if-modified-since", "last-modified")):
        assert titles(await client.get("/calendar/oh.ics", headers={name: first.headers[header]})) == ["Online"]


async def test_an_edition_is_written_once(
    client: httpx.AsyncClient, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[str] = []

    def writes(title: str, rows: list[Row]) -> bytes:
        written.append(title)
        return calendar_of(title, rows)

    monkeypatch.setattr(calendar_entries, "calendar_of", writes)
    monkeypatch.setattr(calendar_routes, "MOST_KEPT", 2)

    for name in ("oh", "OH", "ca", "oh", "all", "oh", "ca"):
        assert (await client.get(f"/calendar/{name}.ics")).status_code == 200

    assert [title.split(": ")[1] for title in written] == ["Ohio", "California", "all states", "Ohio", "California"]


async def test_an_edition_is_written_once_for_all_who_ask_at_once(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []
    content = calendars.content

    async def reads(connection: AsyncConnection, of: Edition, now: datetime) -> list[Row]:
        done.append("read")
        return await content(connection, of, now)

    def writes(title: str, rows: list[Row]) -> bytes:
        done.append("written")
        return calendar_of(title, rows)

    monkeypatch.setattr(calendars, "content", reads)
    monkeypatch.setattr(calendar_entries, "calendar_of", writes)

    found = await asyncio.gather(*(client.get("/calendar/oh.ics") for _ in range(8)))

    assert [titles(one) for one in found] == [["In Troy", "Online"]] * 8
    assert done == ["read", "written"]


class Serving(uvicorn.Server):
    """A real server, which says when it serves."""

    def __init__(self, database: Database) -> None:
        app = create_app(Settings(database_url=database.url.render_as_string(hide_password=False)))
        super().__init__(uvicorn.Config(app, port=0, log_config=None))
        self.serves = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.serves.set()

    @asynccontextmanager
    async def address(self) -> AsyncIterator[str]:
        """Where it serves, for as long."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self.serve())
            await asyncio.wait_for(self.serves.wait(), 30)
            yield f"http://127.0.0.1:{self.servers[0].sockets[0].getsockname()[1]}"
            self.should_exit = True


async def test_a_server_tells_the_length_without_the_content_and_nothing_to_who_has_it(
    database: Database, offers: Offers
) -> None:
    async with Serving(database).address() as address, httpx.AsyncClient(base_url=address) as client:
        whole = await client.get("/calendar/oh.ics")
        head = await client.head("/calendar/oh.ics")
        same = await client.get("/calendar/oh.ics", headers={"if-none-match": head.headers["etag"]})

    assert titles(whole) == ["In Troy", "Online"]
    assert (head.status_code, head.content, head.headers["content-length"]) == (200, b"", str(len(whole.content)))
    told = ("content-type", "content-disposition", "cache-control", "etag", "last-modified")
    assert [head.headers[name] for name in told] == [whole.headers[name] for name in told]
    assert (same.status_code, same.content, same.headers["etag"]) == (304, b"", whole.headers["etag"])
