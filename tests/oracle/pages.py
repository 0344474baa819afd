"""The reference's orders, cursors and pages: rows sorted and cut in Python.

Of the engine only the writing of a cursor is used (`encode`, `signature`); reading one, comparing and cutting are here.
"""

import binascii
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cmp_to_key
from typing import Any

import orjson
import sqlalchemy as sa

from fund_api.core.columns import UtcDateTime, table_of
from fund_api.graph.catalogue import Entity
from fund_api.graph.cursors import Key, encode, signature
from fund_api.graph.declarations import Amount, Column, Link, ToOne
from tests.oracle.conditions import Refusal, Relations
from tests.oracle.repairs import Row

Place = list[Any]  # Any: the values of an order's keys
Arguments = dict[str, Any]  # Any: as graphql-core coerces them


@dataclass(frozen=True)
class Cut:
    """One page: its rows and where they lie in the list."""

    rows: list[Row]
    total: int
    has_next: bool
    has_previous: bool


@dataclass(frozen=True)
class Pages:
    """What the page arguments of one connection ask for. Raises Refusal for arguments that can't be answered."""

    keys: tuple[Key, ...]
    size: int
    backward: bool
    relations: Relations
    after: Place | None
    before: Place | None

    @classmethod
    def of(cls, relations: Relations, entity: Entity, given: Arguments, via: Link | None = None) -> "Pages":
        """Read the arguments of a list of this entity, whose rows a link may join to their parent."""
        first, last = given.get("first"), given.get("last")
        if first is not None and last is not None:
            raise Refusal("first and last exclude each other; ask for one of them.")
        size = last if last is not None else first if first is not None else 20
        if not 1 <= size <= 100:
            raise Refusal(f"A page holds from 1 to 100 rows, not {size}.")
        ordered = via and via.order and not given.get("orderBy")
        keys = keys_of_link(via) if via and ordered else keys_of(relations, entity, given.get("orderBy"))
        after, before = (place_of(given.get(name), keys) for name in ("after", "before"))
        return cls(keys, size, last is not None, relations, after, before)

    def cut(self, rows: Sequence[Row]) -> Cut:
        """The page of these rows, which matched already."""
        ordered = sorted(rows, key=cmp_to_key(lambda a, b: self._compare(self._place(a), self._place(b))))
        behind = [row for row in ordered if self.after is not None and self._compare(self._place(row), self.after) <= 0]
        beyond = [
            row for row in ordered if self.before is not None and self._compare(self._place(row), self.before) >= 0
        ]
        between = [row for row in ordered if row not in behind and row not in beyond]
        page = between[-self.size :] if self.backward else between[: self.size]
        more = len(between) > self.size
        if self.backward:
            return Cut(page, len(rows), bool(beyond), more)
        return Cut(page, len(rows), more, bool(behind))

    def cursor(self, row: Row) -> str:
        """The cursor of a row in this order."""
        return cursor(self.keys, self._place(row))

    def _place(self, row: Any) -> Place:
        return [self.value(row, key) for key in self.keys]

    def value(self, row: Any, key: Key) -> Any:
        """The value of a key in a row."""
        if key.through is None:
            return row[key.column]
        relation, target, column = key.through
        other = self.relations.one(relation, target, row)
        return None if other is None else other[column]

    def _compare(self, left: Place, right: Place) -> int:
        """Below 0 when `left` comes before `right`; nulls stand where the key says, whichever the direction."""
        for key, a, b in zip(self.keys, left, right, strict=True):
            if a == b:
                continue
            if a is None or b is None:
                return -1 if (a is None) is not key.nulls_last else 1
            return -1 if (a < b) is not key.descending else 1
        return 0


def keys_of(relations: Relations, entity: Entity, wanted: list[dict[str, str]] | None) -> tuple[Key, ...]:
    """The keys of an `orderBy`, or of the entity's own order; the id ends them and follows the last one."""
    named = [(name, descending, True) for name, descending in entity.order]
    if wanted:
        if len(wanted) > 5:
            raise Refusal(f"orderBy takes at most 5 keys, not {len(wanted)}.")
        columns_of = _ordered(entity)
        named = [
            (columns_of.get(one["field"], one["field"].lower()), one["direction"] == "DESC", one["nulls"] == "LAST")
            for one in wanted
        ]
    columns = list(dict.fromkeys(name for name, _, _ in named))
    first = {name: next(one for one in named if one[0] == name) for name in columns}
    descends = named[-1][1] if named else False
    return tuple(_key(relations, entity, *one) for one in [*first.values(), ("id", descends, True)])


def _ordered(entity: Entity) -> dict[str, str]:
    """The columns of an entity that order its lists, by the names that clients call them."""
    declared = {name: one.column for name, one in entity.fields.items() if isinstance(one, Column | Amount)}
    return {re.sub(r"([A-Z])", r"_\1", name).upper(): column for name, column in declared.items() if column}


def keys_of_link(via: Link) -> tuple[Key, ...]:
    """The keys of a list in the order of its link: the place in it, then the id of the child."""
    table = table_of(via.table)
    place, child = table.c[str(via.order)], table.c[via.child]
    return (
        Key(f"{table.name}__{via.order}", False, True, False, place.type),
        Key("id", False, True, False, child.type),
    )


def _key(relations: Relations, entity: Entity, name: str, descending: bool, last: bool) -> Key:
    """A key by the name of a column, or of a to-one field and a column there: community_population."""
    if name in entity.table.c:
        column = entity.table.c[name]
        return Key(name, descending, last, bool(column.nullable), column.type)
    field, relation = next(
        (field, one)
        for field, one in entity.fields.items()
        if isinstance(one, ToOne) and one.order and name.startswith(f"{field}_")
    )
    target, there = relations.target(entity, field), name.removeprefix(f"{field}_")
    column, own = target.table.c[there], entity.table.c[relation.own]
    nullable = bool(column.nullable or own.nullable or target.visible is not None)
    return Key(f"{field}__{there}", descending, last, nullable, column.type, (relation, target, there))


def cursor(keys: Sequence[Key], place: Place) -> str:
    """The cursor of a place in an order."""
    return encode((signature(keys), *(_cursor_value(value) for value in place)))


def _cursor_value(value: Any) -> Any:
    if isinstance(value, datetime):
        return f"{value.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='microseconds')}Z"
    return json_value(value)


def json_value(value: Any) -> Any:
    """A value as answers hold it: days and times as text, times in UTC, with microseconds when there are."""
    if isinstance(value, datetime):
        plain = value.astimezone(UTC).replace(tzinfo=None)
        return f"{plain.isoformat(timespec='microseconds' if plain.microsecond else 'seconds')}Z"
    return value.isoformat() if isinstance(value, date) else value


def place_of(text: str | None, keys: Sequence[Key]) -> Place | None:
    """The place that a cursor names. Raises Refusal."""
    if text is None:
        return None
    try:
        parts = orjson.loads(binascii.a2b_base64(text.encode(), strict_mode=True)) if len(text) <= 2_000 else None
    except (binascii.Error, ValueError):
        parts = None
    if not isinstance(parts, list) or not parts or not isinstance(parts[0], int):
        raise Refusal("This cursor is malformed; use an endCursor, startCursor or cursor of an earlier answer.")
    if parts[0] != signature(keys) or len(parts) != len(keys) + 1:
        raise Refusal("This cursor was made for another order; ask with the orderBy that it came from.")
    return [_part(part, key) for part, key in zip(parts[1:], keys, strict=True)]


def _part(part: Any, key: Key) -> Any:
    try:
        if part is None and key.nullable:
            return None
        match key.kind:
            case sa.Date():
                return date.fromisoformat(part)
            case UtcDateTime():
                found = datetime.fromisoformat(part)
                if found.tzinfo is not None:
                    return found.astimezone(UTC)
            case sa.Integer() as kind:
                if type(part) is int and abs(part) < 2 ** (63 if isinstance(kind, sa.BigInteger) else 31):
                    return part
            case _:
                if isinstance(part, str) and "\x00" not in part:
                    return part
    except (ValueError, TypeError, OverflowError):
        pass
    raise Refusal("This cursor holds values that its order can't have; use one of an earlier answer.")
