"""Exporting everything: a file for each entity, and a manifest of what they hold, by which they can be verified.

The manifest is written last, when every file was read again and agrees with it, and the old one is taken away first: a
folder that has one is whole.
"""

import io
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import orjson

from fund_api.core import clock
from fund_api.core.errors import Failure
from fund_api.exporting.feed import JOINT, TOLD, difference
from fund_api.exporting.pipes import Pipe
from fund_api.exporting.progress import Telling
from fund_api.exporting.running import Order, export, resumable, total_of
from fund_api.exporting.sources import Broken, OnlyTrusted, Source
from fund_api.reporting import questions, tallies
from fund_api.reporting.cursors import distinct
from fund_api.reporting.forms import FormKind
from fund_api.reporting.part_files import Kept, PartFile, write_whole
from fund_api.reporting.standard_documents import Standard
from fund_api.reporting.tallies import Tally

MANIFEST = "manifest.json"
SOURCES = "query Attribution { sources { nodes { id title publisher url licence attribution } } }"
"""Where facts come from, and whom to name."""
Told = dict[str, Any]  # Any: what JSON holds


@dataclass(frozen=True, slots=True)
class Whole:
    """A file that is whole."""

    file: str
    entity: str
    snapshots: list[int]
    """The number of the last event that each snapshot saw which its rows come from."""
    cursors: list[str]
    """Of the feed of changes, one for each of these snapshots."""
    total: int | None
    """How many rows the list had, after it was exported, where that did not change meanwhile."""
    tally: Tally

    def told(self) -> Told:
        """Its part of the manifest."""
        counted = asdict(self.tally)
        rows, size = counted.pop("rows"), counted.pop("size")
        named = {"file": self.file, "entity": self.entity, "rows": rows, "bytes": size}
        return {**named, **counted, "totalCount": self.total, "events": self.snapshots}


async def everything(
    source: Source, documents: Iterable[Standard], folder: Path, kind: FormKind, telling: Telling, *, anew: bool
) -> list[Whole]:
    """Write and verify every file, then the manifest. Raises Failure."""
    _make_room(folder)
    written = [await _file(source, each, folder, kind, telling, anew=anew) for each in documents]
    events = {number for each in written for number in each.snapshots}
    if len(events) > 1:
        telling.say(
            f"The files come from {len(events)} states of the data, after the events {min(events)} to {max(events)}:"
            " what changed between them may be in one file and not yet in another."
        )
    manifest = {
        "made": clock.now(),
        "server": source.name,
        "version": version("fund-api"),
        "format": kind,
        "events": sorted(events),
        "cursor": JOINT.join(distinct(cursor for each in written for cursor in each.cursors)),
        "files": [each.told() for each in written],
        "sources": await _sources(source, telling),
    }
    text = orjson.dumps(manifest, option=orjson.OPT_INDENT_2 | orjson.OPT_UTC_Z) + b"\n"
    verify_told(folder, orjson.loads(text))
    write_whole(folder / MANIFEST, text)
    return written


async def _sources(source: Source, telling: Telling) -> list[Told]:
    """Where the data comes from, however many that are."""
    text = io.BytesIO()
    await export(Order(source, questions.read(SOURCES, {}), FormKind.JSONL, telling), Pipe(text))
    return [orjson.loads(line) for line in text.getvalue().splitlines()]


def _make_room(folder: Path) -> None:
    """Have the folder, without a manifest."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / MANIFEST).unlink(missing_ok=True)
    except OSError as error:
        raise Failure(f"{folder} can't be written ({error.strerror}).") from None


async def _file(
    source: Source, standard: Standard, folder: Path, kind: FormKind, telling: Telling, *, anew: bool
) -> Whole:
    order = Order(source, questions.read(standard.text, {}), kind, telling)
    target = folder / f"{standard.root}.{kind}"
    with PartFile(target, order.belongs, anew=anew) as part, resumable(part):
        before = await export(order, part)
        part.finish()
    found = tallies.tally(target, kind, [".".join(path) for path in (*standard.money, *standard.numbers)])
    total = await _unchanged(order, standard.entity, part.kept, before, found.rows)
    return Whole(target.name, standard.entity, part.kept.snapshots, part.kept.cursors, total, found)


async def _unchanged(order: Order, entity: str, kept: Kept, before: int | None, rows: int) -> int | None:
    """How many rows a list has that had as many before its export; None for one that changed meanwhile.

    Raises Failure when the file has not as many though nothing changed since the one snapshot that it comes from.
    """
    try:
        after = await total_of(order.source, order.question)
    except Broken:
        return None
    if before == after == rows:
        return after
    if before == after and len(kept.snapshots) == 1 and not await _changed(order, entity, kept.cursors):
        raise Failure(f"{order.question.name}: the file has {rows:,} rows, and the list {after:,}.")
    return None


async def _changed(order: Order, entity: str, cursors: list[str]) -> bool:
    """Whether a list may have changed since its snapshot: it has, or nobody can tell."""
    if not cursors or entity not in TOLD:
        return True
    try:
        told = await difference(order.source, cursors[-1], [entity], order.telling)
    except (Failure, OnlyTrusted):
        return True
    return bool(told.concerns([entity]))


def verify(folder: Path) -> Told:
    """Read every file of a folder again, and hold it against the manifest. Raises Failure, which tells all."""
    path = folder / MANIFEST
    try:
        manifest: Told = orjson.loads(path.read_bytes())
    except OSError as error:
        raise Failure(f"{path} can't be read ({error.strerror}): an export of everything writes it last.") from None
    except ValueError:
        raise Failure(f"{path} is no manifest.") from None
    verify_told(folder, manifest)
    return manifest


def verify_told(folder: Path, manifest: Told) -> None:
    """Hold every file against a manifest. Raises Failure that tells all differences."""
    try:
        kind = FormKind(manifest["format"])
        wrong = [line for each in manifest["files"] for line in _differences(folder, kind, each)]
    except (LookupError, TypeError, ValueError) as error:
        raise Failure(f"{folder / MANIFEST} is no manifest: {error}") from None
    if wrong:
        raise Failure("\n".join(wrong))


def _differences(folder: Path, kind: FormKind, told: Told) -> list[str]:
    path = folder / Path(told["file"]).name
    try:
        found = tallies.tally(path, kind, list(told["sums"]))
    except Failure as failure:
        return [str(failure)]
    pairs = [
        ("rows", told["rows"], found.rows),
        ("bytes", told["bytes"], found.size),
        ("sha256", told["sha256"], found.sha256),
        *((f"the sum of {name}", total, found.sums[name]) for name, total in told["sums"].items()),
        *([("rows", told["totalCount"], found.rows)] if told["totalCount"] is not None else []),
    ]
    return [
        f"{path}: {name}: the manifest says {said}, the file has {there}."
        for name, said, there in pairs
        if said != there
    ]
