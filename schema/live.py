"""What clients hear of as it happens: subscriptions, each told from the log of events."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import strawberry
from graphql import GraphQLArgument, GraphQLID, GraphQLInt, GraphQLNonNull

from fund_api.core.errors import InvalidValue
from fund_api.graph import declare
from fund_api.graph.live import Following
from schema.campaigns import Campaign
from schema.events import Event
from schema.grants import Grant
from schema.waiting import QueueItem, waiting_for

EVENTS = """
query EventsSince($filter: EventFilter!, $concerning: ID, $first: Int!) {
  events(filter: $filter, concerning: $concerning, orderBy: [{field: NUMBER, direction: ASC}], first: $first) {
    nodes { id number }
  }
}
"""
"""What every source but the queue asks the engine: there is no second way to see the log."""
IS_SEEN = "query IsSeen($id: ID!) { node(id: $id) { id __typename } }"
NUMBER = "Up to which event of the log you are told: subscribe again with `after` set to it, and you miss nothing."
AFTER = GraphQLArgument(
    GraphQLInt,
    description="The number of the last event that you know of, 0 for the whole log; left out: from now on.",
)


def _id(description: str) -> GraphQLArgument:
    return GraphQLArgument(GraphQLNonNull(GraphQLID), description=description)


@strawberry.type(description="Something that was done, as it is told.")
class Change:
    """An event."""

    number: int = strawberry.field(description=NUMBER)
    event: Event | None = strawberry.field(description="What was done.")


@strawberry.type(description="Something that was done to a campaign, or to what belongs to it.")
class CampaignChange:
    """An event of a campaign, and the campaign as it is now."""

    number: int = strawberry.field(description=NUMBER)
    event: Event | None = strawberry.field(description="What was done.")
    campaign: Campaign | None = strawberry.field(description="The campaign as it is when you are told.")


@strawberry.type(description="Something that was done to a grant, or to a part of it.")
class GrantChange:
    """An event of a grant, and the grant as it is now."""

    number: int = strawberry.field(description=NUMBER)
    event: Event | None = strawberry.field(description="What was done.")
    grant: Grant | None = strawberry.field(description="The grant as it is when you are told.")


@strawberry.type(description="What waits for you, when it has changed.")
class QueueChange:
    """A queue as it is now."""

    number: int = strawberry.field(description=NUMBER)
    items: list[QueueItem] = strawberry.field(description="What waits for your next act, the oldest first.")


async def _events(following: Following, chosen: Any, concerning: str | None = None) -> list[tuple[str, int]]:
    """The ids and numbers of the next events that the viewer sees and that match a filter as JSON, in their order."""
    if following.after >= following.head:
        return []
    new = {"number": {"gt": following.after, "lte": following.head}}
    variables = {
        "filter": {"and": [new, chosen]} if chosen else new,
        "concerning": concerning,
        "first": following.room,
    }
    found = (await following.ask(EVENTS, variables))["data"]["events"]["nodes"]
    return [(node["id"], node["number"]) for node in found]


async def _seen(following: Following, given: Mapping[str, Any], kind: type) -> str:
    """The id that was given. Raises InvalidValue while the viewer sees nothing of that kind by it."""
    wanted: str = given["id"]
    found = (await following.ask(IS_SEEN, {"id": wanted}))["data"]["node"]
    if found is None or found["__typename"] != kind.__name__:
        raise InvalidValue(f"There is no {kind.__name__.lower()} {wanted}.", "id")
    return wanted


async def changes(following: Following, given: Mapping[str, Any]) -> list[Change]:
    """Events that match the filter."""
    found = await _events(following, given.get("filter"))
    return [Change(number=number, event=declare.entity_of(one)) for one, number in found]


async def campaign_changed(following: Following, given: Mapping[str, Any]) -> list[CampaignChange]:
    """Events of a campaign."""
    campaign = await _seen(following, given, Campaign)
    found = await _events(following, {"campaign": {"id": {"eq": campaign}}})
    return [
        CampaignChange(number=number, event=declare.entity_of(one), campaign=declare.entity_of(campaign))
        for one, number in found
    ]


async def grant_changed(following: Following, given: Mapping[str, Any]) -> list[GrantChange]:
    """Events of a grant and of its parts."""
    grant = await _seen(following, given, Grant)
    found = await _events(following, None, grant)
    return [
        GrantChange(number=number, event=declare.entity_of(one), grant=declare.entity_of(grant))
        for one, number in found
    ]


async def queue_changed(following: Following, _given: Mapping[str, Any]) -> list[QueueChange]:
    """The queue of whoever asks, at first and whenever it is another one."""
    items = await waiting_for(following.services["database"], following.viewer)
    queue = [replace(item, days=0) for item in items]  # that it grew older is no change
    if following.state.get("queue") == queue:
        return []
    following.state["queue"] = queue
    return [QueueChange(number=following.head, items=items)]


@strawberry.type(description="Everything that can be followed. Each answer says how to continue after it.")
class Subscription:
    """The root of all subscriptions."""

    changes: Change = declare.live(
        "What is done, in order, as far as you may see it.", changes, arguments={"after": AFTER}, filters="Event"
    )
    campaign_changed: CampaignChange = declare.live(
        "What is done to a campaign and to what belongs to it.",
        campaign_changed,
        arguments={"id": _id("The campaign."), "after": AFTER},
    )
    grant_changed: GrantChange = declare.live(
        "What is done to a grant and to the parts that it has.",
        grant_changed,
        arguments={"id": _id("The grant."), "after": AFTER},
    )
    queue_changed: QueueChange = declare.live(
        "What waits for your next act: as it is when you subscribe, then whenever it has changed.",
        queue_changed,
        arguments={},
    )
