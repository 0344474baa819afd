"""The GraphQL types of stats: groups with their keys and figures, and the arguments that ask for them."""

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLEnumValue,
    GraphQLError,
    GraphQLField,
    GraphQLFloat,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLInt,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLScalarType,
    get_named_type,
)

from fund_api.graph.choices import OrderColumn
from fund_api.graph.figures import FIGURES, PERCENTILES, Across, Ballots, Figure, Measure
from fund_api.graph.inputs import Inputs, amount_of, placement
from fund_api.graph.rates import RATES, rate_type

if TYPE_CHECKING:
    from fund_api.graph.catalogue import Entity

MOST_GROUPS = 1_000
DEFAULT_GROUPS = 100
LARGEST_WHOLE = 2**53 - 1
"""The largest whole number that every JSON reader holds exactly."""

WORDS = {
    "count": "How many rows of the group have a value; the others are left out of these figures.",
    "missing": "How many rows of the group have none: with count, all of them.",
    "sum": "The exact sum; null when no row has a value.",
    "avg": "The sum divided by count; null when no row has a value.",
    "min": "The least value; null when no row has one.",
    "max": "The largest value; null when no row has one.",
    "median": "The value in the middle of the rows that have one, of two the smaller; null when no row has one.",
    "p90": "The smallest value that nine in ten of the rows with a value do not exceed; null when no row has one.",
}

ALWAYS = ("count", "missing")
"""The figures that every group has."""


def _whole(value: object) -> int:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) > LARGEST_WHOLE:
        raise GraphQLError(f"BigInt is a whole number of at most {LARGEST_WHOLE:,}, not {value!r}.")
    return value


BIG_INT = GraphQLScalarType(
    "BigInt",
    serialize=_whole,
    parse_value=_whole,
    description="A whole number up to 9,007,199,254,740,991 either side of zero: every JSON reader holds it exactly.",
)
NUMBER_STATS = GraphQLObjectType(
    "NumberStats",
    {
        name: GraphQLField(GraphQLNonNull(kind) if name in ALWAYS else kind, description=WORDS[name])
        for name, kind in {
            "count": GraphQLInt,
            "missing": GraphQLInt,
            "sum": BIG_INT,
            "avg": GraphQLFloat,
            "min": GraphQLInt,
            "max": GraphQLInt,
            **dict.fromkeys(PERCENTILES, GraphQLInt),
        }.items()
    },
    description="Figures about a whole number in the rows of a group.",
)


@dataclass(slots=True)
class GroupTypes:
    """Makes the types of one root field of stats, from its keys, measures and communities."""

    inputs: Inputs
    entity: "Entity"
    keys: dict[str, GraphQLField]
    measures: dict[str, Measure]
    across: Across | None
    ballots: Ballots | None
    orders: dict[str, Figure] = field(default_factory=dict)

    def root(self) -> GraphQLObjectType:
        """The type of the root field."""
        groups = GraphQLNonNull(GraphQLList(GraphQLNonNull(self._group())))
        total = GraphQLNonNull(GraphQLInt)
        fields = {
            "groups": GraphQLField(groups, description="The groups, in order, at most as many as `first` says."),
            "totalCount": GraphQLField(total, description="How many groups there are, those beyond `first` too."),
        }
        return self._object("Stats", fields, f"Figures about groups of {self.entity.name} rows.")

    def arguments(self) -> dict[str, GraphQLArgument]:
        """The arguments of the root field; `orders` then tells what an order's value stands for."""
        given: dict[str, tuple[GraphQLInputType, str]] = {
            "filter": (self.inputs.filter(self.entity), "Only rows that match; left out: all rows."),
            "groupBy": (_several(self._group_by()), "What rows of a group have in common; left out: one group of all."),
            "having": (self._having(), "Only groups whose figures match."),
            "orderBy": (
                _several(self._order()),
                "The first entry decides, the next ones break its ties; at the end, and when left out, the keys of "
                "groupBy decide, the smallest first, unknown ones last.",
            ),
            "first": (
                GraphQLInt,
                f"How many groups, from 1 to {MOST_GROUPS:,}; {DEFAULT_GROUPS} when left out. totalCount tells "
                "whether there are more.",
            ),
        }
        return {name: GraphQLArgument(kind, description=words) for name, (kind, words) in given.items()}

    def _object(self, suffix: str, fields: dict[str, GraphQLField], words: str) -> GraphQLObjectType:
        return GraphQLObjectType(f"{self.entity.name}{suffix}", fields, description=words)

    # Output

    def _group(self) -> GraphQLObjectType:
        words = "What the rows of a group have in common. Null: unknown. Only keys that groupBy names can be selected."
        key = self._object("StatsKey", self.keys, words)
        matches = GraphQLNonNull(self.inputs.filter(self.entity))
        conditions = {"filter": GraphQLArgument(matches, description="Which rows to count.")}
        number, always = GraphQLNonNull(GraphQLInt), GraphQLNonNull(key)
        fields = {
            "key": GraphQLField(always, description="What its rows have in common."),
            "count": GraphQLField(number, description="How many rows it has."),
            "countWhere": GraphQLField(number, conditions, description="How many of its rows match a filter."),
            "share": GraphQLField(
                GraphQLFloat,
                conditions,
                description="countWhere divided by count, from 0 to 1; null for a group without rows.",
            ),
        }
        money: GraphQLObjectType | None = None
        for measure in self.measures.values():
            if measure.currency and money is None:
                money = self._money(cast("GraphQLObjectType", get_named_type(self._type(measure))))
            kind = money if measure.currency and money else NUMBER_STATS
            fields[measure.name] = GraphQLField(GraphQLNonNull(kind), description=measure.description)
        if self.across:
            words = "The communities behind its rows, each counted once."
            fields["communities"] = GraphQLField(GraphQLNonNull(self._communities()), description=words)
        return self._object("StatsGroup", fields, f"Figures about a group of {self.entity.name} rows.")

    def _type(self, measure: Measure) -> GraphQLOutputType:
        """The type of the field that a measure adds up."""
        return cast("GraphQLOutputType", self.entity.type.fields[measure.name].type)

    def _money(self, money: GraphQLObjectType) -> GraphQLObjectType:
        rounded = {"avg": f"{WORDS['avg']} Rounded to cents, halves to the even cent."}
        fields = {
            name: GraphQLField(GraphQLNonNull(GraphQLInt) if name in ALWAYS else money, description=words)
            for name, words in (WORDS | rounded).items()
        }
        if self.across:
            fields["perCommunity"] = GraphQLField(
                money,
                description="The sum divided by the number of communities, rounded to cents, halves to the even cent.",
            )
            fields["perResident"] = GraphQLField(
                cast("GraphQLOutputType", amount_of(money)),
                description="The sum divided by the residents of the communities, in the currency of the sum, rounded "
                "to four decimals, halves to the even one; null when the population of any of them is unknown, or 0.",
            )
        if rates := [rate for rate in RATES if self.ballots or (self.across and RATES[rate].per != "vote")]:
            made = GraphQLNonNull(self.inputs.outputs.setdefault("MoneyRate", rate_type(money, BIG_INT)))
            fields |= {name: GraphQLField(made, description=RATES[name].description) for name in rates}
        return self._object("MoneyStats", fields, "Figures about an amount of money in the rows of a group.")

    def _communities(self) -> GraphQLObjectType:
        fields = {
            "count": GraphQLField(GraphQLNonNull(GraphQLInt), description="How many communities."),
            "withPopulation": GraphQLField(
                GraphQLNonNull(GraphQLInt), description="Of how many of them the population is known."
            ),
            "residents": GraphQLField(
                BIG_INT, description="Residents of those whose population is known; null when there are none."
            ),
        }
        return self._object("StatsCommunities", fields, "The communities behind the rows of a group.")

    # Input

    def _group_by(self) -> GraphQLEnumType:
        values = {
            _constant(name): GraphQLEnumValue(OrderColumn(name), description=shown.description)
            for name, shown in self.keys.items()
        }
        name = self.entity.name
        return GraphQLEnumType(f"{name}GroupBy", values, description=f"What {name} rows can be grouped by.")

    def _order(self) -> GraphQLInputObjectType:
        name = f"{self.entity.name}StatsOrder"
        words = {"COUNT": "How many rows a group has."}
        self.orders["COUNT"] = Figure("count")
        for key, shown in self.keys.items():
            self.orders[_constant(key)] = Figure("key", key)
            words[_constant(key)] = f"A key of groupBy. {shown.description}"
        for measure in self.measures:
            for shown_as, kind in FIGURES.items():
                value = f"{_constant(measure)}_{shown_as.upper()}"
                self.orders[value] = Figure(kind, measure)
                words[value] = f"{shown_as} of {measure}. {WORDS[shown_as]}"
        values = {value: GraphQLEnumValue(OrderColumn(value), description=text) for value, text in words.items()}
        key_type = GraphQLEnumType(f"{name}Field", values, description="What groups can be ordered by.")
        by = {"field": GraphQLInputField(GraphQLNonNull(key_type), description="What to order by.")}
        return GraphQLInputObjectType(name, by | placement(), description="One key of the order of groups.")

    def _having(self) -> GraphQLInputObjectType:
        count = self.inputs.operators(GraphQLInt, text=False)
        fields = {"count": GraphQLInputField(count, description="How many rows the group has.")}
        for measure in self.measures.values():
            money = cast("GraphQLObjectType", get_named_type(self._type(measure))) if measure.currency else None
            fields[measure.name] = GraphQLInputField(self._bounds(money), description=measure.description)
        words = "Conditions on the figures of a group; every one that is given must hold. An unknown figure holds none."
        return GraphQLInputObjectType(f"{self.entity.name}Having", fields, description=words)

    def _bounds(self, money: GraphQLObjectType | None) -> GraphQLInputObjectType:
        name = "MoneyHaving" if money else "NumberHaving"
        if name not in self.inputs.types:
            count = self.inputs.operators(GraphQLInt, text=False)
            if money:
                sums = values = self.inputs.operators(amount_of(money), text=False, name="MoneyFilter")
            else:
                sums, values = self.inputs.operators(BIG_INT, text=False), count
            kinds = {"count": count, "sum": sums, "min": values, "max": values, **dict.fromkeys(PERCENTILES, values)}
            self.inputs.types[name] = GraphQLInputObjectType(
                name,
                {key: GraphQLInputField(kind, description=WORDS[key]) for key, kind in kinds.items()},
                description="Conditions on the figures of a measure; every one that is given must hold.",
            )
        return self.inputs.types[name]


def _several(kind: GraphQLEnumType | GraphQLInputObjectType) -> GraphQLInputType:
    item: GraphQLNonNull[Any] = GraphQLNonNull(kind)  # Any: of either kind
    return GraphQLList(item)


def _constant(name: str) -> str:
    """A GraphQL name as an enum value."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).upper()
