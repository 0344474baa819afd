"""Entries of calendars: what a session and a deadline are to whoever subscribes.

Texts are folded and escaped by the library. An entry is known by the id of its row; it is newer the more often its row
and its program were written.
"""

import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event

from fund_api.careers.calendars import Row
from fund_api.careers.deadlines import DeadlineKind
from fund_api.careers.tables import SessionMode
from fund_api.careers.time_zones import by_clock, described, zone_of
from fund_api.core.facts import Provenance

DAY = timedelta(days=1)
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_ADDRESS = re.compile(r"https?://[!-~]+", re.IGNORECASE)
_FICTIONAL = "(fictional)"
_UNTIL = {
    DeadlineKind.SCHOLARSHIP: "Last day to apply",
    DeadlineKind.COHORT_APPLICATION: "Last day to apply",
    DeadlineKind.REGISTRATION: "Last day to register",
}


def calendar_of(title: str, rows: Iterable[Row]) -> bytes:
    """A calendar with these sessions and deadlines, and the time zones that they speak of. It has one in any case.

    A full one takes half a second of the processor.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//fund_api//Programs and deadlines//EN")
    calendar.add("version", "2.0")
    calendar.calendar_name = title
    events = [deadline_event(row) if "on" in row else session_event(row) for row in rows]
    names = {name for event in events for name in _zones(event)} if events else {"Etc/UTC"}
    years = [day.year for event in events for day in (event.start, event.end)] or [1970]
    for name in sorted(names):
        calendar.add_component(described(name, min(years) - 1, max(years) + 1))
    for event in events:
        calendar.add_component(event)
    return bytes(calendar.to_ical())


def session_event(row: Row) -> Event:
    """A session: its hours by the clock of its place, or its days."""
    event = _event(row, f"{row['id']}@fund-api", row["title"], row["cancelled_at"] is not None)
    begins, ends = _hours(row) if row["starts_at"] else (row["starts_on"], row["ends_on"] + DAY)
    event.add("dtstart", begins)
    event.add("dtend", ends)
    event.add("categories", [row["program_kind"]])
    event.add("location", _line(row["place"] or "Online"))
    lines = [f"Program: {_line(row['program_name'])}"]
    if row["mode"] == SessionMode.HYBRID:
        lines.append("One can attend online, too.")
    if row["reason"]:
        lines.append(f"It was cancelled: {_line(row['reason'])}")
    elif row["registration_closes_on"]:
        lines.append(f"Last day to register: {row['registration_closes_on']}")
    event.add("description", "\n".join(lines))
    return event


def deadline_event(row: Row) -> Event:
    """A deadline: its whole day, on which nobody is taken for busy."""
    kind = DeadlineKind(row["kind"])
    suffix = "-registration" if kind is DeadlineKind.REGISTRATION else ""
    event = _event(row, f"{row['id']}{suffix}@fund-api", f"{_UNTIL[kind]}: {row['title']}", row["is_cancelled"])
    event.add("dtstart", row["on"])
    event.add("dtend", row["on"] + DAY)
    event.add("transp", "TRANSPARENT")
    event.add("categories", ["DEADLINE", row["program_kind"]])
    event.add("description", f"Program: {_line(row['program_name'])}")
    return event


def _event(row: Row, uid: str, title: str, is_cancelled: bool) -> Event:
    """What every entry says."""
    event, changed_at = Event(), max(row["updated_at"], row["program_updated_at"])
    is_told = row["provenance"] != Provenance.FICTIONAL or _FICTIONAL in title
    event.add("uid", uid)
    event.add("summary", _line(title if is_told else f"{title} {_FICTIONAL}"))
    event.add("dtstamp", changed_at)
    event.add("last-modified", changed_at)
    event.add("sequence", row["version"] + row["program_version"] - 2)
    event.add("status", "CANCELLED" if is_cancelled else "CONFIRMED")
    if _ADDRESS.fullmatch(row["url"] or ""):
        event.add("url", row["url"])
    return event


def _hours(row: Row) -> tuple[datetime, datetime]:
    """When it begins and ends, both by the clock of its place or both in UTC."""
    zone = zone_of(row["time_zone"])
    begins, ends = (by_clock(row[name], zone) for name in ("starts_at", "ends_at"))
    if begins.tzinfo is not ends.tzinfo:
        return row["starts_at"], row["ends_at"]
    return begins, ends


def _zones(event: Event) -> Iterable[str]:
    """The names of the time zones by whose clocks an entry tells its hours."""
    for said in (event.start, event.end):
        if isinstance(said, datetime) and isinstance(said.tzinfo, ZoneInfo):
            yield said.tzinfo.key


def _line(text: str) -> str:
    """A text as one line, without the control characters that calendars don't take."""
    return " ".join(_CONTROL.sub(" ", text).split())
