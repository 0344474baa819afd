"""The tables that no slice owns: what kind of installation this is, which files were loaded, what happened, and the
answers that retries get.
"""

import datetime
from enum import StrEnum

import sqlalchemy as sa

from fund_api.core import append_only, columns
from fund_api.core.facts import Provenance

LONGEST_VALUE = 20_000
"""Characters of a value in an event, as JSON."""
LONGEST_PAYLOAD = 5_000_000


class InstallationKind(StrEnum):
    """What a database is for."""

    STANDARD = "STANDARD"
    DEMO = "DEMO"


class Installation(columns.Table, table=True):
    """The one row that says what this database is for; without it, it is a standard one. It never changes its kind.

    A demonstration is `ready_at` the time at which its world was whole.
    """

    __tablename__ = "installation"

    name: str = columns.key(10)
    kind: InstallationKind = columns.choice(InstallationKind)
    notice: str | None = columns.text(500, nullable=True)
    ready_at: datetime.datetime | None = columns.time(nullable=True)
    created_at: datetime.datetime = columns.time()


class LoadedFile(columns.Table, table=True):
    """A file that was loaded, known by what it holds; its row is written in the transaction that loads it."""

    __tablename__ = "loaded_file"

    digest: str = columns.key(64)
    name: str = columns.text(255)
    kind: str = columns.text(50)
    rows: int = columns.integer(0, 2**53)
    loaded_at: datetime.datetime = columns.time()


class Event(columns.Table, table=True):
    """Something that was done. Events are numbered without gaps in the order of their commits, and never change."""

    __tablename__ = "event"

    id: str = columns.identity("event")
    number: int = columns.integer(1, 2**53)
    at: datetime.datetime = columns.time()
    actor_id: str | None = columns.text(40, nullable=True)
    action: str = columns.text(100)
    entity_id: str = columns.text(40)
    campaign_id: str | None = columns.text(40, nullable=True)
    request_id: str | None = columns.text(100, nullable=True)
    provenance: Provenance = columns.choice(Provenance, default=Provenance.ENTERED)
    previous_hash: str = columns.text(64)
    hash: str = columns.text(64)

    __table_args__ = (
        sa.UniqueConstraint("number"),
        sa.Index("ix_event_entity", "entity_id", "number"),
        sa.Index("ix_event_campaign", "campaign_id", "number"),
        sa.Index("ix_event_actor", "actor_id", "number"),
        sa.Index("ix_event_action", "action", "number"),
        append_only.MARKED,
    )


class EventChange(columns.Table, table=True):
    """A field that an event changed: its values as JSON, or for a private field a digest of them."""

    __tablename__ = "event_change"

    id: str = columns.identity("change")
    event_id: str = columns.reference("event.id")
    place: int = columns.integer(0, 1_000)
    field: str = columns.text(100)
    before: str | None = columns.text(LONGEST_VALUE, nullable=True)
    after: str | None = columns.text(LONGEST_VALUE, nullable=True)
    digest: str | None = columns.text(64, nullable=True)

    __table_args__ = (
        sa.UniqueConstraint("event_id", "place"),
        sa.CheckConstraint("digest IS NULL OR (before IS NULL AND after IS NULL)", name="private"),
        append_only.MARKED,
    )


class PrivateChange(columns.Table, table=True):
    """The values of a private field that an event changed; deleting the row erases them, and the chain stays whole."""

    __tablename__ = "private_change"

    id: str = columns.identity("secret")
    change_id: str = columns.reference("event_change.id", index=True)
    person_id: str | None = columns.text(40, nullable=True)
    salt: str = columns.text(64)
    before: str | None = columns.text(LONGEST_VALUE, nullable=True)
    after: str | None = columns.text(LONGEST_VALUE, nullable=True)

    __table_args__ = (sa.Index("ix_private_change_person", "person_id"),)


class EventHead(columns.Table, table=True):
    """The one row that says where the chain of events ends; who appends to the chain holds it until the commit."""

    __tablename__ = "event_head"

    name: str = columns.key(10)
    number: int = columns.integer(0, 2**53)
    hash: str = columns.text(64)


class UnloggedWrite(columns.Table, table=True):
    """The one row that counts the transactions which changed what clients see, and of which no event tells."""

    __tablename__ = "unlogged_write"

    name: str = columns.key(10)
    number: int = columns.integer(0, 2**53)


class LogReader(columns.Table, table=True):
    """Somebody who follows the log of events, and the number of the last event that they have read."""

    __tablename__ = "log_reader"

    name: str = columns.key(40)
    number: int = columns.integer(0, 2**53)


class IdempotencyKey(columns.Table, table=True):
    """A mutation that was done under a key of its actor's, and its answer."""

    __tablename__ = "idempotency_key"

    actor: str = columns.key(40)
    key: str = columns.key(200)
    request: str = columns.text(64)
    document: str = columns.text(64)
    result: str | None = columns.text(LONGEST_PAYLOAD, nullable=True)
    answer: str | None = columns.text(LONGEST_PAYLOAD, nullable=True)
    created_at: datetime.datetime = columns.time()

    __table_args__ = (sa.Index("ix_idempotency_key_created_at", "created_at"),)
