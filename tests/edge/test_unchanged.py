"""304: what is said to the database for it, and that nobody who saw a write gets one for what was before."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest
import sqlalchemy as sa
from sqlalchemy import event

from fund_api.core.database import Database, SqliteConnection
from fund_api.core.heads import HEAD
from fund_api.people.roles import Role
from tests.bench import sample
from tests.bench.counting import document, variables
from tests.bench.rows import load
from tests.edge.asking import serving
from tests.edge.test_caching import PEOPLE, RESOURCES, rename, token_of
from tests.people.somebody import own_id, somebody

ASKED: dict[str, dict[str, Any]] = {
    "Board": {"query": document("Board")},
    "Detail": {"query": document("Detail"), "variables": variables("Detail")},
    "by the clock": {"query": RESOURCES},
}
"""Requests by what they are. Any: what JSON holds."""
HOUSEKEEPING = ("PRAGMA", "BEGIN", "COMMIT", "ROLLBACK")


@pytest.fixture
async def filled(database: Database, tmp_path: Path) -> Database:
    sample.write(tmp_path)
    await load(database, tmp_path)
    return database


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Every statement that this process says to a database, over connections of any kind that begin from now on."""
    heard: list[str] = []
    open_, execute = SqliteConnection.__init__, asyncpg.Connection._do_execute

    def opened(own: SqliteConnection, *given: Any, **named: Any) -> None:
        open_(own, *given, **named)
        own.set_trace_callback(heard.append)

    async def executed(own: Any, query: str, *given: Any, **named: Any) -> Any:
        heard.append(query)
        return await execute(own, query, *given, **named)

    def noted(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        heard.append(statement)

    monkeypatch.setattr(SqliteConnection, "__init__", opened)
    monkeypatch.setattr(asyncpg.Connection, "_do_execute", executed)
    event.listen(sa.Engine, "before_cursor_execute", noted)
    yield heard
    event.remove(sa.Engine, "before_cursor_execute", noted)


@asynccontextmanager
async def alone(database: Database) -> AsyncIterator[httpx.AsyncClient]:
    """A client of an application that keeps no answers."""
    async with serving(database, response_cache=0, caller_rows=10**9) as (_, client):
        yield client


async def ask(client: httpx.AsyncClient, what: str, tag: str = "") -> httpx.Response:
    return await client.post("/graphql", json=ASKED[what], headers={"if-none-match": tag} if tag else {})


@pytest.mark.parametrize("what", list(ASKED))
async def test_a_304_asks_for_the_name_of_the_state_and_for_nothing_else(
    filled: Database, said: list[str], what: str
) -> None:
    async with alone(filled) as client:
        tag = (await ask(client, what)).headers["etag"]
        read = len(said)
        again = [await ask(client, what, tag) for _ in range(5)]
        statements = [each.strip() for each in said[read:]]

    assert read > 1
    assert [each.status_code for each in again] == [304] * 5
    assert [each for each in statements if not each.startswith(HOUSEKEEPING)] == [HEAD.strip()] * 5


async def test_what_changes_by_the_clock_is_answered_in_full_where_its_moments_are_not_known(
    filled: Database, said: list[str]
) -> None:
    """Another process has the tag of the same state, but has not read the moments, which stand in a table of data."""
    async with alone(filled) as client:
        tag = (await ask(client, "by the clock")).headers["etag"]
    async with alone(filled) as other:
        first = await ask(other, "by the clock", tag)
        read = len(said)
        second = await ask(other, "by the clock", tag)
        statements = [each.strip() for each in said[read:]]

    assert (first.status_code, first.headers["etag"], second.status_code) == (200, tag, 304)
    assert [each for each in statements if not each.startswith(HOUSEKEEPING)] == [HEAD.strip()]


async def test_whoever_saw_a_write_of_another_process_never_gets_304_for_what_was_before(database: Database) -> None:
    ada = own_id(await somebody(database, "Ada", Role.ADMINISTRATOR))
    signed = await token_of(database, ada)
    other = Database.at(database.url.render_as_string(hide_password=False))
    async with serving(database, caller_rows=10**9) as (_, client):

        async def asked(tag: str) -> httpx.Response:
            return await client.post("/graphql", json={"query": PEOPLE}, headers=signed | {"if-none-match": tag})

        tag, seen = "", []
        for number in range(20):
            around = [asyncio.create_task(asked(tag)) for _ in range(5)]  # readings that began before the write
            await asyncio.sleep(0)
            await rename(other, f"Person{number}")
            after = await asyncio.gather(*[asked(tag) for _ in range(5)])
            seen += [(each.status_code, len(each.json()["data"]["people"]["nodes"])) for each in after]
            await asyncio.gather(*around)
            tag = (await asked("")).headers["etag"]
            assert (await asked(tag)).status_code == 304
    await other.close()

    assert seen == [(200, min(20, 2 + number)) for number in range(20) for _ in range(5)]


async def test_a_reading_that_is_broken_off_leaves_nobody_waiting(filled: Database) -> None:
    async with serving(filled) as (app, client):
        tag = (await ask(client, "Detail")).headers["etag"]
        heads = app.edge.graphql.caching._heads
        waiting = [asyncio.create_task(heads.fresh()) for _ in range(3)]
        await asyncio.sleep(0)
        waiting[0].cancel()
        names = await asyncio.wait_for(asyncio.gather(*waiting[1:]), 10)
        after = await ask(client, "Detail", tag)

    assert len(set(names)) == 1
    assert None not in names
    assert after.status_code == 304
