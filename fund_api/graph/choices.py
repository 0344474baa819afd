"""What values of the engine's own enums stand for. They decide the shape of a plan, unlike the values of data."""

from dataclasses import dataclass
from enum import Enum

from graphql import GraphQLEnumType, GraphQLEnumValue

from fund_api.graph.declarations import ToOne

PAGE_LIMIT = 100
DEFAULT_PAGE = 20


class Direction(Enum):
    """Which way a list is ordered."""

    ASC = "ASC"
    DESC = "DESC"


class Nulls(Enum):
    """Where rows without a value come."""

    FIRST = "FIRST"
    LAST = "LAST"


@dataclass(frozen=True, slots=True)
class OrderColumn:
    """What a value of an order or of groupBy stands for: a column, or that of a to-one row."""

    name: str
    through: tuple[ToOne, str, str] | None = None
    """The relation, the name of its entity, and the column there."""


@dataclass(frozen=True, slots=True)
class SearchKind:
    """What a value of SearchType stands for."""

    entity: str


DIRECTION = GraphQLEnumType(
    "OrderDirection",
    {
        "ASC": GraphQLEnumValue(Direction.ASC, description="Smallest, earliest or first in the alphabet first."),
        "DESC": GraphQLEnumValue(Direction.DESC, description="Largest, latest or last in the alphabet first."),
    },
    description="Which way a list is ordered.",
)
NULLS = GraphQLEnumType(
    "NullPlacement",
    {
        "FIRST": GraphQLEnumValue(Nulls.FIRST, description="Rows whose value is unknown come first."),
        "LAST": GraphQLEnumValue(Nulls.LAST, description="Rows whose value is unknown come last."),
    },
    description="Where rows come whose value is unknown, whichever the direction.",
)
