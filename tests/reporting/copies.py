"""Copies of documents that are kept by exports and their increments, and databases that do not keep still meanwhile."""

import csv
import io
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

from fund_api.core.access import Viewer
from fund_api.core.database import Database
from fund_api.core.settings import Settings
from fund_api.edge.documents import KnownDocuments
from fund_api.exporting import increments
from fund_api.exporting.feed import JOINT, TOLD
from fund_api.exporting.local import Local
from fund_api.exporting.pipes import Pipe
from fund_api.exporting.progress import Lines
from fund_api.exporting.running import Order, export
from fund_api.exporting.sources import Broken, Stream
from fund_api.graph.run import reader
from fund_api.reporting.cursors import distinct
from fund_api.reporting.following import Followed, follow
from fund_api.reporting.forms import FormKind
from fund_api.reporting.questions import Asked, Question
from tests.asking import CATALOGUE
from tests.feed.chaos import Chaos
from tests.feed.client import engine

Row = dict[str, Any]  # Any: what the form holds
Kind = TypeVar("Kind", bound=Local)


class Restless(Local):
    """The database as a source, to which things happen while it is read, and which breaks off at times."""

    chaos: Chaos | None = None
    breaks = False

    async def data(self, asked: Asked) -> Any:
        await self._happen()
        return await super().data(asked)

    @asynccontextmanager
    async def pulled(self, asked: Asked, kind: FormKind) -> AsyncIterator[Stream]:
        await self._happen()
        async with super().pulled(asked, kind) as stream:
            yield Stream(stream.number, self._parts_of(stream), stream.cursor)

    async def _parts_of(self, stream: Stream) -> AsyncIterator[bytes]:
        number = 0
        async for part in stream.parts:
            number += 1
            if self.chaos is not None and self.breaks and part and number > 2 and self.chaos.rng.random() < 0.3:
                raise Broken("cut", 0)
            yield part
        await self._happen()

    async def _happen(self) -> None:
        if self.chaos is not None and self.chaos.rng.random() < 0.5:
            await self.chaos.step()


class Silent(Lines):
    """Says nothing."""

    def say(self, words: str) -> None:
        pass


@dataclass
class Copy:
    """What somebody keeps of one document."""

    question: Question
    kind: FormKind
    cursor: str = ""
    rows: dict[str, Row] = field(default_factory=dict)

    @property
    def followed(self) -> Followed:
        return follow(CATALOGUE, self.question, TOLD)

    async def written(self, source: Restless, since: str | None) -> bytes:
        found = io.BytesIO()
        target = Pipe(found)
        order = Order(source, self.question, self.kind, Silent())
        if since is None:
            await export(order, target)
            self.cursor = JOINT.join(distinct(target.kept.cursors))
        else:
            self.cursor = await increments.increment(order, self.followed, since, target)
        return found.getvalue()

    def read(self, data: bytes) -> list[Row]:
        if self.kind is FormKind.JSONL:
            return [json.loads(line) for line in data.splitlines()]
        return list(csv.DictReader(io.StringIO(data.decode(), newline="")))

    async def begin(self, source: Restless) -> None:
        rows = self.read(await self.written(source, None))
        self.rows = {row[self.followed.key]: row for row in rows}

    async def go_on(self, source: Restless) -> list[Row]:
        rows = self.read(await self.written(source, self.cursor))
        key = self.followed.key
        assert len({row[key] for row in rows}) == len(rows)
        for row in rows:
            if row.pop("deleted") in (True, "true"):
                self.rows.pop(row[key], None)
            else:
                self.rows[row[key]] = row
        return rows


class Timed(Restless):
    """The database as a source, to which something happens before the last pull; the ones before it break off."""

    then: Callable[[], Awaitable[None]] | None = None
    breaks_first = False

    @asynccontextmanager
    async def pulled(self, asked: Asked, kind: FormKind) -> AsyncIterator[Stream]:
        broken, self.breaks_first = self.breaks_first, False
        if not broken and self.then is not None:
            await self.then()
            self.then = None
        async with super().pulled(asked, kind) as stream:
            yield Stream(stream.number, self._first(stream) if broken else stream.parts, stream.cursor)

    async def _first(self, stream: Stream) -> AsyncIterator[bytes]:
        async for part in stream.parts:
            yield part
            if part:
                raise Broken("cut", 0)


@asynccontextmanager
async def reading(kind: type[Kind], database: Database, viewer: Viewer) -> AsyncIterator[Kind]:
    """Such a source, as somebody."""
    reads = reader(database, 2)
    try:
        yield kind(engine(database, reads), KnownDocuments(database), viewer, Settings())
    finally:
        await reads.close()
