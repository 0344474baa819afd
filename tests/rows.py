"""Reading rows in tests without holding up a writer, and writing files to load."""

import csv
import gzip
import io
import json
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from fund_api.core.columns import Table
from fund_api.core.database import Database, Dialect

Cells = dict[str, str]


async def fetch(database: Database, statement: sa.Select[*tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """All rows of `statement`. Any: the statement says what they hold."""
    async with database.reading() as connection:
        return [tuple(row) for row in await connection.execute(statement)]


def table(name: str) -> sa.Table:
    return Table.metadata.tables[name]


async def count(database: Database, name: str, *conditions: sa.ColumnElement[bool]) -> int:
    found = await fetch(database, sa.select(sa.func.count()).select_from(table(name)).where(*conditions))
    number: int = found[0][0]
    return number


async def everything(database: Database) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table, in the order of their ids."""
    tables = Table.metadata.sorted_tables
    return {each.name: await fetch(database, sa.select(each).order_by(*each.primary_key)) for each in tables}


async def added(database: Database, before: dict[str, list[tuple[Any, ...]]]) -> dict[str, int]:
    """How many rows of each table were not among those before, but for the numbers of what was written."""
    numbers = ("feed_key", "unlogged_write")
    counts = {name: len(set(rows) - set(before[name])) for name, rows in (await everything(database)).items()}
    return {name: count for name, count in counts.items() if count and name not in numbers}


async def contents(database: Database, names: Iterable[str]) -> dict[str, list[str]]:
    """Every row of these tables as text, in the order of their ids, read at once: to see whether anything changed."""
    kinds, statement = tuple(names), _contents(tuple(names), database.dialect)
    async with database.reading() as connection:
        found = (await connection.execute(statement)).one()
    read = json.loads if database.dialect is Dialect.SQLITE else list
    return {name: read(lines) for name, lines in zip(kinds, found, strict=True)}


@cache
def _contents(names: tuple[str, ...], dialect: Dialect) -> sa.TextClause:
    """One row with a list of lines for each table."""
    if dialect is Dialect.POSTGRESQL:
        return sa.text(
            "SELECT " + ", ".join(f'ARRAY(SELECT each::text FROM "{name}" each ORDER BY id)' for name in names)
        )
    lists = []
    for name in names:
        line = " || ',' || ".join(f'quote("{column.name}")' for column in table(name).c)
        lists.append(f'(SELECT json_group_array(line) FROM (SELECT {line} AS line FROM "{name}" ORDER BY id))')
    return sa.text("SELECT " + ", ".join(lists))


def packaged(name: str) -> list[Cells]:
    """The rows of a packaged file."""
    stored = (files("fund_api") / "data" / name).read_bytes()
    text = (gzip.decompress(stored) if name.endswith(".gz") else stored).decode()
    return list(csv.DictReader(io.StringIO(text)))


def write(path: Path, rows: Iterable[Cells]) -> Path:
    """A CSV file of `rows`."""
    given = list(rows)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(given[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(given)
    return path
