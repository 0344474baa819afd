"""Marking rows of an increment: whether they are still in the list. Each row is written once."""

import csv
import io
from collections.abc import Iterable

import orjson

from fund_api.exporting.running import Target
from fund_api.reporting.following import DELETED
from fund_api.reporting.forms import FormKind
from fund_api.reporting.part_files import Kept
from fund_api.reporting.taking import ENDS, Taken, whole_rows


class Marked:
    """A target that adds the mark to each row, and passes it on to another, for one pull after the other."""

    def __init__(self, kind: FormKind, key: str, target: Target) -> None:
        """`key` is the response key of a row's id."""
        self.kept = Kept("")
        self.seen: set[str] = set()
        """The ids of the rows that were written."""
        self._kind = kind
        self._key = key
        self._target = target
        self._columns: list[str] = []

    @property
    def is_resumable(self) -> bool:
        """Whether there are rows of the pull that is under way that can be gone on from."""
        return self.kept.cursor is not None

    def begin(self, number: int, cursor: str) -> None:
        """Say which snapshot the next rows come from."""
        self.kept.begin(number, cursor)
        self._target.begin(number, cursor)

    def put(self, taken: Taken, header: bytes | None) -> None:
        """Write the rows that were not yet written."""
        data = taken.data
        if header is not None and self.kept.header is None:
            data = data.removeprefix(header)
            self.kept.header = header.decode()
            self._begin(header)
        rows, _ = whole_rows(self._kind, data)
        fresh = [row for row in rows if self._is_fresh(row)]
        self._write(b"".join(map(self._marked, fresh)), len(fresh))
        self.kept.cursor = taken.cursor or self.kept.cursor

    def restart(self) -> None:
        """Begin the pull again, of which there are no rows."""
        self.next()

    def next(self) -> None:
        """Begin with another pull."""
        self.kept.cursor = self.kept.header = None

    def delete(self, ids: Iterable[str]) -> int:
        """Write of rows that they are no longer in the list; how many these are."""
        rows = [self._deleted(one) for one in sorted(ids)]
        self._write(b"".join(rows), len(rows))
        return len(rows)

    def _begin(self, header: bytes) -> None:
        """Write the header of CSV, once for all pulls."""
        if not self._columns:
            self._columns = _cells(header)
            self._write(header.removesuffix(ENDS[self._kind]) + b"," + DELETED.encode() + ENDS[self._kind], 0)

    def _is_fresh(self, row: bytes) -> bool:
        """Whether a row was not written yet, which is noted."""
        one = str(orjson.loads(row)[self._key] if self._kind is FormKind.JSONL else _cells(row)[self._place])
        if one in self.seen:
            return False
        self.seen.add(one)
        return True

    @property
    def _place(self) -> int:
        return self._columns.index(self._key)

    def _marked(self, row: bytes) -> bytes:
        if self._kind is FormKind.JSONL:
            return row.removesuffix(b"}\n") + b',"%b":false}\n' % DELETED.encode()
        return row.removesuffix(ENDS[self._kind]) + b",false" + ENDS[self._kind]

    def _deleted(self, one: str) -> bytes:
        if self._kind is FormKind.JSONL:
            return orjson.dumps({self._key: one, DELETED: True}) + ENDS[self._kind]
        cells = [""] * len(self._columns)
        cells[self._place] = one
        return ",".join([*cells, "true"]).encode() + ENDS[self._kind]

    def _write(self, data: bytes, rows: int) -> None:
        self._target.put(Taken(data, rows, None), None)
        self.kept.size += len(data)
        self.kept.rows += rows


def _cells(line: bytes) -> list[str]:
    return next(csv.reader(io.StringIO(line.decode(), newline="")))
