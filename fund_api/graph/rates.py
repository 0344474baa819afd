"""Rates of money: a sum and what it is divided by, of the rows of which both are known, and how many are left out."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from graphql import GraphQLField, GraphQLInt, GraphQLNonNull, GraphQLObjectType, GraphQLOutputType, GraphQLScalarType

from fund_api.graph.inputs import amount_of

UNITS = ("community", "resident", "vote")
"""What rates divide by."""


@dataclass(frozen=True, slots=True)
class Rate:
    """A rate: what it divides by, how many decimals it has, and what clients are told of it."""

    per: str
    decimals: int
    description: str


RATES: Mapping[str, Rate] = {
    "ratePerCommunity": Rate(
        "community",
        2,
        "For each community behind the rows that have an amount; a community counts once, however many rows it has. "
        "A row is missing when its amount or its community is unknown. The rate has two decimals.",
    ),
    "ratePerResident": Rate(
        "resident",
        4,
        "For each resident of the communities behind the rows that have an amount; a community counts once, however "
        "many rows it has. A row is missing, its money too, when its amount or the population of its community is "
        "unknown. The rate has four decimals.",
    ),
    "ratePerVote": Rate(
        "vote",
        4,
        "For each vote, of both sides, on all questions of the campaigns behind the rows that have an amount; a "
        "campaign counts once, however many rows it has. A row is missing, its money too, when its amount is unknown, "
        "when a total of votes on any question of its campaign is, or when the campaign has no question. The rate has "
        "four decimals.",
    ),
}


def rate_type(money: GraphQLObjectType, whole: GraphQLScalarType) -> GraphQLObjectType:
    """The type of rates of this type of money; `whole` is the type of large whole numbers."""
    number = GraphQLNonNull(GraphQLInt)
    kinds: dict[str, tuple[GraphQLOutputType, str]] = {
        "count": (number, "How many rows of the group it takes in."),
        "missing": (number, "How many rows of the group it leaves out: with count, all of them."),
        "sum": (money, "The exact sum over the rows that it takes in; null when there are none."),
        "units": (GraphQLNonNull(whole), "What it divides by: communities, residents or votes behind these rows."),
        "rate": (
            cast("GraphQLOutputType", amount_of(money)),
            "sum divided by units, in the currency of the sum, halves to the even digit; null when units is 0.",
        ),
    }
    fields = {name: GraphQLField(kind, description=words) for name, (kind, words) in kinds.items()}
    words = "An amount of money for each of something, and of how many rows of the group it speaks."
    return GraphQLObjectType("MoneyRate", fields, description=words)
