"""The event log: what was done, by whom, in the order of commits, each event bound to the one before by its hash.

The hash of an event is the SHA-256 of its canonical text: a JSON list of what its rows hold and of the hash before it.
Of a private field the text holds a salted digest alone, so that its values can be erased and the chain stays whole.
"""

import hashlib
import json
import secrets
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from fund_api.core.columns import table_of
from fund_api.core.facts import Provenance
from fund_api.core.ids import new_id
from fund_api.core.tables import Event, EventChange, EventHead, PrivateChange

EVENT, CHANGE, PRIVATE, HEAD = table_of(Event), table_of(EventChange), table_of(PrivateChange), table_of(EventHead)
START = "0" * 64
"""The hash before the first event."""
_CHAIN = "events"
CHANNEL = "fund_events"
"""What PostgreSQL calls the news that the log has grown."""
_BATCH = 500


@dataclass(frozen=True, slots=True)
class Change:
    """The values of one field before and after; a private one with its salt, and the person whom it is about."""

    field: str
    before: Any  # Any: a value of a column
    after: Any
    private: bool = False


@dataclass(frozen=True, slots=True)
class Done:
    """Something that a transaction did, to be appended when it commits."""

    action: str
    """The entity and what happened to it: campaign.published."""
    entity_id: str
    changes: tuple[Change, ...] = ()
    campaign_id: str | None = None
    """The campaign that it belongs to, whose people may read of it."""
    person_id: str | None = None
    """The person whom the private values are about."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Who acts and when: the id of a person or none, and the request; and whether it is made up for a demonstration."""

    actor_id: str | None
    at: datetime
    request_id: str | None = None
    provenance: Provenance = Provenance.ENTERED


async def append(connection: AsyncConnection, origin: Origin, done: list[Done]) -> None:
    """Append events, last in a transaction: the chain's end is held from here to the commit, as short as can be."""
    if not done:
        return
    number, previous = await _hold(connection)
    events, changes, private = [], [], []
    for one in done:
        number += 1
        event_id = new_id("event")
        rows, kept = _rows(event_id, one)
        event = {
            "id": event_id,
            "number": number,
            "at": origin.at,
            "actor_id": origin.actor_id,
            "action": one.action,
            "entity_id": one.entity_id,
            "campaign_id": one.campaign_id,
            "request_id": origin.request_id,
            "provenance": origin.provenance,
            "previous_hash": previous,
        }
        previous = hashed(event, rows)
        events.append(event | {"hash": previous})
        changes += rows
        private += kept
    for table, given in ((EVENT, events), (CHANGE, changes), (PRIVATE, private)):
        if given:  # the ids that it returns are of no use: with them, many rows are one statement
            await connection.execute(table.insert().returning(table.c.id), given)
    end = HEAD.update().values(number=number, hash=previous)
    if connection.dialect.name == "postgresql":  # heard by every process when the transaction commits
        end = end.returning(sa.func.pg_notify(CHANNEL, str(number)))
    await connection.execute(end)


async def _hold(connection: AsyncConnection) -> tuple[int, str]:
    """The number and hash of the last event, held against everybody else until the transaction ends."""
    insert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    start = insert(HEAD).values(name=_CHAIN, number=0, hash=START)
    held = start.on_conflict_do_update(index_elements=[HEAD.c.name], set_={"name": _CHAIN})  # locks the row, no more
    row = (await connection.execute(held.returning(HEAD.c.number, HEAD.c.hash))).one()
    return row.number, row.hash


def _rows(event_id: str, done: Done) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The rows of an event's changes, and those that hold the private values."""
    rows, kept = [], []
    for place, change in enumerate(done.changes):
        before, after = written(change.before), written(change.after)
        row = {"id": new_id("change"), "event_id": event_id, "place": place, "field": change.field}
        if change.private:
            salt = secrets.token_hex(32)
            rows.append(row | {"before": None, "after": None, "digest": digest(salt, before, after)})
            private = {"id": new_id("secret"), "change_id": row["id"], "person_id": done.person_id, "salt": salt}
            kept.append(private | {"before": before, "after": after})
        else:
            rows.append(row | {"before": before, "after": after, "digest": None})
    return rows, kept


def written(value: Any) -> str | None:
    """A value as the log writes it: JSON, with times in UTC; None stays None."""
    if value is None:
        return None
    match value:
        case StrEnum():
            value = value.value
        case datetime():
            value = _moment(value)
        case date():
            value = value.isoformat()
        case Decimal():
            value = str(value)
    return json.dumps(value, ensure_ascii=False)


def digest(salt: str, before: str | None, after: str | None) -> str:
    """What the chain knows of a private change."""
    return hashlib.sha256(_text([salt, before, after]).encode()).hexdigest()


def hashed(event: Mapping[str, Any], changes: list[dict[str, Any]]) -> str:
    """The hash of an event's rows, its changes in their order.

    Events did not always say their provenance, so that of entered ones, which were all then, is no part of the text.
    """
    named = ("number", "actor_id", "action", "entity_id", "campaign_id", "request_id", "previous_hash")
    told = [[change[name] for name in ("field", "before", "after", "digest")] for change in changes]
    ids = [event["id"], *(change["id"] for change in changes)]
    apart = [] if event["provenance"] == Provenance.ENTERED else [event["provenance"]]
    text = _text([_moment(event["at"]), *(event[name] for name in named), ids, told, *apart])
    return hashlib.sha256(text.encode()).hexdigest()


def _text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _moment(value: datetime) -> str:
    return value.astimezone(UTC).isoformat(timespec="microseconds")


@dataclass(slots=True)
class Audit:
    """What an audit found: how many events it read, and what is wrong with the first that is not as written."""

    events: int = 0
    broken: str | None = None
    erased: int = 0
    """Private values that were erased since."""
    last: str = field(default=START)


async def audit(connection: AsyncConnection) -> Audit:
    """Follow the chain from its start and recompute every hash."""
    found = Audit()
    async for event, changes in _all(connection):
        found.broken = _fault(event, [row for row, _ in changes], found) or _private_fault(event, changes, found)
        if found.broken:
            return found
        found.events, found.last = found.events + 1, event["hash"]
    head = (await connection.execute(sa.select(HEAD.c.number, HEAD.c.hash))).first()
    if head is not None and (head.number, head.hash) != (found.events, found.last):
        found.broken = f"The log ends at event {found.events}, where event {head.number} was written last."
    return found


def _fault(event: Mapping[str, Any], changes: list[dict[str, Any]], found: Audit) -> str | None:
    number = event["number"]
    if number != found.events + 1:
        return f"Event {found.events + 1} is missing."
    if event["previous_hash"] != found.last:
        return f"Event {number} does not follow the event before it."
    in_place = [change["place"] for change in changes] == list(range(len(changes)))  # of places the hash has the order
    if not in_place or hashed(event, changes) != event["hash"]:
        return f"Event {number} ({event['action']} of {event['entity_id']}) is not as it was written."
    return None


def _private_fault(
    event: Mapping[str, Any], changes: list[tuple[dict[str, Any], dict[str, Any] | None]], found: Audit
) -> str | None:
    for change, private in changes:
        if change["digest"] is None:
            continue
        if private is None:
            found.erased += 1
        elif digest(private["salt"], private["before"], private["after"]) != change["digest"]:
            return f"A private value of event {event['number']} ({change['field']}) is not as it was written."
    return None


Found = tuple[dict[str, Any], list[tuple[dict[str, Any], dict[str, Any] | None]]]


async def _all(connection: AsyncConnection) -> AsyncIterator[Found]:
    """Every event with its changes, each with its private values, in the order of their numbers."""
    last = 0
    while True:
        page = sa.select(EVENT).where(EVENT.c.number > last).order_by(EVENT.c.number).limit(_BATCH)
        events = [dict(row) for row in (await connection.execute(page)).mappings()]
        if not events:
            return
        ids = [event["id"] for event in events]
        rows = sa.select(CHANGE).where(CHANGE.c.event_id.in_(ids)).order_by(CHANGE.c.event_id, CHANGE.c.place)
        changes = [dict(row) for row in (await connection.execute(rows)).mappings()]
        kept = sa.select(PRIVATE).join(CHANGE).where(CHANGE.c.event_id.in_(ids))
        private = {row["change_id"]: dict(row) for row in (await connection.execute(kept)).mappings()}
        grouped: dict[str, list[tuple[dict[str, Any], dict[str, Any] | None]]] = {event: [] for event in ids}
        for change in changes:
            grouped[change["event_id"]].append((change, private.get(change["id"])))
        for event in events:
            yield event, grouped[event["id"]]
        last = events[-1]["number"]
