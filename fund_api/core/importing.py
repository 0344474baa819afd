"""Loading a CSV file into tables: bulk, streaming, and idempotent.

A slice declares, for each kind of file, a row model and a function from its rows to rows of tables. What a file says is
REPORTED. Loading adds and updates, it never deletes; columns of which a kind does not speak stay as they are.
"""

from collections.abc import Awaitable, Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any, ClassVar, Generic, NamedTuple, Protocol, TypeVar

import sqlalchemy as sa
from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import ErrorDetails
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from fund_api.core.columns import table_of
from fund_api.core.database import Database, Dialect
from fund_api.core.heads import tell_unlogged
from fund_api.core.records import BadFile, File, Problems, Reading, Record, reading
from fund_api.core.tables import LoadedFile
from fund_api.core.upserts import Counts, upsert

LOADED_FILE = table_of(LoadedFile)

BATCH = 1_000
"""Rows of tables written at a time."""

_LOCK = 7_403_812
"""Key of PostgreSQL's advisory lock: one process loads at a time."""


class Row(BaseModel):
    """A row of a file: a field for each column, read from its text; a blank cell is null."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    passed_over: ClassVar[frozenset[str]] = frozenset()
    """Columns that a file may have and of which nothing is kept."""
    unique: ClassVar[tuple[tuple[str, ...], ...]]
    """Columns that together name at most one row of a file; a null is no name."""
    together: ClassVar[tuple[tuple[str, ...], ...]] = ()
    """Columns of which either all are blank or none."""


R = TypeVar("R", bound=Row)


class Line(NamedTuple, Generic[R]):
    """A valid row, and where it stands."""

    number: int
    row: R


class Entry(NamedTuple):
    """One row of a table; every entry of a table has the same columns in the same order."""

    table: sa.Table
    values: dict[str, object]


Translate = Callable[[Iterable[Line[R]]], Iterator[Entry]]


@dataclass(frozen=True)
class Kind(Generic[R]):
    """A kind of file, known by its columns.

    `translator` reads what rows may refer to and gives the function from rows to entries: each after those that it
    refers to, none twice. `finish` writes, in the same transaction, what follows from all rows.
    """

    name: str
    row: type[R]
    tables: tuple[sa.Table, ...]
    translator: Callable[[AsyncConnection, Problems], Awaitable[Translate[R]]]
    finish: Callable[[AsyncConnection, datetime], Awaitable[None]] | None = None

    @property
    def columns(self) -> frozenset[str]:
        """The columns that a file of this kind has to have."""
        return frozenset(self.row.model_fields)


@dataclass
class Loaded:
    """What one file brought: the counts of each table, by its name."""

    file: str
    kind: str
    rows: int = 0
    tables: dict[str, Counts] = field(default_factory=dict)


class Report(Protocol):
    """Who is told how the loading goes on."""

    def begin(self, file: str, kind: str, size: int) -> None:
        """A file of `size` stored bytes begins."""

    def advance(self, position: int) -> None:
        """So many of its bytes are read."""

    def end(self, loaded: Loaded) -> None:
        """It is loaded and committed."""


class Silence:
    """The report to nobody."""

    def begin(self, file: str, kind: str, size: int) -> None:
        """Say nothing."""

    def advance(self, position: int) -> None:
        """Say nothing."""

    def end(self, loaded: Loaded) -> None:
        """Say nothing."""


def kind_of(file: File, kinds: Iterable[Kind[Any]]) -> Kind[Any]:  # Any: each kind has a row model of its own
    """The kind whose columns `file` has most of. Raises BadFile when it has not half of any kind's."""
    with reading(file) as opened:
        present = set(opened.header)
    known = tuple(kinds)
    best = max(known, key=lambda kind: len(kind.columns & present) / len(kind.columns))
    if len(best.columns & present) * 2 < len(best.columns):
        expected = "; ".join(f"{kind.name} ({', '.join(kind.row.model_fields)})" for kind in known)
        raise BadFile(f"{file.name} has columns of no known kind of file. Known are: {expected}.")
    return best


async def load(database: Database, kind: Kind[R], file: File, report: Report, now: datetime) -> Loaded:
    """Load `file` in one transaction. Raises BadFile, and keeps nothing, when it or any of its rows is bad."""
    problems, loaded = Problems(file.name), Loaded(file.name, kind.name)
    with reading(file) as opened:
        _check_header(opened, kind)
        report.begin(file.name, kind.name, opened.size)
        try:
            async with database.writing() as connection:
                await _wait_for_others(connection, database.dialect)
                translate = await kind.translator(connection, problems)
                entries = translate(_lines(opened, kind.row, problems, loaded))
                while batch := list(islice(entries, BATCH)):
                    if not problems:
                        await _store(connection, kind.tables, batch, now, loaded)
                    report.advance(opened.position)
                problems.refuse()
                if kind.finish is not None:
                    await kind.finish(connection, now)
                await _note(connection, file, loaded, now)
                if any(counts.inserted or counts.changed for counts in loaded.tables.values()):
                    await tell_unlogged(connection)
        except IntegrityError as error:
            raise BadFile(f"{file.name} contradicts rows that are loaded already: {error.orig}") from None
    report.end(loaded)
    return loaded


async def ids_by(connection: AsyncConnection, key: sa.Column[str], row_id: sa.Column[str]) -> dict[str, str]:
    """The ids of the rows of a table by another column that is unique in it."""
    found = await connection.execute(sa.select(key, row_id))
    return {row[0]: row[1] for row in found}


def _check_header(opened: Reading, kind: Kind[R]) -> None:
    header, wrong = opened.header, []
    for said, columns in (
        ("lacks", kind.columns.difference(header)),
        ("has the unknown", {name or "(blank)" for name in set(header) - kind.columns - kind.row.passed_over}),
        ("repeats", {name for name in header if header.count(name) > 1}),
    ):
        if columns:
            wrong.append(f"{said} column{'s' if len(columns) > 1 else ''} {', '.join(sorted(columns))}")
    if wrong:
        expected = ", ".join(kind.row.model_fields)
        raise BadFile(f"{opened.name}, line 1: a {kind.name} file, but it {'; '.join(wrong)}. Expected: {expected}.")


def _lines(opened: Reading, model: type[R], problems: Problems, loaded: Loaded) -> Iterator[Line[R]]:
    header = opened.header
    kept = [(name, at) for at, name in enumerate(header) if name not in model.passed_over]
    seen: dict[tuple[str, ...], dict[str, int]] = {columns: {} for columns in model.unique}
    for record in opened.records(problems):
        loaded.rows += 1
        if len(record.cells) != len(header):
            problems.add(
                record.line, None, f"should have {len(header)} cells as line 1 has, but has {len(record.cells)}."
            )
            continue
        texts = {name: record.cells[at].strip() or None for name, at in kept}
        row = _row(record, texts, model, problems)
        if row is not None and _is_first(record.line, texts, seen, problems):
            yield Line(record.line, row)


def _row(record: Record, texts: dict[str, str | None], model: type[R], problems: Problems) -> R | None:
    before = problems.count
    for name, text in texts.items():
        if text is not None and "\0" in text:
            problems.add(record.line, name, "should have no NUL character.")
    for columns in model.together:
        blank = [name for name in columns if texts[name] is None]
        if 0 < len(blank) < len(columns):
            problems.add(record.line, blank[0], f"should be given, since of {', '.join(columns)} all are or none.")
    try:
        row = model.model_validate(texts)
    except ValidationError as error:
        for details in error.errors(include_url=False, include_context=False):
            problems.add(record.line, str(details["loc"][0]), _told(details))
        return None
    return row if problems.count == before else None


def _told(details: ErrorDetails) -> str:
    text, expected = details["input"], details["msg"]
    for start in ("Value error, ", "Input ", "String "):
        expected = expected.removeprefix(start)
    if text is None:
        return "should not be blank."
    shown = text if len(text) <= 60 else f"{text[:60]}..."
    return f'"{shown}" {expected}.'


def _is_first(
    line: int, texts: dict[str, str | None], seen: dict[tuple[str, ...], dict[str, int]], problems: Problems
) -> bool:
    before = problems.count
    for columns, lines in seen.items():
        parts = [texts[name] for name in columns]
        key = "\0".join(part for part in parts if part is not None)
        if None in parts:
            continue
        if key in lines:
            shown = ", ".join(f'"{part}"' for part in parts)
            problems.add(line, columns[0], f"{shown} is on line {lines[key]} already; it should be there once.")
        lines.setdefault(key, line)
    return problems.count == before


async def _wait_for_others(connection: AsyncConnection, dialect: Dialect) -> None:
    """SQLite has one writer anyway."""
    if dialect is Dialect.POSTGRESQL:
        await connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))


async def is_loaded(connection: AsyncConnection, file: File) -> bool:
    """Whether a file with just this content was loaded."""
    found = await connection.execute(sa.select(LOADED_FILE.c.digest).where(LOADED_FILE.c.digest == file.digest()))
    return found.first() is not None


async def _note(connection: AsyncConnection, file: File, loaded: Loaded, now: datetime) -> None:
    """Remember the file by its content; a second load of the same adds nothing."""
    if not await is_loaded(connection, file):
        name = Path(file.name).name[-255:]
        values = {"digest": file.digest(), "name": name, "kind": loaded.kind, "rows": loaded.rows, "loaded_at": now}
        await connection.execute(LOADED_FILE.insert().values(values))


async def _store(
    connection: AsyncConnection, tables: Iterable[sa.Table], batch: list[Entry], now: datetime, loaded: Loaded
) -> None:
    for table in tables:
        rows = [entry.values for entry in batch if entry.table is table]
        counts = loaded.tables.setdefault(table.name, Counts())
        if rows:
            await upsert(connection, table, rows, now, counts)
