"""What clients see of full-text search."""

from typing import Annotated

import strawberry

from fund_api.graph import declare
from fund_api.graph.types import PageInfo
from schema.campaigns import BallotMeasure, Campaign, Organization
from schema.communities import Community, Source
from schema.library import Resource

SearchResult = Annotated[
    BallotMeasure | Campaign | Community | Organization | Resource | Source,
    strawberry.union("SearchResult", description="Anything that a search can find."),
]


@strawberry.type(description="A stretch of a text that was found. All parts together are the whole text.")
class HighlightPart:
    """Parts, not marks inside the text: a text may hold any mark."""

    text: str = strawberry.field(description="The text of this part.")
    matched: bool = strawberry.field(description="Whether it is a word that matched the query.")


@strawberry.type(description="A field of a result in which something matched the query.")
class Highlight:
    """Made in Python of the field's words, so it is alike on every database."""

    field: str = strawberry.field(description='The field, as in a query; "state.name" is the name of its state.')
    parts: list[HighlightPart] = strawberry.field(description="The whole text of the field, in parts.")


@strawberry.type(description="One result of a search, with its rank and what matched.")
class SearchEdge:
    """Relay's edge, and more."""

    cursor: str = strawberry.field(description="Place of this result in the results of this query.")
    node: SearchResult = strawberry.field(description="What was found.")
    rank: float = strawberry.field(
        description="How well it matches: the more the better. Compare it inside one answer only."
    )
    highlights: list[Highlight] = strawberry.field(description="The fields in which something matched.")


@strawberry.type(description="A page of the results of a search, the best first. Next page: `after: endCursor`.")
class SearchConnection:
    """Relay's connection."""

    edges: list[SearchEdge] = strawberry.field(description="The results of this page with rank and highlights.")
    nodes: list[SearchResult] = strawberry.field(description="What was found, of this page.")
    page_info: PageInfo = strawberry.field(description="Where this page lies in the results.")
    total_count: int = strawberry.field(description="How many results there are; counted only when selected.")


@strawberry.type
class SearchQueries:
    """Root fields on everything that can be found."""

    search: SearchConnection = declare.search(
        "Full-text search, the best results first: by the names of communities, counties and states, by titles, "
        "summaries, questions and notes."
    )
