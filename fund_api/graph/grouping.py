"""Stats in a document: how it groups the rows of a level, and the source of the function that shapes the groups."""

from collections.abc import Iterable
from dataclasses import dataclass

from graphql import FieldNode, GraphQLBoolean, GraphQLObjectType, get_named_type

from fund_api.graph.arguments import Reader, Scalar, Value
from fund_api.graph.catalogue import Catalogue, object_type
from fund_api.graph.choices import Direction, Nulls, OrderColumn
from fund_api.graph.collect import Selector, sub_selections
from fund_api.graph.declarations import ToMany, ToOne
from fund_api.graph.errors import RequestError
from fund_api.graph.figures import FIGURES, Bucket, Figure, Grouping, GroupKey, Measure, Order
from fund_api.graph.groups import DEFAULT_GROUPS
from fund_api.graph.levels import Joined, Level
from fund_api.graph.rates import RATES, Rate
from fund_api.graph.stats import StatsRoot

MOST_KEYS = 5
"""Keys of one groupBy or orderBy."""
MOST_CONDITIONS = 20
"""Uses of countWhere and share in one group."""


@dataclass(frozen=True, slots=True)
class Shaping:
    """Shapes the groups of one root field. Every figure that it reads becomes a slot of the level's grouping."""

    selector: Selector
    reader: Reader
    root: StatsRoot
    level: Level
    grouping: Grouping

    def source(self, nodes: list[FieldNode]) -> str:
        """The source of the function that makes the field's value of the rows, one for each group."""
        entries = []
        for key, group in self._fields(self.root.type, nodes).items():
            match group[0].name.value:
                case "groups":
                    value = f"[{self._group(group)} for r in rows]"
                case "totalCount":
                    value = f"(rows[0][{self.grouping.slot('total')}] if rows else 0)"
                case _:
                    value = repr(self.root.type.name)
            entries.append(f"{key!r}: {value}")
        self.grouping.slot("count")
        return f"def c{self.level.number}(rows):\n    return {{{', '.join(entries)}}}"

    def _fields(self, kind: GraphQLObjectType, nodes: Iterable[FieldNode]) -> dict[str, list[FieldNode]]:
        return self.selector.fields(kind, sub_selections(nodes))

    def _slot(self, kind: str, of: str = "", per: str = "") -> str:
        return f"r[{self.grouping.slot(kind, of, per)}]"

    def _group(self, nodes: list[FieldNode]) -> str:
        kind = object_type(self.root.type.fields["groups"])
        entries = []
        for key, group in self._fields(kind, nodes).items():
            name = group[0].name.value
            if name in self.root.measures:
                value = self._measure(self.root.measures[name], object_type(kind.fields[name]), group)
            else:
                value = self._own(kind, name, group)
            entries.append(f"{key!r}: {value}")
        return "{" + ", ".join(entries) + "}"

    def _own(self, kind: GraphQLObjectType, name: str, nodes: list[FieldNode]) -> str:
        match name:
            case "key":
                return self._key(object_type(kind.fields[name]), nodes)
            case "count":
                return self._slot("count")
            case "countWhere":
                return self._where(kind, nodes[0])
            case "share":
                return f"({self._where(kind, nodes[0])} / {self._slot('count')} if {self._slot('count')} else None)"
            case "communities":
                return self._communities(object_type(kind.fields[name]), nodes)
        return repr(kind.name)

    def _key(self, kind: GraphQLObjectType, nodes: list[FieldNode]) -> str:
        wanted = {key.name: key for key in self.grouping.keys}
        entries = []
        for alias, group in self._fields(kind, nodes).items():
            name = group[0].name.value
            if name == "__typename":
                value = repr(kind.name)
            elif name not in wanted:
                raise RequestError(f"{name} is no key of these groups; name it in groupBy.", nodes=group[0])
            else:
                value = self._slot("key", name)
                if wanted[name].bucket is Bucket.MONTH:
                    value = f"month({value})"
                elif get_named_type(kind.fields[name].type) is GraphQLBoolean:
                    value = f"(None if {value} is None else {value} == 1)"
            entries.append(f"{alias!r}: {value}")
        return "{" + ", ".join(entries) + "}"

    def _where(self, kind: GraphQLObjectType, node: FieldNode) -> str:
        given = {argument.name.value: argument.value for argument in node.arguments or ()}
        wheres = self.grouping.wheres
        if len(wheres) == MOST_CONDITIONS:
            raise RequestError(f"A group takes at most {MOST_CONDITIONS} uses of countWhere and share.", nodes=node)
        wheres.append(self.reader.arguments(kind.fields[node.name.value].args, given)["filter"])
        return self._slot("where", str(len(wheres) - 1))

    def _communities(self, kind: GraphQLObjectType, nodes: list[FieldNode]) -> str:
        entries = []
        for key, group in self._fields(kind, nodes).items():
            match group[0].name.value:
                case "count":
                    value = self._slot("communities")
                case "withPopulation":
                    value = self._slot("counted")
                case "residents":
                    value = f"whole({self._slot('residents')})"
                case _:
                    value = repr(kind.name)
            entries.append(f"{key!r}: {value}")
        return "{" + ", ".join(entries) + "}"

    # Measures

    def _measure(self, measure: Measure, kind: GraphQLObjectType, nodes: list[FieldNode]) -> str:
        entries = []
        for key, group in self._fields(kind, nodes).items():
            name = group[0].name.value
            if name == "__typename":
                value = repr(kind.name)
            elif name == "count":
                value = self._slot("known", measure.name)
            elif name == "missing":
                value = f"({self._slot('count')} - {self._slot('known', measure.name)})"
            elif name == "perResident":
                residents = [self._slot(figure) for figure in ("communities", "counted", "residents")]
                value = f"per_resident({self._sum(measure)}, {', '.join(residents)})"
            elif name in RATES:
                value = self._rate(measure, RATES[name], object_type(kind.fields[name]), group)
            elif measure.currency:
                value = self._amount(measure, self._minor(measure, name), object_type(kind.fields[name]), group)
            else:
                value = self._number(measure, name)
            entries.append(f"{key!r}: {value}")
        return "{" + ", ".join(entries) + "}"

    def _number(self, measure: Measure, name: str) -> str:
        match name:
            case "sum":
                return f"whole({self._sum(measure)})"
            case "avg":
                return f"average({self._sum(measure)}, {self._slot('known', measure.name)})"
        return self._slot(FIGURES[name], measure.name)

    def _minor(self, measure: Measure, name: str) -> str:
        """The source of an amount in minor units, or None."""
        match name:
            case "sum":
                return self._sum(measure)
            case "avg":
                return f"share_of({self._sum(measure)}, {self._slot('known', measure.name)})"
            case "perCommunity":
                return f"share_of({self._sum(measure)}, {self._slot('communities')})"
        return self._slot(FIGURES[name], measure.name)

    def _rate(self, measure: Measure, rate: Rate, kind: GraphQLObjectType, nodes: list[FieldNode]) -> str:
        about = measure.name, rate.per
        entries = []
        for key, group in self._fields(kind, nodes).items():
            match group[0].name.value:
                case "count":
                    value = self._slot("known", *about)
                case "missing":
                    value = f"({self._slot('count')} - {self._slot('known', *about)})"
                case "sum":
                    total = self._sum(measure, rate.per)
                    value = self._amount(measure, total, object_type(kind.fields["sum"]), group, rate.per)
                case "units":
                    value = f"whole({self._slot('units', *about)} or 0)"
                case "rate":
                    value = f"rate({self._sum(measure, rate.per)}, {self._slot('units', *about)}, {rate.decimals})"
                case _:
                    value = repr(kind.name)
            entries.append(f"{key!r}: {value}")
        return "{" + ", ".join(entries) + "}"

    def _amount(
        self, measure: Measure, minor: str, kind: GraphQLObjectType, nodes: list[FieldNode], per: str = ""
    ) -> str:
        entries = []
        for key, group in self._fields(kind, nodes).items():
            match group[0].name.value:
                case "amount":
                    value = "money(m)"
                case "currency":
                    value = self._currency(measure, per)
                case _:
                    value = repr(kind.name)
            entries.append(f"{key!r}: {value}")
        return f"(None if (m := {minor}) is None else {{{', '.join(entries)}}})"

    def _currency(self, measure: Measure, per: str = "") -> str:
        about = measure.name, per
        return f"currency({self._slot('currency', *about)}, {self._slot('currencies', *about)})"

    def _sum(self, measure: Measure, per: str = "") -> str:
        if measure.currency is None:
            return self._slot("sum", measure.name)
        parts = f"{self._slot('high', measure.name, per)}, {self._slot('low', measure.name, per)}"
        return f"total({parts}, {self._currency(measure, per)})"


def grouping_of(root: StatsRoot, arguments: dict[str, Value], reader: Reader) -> Grouping:
    """How the arguments group rows. Raises RequestError when they contradict each other."""
    keys = _keys(root, arguments.get("groupBy"))
    having = arguments.get("having")
    first = arguments.get("first")
    if not isinstance(first, Scalar):
        first = Scalar(reader.constant(DEFAULT_GROUPS), DEFAULT_GROUPS)
    return Grouping(
        keys,
        root.measures,
        root.across,
        root.ballots,
        _order(root, keys, arguments.get("orderBy")),
        having if isinstance(having, dict) else {},
        first.through("groups"),
    )


def _keys(root: StatsRoot, given: Value) -> tuple[GroupKey, ...]:
    named = dict.fromkeys(item.name for item in _listed("groupBy", given) if isinstance(item, OrderColumn))
    return tuple(root.keys[name] for name in named)


def _order(root: StatsRoot, keys: tuple[GroupKey, ...], given: Value) -> tuple[Order, ...]:
    """What orderBy says, and then every key, so that no two groups tie."""
    known = {Figure("key", key.name) for key in keys}
    orders: dict[Figure, Order] = {}
    for entry in _listed("orderBy", given):
        if isinstance(entry, dict) and isinstance(entry["field"], OrderColumn):
            figure = root.orders[entry["field"].name]
            if figure.kind == "key" and figure not in known:
                raise RequestError(f"{entry['field'].name} orders groups only when groupBy names it.")
            order = Order(figure, entry["direction"] is Direction.DESC, entry["nulls"] is Nulls.LAST)
            orders.setdefault(figure, order)
    for key in keys:
        figure = Figure("key", key.name)
        orders.setdefault(figure, Order(figure, descending=False, nulls_last=True))
    return tuple(orders.values())


def _listed(name: str, given: Value) -> list[Value]:
    items = given if isinstance(given, list) else []
    if len(items) > MOST_KEYS:
        raise RequestError(f"{name} takes at most {MOST_KEYS} keys, not {len(items)}.")
    return items


def read_columns(catalogue: Catalogue, level: Level, grouping: Grouping) -> None:
    """Note on a level the columns that its grouping reads, and the to-one rows that it joins for them."""
    for key in grouping.keys:
        _join(catalogue, level, key.path)
        level.slot(key.path, key.column)
        if key.precision:
            level.slot(key.path, key.precision)
    for measure in grouping.used():
        for column in measure.reads:
            level.slot((), column)
    if grouping.across and grouping.counts_communities:
        _join(catalogue, level, grouping.across.path)
        level.slot(grouping.across.path, grouping.across.key)
        level.slot(grouping.across.path, grouping.across.residents)
    if grouping.ballots and grouping.counts_votes:
        _join(catalogue, level, grouping.ballots.path)
        level.slot(grouping.ballots.path, grouping.ballots.own)


def _join(catalogue: Catalogue, level: Level, path: tuple[str, ...]) -> None:
    for length, name in enumerate(path):
        parent = path[:length]
        entity = level.entity_at(parent)
        relation = entity.fields[name]
        if isinstance(relation, ToOne | ToMany):
            target = catalogue.target(entity.type.fields[name])
            level.joins.setdefault(path[: length + 1], Joined(target, relation, parent))
