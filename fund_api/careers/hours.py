"""When a session takes place: whole days, or hours as the clocks at its place show them.

What is stored of hours are moments in UTC, with the time zone that they were said in. A moment that the clocks of that
zone skip in spring is refused; of one that they show twice in autumn the earlier one is meant.
"""

import re
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from fund_api.careers.said import Values, ordered
from fund_api.core.errors import InvalidValue
from fund_api.core.writing import Row

DAYS = ("starts_on", "ends_on")
HOURS = ("starts_at", "ends_at", "time_zone")
_NO_PLACES = frozenset({"Factory", "localtime"})
"""What a machine may list beside the zones of the IANA database."""
_SHOWN = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?", re.ASCII)
_WANTED = "A session lasts whole days, by starts on and ends on, or hours, by starts at, ends at and time zone"


def when(given: Values) -> Row:
    """The columns that say when a session takes place, of what is given of DAYS or of HOURS.

    A last day that is left out is the first one. Raises InvalidValue for a mixture, and for what can't be.
    """
    named = {name for name, value in given.items() if value is not None}
    if named & {*DAYS} and named & {*HOURS}:
        raise InvalidValue(f"{_WANTED}: not both.", "starts_at")
    if named & {*HOURS}:
        return _hours(given)
    if given.get("starts_on") is None:
        raise InvalidValue(f"{_WANTED}: say when it begins.", "starts_on")
    days = {"starts_on": given["starts_on"], "ends_on": given.get("ends_on") or given["starts_on"]}
    ordered(days, *DAYS)
    return days | dict.fromkeys(HOURS)


def _hours(given: Values) -> Row:
    for name in HOURS:
        if given.get(name) is None:
            raise InvalidValue(f"{_WANTED}: {name.replace('_', ' ')} is needed.", name)
    zone = _zone(given["time_zone"])
    starts, ends = (_shown(given[name], name) for name in ("starts_at", "ends_at"))
    starts_at, ends_at = _moment(starts, zone, "starts_at"), _moment(ends, zone, "ends_at")
    if ends_at <= starts_at:
        raise InvalidValue(f"A session ends after it begins: not at {ends} when it begins at {starts}.", "ends_at")
    return {
        **{"starts_on": starts.date(), "ends_on": _last_day(starts.date(), ends)},
        **{"starts_at": starts_at, "ends_at": ends_at, "time_zone": zone.key},
    }


def _last_day(first: date, ends: datetime) -> date:
    """The day of the last moment: what ends at midnight does not last into the next day."""
    return max(first, (ends - timedelta(microseconds=1)).date())


def _zone(name: str) -> ZoneInfo:
    if name not in _zones():
        raise InvalidValue("time zone takes a name of the IANA database, as America/Chicago.", "time_zone")
    return ZoneInfo(name)


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones() - _NO_PLACES)


def _shown(text: str, name: str) -> datetime:
    """What clocks show."""
    with suppress(ValueError):
        if _SHOWN.fullmatch(text) and 1900 <= (shown := datetime.fromisoformat(text)).year < 2200:
            return shown
    message = "takes the day and time that clocks there show, without an offset, as 2026-03-08T09:00"
    raise InvalidValue(f"{name.replace('_', ' ')} {message}.", name)


def _moment(shown: datetime, zone: ZoneInfo, name: str) -> datetime:
    """The first moment at which the clocks of a zone show this."""
    moment = shown.replace(tzinfo=zone).astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None) != shown:
        skipped = f"The clocks of {zone.key} never show {shown:%H:%M} on {shown.date()}: they go forward then"
        raise InvalidValue(f"{skipped}. Say an hour before or after.", name)
    return moment
