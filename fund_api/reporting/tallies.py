"""Tallies: what a file of an export holds, found by reading it: its rows, its sums, its bytes and their hash."""

import csv
import hashlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import orjson

from fund_api.core.errors import Failure
from fund_api.reporting import offered
from fund_api.reporting.forms import FormKind

BLOCK = 2**20
BATCH = 10_000
"""Rows of Parquet that are read at a time."""
Cells = tuple[Any, ...]
"""Any: a number, a text that holds one, or nothing."""


@dataclass(frozen=True, slots=True)
class Tally:
    """What a file holds."""

    rows: int
    size: int
    """In bytes."""
    sha256: str
    sums: dict[str, str]
    """Of each column that was asked for, exact; rows without a value count nothing."""


def tally(path: Path, kind: FormKind, columns: Sequence[str]) -> Tally:
    """Read a file: `columns` are the dotted names of those whose sums are wanted. Raises Failure."""
    try:
        digest = _digest(path)
        rows, sums = _added(_rows(path, kind, columns), len(columns))
        told = dict(zip(columns, map(_told, sums), strict=True))
        return Tally(rows, path.stat().st_size, digest, told)
    except OSError as error:
        raise Failure(f"{path} can't be read ({error.strerror}).") from None
    except (ValueError, ArithmeticError, LookupError) as error:
        raise Failure(f"{path} holds something else than such an export: {error}") from None


def _digest(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            digest.update(block)
    return digest.hexdigest()


def _added(rows: Iterable[Cells], width: int) -> tuple[int, list[Decimal]]:
    """How many rows there are, and the sum of each column."""
    sums = [Decimal(0)] * width
    number = 0
    for number, cells in enumerate(rows, 1):  # noqa: B007  # how many there were
        for at, cell in enumerate(cells):
            if cell is not None and cell != "":
                sums[at] += Decimal(cell)
    return number, sums


def _told(value: Decimal) -> str:
    return f"{value:f}"


def _rows(path: Path, kind: FormKind, columns: Sequence[str]) -> Iterator[Cells]:
    """The cells of the columns, row by row."""
    match kind:
        case FormKind.JSONL:
            return _of_jsonl(path, columns)
        case FormKind.CSV:
            return _of_csv(path, columns)
    offered.check(kind)
    return _of_parquet(path, columns)


def _of_jsonl(path: Path, columns: Sequence[str]) -> Iterator[Cells]:
    paths = [column.split(".") for column in columns]
    with path.open("rb") as file:
        for line in file:
            row = orjson.loads(line)
            yield tuple(_at(row, path) for path in paths)


def _at(row: Any, path: list[str]) -> Any:  # Any: what JSON holds
    for key in path:
        if row is None:
            return None
        row = row[key]
    return row


def _of_csv(path: Path, columns: Sequence[str]) -> Iterator[Cells]:
    with path.open(encoding="utf-8", newline="") as file:
        lines = csv.reader(file)
        places = {name: at for at, name in enumerate(next(lines, []))}
        wanted = [places[column] for column in columns]
        for cells in lines:
            yield tuple(cells[at] for at in wanted)


def _of_parquet(path: Path, columns: Sequence[str]) -> Iterator[Cells]:
    import pyarrow.parquet as pq  # noqa: PLC0415  # optional, and 50 MB of memory for who needs none

    with closing(pq.ParquetFile(path)) as file:
        if not columns:
            yield from (() for _ in range(file.metadata.num_rows))
            return
        for batch in file.iter_batches(BATCH, columns=list(columns)):
            found = batch.to_pydict()
            yield from zip(*(found[column] for column in columns), strict=True)
