"""The reference's filters: a condition becomes a Python test of one row, with the logic that the contract promises.

A comparison with an unknown value is false, and `not` is the complement. What is wrong about a filter is said before any
row is looked at.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from fund_api.core.money import LARGEST
from fund_api.core.text import fold
from fund_api.graph.catalogue import Catalogue, Entity
from fund_api.graph.declarations import Amount, Answering, Column, Link, Matching, ToMany, ToOne
from tests.oracle.data import World
from tests.oracle.repairs import Row

Test = Callable[[Row], bool]
Tree = dict[str, Any]  # Any: a filter as graphql-core coerces it


class Refusal(Exception):
    """A request that is refused, with the words that a client gets."""


MATCHES: dict[Matching, Callable[[World, Row, Any], bool]] = {}
"""What rules that join rows to a parent mean: of the world that is seen, a row, and the parent's key. Any: that key."""


ANSWERS: dict[Answering, Callable[[World, Row, Tree], bool]] = {}
"""What rules mean that rows answer a list's own arguments by: of the world that is seen, a row, and what was given."""


def place_in(via: Link, link: Row) -> Row:
    """Where a link's row places its child, under the name of the key of such an order."""
    return {f"{via.table.__tablename__}__{via.order}": link[via.order]} if via.order else {}


@dataclass(frozen=True)
class Relations:
    """Which rows belong together."""

    catalogue: Catalogue
    world: World

    def rows(self, entity: Entity) -> list[Row]:
        """Every row of an entity; the one place where rights will decide."""
        return self.world.rows[entity.table.name]

    def one(self, relation: ToOne, target: Entity, row: Row) -> Row | None:
        """The row that a to-one field holds."""
        key = row[relation.own]
        return next((other for other in self.rows(target) if key is not None and other[relation.key] == key), None)

    def many(self, relation: ToMany, target: Entity, row: Row) -> list[Row]:
        """The rows that a to-many field holds."""
        key, via = row[relation.own], relation.via
        if relation.matching is not None:
            return [other for other in self.rows(target) if MATCHES[relation.matching](self.world, other, key)]
        if via is None:
            return [other for other in self.rows(target) if key is not None and other[relation.key] == key]
        links = self.world.rows[str(via.table.__tablename__)]
        children = {link[via.child]: link for link in links if link[via.parent] == key}
        found = [other for other in self.rows(target) if other["id"] in children]
        return [other | place_in(via, children[other["id"]]) for other in found]

    def target(self, entity: Entity, name: str) -> Entity:
        """The entity of a relation."""
        return self.catalogue.target(entity.type.fields[name])


@dataclass(frozen=True)
class Conditions:
    """Makes tests of filters."""

    relations: Relations

    def test(self, entity: Entity, tree: Tree | None, depth: int = 0) -> Test:
        """The test of a filter on an entity's rows. Raises Refusal."""
        if tree is None:
            return _always
        if depth > 8:
            raise Refusal("This filter is nested deeper than 8 levels; ask for less at once.")
        return _all([self._part(entity, name, item, depth) for name, item in tree.items() if item is not None])

    def _part(self, entity: Entity, name: str, item: Any, depth: int) -> Test:
        if name == "not":
            inner = self.test(entity, item, depth + 1)
            return lambda row: not inner(row)
        if name in ("and", "or"):
            if len(item) > 50:
                raise Refusal(f"{name} takes at most 50 conditions, not {len(item)}.")
            return (_all if name == "and" else _any)([self.test(entity, one, depth + 1) for one in item])
        declared = entity.fields[name]
        if isinstance(declared, ToOne):
            return self._through_one(declared, self.relations.target(entity, name), item, depth)
        if isinstance(declared, ToMany):
            return self._through_many(declared, self.relations.target(entity, name), item, depth)
        assert isinstance(declared, Column | Amount)
        return _comparisons(declared, item)

    def _through_one(self, relation: ToOne, target: Entity, item: Tree, depth: int) -> Test:
        inner = self.test(target, item, depth + 1)

        def holds(row: Row) -> bool:
            other = self.relations.one(relation, target, row)
            return other is not None and inner(other)

        return holds

    def _through_many(self, relation: ToMany, target: Entity, item: Tree, depth: int) -> Test:
        def quantified(quantifier: str, inner: Test) -> Test:
            def holds(row: Row) -> bool:
                found = [inner(other) for other in self.relations.many(relation, target, row)]
                return {"some": any(found), "every": all(found), "none": not any(found)}[quantifier]

            return holds

        given = {key: tree for key, tree in item.items() if tree is not None}
        return _all([quantified(key, self.test(target, tree, depth + 1)) for key, tree in given.items()])


def _comparisons(declared: Column | Amount, tests: Tree) -> Test:
    column, folded = str(declared.column), getattr(declared, "folded", None)
    parts: list[Test] = []
    for operator, wanted in tests.items():
        if operator == "isNull":
            parts += [_is_null(column, wanted)] if wanted is not None else []
        elif wanted is None:
            parts.append(_never)
        elif operator in ("contains", "startsWith"):
            parts.append(_text_test(str(folded), operator, checked(fold(wanted))))
        else:
            parts.append(_comparison(column, operator, _plain(wanted, money=isinstance(declared, Amount))))
    return _all(parts)


def _comparison(column: str, operator: str, wanted: Any) -> Test:
    compare: dict[str, Callable[[Any], bool]] = {
        "eq": lambda value: bool(value == wanted),
        "ne": lambda value: bool(value != wanted),
        "in": lambda value: value in wanted,
        "notIn": lambda value: value not in wanted,
        "lt": lambda value: bool(value < wanted),
        "lte": lambda value: bool(value <= wanted),
        "gt": lambda value: bool(value > wanted),
        "gte": lambda value: bool(value >= wanted),
    }
    return lambda row: row[column] is not None and compare[operator](row[column])


def _is_null(column: str, wanted: bool) -> Test:
    return lambda row: (row[column] is None) is wanted


def _text_test(column: str, operator: str, part: str) -> Test:
    if operator == "contains":
        return lambda row: part in row[column]
    return lambda row: bool(row[column].startswith(part))


def _plain(wanted: Any, *, money: bool) -> Any:
    """A value to compare with as the rows hold it. Raises Refusal for one that no column can hold."""
    if isinstance(wanted, list):
        if len(wanted) > 1_000:
            raise Refusal(f"in and notIn take at most 1,000 values, not {len(wanted):,}.")
        return [_plain(one, money=money) for one in wanted]
    if money:
        return _cents(wanted)
    if isinstance(wanted, datetime):
        return moment(wanted)
    return checked(wanted) if isinstance(wanted, str) else wanted


def checked(text: str) -> str:
    """A text that a database can compare with."""
    if "\x00" in text:
        raise Refusal("A text can't hold the character U+0000.")
    if len(text) > 10_000:
        raise Refusal(f"A text to compare with has at most 10,000 characters, not {len(text):,}.")
    return text


def moment(value: datetime) -> datetime:
    """A time in UTC."""
    if value.tzinfo is None:
        raise Refusal(f"The time {value.isoformat()} needs a zone: {value.isoformat()}Z, for example.")
    try:
        return value.astimezone(UTC)
    except OverflowError:
        raise Refusal(f"The time {value.isoformat()} lies outside of the years 1 to 9999 in UTC.") from None


def _cents(amount: Decimal) -> int:
    cents = Fraction(amount) * 100 if amount.is_finite() and amount.adjusted() < 20 else None
    if cents is None or cents.denominator != 1 or abs(cents) > LARGEST:
        most = f"{LARGEST // 100:,}"
        raise Refusal(f"{amount} is no amount of money: at most two decimals are allowed, up to {most}.")
    return cents.numerator


def _all(tests: Iterable[Test]) -> Test:
    known = list(tests)
    return lambda row: all(test(row) for test in known)


def _any(tests: Iterable[Test]) -> Test:
    known = list(tests)
    return lambda row: any(test(row) for test in known)


def _always(_row: Row) -> bool:
    return True


def _never(_row: Row) -> bool:
    return False
