"""Who comes in from where: pages of this site, pages of the list, and programs; nobody else's pages."""

from collections.abc import AsyncIterator
from itertools import product
from typing import Any

import httpx
import pytest

from fund_api.app import Application
from fund_api.core.access import SYSTEM
from fund_api.core.database import Database
from fund_api.core.writing import writing
from fund_api.edge.origins import Origins
from fund_api.edge.requests import BadRequest
from fund_api.people import rules, tokens
from fund_api.people.roles import Role
from tests.conftest import LOADED_AT
from tests.edge.bordering import APP, ASKED, OHIO, application, refusal, served


@pytest.fixture(scope="module")
async def client(loaded: Database) -> AsyncIterator[httpx.AsyncClient]:
    async with served(loaded, cors_origins=(APP, "http://localhost:3000")) as client:
        yield client


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"origin": APP},
        {"origin": "http://localhost:3000"},
        {"origin": APP, "sec-fetch-site": "cross-site", "sec-fetch-mode": "cors"},
        {"origin": "http://fund.test"},
        {"origin": "http://fund.test", "sec-fetch-site": "same-origin"},
        {"origin": "https://fund.test", "sec-fetch-site": "same-origin"},
        {"sec-fetch-site": "same-origin"},
        {"sec-fetch-site": "none", "sec-fetch-mode": "navigate"},
        {"sec-fetch-mode": "cors"},
    ],
    ids=str,
)
async def test_own_pages_allowed_origins_and_programs_are_let_in(
    client: httpx.AsyncClient, headers: dict[str, str]
) -> None:
    posted = await client.post("/graphql", json={"query": OHIO}, headers=headers)
    got = await client.get("/graphql", params={"query": OHIO}, headers=headers)

    assert posted.json() == got.json() == {"data": {"state": {"name": "Ohio"}}}
    allowed = headers.get("origin") in (APP, "http://localhost:3000")
    assert posted.headers.get("access-control-allow-origin") == (headers["origin"] if allowed else None)
    assert ("access-control-expose-headers" in posted.headers) is allowed
    assert "access-control-allow-credentials" not in posted.headers
    assert "Origin" in posted.headers["vary"].split(", ")


FOREIGN = [
    {"origin": "https://evil.example"},
    {"origin": "null"},
    {"origin": ""},
    {"origin": "*"},
    {"origin": APP + "/"},
    {"origin": APP.upper()},
    {"origin": APP + ".evil.example"},
    {"origin": APP + ":444"},
    {"origin": "http://app.example.org"},
    {"origin": f"{APP}, https://evil.example"},
    {"origin": "https://fund.test"},
    {"origin": "http://fund.test", "sec-fetch-site": "cross-site"},
    {"origin": "https://sub.fund.test", "sec-fetch-site": "same-site"},
    {"sec-fetch-site": "cross-site"},
    {"sec-fetch-site": "same-site", "sec-fetch-mode": "no-cors"},
    {"sec-fetch-site": "nonsense"},
    {"origin": "null", "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate"},
]


@pytest.mark.parametrize("headers", FOREIGN, ids=str)
async def test_pages_of_other_sites_are_refused_whatever_they_ask(
    client: httpx.AsyncClient, headers: dict[str, str]
) -> None:
    for method, path in product(("POST", "GET", "OPTIONS"), ("/graphql", "/r/nothing", "/no")):
        answer = await client.request(method, path, headers=headers | {"access-control-request-method": "POST"})

        assert await refusal(answer) == (403, "ORIGIN_NOT_ALLOWED")
        assert not [name for name in answer.headers if name.startswith("access-control")]
        assert answer.headers["cache-control"] == "no-store"


async def test_a_link_on_another_site_may_be_followed_but_a_form_there_not_sent(client: httpx.AsyncClient) -> None:
    followed = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate"}

    assert (await client.get(ASKED, headers=followed)).status_code == 200
    assert await refusal(await client.post("/graphql", headers=followed)) == (403, "ORIGIN_NOT_ALLOWED")


async def test_a_mutation_of_another_site_changes_nothing(database: Database) -> None:
    async with writing(database, SYSTEM, LOADED_AT) as tx:
        person_id = await rules.add_person(tx, "Ada", "ada@example.org")
        await rules.grant_role(tx, person_id, Role.ADMINISTRATOR)
        _, token = await tokens.create_token(tx, person_id, "Laptop")
    body = {"query": 'mutation { addPerson(input: {name: "Eve", email: "eve@example.org"}) { person { name } } }'}
    signed = {"authorization": f"Bearer {token}"}
    async with served(database) as client:
        refused = await client.post("/graphql", json=body, headers=signed | {"origin": "https://evil.example"})
        people = {"query": "{ people { totalCount } }"}
        before = (await client.post("/graphql", json=people, headers=signed)).json()
        done = await client.post("/graphql", json=body, headers=signed)

    assert await refusal(refused) == (403, "ORIGIN_NOT_ALLOWED")
    assert before == {"data": {"people": {"totalCount": 1}}}
    assert done.json() == {"data": {"addPerson": {"person": {"name": "Eve"}}}}


@pytest.mark.parametrize(("path", "methods"), [("/graphql", "GET, POST"), ("/attachments/x", "GET, POST, DELETE")])
async def test_a_browser_is_told_what_pages_of_the_list_may_send(
    client: httpx.AsyncClient, path: str, methods: str
) -> None:
    asked = {"access-control-request-method": "POST", "access-control-request-headers": "authorization,content-type"}
    answer = await client.options(path, headers={"origin": APP, **asked})

    assert (answer.status_code, answer.content) == (204, b"")
    assert {name: value for name, value in answer.headers.items() if name != "x-request-id"} == {
        "access-control-allow-methods": methods,
        "access-control-allow-headers": "Authorization, Content-Type, If-None-Match, Last-Event-ID, X-Request-Id",
        "access-control-max-age": "600",
        "access-control-allow-origin": APP,
        "access-control-expose-headers": "ETag, Fund-Cursor, Fund-Event, Fund-Installation, Location, Retry-After, WWW-Authenticate, X-Request-Id",
        "x-content-type-options": "nosniff",
        "referrer-policy": "no-referrer",
        "cache-control": "no-store",
        "vary": "Accept, Authorization, Origin" if path == "/graphql" else "Origin",
    }


async def test_without_a_list_no_other_site_is_let_in(loaded: Database) -> None:
    async with served(loaded) as client:
        answer = await client.options("/graphql", headers={"origin": APP, "access-control-request-method": "POST"})
        plain = await client.options("/graphql")

    assert await refusal(answer) == (403, "ORIGIN_NOT_ALLOWED")
    assert (plain.status_code, plain.headers["allow"]) == (405, "GET, POST")


async def test_a_websocket_of_another_site_is_not_opened(loaded: Database) -> None:
    app = application(loaded, cors_origins=(APP,))
    for headers in FOREIGN:
        assert await opened(app, headers) == {"type": "websocket.close", "code": 4403}, headers


async def test_a_websocket_of_the_list_reaches_the_routes(loaded: Database) -> None:
    seen: list[Any] = []

    async def inside(scope: Any, receive: Any, send: Any) -> None:
        seen.append(scope["path"])

    border = application(loaded, cors_origins=(APP,)).edge.border
    for headers in ({"origin": APP}, {}, {"origin": "http://fund.test"}):
        await border(inside, websocket(headers), never, never)

    assert seen == ["/graphql"] * 3


def websocket(headers: dict[str, str]) -> dict[str, Any]:
    fields = [(name.encode(), value.encode()) for name, value in {"host": "fund.test", **headers}.items()]
    return {"type": "websocket", "scheme": "ws", "path": "/graphql", "headers": fields, "query_string": b""}


async def never(*_: Any) -> Any:
    raise AssertionError


async def opened(app: Application, headers: dict[str, str]) -> dict[str, Any]:
    """The first thing that a websocket is told."""
    sent: list[Any] = []

    async def receive() -> dict[str, Any]:
        return {"type": "websocket.connect"}

    async def send(message: Any) -> None:
        sent.append(message)

    await app(websocket(headers), receive, send)
    told: dict[str, Any] = sent[0]
    return told


def test_origins_can_be_checked_by_whoever_has_headers_alone() -> None:
    origins = Origins.of([APP])

    origins.check({b"origin": APP.encode()}, "wss")
    origins.check({b"origin": b"https://fund.test", b"host": b"fund.test"}, "wss")
    for headers in ({b"origin": b"http://fund.test", b"host": b"fund.test"}, {b"origin": b"null"}):
        with pytest.raises(BadRequest) as refused:
            origins.check(headers, "wss")
        assert refused.value.status == 403
