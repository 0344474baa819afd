"""What clients see of the event log: what was done, by whom, and what it changed."""

import datetime
from typing import Annotated, Any

import sqlalchemy as sa
import strawberry

from fund_api.campaigns import visibility
from fund_api.careers import visibility as careers
from fund_api.core import tables
from fund_api.core.access import Looking
from fund_api.core.facts import Provenance
from fund_api.grants import concerning
from fund_api.grants import visibility as grants
from fund_api.graph import declare
from fund_api.graph.declarations import OwnArgument
from fund_api.graph.types import Connection, Node
from fund_api.hiring import visibility as hiring
from schema.campaigns import Campaign
from schema.people import Person

PRIVATE = "fund:event:private"


def is_private(digest: str | None) -> bool:
    """Whether a change is known to the log by its digest alone."""
    return digest is not None


def event(columns: Any, looking: Looking) -> sa.ColumnElement[bool] | None:
    """Events are seen as far as every slice agrees."""
    return _all(*(each.event(columns, looking) for each in (visibility, hiring, careers)))


def event_change(columns: Any, looking: Looking) -> sa.ColumnElement[bool] | None:
    """The changes of an event are seen by those who see the event."""
    return _all(*(each.event_change(columns, looking) for each in (visibility, hiring, careers)))


def private_change(columns: Any, looking: Looking) -> sa.ColumnElement[bool]:
    """Private values are for those who may read them, as far as every slice agrees."""
    return sa.and_(grants.private_change(columns, looking), hiring.private_change(columns, looking))


@declare.entity(tables.PrivateChange, visible=private_change)
class PrivateChange(Node):
    """The values of a private field that an event changed, as JSON; gone when the person was erased."""

    before: str | None = declare.column("The value before, as JSON; null when there was none.", filters=False)
    after: str | None = declare.column("The value after, as JSON; null when it was taken away.", filters=False)


@declare.entity(tables.EventChange, order=("place",), visible=event_change)
class EventChange(Node):
    """One field that an event changed."""

    place: int = declare.column("Its place among the changes of the event, from 0.", order=True)
    field: str = declare.column("The field, as the database names it.")
    before: str | None = declare.column("The value before, as JSON; null when there was none, or it is private.")
    after: str | None = declare.column("The value after, as JSON; null when it was taken away, or it is private.")
    private: bool = declare.computed("Whether the values say something of a person.", is_private, "digest")
    private_values: PrivateChange | None = declare.to_one(
        "The values of a private field, for those who may read them; null once erased.", own="id", key="change_id"
    )


@declare.entity(tables.Event, order=("-number",), visible=event)
class Event(Node):
    """Something that was done. Events never change, and each is bound to the one before it by its hash."""

    number: int = declare.column("Its place in the log, from 1, without gaps.", order=True)
    at: datetime.datetime = declare.column("When it was done.")
    action: str = declare.column("What was done to what: campaign.published.")
    entity_id: strawberry.ID = declare.column("The id of what it was done to.")
    actor: Person | None = declare.to_one(
        "Who did it; null when the system did, or you may not know who.", own="actor_id"
    )
    campaign: Campaign | None = declare.to_one("The campaign that it belongs to.", own="campaign_id")
    changes: Connection[EventChange] = declare.to_many("The fields that it changed.", key="event_id")
    request_id: str | None = declare.column("The request that it was done by.", permission="fund:event:read")
    provenance: Provenance = declare.column("How this row came to be here.")
    previous_hash: str = declare.column("The hash of the event before it.", filters=False)
    hash: str = declare.column("The SHA-256 of what it says and of the hash before it.", filters=False)


def _all(*conditions: sa.ColumnElement[bool] | None) -> sa.ColumnElement[bool] | None:
    """What conditions say together; None: nothing."""
    said = [one for one in conditions if one is not None]
    return sa.and_(*said) if said else None


Activity = Annotated["Event", strawberry.lazy("schema.events")]


@strawberry.type
class EventQueries:
    """Root fields on the log."""

    events: Connection[Event] = declare.listing(
        "What was done, the latest first.",
        answering=concerning.answering,
        arguments={
            "concerning": OwnArgument(
                "entityId",
                "Only what was done to the thing with this id and, when it is a grant, to the parts that it has.",
            )
        },
    )
