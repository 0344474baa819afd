"""The forms of a pull: what each writes of its rows, as bytes that follow each other."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from fund_api.graph.pulls import Rows
from fund_api.graph.tabular import Column


class FormKind(StrEnum):
    """The forms that there are, by the endings of their files."""

    JSONL = "jsonl"
    CSV = "csv"
    PARQUET = "parquet"


@dataclass(frozen=True, slots=True)
class About:
    """What is written of a pull beside its rows, in forms that have a place for it, and how."""

    columns: tuple[Column, ...]
    name: str
    """Of its document."""
    number: int
    """Of the last event that it sees."""
    formulas: bool = False
    """Whether texts in CSV stay as they are that a spreadsheet would run."""


class Form(Protocol):
    """Writes one pull."""

    def begin(self) -> bytes:
        """What comes before the rows."""
        ...

    def rows(self, rows: Rows) -> bytes:
        """The next rows, or nothing when they are written later."""
        ...

    def end(self) -> bytes:
        """What comes after the rows."""
        ...
