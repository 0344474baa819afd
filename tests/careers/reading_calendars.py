"""Reading a calendar by two parsers, of which neither believes the other.

vobject takes time zones as the calendar describes them, icalendar takes them by their names.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import icalendar
import vobject

from tests.careers.offers import NOW


@dataclass(frozen=True)
class Read:
    """An entry as both parsers read it. Any: components of vobject."""

    other: Any
    own: icalendar.Event

    def said(self, name: str) -> Any:
        """A property as vobject reads it; None without one. Any: of its type."""
        found = getattr(self.other, name, None)
        return None if found is None else found.value

    @property
    def span(self) -> tuple[date, date]:
        """From when to when, times in UTC; the parsers agree."""
        told = in_utc(self.said("dtstart")), in_utc(self.said("dtend"))
        assert told == (in_utc(self.own.start), in_utc(self.own.end))
        return told


def in_utc(said: date) -> date:
    """A time in UTC, a day as it is."""
    return said.astimezone(UTC) if isinstance(said, datetime) else said


def read(body: bytes) -> list[Read]:
    """The entries of a calendar that neither parser complains of."""
    text = body.decode()
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    assert "\n" not in text.replace("\r\n", "")
    for name in re.findall(r"^TZID:(.+)\r$", text, re.MULTILINE):
        vobject.icalendar.registerTzid(name, None)  # it keeps the first description that it sees of each
    other, own = vobject.readOne(text), icalendar.Calendar.from_ical(body)
    other.validate(raiseException=True)
    assert [part.errors for part in own.walk() if part.errors] == []
    assert own.get_missing_tzids() == set()
    events = own.walk("VEVENT")
    assert all(isinstance(event, icalendar.Event) for event in events)
    pairs = zip(other.contents.get("vevent", []), events, strict=True)
    return [Read(first, second) for first, second in pairs if isinstance(second, icalendar.Event)]


def session(**values: Any) -> dict[str, Any]:
    """A session as statements find it. Any: values of columns."""
    fixed = {"id": "session_1", "title": "Night", "mode": "ONLINE", "provenance": "ENTERED", "version": 1}
    none = ("starts_at", "ends_at", "time_zone", "place", "registration_closes_on", "cancelled_at", "reason", "url")
    days = {"starts_on": date(2026, 5, 4), "ends_on": date(2026, 5, 4)}
    times = {"updated_at": NOW, "program_updated_at": NOW}
    program = {"program_name": "Academy", "program_kind": "WORKSHOP", "program_version": 1}
    return dict.fromkeys(none) | fixed | days | times | program | values
