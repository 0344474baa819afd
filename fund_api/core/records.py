"""CSV files read record by record, never whole: what is wrong with one is told by file, line and column."""

import csv
import gzip
import hashlib
import io
import os
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from typing import BinaryIO, NamedTuple, cast

from fund_api.core.errors import Failure

SHOWN = 20
"""How many problems of one file are told in full."""

LONGEST_LINE = 1_000_000
"""In bytes; a longer line is no line of a table."""

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class BadFile(Failure):
    """A file that cannot be loaded; nothing of it is kept."""


class Problem(NamedTuple):
    """What is wrong, on which line (the header is line 1), and in which column when it is one column's."""

    line: int
    column: str | None
    message: str


class Problems:
    """What is wrong with the rows of one file: the first SHOWN, and the number of all."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.count = 0
        self.first: list[Problem] = []

    def add(self, line: int, column: str | None, message: str) -> None:
        """Note one problem."""
        self.count += 1
        if self.count <= SHOWN:
            self.first.append(Problem(line, column, message))

    def __bool__(self) -> bool:
        return self.count > 0

    def refuse(self) -> None:
        """Raise BadFile when there is any problem."""
        if not self:
            return
        told = [
            f"{self.name}, line {line}{f', column {column}' if column else ''}: {message}"
            for line, column, message in self.first
        ]
        if self.count > SHOWN:
            told.append(f"{self.name}: and {self.count - SHOWN:,} more problems.")
        told.append(f"Nothing of {self.name} was kept.")
        raise BadFile("\n".join(told))


class Record(NamedTuple):
    """One record: the line on which it begins, and its cells."""

    line: int
    cells: list[str]


@dataclass(frozen=True)
class File:
    """A CSV file, or one compressed by gzip when its name ends in .gz; `name` is what messages call it."""

    name: str
    content: Traversable

    def digest(self) -> str:
        """SHA-256 of its stored bytes, in hexadecimal digits."""
        with self.content.open("rb") as raw:
            return hashlib.file_digest(cast(io.BytesIO, raw), "sha256").hexdigest()


class Reading:
    """An open file: its header, then its records, each read when it is asked for."""

    def __init__(self, name: str, raw: BinaryIO) -> None:
        self.name = name
        self.size = raw.seek(0, os.SEEK_END)
        raw.seek(0)
        self._raw = raw
        self._plain = cast(io.BufferedIOBase, gzip.GzipFile(fileobj=raw) if name.endswith(".gz") else raw)
        self._reader = csv.reader(self._lines(), strict=True)
        self.header = self._header()

    @property
    def position(self) -> int:
        """How many bytes of the file, as it is stored, have been read."""
        return self._raw.tell()

    def records(self, problems: Problems) -> Iterator[Record]:
        """The records after the header; empty lines are passed over.

        What cannot be read any further is a problem, and the end.
        """
        while True:
            line = self._reader.line_num + 1
            try:
                cells = next(self._reader)
            except StopIteration:
                return
            except (csv.Error, _Broken) as error:
                problems.add(line, None, f"{error}.")
                return
            if cells:
                yield Record(line, cells)

    def _header(self) -> list[str]:
        problems = Problems(self.name)
        first = next(self.records(problems), None)
        problems.refuse()
        if first is None:
            raise BadFile(f"{self.name} is empty; its first line should name the columns.")
        return [cell.strip() for cell in first.cells]

    def _lines(self) -> Iterator[str]:
        try:
            line = self._plain.readline(LONGEST_LINE + 1).removeprefix(_BYTE_ORDER_MARK)
            while line:
                if len(line) > LONGEST_LINE:
                    raise _Broken(f"a line should have at most {LONGEST_LINE:,} bytes")
                yield line.decode()
                line = self._plain.readline(LONGEST_LINE + 1)
        except UnicodeDecodeError as error:
            raise _Broken(f"the text should be UTF-8; byte {error.object[error.start]:#04x} is not") from None
        except (EOFError, OSError, zlib.error) as error:
            kind = "gzip file" if self.name.endswith(".gz") else "file"
            raise _Broken(f"this is no {kind} that can be read to its end ({error})") from None


class _Broken(Exception):
    """The rest of the file cannot be read."""


@contextmanager
def reading(file: File) -> Iterator[Reading]:
    """Open `file`. Raises BadFile when it is missing, no file, unreadable or empty."""
    if file.content.is_dir():
        raise BadFile(f"{file.name} is a directory; a .csv or .csv.gz file is needed.")
    try:
        raw = cast(BinaryIO, file.content.open("rb"))
    except OSError as error:
        raise BadFile(f"{file.name} cannot be read: {error.strerror}.") from None
    with raw:
        yield Reading(file.name, raw)
