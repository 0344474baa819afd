"""What one caller may ask for over HTTP, and that the others are answered meanwhile."""

import asyncio
import time
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from fund_api.core import clock
from fund_api.core.access import PUBLIC, SYSTEM, Sender
from fund_api.core.database import Database, Dialect
from fund_api.core.writing import writing
from fund_api.edge import service
from fund_api.edge.callers import Caller
from fund_api.edge.requests import Request
from fund_api.people import tokens
from tests.edge.asking import ANSWER, QUICK, SLOW, Leaver, coming, serving, told
from tests.granting import Fund
from tests.people.somebody import own_id, somebody
from tests.rows import count

WHO = "{ viewer { person { name } } }"
BIG: dict[str, Any] = {"query": "{ communities(first: 100) { nodes { name state { name } } } }"}  # 200 rows


async def signed_in(database: Database, name: str) -> dict[str, str]:
    person = own_id(await somebody(database, name))
    async with writing(database, SYSTEM, clock.now()) as tx:
        _, text = await tokens.create_token(tx, person, "x")
    return {"authorization": f"Bearer {text}"}


@pytest.fixture
async def given(database: Database) -> dict[str, Any]:
    fund = Fund()
    community = fund.community("Saratoga Springs")
    await fund.save(database)
    given = {"name": "Ada", "email": "ada@example.org", "community": community, "kind": "RETENTION", "message": "Help."}
    return {"query": ASK, "variables": {"input": given}}


ASK = """
    mutation($input: RequestCampaignSupportInput!) {
      requestCampaignSupport(input: $input) { request errors { __typename code message } }
    }
"""


async def test_who_asks_for_too_many_rows_waits_for_as_long_as_they_are_told(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    seconds = SimpleNamespace(monotonic=lambda: 1_000.0)
    monkeypatch.setattr(service, "time", seconds)
    ada, bob = await signed_in(database, "Ada"), await signed_in(database, "Bob")
    async with serving(database, caller_rows=1_500, caller_rows_per_second=10) as (_, client):
        first = await client.post("/graphql", json=BIG | {"extensions": {"cost": True}}, headers=ada)
        # 500 for reading, 10 + 15 parts of 20 for compiling, 10 + 200 for itself
        last = [await client.post("/graphql", json=BIG, headers=ada) for _ in range(4)][-1]
        seconds.monotonic = lambda: 1_015.0
        after = await client.post("/graphql", json=BIG, headers=ada)
        others = [await client.post("/graphql", json=BIG, headers=each) for each in (bob, {})]

    assert first.json()["extensions"]["throttle"] == {"limit": 1_500, "remaining": 480, "restoreRate": 10}
    assert told(last) == (429, "THROTTLED", "15")  # 150 rows are missing of 210
    assert last.json()["errors"][0]["extensions"]["retryAfter"] == 15
    assert last.json()["extensions"]["throttle"] == {"limit": 1_500, "remaining": 60, "restoreRate": 10}
    assert after.status_code == 200
    assert [each.status_code for each in others] == [200, 200]


async def test_documents_that_are_refused_have_their_price(database: Database) -> None:
    async with serving(database, caller_rows=3_000, caller_rows_per_second=10) as (_, client):
        wrong = [await client.post("/graphql", json={"query": f"{{ nothing{number} }}"}) for number in range(6)]
        known = await client.post("/graphql", json=QUICK)

    assert [told(each)[1] for each in wrong] == ["GRAPHQL_VALIDATION_FAILED"] * 5 + ["THROTTLED"]
    assert told(known)[:2] == (429, "THROTTLED")


async def test_a_mutation_has_a_price_of_its_own(database: Database, given: dict[str, Any]) -> None:
    async with serving(database, caller_rows=1_000, caller_rows_per_second=10) as (_, client):
        done = await client.post("/graphql", json=given)
        more = [await client.post("/graphql", json=given) for _ in range(4)]

    assert done.json()["data"]["requestCampaignSupport"]["errors"] == []  # 500 for the document, 110 for itself
    assert [each.status_code for each in more] == [200, 200, 200, 429]
    assert await count(database, "support_request") == 4


async def test_one_caller_has_so_many_operations_under_way_and_others_are_answered_meanwhile(
    loaded: Database,
) -> None:
    async with serving(loaded, read_connections=2, caller_operations=4, operation_timeout=2) as (app, client):
        greedy = [asyncio.create_task(client.post("/graphql", json=SLOW)) for _ in range(6)]
        served = app.edge.graphql.service
        await coming(app, 4)
        other = Caller(PUBLIC, Sender("1", "192.0.2.1"))
        waits = []
        while not all(task.done() for task in greedy):
            began = time.monotonic()
            request = Request(QUICK["query"], None, {}, asks_cost=False)
            assert await served.answer(await served.prepare(request, other), other) == ANSWER
            waits.append(time.monotonic() - began)
        answers = [await task for task in greedy]

    refused = [told(each) for each in answers if each.status_code == 429]
    assert refused == [(429, "TOO_MANY_AT_ONCE", "1")] * 2
    assert max(waits) < 1
    assert served.gate.under_way == 0


async def test_a_full_server_says_so_to_everybody(loaded: Database) -> None:
    async with serving(loaded, operations=2, caller_operations=2, operation_timeout=1) as (app, client):
        full = [asyncio.create_task(client.post("/graphql", json=SLOW)) for _ in range(2)]
        await coming(app, 2)
        refused = await client.post("/graphql", json=QUICK)
        await asyncio.gather(*full)
        after = await client.post("/graphql", json=QUICK)

    assert told(refused) == (503, "SERVER_BUSY", "1")
    assert after.json() == ANSWER


# Mutations


async def locked(database: Database, ask: Any) -> Any:
    """What is answered while somebody else holds what every write takes."""
    held = "SELECT 1" if database.dialect is Dialect.SQLITE else "LOCK TABLE support_request IN ACCESS EXCLUSIVE MODE"
    async with database.writing() as connection:
        await connection.execute(sa.text(held))
        return await ask()


async def test_a_mutation_that_takes_too_long_did_nothing_and_says_so(
    database: Database, given: dict[str, Any]
) -> None:
    async with serving(database, operation_timeout=0.3) as (_, client):
        response = await locked(database, lambda: client.post("/graphql", json=given))
        payload = response.json()["data"]["requestCampaignSupport"]
        nothing = await count(database, "support_request")
        again = await client.post("/graphql", json=given)

    assert (payload["request"], nothing) == (None, 0)
    [error] = payload["errors"]
    assert (error["__typename"], error["code"]) == ("OperationTimeout", "OPERATION_TIMEOUT")
    assert error["message"].startswith("This took longer than 0.3 seconds")
    assert again.json()["data"]["requestCampaignSupport"]["errors"] == []


async def test_a_mutation_is_finished_though_nobody_waits_for_it_any_more(
    database: Database, given: dict[str, Any]
) -> None:
    async with serving(database) as (app, _):
        served, caller = app.edge.graphql.service, Caller(PUBLIC, Sender("1", "192.0.2.1"))
        operation = await served.prepare(Request(given["query"], None, given["variables"], asks_cost=False), caller)

        async def leave() -> None:
            task = asyncio.create_task(served.answer(operation, caller))
            await coming(app, 1)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task

        await locked(database, leave)
        await served.close()
        assert served.gate.under_way == 0

    assert await count(database, "support_request") == 1


async def test_a_mutation_that_still_waits_for_its_turn_is_given_up_with_its_client(
    database: Database, given: dict[str, Any]
) -> None:
    async with serving(database, read_connections=1) as (app, client):

        async def leave() -> None:
            first = asyncio.create_task(client.post("/graphql", json=given))
            await coming(app, 1)
            leaver = Leaver(app, given, address="127.0.0.1")  # as httpx says
            await coming(app, 2)
            await leaver.leave()
            assert leaver.sent == []
            tasks.append(first)

        tasks: list[asyncio.Task[httpx.Response]] = []
        await locked(database, leave)
        [first] = tasks
        assert (await first).json()["data"]["requestCampaignSupport"]["errors"] == []

    assert await count(database, "support_request") == 1
