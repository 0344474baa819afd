"""How loading is told to people: bars on a terminal, plain lines elsewhere, and what it came to."""

import re
import sys
from collections.abc import Iterable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from types import ModuleType

import typer
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from fund_api.core.importing import Loaded
from fund_api.core.text import several

resource: ModuleType | None
try:
    import resource
except ImportError:  # Windows has none
    resource = None


def report() -> "Bars | Lines":
    """What suits standard output."""
    return Bars() if sys.stdout.isatty() else Lines()


class Lines:
    """Progress as plain lines, one when a file begins and one when it is loaded."""

    def shown(self) -> AbstractContextManager[object]:
        """Nothing to clear away afterwards."""
        return nullcontext()

    def begin(self, file: str, kind: str, size: int) -> None:
        """A line."""
        typer.echo(f"Loading {file} ({kind}, {size:,} bytes).")

    def advance(self, position: int) -> None:
        """No line."""

    def end(self, loaded: Loaded) -> None:
        """A line with the counts."""
        typer.echo(told(loaded))


class Bars:
    """Progress on a terminal, a bar for each file."""

    def __init__(self, console: Console | None = None) -> None:
        columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeElapsedColumn())
        self._progress = Progress(*columns, console=console)
        self._task: TaskID | None = None

    def shown(self) -> AbstractContextManager[object]:
        """The bars, while they move."""
        return self._progress

    def begin(self, file: str, kind: str, size: int) -> None:
        """A new bar."""
        self._task = self._progress.add_task(f"{Path(file).name} ({kind})", total=size)

    def advance(self, position: int) -> None:
        """Move the bar."""
        if self._task is not None:
            self._progress.update(self._task, completed=position)

    def end(self, loaded: Loaded) -> None:
        """Fill the bar, and a line with the counts above it."""
        if self._task is not None:
            self._progress.update(self._task, completed=self._progress.tasks[self._task].total)
        self._progress.console.print(told(loaded), highlight=False, markup=False)


def told(loaded: Loaded) -> str:
    """The counts of one file in words."""
    tables = [
        f"{name} {counts.inserted:,} new, {counts.changed:,} changed, {counts.unchanged:,} unchanged"
        for name, counts in loaded.tables.items()
    ]
    return f"{loaded.file}: {several(loaded.rows, 'row')}; {'; '.join(tables) or 'nothing to keep'}."


def summary(loaded: Iterable[Loaded], seconds: float, peak: int | None) -> str:
    """What a load came to: rows of tables, time, memory."""
    counts = [each for file in loaded for each in file.tables.values()]
    inserted, changed = sum(each.inserted for each in counts), sum(each.changed for each in counts)
    unchanged = sum(each.unchanged for each in counts)
    result = f"{inserted:,} new, {changed:,} changed" if inserted or changed else "Nothing changed"
    memory = f", {peak / 2**20:,.0f} MB of memory at the peak" if peak is not None else ""
    return f"{result}; {unchanged:,} unchanged. {seconds:.1f} seconds{memory}."


def peak_memory() -> int | None:
    """The most memory that this process held, in bytes; None where the system does not tell.

    Linux hands what getrusage tells from a process on to those that it starts: there another figure is read.
    """
    try:
        [told] = re.findall(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None if resource is None else _peak_of_usage(resource)
    return int(told) * 1024


def _peak_of_usage(resource: ModuleType) -> int:
    peak: int = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
