"""CSV as RFC 4180 has it: a header line, then a line for each row, in UTF-8.

A null is an empty cell. Of texts those are guarded with an apostrophe that a spreadsheet would run as a formula, as
OWASP advises on CSV injection; numbers and days never are.
"""

import csv
import io
from collections.abc import Iterable

from fund_api.graph.pulls import Rows
from fund_api.graph.tabular import Column, Kind
from fund_api.reporting.cells import Cells, cells, texts
from fund_api.reporting.forms import About

FORMULAS = ("=", "+", "-", "@", "\t", "\r")
"""What a cell begins with that is run."""
GUARD = "'"


class Csv:
    """Writes CSV."""

    def __init__(self, about: About) -> None:
        self._columns = about.columns
        self._formulas = about.formulas

    def begin(self) -> bytes:
        """The header."""
        return _lines([[column.name for column in self._columns]])

    def rows(self, rows: Rows) -> bytes:
        """A line each."""
        table = [
            self._written(column, values)
            for column, values in zip(self._columns, cells(rows, self._columns), strict=True)
        ]
        return _lines(zip(*table, strict=True))

    def end(self) -> bytes:
        """Nothing."""
        return b""

    def _written(self, column: Column, values: Cells) -> Cells:
        if column.kind is Kind.BOOLEAN:
            return [None if value is None else "true" if value else "false" for value in values]
        if column.kind in (Kind.DATE, Kind.TIME):
            return texts(values)
        if column.kind is Kind.TEXT and not self._formulas:
            return [GUARD + value if value is not None and value.startswith(FORMULAS) else value for value in values]
        return values


def _lines(rows: Iterable[Iterable[object]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode()
