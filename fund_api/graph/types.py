"""The GraphQL types that all lists and entities share, by the GraphQL Cursor Connections Specification."""

from decimal import Decimal
from typing import Generic, TypeVar

import strawberry

T = TypeVar("T")


@strawberry.interface(description="Anything with an id of its own, which `node` and `nodes` can fetch again.")
class Node:
    """What every entity has."""

    id: strawberry.ID = strawberry.field(description="Names this object for ever, across all types.")


@strawberry.type(description="An exact amount of money.")
class Money:
    """Minor units inside, a decimal string outside."""

    amount: Decimal = strawberry.field(description='Exact, with two decimals, as a text: "2845.00".')
    currency: str = strawberry.field(description="The currency by ISO 4217, such as USD.")


@strawberry.type(description="Stands for the type of stats until the catalogue makes it of the declaration.")
class Stats:
    """Never part of the schema that clients see."""

    total_count: int


@strawberry.type(description="Where a page lies in its list.")
class PageInfo:
    """Relay's page information."""

    has_next_page: bool = strawberry.field(description="Whether the list goes on after this page.")
    has_previous_page: bool = strawberry.field(description="Whether the list has rows before this page.")
    start_cursor: str | None = strawberry.field(
        description="Cursor of the first row, for `before`; null on an empty page."
    )
    end_cursor: str | None = strawberry.field(description="Cursor of the last row, for `after`; null on an empty page.")


@strawberry.type(description="One row of a list, with its place in it.")
class Edge(Generic[T]):
    """Relay's edge."""

    cursor: str = strawberry.field(description="Place of this row in the list and order that were asked for.")
    node: T = strawberry.field(description="The row itself.")


@strawberry.type(description="A page of a list. Ask for the next one with `after: endCursor`.")
class Connection(Generic[T]):
    """Relay's connection, with the rows also as a plain list, and counted when asked."""

    edges: list[Edge[T]] = strawberry.field(description="The rows of this page with their cursors.")
    nodes: list[T] = strawberry.field(description="The rows of this page.")
    page_info: PageInfo = strawberry.field(description="Where this page lies in the list.")
    total_count: int = strawberry.field(description="How many rows the whole list has; counted only when selected.")
