"""JSON Lines: a row is one line of JSON, a tree as the document selects it."""

import orjson

from fund_api.graph.pulls import Rows
from fund_api.reporting.forms import About

_OPTIONS = orjson.OPT_UTC_Z | orjson.OPT_APPEND_NEWLINE


class Jsonl:
    """Writes JSON Lines in UTF-8."""

    def __init__(self, about: About) -> None:
        """Need nothing of it: each line says of itself what it holds."""

    def begin(self) -> bytes:
        """Nothing."""
        return b""

    def rows(self, rows: Rows) -> bytes:
        """A line each."""
        return b"".join([orjson.dumps(row, option=_OPTIONS) for row in rows])

    def end(self) -> bytes:
        """Nothing."""
        return b""
