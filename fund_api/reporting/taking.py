"""Taking whole rows out of the bytes of a pull, each without the cursor that was asked for beside it.

Nothing is decoded: the cursor is the first thing of a row, so its bytes are cut off and all others stay as they are.
"""

from dataclasses import dataclass

from fund_api.core.errors import Failure
from fund_api.reporting.forms import FormKind
from fund_api.reporting.questions import CURSOR

_BEFORE = b'{"%b":"' % CURSOR.encode()
ENDS = {FormKind.JSONL: b"\n", FormKind.CSV: b"\r\n"}
"""What ends a row."""
_TITLE = CURSOR.encode() + b","


@dataclass(frozen=True, slots=True)
class Taken:
    """Bytes that end with a whole row, as they are written."""

    data: bytes
    rows: int
    cursor: str | None
    """Of the last row; None where rows have none, or where there is no row."""


def whole_rows(kind: FormKind, data: bytes) -> tuple[list[bytes], bytes]:
    """The rows of JSON Lines or CSV that are whole, each with its end, and the rest.

    In CSV an end within quotes is none.
    """
    end = ENDS[kind]
    *whole, rest = data.split(end)
    if kind is FormKind.JSONL:
        return [line + end for line in whole], rest
    found = []
    begun = b""
    for line in whole:
        begun += line + end
        if begun.count(b'"') % 2 == 0:
            found.append(begun)
            begun = b""
    return found, begun + rest


class Taker:
    """Takes the rows of one pull."""

    def __init__(self, kind: FormKind, *, cursors: bool, header: bytes | None = None) -> None:
        """`header` is the first line of the file that goes on, for CSV, which must come again and is not kept twice."""
        self._kind = kind
        self._cursors = cursors
        self._known = header
        self._rest = b""
        self.header = header

    def take(self, part: bytes) -> Taken:
        """What is whole with the next bytes. Of Parquet every byte is taken, and no row is told."""
        if self._kind is FormKind.PARQUET:
            return Taken(part, 0, None)
        lines = self._lines(part)
        titles = b""
        if self._kind is FormKind.CSV and lines and (self.header is None or self._known is not None):
            titles = self._titles(lines.pop(0))
        if not self._cursors:
            return Taken(titles + b"".join(lines), len(lines), None)
        cut = self._cut_json if self._kind is FormKind.JSONL else self._cut_csv
        rows = [cut(line) for line in lines]
        return Taken(titles + b"".join([row for row, _ in rows]), len(rows), rows[-1][1].decode() if rows else None)

    @property
    def is_whole(self) -> bool:
        """Whether nothing is left of a row that was begun."""
        return not self._rest

    def _lines(self, part: bytes) -> list[bytes]:
        """The rows that are whole, each with its end."""
        whole, self._rest = whole_rows(self._kind, self._rest + part)
        return whole

    def _titles(self, line: bytes) -> bytes:
        """The header as it is written: nothing where the file has it."""
        found = line.removeprefix(_TITLE) if self._cursors else line
        known, self._known = self._known, None
        if known is None:
            self.header = found
            return found
        if known != found:
            raise Failure("The columns are others than those of the rows that were kept: export anew, by --anew.")
        return b""

    @staticmethod
    def _cut_json(line: bytes) -> tuple[bytes, bytes]:
        if not line.startswith(_BEFORE):
            raise Failure("The server answers rows without their cursors.")
        end = line.index(b'"', len(_BEFORE))
        return b"{" + line[end + 1 :].removeprefix(b","), line[len(_BEFORE) : end]

    @staticmethod
    def _cut_csv(line: bytes) -> tuple[bytes, bytes]:
        cursor, _, row = line.partition(b",")
        return row, cursor
