"""What editors see of drafts and revisions; for everybody else these fields are null."""

import datetime
from typing import Annotated

import strawberry

from fund_api.core import clock
from fund_api.core.errors import InvalidValue
from fund_api.graph import declare
from fund_api.graph.reading import Asking
from fund_api.library import revisions
from fund_api.library.visibility import EDIT
from fund_api.library.windows import RevisionState
from schema.library import Resource
from schema.people import Person

Info = strawberry.Info[Asking, None]
MOST = 100
"""Drafts or revisions that are told at once."""
First = Annotated[int, strawberry.argument(description=f"How many at most, from 1 to {MOST}.")]
ResourceId = Annotated[strawberry.ID, strawberry.argument(description="The id of the resource.")]

declare.enum(
    RevisionState,
    "Where a revision stands.",
    DRAFT="Saved; readers do not see it.",
    SCHEDULED="Readers will see it at a time that is set.",
    LIVE="What readers see.",
    PAST="What readers saw once.",
)


@strawberry.type(description="A resource of which readers do not see the latest revision yet.")
class Draft:
    """A resource on which somebody works."""

    id: strawberry.ID = strawberry.field(description="The id of the resource.")
    slug: str = strawberry.field(description="Its name in addresses.")
    title: str = strawberry.field(description="The title in its latest revision.")
    revision: int = strawberry.field(description="The number of that revision: the `expectedRevision` of mutations.")
    state: RevisionState = strawberry.field(description="Where that revision stands: DRAFT or SCHEDULED.")
    saved_by: Person | None = strawberry.field(description="Who saved it.")
    saved_at: datetime.datetime = strawberry.field(description="When it was saved.")
    goes_live_at: datetime.datetime | None = strawberry.field(
        description="When a revision of it goes live, where one is scheduled."
    )
    resource: Resource | None = strawberry.field(description="What readers see now; null when they see nothing.")


@strawberry.type(description="What a resource says, said, or is to say.")
class Revision:
    """One revision of a resource."""

    number: int = strawberry.field(description="Its number among the revisions of the resource, from 1.")
    title: str = strawberry.field(description="The title in it.")
    state: RevisionState = strawberry.field(description="Where it stands now.")
    live_from: datetime.datetime | None = strawberry.field(description="Since or from when readers see it.")
    live_until: datetime.datetime | None = strawberry.field(description="Until when, as far as is decided.")
    saved_by: Person | None = strawberry.field(description="Who saved it.")
    saved_at: datetime.datetime = strawberry.field(description="When it was saved.")


@strawberry.type(description="A field in which two revisions differ.")
class RevisionChange:
    """A difference."""

    field: str = strawberry.field(description="The field, as the log names it.")
    before: str | None = strawberry.field(description="What the first one says.")
    after: str | None = strawberry.field(description="What the second one says.")


async def drafts(info: Info, first: First = 20) -> list[Draft] | None:
    """What editors work on; None for everybody else."""
    _check(first)
    if not info.context.viewer.may(EDIT):
        return None
    async with info.context.services["database"].reading() as connection:
        found = await revisions.waiting(connection, clock.now(), first)
    return [
        Draft(
            id=row["id"],
            slug=row["slug"],
            title=row["title"],
            revision=row["number"],
            state=row["state"],
            saved_by=declare.entity_of(row["saved_by"]),
            saved_at=row["created_at"],
            goes_live_at=row["goes_live_at"],
            resource=declare.entity_of(row["id"]),
        )
        for row in found
    ]


async def revisions_of(info: Info, resource: ResourceId, first: First = 20) -> list[Revision] | None:
    """The revisions of a resource for editors, the latest first; None for everybody else."""
    _check(first)
    if not info.context.viewer.may(EDIT):
        return None
    async with info.context.services["database"].reading() as connection:
        found = await revisions.revisions_of(connection, resource, clock.now(), first)
    return [
        Revision(
            number=row["number"],
            title=row["title"],
            state=row["state"],
            live_from=row["live_from"],
            live_until=row["live_until"],
            saved_by=declare.entity_of(row["saved_by"]),
            saved_at=row["created_at"],
        )
        for row in found
    ]


async def compare_revisions(
    info: Info,
    resource: ResourceId,
    from_: Annotated[int, strawberry.argument(name="from", description="The number of the first revision.")],
    to: Annotated[int, strawberry.argument(description="The number of the second revision.")],
) -> list[RevisionChange] | None:
    """What differs between two revisions, for editors; None for everybody else, and where one is not there."""
    if not info.context.viewer.may(EDIT):
        return None
    async with info.context.services["database"].reading() as connection:
        found = await revisions.compare(connection, resource, from_, to)
    return None if found is None else [RevisionChange(**row) for row in found]


def _check(first: int) -> None:
    if not 1 <= first <= MOST:
        raise InvalidValue(f"first lies between 1 and {MOST}, not at {first}.", "first")


@strawberry.type
class DraftQueries:
    """Root fields for editors."""

    drafts: list[Draft] | None = strawberry.field(
        resolver=drafts,
        description="Resources of which readers do not see the latest revision yet, what was saved last first."
        " Null for who may not edit.",
    )
    revisions: list[Revision] | None = strawberry.field(
        resolver=revisions_of, description="The revisions of a resource, the latest first. Null for who may not edit."
    )
    compare_revisions: list[RevisionChange] | None = strawberry.field(
        resolver=compare_revisions,
        description="What two revisions of a resource say differently, field by field. Null for who may not edit,"
        " and where there is no such revision.",
    )
