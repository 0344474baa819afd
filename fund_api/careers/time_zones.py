"""Time zones of sessions, described for calendars as RFC 5545 wants it: by the moments at which their clocks change."""

from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from icalendar import Timezone, TimezoneDaylight, TimezoneStandard

_Clock = tuple[timedelta, str, bool]
"""What a clock adds to UTC, what that is called, and whether it is summer time."""
_STEP = timedelta(days=1)
"""No clock changes twice within it."""


def zone_of(name: str | None) -> tzinfo:
    """The time zone with a name of the IANA database; UTC where nobody knows the name."""
    try:
        return ZoneInfo(name) if name else UTC
    except (ZoneInfoNotFoundError, ValueError, OSError):  # the latter two: what is no name, and what is a folder
        return UTC


def by_clock(moment: datetime, zone: tzinfo) -> datetime:
    """A moment by the clock of its place, or in UTC when that clock says the hour a second time, in autumn.

    Calendars take such an hour for the first one.
    """
    local = moment.astimezone(zone)
    return local if local.fold == 0 else moment.astimezone(UTC)


@lru_cache(maxsize=200)
def described(name: str, first_year: int, last_year: int) -> Timezone:
    """How the clocks of a time zone go from one year to another, each change in the time of the clock before it.

    (The description that the library makes has the changes of spring an hour late.)
    """
    zone = ZoneInfo(name)
    described = Timezone()
    described.add("tzid", name)
    moment, end = datetime(first_year, 1, 1, tzinfo=UTC), datetime(last_year + 1, 1, 1, tzinfo=UTC)
    before = _clock(moment, zone)
    described.add_component(_observance(moment, before, before))
    while moment < end:
        later = moment + _STEP
        if (after := _clock(later, zone)) != before:
            described.add_component(_observance(_change(moment, later, zone), before, after))
            before = after
        moment = later
    return described


def _clock(moment: datetime, zone: tzinfo) -> _Clock:
    local = moment.astimezone(zone)
    return local.utcoffset() or timedelta(), local.tzname() or "", bool(local.dst())


def _change(before: datetime, after: datetime, zone: tzinfo) -> datetime:
    """The second at which the clock goes as it does `after`."""
    while after - before > timedelta(seconds=1):
        middle = before + (after - before) // 2
        middle = middle.replace(microsecond=0)
        if _clock(middle, zone) == _clock(before, zone):
            before = middle
        else:
            after = middle
    return after


def _observance(since: datetime, before: _Clock, after: _Clock) -> TimezoneStandard | TimezoneDaylight:
    """A stretch of time for which the clock stays as it is."""
    offset, name, is_summer = after
    made = TimezoneDaylight() if is_summer else TimezoneStandard()
    made.add("dtstart", (since + before[0]).replace(tzinfo=None))
    made.add("tzoffsetfrom", before[0])
    made.add("tzoffsetto", offset)
    made.add("tzname", name)
    return made
