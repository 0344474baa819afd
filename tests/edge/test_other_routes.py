"""Requests beside /graphql: they are counted by their address, and those without room are refused before any work."""

from types import SimpleNamespace

import pytest

from fund_api.core.database import Database
from fund_api.edge import service
from tests.edge.asking import QUICK, serving, told
from tests.edge.trusting import statements


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/r/nothing"),
        ("GET", "/calendar/all.ics"),
        ("GET", "/attachments/x"),
        ("DELETE", "/attachments/x"),
        ("POST", "/grants/x/attachments"),
    ],
)
async def test_who_asks_too_often_waits_and_no_database_is_asked(
    database: Database, monkeypatch: pytest.MonkeyPatch, method: str, path: str
) -> None:
    monkeypatch.setattr(service, "time", SimpleNamespace(monotonic=lambda: 1_000.0))
    async with serving(database, caller_rows=1_000, caller_rows_per_second=10) as (app, client):
        app.edge.service.throttling.take("127.0.0.1", 980, 1_000.0)
        let_in = [(await client.request(method, path)).status_code for _ in range(2)]
        with statements(database) as seen:
            refused = await client.request(method, path)
        elsewhere = await client.post("/graphql", json=QUICK)

    assert 429 not in let_in
    assert told(refused) == (429, "THROTTLED", "1")
    assert refused.headers["cache-control"] == "no-store"
    assert seen == []
    assert told(elsewhere)[:2] == (429, "THROTTLED")  # one bucket for all that an address asks


async def test_health_is_never_refused(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "time", SimpleNamespace(monotonic=lambda: 1_000.0))
    async with serving(database, caller_rows=1_000, caller_rows_per_second=10) as (app, client):
        app.edge.service.throttling.take("127.0.0.1", 1_000, 1_000.0)
        answers = [await client.get(path) for path in ("/healthz", "/readyz")]

    assert {answer.status_code for answer in answers} == {200}
