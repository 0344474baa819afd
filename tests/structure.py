"""The structure of a database as text, whole enough that two databases with equal text behave alike.

Alembic's own comparison sees neither CHECKs nor collations nor generated columns.
"""

import importlib
import re
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

import fund_api
from fund_api.core.columns import Table
from fund_api.core.database import Database, Dialect

_ALEMBIC = "alembic_version"

_COLUMNS = """
SELECT class.relname AS "table", attribute.attname || ' ' || format_type(atttypid, atttypmod)
    || CASE WHEN attnotnull THEN ' NOT NULL' ELSE '' END
    || CASE WHEN attcollation = 0 THEN '' ELSE ' COLLATE ' || attcollation::regcollation::text END
    || CASE attgenerated WHEN 's' THEN ' STORED' ELSE '' END
    || coalesce(' AS ' || pg_get_expr(adbin, adrelid), '') AS item
FROM pg_attribute AS attribute
JOIN pg_class AS class ON class.oid = attrelid AND relkind = 'r' AND relnamespace = 'public'::regnamespace
LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
WHERE attnum > 0 AND NOT attisdropped
"""
_CONSTRAINTS = """
SELECT conrelid::regclass::text AS "table", conname || ' ' || pg_get_constraintdef(oid) AS item
FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND conrelid <> 0 AND contype <> 'n'
"""
_INDEXES = """SELECT tablename AS "table", indexdef AS item FROM pg_indexes WHERE schemaname = 'public'"""
_TRIGGERS = """
SELECT tgrelid::regclass::text AS "table", pg_get_triggerdef(pg_trigger.oid) || ' ' || prosrc AS item
FROM pg_trigger JOIN pg_proc ON pg_proc.oid = tgfoid WHERE NOT tgisinternal
"""


def tables() -> sa.MetaData:
    """Every table that a slice declares."""
    for path in sorted(Path(fund_api.__path__[0]).glob("*/*tables.py")):
        importlib.import_module(f"fund_api.{path.parent.name}.{path.stem}")
    return Table.metadata


async def structure(database: Database) -> dict[str, list[str]]:
    """Per table its columns, constraints and indexes, sorted: their order means nothing."""
    async with database.engine.connect() as connection:
        found = await (_postgresql if database.dialect is Dialect.POSTGRESQL else _sqlite)(connection)
    grouped: dict[str, list[str]] = {}
    for table, item in sorted(found):
        if table != _ALEMBIC:
            grouped.setdefault(table, []).append(item)
    return grouped


async def _postgresql(connection: AsyncConnection) -> list[tuple[str, str]]:
    rows = await connection.execute(
        sa.text(f"{_COLUMNS} UNION ALL {_CONSTRAINTS} UNION ALL {_INDEXES} UNION ALL {_TRIGGERS}")
    )
    return [(table, item) for table, item in rows]


async def _sqlite(connection: AsyncConnection) -> list[tuple[str, str]]:
    found = await connection.execute(sa.text("SELECT tbl_name, type, sql FROM sqlite_master WHERE sql IS NOT NULL"))
    items: list[tuple[str, str]] = []
    for table, kind, sql in found:
        plain = " ".join(sql.replace('"', "").split())
        parts = _parts(plain) if kind == "table" else [plain]
        items.extend((table, part) for part in parts)
    return items


def _parts(statement: str) -> list[str]:
    """The columns and constraints inside the outer parentheses of CREATE TABLE."""
    inside = statement[statement.index("(") + 1 : statement.rindex(")")]
    parts, depth, start = [], 0, 0
    for mark in re.finditer(r"[(),]", inside):
        depth += {"(": 1, ")": -1, ",": 0}[mark[0]]
        if mark[0] == "," and depth == 0:
            parts.append(inside[start : mark.start()].strip())
            start = mark.end()
    return [*parts, inside[start:].strip()]
