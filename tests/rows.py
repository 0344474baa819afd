"""Reading rows in tests without holding up a writer, and writing files to load."""

import csv
import gzip
import io
from collections.abc import Iterable
from importlib.resources import files
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import create_async_engine

from fund_api.core.columns import Table
from fund_api.core.database import Database, Dialect

Cells = dict[str, str]


async def fetch(database: Database, statement: sa.Select[*tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """All rows of `statement`. Any: the statement says what they hold."""
    if database.dialect is Dialect.POSTGRESQL:
        async with database.engine.connect() as connection:
            return [tuple(row) for row in await connection.execute(statement)]
    plain = create_async_engine(f"sqlite+aiosqlite:///{database.file}")  # ours would begin as a writer
    try:
        async with plain.connect() as connection:
            return [tuple(row) for row in await connection.execute(statement)]
    finally:
        await plain.dispose()


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
