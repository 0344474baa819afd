"""Standard output as a target: what was written is gone, so a pull that breaks can only go on, never begin again."""

import errno
import os
import sys
from typing import BinaryIO

from fund_api.core.errors import Failure
from fund_api.reporting.part_files import Kept
from fund_api.reporting.taking import Taken


class NoReader(Exception):
    """Who read what is written went away, having read all that they wanted."""


def standard_output() -> BinaryIO:
    """Standard output without a buffer: what it does not take is left in none."""
    return getattr(sys.stdout.buffer, "raw", sys.stdout.buffer)  # where output is caught, there is a buffer alone


class Pipe:
    """Writes rows to a stream."""

    def __init__(self, stream: BinaryIO) -> None:
        self.kept = Kept("")
        self._stream = stream

    @property
    def is_resumable(self) -> bool:
        """Whether there are rows that can be gone on from, in this run."""
        return self.kept.cursor is not None

    def begin(self, number: int, cursor: str = "") -> None:
        """Say which snapshot the next rows come from."""
        self.kept.begin(number, cursor)

    def put(self, taken: Taken, header: bytes | None) -> None:
        """Write rows. Raises Failure when the stream does not take all, and NoReader when nobody reads any more."""
        try:
            self._write(taken.data)
        except BrokenPipeError:
            raise NoReader from None
        except OSError as error:
            reason = os.strerror(error.errno or errno.EIO)
            raise Failure(f"Standard output can't be written ({reason}): what it has is not whole.") from None
        self.kept.size += len(taken.data)
        self.kept.rows += taken.rows
        self.kept.cursor = taken.cursor or self.kept.cursor
        self.kept.header = header.decode() if header is not None else None

    def _write(self, data: bytes) -> None:
        """Write all of it; a stream without a buffer takes parts, and one that would have to wait none."""
        rest = memoryview(data)
        while rest:
            taken = self._stream.write(rest)
            if not taken:
                raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN))
            rest = rest[taken:]
        self._stream.flush()

    def restart(self) -> None:
        """Raise Failure when something was written."""
        if self.kept.size:
            raise Failure("The export broke off, and what went to standard output is not whole: export into a file.")
        self.kept = Kept("")
