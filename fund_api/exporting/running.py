"""Running an export: rows are kept as they come, and a pull that breaks is gone on with from the last that was kept."""

import asyncio
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, Protocol

import orjson

from fund_api.core.errors import Failure
from fund_api.core.text import several
from fund_api.exporting.patience import TRIES, patiently, pause
from fund_api.exporting.progress import Telling
from fund_api.exporting.sources import Broken, OnlyTrusted, Source, Stream
from fund_api.reporting.forms import FormKind
from fund_api.reporting.part_files import Kept, PartFile
from fund_api.reporting.questions import Question
from fund_api.reporting.taking import Taken, Taker


class Stopped(Failure):
    """An export that did not come to its end; the message says how to go on."""


class Interrupted(Stopped):
    """One that a person stopped."""


class Target(Protocol):
    """Where rows go."""

    kept: Kept

    @property
    def is_resumable(self) -> bool:
        """Whether there are rows that can be gone on from."""
        ...

    def begin(self, number: int, cursor: str) -> None:
        """Say which snapshot the next rows come from."""
        ...

    def put(self, taken: Taken, header: bytes | None) -> None:
        """Write rows."""
        ...

    def restart(self) -> None:
        """Forget every row."""
        ...


@dataclass(frozen=True, slots=True)
class Order:
    """What is exported, how, and from where."""

    source: Source
    question: Question
    kind: FormKind
    telling: Telling

    @property
    def belongs(self) -> str:
        """What a part file must have been written for, to be gone on with."""
        asked = self.question.asked
        parts = [asked.text, asked.document_id, dict(asked.variables), self.kind, self.source.identity]
        return hashlib.sha256(orjson.dumps(parts, option=orjson.OPT_SORT_KEYS)).hexdigest()


async def export(order: Order, target: Target) -> int | None:
    """Write every row to the target; how many rows the list had before, where that can be asked.

    Raises Failure; what was kept by then says where to go on.
    """
    try:
        total = await _total(order)
        order.telling.begin(order.question.name, total, target.kept.rows, target.kept.size)
        await pulled(order, _asked(order), target)
    except OnlyTrusted:
        plain = order.question.plain()
        if plain.asked.text is not None:
            raise Failure("The server answers trusted documents only, and this is none of those that ship.") from None
        order.telling.say("The server answers trusted documents only, so this export can't be resumed.")
        total = None
        target.restart()
        order.telling.begin(order.question.name, total, 0, 0)
        await pulled(order, plain, target)
    if len(target.kept.snapshots) > 1:
        order.telling.say(_several(target.kept.snapshots))
    order.telling.end(target.kept.rows, target.kept.size)
    return total


@contextmanager
def resumable(part: PartFile) -> Iterator[None]:
    """Say of what ends an export too early how to go on."""
    try:
        yield
    except (KeyboardInterrupt, asyncio.CancelledError):
        raise Interrupted(_how_on("The export was stopped.", part)) from None
    except Failure as failure:
        raise Stopped(_how_on(str(failure), part)) from None


async def total_of(source: Source, question: Question) -> int | None:
    """How many rows a list has now, where that can be asked."""
    if question.count is None:
        return None
    return _counted(await source.data(question.count))


def _asked(order: Order) -> Question:
    """The question that is pulled. Parquet has no rows that stand alone, and nothing can be cut out of it."""
    return replace(order.question, rewritten=None) if order.kind is FormKind.PARQUET else order.question


async def _total(order: Order) -> int | None:
    """The same, of a source that may be away at first."""
    count = order.question.count
    return None if count is None else _counted(await patiently(order.source, count, order.telling))


def _counted(data: Any) -> int | None:  # Any: what JSON holds
    found = (data or {}).get("list")
    return int(found["totalCount"]) if found else None


async def pulled(order: Order, question: Question, target: Target) -> None:
    """Pull until the end, however often it breaks on the way, as long as each try or two brings rows.

    Raises Failure when it does not come to its end.
    """
    tries = 0
    while True:
        before = target.kept.size
        try:
            async with order.source.pulled(question.going_on(target.kept.cursor), order.kind) as stream:
                return await _kept(order, question, stream, target)
        except Broken as broken:
            advanced = target.kept.size > before and target.is_resumable
            tries = 1 if advanced else tries + 1
            if tries >= TRIES:
                raise Failure(f"{order.source.name} broke off {tries} times: {broken}") from None
            if not target.is_resumable:
                target.restart()
            await pause(broken, tries, order.telling)


async def _kept(order: Order, question: Question, stream: Stream, target: Target) -> None:
    """Keep what one pull brings."""
    header = target.kept.header
    known = header.encode() if header is not None and target.is_resumable else None
    taker = Taker(order.kind, cursors=question.rewritten is not None, header=known)
    target.begin(stream.number, stream.cursor)
    async for part in stream.parts:
        taken = taker.take(part)
        target.put(taken, taker.header)
        order.telling.advance(target.kept.rows, target.kept.size)
    if not taker.is_whole:
        raise Broken("The answer ended within a row.")


def _how_on(reason: str, part: PartFile) -> str:
    if not part.is_resumable:
        return reason
    return f"{reason}\n{part.part} has {several(part.kept.rows, 'row')}: the same command goes on from there."


def _several(snapshots: list[int]) -> str:
    numbers = ", ".join(str(number) for number in snapshots)
    return (
        f"Rows come from {len(snapshots)} snapshots (after the events {numbers}), because the export was gone on with:"
        " what changed between them may be in it before or after its change."
    )
