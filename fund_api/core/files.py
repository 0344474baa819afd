"""Files by what they hold: each under its SHA-256, in a folder that the processes of one database share.

A file arrives under a name of its own beside the others, and gets its digest for a name when all of it is on the disk:
whatever is there under a digest is whole. The same content twice is one file. Nothing under a digest is ever deleted.
"""

import asyncio
import hashlib
import os
import re
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO

from fund_api.core.errors import InvalidValue, TooLarge
from fund_api.core.media_types import MediaType, media_type_of

OLD = timedelta(hours=1)
"""After so long without a byte, nobody writes any more to a file that was arriving."""
_ARRIVING = "arriving-"
_CHUNK = 2**18
"""Bytes that are written or read at once."""
_DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Kept:
    """A file: the SHA-256 of its content in hexadecimal digits, its size in bytes, and the type of what it holds."""

    digest: str
    size: int
    media_type: MediaType


@dataclass(frozen=True, slots=True)
class Received:
    """A file that is on the disk, and not under its digest yet."""

    kept: Kept
    path: Path


@dataclass(frozen=True, slots=True)
class Files:
    """The files in a folder, each of at most `limit` bytes. The folder is made when the first file comes."""

    folder: Path
    limit: int

    async def keep(self, chunks: AsyncIterator[bytes]) -> Kept:
        """Receive a file and keep it for good. Raises as `received` does."""
        async with self.received(chunks) as file:
            await self.place(file)
        return file.kept

    @asynccontextmanager
    async def received(self, chunks: AsyncIterator[bytes]) -> AsyncIterator[Received]:
        """A file that comes in chunks, whole on the disk; gone at the end of the block unless it was placed.

        Raises TooLarge as soon as it is, InvalidValue for an empty one, and WrongType for what is not taken.
        """
        writer = await asyncio.to_thread(_Writer.begun, self.folder, self.limit)
        try:
            async for chunk in chunks:
                await writer.add(chunk)
            yield Received(await asyncio.to_thread(writer.finish), writer.path)
        finally:
            writer.end()

    async def place(self, file: Received) -> None:
        """Give a file that was received its digest for a name, at once and for good."""
        await asyncio.to_thread(self._place, file)

    def path(self, digest: str) -> Path:
        """Where the file of a digest is. Raises ValueError for what is no digest, so that no other path can be made."""
        if not _DIGEST.fullmatch(digest):
            raise ValueError(f"{digest!r} is not 64 hexadecimal digits")
        return self.folder / digest[:2] / digest

    async def size(self, digest: str) -> int:
        """How many bytes a file has. Raises FileNotFoundError when it is not there."""
        return (await asyncio.to_thread(self.path(digest).stat)).st_size

    async def stream(self, digest: str) -> AsyncIterator[bytes]:
        """What a file holds, in chunks; it is open for one at a time, so who goes away leaves nothing open."""
        path, at = self.path(digest), 0
        while chunk := await asyncio.to_thread(_read, path, at):
            yield chunk
            at += len(chunk)

    async def sweep(self, now: datetime) -> int:
        """Delete what was arriving when its process was killed; how many files there were."""
        return await asyncio.to_thread(self._sweep, (now - OLD).timestamp())

    def _place(self, file: Received) -> None:
        path = self.path(file.kept.digest)
        path.parent.mkdir(mode=0o700, exist_ok=True)
        file.path.replace(path)
        _write_down(path.parent)
        _write_down(self.folder)

    def _sweep(self, before: float) -> int:
        left = [path for path in self.folder.glob(f"{_ARRIVING}*") if _changed_before(path, before)]
        for path in left:
            path.unlink(missing_ok=True)
        return len(left)


class _Writer:
    """A file while it arrives."""

    def __init__(self, file: BinaryIO, path: Path, limit: int) -> None:
        self.path = path
        self._file = file
        self._limit = limit
        self._size = 0
        self._hash = hashlib.sha256()
        self._waiting = bytearray()

    @classmethod
    def begun(cls, folder: Path, limit: int) -> "_Writer":
        """A new file, which nobody else may read."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        number, name = tempfile.mkstemp(prefix=_ARRIVING, dir=folder)
        return cls(os.fdopen(number, "wb"), Path(name), limit)

    async def add(self, chunk: bytes) -> None:
        """Take up a chunk; small ones are written together."""
        self._size += len(chunk)
        if self._size > self._limit:
            raise TooLarge(self._limit)
        self._waiting += chunk
        if len(self._waiting) >= _CHUNK:
            await asyncio.to_thread(self._write)

    def finish(self) -> Kept:
        """Write the rest, see what it is, and have the disk keep it."""
        if self._size == 0:
            raise InvalidValue("The file is empty.", "file")
        self._write()
        self._file.flush()
        kind = media_type_of(self.path)
        os.fsync(self._file.fileno())
        return Kept(self._hash.hexdigest(), self._size, kind)

    def end(self) -> None:
        """Close the file, and delete it unless it has got another name."""
        self._file.close()
        self.path.unlink(missing_ok=True)

    def _write(self) -> None:
        self._file.write(self._waiting)
        self._hash.update(self._waiting)
        self._waiting.clear()


def _read(path: Path, at: int) -> bytes:
    with path.open("rb") as file:
        file.seek(at)
        return file.read(_CHUNK)


def _changed_before(path: Path, moment: float) -> bool:
    try:
        return path.stat().st_mtime < moment
    except FileNotFoundError:  # it arrived, or another process was faster
        return False


def _write_down(folder: Path) -> None:
    """Have the disk keep the names in a folder, where the system can be asked to."""
    if hasattr(os, "O_DIRECTORY"):
        number = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(number)
        finally:
            os.close(number)
