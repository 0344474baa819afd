"""Operations that take too long are stopped, and so are those whose client went away; the readers are free again."""

import asyncio
import time
from typing import Any

import asyncpg
import pytest
import sqlalchemy as sa

from fund_api.core.access import PUBLIC
from fund_api.core.database import Database, Dialect
from fund_api.core.errors import TimedOut
from fund_api.graph.engine import Engine
from fund_api.graph.run import reader
from tests.asking import CATALOGUE
from tests.edge.asking import ANSWER, QUICK, SLOW, Leaver, serving, told

NAMED = "query ($filter: CommunityFilter!) { communities(first: 1, filter: $filter) { totalCount } }"
GRAPHQL = {"accept": "application/graphql-response+json"}
RUNNING = """
    SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND state = 'active' AND pid <> pg_backend_pid() AND query LIKE '%community%'
"""


async def running(database: Database) -> int:
    """How many statements PostgreSQL works on for others."""
    connection = await asyncpg.connect(database.driver_url)
    try:
        return int(await connection.fetchval(RUNNING))
    finally:
        await connection.close()


async def free(database: Database) -> None:
    """Wait until PostgreSQL works on nothing any more."""
    async with asyncio.timeout(5):
        while database.dialect is Dialect.POSTGRESQL and await running(database):
            pass


async def test_a_slow_query_is_stopped_and_says_what_it_may_take(loaded: Database) -> None:
    async with serving(loaded, operation_timeout=0.3, read_connections=1) as (_, client):
        began = time.monotonic()
        plain = await client.post("/graphql", json=SLOW)
        exact = await client.post("/graphql", json=SLOW, headers=GRAPHQL)
        took = time.monotonic() - began
        after = [(await client.post("/graphql", json=QUICK)).json() for _ in range(3)]

    assert told(plain) == (200, "OPERATION_TIMEOUT", None)
    assert told(exact) == (400, "OPERATION_TIMEOUT", None)
    [error] = plain.json()["errors"]
    assert error["message"].startswith("This took longer than 0.3 seconds, the most that it may take, and nothing was")
    assert took < 5  # it would take longer, twice
    assert after == [ANSWER] * 3  # by the one reader
    await free(loaded)


async def test_postgresql_itself_stops_what_its_server_forgot(loaded: Database) -> None:
    if loaded.dialect is not Dialect.POSTGRESQL:
        pytest.skip("SQLite has no server")
    limited = Database.at(loaded.url.render_as_string(hide_password=False), 0.2)
    reads = reader(limited, 1)
    engine = Engine(CATALOGUE, reads, 10, 10**6)
    with pytest.raises(TimedOut):
        await engine.answer(engine.prepare(SLOW["query"], None, SLOW["variables"]), PUBLIC)
    quick = await engine.answer(engine.prepare(QUICK["query"], None, {}), PUBLIC)
    await reads.close()
    await limited.close()

    assert quick == ANSWER


async def test_connections_that_postgresql_closed_are_not_used_again(loaded: Database) -> None:
    if loaded.dialect is not Dialect.POSTGRESQL:
        pytest.skip("SQLite has no server")
    reads = reader(loaded, 1)
    engine = Engine(CATALOGUE, reads, 10, 10**6)
    operation = engine.prepare(QUICK["query"], None, {})
    before = await engine.answer(operation, PUBLIC)
    [free] = reads._free  # type: ignore[attr-defined]  # of the reader of PostgreSQL
    other = await asyncpg.connect(loaded.driver_url)
    await other.execute("SELECT pg_terminate_backend($1)", free.get_server_pid())
    await other.close()
    async with asyncio.timeout(5):
        while not free.is_closed():  # noqa: ASYNC110  # nobody sets an event for tests
            await asyncio.sleep(0)

    assert await engine.answer(operation, PUBLIC) == before == ANSWER
    await reads.close()


async def test_a_client_who_goes_away_stops_their_query(loaded: Database) -> None:
    async with serving(loaded, read_connections=1) as (app, client):
        for _ in range(3):
            leaver = Leaver(app, SLOW)
            async with asyncio.timeout(5):
                while loaded.dialect is Dialect.POSTGRESQL and not await running(loaded):
                    pass
            await leaver.leave()
            assert leaver.sent == []
            began = time.monotonic()
            assert (await client.post("/graphql", json=QUICK)).json() == ANSWER
            assert time.monotonic() - began < 1  # the one reader did not work for nobody
            await free(loaded)
        assert app.edge.graphql.service.gate.under_way == 0


async def test_a_query_that_is_stopped_before_it_began_never_runs(loaded: Database) -> None:
    async with serving(loaded, read_connections=1, operation_timeout=0.25) as (_, client):
        both = await asyncio.gather(*(client.post("/graphql", json=SLOW) for _ in range(2)))
        after = (await client.post("/graphql", json=QUICK)).json()

    assert [told(each)[1] for each in both] == ["OPERATION_TIMEOUT"] * 2
    assert after == ANSWER


async def test_stopping_at_any_moment_never_hits_the_next_reader(loaded: Database) -> None:
    reads = reader(loaded, 1)
    engine = Engine(CATALOGUE, reads, 10, 10**6)
    slow = engine.prepare(
        "{ " + " ".join(f"a{n}: states(first: 60) {{ nodes {{ name }} }}" for n in range(8)) + " }", None, {}
    )
    quick = engine.prepare(QUICK["query"], None, {})
    for number in range(300):
        task = asyncio.create_task(engine.answer(slow, PUBLIC))
        for _ in range(number % 7):
            await asyncio.sleep(0)
        if number % 3:
            await asyncio.sleep(number % 11 / 4_000)
        task.cancel()
        assert await engine.answer(quick, PUBLIC) == ANSWER
        await asyncio.wait([task])
    await reads.close()


async def test_who_was_stopped_interrupts_nobody_who_comes_after_them(loaded: Database) -> None:
    reads = reader(loaded, 1)
    engine = Engine(CATALOGUE, reads, 10, 10**6)
    long = engine.prepare(SLOW["query"], None, SLOW["variables"])
    names = [{"name": {"contains": f"x{number}q"}} for number in range(80)]
    next_one = engine.prepare(NAMED, None, {"filter": {"or": [{"or": names[:40]}, {"or": names[40:]}]}})
    assert await engine.answer(next_one, PUBLIC) == {"data": {"communities": {"totalCount": 0}}}
    for number in range(5):
        task = asyncio.create_task(engine.answer(long, PUBLIC))
        await asyncio.sleep(number / 50)
        task.cancel()
        answer = await engine.answer(next_one, PUBLIC)  # takes longer than it takes to interrupt again
        assert answer == {"data": {"communities": {"totalCount": 0}}}
        await asyncio.wait([task])
    await reads.close()


# Writing

LONG: dict[Dialect, str] = {
    Dialect.POSTGRESQL: "SELECT pg_sleep(60)",
    Dialect.SQLITE: "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n",
}
MADE = sa.text("INSERT INTO installation (name, kind, created_at) VALUES ('this', 'STANDARD', '2026-01-01 00:00:00')")


async def kinds(database: Database) -> Any:
    async with database.reading() as connection:
        return await connection.scalar(sa.text("SELECT count(*) FROM installation"))


async def test_a_transaction_that_takes_too_long_is_rolled_back(database: Database) -> None:
    limited = Database.at(database.url.render_as_string(hide_password=False), 0.3)
    try:
        for _ in range(3):
            with pytest.raises(TimedOut):
                async with limited.writing() as connection:
                    await connection.execute(MADE)
                    await connection.execute(sa.text(LONG[database.dialect]))
            assert await kinds(limited) == 0
        with pytest.raises(TimedOut):
            async with limited.reading() as connection:
                await connection.execute(sa.text(LONG[database.dialect]))
        async with limited.writing() as connection:
            await connection.execute(MADE)
        assert await kinds(limited) == 1
    finally:
        await limited.close()


async def test_a_writer_that_is_cancelled_lets_go(database: Database) -> None:
    limited = Database.at(database.url.render_as_string(hide_password=False), 1)
    begun = asyncio.Event()

    async def work() -> None:
        async with limited.writing() as connection:
            await connection.execute(MADE)
            begun.set()
            await connection.execute(sa.text(LONG[database.dialect]))

    task = asyncio.create_task(work())
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(task, 10)
    async with asyncio.timeout(10), database.writing() as connection:  # nobody holds a lock
        await connection.execute(MADE)
    await limited.close()


async def test_commands_and_migrations_take_as_long_as_they_take(database: Database) -> None:
    if database.dialect is Dialect.POSTGRESQL:
        limited = Database.at(database.url.render_as_string(hide_password=False), 7)
        found = []
        for one in (database, limited):
            async with one.reading() as connection:
                found.append(await connection.scalar(sa.text("SHOW statement_timeout")))
        await limited.close()
        assert found == ["0", "7s"]
    else:
        async with database.reading() as connection:
            assert await connection.scalar(sa.text("PRAGMA busy_timeout")) == 10_000
