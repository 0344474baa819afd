"""Times and texts mean the same in both databases."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta, timezone

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import StatementError

from fund_api.core.columns import Text, UtcDateTime
from fund_api.core.database import Database

SAMPLE = sa.Table("sample", sa.MetaData(), sa.Column("at", UtcDateTime), sa.Column("word", Text))
ZONES = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
TIMES = st.datetimes(datetime(1, 1, 3), datetime(9999, 12, 29), timezones=ZONES)
SQLITE: sa.Dialect = sqlite.dialect()
POSTGRESQL: sa.Dialect = postgresql.dialect()  # type: ignore[no-untyped-call]  # untyped in SQLAlchemy


@pytest.fixture
async def samples(empty: Database) -> AsyncIterator[Database]:
    async with empty.writing() as connection:
        await connection.run_sync(SAMPLE.metadata.create_all)
    yield empty


async def insert(database: Database, **values: object) -> None:
    async with database.writing() as connection:
        await connection.execute(SAMPLE.insert().values(**values))


async def column(database: Database, column: sa.Column[str] | sa.Column[datetime]) -> list[object]:
    async with database.engine.connect() as connection:
        return list(await connection.scalars(sa.select(column).order_by(column)))


async def test_time_comes_back_in_utc(samples: Database) -> None:
    await insert(samples, at=datetime(2026, 3, 8, 2, 30, 0, 123456, timezone(timedelta(hours=-5))))
    (found,) = await column(samples, SAMPLE.c.at)
    assert isinstance(found, datetime)
    assert (found, found.utcoffset()) == (datetime(2026, 3, 8, 7, 30, 0, 123456, UTC), timedelta(0))


async def test_unknown_time_stays_unknown(samples: Database) -> None:
    await insert(samples, at=None)
    assert await column(samples, SAMPLE.c.at) == [None]


async def test_time_without_zone_is_refused(samples: Database) -> None:
    with pytest.raises(StatementError, match="has no time zone; times are aware, in UTC"):
        await insert(samples, at=datetime(2026, 3, 8))
    assert await column(samples, SAMPLE.c.at) == []


async def test_times_are_ordered_by_when_they_were(samples: Database) -> None:
    noon = datetime(2026, 3, 8, 12, tzinfo=UTC)
    times = [
        noon.replace(year=999),
        noon,
        noon + timedelta(microseconds=1),
        (noon + timedelta(minutes=5)).astimezone(timezone(timedelta(hours=-10))),
        noon + timedelta(seconds=600),
    ]
    for at in reversed(times):
        await insert(samples, at=at)
    assert await column(samples, SAMPLE.c.at) == times


async def test_text_is_ordered_by_code_point(samples: Database) -> None:
    words = ["Z", "a", "b", "z", "Ä", "é", "\uffee", "\U0001f600"]
    for word in reversed(words):
        await insert(samples, word=word)
    assert await column(samples, SAMPLE.c.word) == words


@given(TIMES)
def test_stored_time_is_read_as_the_same_moment(at: datetime) -> None:
    for dialect in (SQLITE, POSTGRESQL):
        stored = UtcDateTime().process_bind_param(at, dialect)
        assert UtcDateTime().process_result_value(stored, dialect) == at


@given(TIMES, TIMES)
def test_stored_text_sorts_as_time(one: datetime, other: datetime) -> None:
    texts = [UtcDateTime().process_bind_param(at, SQLITE) for at in (one, other)]
    assert (texts[0] < texts[1]) == (one < other)
