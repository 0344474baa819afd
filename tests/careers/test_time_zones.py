"""Nights on which clocks change: calendars say the moment that is stored, whoever reads them."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fund_api.careers.calendar_entries import calendar_of
from fund_api.careers.time_zones import described
from tests.careers.reading_calendars import Read, read, session

ZONES = ("America/New_York", "America/Denver", "America/Phoenix", "Pacific/Honolulu", "America/Puerto_Rico", "Etc/UTC")
NIGHTS = (date(2026, 3, 8), date(2026, 11, 1), date(2027, 3, 14), date(2027, 11, 7))
"""On whose mornings most clocks of the United States change."""


def held(begins: datetime, ends: datetime, zone: str) -> Read:
    """A session of some hours as calendars tell it."""
    [entry] = read(calendar_of("Nights", [session(starts_at=begins, ends_at=ends, time_zone=zone)]))
    return entry


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("night", NIGHTS, ids=str)
def test_a_session_across_the_night_keeps_its_moments(night: date, zone: str) -> None:
    evening = datetime(night.year, night.month, night.day, 20, tzinfo=ZoneInfo(zone)) - timedelta(days=1)
    morning = evening.replace(day=night.day, month=night.month, hour=10)
    begins, ends = evening.astimezone(UTC), morning.astimezone(UTC)

    entry = held(begins, ends, zone)

    assert entry.span == (begins, ends)
    changes = evening.utcoffset() != morning.utcoffset()
    assert changes == (zone in ("America/New_York", "America/Denver"))


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("night", NIGHTS, ids=str)
def test_every_quarter_of_an_hour_of_the_night_is_told_as_it_is(night: date, zone: str) -> None:
    begun = datetime(night.year, night.month, night.day, 3, tzinfo=UTC)
    quarters = [begun + timedelta(minutes=15) * number for number in range(4 * 12)]
    rows = [session(starts_at=one, ends_at=one + timedelta(minutes=50), time_zone=zone) for one in quarters]

    found = read(calendar_of("Nights", rows))

    assert [entry.span for entry in found] == [(one, one + timedelta(minutes=50)) for one in quarters]


def test_hours_are_by_the_clock_of_their_place_but_those_that_it_says_twice() -> None:
    begins = datetime(2026, 11, 1, 4, 30, tzinfo=UTC)  # half past midnight in New York

    for later, told in (
        (0, b"DTSTART;TZID=America/New_York:20261101T003000"),
        (1, b":20261101T013000"),
        (2, b":20261101T063000Z"),
    ):
        begun = begins + timedelta(hours=later)
        row = session(starts_at=begun, ends_at=begun + timedelta(hours=5), time_zone="America/New_York")
        body = calendar_of("Nights", [row])
        assert told in body
        assert (b"DTEND;TZID" in body) == (b"DTSTART;TZID" in body)


@pytest.mark.parametrize("night", NIGHTS, ids=str)
def test_whole_days_are_days_whatever_the_clocks_do(night: date) -> None:
    first, last = night - timedelta(days=1), night

    [entry] = read(calendar_of("Nights", [session(starts_on=first, ends_on=last)]))

    assert entry.span == (first, night + timedelta(days=1))
    assert entry.other.dtstart.params == {"VALUE": ["DATE"]} == entry.other.dtend.params


@given(
    begins=st.datetimes(datetime(2025, 1, 1), datetime(2029, 1, 1), timezones=st.just(UTC)),
    minutes=st.integers(1, 60 * 24 * 400),
    zone=st.sampled_from([*ZONES, "America/Indiana/Knox", "America/Metlakatla", "Pacific/Guam", "Africa/Casablanca"]),
)
def test_any_hours_are_told_as_they_are(begins: datetime, minutes: int, zone: str) -> None:
    begins = begins.replace(microsecond=0)
    ends = begins + timedelta(minutes=minutes)

    assert held(begins, ends, zone).span == (begins, ends)


@pytest.mark.parametrize("name", ["Nowhere/At_All", "America", "../../etc/passwd", "/etc/localtime", "a\0b", "x" * 64])
def test_who_knows_no_such_time_zone_tells_utc(name: str) -> None:
    begins = datetime(2026, 5, 4, 13, tzinfo=UTC)

    entry = held(begins, begins + timedelta(hours=1), name)

    assert entry.span == (begins, begins + timedelta(hours=1))
    assert entry.own.get("dtstart").params == {}


def test_changes_are_told_by_the_clock_before_them() -> None:
    body = described("America/Denver", 2026, 2026).to_ical().decode().split("\r\n")

    assert [line for line in body if line.startswith(("BEGIN:", "DTSTART", "TZOFFSET"))][1:] == [
        *("BEGIN:STANDARD", "DTSTART:20251231T170000", "TZOFFSETFROM:-0700", "TZOFFSETTO:-0700"),
        *("BEGIN:DAYLIGHT", "DTSTART:20260308T020000", "TZOFFSETFROM:-0700", "TZOFFSETTO:-0600"),
        *("BEGIN:STANDARD", "DTSTART:20261101T020000", "TZOFFSETFROM:-0600", "TZOFFSETTO:-0700"),
    ]
