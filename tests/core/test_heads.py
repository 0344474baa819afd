"""The state of the data by its name."""

import asyncio

import asyncpg
import pytest

from fund_api.core.access import SYSTEM
from fund_api.core.database import Database
from fund_api.core.heads import HEAD, NAME, Heads, tell_unlogged
from fund_api.core.writing import writing
from fund_api.people import rules
from tests.people.somebody import NOW


async def add(database: Database, name: str) -> None:
    async with writing(database, SYSTEM, NOW) as tx:
        await rules.add_person(tx, name, f"{name.lower()}@example.org")


async def test_every_commit_gives_another_name_and_nothing_else_does(database: Database) -> None:
    heads = Heads(database)
    names = [await heads.fresh(), await heads.fresh()]
    await add(database, "Ada")
    names += [await heads.fresh(), await heads.fresh()]
    async with database.writing() as connection:
        await tell_unlogged(connection)
    names += [await heads.fresh(), await heads.fresh()]
    await heads.close()

    assert names[0::2] == names[1::2]
    assert None not in names
    assert len(set(names)) == 3


async def test_what_is_rolled_back_gives_no_other_name(database: Database) -> None:
    heads = Heads(database)
    before = await heads.fresh()
    with pytest.raises(ZeroDivisionError):
        async with writing(database, SYSTEM, NOW) as tx:
            await rules.add_person(tx, "Ada", "ada@example.org")
            await tell_unlogged(tx.connection)
            raise ZeroDivisionError
    after = await heads.fresh()
    await heads.close()

    assert before == after


async def test_all_who_ask_at_once_share_a_reading_that_begins_after_they_asked(
    postgres: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    heads, readings = Heads(postgres), 0
    await heads.fresh()
    ask = asyncpg.Connection.fetchval

    async def counted(own: asyncpg.Connection, query: str, *given: object) -> object:
        nonlocal readings
        readings += query == HEAD
        return await ask(own, query, *given)

    monkeypatch.setattr(asyncpg.Connection, "fetchval", counted)
    first = asyncio.create_task(heads.fresh())
    while not readings:  # noqa: ASYNC110  # nobody sets an event for tests
        await asyncio.sleep(0)
    others = [asyncio.create_task(heads.fresh()) for _ in range(20)]
    names = {await each for each in [first, *others]}
    await heads.close()

    assert readings == 2
    assert len(names) == 1


async def test_who_asks_after_a_commit_gets_its_name_though_a_reading_from_before_is_under_way(
    postgres: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    heads, is_read, may_end = Heads(postgres), asyncio.Event(), asyncio.Event()
    before = await heads.fresh()
    ask = asyncpg.Connection.fetchval

    async def slow(own: asyncpg.Connection, query: str, *given: object) -> object:
        found = await ask(own, query, *given)
        if query == HEAD:
            is_read.set()
            await may_end.wait()
        return found

    monkeypatch.setattr(asyncpg.Connection, "fetchval", slow)
    first = asyncio.create_task(heads.fresh())
    await is_read.wait()
    await add(postgres, "Ada")
    second = asyncio.create_task(heads.fresh())
    await asyncio.sleep(0)
    may_end.set()
    names = await first, await second
    await heads.close()

    assert names[0] == before
    assert names[1] not in (before, None)


async def test_a_connection_that_was_lost_is_made_again(postgres: Database) -> None:
    heads = Heads(postgres)
    before = await heads.fresh()
    async with postgres.writing() as connection:
        end = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = '{NAME}'"
        await connection.exec_driver_sql(f"{end} AND datname = current_database()")
    names = [await heads.fresh() for _ in range(2)]
    await heads.close()

    assert names[-1] == before


async def test_a_database_without_tables_says_nothing(empty: Database) -> None:
    heads = Heads(empty)
    assert await heads.fresh() is None
    await heads.close()
