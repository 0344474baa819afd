"""Filters: the tree of an argument as a condition on an entity's rows.

A comparison with an unknown value is false, and `not` is the complement: what stands under NOT is tested IS NOT TRUE.
Filters through relations are EXISTS, so that they neither multiply nor drop rows.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from fund_api.graph.arguments import Scalar, Value
from fund_api.graph.catalogue import Catalogue, Entity
from fund_api.graph.declarations import Amount, Column, ToMany, ToOne, Viewing
from fund_api.graph.errors import RequestError
from fund_api.graph.found import Outside
from fund_api.graph.parts import JOINED, Parts

DEEPEST = 8
"""Levels of and, or, not and relations inside each other."""
WIDEST = 50
"""Conditions in one and, or or."""

Bind = Callable[[Scalar, sa.types.TypeEngine[Any]], sa.ColumnElement[Any]]
Listed = Callable[[sa.ColumnElement[Any], Scalar], sa.ColumnElement[bool]]


@dataclass(frozen=True, slots=True)
class Filters:
    """Makes conditions with a dialect's own way to bind a value and to test a list."""

    catalogue: Catalogue
    viewing: Viewing
    bind: Bind
    listed: Listed
    position: Callable[[sa.ColumnElement[str], sa.ColumnElement[str]], sa.ColumnElement[int]]
    holds: Callable[[Entity, Any, Scalar], sa.ColumnElement[bool]]
    parts: Parts

    def condition(self, entity: Entity, columns: Any, tree: Value, depth: int = 0) -> sa.ColumnElement[bool]:
        """The condition `tree` on the rows of `entity` whose values are `columns`, by their names."""
        if not isinstance(tree, dict):
            return sa.true()
        if depth > DEEPEST:
            raise RequestError(f"This filter is nested deeper than {DEEPEST} levels; ask for less at once.")
        self.parts.take(len(tree))
        return sa.and_(sa.true(), *(self._part(entity, columns, name, item, depth) for name, item in tree.items()))

    def _part(self, entity: Entity, columns: Any, name: str, item: Value, depth: int) -> sa.ColumnElement[bool]:
        if item is None:
            return sa.true()
        if name == "not":
            return _complement(self.condition(entity, columns, item, depth + 1))
        if name in ("and", "or") and isinstance(item, list):
            if len(item) > WIDEST:
                raise RequestError(f"{name} takes at most {WIDEST} conditions, not {len(item)}.")
            parts = [self.condition(entity, columns, one, depth + 1) for one in item]
            return sa.and_(sa.true(), *parts) if name == "and" else sa.or_(sa.false(), *parts)
        if name == "search" and entity.search and isinstance(item, Scalar):
            return self.holds(entity, columns, item)
        field = entity.type.fields[name]
        match entity.fields[name]:
            case Column(column, _, _, folded) if isinstance(item, dict):
                return self.comparisons(columns, str(column), folded, item)
            case Amount(column) if isinstance(item, dict):
                return self.comparisons(columns, str(column), None, item, through="minor")
            case ToOne(own, key):
                target = self.catalogue.target(field)
                if not entity.table.c[own].nullable and target.visible is None and _tests_only(target, key, item):
                    return self.condition(target, {key: columns[own]}, item, depth + 1)
                return self._to_one(target, columns[own], key, item, depth)
            case ToMany() as many if isinstance(item, dict):
                return self._to_many(self.catalogue.target(field), columns, many, item, depth)
        raise TypeError(f"{entity.name}.{name} can't be filtered")

    def _to_one(self, target: Entity, own: Any, key: str, tree: Value, depth: int) -> sa.ColumnElement[bool]:
        self.parts.take(JOINED)
        other = target.seen(target.table.alias(), self.viewing)
        found: sa.Select[Any] = sa.select(sa.literal_column("1")).select_from(other.rows)
        matches = self.condition(target, other, tree, depth + 1)
        return found.where(other.rows.c[key] == own, other.visible, matches).exists()

    def _to_many(
        self, target: Entity, columns: Any, many: ToMany, tree: dict[str, Value], depth: int
    ) -> sa.ColumnElement[bool]:
        parts: list[sa.ColumnElement[bool]] = []
        for quantifier, inner in tree.items():
            if inner is None:
                continue
            self.parts.take(JOINED)
            other = target.seen(target.table.alias(), self.viewing)
            matches = self.condition(target, other, inner, depth + 1)
            if quantifier == "every":
                matches = _complement(matches)
            found = (
                joined_rows(many, other.rows, other.rows, columns[many.own], self.viewing)
                .add_columns(sa.literal_column("1"))
                .where(other.visible, matches)
                .exists()
            )
            parts.append(found if quantifier == "some" else ~found)
        return sa.and_(sa.true(), *parts)

    def comparisons(
        self, columns: Any, name: str, folded: str | None, tests: dict[str, Value], through: str = ""
    ) -> sa.ColumnElement[bool]:
        """The conditions on the value `name` of `columns`; `through` is a function that each value passes first."""
        self.parts.take(len(tests))
        parts = []
        for operator, value in tests.items():
            if operator == "isNull":
                if value is not None:
                    parts.append(columns[name].is_(None) if value else columns[name].is_not(None))
            elif value is None:
                parts.append(sa.false())
            elif operator in ("contains", "startsWith"):
                parts.append(self._text(columns[folded], operator, value))
            else:
                known = _through(value, through, operator) if through else value
                parts.append(self._comparison(columns[name], operator, known))
        return sa.and_(sa.true(), *parts)

    def _comparison(self, column: sa.ColumnElement[Any], operator: str, value: Value) -> sa.ColumnElement[bool]:
        if isinstance(value, bool):
            return column.is_(value) if operator == "eq" else column.is_(not value)
        if not isinstance(value, Scalar):
            raise TypeError(f"{operator} compares with a scalar")
        if operator in ("in", "notIn"):
            found = self.listed(column, value)
            return found if operator == "in" else sa.and_(column.is_not(None), ~found)
        bound = self.bind(value, column.type)
        match operator:
            case "eq":
                return column == bound
            case "ne":
                return column != bound
            case "lt":
                return column < bound
            case "lte":
                return column <= bound
            case "gt":
                return column > bound
        return column >= bound

    def _text(self, column: sa.ColumnElement[str], operator: str, value: Value) -> sa.ColumnElement[bool]:
        if not isinstance(value, Scalar):
            raise TypeError(f"{operator} compares with a text")
        part = self.bind(value.through("fold"), column.type)
        if operator == "contains":
            return self.position(column, part) > 0
        return sa.func.substr(column, 1, sa.func.length(part)) == part


def joined_rows(
    many: ToMany,
    source: sa.FromClause,
    child: sa.FromClause,
    parent_key: sa.ColumnElement[Any],
    viewing: Viewing,
    *,
    link: sa.FromClause | None = None,
) -> sa.Select[Any]:
    """Rows of `child` (an alias of the other table, in `source`) of the parent with this key; columns to be added.

    `link` is the alias of the link's table where other parts of the statement speak of it, too.
    """
    if many.matching is not None:
        return sa.select().select_from(source).where(many.matching(child.c, Outside(parent_key), viewing))
    if many.via is None:
        return sa.select().select_from(source).where(child.c[many.key] == parent_key)
    link = many.via.alias() if link is None else link
    both = source.join(link, link.c[many.via.child] == child.c.id)
    return sa.select().select_from(both).where(link.c[many.via.parent] == parent_key)


def _complement(condition: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    return condition.is_not(sa.true())


def _tests_only(target: Entity, key: str, tree: Value) -> bool:
    """Whether a filter looks at the column `key` of `target` alone: then the own foreign key answers it."""
    if isinstance(tree, list):
        return all(_tests_only(target, key, item) for item in tree)
    if not isinstance(tree, dict):
        return tree is None
    for name, item in tree.items():
        declared = target.fields.get(name)
        own = isinstance(declared, Column) and declared.column == key and not _folds(item)
        if not own and (declared is not None or not _tests_only(target, key, item)):
            return False
    return True


def _through(value: Value, function: str, operator: str) -> Value:
    """A value, or each value of a list, passed through a function of the generated code."""
    if not isinstance(value, Scalar):
        return value
    return value.through(f"{function}s" if operator in ("in", "notIn") else function)


def _folds(tests: Value) -> bool:
    return isinstance(tests, dict) and not tests.keys().isdisjoint({"contains", "startsWith"})
