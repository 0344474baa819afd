"""Writing only what differs: of many rows the new ones and the changed ones; or one row, if it is new."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from fund_api.core.facts import Provenance


@dataclass
class Counts:
    """How many rows of a table a file added, changed and found as it says."""

    inserted: int = 0
    changed: int = 0
    unchanged: int = 0


async def upsert(
    connection: AsyncConnection, table: sa.Table, rows: list[dict[str, object]], now: datetime, counts: Counts
) -> None:
    """Insert the new rows and update the changed ones; `updated_at` and `version` move only with a change.

    What a file says is public: a new row is published now. Who withdraws it later is not overruled by the next load.

    The keys that the insert returns are of no use; asking for them makes SQLAlchemy send one statement for many rows,
    which on PostgreSQL takes half the time.
    """
    if "provenance" in table.c:
        rows = [{**row, "provenance": Provenance.REPORTED} for row in rows]
    stamps: dict[str, object] = {"created_at": now, "updated_at": now, "published_at": now, "version": 1}
    stamps = {name: value for name, value in stamps.items() if name in table.c}
    touch = {"updated_at": now} if "updated_at" in table.c else {}
    keys = [column.name for column in table.primary_key]
    stored = await _stored(connection, table, keys, rows)
    new, changed = [], []
    for row in rows:
        present = stored.get(tuple(row[key] for key in keys))
        if present is None:
            new.append({**row, **stamps})
        elif present != tuple(row.values()):
            changed.append(row | touch | {f"this_{key}": row[key] for key in keys})
    if new:
        await connection.execute(sa.insert(table).returning(*table.primary_key), new)
    if changed:
        this = [table.c[key] == sa.bindparam(f"this_{key}") for key in keys]
        rises = {"version": table.c.version + 1} if "version" in table.c else {}
        await connection.execute(sa.update(table).where(*this).values(rises), changed)
    counts.inserted += len(new)
    counts.changed += len(changed)
    counts.unchanged += len(rows) - len(new) - len(changed)


async def _stored(
    connection: AsyncConnection, table: sa.Table, keys: list[str], rows: list[dict[str, object]]
) -> dict[tuple[object, ...], tuple[object, ...]]:
    """What the database holds of `rows`, by primary key: the columns that they speak of, in their order."""
    columns = list(rows[0])
    at = [columns.index(key) for key in keys]
    some = table.c[keys[0]].in_([row[keys[0]] for row in rows])
    found = await connection.execute(sa.select(*(table.c[name] for name in columns)).where(some))
    return {tuple(row[index] for index in at): tuple(row) for row in found}


async def insert_new(connection: AsyncConnection, table: sa.Table, row: dict[str, Any], *unique: str) -> bool:
    """Insert a row unless there is one with the same values in these columns; whether it was. Any: of columns."""
    insert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    statement = insert(table).values(row).on_conflict_do_nothing(index_elements=list(unique))
    return bool((await connection.execute(statement)).rowcount)
