"""Columns of the tables, each with the limits that the database itself keeps.

A factory returns what SQLModel takes as a field. Texts have a length, numbers a range, closed sets a CHECK; the
constraints are named after their column, alike on both databases. Enums are stored by value, as text.
"""

from datetime import UTC, datetime
from enum import StrEnum
from functools import cache
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy import event
from sqlmodel import Field, SQLModel

from fund_api.core.ids import SUFFIX_LENGTH
from fund_api.core.words import LONGEST_TEXT

_NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Table(SQLModel):
    """Base of every table: one metadata, constraints named by rule."""

    metadata = sa.MetaData(naming_convention=_NAMES)


_SHARED = "shared"
SHARED = {"info": {_SHARED: True}}
"""Of a table whose rows anything may refer to without being a part of them: the last of its table arguments."""


class Text(sa.types.TypeDecorator[str]):
    """Text in the order of its code points on both databases."""

    impl = sa.Text
    cache_ok = True

    def load_dialect_impl(self, dialect: sa.Dialect) -> sa.types.TypeEngine[Any]:
        """On PostgreSQL the collation is said; SQLite compares bytes anyway."""
        return sa.Text(collation="C") if dialect.name == "postgresql" else sa.Text()


class UtcDateTime(sa.types.TypeDecorator[datetime]):
    """An aware UTC time: timestamptz on PostgreSQL, ISO 8601 text of fixed width on SQLite, which sorts as time."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: sa.Dialect) -> sa.types.TypeEngine[Any]:
        """SQLite has no time of its own, so the text is ours."""
        return sa.DateTime(timezone=True) if dialect.name == "postgresql" else sa.Text()

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> Any:
        """Refuse a time without a zone: nobody knows when it was."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value!r} has no time zone; times are aware, in UTC")
        value = value.astimezone(UTC)
        if dialect.name == "postgresql":
            return value
        return value.replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"

    def process_result_value(self, value: Any, dialect: sa.Dialect) -> datetime | None:
        """Back to an aware time."""
        if value is None or isinstance(value, datetime):
            return value
        return datetime.strptime(value, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)


def table_of(model: type[Table]) -> sa.Table:
    """The table of a model, for statements; SQLModel sets it without telling type checkers."""
    return cast("sa.Table", model.__table__)  # type: ignore[attr-defined]


@event.listens_for(sa.Column, "after_parent_attach")
def _constrain(column: sa.Column[Any], table: sa.Table) -> None:
    """Give the table the CHECKs that the column's factory noted, under the column's name; copies keep theirs."""
    if table.metadata is not Table.metadata:
        return
    for name, condition in column.info.get("checks", {}).items():
        check = sa.CheckConstraint(condition.format(column=column.name), name=f"{column.name}_{name}")
        table.append_constraint(check)


def _column(
    kind: Any,
    *parts: Any,
    checks: dict[str, str] | None = None,
    prefix: str = "",
    limits: tuple[float, float] | None = None,
    private: bool = False,
    part: bool | None = None,
    **options: Any,
) -> Any:
    """A field for SQLModel; Any, because a table class states the field's own type.

    `limits` are the least and the most that it takes, of characters or in value; writes look at them.
    """
    options.setdefault("nullable", False)
    info = {"checks": checks or {}, "prefix": prefix, "limits": limits, "private": private, "part": part}
    return Field(default=None if options["nullable"] else ..., sa_column=sa.Column(kind, *parts, info=info, **options))


def identity(prefix: str) -> Any:
    """The primary key: a TypeID of this prefix."""
    shape = f"substr({{column}}, 1, {len(prefix) + 1}) = '{prefix}_'"
    shape += f" AND length({{column}}) = {len(prefix) + 1 + SUFFIX_LENGTH}"
    return _column(Text, primary_key=True, checks={"shape": shape}, prefix=prefix)


def key(length: int) -> Any:
    """A primary key that is text of at most `length` characters, such as a digest."""
    return _column(Text, primary_key=True, checks={"length": f"length({{column}}) BETWEEN 1 AND {length}"})


def reference(
    target: str,
    *,
    primary_key: bool = False,
    nullable: bool = False,
    index: bool = False,
    part: bool | None = None,
) -> Any:
    """A foreign key to `target`, written "table.column".

    The row is a part of what it refers to, so that either both are fictional or neither: unless the target is SHARED,
    or `part` says otherwise.
    """
    options: dict[str, Any] = {"primary_key": primary_key, "nullable": nullable, "index": index}
    return _column(Text, sa.ForeignKey(target), part=part, **options)


def owner(target: str, prefix: str) -> Any:
    """A foreign key to `target` that is the row's id to clients: several rows may tell of one thing."""
    return _column(Text, sa.ForeignKey(target), prefix=prefix, part=True)


def scope(*tables: str) -> Any:
    """Where something holds: the id of a row of one of these tables, whose part it is then, or another word."""
    field = text(40)
    field.sa_column.info["part_of"] = tables
    return field


@cache
def wholes(table: sa.Table) -> dict[str, list[sa.Column[Any]]]:
    """What a row is a part of, by the columns that name it: the keys of the tables where it is found."""
    return {column.name: keys for column in table.c if (keys := _wholes(column))}


def _wholes(column: sa.Column[Any]) -> list[sa.Column[Any]]:
    named = [table.c.id for table in (column.table.metadata.tables[one] for one in column.info.get("part_of", ()))]
    keys = [key.column for key in column.foreign_keys]
    if (part := column.info.get("part")) is None:
        keys = [key for key in keys if not key.table.info.get(_SHARED)]
    elif not part:
        keys = []
    return [key for key in keys + named if "provenance" in key.table.c]


def text(length: int, *, nullable: bool = False, unique: bool = False, private: bool = False) -> Any:
    """Text of at most `length` characters, never the empty string.

    What is `private` says something of a person: events keep its values apart, where they can be erased.
    """
    checks = {"length": f"length({{column}}) BETWEEN 1 AND {length}"}
    options: dict[str, Any] = {"nullable": nullable, "unique": unique or None, "private": private}
    return _column(Text, checks=checks, limits=(1, length), **options)


def sequence() -> Any:
    """A primary key that the database counts up itself."""
    kind = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    checks = {"range": "{column} >= 1"}
    return _column(kind, primary_key=True, autoincrement=True, checks=checks, limits=(1, 2**53))


def secret(*, unique: bool = False) -> Any:
    """The SHA-256 of a secret, in hexadecimal digits. Events do not speak of it, not even as of something private."""
    field = text(64, unique=unique)
    field.sa_column.info["secret"] = True
    return field


def unlogged(field: Any) -> Any:
    """A column that changes without an event: what shows it can't be kept until the next one."""
    field.sa_column.info["unlogged"] = True
    return field


def search_text() -> Any:
    """The words that full-text search finds the row by, as `words.search_text` writes them."""
    return text(LONGEST_TEXT)


def choice(
    values: type[StrEnum], *, nullable: bool = False, private: bool = False, default: StrEnum | None = None
) -> Any:
    """One value of a closed set, stored as its text; the database's `default` is for rows that were there before."""
    listed = ", ".join(f"'{value}'" for value in values)
    options: dict[str, Any] = {"nullable": nullable, "private": private}
    return _column(
        Text, checks={"known": f"{{column}} IN ({listed})"}, server_default=default and default.value, **options
    )


def integer(least: int, most: int, *, nullable: bool = False, private: bool = False) -> Any:
    """A whole number from `least` to `most`."""
    kind = sa.BigInteger if most > 2**31 - 1 else sa.Integer
    checks = {"range": f"{{column}} BETWEEN {least} AND {most}"}
    return _column(kind, nullable=nullable, private=private, checks=checks, limits=(least, most))


def counter() -> Any:
    """A number that counts up from 0; whoever inserts the row need not speak of it."""
    checks = {"range": "{column} >= 0"}
    return _column(sa.Integer, server_default=sa.text("0"), checks=checks, limits=(0, 2**31 - 1))


def version() -> Any:
    """How often the row was written: a client names the version that it read, so that no update is lost."""
    return integer(1, 10**9)


def number(least: float, most: float, *, nullable: bool = False) -> Any:
    """A measured number (double precision) from `least` to `most`."""
    checks = {"range": f"{{column}} BETWEEN {least} AND {most}"}
    return _column(sa.Double, nullable=nullable, checks=checks, limits=(least, most))


def flag(*, nullable: bool = False) -> Any:
    """True or false; a nullable one may be unknown."""
    return _column(sa.Boolean, nullable=nullable)


def told() -> Any:
    """Whether something was told already; false to begin with."""
    return _column(sa.Boolean, server_default=sa.false())


def date(*, nullable: bool = False, primary_key: bool = False) -> Any:
    """A day of the Gregorian calendar."""
    return _column(sa.Date, nullable=nullable, primary_key=primary_key)


def time(*, nullable: bool = False) -> Any:
    """A moment, aware, in UTC."""
    return _column(UtcDateTime, nullable=nullable)


def derived(kind: type[sa.types.TypeEngine[Any]], expression: str) -> Any:
    """A column that the database computes from the row's other columns and stores; nobody writes it."""
    return _column(kind, sa.Computed(expression, persisted=True), nullable=True)


def both_null_orders(table: str, column: str, *, within: str = "") -> tuple[sa.Index, sa.Index]:
    """Indexes that serve an order by a nullable column in both directions, with unknown values first or last.

    `within` names a column that is filtered to one value.
    """
    name = "_".join(part for part in (f"ix_{table}", within, column) if part)
    leading = [within] if within else []
    first = sa.Index(name, *leading, column, "id")
    other = sa.Index(f"{name}_nulls_first", *leading, sa.text(f"{column} NULLS FIRST"), "id")
    return first, other.ddl_if(dialect="postgresql")
