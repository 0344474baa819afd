"""Part files: what an export writes until it is whole.

Beside the target, FILE.part grows, and FILE.part.json says whose it is and how far it is whole: up to which byte, which
row, and which cursor goes on from there. A file has its own name only when it is whole and on the disk.
"""

import errno
import os
import time
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import ModuleType, TracebackType
from typing import Self

import orjson

from fund_api.core.errors import Failure
from fund_api.reporting.taking import Taken

fcntl: ModuleType | None
try:
    import fcntl
except ImportError:  # Windows has none
    fcntl = None

NOTED_EVERY = 1.0
"""Seconds between two notes of how far a file is whole."""


@dataclass(slots=True)
class Kept:
    """How far a part file is whole."""

    belongs: str
    """What it is a part of: see running.py."""
    size: int = 0
    """In bytes."""
    rows: int = 0
    cursor: str | None = None
    """Of the last row."""
    header: str | None = None
    """The first line of CSV."""
    snapshots: list[int] = field(default_factory=list)
    """The number of the last event that each snapshot saw which rows come from, in their order."""
    cursors: list[str] = field(default_factory=list)
    """Of the feed of changes: from where on it tells what each of these snapshots does not see."""

    def begin(self, number: int, cursor: str) -> None:
        """Note the snapshot that the next rows come from; a server may tell no cursor."""
        self.snapshots.append(number)
        if cursor:
            self.cursors.append(cursor)


class PartFile:
    """The part file of a target, while it is written. Raises Failure for a target that is a folder."""

    def __init__(self, target: Path, belongs: str, *, anew: bool = False) -> None:
        if not target.name or target.is_dir():
            raise Failure(f"{target} is a folder: name a file in it.")
        self.target = target
        self.part = target.with_name(target.name + ".part")
        self.resumed = False
        """Whether it goes on where another export ended."""
        self.kept = Kept(belongs)
        self._note = target.with_name(target.name + ".part.json")
        self._anew = anew
        self._noted = 0.0
        self._file = -1
        self._whole = False

    def __enter__(self) -> Self:
        """Open it. Raises Failure when that can't be done, or another export writes it."""
        try:
            self._file = os.open(self.part, os.O_RDWR | os.O_CREAT, 0o666)
        except OSError as error:
            raise self._failure(error) from None
        try:
            self._lock()
            self._go_on()
        except BaseException:
            os.close(self._file)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Note how far it is; a part that nobody can go on from is taken away."""
        try:
            if not self._whole and self.is_resumable:
                with suppress(Failure):
                    self._write_note()
            elif not self._whole:
                self._note.unlink(missing_ok=True)
                self.part.unlink(missing_ok=True)
        finally:
            os.close(self._file)

    @property
    def is_resumable(self) -> bool:
        """Whether there are rows that another export can go on from."""
        return self.kept.cursor is not None

    def begin(self, number: int, cursor: str = "") -> None:
        """Say which snapshot the next rows come from."""
        self.kept.begin(number, cursor)

    def put(self, taken: Taken, header: bytes | None) -> None:
        """Write rows. Raises Failure when the disk takes no more; what was noted before stays."""
        if not taken.data:
            return
        try:
            _write(self._file, taken.data)
        except OSError as error:
            with suppress(OSError):
                os.ftruncate(self._file, self.kept.size)
            raise self._failure(error) from None
        self.kept.size += len(taken.data)
        self.kept.rows += taken.rows
        self.kept.cursor = taken.cursor or self.kept.cursor
        self.kept.header = header.decode() if header is not None else None
        if self.is_resumable and time.monotonic() >= self._noted + NOTED_EVERY:
            self._write_note()

    def restart(self) -> None:
        """Forget every row."""
        self._note.unlink(missing_ok=True)
        os.ftruncate(self._file, 0)
        os.lseek(self._file, 0, os.SEEK_SET)
        self.kept = Kept(self.kept.belongs)

    def finish(self) -> None:
        """Give it its name, when all of it is on the disk. Raises Failure."""
        try:
            os.fsync(self._file)
            self.part.replace(self.target)
            self._whole = True
            self._note.unlink(missing_ok=True)
            _sync_folder(self.target.parent)
        except OSError as error:
            raise self._failure(error) from None

    def _lock(self) -> None:
        if fcntl is None:
            return
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            ours = self.part.exists() and os.path.samestat(self.part.stat(), os.fstat(self._file))
        except OSError:
            ours = False
        if not ours:  # or it got its name between our opening and locking
            raise Failure(f"{self.part} is being written by another export.")

    def _go_on(self) -> None:
        found = None if self._anew else _read(self._note)
        there = os.fstat(self._file).st_size
        if found is None or found.belongs != self.kept.belongs or found.size > there or found.cursor is None:
            self.restart()
            return
        self.kept, self.resumed = found, True
        os.ftruncate(self._file, found.size)
        os.lseek(self._file, found.size, os.SEEK_SET)

    def _write_note(self) -> None:
        """Note how far it is, behind the rows themselves."""
        fresh = self._note.with_name(self._note.name + ".new")
        try:
            os.fsync(self._file)
            fresh.write_bytes(orjson.dumps(asdict(self.kept)))
            fresh.replace(self._note)
        except OSError as error:
            raise self._failure(error) from None
        self._noted = time.monotonic()

    def _failure(self, error: OSError) -> Failure:
        reason = os.strerror(error.errno or errno.EIO)
        return Failure(f"{self.part} can't be written ({reason}).")


def write_whole(path: Path, text: bytes) -> None:
    """Write a small file as a whole. Raises Failure."""
    with PartFile(path, "", anew=True) as part:
        part.put(Taken(text, 0, None), None)
        part.finish()


def _read(note: Path) -> Kept | None:
    """A note; None where there is none that can be read."""
    try:
        return Kept(**orjson.loads(note.read_bytes()))
    except (OSError, ValueError, TypeError):
        return None


def _write(file: int, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(file, rest) :]


def _sync_folder(folder: Path) -> None:
    """Have the folder's names on the disk, where the system can."""
    if os.name != "posix":
        return
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
