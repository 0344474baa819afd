"""Lists whose rows a rule joins to their parent: pages, counts and filters, and as the viewer sees what the rule asks."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from fund_api.core.database import Database
from fund_api.graph import declare
from fund_api.graph.declarations import Link
from tests.asking import Asker
from tests.graph.shelf_tables import PlaceTable, edition, fill, place, shelf
from tests.graph.shelves import KEEPER, asking, suits

DIARY: dict[str, Any] = {"kind": "DIARY"}
ROWS = (
    *(edition(title.lower(), title, 1) for title in ("Emma", "Middlemarch", "Persuasion", "Ulysses")),
    *(edition(title.lower(), title, 1, **DIARY) for title in ("Walden", "Pepys")),
    edition("hidden", "Hidden", None),
    shelf("front"),
    shelf("cellar", hidden=True),
    shelf("desk", **DIARY),
    shelf("empty", kind="ATLAS"),
    place("front", "emma", 1),
    place("cellar", "middlemarch", 1),
    place("desk", "persuasion", 1),
    place("desk", "walden", 2),
)
ALL = "{ shelves { nodes { name missing { totalCount nodes { title } } } } }"
NOVELS = ["Middlemarch", "Persuasion", "Ulysses"]


@pytest.fixture
async def both(empty: Database) -> AsyncIterator[tuple[Asker, Asker]]:
    """The public and the keeper of the shelves."""
    await fill(empty, *ROWS)
    async with asking(empty) as public, asking(empty, KEEPER) as keeper:
        yield public, keeper


async def titles(ask: Asker) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for one in (await ask(ALL))["shelves"]["nodes"]:
        found[one["name"]] = [book["title"] for book in one["missing"]["nodes"]]
        assert one["missing"]["totalCount"] == len(found[one["name"]])
    return found


async def test_a_rule_says_which_rows_are_in_a_list(both: tuple[Asker, Asker]) -> None:
    public, keeper = both

    assert await titles(public) == {"desk": ["Pepys"], "empty": [], "front": NOVELS}
    without = NOVELS[1:]
    assert await titles(keeper) == {"cellar": without, "desk": ["Pepys"], "empty": [], "front": without}


async def test_its_pages_are_those_of_any_list(both: tuple[Asker, Asker]) -> None:
    document = """query ($first: Int, $after: String, $last: Int) { shelves(filter: {name: {eq: "front"}}) { nodes {
      missing(first: $first, after: $after, last: $last, filter: {title: {ne: "Nothing"}}) {
        nodes { title shelves { nodes { name } } } pageInfo { hasNextPage hasPreviousPage endCursor } } } } }"""

    async def page(**given: Any) -> dict[str, Any]:
        [one] = (await both[0](document, **given))["shelves"]["nodes"]
        found: dict[str, Any] = one["missing"]
        return found

    start, end = await page(first=2), await page(last=1)
    assert [book["title"] for book in start["nodes"]] == NOVELS[:2]
    assert start["nodes"][1]["shelves"]["nodes"] == [{"name": "desk"}]
    assert (start["pageInfo"]["hasNextPage"], start["pageInfo"]["hasPreviousPage"]) == (True, False)
    rest = await page(first=2, after=start["pageInfo"]["endCursor"])
    assert [book["title"] for book in rest["nodes"]] == [book["title"] for book in end["nodes"]] == NOVELS[2:]
    assert (rest["pageInfo"]["hasNextPage"], rest["pageInfo"]["hasPreviousPage"]) == (False, True)


@pytest.mark.parametrize(
    ("condition", "public", "keeper"),
    [
        ("{missing: {some: {}}}", ["desk", "front"], ["cellar", "desk", "front"]),
        ("{missing: {none: {}}}", ["empty"], ["empty"]),
        ('{missing: {some: {title: {eq: "Middlemarch"}}}}', ["front"], []),
        ('{missing: {every: {title: {gte: "Pe"}}}}', ["desk", "empty"], ["cellar", "desk", "empty", "front"]),
        ("{missing: {none: {shelves: {some: {}}}}}", ["desk", "empty"], ["desk", "empty"]),
        (
            "{missing: {some: {shelves: {some: {missing: {some: {shelves: {none: {}}}}}}}}}",
            ["front"],
            ["cellar", "front"],
        ),
    ],
)
async def test_filters_go_through_it(
    both: tuple[Asker, Asker], condition: str, public: list[str], keeper: list[str]
) -> None:
    document = f"{{ shelves(filter: {condition}) {{ totalCount nodes {{ name }} }} }}"

    for ask, names in zip(both, (public, keeper), strict=True):
        found = (await ask(document))["shelves"]
        assert [one["name"] for one in found["nodes"]] == names
        assert found["totalCount"] == len(names)


def test_there_is_one_way_to_the_rows() -> None:
    link = Link(PlaceTable, "shelf_id", "book_id")
    ways: dict[str, Any] = {"key": "id", "via": link, "matching": suits}
    for names in ((), ("key", "via"), ("key", "matching"), ("via", "matching"), tuple(ways)):
        with pytest.raises(ValueError, match="a to-many needs one of key, via and matching"):
            declare.to_many("Rows.", **{name: ways[name] for name in names})
