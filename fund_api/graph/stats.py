"""Stats: the root fields that give figures about groups of an entity's rows, read off their declarations."""

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from graphql import GraphQLArgument, GraphQLField, GraphQLInt, GraphQLObjectType, GraphQLString

from fund_api.core.columns import UtcDateTime
from fund_api.graph.declarations import Amount, Column, Stats, ToMany, ToOne, Votes, Work, Worked
from fund_api.graph.figures import Across, Ballots, Bucket, Figure, GroupKey, Measure
from fund_api.graph.groups import GroupTypes
from fund_api.graph.inputs import Inputs, leaf

if TYPE_CHECKING:
    from fund_api.graph.catalogue import Entity

BUCKETS = {
    Bucket.YEAR: "The year of it.",
    Bucket.MONTH: 'The month of it, as a text such as "2020-11"; unknown where only the year is known.',
    Bucket.FISCAL_YEAR: "The fiscal year of it, named by the calendar year in which it ends; the setting "
    "FUND_FISCAL_YEAR_STARTS says when it begins. Unknown where only the year is known.",
}


@dataclass(frozen=True, slots=True)
class StatsRoot:
    """A root field of stats: its entity, its keys and measures by their GraphQL names, its type and arguments."""

    entity: "Entity"
    keys: dict[str, GroupKey]
    measures: dict[str, Measure]
    across: Across | None
    ballots: Ballots | None
    orders: dict[str, Figure]
    """What an order's field stands for."""
    type: GraphQLObjectType
    arguments: dict[str, GraphQLArgument]


def stats_root(inputs: Inputs, declared: Stats) -> StatsRoot:
    """The root field that a declaration means. Raises ValueError for keys and measures that can't be ones."""
    entity = inputs.catalogue.entities[declared.entity]
    reader = _Reader(inputs, entity)
    shown: dict[str, GraphQLField] = {}
    keys: dict[str, GroupKey] = {}
    for path in declared.keys:
        for key, field in reader.keys(path):
            keys[key.name], shown[key.name] = key, field
    for path, bands in declared.ages.items():
        key, field = reader.age(path, bands)
        keys[key.name], shown[key.name] = key, field
    for path, bands in declared.bands.items():
        key, field = reader.band(path, bands)
        keys[key.name], shown[key.name] = key, field
    measures = {measure.name: measure for measure in map(reader.measure, declared.measures)}
    measures |= {
        measure.name: measure for measure in (reader.worked(name, each) for name, each in declared.worked.items())
    }
    across = reader.across(declared.communities) if declared.communities else None
    ballots = reader.ballots(declared.votes) if declared.votes else None
    types = GroupTypes(inputs, entity, shown, measures, across, ballots)
    return StatsRoot(entity, keys, measures, across, ballots, types.orders, types.root(), types.arguments())


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads the names in a declaration, which are Python's."""

    inputs: Inputs
    entity: "Entity"

    def keys(self, dotted: str) -> list[tuple[GroupKey, GraphQLField]]:
        """The key at a path such as community.state.code; a day or time is one key for each bucket."""
        key, kind, field = self._whole(dotted)
        if not isinstance(kind, sa.Date | UtcDateTime):
            return [(key, field)]
        return [
            (
                replace(key, name=key.name + bucket.value, bucket=bucket),
                GraphQLField(
                    GraphQLString if bucket is Bucket.MONTH else GraphQLInt, description=f"{field.description} {text}"
                ),
            )
            for bucket, text in BUCKETS.items()
        ]

    def age(self, dotted: str, bands: tuple[int, ...]) -> tuple[GroupKey, GraphQLField]:
        """The key that says in which band of days the age of a time lies."""
        key, kind, field = self._whole(dotted)
        if not isinstance(kind, UtcDateTime):
            raise ValueError(f"{self.entity.name} has no time {dotted}, so no age of it")  # noqa: TRY004  # a wrong declaration
        *fewer, most = self._begins(dotted, bands)
        text = (
            f"How many days ago that is, in bands: {', '.join(fewer)} and {most} mean at least so many days and fewer "
            "than the next. A day is 24 hours; a time to come is 0, an unknown one null."
        )
        aged = replace(key, name=key.name + Bucket.AGE.value, bucket=Bucket.AGE, precision=None, bands=bands)
        return aged, GraphQLField(GraphQLInt, description=f"{field.description} {text}")

    def band(self, dotted: str, bands: tuple[int, ...]) -> tuple[GroupKey, GraphQLField]:
        """The key that says in which band a number lies."""
        key, kind, field = self._whole(dotted)
        if not isinstance(kind, sa.Integer):
            raise ValueError(f"{self.entity.name} has no whole number {dotted}, so no bands of it")  # noqa: TRY004  # a wrong declaration
        *fewer, most = self._begins(dotted, bands)
        text = (
            f"In bands: {', '.join(fewer)} and {most} mean at least so many and fewer than the next; an unknown number "
            "is null."
        )
        banded = replace(key, name=key.name + Bucket.BAND.value, bucket=Bucket.BAND, bands=bands)
        return banded, GraphQLField(GraphQLInt, description=f"{field.description} {text}")

    def _begins(self, dotted: str, bands: tuple[int, ...]) -> list[str]:
        """Where the bands begin, 0 first."""
        if not bands or sorted({0, *bands}) != [0, *bands]:
            raise ValueError(f"the bands of {self.entity.name}.{dotted} begin at 1 or more, the smallest first")
        return [f"{each:,}" for each in (0, *bands)]

    def _whole(self, dotted: str) -> tuple[GroupKey, sa.types.TypeEngine[Any], GraphQLField]:
        """The key of whole values at a path, the type of its column, and how it is shown."""
        *parents, last = (_camel(part) for part in dotted.split("."))
        entity = self._at(tuple(parents), through_links=True)
        declared, field = entity.fields[last], entity.type.fields[last]
        if not isinstance(declared, Column):
            raise ValueError(f"{entity.name}.{last} is no column, so no key of groups")  # noqa: TRY004  # a wrong declaration
        column = entity.table.c[str(declared.column)]
        dated = isinstance(column.type, sa.Date | UtcDateTime) and f"{column.name}_precision" in entity.table.c
        precision = f"{column.name}_precision" if dated else None
        several = bool(parents) and isinstance(self.entity.fields[parents[0]], ToMany)
        of = f"Of each of its {'.'.join(parents)}" if several else f"Of {'.'.join(parents)}"
        words = f"{of}: {field.description}" if parents else str(field.description)
        nullable = entity.may_be_null(column.name) or bool(parents)
        key = GroupKey(_joined([*parents, last]), tuple(parents), column.name, Bucket.VALUE, precision, nullable)
        return key, column.type, GraphQLField(leaf(field), description=words)

    def measure(self, name: str) -> Measure:
        """A measure: a field that is a whole number or an amount of money."""
        field = _camel(name)
        declared = self.entity.fields[field]
        column = self.entity.table.c[str(declared.column)] if isinstance(declared, Column | Amount) else None
        if column is None or not isinstance(column.type, sa.Integer):
            raise ValueError(f"{self.entity.name}.{field} is neither a whole number nor money, so it is no measure")
        currency = declared.currency if isinstance(declared, Amount) else None
        if isinstance(column.type, sa.BigInteger) and currency is None:
            raise ValueError(f"{self.entity.name}.{field} may pass 32 bits, which the figures of a number can't")
        large, words = isinstance(column.type, sa.BigInteger), str(self.entity.type.fields[field].description)
        return Measure(field, column.name, currency, large, words)

    def worked(self, name: str, declared: Worked) -> Measure:
        """A measure that is worked out of two columns: days of dates, anything else of whole numbers."""
        first, second = (self._pair(declared.work, path) for path in (declared.first, declared.second))
        field = _camel(name)
        dated = [f"{column}_precision" for column in (first, second) if declared.work is Work.DAYS]
        precisions = tuple(column for column in dated if column in self.entity.table.c)
        words = declared.description
        return Measure(field, f"worked_{name}", None, False, words, declared.work, (first, second), precisions)

    def _pair(self, work: Work, name: str) -> str:
        field = _camel(name)
        declared = self.entity.fields[field]
        column = self.entity.table.c[str(declared.column)] if isinstance(declared, Column) else None
        needed: tuple[type[Any], ...] = (sa.Date, UtcDateTime) if work is Work.DAYS else (sa.Integer,)
        if column is None or not isinstance(column.type, needed) or isinstance(column.type, sa.BigInteger):
            raise ValueError(f"{self.entity.name}.{field} is nothing that {work.name} is worked out of")
        return column.name

    def across(self, dotted: str) -> Across:
        """The communities behind the rows, by the path that leads to them."""
        path = tuple(_camel(part) for part in dotted.split("."))
        self._at(path)
        return Across(path, "id", "population")

    def ballots(self, declared: Votes) -> Ballots:
        """Where the votes behind the rows are."""
        path = tuple(_camel(part) for part in declared.voted.split("."))
        voted, name = self._at(path), _camel(declared.questions)
        relation = voted.fields[name]
        if not isinstance(relation, ToMany) or not relation.key:
            raise ValueError(f"{voted.name}.{name} is no to-many by a column")  # a wrong declaration
        questions = self.inputs.catalogue.target(voted.type.fields[name])
        sides = [questions.fields[_camel(side)] for side in declared.sides]
        first, second = (str(side.column) for side in sides if isinstance(side, Column))
        return Ballots(path, relation.own, questions.name, relation.key, (first, second))

    def _at(self, path: tuple[str, ...], *, through_links: bool = False) -> "Entity":
        """The entity at a path of to-one fields, of which the first may be a to-many via a link."""
        entity = self.entity
        for step, name in enumerate(path):
            declared = entity.fields[name]
            linked = through_links and step == 0 and isinstance(declared, ToMany) and declared.via is not None
            if not linked and not isinstance(declared, ToOne):
                raise ValueError(f"{entity.name}.{name} is no to-one field")  # a wrong declaration
            entity = self.inputs.catalogue.target(entity.type.fields[name])
        return entity


def _camel(name: str) -> str:
    """A Python name as GraphQL writes it."""
    return re.sub(r"_([a-z])", lambda found: found[1].upper(), name)


def _joined(names: list[str]) -> str:
    """The names along a path as one: community, state, code is communityStateCode."""
    return names[0] + "".join(name[0].upper() + name[1:] for name in names[1:])
