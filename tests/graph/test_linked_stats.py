"""Stats by what rows are linked to: a row counts once in each group it belongs to, as the viewer sees it."""

import random
from collections import Counter
from typing import Any

import pytest
import strawberry

from fund_api.core.database import Database
from fund_api.graph import declare
from fund_api.graph.catalogue import Catalogue
from fund_api.graph.types import Connection, Stats
from tests.asking import Asker
from tests.graph.shelf_tables import author, edition, fill, id_of, place, shelf
from tests.graph.shelves import KEEPER, Book, Loan, Shelf, asking

SHELVES: dict[str, dict[str, Any]] = {
    "a": {"kind": "NOVEL", "keeper_id": id_of("author", "ada")},
    "b": {"kind": "NOVEL", "keeper_id": id_of("author", "bea")},
    "c": {"kind": "DIARY", "keeper_id": id_of("author", "ada")},
    "d": {"kind": "DIARY", "keeper_id": None},
    "e": {"kind": "ATLAS", "keeper_id": None, "hidden": True},
}
BOOKS = {f"book{i}": {"kind": ("NOVEL", "DIARY")[i % 2], "copies": 2**i} for i in range(9)}
RANDOM = random.Random(6)
PLACES = {name: RANDOM.sample(sorted(SHELVES), i % 5) for i, name in enumerate(BOOKS)}
ROWS = (
    author("Ada"),
    author("Bea"),
    *(shelf(name, **values) for name, values in SHELVES.items()),
    *(edition(name, name, 1, **values) for name, values in BOOKS.items()),
    *(edition(name, f"{name} hidden", None, copies=900) for name in BOOKS),
    *(place(on, name, 1) for name, stands in PLACES.items() for on in stands),
)


def expected(*keys: str, keeper: bool = False) -> dict[tuple[Any, ...], tuple[int, int]]:
    """Of each group: how many books, and how many copies."""
    names = {id_of("author", "ada"): "Ada", id_of("author", "bea"): "Bea", None: None}
    rows: Counter[tuple[Any, ...]] = Counter()
    copies: Counter[tuple[Any, ...]] = Counter()
    for name, book in BOOKS.items():
        found = set()
        for on in PLACES[name]:
            there = SHELVES[on]
            known = {"kind": book["kind"], "shelvesName": on, "shelvesKind": there["kind"]}
            known["shelvesKeeperName"] = names[there["keeper_id"]]
            if keeper or not there.get("hidden"):
                found.add(tuple(known[key] for key in keys))
        for group in found:
            rows[group] += 1
            copies[group] += int(book["copies"])
    return {group: (rows[group], copies[group]) for group in rows}


async def groups(ask: Asker, *keys: str, more: str = "") -> dict[tuple[Any, ...], tuple[int, int]]:
    constants = {"kind": "KIND", "shelvesName": "SHELVES_NAME", "shelvesKind": "SHELVES_KIND"}
    constants["shelvesKeeperName"] = "SHELVES_KEEPER_NAME"
    by = ", ".join(constants[key] for key in keys)
    stats = f"bookStats(groupBy: [{by}]{more}) {{ totalCount groups {{ key {{ {' '.join(keys)} }} {FIGURES} }} }}"
    found = (await ask(f"{{ {stats} }}"))["bookStats"]
    answered = {tuple(one["key"].values()): (one["count"], one["copies"]["sum"]) for one in found["groups"]}
    assert found["totalCount"] == len(found["groups"]) == len(answered)
    assert all(one["all"] == one["count"] == one["copies"]["count"] for one in found["groups"])
    return answered


FIGURES = "count all: countWhere(filter: {}) copies { count sum }"


@pytest.mark.parametrize(
    "keys",
    [
        ("shelvesName",),
        ("shelvesKind",),
        ("shelvesKeeperName",),
        ("kind", "shelvesKind"),
        ("shelvesKeeperName", "shelvesKind"),
        ("shelvesName", "kind", "shelvesKeeperName"),
    ],
)
async def test_a_row_counts_once_in_each_of_its_groups(empty: Database, keys: tuple[str, ...]) -> None:
    await fill(empty, *ROWS)

    async with asking(empty) as public, asking(empty, KEEPER) as keeper:
        assert await groups(public, *keys) == expected(*keys)
        assert await groups(keeper, *keys) == expected(*keys, keeper=True)
        assert expected(*keys) != expected(*keys, keeper=True)


async def test_other_groups_count_rows_that_are_linked_to_nothing(empty: Database) -> None:
    await fill(empty, *ROWS)

    async with asking(empty) as ask:
        data = await ask("{ bookStats(groupBy: KIND) { groups { count } } all: bookStats { groups { count } } }")
        few = await groups(ask, "shelvesKind", more=", having: {count: {gte: 5}}, orderBy: {field: COUNT}")

    assert sum(one["count"] for one in data["bookStats"]["groups"]) == 9
    assert data["all"]["groups"] == [{"count": 9}]
    assert few == {group: figures for group, figures in expected("shelvesKind").items() if figures[0] >= 5} != {}


@pytest.mark.parametrize(
    ("entity", "path"), [(Book, "loans.days"), (Loan, "book.shelves.name"), (Shelf, "missing.kind")]
)
def test_only_the_first_step_leads_to_many_and_by_a_link(entity: type, path: str) -> None:
    @strawberry.type
    class Query:
        books: Connection[Book] = declare.listing("All books.")
        shelves: Connection[Shelf] = declare.listing("All shelves.")
        loans: Connection[Loan] = declare.listing("All loans.")
        figures: Stats = declare.stats("Figures.", entity, keys=(path,))

    with pytest.raises(ValueError, match="is no to-one field"):
        Catalogue(strawberry.Schema(Query))
