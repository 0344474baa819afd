"""Groups as SQL: the rows of a level, the keys and values of each, and the figures of each group.

The statement has up to four floors: the rows that match, with the conditions that are counted (`t`); their to-one rows
and keys (`b`), where a row that has several stands once with each; which row of a group is the first of its community,
or of what else counts once (`g`); the groups. A large sum is two parts, of the upper and the lower bits of its values,
so that it is exact on both databases.
"""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from fund_api.graph.declarations import ToMany, Work
from fund_api.graph.divisors import divisors, marked, of_communities, taken_in, units
from fund_api.graph.figures import FIGURES, HALF, PERCENTILES, Bucket, Figure, Grouping, GroupKey, Measure, Order
from fund_api.graph.found import named
from fund_api.graph.levels import Level
from fund_api.graph.sql import Sql

ROW = "grouped_row"
WHOLE = 10_000
"""Parts of a lead."""
CLAMP = 2**30
"""Upper parts beyond this are compared as this: no condition reaches so far."""


def groups(sql: Sql, level: Level, grouping: Grouping) -> tuple[sa.Select[Any], list[sa.ColumnElement[Any]]]:
    """The groups of a level, and their figures in the order of their slots, which are to be selected."""
    base = _base(sql, level, grouping).subquery(f"b{level.number}")
    if (rows := marked(base, grouping, [base.c[_name(key)] for key in grouping.keys])) is not None:
        base = rows.subquery(f"g{level.number}")
    figures = _Figures(sql, base.c, grouping)
    select = sa.select().select_from(base).group_by(*(base.c[_name(key)] for key in grouping.keys))
    select = select.having(*_having(sql, grouping, figures)) if grouping.having else select
    select = select.order_by(*(clause for order in grouping.order for clause in _clauses(order, figures)))
    return select.limit(sql.bind(grouping.size, sa.Integer())), [figures.value(figure) for figure in grouping.figures]


def _base(sql: Sql, level: Level, grouping: Grouping) -> sa.Select[Any]:
    """Every matching row with its keys, measures and conditions."""
    found = sql.found(level, named(level.entity.table, f"p{level.number}"), None)
    values = found.values
    conditions = [
        sql.filters.condition(level.entity, values, tree).label(f"where_{i}") for i, tree in enumerate(grouping.wheres)
    ]
    own = dict.fromkeys(["id", *level.needed(())])
    inner = found.select.add_columns(*(values[name] for name in own), *conditions).subquery(f"t{level.number}")
    source, joined = sql.joined(level, inner, inner)
    places: dict[tuple[str, ...], Any] = {(): inner.c, **joined}
    columns = [_key(sql, places[key.path], key).label(_name(key)) for key in grouping.keys]
    for measure in grouping.used():
        columns.append(_worked(sql, inner.c, measure).label(measure.column))
        columns += [inner.c[measure.currency].label(measure.currency)] if measure.currency else []
    columns += [inner.c[condition.name].label(condition.name) for condition in conditions]
    columns += divisors(sql, level.number, grouping, places)
    unique = {column.name: column for column in columns}
    if any(isinstance(join.relation, ToMany) for join in level.joins.values()):
        return sa.select(inner.c.id.label(ROW), *unique.values()).select_from(source).distinct()
    return sa.select(*(unique.values() or [sa.literal_column("1").label("one")])).select_from(source)


def _name(key: GroupKey) -> str:
    return f"key_{key.name}"


def _key(sql: Sql, columns: Any, key: GroupKey) -> sa.ColumnElement[Any]:
    """A key of a row; a bucket of time is a number, a month 202011."""
    column: sa.ColumnElement[Any] = columns[key.column]
    if key.bucket is Bucket.VALUE:
        return column
    if key.bucket is Bucket.AGE:
        return _age(sql, column, key.bands)
    if key.bucket is Bucket.BAND:
        return _band(column, key.bands)
    year, month = sql.calendar(column)
    if key.bucket is Bucket.YEAR:
        return year
    starts = sql.catalogue.fiscal_year_starts
    bucket: sa.ColumnElement[Any] = year * _literal(100) + month
    if key.bucket is Bucket.FISCAL_YEAR:
        bucket = year + sa.case((month >= _literal(starts), _literal(1)), else_=_literal(0)) if starts > 1 else year
    if key.precision is None or (key.bucket is Bucket.FISCAL_YEAR and starts == 1):
        return bucket
    return sa.case((columns[key.precision] != sa.literal_column("'YEAR'"), bucket))


def _worked(sql: Sql, columns: Any, measure: Measure) -> sa.ColumnElement[Any]:
    """The value of a measure in a row; null where a column that it is worked out of is. All fit 32 bits."""
    if measure.work is None:
        own: sa.ColumnElement[Any] = columns[measure.column]
        return own
    first, second = (columns[name] for name in measure.pair)
    if measure.work is Work.DAYS:
        days = sql.day_number(second) - sql.day_number(first)
        exact = [columns[name] == sa.literal_column("'DAY'") for name in measure.precisions]
        return sa.case((sa.and_(*exact), days)) if exact else days
    wide = [sa.cast(column, sa.BigInteger) for column in (first, second)]
    total = wide[0] + wide[1]
    if measure.work is Work.TOTAL:
        return sa.cast(total, sa.Integer)
    doubled = sa.func.nullif(total * _literal(2), _literal(0))
    lead = sa.func.abs(wide[0] - wide[1], type_=sa.BigInteger()) * _literal(2 * WHOLE)
    return sa.cast((lead + total).op("/", precedence=8)(doubled), sa.Integer)


def _band(number: sa.ColumnElement[Any], bands: tuple[int, ...]) -> sa.ColumnElement[Any]:
    """The band of a number, by where the band begins; null for none."""
    reached = [(number >= _literal(begin), _literal(begin)) for begin in reversed(bands)]
    return sa.case(*reached, (number.is_not(None), _literal(0)))


def _age(sql: Sql, moment: sa.ColumnElement[Any], bands: tuple[int, ...]) -> sa.ColumnElement[Any]:
    """The band in which the age of a time lies, by the day at which the band begins; null for no time."""
    reached = [(moment <= sql.ago(days), _literal(days)) for days in reversed(bands)]
    return sa.case(*reached, (moment.is_not(None), _literal(0)))


@dataclass(frozen=True, slots=True)
class _Figures:
    """The figures of a group, over the rows `columns`."""

    sql: Sql
    columns: Any
    grouping: Grouping

    def value(self, figure: Figure) -> sa.ColumnElement[Any]:
        """The expression of a figure."""
        match figure.kind:
            case "key":
                key: sa.ColumnElement[Any] = self.columns[f"key_{figure.of}"]
                return key
            case "count":
                return sa.func.count()
            case "where":
                return sa.func.count().filter(self.columns[f"where_{figure.of}"])
            case "total":
                return sa.func.count().over()
            case "communities" | "counted" | "residents":
                return of_communities(self.columns, figure.kind)
            case "units":
                return units(self.columns, self.grouping.measures[figure.of], figure)
        return self._of_measure(self.grouping.measures[figure.of], figure.kind, figure.per)

    def _of_measure(self, measure: Measure, kind: str, per: str = "") -> sa.ColumnElement[Any]:
        column = taken_in(self.columns, measure, per)
        if kind in PERCENTILES:
            return self.sql.percentile(column, PERCENTILES[kind])
        match kind:
            case "known":
                return sa.func.count(column)
            case "sum":
                return sa.func.sum(column, type_=sa.BigInteger())
            case "high" | "low":
                return self._parts(column)[kind == "low"]
            case "least":
                return sa.func.min(column)
            case "most":
                return sa.func.max(column)
            case "avg":
                return self._average(measure)
            case "currency":
                return sa.func.min(self.columns[measure.currency]).filter(column.is_not(None))
            case "currencies":
                return sa.func.max(self.columns[measure.currency]).filter(column.is_not(None))
        raise TypeError(f"{kind} is no figure of a measure")

    def comparable(self, measure: Measure, kind: str) -> sa.ColumnElement[Any]:
        """A figure of a measure as one number of 64 bits; a sum beyond every condition is some other one beyond it."""
        if kind != "sum" or not measure.large:
            return self._of_measure(measure, kind)
        high, low = self._parts(self.columns[measure.column])
        clamped = sa.case(
            (high > _literal(CLAMP), _literal(CLAMP)), (high < _literal(-CLAMP), _literal(-CLAMP)), else_=high
        )
        return sa.cast(clamped, sa.BigInteger) * _literal(2**HALF) + low

    def _parts(self, column: Any) -> tuple[sa.ColumnElement[Any], sa.ColumnElement[Any]]:
        """The sum as a count of 2**HALF and the rest below it; together they order sums exactly."""
        mask, bits = _literal(2**HALF - 1), _literal(HALF)
        upper = sa.cast(sa.func.sum(column.bitwise_rshift(bits)), sa.BigInteger)
        lower = sa.cast(sa.func.sum(column.bitwise_and(mask)), sa.BigInteger)
        return upper + lower.bitwise_rshift(bits), lower.bitwise_and(mask)

    def _average(self, measure: Measure) -> sa.ColumnElement[Any]:
        """The average as the nearest double, for an order: the same arithmetic on both databases."""
        column = self.columns[measure.column]
        known = sa.cast(sa.func.count(column), sa.Double)
        if not measure.large:
            return sa.cast(sa.func.sum(column), sa.Double) / sa.func.nullif(known, _literal(0))
        high, low = self._parts(column)
        whole = sa.cast(high, sa.Double) * sa.literal_column(f"{2**HALF}.0") + sa.cast(low, sa.Double)
        return whole / sa.func.nullif(known, _literal(0))


def _clauses(order: Order, figures: _Figures) -> list[sa.ColumnElement[Any]]:
    """The terms of ORDER BY: two for a sum of two parts."""
    figure = order.figure
    if figure.kind == "sum" and figures.grouping.measures[figure.of].large:
        values = [figures.value(Figure("high", figure.of)), figures.value(Figure("low", figure.of))]
    else:
        values = [figures.value(figure)]
    ordered = [value.desc() if order.descending else value.asc() for value in values]
    return [value.nulls_last() if order.nulls_last else value.nulls_first() for value in ordered]


def _having(sql: Sql, grouping: Grouping, figures: _Figures) -> list[sa.ColumnElement[bool]]:
    """The conditions on groups."""
    parts = []
    for name, tests in grouping.having.items():
        if not isinstance(tests, dict):
            continue
        if name == "count":
            parts.append(sql.filters.comparisons({name: sa.func.count()}, name, None, tests))
            continue
        measure = grouping.measures[name]
        for shown, inner in tests.items():
            if isinstance(inner, dict):
                value = figures.comparable(measure, FIGURES[shown])
                through = "minor" if measure.currency and shown != "count" else ""
                parts.append(sql.filters.comparisons({shown: value}, shown, None, inner, through))
    return parts


def _literal(number: int) -> sa.ColumnElement[int]:
    """A number of ours in the text of the statement."""
    return sa.literal_column(str(number), sa.BigInteger())
