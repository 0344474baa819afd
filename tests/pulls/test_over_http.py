"""Pulls over HTTP: what answers them, in which headers, and what becomes of those that do not come to their end."""

import asyncio
import gzip
from typing import Any

import httpx
import orjson
import pytest
import sqlalchemy as sa
import zstandard

from fund_api.core.database import Database
from fund_api.edge import pulls as pulls_over_http
from fund_api.edge.media import answered_in
from fund_api.graph import pulls
from fund_api.reporting import offered
from tests.asking import asking
from tests.edge.asking import serving, told
from tests.pulls.pulling import CAMPAIGNS, COMMUNITIES, NUMBER, Puller, ended
from tests.pulls.test_pulling import pulled

BODY = {"query": CAMPAIGNS}
PARTS = -(-NUMBER // 7)
"""Chunks of seven rows in which the communities come."""
STATES = "{ states { nodes { code } } }"


def accepting(media: str, **headers: str) -> dict[str, str]:
    return {"accept": media, "accept-encoding": "identity", **headers}


@pytest.mark.parametrize(
    ("accept", "chosen"),
    [
        ("text/csv", "text/csv"),
        ("application/jsonl", "application/jsonl"),
        ("application/vnd.apache.parquet", "application/vnd.apache.parquet"),
        ("text/csv, application/json", "application/json"),
        ("text/csv, application/json;q=0.9", "text/csv"),
        ("text/csv;q=0.5, application/jsonl;q=0.6", "application/jsonl"),
        ("TEXT/CSV; header=present", "text/csv"),
        ("text/csv, */*;q=0.1", "text/csv"),
        ("text/csv;q=0.1, */*", "application/json"),
        ("text/csv;q=0, application/json;q=0.1", "application/json"),
        ("text/*", None),
        ("*/*", "application/json"),
        ("text/csv;q=0", None),
        ("text/csv, " * 200, "application/json"),
    ],
)
def test_a_form_is_chosen_when_it_is_named_and_liked_better_than_json(accept: str, chosen: str | None) -> None:
    found = answered_in(accept.encode())
    assert (found and found.decode()) == chosen


async def test_a_pull_has_every_row_and_says_what_it_is(world: Database) -> None:
    async with asking(world) as ask:
        _, rows = await pulled(ask, CAMPAIGNS)
    async with serving(world) as (_, client):
        response = await client.post("/graphql", json=BODY, headers=accepting("application/jsonl"))
        by_get = await client.get("/graphql", params=BODY, headers=accepting("application/jsonl"))

    assert [orjson.loads(line) for line in response.content.splitlines()] == rows
    assert by_get.content == response.content
    headers = {name: response.headers[name] for name in ("content-type", "content-disposition", "fund-event", "vary")}
    assert headers == {
        "content-type": "application/jsonl",
        "content-disposition": 'attachment; filename="Campaigns.jsonl"',
        "fund-event": "0",
        "vary": "Accept, Accept-Encoding, Authorization, Origin",
    }
    assert (response.headers["cache-control"], by_get.headers["cache-control"]) == ("no-store", "no-store")
    assert "content-length" not in response.headers


async def test_what_changed_after_a_pull_is_told_from_its_cursor_on(world: Database) -> None:
    changes = "query ($after: String!) { changes(after: $after) { nodes { kind node { ... on State { name } } } } }"
    async with serving(world) as (_, client):
        pull = await client.post("/graphql", json={"query": STATES}, headers=accepting("application/jsonl"))
        given = {"query": changes, "variables": {"after": pull.headers["fund-cursor"]}}
        before = (await client.post("/graphql", json=given)).json()
        async with world.writing() as connection:
            await connection.execute(
                sa.text("UPDATE state SET name = 'Renamed' WHERE code = (SELECT min(code) FROM state)")
            )
        after = (await client.post("/graphql", json=given)).json()

    assert before["data"]["changes"]["nodes"] == []
    assert after["data"]["changes"]["nodes"] == [{"kind": "UPDATED", "node": {"name": "Renamed"}}]


@pytest.mark.parametrize("media", ["application/jsonl", "text/csv"])
async def test_compressed_or_not_it_is_the_same(world: Database, media: str) -> None:
    async with serving(world) as (_, client):
        plain, zipped, zstd = [
            b"".join([part async for part in _raw(client, accepting(media, **{"accept-encoding": encoding}), encoding)])
            for encoding in ("identity", "gzip", "zstd")
        ]

    assert gzip.decompress(zipped) == plain
    assert zstandard.ZstdDecompressor().decompressobj().decompress(zstd) == plain
    assert len(zstd) < len(plain) / 2


async def _raw(client: httpx.AsyncClient, headers: dict[str, str], encoding: str) -> Any:  # Any: an async generator
    async with client.stream("POST", "/graphql", json=BODY, headers=headers) as response:
        assert response.headers.get("content-encoding", "identity") == encoding
        async for part in response.aiter_raw():
            yield part


async def test_parquet_is_compressed_inside_alone(world: Database) -> None:
    headers = accepting("application/vnd.apache.parquet", **{"accept-encoding": "gzip, zstd"})
    async with serving(world) as (_, client):
        response = await client.post("/graphql", json=BODY, headers=headers)

    assert "content-encoding" not in response.headers
    assert (response.content[:4], response.content[-4:]) == (b"PAR1", b"PAR1")


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("{ states { totalCount } }", "BAD_USER_INPUT"),
        ("{ nothing }", "GRAPHQL_VALIDATION_FAILED"),
        ("{", "GRAPHQL_PARSE_FAILED"),
        ("mutation { __typename }", "BAD_USER_INPUT"),
        ("subscription { changes { number } }", "BAD_USER_INPUT"),
        ('{ states(after: "x") { nodes { code } } }', "BAD_USER_INPUT"),
        ("{ __schema { types { name } } }", "BAD_USER_INPUT"),
    ],
)
async def test_what_can_t_be_pulled_is_400_in_json(world: Database, query: str, code: str) -> None:
    async with serving(world) as (_, client):
        response = await client.post("/graphql", json={"query": query}, headers=accepting("text/csv"))

    assert told(response) == (400, code, None)
    assert response.headers["content-type"] == "application/json; charset=utf-8"


async def test_who_is_unknown_is_401_and_parquet_that_is_not_installed_406(
    world: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(offered, "find_spec", lambda _name: None)
    async with serving(world) as (_, client):
        unknown = await client.post("/graphql", json=BODY, headers=accepting("text/csv", authorization="Bearer x"))
        lacking = await client.post("/graphql", json=BODY, headers=accepting("application/vnd.apache.parquet"))

    assert told(unknown) == (401, "UNAUTHENTICATED", None)
    assert told(lacking) == (406, "BAD_REQUEST", None)


async def test_a_caller_has_one_pull_at_a_time_and_a_process_so_many(world: Database) -> None:
    async with serving(world, pulls=1) as (app, client):
        puller = Puller(app, COMMUNITIES, takes=2)
        await puller.begun()
        other = await client.post("/graphql", json=BODY, headers=accepting("text/csv"))
        again = Puller(app, COMMUNITIES)
        await again.task
        await puller.leave()
        after = await client.post("/graphql", json=BODY, headers=accepting("text/csv"))

    assert told(other) == (503, "SERVER_BUSY", "10")
    assert again.sent[0]["status"] == 429
    assert orjson.loads(again.parts[0])["errors"][0]["extensions"]["code"] == "TOO_MANY_AT_ONCE"
    assert after.status_code == 200


async def test_who_has_every_row_may_pull_again_before_the_answer_ends(world: Database) -> None:
    async with serving(world) as (app, _):
        puller = Puller(app, COMMUNITIES, takes=1 + PARTS)  # the start, and all parts but the empty one that ends it
        await puller.begun(PARTS)
        await ended(world)
        again = Puller(app, COMMUNITIES)
        await again.task
        assert not puller.is_whole
        puller.taken.release()
        await puller.task

    assert (puller.is_whole, again.is_whole) == (True, True)
    assert b"".join(again.parts) == b"".join(puller.parts)


async def test_a_pull_costs_what_its_first_chunk_may_touch(world: Database) -> None:
    async def left(client: httpx.AsyncClient) -> int:
        asked = {"query": "{ __typename }", "extensions": {"cost": True}}
        told = (await client.post("/graphql", json=asked)).json()["extensions"]["throttle"]["remaining"]
        return int(told)

    async with serving(world, caller_rows_per_second=10) as (_, client):
        await client.post("/graphql", json={"query": STATES}, headers=accepting("text/csv"))  # compiles it
        before = await left(client)
        await client.post("/graphql", json={"query": STATES}, headers=accepting("text/csv"))
        after = await left(client)

    assert before - after == pytest.approx(10 + 7 + 10, abs=12)  # a request and 7 rows, then a request; some come back


async def test_a_client_that_leaves_leaves_no_transaction(world: Database) -> None:
    async with serving(world) as (app, _):
        puller = Puller(app, COMMUNITIES, takes=2)
        await puller.begun()
        await puller.leave()
        await ended(world)
        assert not puller.is_whole
        assert app.edge.graphql.pulls.under_way == set()


async def test_a_slow_reader_is_not_made_more_than_a_chunk_ahead(
    world: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = 0

    def counted(self: pulls_over_http.Packed, rows: pulls.Rows) -> bytes:
        nonlocal made
        made += 1
        return whole(self, rows)

    whole = pulls_over_http.Packed.rows
    monkeypatch.setattr(pulls_over_http.Packed, "rows", counted)
    async with serving(world) as (app, _):
        puller = Puller(app, COMMUNITIES, takes=3)  # the start, and two parts
        await puller.begun(2)
        await asyncio.sleep(0.2)  # longer than all of them take
        assert made == 3
        for _ in range(10):
            puller.taken.release()
        await asyncio.wait_for(puller.task, 20)

    assert puller.is_whole
    assert len(b"".join(puller.parts).splitlines()) == NUMBER


async def test_a_client_that_takes_nothing_is_cut(world: Database) -> None:
    async with serving(world, live_patience=1) as (app, _):
        puller = Puller(app, COMMUNITIES, takes=2)
        await asyncio.wait_for(puller.task, 20)
        await ended(world)

    assert (puller.cut, puller.is_whole) == (True, False)


async def test_a_pull_that_takes_too_long_is_broken_off_and_goes_on_after_its_last_row(world: Database) -> None:
    async with serving(world, pull_timeout=0.5) as (app, client):
        puller = Puller(app, COMMUNITIES, takes=3)
        await asyncio.wait_for(puller.task, 20)
        await ended(world)
        got = [orjson.loads(line) for line in b"".join(puller.parts).splitlines()]
        rest = COMMUNITIES.replace("communities", f'communities(after: "{got[-1]["cursor"]}")')
        response = await client.post("/graphql", json={"query": rest}, headers=accepting("application/jsonl"))
    async with asking(world) as ask:
        _, rows = await pulled(ask, COMMUNITIES)

    assert (puller.cut, puller.is_whole) == (True, False)
    assert got + [orjson.loads(line) for line in response.content.splitlines()] == rows


async def test_a_server_that_stops_breaks_pulls_off(world: Database) -> None:
    async with serving(world) as (app, _):
        puller = Puller(app, COMMUNITIES, takes=2)
        await puller.begun()
        await app.edge.leave()
        await asyncio.wait_for(puller.task, 20)
        await ended(world)

    assert (puller.cut, puller.is_whole) == (True, False)


async def test_a_fault_in_the_middle_breaks_the_answer_off(world: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(self: pulls_over_http.Packed, rows: pulls.Rows) -> bytes:
        if self.number > 20:
            raise ZeroDivisionError
        return whole(self, rows)

    whole = pulls_over_http.Packed.rows
    monkeypatch.setattr(pulls_over_http.Packed, "rows", failing)
    async with serving(world) as (app, _):
        puller = Puller(app, COMMUNITIES)
        await asyncio.wait_for(puller.task, 20)
        await ended(world)

    assert (puller.cut, puller.is_whole, len(puller.parts)) == (True, False, 3)


async def test_the_log_tells_rows_and_bytes(world: Database, capsys: pytest.CaptureFixture[str]) -> None:
    async with serving(world, access_log=True) as (_, client):
        response = await client.post("/graphql", json=BODY, headers=accepting("text/csv"))

    assert f"bytes={len(response.content)}" in capsys.readouterr().out.replace("\x1b[0m", "")
