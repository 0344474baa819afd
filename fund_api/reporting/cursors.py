"""Cursors of the feed of changes: moments of the database, signed, so that nobody makes up one that never was.

A moment is the number of the last commit and the time of whoever looked. A cursor without a place continues from a
moment; one with a place stands inside of a difference of two moments.
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson

from fund_api.core.past import HEAD
from fund_api.graph.errors import Code, RequestError
from fund_api.graph.snapshots import Snapshot

LONGEST = 1_000
"""Characters of a cursor."""
_SIGNED = 16
"""Bytes of the signature."""
AT_ONCE = timedelta(minutes=1)
"""Two looks at the same rows within this time see the same: what comes due twice in it is not."""


@dataclass(frozen=True, slots=True)
class Moment:
    """The database after a commit, looked at at some time."""

    number: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Place:
    """Where a client is: at a moment, `since` then, or inside of the difference from there `until` a later one.

    `since` None is before everything.
    """

    since: Moment | None
    until: Moment | None = None
    type: str = ""
    id: str = ""


@dataclass(frozen=True, slots=True)
class Head:
    """What a snapshot knows: the secret, up to which commit the past is gone, and the number of the last commit."""

    secret: str
    floor: int
    number: int

    def encode(self, place: Place) -> str:
        """A place as a cursor."""
        parts = [_parts(place.since), _parts(place.until), place.type, place.id]
        text = orjson.dumps(parts)
        return base64.urlsafe_b64encode(self._signature(text) + text).decode().rstrip("=")

    def decode(self, cursor: str) -> Place:
        """The place of a cursor. Raises RequestError for what is none, is too old, or is of another database."""
        try:
            given = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        except (binascii.Error, ValueError):
            given = b""
        signature, text = given[:_SIGNED], given[_SIGNED:]
        if len(cursor) > LONGEST or not hmac.compare_digest(signature, self._signature(text)):
            raise RequestError("This cursor is malformed; use an endCursor or a latestCursor of an earlier answer.")
        since, until, kind, last = orjson.loads(text)
        place = Place(_moment(since), _moment(until), kind, last)
        self._check(place)
        return place

    def _check(self, place: Place) -> None:
        moments = [one for one in (place.since, place.until) if one is not None]
        if any(one.number > self.number for one in moments):
            raise RequestError("This cursor is of a later state than this database has; pull everything anew.")
        if any(one.number < self.floor for one in moments):
            raise RequestError(
                "This cursor is too old: what changed is known for 90 days. Pull everything anew.",
                Code.CURSOR_EXPIRED,
            )

    def _signature(self, text: bytes) -> bytes:
        return hmac.digest(self.secret.encode(), text, hashlib.sha256)[:_SIGNED]


async def head(snapshot: Snapshot) -> Head:
    """What a snapshot knows of the feed."""
    [row] = await snapshot.fetch(HEAD[snapshot.dialect])
    return Head(*row)


def cursor_at(row: Sequence[Any], at: datetime) -> str:
    """The cursor of a snapshot, of which a pull was made at some time: from there on its changes are told.

    `row` is what the statement of core.past.HEAD finds in that snapshot.
    """
    known = Head(*row)
    return known.encode(Place(Moment(known.number, at)))


def distinct(cursors: Iterable[str]) -> list[str]:
    """Those of the cursors of several snapshots from which changes have to be asked to miss none.

    A row that was made between two snapshots and is gone later is told from the second only. Where nothing was written
    between them, the first is enough. Signatures are not looked at: that is up to whoever is asked.
    """
    found: list[str] = []
    seen: list[Moment | None] = []
    for cursor in cursors:
        moment = _unsigned(cursor)
        if moment is None or not any(_same(moment, each) for each in seen):
            found.append(cursor)
            seen.append(moment)
    return found


def _same(moment: Moment, other: Moment | None) -> bool:
    return other is not None and moment.number == other.number and abs(moment.at - other.at) < AT_ONCE


def _unsigned(cursor: str) -> Moment | None:
    """The moment of a cursor, which may be wrong; None where none can be read."""
    try:
        given = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        return _moment(orjson.loads(given[_SIGNED:])[0])
    except (LookupError, TypeError, ValueError):
        return None


def _parts(moment: Moment | None) -> list[Any] | None:
    return None if moment is None else [moment.number, moment.at.astimezone(UTC).isoformat(timespec="microseconds")]


def _moment(parts: list[Any] | None) -> Moment | None:
    return None if parts is None else Moment(parts[0], datetime.fromisoformat(parts[1]))
