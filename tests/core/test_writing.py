"""The write path: what a transaction writes, tells, and refuses."""

import asyncio
import re
from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, IntegrityError

from fund_api.campaigns.tables import Milestone
from fund_api.core import events
from fund_api.core.access import PUBLIC, Viewer
from fund_api.core.columns import table_of
from fund_api.core.database import Database
from fund_api.core.errors import InvalidValue, NotFound, VersionConflict
from fund_api.core.events import EVENT, HEAD, PRIVATE
from fund_api.core.writing import Transaction, writing
from tests.granting import Fund
from tests.rows import count, fetch, table

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
ACTOR = Viewer("person_01h455vb4pex5vsknk084sn02q", frozenset())
MILESTONE = table_of(Milestone)


async def campaign(database: Database) -> str:
    """A campaign to hang milestones on."""
    fund = Fund()
    found = fund.campaign(fund.community("Saratoga Springs"))
    await fund.save(database)
    return found


async def milestone(tx: Transaction, campaign_id: str) -> str:
    values = {"campaign_id": campaign_id, "kind": "ELECTION_DAY", "due_on": date(2026, 12, 1), "note": "Café"}
    return await tx.add(Milestone, "added", values, campaign_id=campaign_id)


async def told(database: Database) -> list[tuple[object, ...]]:
    """What the log says of every changed field."""
    change = table("event_change")
    query = sa.select(EVENT.c.number, EVENT.c.action, change.c.field, change.c.before, change.c.after)
    return await fetch(database, query.join(change).order_by(EVENT.c.number, change.c.place))


async def audited(database: Database) -> events.Audit:
    async with database.engine.connect() as connection:
        return await events.audit(connection)


async def test_every_change_is_told_with_its_values_before_and_after(database: Database) -> None:
    campaign_id = await campaign(database)
    async with writing(database, ACTOR, NOW, "request-1") as tx:
        added = await milestone(tx, campaign_id)
    async with writing(database, ACTOR, NOW + timedelta(days=1)) as tx:
        before = await tx.change(Milestone, "moved", added, {"due_on": date(2026, 12, 2), "note": "Café"})

    assert before["due_on"] == date(2026, 12, 1)
    assert await told(database) == [
        (1, "milestone.added", "campaign_id", None, f'"{campaign_id}"'),
        (1, "milestone.added", "kind", None, '"ELECTION_DAY"'),
        (1, "milestone.added", "due_on", None, '"2026-12-01"'),
        (1, "milestone.added", "note", None, '"Café"'),
        (1, "milestone.added", "provenance", None, '"ENTERED"'),
        (2, "milestone.moved", "due_on", '"2026-12-01"', '"2026-12-02"'),
    ]
    assert await fetch(database, sa.select(EVENT.c.actor_id, EVENT.c.request_id, EVENT.c.entity_id)) == [
        (ACTOR.id, "request-1", added),
        (ACTOR.id, None, added),
    ]
    assert (await audited(database)).events == 2


async def test_texts_are_composed_and_trimmed(database: Database) -> None:
    campaign_id = await campaign(database)
    async with writing(database, ACTOR, NOW) as tx:
        values = {"campaign_id": campaign_id, "kind": "EFFECTIVE", "note": "  Cafe\u0301 "}
        await tx.add(Milestone, "added", values)

    assert await fetch(database, sa.select(MILESTONE.c.note)) == [("Café",)]


async def test_what_changes_nothing_is_not_told(database: Database) -> None:
    campaign_id = await campaign(database)
    async with writing(database, ACTOR, NOW) as tx:
        added = await milestone(tx, campaign_id)
    async with writing(database, ACTOR, NOW) as tx:
        await tx.change(Milestone, "moved", added, {"due_on": date(2026, 12, 1)})

    assert await count(database, "event") == 1


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"note": "x" * 1_001}, "note takes 1 to 1,000 characters, not 1,001 characters."),
        ({"note": " "}, "note takes a text that is not empty, not 0 characters."),
        ({"note": "a\x00b"}, "note: a text can't hold the character U+0000."),
        ({"kind": None}, "kind is needed."),
    ],
)
async def test_a_value_that_its_column_can_t_take_is_refused_and_nothing_is_written(
    database: Database, values: dict[str, object], message: str
) -> None:
    campaign_id = await campaign(database)
    with pytest.raises(InvalidValue) as refused:
        async with writing(database, ACTOR, NOW) as tx:
            added = await milestone(tx, campaign_id)
            await tx.change(Milestone, "moved", added, values)

    assert str(refused.value) == message
    assert refused.value.path == tuple(values)
    assert await count(database, "milestone") == await count(database, "event") == 0


async def test_what_is_not_there_can_t_be_changed(database: Database) -> None:
    with pytest.raises(NotFound, match=r"There is no milestone mile_1\."):
        async with writing(database, ACTOR, NOW) as tx:
            await tx.change(Milestone, "moved", "mile_1", {"note": "x"})


async def test_events_can_neither_be_changed_nor_deleted(database: Database) -> None:
    campaign_id = await campaign(database)
    async with writing(database, ACTOR, NOW) as tx:
        await milestone(tx, campaign_id)

    for statement in (
        "UPDATE event SET action = 'x'",
        "DELETE FROM event",
        "UPDATE event_change SET field = 'x'",
        "DELETE FROM event_change",
    ):
        with pytest.raises(DBAPIError, match="is append-only"):
            async with database.writing() as connection:
                await connection.execute(sa.text(statement))
    assert (await audited(database)).broken is None


BREAKS = {
    "UPDATE event SET action = 'milestone.Added' WHERE number = 2": r"Event 2 \(milestone.Added of mile_.*\) is not as",
    "UPDATE event_change SET after = '\"Cafe\"' WHERE field = 'note'": r"Event 1 \(milestone.added of mile_.*\) is not as",
    "DELETE FROM event_change WHERE field = 'note'": r"Event 1 \(.*\) is not as it was written",
    "UPDATE event SET provenance = 'FICTIONAL' WHERE number = 2": r"Event 2 \(.*\) is not as it was written",
    "UPDATE event SET number = 9 WHERE number = 2": "Event 2 is missing",
    "UPDATE event SET hash = previous_hash WHERE number = 1": r"Event 1 \(.*\) is not as it was written",
    "UPDATE event_change SET place = 7 WHERE field = 'provenance'": r"Event 1 \(.*\) is not as it was written",
    "UPDATE event_head SET number = 4": "The log ends at event 3, where event 4 was written last",
}
UNGUARD = {
    "sqlite": [f"DROP TRIGGER {name}_no_{kind}" for name in ("event", "event_change") for kind in ("update", "delete")],
    "postgresql": [f"DROP TRIGGER {name}_no_change ON {name}" for name in ("event", "event_change")],
}


@pytest.mark.parametrize(("statement", "message"), BREAKS.items())
async def test_an_audit_names_the_first_event_that_is_not_as_it_was_written(
    database: Database, statement: str, message: str
) -> None:
    campaign_id = await campaign(database)
    for _ in range(3):
        async with writing(database, ACTOR, NOW) as tx:
            await milestone(tx, campaign_id)
    async with database.writing() as connection:
        for order in [*UNGUARD[database.dialect], statement]:
            await connection.execute(sa.text(order))

    broken = (await audited(database)).broken

    assert broken is not None
    assert re.match(message, broken), broken


async def test_no_value_of_an_event_can_be_changed_unseen(database: Database) -> None:
    campaign_id = await campaign(database)
    for _ in range(2):
        async with writing(database, ACTOR, NOW, "request-1") as tx:
            await milestone(tx, campaign_id)

    async with database.engine.connect() as connection:
        for order in UNGUARD[database.dialect]:
            await connection.execute(sa.text(order))
        for column in (*EVENT.c, *events.CHANGE.c):
            [row] = await connection.execute(sa.select(column.table).order_by(column.table.c.id).limit(1))
            forged = "FICTIONAL" if column is EVENT.c.provenance else another(row._mapping[column.name])
            statement = column.table.update().where(column.table.c.id == row.id).values({column.name: forged})
            refused, broken = False, None
            async with connection.begin_nested() as change:
                try:
                    await connection.execute(statement)
                    broken = (await events.audit(connection)).broken
                except IntegrityError:  # by a foreign key, or because a private value stands nowhere else
                    refused = column.name in ("id", "event_id", "digest")
                await change.rollback()
            assert refused or broken, column


def another(value: object) -> object:
    """A value that differs as little as can be; of a text, in its last byte."""
    match value:
        case datetime():
            return value + timedelta(microseconds=1)
        case int():
            return value + 100
        case str():
            return value[:-1] + ("y" if value[-1] == "x" else "x")
    return "x"


async def test_writers_at_once_leave_no_gap_and_one_chain(database: Database) -> None:
    campaign_id = await campaign(database)

    async def write(number: int) -> None:
        async with writing(database, PUBLIC, NOW) as tx:
            await milestone(tx, campaign_id)
            if number % 5 == 0:
                raise NotFound("rolled back")

    done = await asyncio.gather(*(write(number) for number in range(50)), return_exceptions=True)

    assert sum(isinstance(one, NotFound) for one in done) == 10
    assert [one for one in done if isinstance(one, Exception) and not isinstance(one, NotFound)] == []
    numbers = await fetch(database, sa.select(EVENT.c.number).order_by(EVENT.c.number))
    assert [number for (number,) in numbers] == list(range(1, 41))
    found = await audited(database)
    assert (found.events, found.broken) == (40, None)
    assert await fetch(database, sa.select(HEAD.c.number, HEAD.c.hash)) == [(40, found.last)]


async def test_private_values_stand_apart_and_can_be_erased(database: Database) -> None:
    change = events.Change("email", None, "ada@example.org", private=True)
    done = events.Done("person.added", "person_1", (change,), person_id="person_1")
    async with database.writing() as connection:
        await events.append(connection, events.Origin(None, NOW), [done])

    assert await told(database) == [(1, "person.added", "email", None, None)]
    assert await fetch(database, sa.select(PRIVATE.c.after, PRIVATE.c.person_id)) == [('"ada@example.org"', "person_1")]
    async with database.writing() as connection:
        await connection.execute(PRIVATE.update().values(after='"eve@example.org"'))
    assert (await audited(database)).broken == "A private value of event 1 (email) is not as it was written."
    async with database.writing() as connection:
        await connection.execute(PRIVATE.delete())
    found = await audited(database)
    assert (found.events, found.broken, found.erased) == (1, None, 1)


def test_a_version_conflict_says_what_to_do() -> None:
    assert str(VersionConflict("camp_1", 2, 3)) == (
        "This was changed by somebody else: it is at version 3, not 2. Read it again."
    )
