"""Reading as of an earlier moment: the tables of a statement are hidden behind their rows as they were then.

    WITH "campaign" AS (the rows of campaign as of moment 7) SELECT ... FROM campaign ...

The name then means these rows for the rest of the statement; inside, the table is named with its schema. Only tables
that a statement mentions and that were written to since are hidden, so mostly none is.
"""

import re
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from fund_api.core import keeping
from fund_api.core.columns import Table
from fund_api.core.database import Dialect
from fund_api.graph.compile import Late, Plan, Query, Variables
from fund_api.graph.run import Reads
from fund_api.graph.snapshots import Row, Snapshot, SqliteSnapshot
from fund_api.graph.steps import Asked, Executes, Given, run_step, tail

_CHANGED = "SELECT DISTINCT table_name FROM past WHERE number > {number}"
_LATER = "SELECT p.row_id FROM {schema}.past AS p WHERE p.table_name = '{table}' AND p.number > {number}"
_FIRST = """SELECT min(p.seq) FROM {schema}.past AS p
WHERE p.table_name = '{table}' AND p.number > {number} GROUP BY p.row_id"""
_POSTGRESQL = """"{table}" AS (
SELECT t.* FROM {schema}."{table}" AS t WHERE {row_id} NOT IN ({later})
UNION ALL SELECT t.* FROM {schema}.past AS q, jsonb_populate_record(NULL::{schema}."{table}", q.before::jsonb) AS t
WHERE q.table_name = '{table}' AND q.number > {number} AND q.before IS NOT NULL AND q.seq IN ({first}))"""
_SQLITE = """"{table}" AS (
SELECT t.rowid AS rowid, {columns} FROM main."{table}" AS t WHERE {row_id} NOT IN ({later})
UNION ALL SELECT -q.seq, {images} FROM main.past AS q
WHERE q.table_name = '{table}' AND q.number > {number} AND q.before IS NOT NULL AND q.seq IN ({first}))"""


@dataclass(frozen=True)
class Then:
    """A moment that was: the number of the last commit, and which tables were written to since."""

    number: int
    dialect: Dialect
    schema: str
    changed: frozenset[str]
    """Those whose past is kept; of others nobody is told."""

    @cached_property
    def _names(self) -> re.Pattern[str] | None:
        return re.compile(rf"\b({'|'.join(sorted(self.changed))})\b") if self.changed else None

    def mentioned(self, text: str) -> list[str]:
        """The tables written to since that a statement mentions, as often as it does."""
        return self._names.findall(text) if self._names else []

    def text(self, statement: str) -> str:
        """A statement that reads as of then."""
        hidden = sorted(set(self.mentioned(statement)))
        if not hidden:
            return statement
        parts = ",\n".join(self._rows(table) for table in hidden)
        own = statement.lstrip()
        return f"WITH {parts}, {own[5:]}" if own.startswith("WITH ") else f"WITH {parts}\n{own}"

    def _rows(self, name: str) -> str:
        """The rows of a table as of then, under its own name."""
        table = Table.metadata.tables[name]
        words = {"table": name, "schema": self.schema, "number": self.number}
        words["row_id"] = keeping.row_id("t", [column.name for column in table.primary_key])
        words |= {"later": _LATER.format(**words), "first": _FIRST.format(**words)}
        if self.dialect is Dialect.POSTGRESQL:
            return _POSTGRESQL.format(**words)
        known = keeping.known(table)
        words["columns"] = ", ".join(f't."{column}"' for column in known)
        words["images"] = ", ".join(_image(column, real) for column, real in known.items())
        return _SQLITE.format(**words)


def _image(column: str, real: bool) -> str:
    value = f"json_extract(q.before, '$.{column}')"
    return f"CAST({value} AS REAL)" if real else value


async def then(snapshot: Snapshot, number: int) -> Then:
    """A moment before that of a snapshot, or the same."""
    schema = "main"
    if snapshot.dialect is Dialect.POSTGRESQL:
        [(schema,)] = await snapshot.fetch("SELECT current_schema()::text")
        schema = f'"{schema}"'
    changed = await snapshot.fetch(_CHANGED.format(number=number))
    return Then(number, snapshot.dialect, schema, frozenset(name for (name,) in changed))


@dataclass(frozen=True, slots=True)
class Shadowed:
    """A connection of SQLite whose statements read as of an earlier moment."""

    connection: Executes
    then: Then

    def execute(self, text: str, parameters: tuple[object, ...], /) -> Any:
        """A cursor. Any: sqlite3's."""
        return self.connection.execute(self.then.text(text), parameters)


class Recalling:
    """Reads plans as of an earlier moment, each in a snapshot of its own."""

    def __init__(self, reads: Reads, number: int) -> None:
        self.reads = reads
        self.number = number
        self.dialect = reads.dialect
        self.place = reads.place

    async def read(self, plan: Plan, variables: Variables, late: Late, asked: Asked) -> dict[str, Any]:
        """The data that a plan's root fields ask for, as it was then."""
        async with self.reads.snapshot() as snapshot:
            return await recall(snapshot, await then(snapshot, self.number), plan, (variables, asked), late)

    def snapshot(self) -> AbstractAsyncContextManager[Snapshot]:
        """A snapshot of now."""
        return self.reads.snapshot()

    async def close(self) -> None:
        """Nothing: the connections are those of the reader."""


async def recall(snapshot: Snapshot, moment: Then, plan: Plan, given: Given, late: Late) -> dict[str, Any]:
    """The data of a plan as of an earlier moment."""
    if isinstance(snapshot, SqliteSnapshot):
        slots = await snapshot.work(
            lambda own: [run_step(Shadowed(own, moment), step, given, [None])[0] for step in plan.steps]
        )
        return plan.shape(tail(slots), late)
    if plan.query is None:
        return plan.shape((), late)
    rows = await snapshot.fetch(moment.text(plan.query.text), *bound(plan.query, given))
    return plan.shape((rows,) if plan.query.lone else rows[0], late)


def bound(query: Query, given: Given) -> Row:
    """The parameters of a statement that has no parents."""
    variables, asked = given
    return query.bind(variables, None, asked.viewer.id, asked.at)
