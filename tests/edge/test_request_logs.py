"""What is logged of a request: a fault whole, a line where that is switched on, and nothing otherwise."""

import io
import json
import re
import sys
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
import structlog

from fund_api import answering
from fund_api.core.access import SYSTEM
from fund_api.core.database import Database
from fund_api.core.writing import writing
from fund_api.edge import logs
from fund_api.people import rules, tokens
from schema import manifest
from tests.conftest import LOADED_AT
from tests.edge.bordering import OHIO, served


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """What a server logs."""
    before, output = structlog.get_config(), io.StringIO()
    monkeypatch.setattr(logs, "sys", SimpleNamespace(stderr=output, exc_info=sys.exc_info))
    logs.configure()
    yield output
    structlog.configure(**before)


def lines(log: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in log.getvalue().splitlines()]


async def test_a_fault_is_logged_whole_under_the_id_that_the_client_got(empty: Database, log: io.StringIO) -> None:
    async with served(empty) as client:
        headers = {"x-request-id": "mine-7", "authorization": f"Bearer fund_{'0' * 26}_{'a' * 64}"}
        answers = [await client.post("/graphql", json={"query": OHIO}, headers=headers), await client.get("/r/x")]

    for answer, line in zip(answers, lines(log), strict=True):
        [error] = answer.json()["errors"]
        assert answer.status_code == 500
        assert error["extensions"]["requestId"] == line["request_id"] == answer.headers["x-request-id"]
        assert (line["level"], line["event"]) == ("error", "a request failed by a fault of the server")
        assert "Traceback" not in answer.text
        assert re.search(r"File .*\.py", line["exception"])
    assert answers[0].headers["x-request-id"] == "mine-7"
    assert "a" * 64 not in log.getvalue()


async def test_each_request_is_a_line_where_that_is_switched_on(database: Database, log: io.StringIO) -> None:
    async with writing(database, SYSTEM, LOADED_AT) as tx:
        person_id = await rules.add_person(tx, "Ada", "ada@example.org")
        _, token = await tokens.create_token(tx, person_id, "Laptop")
    signed = {"authorization": f"Bearer {token}", "x-request-id": "mine-1"}
    text = "query States($code: String!) { state(code: $code) { name } }"
    body = {"query": text, "variables": {"code": "secret\r\nvalue"}}
    async with served(database, access_log=True) as client:
        answers = [
            await client.post("/graphql", json=body, headers=signed),
            await client.post("/graphql", json=body | {"extensions": {"cost": True}}),
            await client.get("/graphql", params={"query": "{"}),
            await client.get("/r/%0d%0a%1b[31mforged?token=secret"),
            await client.get("/healthz", headers={"origin": "null"}),
        ]

    found = lines(log)
    assert [line.pop("milliseconds") >= 0 for line in found] == [True] * 5
    document = manifest.identifier(text).removeprefix("sha256:")
    asked = {"person": person_id, "operation": "States", "document": document, "cost": 1}
    common = {"address": "127.0.0.1", "event": "request", "level": "info"}
    for line, answer in zip(found, answers, strict=True):
        assert line.pop("timestamp")
        assert line.pop("request_id") == answer.headers["x-request-id"]
    assert found == [
        {"method": "POST", "path": "/graphql", "status": 200, **asked, **common},
        {"method": "POST", "path": "/graphql", "status": 200, **asked, "person": None, **common},
        {"method": "GET", "path": "/graphql", "status": 200, **common},
        {"method": "GET", "path": "/r/\r\n\x1b[31mforged", "status": 404, **common},
        {"method": "GET", "path": "/healthz", "status": 403, **common},
    ]
    assert answers[0].json() == {"data": {"state": None}}
    assert answers[1].json()["extensions"]["cost"]["rows"] == 1
    assert "secret" not in log.getvalue()


async def test_no_request_is_logged_otherwise(loaded: Database, log: io.StringIO) -> None:
    async with served(loaded) as client:
        await client.post("/graphql", json={"query": OHIO})
        await client.get("/no")

    assert log.getvalue() == ""


async def test_a_fault_beside_graphql_has_the_id_of_its_request(log: io.StringIO) -> None:
    async def broken(_request: Any) -> Any:
        raise RuntimeError("broken")

    request: Any = type("Asked", (), {"scope": {"headers": [(b"x-request-id", b"mine-9")]}})()
    answer = await answering.answering(broken)(request)

    assert json.loads(bytes(answer.body))["errors"][0]["extensions"]["requestId"] == "mine-9"
    assert [line["request_id"] for line in lines(log)] == ["mine-9"]
