"""Engine and reference agree on a schema that asks of the engine what the real one may not ask of it everywhere."""

import random
from contextlib import AsyncExitStack

import pytest

from fund_api.core import clock
from fund_api.core.database import Dialect
from tests.databases import Databases
from tests.graph.shelf_tables import Stock, fill
from tests.graph.shelves import CATALOGUE, announced, asking, suits
from tests.oracle.conditions import MATCHES
from tests.oracle.data import MOMENTS, World, make_world, random_id
from tests.oracle.documents import make_document
from tests.oracle.reference import VARIANTS, Reference
from tests.oracle.repairs import Row
from tests.oracle.test_oracle import DOCUMENTS, SEED, Oracle, report

NOW = MOMENTS[3]
WORLDS = 6
SHARE = 4
"""One document here for so many on the real schema."""
MODELS = {model.__tablename__: model for model in Stock.__subclasses__()}


def is_missing(world: World, book: Row, kind: str) -> bool:
    """Whether a book of this kind stands on no shelf of it."""
    shelves = {shelf["id"] for shelf in world.rows["shelf"] if shelf["kind"] == kind}
    placed = any(row["book_id"] == book["id"] and row["shelf_id"] in shelves for row in world.rows["place"])
    return bool(book["kind"] == kind) and not placed


MATCHES[suits] = is_missing


def is_shown(edition: Row) -> bool:
    """The rule of editions."""
    begun = edition["shown_from"] is not None and edition["shown_from"] <= NOW
    return begun and (edition["shown_until"] is None or edition["shown_until"] > NOW)


def is_announced(edition: Row) -> bool:
    """The rule of those to come."""
    return edition["shown_from"] is not None and edition["shown_from"] > NOW


def make_shelves(seed: str) -> World:
    """A world of a few books, most of them with several editions, at most one of them shown now, and one announced."""
    world = make_world(seed, Stock.metadata)
    rng = random.Random(seed)
    books = [random_id(rng, "book") for _ in range(6)]
    for row in (*world.rows["edition"], *world.rows["shelf"]):
        row["kind"] = rng.choice(("NOVEL", "DIARY"))
    taken: set[tuple[str, bool, bool]] = set()
    for edition in world.rows["edition"]:
        edition["id"] = rng.choice(books)
        state = (edition["id"], is_shown(edition), is_announced(edition))
        if any(state[1:]) and state in taken:
            edition["shown_from"] = None
        taken.add(state)
    for row in (*world.rows["place"], *world.rows["loan"]):
        row["book_id"] = rng.choice(books)
    places = {(row["shelf_id"], row["book_id"]): row for row in world.rows["place"]}
    world.rows["place"] = list(places.values())
    return world


def of_public(edition: Row) -> Row:
    """An edition without what the public may not read."""
    return edition | {"shelf_mark": None}


def seen(world: World) -> World:
    """What the public sees of it."""
    rows = dict(world.rows)
    rows["edition"] = [of_public(row) for row in rows["edition"] if is_shown(row)]
    rows["shelf"] = [row for row in rows["shelf"] if not row["hidden"]]
    return World(rows)


def named(world: World) -> World:
    """The same for those who draw values from tables that are not here."""
    return World({"state": [], "grant": []} | world.rows)


@pytest.mark.parametrize("number", range(WORLDS), ids=lambda number: f"seed-{SEED}-world-{number}")
async def test_shelves_are_answered_alike(databases: Databases, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    world = make_shelves(f"{SEED}/shelves/{number}")
    to_come = [of_public(row) for row in world.rows["edition"] if is_announced(row)]
    monkeypatch.setitem(VARIANTS, announced, to_come)
    rows = [(MODELS[table.name], row) for table in Stock.metadata.sorted_tables for row in world.rows[table.name]]
    async with AsyncExitStack() as stack:
        engines = {}
        for dialect in Dialect:
            database = await stack.enter_async_context(databases.empty(dialect))
            await fill(database, *rows)
            engines[dialect] = await stack.enter_async_context(asking(database))
        asked = Oracle(world, Reference(CATALOGUE, seen(world)), engines)
        for i in range(number, DOCUMENTS // SHARE, WORLDS):
            document = make_document(CATALOGUE, named(world), f"{SEED}/shelves/{number}/{i}")
            for run, variables in enumerate(document.runs):
                if found := await asked.differences(document.text, variables):
                    told = report(number, i, run, document.text, document.runs[: run + 1], found)
                    pytest.fail(told, pytrace=False)
