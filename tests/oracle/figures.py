"""The reference's figures: what a request for stats comes to, by plain Python over plain rows.

Every figure of a group is worked out, whatever a document asks for; who compares picks what it asked.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from itertools import product
from math import ceil, floor
from typing import Any

from fund_api.core import clock
from fund_api.graph.declarations import ToMany, ToOne, Work
from fund_api.graph.figures import FIGURES, Bucket, Figure, GroupKey, Measure
from fund_api.graph.stats import StatsRoot
from tests.oracle.conditions import Relations, Test
from tests.oracle.repairs import Row

Key = tuple[Any, ...]  # Any: the values of a group's keys
Answer = dict[str, Any]  # Any: JSON
Order = tuple[Figure, bool, bool]
"""What groups are ordered by, whether the largest comes first, and whether unknown ones come last."""
_SHOWN = {kind: shown for shown, kind in FIGURES.items()}


@dataclass(frozen=True)
class Figures:
    """Works out the figures of one root field."""

    relations: Relations
    root: StatsRoot

    def groups(self, matches: Test, by: list[str], wheres: list[Test], orders: list[Order]) -> list[Answer]:
        """All groups of the rows that match, in order, with every figure that they have."""
        keys = [self.root.keys[name] for name in by]
        found: dict[Key, list[Row]] = {} if keys else {(): []}
        for row in self.relations.rows(self.root.entity):
            for key in set(self._keys(row, keys)) if matches(row) else ():
                found.setdefault(key, []).append(row)
        in_order = sorted(found, key=lambda key: [(part is None, part) for part in key])
        for figure, descending, nulls_last in reversed(orders):
            value = {key: self._raw(figure, key, by, found[key]) for key in in_order}
            known = [key for key in in_order if value[key] is not None]
            unknown = [key for key in in_order if value[key] is None]
            known.sort(key=lambda key, value=value: value[key], reverse=descending)  # type: ignore[misc]  # bound at once
            in_order = known + unknown if nulls_last else unknown + known
        return [self._group(dict(zip(by, key, strict=True)), found[key], wheres) for key in in_order]

    # Keys

    def _keys(self, row: Row, keys: list[GroupKey]) -> Iterator[Key]:
        """The groups that a row is in: several, or none, where a key goes by a list."""
        several = {key.path[0] for key in keys if key.path and self._is_list(key.path[0])}
        lists = [self._linked(row, name) for name in sorted(several)]
        for chosen in product(*lists):
            linked = dict(zip(sorted(several), chosen, strict=True))
            yield tuple(self._key(row, key, linked) for key in keys)

    def _is_list(self, name: str) -> bool:
        return isinstance(self.root.entity.fields[name], ToMany)

    def _linked(self, row: Row, name: str) -> list[Row]:
        relation = self.root.entity.fields[name]
        assert isinstance(relation, ToMany)
        return self.relations.many(relation, self.relations.target(self.root.entity, name), row)

    def _at(self, row: Row, path: tuple[str, ...], linked: dict[str, Row]) -> Row | None:
        """The row at a path of to-one fields, of which the first may be one of a list."""
        entity, here = self.root.entity, row
        for step, name in enumerate(path):
            relation, target = entity.fields[name], self.relations.target(entity, name)
            if step == 0 and name in linked:
                there: Row | None = linked[name]
            else:
                assert isinstance(relation, ToOne)
                there = self.relations.one(relation, target, here)
            if there is None:
                return None
            entity, here = target, there
        return here

    def _key(self, row: Row, key: GroupKey, linked: dict[str, Row]) -> Any:
        place = self._at(row, key.path, linked)
        value = None if place is None else place[key.column]
        if place is None or value is None or key.bucket is Bucket.VALUE:
            return value
        if key.bucket is Bucket.AGE:
            reached = [days for days in key.bands if value <= clock.now() - timedelta(days=days)]
            return max(reached, default=0)
        if key.bucket is Bucket.BAND:
            return (0, *key.bands)[bisect_right(key.bands, value)]
        if key.bucket is Bucket.YEAR:
            return value.year
        if key.precision and place[key.precision] == "YEAR":
            return None
        if key.bucket is Bucket.MONTH:
            return f"{value.year:04d}-{value.month:02d}"
        assert key.bucket is Bucket.FISCAL_YEAR
        return value.year + (value.month >= self.relations.catalogue.fiscal_year_starts)

    # Figures

    def _raw(self, figure: Figure, key: Key, by: list[str], rows: list[Row]) -> Any:
        """What an order compares."""
        if figure.kind == "key":
            return key[by.index(figure.of)]
        if figure.kind == "count":
            return len(rows)
        return measured([value(self.root.measures[figure.of], row) for row in rows])[_SHOWN[figure.kind]]

    def _group(self, key: Answer, rows: list[Row], wheres: list[Test]) -> Answer:
        group: Answer = {"key": key, "count": len(rows)}
        for i, where in enumerate(wheres):
            group[f"w{i}"] = sum(where(row) for row in rows)
            group[f"s{i}"] = group[f"w{i}"] / len(rows) if rows else None
        for name, measure in self.root.measures.items():
            group[name] = self._money(measure, rows) if measure.currency else self._number(measure, rows)
        if self.root.across:
            group["communities"] = self._communities(rows)
        return group

    @staticmethod
    def _number(measure: Measure, rows: list[Row]) -> Answer:
        return measured([value(measure, row) for row in rows])

    def _money(self, measure: Measure, rows: list[Row]) -> Answer:
        given = measured([value(measure, row) for row in rows])
        total, known = given["sum"], given["count"]
        answer: Answer = {name: money(number) for name, number in given.items() if name not in ("count", "missing")}
        answer |= {"count": known, "missing": given["missing"]}
        answer["avg"] = None if total is None else money(round(Fraction(total, known)))
        if self.root.across:
            about = self._communities(rows)
            count, residents = about["count"], about["residents"]
            answer["perCommunity"] = None if total is None or not count else money(round(Fraction(total, count)))
            whole = about["withPopulation"] == count and residents
            answer["perResident"] = decimal(Fraction(total, residents), 4) if whole and total is not None else None
            answer["ratePerCommunity"] = rate(measure, rows, self._as_one, 2)
            answer["ratePerResident"] = rate(measure, rows, self._residents, 4)
        if self.root.ballots:
            answer["ratePerVote"] = rate(measure, rows, self._votes, 4)
        return answer

    def _community(self, row: Row) -> Row | None:
        assert self.root.across is not None
        return self._at(row, self.root.across.path, {})

    def _communities(self, rows: list[Row]) -> Answer:
        each = {home["id"]: home["population"] for row in rows if (home := self._community(row))}
        known = [residents for residents in each.values() if residents is not None]
        return {"count": len(each), "withPopulation": len(known), "residents": sum(known) if known else None}

    # What rates divide by: what counts once, and for how much

    def _as_one(self, row: Row) -> tuple[Any, int] | None:
        home = self._community(row)
        return None if home is None else (home["id"], 1)

    def _residents(self, row: Row) -> tuple[Any, int] | None:
        home = self._community(row)
        return None if home is None or home["population"] is None else (home["id"], home["population"])

    def _votes(self, row: Row) -> tuple[Any, int] | None:
        ballots = self.root.ballots
        assert ballots is not None
        voted = self._at(row, ballots.path, {})
        if voted is None:
            return None
        every = self.relations.rows(self.relations.catalogue.entities[ballots.questions])
        sides = [question[side] for question in every if question[ballots.key] == voted["id"] for side in ballots.sides]
        return (voted["id"], sum(sides)) if sides and None not in sides else None


def value(measure: Measure, row: Row) -> int | None:
    """The value of a measure in a row."""
    if measure.work is None:
        own: int | None = row[measure.column]
        return own
    first, second = (row[name] for name in measure.pair)
    if first is None or second is None or any(row[name] != "DAY" for name in measure.precisions):
        return None
    match measure.work:
        case Work.DAYS:
            return (_day(second) - _day(first)).days
        case Work.TOTAL:
            return int(first + second)
        case Work.LEAD:
            votes = first + second
            return floor(Fraction(abs(first - second) * 10_000, votes) + Fraction(1, 2)) if votes else None


def _day(moment: date) -> date:
    return moment.astimezone(UTC).date() if isinstance(moment, datetime) else moment


def measured(values: list[int | None]) -> Answer:
    """The figures of values, as a number has them."""
    known = sorted(one for one in values if one is not None)
    figures: Answer = {"count": len(known), "missing": len(values) - len(known)}
    if not known:
        return figures | dict.fromkeys(("sum", "avg", "min", "max", "median", "p90"))
    at: Callable[[int], int] = lambda percent: known[ceil(Fraction(len(known) * percent, 100)) - 1]  # noqa: E731  # short
    return figures | {
        "sum": sum(known),
        "avg": sum(known) / len(known),
        "min": known[0],
        "max": known[-1],
        "median": at(50),
        "p90": at(90),
    }


def rate(measure: Measure, rows: list[Row], divisor: Callable[[Row], tuple[Any, int] | None], places: int) -> Answer:
    """What a rate says of rows."""
    parts = [(cents, by) for row in rows if (cents := value(measure, row)) is not None and (by := divisor(row))]
    total, units = sum(cents for cents, _ in parts), sum(number for _, number in {by for _, by in parts})
    return {
        "count": len(parts),
        "missing": len(rows) - len(parts),
        "sum": money(total) if parts else None,
        "units": units,
        "rate": decimal(Fraction(total, units), places) if units else None,
    }


def money(cents: int | None) -> Answer | None:
    """An amount as answers hold it."""
    return None if cents is None else {"amount": decimal(Fraction(cents), 2), "currency": "USD"}


def decimal(cents: Fraction, places: int) -> str:
    """Major units, to so many decimals, halves to the even one."""
    digits = f"{round(cents * 10 ** (places - 2)):0{places + 1}d}"
    return f"{digits[:-places]}.{digits[-places:]}"
