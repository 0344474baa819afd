"""What commands do on the migrated database, and how they show what they found."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any, TypeVar

import sqlalchemy as sa
import typer
from rich.console import Console
from rich.table import Table as Drawn
from rich.text import Text

from fund_api import migrations
from fund_api.core import clock, settings
from fund_api.core.access import SYSTEM
from fund_api.core.database import Database
from fund_api.core.writing import Transaction, writing

T = TypeVar("T")


def write(rule: Callable[[Transaction], Awaitable[T]]) -> T:
    """Run a rule in a transaction on the migrated database."""

    async def run() -> T:
        async with (
            migrations.migrated(settings.given().database_url) as (database, _),
            writing(database, SYSTEM, clock.now()) as tx,
        ):
            return await rule(tx)

    return asyncio.run(run())


def read(query: sa.Select[*tuple[Any, ...]]) -> list[dict[str, Any]]:  # Any: the query says what rows hold
    """The rows of a query on the migrated database."""

    async def run() -> list[dict[str, Any]]:
        async with migrations.migrated(settings.given().database_url) as (database, _):
            return await _rows(database, query)

    return asyncio.run(run())


async def _rows(database: Database, query: sa.Select[*tuple[Any, ...]]) -> list[dict[str, Any]]:
    async with database.reading() as connection:
        return [dict(row) for row in (await connection.execute(query)).mappings()]


def moment(at: datetime | None) -> str:
    """A time as people read it; nothing for none."""
    return f"{at:%Y-%m-%d %H:%M} UTC" if at else ""


def show(titles: list[str], rows: list[list[str | None]]) -> None:
    """A table for people on a terminal; elsewhere a line for each row, its cells apart by tabs."""
    if not sys.stdout.isatty():
        typer.echo("\t".join(titles).lower())
        for row in rows:
            typer.echo("\t".join(cell or "" for cell in row))
        return
    drawn = Drawn(*titles)
    for row in rows:
        drawn.add_row(*(Text(cell or "") for cell in row))
    Console().print(drawn)
