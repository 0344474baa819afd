"""When a session takes place: whole days, or hours of its place, across the nights on which clocks are changed."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fund_api.careers.hours import when
from fund_api.core.errors import InvalidValue
from fund_api.core.writing import Row

CHICAGO = "America/Chicago"


def hours(starts: str, ends: str, zone: str = CHICAGO) -> Row:
    return when({"starts_at": starts, "ends_at": ends, "time_zone": zone})


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type, misc]  # day and time, without a zone


def test_whole_days_have_no_hours_and_one_day_needs_no_end() -> None:
    nothing = {"starts_at": None, "ends_at": None, "time_zone": None}
    first, last = date(2027, 3, 8), date(2027, 3, 10)

    assert when({"starts_on": first, "ends_on": last}) == {"starts_on": first, "ends_on": last} | nothing
    assert when({"starts_on": first}) == {"starts_on": first, "ends_on": first} | nothing
    assert when({"starts_on": first} | nothing) == {"starts_on": first, "ends_on": first} | nothing


@pytest.mark.parametrize(
    ("starts", "ends", "zone", "starts_at", "ends_at"),
    [
        ("2027-01-20T09:00", "2027-01-20T12:30", CHICAGO, utc(2027, 1, 20, 15), utc(2027, 1, 20, 18, 30)),
        ("2027-07-20T09:00", "2027-07-20T12:30:15", CHICAGO, utc(2027, 7, 20, 14), utc(2027, 7, 20, 17, 30, 15)),
        ("2027-07-20T09:00", "2027-07-20T12:00", "America/Phoenix", utc(2027, 7, 20, 16), utc(2027, 7, 20, 19)),
        ("2027-07-20T09:00", "2027-07-20T12:00", "UTC", utc(2027, 7, 20, 9), utc(2027, 7, 20, 12)),
    ],
)
def test_hours_are_stored_as_moments(starts: str, ends: str, zone: str, starts_at: datetime, ends_at: datetime) -> None:
    day = starts_at.date()
    stored = {"starts_at": starts_at, "ends_at": ends_at, "time_zone": zone}
    assert hours(starts, ends, zone) == {"starts_on": day, "ends_on": day} | stored


def test_the_days_are_those_of_the_place() -> None:
    late = hours("2027-01-20T20:00", "2027-01-20T22:00", "Pacific/Honolulu")
    assert (late["starts_on"], late["starts_at"]) == (date(2027, 1, 20), utc(2027, 1, 21, 6))

    midnight = hours("2027-01-20T20:00", "2027-01-21T00:00")
    beyond = hours("2027-01-20T20:00", "2027-01-21T00:01")
    assert (midnight["ends_on"], beyond["ends_on"]) == (date(2027, 1, 20), date(2027, 1, 21))


def test_a_session_through_the_spring_night_is_an_hour_shorter_and_through_the_autumn_night_longer() -> None:
    spring = hours("2027-03-13T22:00", "2027-03-14T06:00")
    autumn = hours("2027-11-06T22:00", "2027-11-07T06:00")

    assert (spring["ends_at"] - spring["starts_at"]).total_seconds() == 7 * 3600
    assert (autumn["ends_at"] - autumn["starts_at"]).total_seconds() == 9 * 3600


@pytest.mark.parametrize(
    ("starts", "ends", "path"),
    [
        ("2027-03-14T02:30", "2027-03-14T06:00", "starts_at"),
        ("2027-03-14T02:00", "2027-03-14T06:00", "starts_at"),
        ("2027-03-13T22:00", "2027-03-14T02:59", "ends_at"),
    ],
)
def test_an_hour_that_clocks_skip_in_spring_is_refused(starts: str, ends: str, path: str) -> None:
    with pytest.raises(InvalidValue, match=r"The clocks of America/Chicago never show 02:.. on 2027-03-14") as refused:
        hours(starts, ends)
    assert refused.value.path == (path,)


def test_where_clocks_are_not_changed_no_hour_is_missing() -> None:
    assert hours("2027-03-14T02:30", "2027-03-14T03:00", "America/Phoenix")["starts_at"] == utc(2027, 3, 14, 9, 30)
    assert hours("2027-03-14T03:00", "2027-03-14T04:00")["starts_at"] == utc(2027, 3, 14, 8)


def test_of_an_hour_that_clocks_show_twice_in_autumn_the_first_is_meant() -> None:
    found = hours("2027-11-07T01:30", "2027-11-07T02:00")

    assert found["starts_at"] == utc(2027, 11, 7, 6, 30)
    assert found["ends_at"] == utc(2027, 11, 7, 8)


@pytest.mark.parametrize(
    "zone",
    ["America", "america/chicago", "Central", "", "../etc/passwd", "/etc/localtime", "posix/UTC", "localtime", "\x00"],
)
def test_a_time_zone_is_one_of_the_iana_database(zone: str) -> None:
    with pytest.raises(InvalidValue, match="time zone takes a name of the IANA database") as refused:
        hours("2027-01-20T09:00", "2027-01-20T12:00", zone)
    assert refused.value.path == ("time_zone",)


@pytest.mark.parametrize(
    "text",
    [
        *("2027-01-20T09:00Z", "2027-01-20T09:00-06:00", "2027-01-20", "2027-02-30T09:00", "2027-01-20 09:00"),
        *("20270120T0900", "2027-01-20T24:00", "1899-12-31T09:00", "9999-12-31T23:59", "noon", "", "２027-01-20T09:00"),
    ],
)
def test_hours_are_said_as_clocks_show_them_and_without_an_offset(text: str) -> None:
    with pytest.raises(InvalidValue, match="starts at takes the day and time that clocks there show") as refused:
        hours(text, "2027-01-20T12:00")
    assert refused.value.path == ("starts_at",)


DAYS = {"starts_on": date(2027, 1, 20)}
HOURS = {"starts_at": "2027-01-20T09:00", "ends_at": "2027-01-20T12:00", "time_zone": CHICAGO}
WRONG: list[tuple[Row, str, str]] = [
    ({}, "say when it begins", "starts_on"),
    ({"ends_on": date(2027, 1, 20)}, "say when it begins", "starts_on"),
    (DAYS | HOURS, "not both", "starts_at"),
    (DAYS | {"time_zone": CHICAGO}, "not both", "starts_at"),
    (HOURS | {"time_zone": None}, "time zone is needed", "time_zone"),
    (HOURS | {"ends_at": None}, "ends at is needed", "ends_at"),
    ({"time_zone": CHICAGO}, "starts at is needed", "starts_at"),
    (HOURS | {"ends_at": "2027-01-20T09:00"}, "A session ends after it begins", "ends_at"),
    (DAYS | {"ends_on": date(2027, 1, 19)}, "ends on is the same day as starts on or later", "ends_on"),
]


@pytest.mark.parametrize(("given", "message", "path"), WRONG)
def test_a_session_lasts_whole_days_or_hours_and_ends_after_it_begins(given: Row, message: str, path: str) -> None:
    with pytest.raises(InvalidValue, match=message) as refused:
        when(given)
    assert refused.value.path == (path,)


SHOWN = st.datetimes(datetime(2026, 1, 1), datetime(2030, 1, 1)).map(lambda one: one.replace(second=0, microsecond=0))
ZONES = st.sampled_from(["America/New_York", "America/Denver", "America/Phoenix", "Pacific/Honolulu", "Asia/Manila"])


@given(SHOWN, SHOWN, ZONES)
def test_clocks_of_the_place_show_again_what_was_said(one: datetime, other: datetime, name: str) -> None:
    starts, ends = sorted((one, other))
    try:
        found = hours(starts.isoformat(), ends.isoformat(), name)
    except InvalidValue as refused:
        assert refused.path in {("starts_at",), ("ends_at",)}
        return
    zone = ZoneInfo(name)
    for shown, moment in ((starts, found["starts_at"]), (ends, found["ends_at"])):
        assert moment.tzinfo is UTC
        assert moment.astimezone(zone).replace(tzinfo=None) == shown
        assert moment.astimezone(zone).fold == 0
    assert found["starts_on"] <= found["ends_on"]
    assert found["starts_at"] < found["ends_at"]
