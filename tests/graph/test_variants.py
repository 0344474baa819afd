"""Variants of a lookup: its row is seen by another rule, what is in and below it as ever."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest
from graphql import print_schema

from fund_api.core import clock
from fund_api.core.access import Viewer
from fund_api.core.database import Database
from fund_api.graph.declarations import ToMany
from tests.asking import Asker
from tests.graph.shelf_tables import edition, fill, id_of, moment, place, shelf
from tests.graph.shelves import CATALOGUE, KEEPER, asking, make_catalogue

ROWS = (
    edition("emma", "Emma", 1, 3),
    edition("emma", "Emma, revised", 3),
    edition("emma", "Emma, as it may be", None),
    edition("walden", "Walden", None),
    shelf("left"),
    shelf("cellar", hidden=True),
    place("left", "emma", 1),
    place("cellar", "emma", 1),
    place("left", "walden", 2),
)
BOOK = """query ($by: BookBy!, $draft: Boolean = false, $announced: Boolean = false) {
  book(by: $by, draft: $draft, announced: $announced) {
    title shelfMark shelves { totalCount nodes { name books { totalCount nodes { title } } } } } }"""
EMMA, WALDEN = {"id": id_of("book", "emma")}, {"id": id_of("book", "walden")}


@pytest.fixture
async def both(empty: Database, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[tuple[Asker, Asker]]:
    """The public and the keeper of the shelves."""
    await fill(empty, *ROWS)
    monkeypatch.setattr(clock, "now", lambda: moment(2))
    async with asking(empty) as public, asking(empty, KEEPER) as keeper:
        yield public, keeper


async def title(ask: Asker, by: dict[str, str], **given: Any) -> str | None:
    book = (await ask(BOOK, by=by, **given))["book"]
    return book["title"] if book else None


async def test_a_variant_shows_another_row_to_those_whom_its_rule_lets(both: tuple[Asker, Asker]) -> None:
    public, keeper = both

    assert [await title(ask, EMMA) for ask in both] == ["Emma", "Emma"]
    assert [await title(ask, EMMA, draft=False) for ask in both] == ["Emma", "Emma"]
    assert [await title(ask, EMMA, draft=True) for ask in both] == [None, "Emma, as it may be"]
    assert [await title(ask, EMMA, announced=True) for ask in both] == ["Emma, revised", "Emma, revised"]
    assert [await title(ask, WALDEN) for ask in both] == [None, None]
    assert [await title(ask, WALDEN, draft=True) for ask in both] == [None, "Walden"]
    assert await title(keeper, {"title": "Walden"}, draft=True) == "Walden"
    assert await title(keeper, {"title": "Emma"}, draft=True) is None
    assert await title(public, {"title": "Emma"}) == "Emma"


async def test_what_lies_below_is_seen_as_ever(both: tuple[Asker, Asker]) -> None:
    public, keeper = both
    left = {"name": "left", "books": {"totalCount": 1, "nodes": [{"title": "Emma"}]}}
    cellar = left | {"name": "cellar"}

    shown = (await keeper(BOOK, by=EMMA, draft=True))["book"]
    assert shown["shelves"] == {"totalCount": 2, "nodes": [cellar, left]}
    assert (await public(BOOK, by=EMMA, announced=True))["book"]["shelves"] == {"totalCount": 1, "nodes": [left]}


async def test_lists_that_are_seen_with_their_parent_are_not_seen_with_its_variant(
    both: tuple[Asker, Asker], empty: Database
) -> None:
    """The rule of a variant is not the one of which the declaration of a list says that it implies the list's."""
    catalogue = make_catalogue()
    fields = catalogue.entities["Book"].fields
    shelves = fields["shelves"]
    assert isinstance(shelves, ToMany)
    fields["shelves"] = replace(shelves, sure=True)

    async with asking(empty, catalogue=catalogue) as public:
        counts = [
            (await public(BOOK, by=EMMA, announced=announced))["book"]["shelves"]["totalCount"]
            for announced in (False, True)
        ]

    assert counts == [2, 1]


async def test_fields_keep_their_restrictions(both: tuple[Asker, Asker], empty: Database) -> None:
    reader = Viewer(None, KEEPER.permissions | {"fund:mark:read"})

    assert (await both[1](BOOK, by=EMMA, draft=True))["book"]["shelfMark"] is None
    async with asking(empty, reader) as ask:
        assert (await ask(BOOK, by=EMMA, draft=True))["book"]["shelfMark"] == "E"


async def test_other_roots_of_the_document_are_seen_as_ever(both: tuple[Asker, Asker]) -> None:
    document = f"""{{ as: book(by: {{id: "{EMMA["id"]}"}}, draft: true) {{ title }}
      is: book(by: {{id: "{EMMA["id"]}"}}) {{ title }} books {{ nodes {{ title }} }}
      node(id: "{EMMA["id"]}") {{ ... on Book {{ title }} }} }}"""

    emma = {"title": "Emma"}
    expected = {"is": emma, "books": {"nodes": [emma]}, "node": emma}
    assert await both[0](document) == {"as": None} | expected
    assert await both[1](document) == {"as": {"title": "Emma, as it may be"}} | expected


async def test_one_variant_at_a_time(both: tuple[Asker, Asker]) -> None:
    refusal = await both[1].refusal(BOOK, by=EMMA, draft=True, announced=True)

    assert refusal == "A lookup shows one variant at a time; ask for one of them."
    keyless = "query ($id: ID) { book(by: {id: $id}, draft: true) { title } }"
    assert await both[1].refusal(keyless, id=None) == "book needs exactly one key with a value."


def test_clients_are_told_of_it() -> None:
    assert '"""As it may be one day."""\n    draft: Boolean! = false' in print_schema(CATALOGUE.schema)
