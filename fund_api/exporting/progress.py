"""How an export is told while it goes on: a bar on a terminal, plain lines elsewhere, both on standard error."""

import sys
import time
from contextlib import AbstractContextManager, nullcontext
from typing import Protocol

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

SAID_EVERY = 10.0
"""Seconds between two lines."""


class Telling(Protocol):
    """Tells of exports, one after the other."""

    def shown(self) -> AbstractContextManager[object]:
        """While it tells."""
        ...

    def begin(self, name: str, total: int | None, rows: int, size: int) -> None:
        """An export of so many rows, if that is known, of which so many are there already."""
        ...

    def advance(self, rows: int, size: int) -> None:
        """How many rows and bytes there are now."""
        ...

    def say(self, words: str) -> None:
        """Something that people have to know."""
        ...

    def end(self, rows: int, size: int) -> None:
        """The export is whole."""
        ...


def telling() -> Telling:
    """What suits standard error."""
    return Bars() if sys.stderr.isatty() else Lines()


class Lines:
    """Plain lines."""

    def __init__(self) -> None:
        self._name = ""
        self._total: int | None = None
        self._started = self._said = 0.0
        self._had = 0

    def shown(self) -> AbstractContextManager[object]:
        """Nothing to clear away afterwards."""
        return nullcontext()

    def begin(self, name: str, total: int | None, rows: int, size: int) -> None:
        """No line yet: most exports are done before one is due."""
        self._name, self._total, self._had = name, total, rows
        self._started = self._said = time.monotonic()

    def advance(self, rows: int, size: int) -> None:
        """A line when one is due."""
        now = time.monotonic()
        if now >= self._said + SAID_EVERY:
            self._said = now
            rate = (rows - self._had) / (now - self._started)
            left = f", {max(0, self._total - rows):,} remain" if self._total is not None else ""
            self.say(f"{self._name}: {_told(rows, size)}, {rate:,.0f} rows a second{left}.")

    def say(self, words: str) -> None:
        """A line."""
        typer.echo(words, err=True)

    def end(self, rows: int, size: int) -> None:
        """A line with what was written."""
        self.say(f"{self._name}: {_told(rows, size)}.")


class Bars:
    """A bar, with rows, rows a second and the time that remains."""

    def __init__(self, console: Console | None = None) -> None:
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[rate]} rows/s"),
            TimeRemainingColumn(),
            console=console or Console(stderr=True),
        )
        self._task = TaskID(0)
        self._name = ""
        self._started = 0.0
        self._had = 0

    def shown(self) -> AbstractContextManager[object]:
        """The bars, while they move."""
        return self._progress

    def begin(self, name: str, total: int | None, rows: int, size: int) -> None:
        """A new bar."""
        self._name, self._had, self._started = name, rows, time.monotonic()
        self._task = self._progress.add_task(name, total=total, completed=rows, rate="0")

    def advance(self, rows: int, size: int) -> None:
        """Move the bar."""
        rate = (rows - self._had) / max(0.001, time.monotonic() - self._started)
        self._progress.update(self._task, completed=rows, rate=f"{rate:,.0f}")

    def say(self, words: str) -> None:
        """A line above the bar."""
        self._progress.console.print(words, highlight=False, markup=False)

    def end(self, rows: int, size: int) -> None:
        """Fill the bar, and a line with what was written above it."""
        self._progress.update(self._task, completed=rows, total=rows)
        self.say(f"{self._name}: {_told(rows, size)}.")


def _told(rows: int, size: int) -> str:
    counted = f"{rows:,} {'row' if rows == 1 else 'rows'}, " if rows or not size else ""
    return f"{counted}{size:,} bytes"
