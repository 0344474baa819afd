"""`fund-api export --since`: what was exported, with the increments applied, is what a new export would write.

FUND_SINCE_RUNS says how many random worlds there are on each database (1), FUND_SINCE_SEED from which seed (1).
"""

import os
import random

import pytest

from fund_api.core import clock
from fund_api.core.access import Viewer
from fund_api.core.database import Database
from fund_api.exporting import increments, running
from fund_api.graph import pulls
from fund_api.people.viewers import viewer_of
from fund_api.reporting import questions
from fund_api.reporting.forms import FormKind
from fund_api.reporting.standard_documents import documents
from tests.asking import CATALOGUE
from tests.feed.chaos import TIMES, Chaos
from tests.reporting.copies import Copy, Restless, reading

RUNS = int(os.environ.get("FUND_SINCE_RUNS", "1"))
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


async def by_now(chaos: Chaos, name: str) -> Viewer:
    """Somebody with the rights that they have by now."""
    async with chaos.database.reading() as connection:
        return await viewer_of(connection, chaos.people[name])


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
    person = rng.choice(sorted(chaos.people))
    kept = copies(rng)
    for at in TIMES:
        now[0] = at
        async with reading(Restless, database, await by_now(chaos, person)) as source:
            source.chaos, source.breaks = chaos, True
            for copy in kept:
                await (copy.go_on(source) if copy.cursor else copy.begin(source))
        for _ in range(rng.choice((1, 12))):
            await chaos.step()
        await chaos.mischief()
        async with reading(Restless, database, await by_now(chaos, person)) as source:
            for copy in kept:
                await copy.go_on(source)
                new = Copy(copy.question, copy.kind)
                await new.begin(source)
                assert copy.rows == new.rows, (at, copy.question.asked.text)
