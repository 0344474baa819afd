"""Orders and keyset cursors: a cursor is a row's place in one order, and a page starts right after it.

A cursor holds the order that it was made for and the row's values of that order's keys, the id last, so a page costs
the same anywhere in a list, and rows that come or go meanwhile never shift the others.
"""

import binascii
import datetime
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import orjson
import sqlalchemy as sa

from fund_api.core.columns import UtcDateTime, table_of
from fund_api.graph.catalogue import Entity
from fund_api.graph.declarations import Link, ToOne
from fund_api.graph.errors import RequestError

LONGEST = 2_000
"""Characters of a cursor; longer ones are not ours."""


@dataclass(frozen=True, slots=True)
class Key:
    """One key of an order: a column, or under a name of its own the column of a to-one row or of a link's row."""

    column: str
    descending: bool
    nulls_last: bool
    nullable: bool
    kind: sa.types.TypeEngine[Any]
    through: tuple[ToOne, Entity, str] | None = None
    link: Link | None = None
    """Whose row, which joins parent and child, holds it."""

    def reversed(self) -> "Key":
        """The same key from the list's end."""
        return replace(self, descending=not self.descending, nulls_last=not self.nulls_last)

    def clause(self, columns: Any) -> sa.ColumnElement[Any]:
        """The key in ORDER BY. `columns` is the `c` of a table, alias or subquery."""
        column = columns[self.column]
        ordered: sa.UnaryExpression[Any] = column.desc() if self.descending else column.asc()
        if not self.nullable:
            return ordered
        return ordered.nulls_last() if self.nulls_last else ordered.nulls_first()


def key(
    entity: Entity, column: str, descending: bool, nulls_last: bool, through: tuple[ToOne, Entity, str] | None = None
) -> Key:
    """A key of an order of `entity`. A value that the viewer may not read is null like an unknown one."""
    if through is None:
        declared = entity.table.c[column]
        return Key(column, descending, nulls_last, entity.may_be_null(column), declared.type)
    relation, target, name = through
    declared = target.table.c[name]
    known = not (target.may_be_null(name) or entity.table.c[relation.own].nullable)
    nullable = not known or target.visible is not None
    return Key(column, descending, nulls_last, nullable, declared.type, through)


def linked(link: Link, column: str) -> Key:
    """The key of a list that comes in the order of its link."""
    table = table_of(link.table)
    kind = table.c[column].type
    return Key(f"{table.name}__{column}", descending=False, nulls_last=True, nullable=False, kind=kind, link=link)


def ended(entity: Entity, wanted: Sequence[Key]) -> tuple[Key, ...]:
    """The keys of an order, each once, ended by the id, which follows the direction of the last one."""
    keys: dict[str, Key] = {}
    for one in wanted:
        keys.setdefault(one.column, one)
    descending = wanted[-1].descending if wanted else False
    keys.setdefault("id", key(entity, "id", descending, nulls_last=True))
    return tuple(keys.values())


def signature(keys: Sequence[Key]) -> int:
    """A number that tells orders apart."""
    words = [f"{key.column} {key.descending} {key.nulls_last}" for key in keys]
    return zlib.crc32(",".join(words).encode())


def encode(place: tuple[object, ...]) -> str:
    """The cursor of a signature and the values of its keys."""
    return binascii.b2a_base64(orjson.dumps(place), newline=False).decode()


def _parts(cursor: str) -> list[Any] | None:
    if len(cursor) > LONGEST:
        return None
    try:
        parts = orjson.loads(binascii.a2b_base64(cursor.encode(), strict_mode=True))
    except (binascii.Error, ValueError):
        return None
    return parts if isinstance(parts, list) else None


def nulls(cursor: object) -> tuple[bool, ...]:
    """Which of a cursor's values are null: that much of it decides the plan. Of anything malformed: nothing."""
    parts = _parts(cursor) if isinstance(cursor, str) else None
    return tuple(part is None for part in parts or ())


def decode(cursor: str, keys: Sequence[Key]) -> list[Any]:
    """The values of the keys in a cursor that was made for this order. Raises RequestError for any other."""
    parts = _parts(cursor)
    if not parts or not isinstance(parts[0], int):
        raise RequestError("This cursor is malformed; use an endCursor, startCursor or cursor of an earlier answer.")
    if parts[0] != signature(keys) or len(parts) != len(keys) + 1:
        raise RequestError("This cursor was made for another order; ask with the orderBy that it came from.")
    try:
        return [_value(part, key) for part, key in zip(parts[1:], keys, strict=True)]
    except (ValueError, TypeError, OverflowError):
        raise RequestError(
            "This cursor holds values that its order can't have; use one of an earlier answer."
        ) from None


INFINITE = {"-infinity": datetime.date.min, "infinity": datetime.date.max}
"""What PostgreSQL has for the first and the last day, for so its driver writes them."""


def _value(part: Any, key: Key) -> Any:
    """A cursor's value as the driver-independent type of its column. Raises ValueError or TypeError for others."""
    if part is None:
        if not key.nullable:
            raise ValueError("null in a column that has none")
        return None
    match key.kind:
        case sa.Date():
            return INFINITE.get(part) or datetime.date.fromisoformat(part)
        case UtcDateTime():
            return _moment(part)
        case sa.Integer() as kind:
            if type(part) is not int or abs(part) >= 2 ** (63 if isinstance(kind, sa.BigInteger) else 31):
                raise ValueError("no whole number of the database")
            return part
        case sa.Float():
            return float(part)
    if not isinstance(part, str) or "\x00" in part:
        raise ValueError("no text")
    return part


def _moment(part: str) -> datetime.datetime:
    moment = datetime.datetime.fromisoformat(part)
    if moment.tzinfo is None:
        raise ValueError("a time without a zone")
    return moment.astimezone(datetime.UTC)


def beyond(
    keys: Sequence[Key], columns: Any, values: Sequence[sa.ColumnElement[Any] | None]
) -> list[sa.ColumnElement[bool]]:
    """The ranges of rows that come after the place `values`, disjoint, each one stretch of an index.

    A None in `values` is a null of that row. All ranges together are every row after it.
    """
    if all(value is not None for value in values) and len({key.descending for key in keys}) == 1:
        return _row_ranges(keys, columns, [value for value in values if value is not None])
    ranges: list[sa.ColumnElement[bool]] = []
    equal: list[sa.ColumnElement[bool]] = []
    for key, value in zip(keys, values, strict=True):
        column = columns[key.column]
        ranges += [sa.and_(*equal, after) for after in _after(key, column, value)]
        equal.append(column.is_(None) if value is None else column == value)
    return ranges


def _after(key: Key, column: Any, value: sa.ColumnElement[Any] | None) -> list[sa.ColumnElement[bool]]:
    if value is None:
        return [] if key.nulls_last else [column.is_not(None)]
    after = [column < value if key.descending else column > value]
    return [*after, column.is_(None)] if key.nullable and key.nulls_last else after


def _row_ranges(
    keys: Sequence[Key], columns: Any, values: Sequence[sa.ColumnElement[Any]]
) -> list[sa.ColumnElement[bool]]:
    """With one direction and no nulls at hand, a row comparison is one range; nulls that come last are further ones."""
    own = [columns[key.column] for key in keys]
    row, place = (own[0], values[0]) if len(own) == 1 else (sa.tuple_(*own), sa.tuple_(*values))
    ranges: list[sa.ColumnElement[bool]] = [row < place if keys[0].descending else row > place]
    for i, key in enumerate(keys):
        if key.nullable and key.nulls_last:
            equal = [column == value for column, value in zip(own[:i], values[:i], strict=True)]
            ranges.append(sa.and_(*equal, own[i].is_(None)))
    return ranges
