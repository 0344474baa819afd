"""What clients see of work that waits: what awaits somebody's next act, and the proof that nobody does two duties."""

import datetime
from typing import Annotated

import strawberry

from fund_api.core import clock
from fund_api.core.access import Viewer
from fund_api.core.database import Database
from fund_api.core.errors import InvalidValue
from fund_api.grants import queue, separation
from fund_api.grants.deciding_tables import Duty
from fund_api.grants.lifecycle import GrantAction
from fund_api.graph import declare
from fund_api.graph.reading import Asking
from schema.grant_parts import Disbursement, GrantReport
from schema.grants import Grant
from schema.people import Person

Info = strawberry.Info[Asking, None]
MOST = 100
"""Things in a queue that are told at once."""


@strawberry.type(description="A grant, or a part of it, that waits for you.")
class QueueItem:
    """Something to do next."""

    action: GrantAction = strawberry.field(description="What you may do with it.")
    grant: Grant | None = strawberry.field(description="The grant.")
    disbursement: Disbursement | None = strawberry.field(description="The tranche, where it is about one.")
    report: GrantReport | None = strawberry.field(description="The report, where it is about one.")
    since: datetime.datetime = strawberry.field(description="Since when it waits.")
    days: int = strawberry.field(description="For how many whole days it waits.")


@strawberry.type(description="Somebody who is two things on one grant, which nobody may be.")
class DutyConflict:
    """A breach of the separation of duties."""

    grant: Grant | None = strawberry.field(description="The grant.")
    person: Person | None = strawberry.field(description="Who.")
    duties: list[Duty] = strawberry.field(description="What they are on it, as their acts say.")


async def my_queue(
    info: Info,
    first: Annotated[int, strawberry.argument(description=f"How many at most, from 1 to {MOST}.")] = 20,
) -> list[QueueItem]:
    """What waits for whoever asks, the oldest first."""
    if not 1 <= first <= MOST:
        raise InvalidValue(f"first lies between 1 and {MOST}, not at {first}.", "first")
    return await waiting_for(info.context.services["database"], info.context.viewer, first)


async def waiting_for(database: Database, viewer: Viewer, first: int = MOST) -> list[QueueItem]:
    """What waits for somebody now, the oldest first; for nobody nothing does."""
    if viewer.id is None:
        return []
    async with database.reading() as connection:
        waiting = await queue.awaiting(connection, viewer, clock.now(), first)
    return [
        QueueItem(
            action=one.action,
            grant=declare.entity_of(one.grant_id),
            disbursement=declare.entity_of(one.disbursement_id),
            report=declare.entity_of(one.report_id),
            since=one.since,
            days=one.days,
        )
        for one in waiting
    ]


async def duty_conflicts(info: Info) -> list[DutyConflict] | None:
    """Every breach of the separation of duties; None for who may not look at grants."""
    if not info.context.viewer.may("fund:grant:read"):
        return None
    async with info.context.services["database"].snapshot() as connection:
        found = await separation.violations(connection)
    return [
        DutyConflict(
            grant=declare.entity_of(one.grant_id), person=declare.entity_of(one.person_id), duties=list(one.duties)
        )
        for one in found
    ]


@strawberry.type
class QueueQueries:
    """Root fields on work that waits, and on the separation of duties."""

    my_queue: list[QueueItem] = strawberry.field(
        resolver=my_queue, description="What waits for your next act, the oldest first."
    )
    duty_conflicts: list[DutyConflict] | None = strawberry.field(
        resolver=duty_conflicts,
        description="Who did two duties on one grant, by all that is recorded: always empty."
        " Null for who may not read all grants.",
    )
