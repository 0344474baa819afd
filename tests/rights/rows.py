"""Rows with a value in every column that can have one, so that what is absent was hidden."""

import datetime
from enum import StrEnum
from itertools import count
from types import NoneType
from typing import Any, get_args

import sqlalchemy as sa

from fund_api.core.columns import Table, table_of
from fund_api.core.database import Database
from fund_api.core.ids import new_id
from fund_api.core.words import search_text

NOW = datetime.datetime(2026, 6, 1, 12, tzinfo=datetime.UTC)
DAY = datetime.timedelta(days=1)
Row = dict[str, Any]  # Any: a value of a column
_NUMBERS = count(1)


class Rows:
    """Rows to insert, by table."""

    def __init__(self) -> None:
        self._rows: dict[str, list[Row]] = {}

    def add(self, model: type[Table], **given: Any) -> str:
        """A row with these values, and others of our own making; its id."""
        table, number = table_of(model), next(_NUMBERS)
        row: Row = {}
        for column in table.c:
            if column.name in given:
                row[column.name] = given[column.name]
            elif column.computed is None:
                row[column.name] = _value(model, column, number)
        self._rows.setdefault(table.name, []).append(row)
        return str(row.get("id"))

    async def save(self, database: Database) -> None:
        """Insert all of them, in the order in which foreign keys want it."""
        async with database.writing() as connection:
            for table in Table.metadata.sorted_tables:
                if rows := self._rows.pop(table.name, None):
                    await connection.execute(table.insert(), rows)


def _value(model: type[Table], column: sa.Column[Any], number: int) -> Any:
    if column.foreign_keys:
        return None
    if column.primary_key:
        return new_id(column.info["prefix"])
    if column.name == "search_text":
        return search_text("Matrix")
    [kind, *_] = [one for one in get_args(model.model_fields[column.name].annotation) if one is not NoneType] or [
        model.model_fields[column.name].annotation
    ]
    if issubclass(kind, StrEnum):
        return next(iter(kind)).value
    if kind is str:
        return f"{column.name} Matrix {number}"[-int(column.info.get("limits", (1, 20))[1]) :]
    if kind is int:
        return 1 if column.name == "version" else int(column.info["limits"][0]) + 1
    values = {bool: True, float: 5.0, datetime.date: NOW.date(), datetime.datetime: NOW}
    return values[kind]
