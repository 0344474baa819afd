"""What rows were before is kept by the database itself, and any statement can be read as of an earlier moment."""

import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from fund_api.core import keeping, past
from fund_api.core.database import Database, Dialect
from fund_api.core.past import PAST
from fund_api.graph.past import then
from fund_api.graph.run import reader
from fund_api.graph.snapshots import Snapshot
from fund_api.reporting import cursors
from tests.feed.chaos import TRACED, Chaos
from tests.granting import Fund
from tests.rows import count, fetch, table
from tests.structure import structure, tables

PERSON = table("person")


def test_every_table_is_kept_or_named_as_one_that_is_not() -> None:
    assert sorted(keeping.UNTRACED - {each.name for each in tables().sorted_tables}) == []


def test_no_secret_is_kept() -> None:
    secret = {column.name for each in TRACED for column in each.c if column.info.get("secret")}
    assert sorted(secret - set(keeping.LEFT_OUT)) == []


async def test_every_table_that_is_kept_has_its_triggers(database: Database) -> None:
    made = await structure(database)
    wanted = 3 if database.dialect is Dialect.SQLITE else 1

    def triggers(name: str) -> int:
        return sum(str(made.get(each, "")).count(f"TRIGGER {name}_past") for each in (name, f'"{name}"'))

    assert [each.name for each in TRACED if triggers(each.name) != wanted] == []


async def whole(snapshot: Snapshot, each: sa.Table, number: int) -> list[Any]:
    """Every row of a table as of a moment, without the columns that are not kept."""
    names = ", ".join(f'"{column.name}"' for column in each.c if column.name not in keeping.LEFT_OUT)
    order = ", ".join(f'"{column.name}"' for column in each.primary_key)
    moment = await then(snapshot, number)
    return [
        tuple(row) for row in await snapshot.fetch(moment.text(f'SELECT {names} FROM "{each.name}" ORDER BY {order}'))
    ]


@pytest.mark.parametrize("seed", range(2))
async def test_as_of_a_moment_is_what_a_copy_of_then_holds(database: Database, seed: int) -> None:
    chaos = Chaos(database, f"copies {seed}")
    await chaos.begin()
    copies: dict[int, dict[str, list[Any]]] = {}
    reads = reader(database, 1)
    for _ in range(4):
        async with reads.snapshot() as snapshot:
            number = (await cursors.head(snapshot)).number
            copies[number] = {each.name: await whole(snapshot, each, number) for each in TRACED}
        for _ in range(random.Random(seed).randint(5, 25)):
            await chaos.step()
            await chaos.mischief()
    async with reads.snapshot() as snapshot:
        for number, copy in copies.items():
            for each in TRACED:
                assert await whole(snapshot, each, number) == copy[each.name], (number, each.name)
    await reads.close()


async def rename(database: Database, person: str, name: str) -> None:
    async with database.writing() as connection:
        await connection.execute(PERSON.update().where(PERSON.c.id == person).values(name=name))


async def test_a_write_that_changes_nothing_keeps_nothing(database: Database) -> None:
    fund = Fund()
    person = fund.person("Ada")
    await fund.save(database)
    before = await count(database, "past")

    await rename(database, person, "Ada")

    assert await count(database, "past") == before


async def test_what_is_rolled_back_keeps_nothing(database: Database) -> None:
    fund = Fund()
    person = fund.person("Ada")
    await fund.save(database)
    before = await count(database, "past")

    with pytest.raises(ZeroDivisionError):
        async with database.writing() as connection:
            await connection.execute(PERSON.update().where(PERSON.c.id == person).values(name="Bea"))
            raise ZeroDivisionError

    assert await count(database, "past") == before


async def test_writers_side_by_side_are_numbered_in_the_order_of_their_commits(postgres: Database) -> None:
    fund = Fund()
    first, second = fund.person("First"), fund.person("Second")
    await fund.save(postgres)
    async with postgres.engine.connect() as slow, postgres.engine.connect() as quick:
        await slow.execute(PERSON.update().where(PERSON.c.id == first).values(name="Slow"))
        await quick.execute(PERSON.update().where(PERSON.c.id == second).values(name="Quick"))
        await quick.commit()
        reads = reader(postgres, 1)
        async with reads.snapshot() as snapshot:  # somebody who looks between the two commits
            between = (await cursors.head(snapshot)).number
        await slow.commit()
    later = sa.select(PAST.c.row_id).where(PAST.c.number > between)

    assert await fetch(postgres, later) == [(first,)]
    async with reads.snapshot() as snapshot:
        moment = await then(snapshot, between)
        names = await snapshot.fetch(moment.text("SELECT name FROM person ORDER BY name"))
    await reads.close()
    assert [name for (name,) in names] == ["First", "Quick"]


async def test_the_past_is_kept_for_90_days(database: Database) -> None:
    fund = Fund()
    person = fund.person("Ada")
    await fund.save(database)
    await rename(database, person, "Bea")
    now = datetime.now(UTC)
    before = await count(database, "past")
    async with database.writing() as connection:
        await past.purge(connection, now + past.KEPT - timedelta(minutes=1))
    assert await count(database, "past") == before

    async with database.writing() as connection:
        await past.purge(connection, now + past.KEPT + timedelta(minutes=1))

    assert await count(database, "past") == 0
    reads = reader(database, 1)
    async with reads.snapshot() as snapshot:
        known = await cursors.head(snapshot)
    assert known.floor == known.number > 0
    await rename(database, person, "Cleo")  # numbers go on where they were
    async with reads.snapshot() as snapshot:
        assert (await cursors.head(snapshot)).number == known.number + 1
    await reads.close()
