"""What the tests of grants watch: that a refusal changes nothing, and what the log tells of what was done."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from fund_api.core.errors import Failure
from tests.grants.acting import Office
from tests.rows import contents, table

TABLES = (
    *("campaign", "campaign_member", "grant", "budget_line", "grant_duty", "review", "recusal", "approval"),
    *("grant_condition", "match_commitment", "disbursement", "grant_report"),
    *("ledger_entry", "funding_program", "fiscal_year", "event"),
)
"""What a refused act leaves as it was."""
Changes = dict[str, tuple[Any, Any]]  # Any: a value of a column, before and after
Told = tuple[str, str | None, str | None, Changes]
"""An event: what was done, the name of who did it, the campaign whose people may read of it, and what it changed."""


@asynccontextmanager
async def refused(
    office: Office, failure: type[Failure], message: str | None = None
) -> AsyncIterator[pytest.ExceptionInfo[Any]]:
    """What is done in the block is refused in these words, and nothing is changed."""
    before = await contents(office.database, TABLES)
    with pytest.raises(failure) as raised:
        yield raised
    assert message is None or str(raised.value) == message
    assert await contents(office.database, TABLES) == before


@asynccontextmanager
async def telling(office: Office) -> AsyncIterator[list[Told]]:
    """The events of what is done in the block, in their order, known at its end."""
    told: list[Told] = []
    event = table("event").c
    async with office.database.reading() as connection:
        last = await connection.scalar(sa.select(sa.func.max(event.number)))
    yield told
    names = {person: name for name, person in office.people.items()}
    async with office.database.reading() as connection:
        query = sa.select(event.id, event.action, event.actor_id, event.campaign_id).where(event.number > (last or 0))
        for row in (await connection.execute(query.order_by(event.number))).all():
            told.append((row.action, names.get(row.actor_id), row.campaign_id, await _changes(connection, row.id)))


async def _changes(connection: AsyncConnection, event_id: str) -> Changes:
    change = table("event_change").c
    query = sa.select(change.field, change.before, change.after, change.digest).where(change.event_id == event_id)
    rows = (await connection.execute(query.order_by(change.place))).all()
    return {row.field: ("private", "private") if row.digest else (_read(row.before), _read(row.after)) for row in rows}


def _read(value: str | None) -> Any:
    return None if value is None else json.loads(value)
