"""`fund-api export --since`: what was exported, with the increments applied, is what a new export would write.

FUND_SINCE_RUNS says how many random worlds there are on each database (2), FUND_SINCE_SEED from which seed (1).
"""

import csv
import io
import json
import os
import random
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from fund_api.core import clock
from fund_api.core.database import Database
from fund_api.core.settings import Settings
from fund_api.edge.documents import KnownDocuments
from fund_api.exporting import increments, running
from fund_api.exporting.feed import JOINT, TOLD
from fund_api.exporting.local import Local
from fund_api.exporting.pipes import Pipe
from fund_api.exporting.progress import Lines
from fund_api.exporting.running import Order, export
from fund_api.exporting.sources import Broken, Stream
from fund_api.graph import pulls
from fund_api.graph.run import reader
from fund_api.people.viewers import viewer_of
from fund_api.reporting import questions
from fund_api.reporting.cursors import several
from fund_api.reporting.following import Followed, follow
from fund_api.reporting.forms import FormKind
from fund_api.reporting.part_files import PartFile
from fund_api.reporting.questions import Asked, Question
from fund_api.reporting.standard_documents import documents
from tests.asking import CATALOGUE
from tests.feed.chaos import TIMES, Chaos
from tests.feed.client import engine

RUNS = int(os.environ.get("FUND_SINCE_RUNS", "2"))
SEED = int(os.environ.get("FUND_SINCE_SEED", "1"))
DOCUMENTS = [
    "{ campaigns { nodes { id title community { name state { name } } } } }",
    """query ($f: CampaignFilter = {community: {population: {gt: 20000}}}) {
      campaigns(filter: $f) { edges { node { key: id stage organization { name } } } }
    }""",
    """{ campaigns(filter: {measures: {some: {votesFor: {isNull: true}}}}) {
      nodes { id measures { totalCount nodes { votesFor sources { nodes { title } } } } grants(first: 2) { nodes { status } } }
    } }""",
    "query ($n: Decimal!) { grants(filter: {requested: {gt: $n}}) { nodes { ...G } } } "
    "fragment G on Grant { id program { name } campaign { title community { name } } disbursements { totalCount } }",
    "{ resources { nodes { id title publisher { name } topics { nodes { name } } translations { nodes { id } } } } }",
    '{ recommendedResources(state: "OH") { nodes { id resource { title } } } }',
    "{ approvals { nodes { id approver { name } grant { id purpose } } } }",
    "{ people { nodes { id name roles { nodes { role } } } } }",
]
VALUES = {"n": "100"}
Row = dict[str, Any]  # Any: what the form holds


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
            self.cursor = JOINT.join(several(target.kept.cursors))
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


@asynccontextmanager
async def reading(database: Database, person: str | None) -> AsyncIterator[Restless]:
    reads = reader(database, 2)
    try:
        async with database.reading() as connection:
            viewer = await viewer_of(connection, person)
        yield Restless(engine(database, reads), KnownDocuments(database), viewer, Settings())
    finally:
        await reads.close()


def copies(rng: random.Random) -> list[Copy]:
    """Copies of every kind of document, and of some that select whatever an entity has."""
    standard = [each.text for each in documents(CATALOGUE) if each.root != "events"]
    texts = [*DOCUMENTS, *rng.sample(standard, 4)]
    return [
        Copy(questions.read(text, {name: value for name, value in VALUES.items() if f"${name}" in text}), kind)
        for text in texts
        for kind in (rng.choice([FormKind.JSONL, FormKind.CSV]),)
    ]


@pytest.mark.parametrize("run", range(RUNS))
async def test_old_export_with_its_increments_is_the_new_export(
    database: Database, monkeypatch: pytest.MonkeyPatch, run: int
) -> None:
    now = [TIMES[0]]
    monkeypatch.setattr(clock, "now", lambda: now[0])
    monkeypatch.setattr(pulls, "CHUNK", 3)
    monkeypatch.setattr(increments, "BATCH", 4)
    monkeypatch.setattr(increments, "MOST", 40)
    monkeypatch.setattr(running, "TRIES", 100)
    chaos, rng = Chaos(database, f"since {SEED + run}"), random.Random(f"since {SEED + run}")
    await chaos.begin()
    person = chaos.people[rng.choice(sorted(chaos.people))]
    kept = copies(rng)
    for at in TIMES:
        now[0] = at
        async with reading(database, person) as source:
            source.chaos, source.breaks = chaos, True
            for copy in kept:
                await (copy.go_on(source) if copy.cursor else copy.begin(source))
        for _ in range(rng.choice((1, 12))):
            await chaos.step()
        await chaos.mischief()
        async with reading(database, person) as source:
            for copy in kept:
                await copy.go_on(source)
                new = Copy(copy.question, copy.kind)
                await new.begin(source)
                assert copy.rows == new.rows, (at, copy.question.asked.text)
