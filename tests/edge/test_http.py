"""GraphQL over HTTP: what clients send and what they get, bad requests included."""

import gzip
import json
from collections.abc import AsyncIterator
from typing import Any, cast

import httpx
import pytest
from graphql import build_client_schema, get_introspection_query

from fund_api.app import Application, create_app
from fund_api.core.database import Database
from fund_api.core.installation import Installed
from fund_api.core.settings import Settings
from fund_api.core.tables import InstallationKind
from fund_api.edge.endpoint import GraphQLEndpoint
from fund_api.edge.patience import Patience

GRAPHQL = "application/graphql-response+json"
OHIO = '{ state(code: "OH") { name } }'
ANSWER = {"data": {"state": {"name": "Ohio"}}}


@pytest.fixture(scope="module")
async def client(loaded: Database) -> AsyncIterator[httpx.AsyncClient]:
    app = create_app(Settings(database_url=loaded.url.render_as_string(hide_password=False), body_limit=10_000))
    transport = httpx.ASGITransport(app=app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://fund.test") as client,
    ):
        yield client


async def test_a_post_is_answered_in_the_media_type_that_was_asked_for(client: httpx.AsyncClient) -> None:
    plain = await client.post("/graphql", json={"query": OHIO})
    exact = await client.post("/graphql", json={"query": OHIO}, headers={"accept": GRAPHQL})

    assert (plain.status_code, plain.json()) == (exact.status_code, exact.json()) == (200, ANSWER)
    assert plain.headers["content-type"] == "application/json; charset=utf-8"
    assert exact.headers["content-type"] == f"{GRAPHQL}; charset=utf-8"


async def test_variables_and_the_name_of_the_operation_are_taken(client: httpx.AsyncClient) -> None:
    query = "query A($code: String!) { state(code: $code) { name } } query B { states { totalCount } }"
    body = {"query": query, "operationName": "A", "variables": {"code": "OH"}, "extensions": {}, "unknown": 1}

    assert (await client.post("/graphql", json=body)).json() == ANSWER
    address = {"query": query, "operationName": "A", "variables": '{"code": "OH"}'}
    assert (await client.get("/graphql", params=address)).json() == ANSWER


@pytest.mark.parametrize(
    ("accept", "status"), [("application/json", 200), (GRAPHQL, 400), ("*/*", 200), (f"{GRAPHQL}, */*;q=0.5", 400)]
)
@pytest.mark.parametrize(
    ("query", "variables", "code"),
    [
        ("{", {}, "GRAPHQL_PARSE_FAILED"),
        ("{ nothing }", {}, "GRAPHQL_VALIDATION_FAILED"),
        ("query ($code: String!) { state(code: $code) { name } }", {}, "BAD_USER_INPUT"),
        ("query ($code: String!) { state(code: $code) { name } }", {"code": 1}, "BAD_USER_INPUT"),
        ("{ states(first: 101) { totalCount } }", {}, "BAD_USER_INPUT"),
        ('{ states(after: "x") { totalCount } }', {}, "BAD_USER_INPUT"),
    ],
)
async def test_a_document_that_cannot_be_answered_says_why(
    client: httpx.AsyncClient, accept: str, status: int, query: str, variables: dict[str, Any], code: str
) -> None:
    response = await client.post("/graphql", json={"query": query, "variables": variables}, headers={"accept": accept})

    assert response.status_code == status
    assert response.json().keys() == {"errors"}
    assert {error["extensions"]["code"] for error in response.json()["errors"]} == {code}


DEEP = "{ states { nodes " * 2_000 + "}" * 4_000


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (b"", 400),
        (b"nonsense", 400),
        (b"\xff\xfe", 400),
        (b"[]", 400),
        (b"null", 400),
        (b"1", 400),
        (b'"{ states }"', 400),
        (b"{}", 400),
        (b'{"query": 1}', 400),
        (b'{"query": ""}', 400),
        (b'{"query": "{ states { totalCount } }", "variables": []}', 400),
        (b'{"query": "{ states { totalCount } }", "operationName": 1}', 400),
        (b'{"query": "{ states { totalCount } }", "operationName": "A"}', 400),
        (b'{"query": "query A { __typename } query B { __typename }"}', 400),
        (b'{"query": "fragment A on State { code }"}', 200),
        (b'{"query": "mutation { a }"}', 200),
        (b'{"query": "subscription { a }"}', 200),
        (b'{"query": "{ __typename }", "variables": {"x": NaN}}', 400),
        (b"[" * 100_000, 413),
        (b"[" * 5_000, 400),
        (b'{"query": "' + b"x" * 20_000 + b'"}', 413),
        (json.dumps({"query": DEEP[:9_000]}).encode(), 200),
        (json.dumps({"query": "{ " + "a " * 4_000 + "}"}).encode(), 200),
        (json.dumps({"query": "query ($i: Int) { states(first: $i) { totalCount } }"}).encode()[:-1]
         + b', "variables": {"i": ' + b"9" * 5_000 + b"}}", 400),
        (b'{"query": "query ($i: Int) { states(first: $i) { totalCount } }", "variables": {"i": 1e400}}', 400),
        (b'{"query": "query ($c: String!) { state(code: $c) { name } }", "variables": {"c": "\\u0000"}}', 200),
        (b'{"query": "query ($c: String!) { state(code: $c) { name } }", "variables": {"c": "\\ud800"}}', 400),
        (b'{"query": "query ($i: ID!) { node(id: $i) { id } }", "variables": {"i": "camp_\\u0000"}}', 200),
        (b'{"query": "query ($i: [ID!]!) { nodes(ids: $i) { id } }", "variables": {"i": "\\u0000"}}', 200),
    ],
    ids=lambda value: None if isinstance(value, int) else repr(value[:40]),
)  # fmt: skip
async def test_no_body_is_a_fault_of_the_server(client: httpx.AsyncClient, content: bytes, status: int) -> None:
    response = await client.post("/graphql", content=content, headers={"content-type": "application/json"})

    assert response.status_code == status, response.text[:300]
    assert response.json()
    assert "INTERNAL" not in response.text


@pytest.mark.parametrize("content_type", ["text/plain", "", "application/graphql", "multipart/form-data; boundary=x"])
async def test_only_json_is_taken(client: httpx.AsyncClient, content_type: str) -> None:
    body = json.dumps({"query": OHIO})
    response = await client.post("/graphql", content=body, headers={"content-type": content_type})

    assert response.status_code == 415
    [error] = response.json()["errors"]
    assert error["message"] == "The body must be JSON in UTF-8: send the header Content-Type: application/json."


@pytest.mark.parametrize("encoding", ["gzip", "br", "deflate", "zstd", "identity, gzip"])
async def test_a_compressed_body_is_not_taken(client: httpx.AsyncClient, encoding: str) -> None:
    content = gzip.compress(json.dumps({"query": OHIO}).encode())
    headers = {"content-type": "application/json", "content-encoding": encoding}
    response = await client.post("/graphql", content=content, headers=headers)

    assert response.status_code == 415
    [error] = response.json()["errors"]
    assert error["message"] == "The body must not be compressed: leave out the header Content-Encoding."
    plain = await client.post("/graphql", json={"query": OHIO}, headers={"content-encoding": "identity"})
    assert plain.json() == ANSWER


async def test_who_takes_neither_media_type_is_told_both(client: httpx.AsyncClient) -> None:
    response = await client.post("/graphql", json={"query": OHIO}, headers={"accept": "text/html"})

    assert (response.status_code, response.headers["content-type"]) == (406, "application/json; charset=utf-8")
    [error] = response.json()["errors"]
    assert error["message"] == f"Answers are in {GRAPHQL} or application/json: accept one of them."


async def test_a_body_is_counted_while_it_comes_and_not_read_where_it_is_announced_as_too_large() -> None:
    reads = 0

    async def receive() -> dict[str, Any]:
        nonlocal reads
        reads += 1
        return {"type": "http.request", "body": b" " * 4_000, "more_body": True}

    async def status(*headers: tuple[bytes, bytes]) -> int:
        sent: list[Any] = []

        async def send(message: Any) -> None:
            sent.append(message)

        fields = [(b"content-type", b"application/json"), *headers]
        scope = {"type": "http", "method": "POST", "headers": fields, "query_string": b"", "client": None}
        none = cast("Any", None)
        endpoint = GraphQLEndpoint(none, 10_000, Patience(10), none, none, none)
        await endpoint(scope, cast("Any", receive), send)
        return int(sent[0]["status"])

    assert (await status(), reads) == (413, 3)
    assert (await status((b"content-length", b"10001")), reads) == (413, 3)
    assert (await status((b"content-length", b"9" * 5_000)), reads) == (413, 3)


@pytest.mark.parametrize(
    "address",
    ["", "?query=", "?query=%7B", "?query={__typename}&variables=x", "?query={__typename}&variables=[]", "?%ff"],
)
async def test_no_address_is_a_fault_of_the_server(client: httpx.AsyncClient, address: str) -> None:
    response = await client.get(f"/graphql{address}")

    assert response.status_code in (200, 400)
    assert response.json()["errors"]


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
async def test_other_methods_are_refused_with_those_allowed(client: httpx.AsyncClient, method: str) -> None:
    response = await client.request(method, "/graphql", json={"query": OHIO})

    assert (response.status_code, response.headers["allow"]) == (405, "GET, POST")


async def test_a_schema_can_be_introspected_as_tools_do(client: httpx.AsyncClient) -> None:
    answer = (
        await client.post("/graphql", json={"query": get_introspection_query(input_value_deprecation=True)})
    ).json()

    assert build_client_schema(answer["data"]).get_type("Community")


async def test_health_and_readiness(client: httpx.AsyncClient) -> None:
    for path in ("/healthz", "/readyz"):
        response = await client.get(path)
        assert (response.status_code, response.json()) == (200, {"status": "ok"})


async def test_a_database_that_is_not_migrated_is_not_ready(empty: Database) -> None:
    app = create_app(Settings(database_url=empty.url.render_as_string(hide_password=False)))
    transport = httpx.ASGITransport(app=app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://fund.test") as client,
    ):
        response = await client.get("/readyz")
        broken = await client.post("/graphql", json={"query": OHIO})

    assert response.status_code == 503
    assert "fund-api migrate" in response.json()["reason"]
    assert broken.status_code == 500
    [error] = broken.json()["errors"]
    assert error["message"] == "Something went wrong here; it was logged."
    assert error["extensions"]["code"] == "INTERNAL_SERVER_ERROR"
    assert "state" not in broken.text


async def test_a_request_may_ask_what_it_costs(client: httpx.AsyncClient) -> None:
    body = {"query": OHIO, "extensions": {"cost": True}}
    address = {"query": OHIO, "extensions": '{"cost": true}'}
    posted, got = (
        (await client.post("/graphql", json=body)).json(),
        (await client.get("/graphql", params=address)).json(),
    )

    for answer in (posted, got):
        throttle = answer["extensions"].pop("throttle")
        assert answer == ANSWER | {"extensions": {"cost": {"rows": 1, "limit": 100_000}}}
        assert (throttle["limit"], throttle["restoreRate"]) == (1_000_000, 20_000)
        assert 900_000 < throttle["remaining"] <= 1_000_000
    assert (await client.post("/graphql", json=body | {"extensions": []})).status_code == 400


PATHS = (
    "/graphql?query={__typename}",
    "/graphql?query={",
    "/healthz",
    "/readyz",
    "/r/nothing",
    "/attachments/x",
    "/no",
)


async def headers(app: Application) -> list[str | None]:
    """What the answers from everywhere say of the installation."""
    transport = httpx.ASGITransport(app=app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://fund.test") as client,
    ):
        return [(await client.get(path)).headers.get("Fund-Installation") for path in PATHS]


async def test_every_answer_of_a_demonstration_says_that_it_is_one(loaded: Database) -> None:
    settings = Settings(database_url=loaded.url.render_as_string(hide_password=False))
    here = Installed(InstallationKind.DEMO, "Nothing here is true.")

    assert await headers(create_app(settings, here)) == ["DEMO"] * len(PATHS)
    assert await headers(create_app(settings)) == [None] * len(PATHS)


async def test_the_installation_is_told(loaded: Database) -> None:
    settings = Settings(database_url=loaded.url.render_as_string(hide_password=False))
    apps = {
        "demo": create_app(settings, Installed(InstallationKind.DEMO, "Nothing here is true.")),
        "standard": create_app(settings),
    }
    told = {}
    for name, app in apps.items():
        transport = httpx.ASGITransport(app=app)
        async with (
            app.router.lifespan_context(app),
            httpx.AsyncClient(transport=transport, base_url="http://fund.test") as client,
        ):
            answer = await client.post("/graphql", json={"query": "{ installation { kind notice } }"})
            told[name] = answer.json()["data"]["installation"]

    assert told == {
        "demo": {"kind": "DEMO", "notice": "Nothing here is true."},
        "standard": {"kind": "STANDARD", "notice": None},
    }
