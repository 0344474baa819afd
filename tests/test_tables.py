"""What holds for every table of every slice."""

import re
from collections.abc import Iterator
from enum import StrEnum
from typing import Any, get_args

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlmodel import SQLModel

from fund_api.core.columns import Table, Text, UtcDateTime
from fund_api.core.database import Database
from fund_api.core.ids import SUFFIX_LENGTH, new_id, prefix_of
from tests.structure import tables
from tests.table_rows import BROKEN_TOO, DAY, NOON, RIGHT_TOGETHER, WRONG_TOGETHER

METADATA = tables()
COLUMNS = [column for table in METADATA.sorted_tables for column in table.columns]
LONGEST_NAME = 63
"""In bytes; PostgreSQL cuts longer names off."""

PREFIXES: dict[type[sa.Constraint], str] = {
    sa.PrimaryKeyConstraint: "pk",
    sa.ForeignKeyConstraint: "fk",
    sa.UniqueConstraint: "uq",
    sa.CheckConstraint: "ck",
}
SAMPLES = {sa.Boolean: False, sa.Date: DAY, UtcDateTime: NOON}


def checks(column: sa.Column[Any]) -> dict[str, str]:
    """The column's own CHECKs, by the last word of their name."""
    return {kind: condition.format(column=column.name) for kind, condition in column.info.get("checks", {}).items()}


def own_checks(table: sa.Table) -> set[str]:
    return {f"ck_{table.name}_{column.name}_{kind}" for column in table.columns for kind in checks(column)}


def all_checks(table: sa.Table) -> set[str]:
    return {str(constraint.name) for constraint in table.constraints if isinstance(constraint, sa.CheckConstraint)}


def models(base: type[SQLModel] = Table) -> Iterator[type[SQLModel]]:
    for model in base.__subclasses__():
        yield model
        yield from models(model)


def closed_set(column: sa.Column[Any]) -> type[StrEnum] | None:
    """The enum by which the table's class types the column. Tests have tables of their own, in other metadata."""
    table = (column.table.name, column.table.metadata)
    (model,) = (model for model in models() if (model.__tablename__, model.metadata) == table)
    annotation = model.model_fields[column.name].annotation
    kinds = [kind for kind in (annotation, *get_args(annotation)) if isinstance(kind, type)]
    return next((kind for kind in kinds if issubclass(kind, StrEnum)), None)


def bounds(column: sa.Column[Any]) -> tuple[int, int]:
    least, most = column.info["limits"]
    return int(least), int(most)


def right(column: sa.Column[Any]) -> object:
    """A value that the column takes, whatever other tables hold."""
    if kind := closed_set(column):
        return next(iter(kind)).value
    if prefix := column.info.get("prefix"):
        return f"{prefix}_{'0' * SUFFIX_LENGTH}"
    if isinstance(column.type, Text):
        return "x"
    return SAMPLES[type(column.type)] if type(column.type) in SAMPLES else bounds(column)[0]


def wrong(column: sa.Column[Any], kind: str) -> list[object]:
    """Values just outside what this CHECK of the column allows."""
    if kind == "range":
        least, most = bounds(column)
        return [least - 1, most + 1] if "BETWEEN" in checks(column)[kind] else [least - 1]
    if kind == "length":
        return ["", "x" * (int(checks(column)[kind].split()[-1]) + 1)]
    if kind == "known":
        return ["", str(right(column)).swapcase(), f"{right(column)} "]
    assert kind == "shape", f"{kind} is new: say here what breaks it"
    return ["", f"{right(column)}0", f"x{right(column)}"[:-1], str(right(column))[:-1]]


def wrong_rows(table: sa.Table) -> Iterator[tuple[str, dict[str, object]]]:
    row = {column.name: None if column.nullable else right(column) for column in table.columns if not column.computed}
    row |= RIGHT_TOGETHER.get(table.name, {})
    for column in table.columns:
        for kind in checks(column):
            for value in wrong(column, kind):
                yield f"ck_{table.name}_{column.name}_{kind}", row | {column.name: value}
    for name in all_checks(table) - own_checks(table):
        yield name, row | WRONG_TOGETHER[name]


async def refusal(database: Database, table: sa.Table, row: dict[str, object]) -> str:
    """What the database says to the row; CHECKs come before foreign keys."""
    try:
        async with database.writing() as connection:
            await connection.execute(table.insert().values(row))
    except IntegrityError as error:
        return str(error.orig)
    return "nothing"


async def test_database_refuses_every_wrong_value(database: Database) -> None:
    accepted = [
        f"{name} {row}"
        for table in METADATA.sorted_tables
        for name, row in wrong_rows(table)
        if not ({name} | BROKEN_TOO.get(name, set())) & set(re.findall(r"ck_\w+", await refusal(database, table, row)))
    ]
    assert accepted == []


async def test_right_values_break_no_check(database: Database) -> None:
    for table in METADATA.sorted_tables:
        row = {column.name: right(column) for column in table.columns if not column.computed}
        row |= RIGHT_TOGETHER.get(table.name, {})
        said = await refusal(database, table, row)
        assert said == "nothing" or "foreign key" in said.lower(), f"{table.name}: {said}"


def test_every_text_has_a_length() -> None:
    def is_limited(column: sa.Column[Any]) -> bool:
        return bool(column.foreign_keys) or not checks(column).keys().isdisjoint(("length", "shape", "known"))

    texts = [column for column in COLUMNS if isinstance(column.type, sa.String | Text)]
    assert [str(column) for column in texts if not is_limited(column)] == []
    assert [str(column) for column in texts if not isinstance(column.type, Text)] == []


def test_every_id_has_a_prefix_of_its_own_that_is_read_back() -> None:
    prefixes = {column.table.name: column.info["prefix"] for column in COLUMNS if column.info.get("prefix")}
    identities = [column.info["prefix"] for column in COLUMNS if "shape" in checks(column)]

    assert sorted(set(identities)) == sorted(identities)
    assert {name: prefix_of(new_id(prefix)) for name, prefix in prefixes.items()} == prefixes


def test_every_number_has_a_range() -> None:
    numbers = [column for column in COLUMNS if isinstance(column.type, sa.Numeric | sa.Integer) and not column.computed]
    assert [str(column) for column in numbers if "range" not in checks(column)] == []


def test_every_enum_has_a_check_of_its_values() -> None:
    for column in COLUMNS:
        kind, condition = closed_set(column), checks(column).get("known")
        values = kind and ", ".join(f"'{member.value}'" for member in kind)
        assert condition == (values and f"{column.name} IN ({values})"), str(column)


def test_every_check_is_in_its_table() -> None:
    for table in METADATA.sorted_tables:
        assert own_checks(table) <= all_checks(table)


def test_every_constraint_is_named_by_the_convention() -> None:
    for table in METADATA.sorted_tables:
        for constraint in table.constraints:
            assert str(constraint.name).startswith(f"{PREFIXES[type(constraint)]}_{table.name}")
        for index in table.indexes:
            assert str(index.name).startswith(f"ix_{table.name}_")


def test_no_name_is_cut_off() -> None:
    named: list[Any] = [*METADATA.sorted_tables, *COLUMNS]
    named += [part for table in METADATA.sorted_tables for part in (*table.constraints, *table.indexes)]
    assert [str(part.name) for part in named if len(str(part.name).encode()) > LONGEST_NAME] == []
