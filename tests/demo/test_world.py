"""The world of a demonstration: every question has its answer there, and nothing that is made up passes for real."""

from datetime import UTC, datetime, timedelta
from importlib.resources import as_file, files
from typing import Any

import pytest
import sqlalchemy as sa

from fund_api import loading
from fund_api.campaigns.tables import Stage
from fund_api.core import clock, events
from fund_api.core.columns import Table, wholes
from fund_api.core.database import Database, Dialect
from fund_api.core.facts import Provenance
from fund_api.core.importing import Silence
from fund_api.core.installation import make_demo
from fund_api.core.settings import Settings
from fund_api.demo import campaigns, making
from fund_api.demo.accounts import ACCOUNTS, FICTIONAL
from fund_api.demo.communities import PLACES
from fund_api.grants import audit as money
from fund_api.grants.tables import GrantStatus
from fund_api.hiring import audit as hiring
from fund_api.hiring.tables import HiringStage
from fund_api.people.roles import Role
from fund_api.printing import audit as stock
from tests.asking import asking
from tests.databases import Databases
from tests.demo.conftest import NOW
from tests.rows import count, fetch, table

ENDED = ("name", "title", "short_name", "label", "question", "university", "provider", "recipient", "payee")
"""Columns with what things are called."""
GEOIDS = [str(number) for number in range(9_900_001, 9_900_013)]


async def test_deadlines_and_sessions_lie_ahead(demo: Database) -> None:
    async with asking(demo) as ask:
        data = await ask(
            """query ($today: Date!) {
              sessions(filter: { startsOn: { gte: $today }, cancelledAt: { isNull: true } }) { totalCount }
              hasSeats: sessions(filter: { hasSeats: { eq: false } }) { totalCount }
              scholarships { totalCount }
            }""",
            today=str(NOW.date()),
        )

    assert data["sessions"]["totalCount"] >= 5
    assert (data["hasSeats"]["totalCount"], data["scholarships"]["totalCount"]) == (1, 1)


async def test_there_is_work_in_every_stage(demo: Database) -> None:
    for name, column, stages in (
        ("campaign", "stage", Stage),
        ("grant", "status", GrantStatus),
        ("hiring_request", "stage", HiringStage),
    ):
        rows = table(name).c
        found = await fetch(demo, sa.select(rows[column]).distinct().where(rows.provenance == "FICTIONAL"))
        assert {stage for (stage,) in found} == set(stages), name


async def test_there_are_twelve_communities_in_a_state_of_their_own(demo: Database) -> None:
    rows = table("community").c
    found = await fetch(demo, sa.select(rows.geoid, rows.ocd_id).where(rows.state_code == "ZZ").order_by(rows.geoid))

    assert found == [(geoid, None) for geoid in GEOIDS]
    assert {thread.__name__ for thread in campaigns.THREADS} - {"asks"} == {place.key for place in PLACES}


async def test_every_role_has_an_account(demo: Database) -> None:
    assert {account.role for account in ACCOUNTS} == set(Role)
    assert await count(demo, "person") == len(ACCOUNTS)
    assert await count(demo, "api_token") == len(ACCOUNTS)


async def test_the_log_is_in_the_order_of_time_and_nothing_lies_in_the_future(demo: Database) -> None:
    times = [at for (at,) in await fetch(demo, sa.select(table("event").c.at).order_by(table("event").c.number))]

    assert times == sorted(times)
    assert times[-1] <= NOW
    assert times[0] == NOW - timedelta(days=120)


async def test_the_audit_is_clean(demo: Database) -> None:
    async with demo.snapshot() as connection:
        log = await events.audit(connection)
        wrong = [*await money.audit(connection), *await stock.audit(connection), *await hiring.audit(connection)]

    assert (log.broken, wrong) == (None, [])
    assert log.events > 500


async def test_nothing_fictional_attaches_to_anything_real(demo: Database) -> None:
    """Of every foreign key and every scope: unless its target may be referred to as it is, both are made up."""
    looked_at = 0
    for each in Table.metadata.sorted_tables:
        for name, keys in wholes(each).items():
            for key in keys:
                own = each.alias()
                real = sa.select(key.table.c.id).where(key == own.c[name], key.table.c.provenance != "FICTIONAL")
                made_up = [own.c.provenance == "FICTIONAL"] if "provenance" in each.c else [_is_new(own)]
                attached = sa.select(sa.func.count()).select_from(own).where(real.exists(), *made_up)
                assert await fetch(demo, attached) == [(0,)], f"{each.name}.{name}"
                looked_at += 1
    assert looked_at > 100


def _is_new(rows: Any) -> sa.ColumnElement[bool]:  # Any: an alias
    """Whether a link, which has no provenance, was not loaded: here, that it names something made up."""
    parts = [
        sa.select(key.column.table.c.provenance)
        .where(key.column == rows.c[key.parent.name], key.column.table.c.provenance == "FICTIONAL")
        .exists()
        for column in rows.element.c
        for key in column.foreign_keys
        if "provenance" in key.column.table.c
    ]
    return sa.or_(sa.false(), *parts)


async def test_what_is_made_up_says_so_in_its_name(demo: Database) -> None:
    looked_at = []
    for each in Table.metadata.sorted_tables:
        for name in ENDED:
            if "provenance" in each.c and name in each.c:
                rows = each.c
                wrong = sa.select(rows[name]).where(rows.provenance == "FICTIONAL", rows[name].is_not(None))
                assert await fetch(demo, wrong.where(~rows[name].endswith(FICTIONAL))) == [], f"{each.name}.{name}"
                looked_at.append(each.name)
    assert {"person", "community", "campaign", "funding_program", "revision", "program", "senior_advisor"} <= {
        *looked_at
    }


async def test_what_was_loaded_is_real(demo: Database, loaded: Database) -> None:
    """The demonstration has all the reference data, and a standard installation nothing that is made up."""
    for each in Table.metadata.sorted_tables:
        if "provenance" in each.c:
            real = each.c.provenance == Provenance.REPORTED
            assert await count(demo, each.name, real) == await count(loaded, each.name, real), each.name
            assert await count(loaded, each.name, ~real) == 0, each.name
            assert await count(demo, each.name, each.c.provenance == Provenance.ENTERED) == 0, each.name


@pytest.mark.parametrize(
    "now",
    [
        datetime(2026, 10, 1, tzinfo=UTC),  # the first moment of a fiscal year
        datetime(2028, 2, 29, 23, 59, 59, tzinfo=UTC),
    ],
    ids=str,
)
async def test_the_story_can_be_told_on_any_day(databases: Databases, now: datetime) -> None:
    async with databases.migrated(Dialect.SQLITE) as database:
        with clock.at(now):
            await make_demo(database, "Nothing here is true.", now)
            areas = files("fund_api") / "data" / "practice_areas.csv"
            with as_file(areas) as path:
                await loading.load_files(database, [path], Silence(), now)
            await making.tell(database, Settings())
        async with database.snapshot() as connection:
            assert [*await money.audit(connection), *await stock.audit(connection)] == []
        rows = table("funding_program").c
        assert await fetch(database, sa.select(rows.available)) == [(750_000,)]
        assert [at for (at,) in await fetch(database, sa.select(table("event").c.at)) if at > now] == []
