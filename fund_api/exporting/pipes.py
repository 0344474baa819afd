"""Standard output as a target: what was written is gone, so a pull that breaks can only go on, never begin again."""

from typing import BinaryIO

from fund_api.core.errors import Failure
from fund_api.reporting.part_files import Kept
from fund_api.reporting.taking import Taken


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
        """Write rows."""
        self._stream.write(taken.data)
        self._stream.flush()
        self.kept.size += len(taken.data)
        self.kept.rows += taken.rows
        self.kept.cursor = taken.cursor or self.kept.cursor
        self.kept.header = header.decode() if header is not None else None

    def restart(self) -> None:
        """Raise Failure when something was written."""
        if self.kept.size:
            raise Failure("The export broke off, and what went to standard output is not whole: export into a file.")
        self.kept = Kept("")
