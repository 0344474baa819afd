"""What clients see: the GraphQL schema, joined from one module for each slice."""

import strawberry
from strawberry.schema.config import StrawberryConfig

from fund_api.graph import declare
from fund_api.graph.catalogue import Catalogue
from fund_api.graph.types import Node
from schema import facts as facts
from schema.campaigns import CampaignQueries
from schema.communities import CommunityQueries
from schema.grants import GrantQueries
from schema.library import LibraryQueries
from schema.search import SearchQueries


@strawberry.type(description="Everything that can be read.")
class Query(CommunityQueries, CampaignQueries, GrantQueries, LibraryQueries, SearchQueries):
    """The root of all queries."""

    node: Node | None = declare.node("Anything by its id; null when there is no such thing.")
    nodes: list[Node | None] = declare.nodes("Several things by their ids, in that order, null where there is none.")


def make_catalogue(fiscal_year_starts: int = 10) -> Catalogue:
    """The schema as the engine reads it, with every filter and order. The fiscal year starts in this month."""
    made = strawberry.Schema(Query, config=StrawberryConfig(auto_camel_case=True))
    return Catalogue(made, fiscal_year_starts)
