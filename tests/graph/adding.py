"""A schema whose mutations add milestones, or fail to, for the tests of mutations and of their retries."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import strawberry

import schema
from fund_api.campaigns.tables import Milestone as MilestoneTable
from fund_api.core.access import Viewer
from fund_api.core.database import Database
from fund_api.core.errors import InvalidTransition, InvalidValue, NotAllowed, NotFound, VersionConflict
from fund_api.graph import declare
from fund_api.graph.catalogue import Catalogue
from fund_api.graph.engine import Engine
from fund_api.graph.mutations import Acting
from fund_api.graph.run import reader
from fund_api.graph.user_errors import TYPES, Payload
from schema.campaigns import Milestone
from tests.granting import Fund

Info = strawberry.Info[Acting, None]
ADA = Viewer("person_01h455vb4pex5vsknk084sn02q", frozenset())
BEA = Viewer("person_01h455vb4pex5vsknk084sn02r", frozenset())


@strawberry.input(description="A milestone to add.")
class AddMilestone:
    campaign: strawberry.ID
    note: str | None = None
    idempotency_key: str | None = None


@strawberry.type(description="What addMilestone answers.")
class AddMilestonePayload(Payload):
    milestone: Milestone | None = None
    secret: str | None = None
    withheld = frozenset({"secret"})


@strawberry.type(description="What addMilestone answers.")
class MilestonePayload(Payload):
    milestone: Milestone | None = None


async def add(info: Info, given: AddMilestone) -> Any:
    """Any: the id stands for the entity."""
    values = {"campaign_id": given.campaign, "kind": "EFFECTIVE", "note": given.note}
    return await info.context.tx.add(MilestoneTable, "added", values)


@strawberry.type(description="What tests do.")
class Mutation:
    @declare.mutation("Add a milestone.")
    async def add_milestone(self, info: Info, input: AddMilestone) -> MilestonePayload | None:  # noqa: A002
        return MilestonePayload(milestone=await add(info, input))

    @declare.mutation("Add a milestone with a secret.")
    async def add_secretly(self, info: Info, input: AddMilestone) -> AddMilestonePayload | None:  # noqa: A002
        return AddMilestonePayload(milestone=await add(info, input), secret="told once")

    @declare.mutation("Add a milestone, then find that it can't be.")
    async def refuse(self, info: Info, input: AddMilestone) -> MilestonePayload | None:  # noqa: A002
        added = await add(info, input)
        match input.note:
            case "conflict":
                raise VersionConflict(input.campaign, 1, 2)
            case "move":
                raise InvalidTransition("Only a draft can be sent.", "CLOSED", ["reopen", "delete"])
            case "allowed":
                raise NotAllowed("You may not add milestones.")
            case "value":
                raise InvalidValue("due on lies in the past.", "due_on")
            case "fault":
                raise ZeroDivisionError
        raise NotFound(f"There is no campaign {added[:4]}.")


CATALOGUE = Catalogue(strawberry.Schema(schema.Query, Mutation, types=TYPES))
ADD = """
    mutation Add($input: AddMilestone!) {
      addMilestone(input: $input) {
        milestone { note kind campaign { title milestones { totalCount nodes { note } } } }
        errors { __typename }
      }
    }
"""
REFUSE = """
    mutation Refuse($input: AddMilestone!) {
      refuse(input: $input) {
        milestone { id }
        errors {
          __typename code message path
          ... on InvalidTransition { from allowed }
          ... on VersionConflict { current { id ... on Campaign { title } } }
        }
      }
    }
"""


@asynccontextmanager
async def engine_on(database: Database) -> AsyncIterator[Engine]:
    """An engine that answers on this schema."""
    reads = reader(database, 4)
    yield Engine(CATALOGUE, reads, 100, 100_000, database)
    await reads.close()


async def campaign_in(database: Database) -> str:
    """The id of a new campaign."""
    fund = Fund()
    found = fund.campaign(fund.community("Saratoga Springs"))
    await fund.save(database)
    return found
