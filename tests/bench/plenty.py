"""Plenty of grants: the small world, with its grants again and again, made by one statement on either database."""

import tempfile
from pathlib import Path

import sqlalchemy as sa

from fund_api.core.columns import table_of
from fund_api.core.database import Database, Dialect
from fund_api.grants.tables import Grant
from tests.bench import sample
from tests.bench.rows import load

_DIGITS = 26
"""Of an id, after its prefix."""
_COPIES = {
    Dialect.POSTGRESQL: "SELECT generate_series(1, {copies}) AS copy",
    Dialect.SQLITE: "WITH RECURSIVE n(copy) AS (SELECT 1 UNION ALL SELECT copy + 1 FROM n WHERE copy < {copies})"
    " SELECT copy FROM n",
}


async def plenty(database: Database, grants: int) -> None:
    """Fill a migrated database with so many grants, all of which everybody sees."""
    with tempfile.TemporaryDirectory() as folder:
        sample.write(Path(folder))
        await load(database, Path(folder))
    table = table_of(Grant)
    names = [column.name for column in table.c if column.computed is None]
    own = ", ".join(f"g.{name}" for name in names if name != "id")
    number = f"(n.copy * {sample.SIZES['grant']} + CAST(substr(g.id, 7) AS BIGINT))"
    new = f"'grant_' || substr('{'0' * _DIGITS}' || {number}, -{_DIGITS})"
    if database.dialect is Dialect.POSTGRESQL:
        new = f"'grant_' || lpad(CAST({number} AS TEXT), {_DIGITS}, '0')"
    copies = _COPIES[database.dialect].format(copies=grants // sample.SIZES["grant"])
    listed = ", ".join(["id", *(name for name in names if name != "id")])
    statement = (
        f'INSERT INTO "grant" ({listed}) SELECT {new}, {own} FROM "grant" g, ({copies}) n ORDER BY 1'
        f" LIMIT {grants - sample.SIZES['grant']}"
    )
    async with database.writing() as connection:
        await connection.execute(sa.text(statement))
    if database.dialect is Dialect.POSTGRESQL:
        async with database.reading() as connection:
            await connection.execute(sa.text("VACUUM ANALYZE"))
