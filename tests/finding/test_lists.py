"""Readers narrow the list of resources, order it, and count what is in it by facets."""

from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

import schema
from fund_api.core import clock
from fund_api.core.database import Database
from tests.asking import Asker, asking
from tests.finding.shelf import NOW, Shelf

FIND = (Path(schema.__file__).parent / "operations" / "public" / "FindResources.graphql").read_text(encoding="utf-8")
TITLES = "query ($filter: ResourceFilter, $order: [ResourceOrder!]) {resources(filter: $filter, orderBy: $order) {nodes {title}}}"


@pytest.fixture
async def ask(database: Database, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Asker]:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    shelf = Shelf()
    manager = shelf.resource("The manager", kind="BOOK", language="en", published_on=date(2020, 5, 1), views=7)
    crisis = shelf.resource("A crisis", kind="REPORT", language="en", published_on=date(2024, 5, 1), views=9)
    spanish = shelf.resource("La crisis", translation_of=crisis, kind="REPORT", language="es", views=1)
    members = shelf.resource("For members", access="MEMBER", kind="REPORT", published_on=date(2024, 7, 1))
    draft = shelf.resource("The secret crisis", live_from=None, kind="REPORT", published_on=date(2025, 1, 1))
    shelf.topic("Leadership", manager, crisis, draft)
    shelf.topic("Budgets", crisis, members)
    shelf.practice_area("Finance", members, crisis)
    shelf.tag(manager, kind="RETENTION")
    shelf.tag(spanish, form="COUNCIL_MANAGER")
    shelf.series("Voices", (crisis, 2), (manager, 1), (draft, 3))
    shelf.periodical("The monthly")
    await shelf.save(database)
    async with asking(database) as ask:
        yield ask


async def titles(ask: Asker, wanted: dict[str, Any] | None, *order: dict[str, str]) -> list[str]:
    data = await ask(TITLES, filter=wanted, order=list(order))
    return [node["title"] for node in data["resources"]["nodes"]]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({"topics": {"some": {"slug": {"eq": "leadership"}}}}, ["A crisis", "The manager"]),
        ({"kind": {"in": ["BOOK"]}}, ["The manager"]),
        ({"practiceAreas": {"some": {"slug": {"eq": "finance"}}}}, ["For members", "A crisis"]),
        ({"audiences": {"some": {"campaignKind": {"eq": "RETENTION"}}}}, ["The manager"]),
        ({"audiences": {"none": {}}}, ["For members", "A crisis"]),
        ({"language": {"eq": "es"}}, ["La crisis"]),
        ({"access": {"eq": "MEMBER"}}, ["For members"]),
        ({"publishedOn": {"gte": "2024-01-01", "lt": "2024-06-01"}}, ["A crisis"]),
        ({"search": "crisis"}, ["A crisis", "La crisis"]),
        ({"search": "secret"}, []),
        (
            {"topics": {"some": {"slug": {"eq": "leadership"}}}, "kind": {"eq": "REPORT"}, "language": {"eq": "en"}},
            ["A crisis"],
        ),
    ],
)
async def test_the_list_is_narrowed_by_what_readers_ask_for(
    ask: Asker, wanted: dict[str, Any], found: list[str]
) -> None:
    assert await titles(ask, wanted) == found


@pytest.mark.parametrize(
    ("field", "direction", "found"),
    [
        ("POPULARITY", "DESC", ["A crisis", "The manager", "La crisis", "For members"]),
        ("PUBLISHED_ON", "ASC", ["The manager", "A crisis", "For members", "La crisis"]),
        ("TITLE", "ASC", ["A crisis", "For members", "La crisis", "The manager"]),
    ],
)
async def test_the_list_comes_in_the_order_that_readers_ask_for(
    ask: Asker, field: str, direction: str, found: list[str]
) -> None:
    assert await titles(ask, None, {"field": field, "direction": direction}) == found


async def test_the_latest_comes_first_when_nobody_asks_for_an_order(ask: Asker) -> None:
    assert await titles(ask, None) == ["For members", "A crisis", "The manager", "La crisis"]


async def test_series_periodicals_and_topics_have_lists_of_their_own(ask: Asker) -> None:
    found = await ask("""{
      series { nodes { name parts { nodes { number resource { title } } } } }
      periodicals { nodes { name } }
      topics { nodes { name resources { totalCount } } }
    }""")

    assert found == {
        "series": {
            "nodes": [
                {
                    "name": "Voices",
                    "parts": {
                        "nodes": [
                            {"number": 1, "resource": {"title": "The manager"}},
                            {"number": 2, "resource": {"title": "A crisis"}},
                        ]
                    },
                }
            ]
        },
        "periodicals": {"nodes": [{"name": "The monthly"}]},
        "topics": {
            "nodes": [
                {"name": "Budgets", "resources": {"totalCount": 2}},
                {"name": "Leadership", "resources": {"totalCount": 2}},
            ]
        },
    }


async def test_search_finds_resources_by_their_words(ask: Asker) -> None:
    found = await ask(
        """{ search(query: "crisis", types: [RESOURCE]) { totalCount nodes { ... on Resource { title } } } }"""
    )

    assert {node["title"] for node in found["search"]["nodes"]} == {"A crisis", "La crisis"}
    assert found["search"]["totalCount"] == 2


async def test_facets_count_what_the_list_holds(ask: Asker) -> None:
    for wanted in (None, {"search": "crisis"}, {"access": {"eq": "PUBLIC"}}):
        found = await ask(FIND, filter=wanted)
        total = found["resources"]["totalCount"]

        for facet in ("byKind", "byYear", "byLanguage"):
            assert sum(group["count"] for group in found[facet]["groups"]) == total
        for group in found["byKind"]["groups"]:
            same = {"and": [wanted or {}, {"kind": {"eq": group["key"]["kind"]}}]}
            assert group["count"] == len(await titles(ask, same))
        for group in found["byTopic"]["groups"]:
            same = {"and": [wanted or {}, {"topics": {"some": {"slug": {"eq": group["key"]["topicsSlug"]}}}}]}
            assert group["count"] == len(await titles(ask, same))


async def test_facets_name_what_the_reader_sees_and_nothing_else(ask: Asker) -> None:
    found = await ask(FIND)

    assert found["byKind"]["groups"] == [
        {"key": {"kind": "REPORT"}, "count": 3},
        {"key": {"kind": "BOOK"}, "count": 1},
    ]
    assert found["byTopic"]["groups"] == [
        {"key": {"topicsSlug": "budgets", "topicsName": "Budgets"}, "count": 2},
        {"key": {"topicsSlug": "leadership", "topicsName": "Leadership"}, "count": 2},
    ]
    assert found["byYear"]["groups"] == [
        {"key": {"publishedOnYear": 2024}, "count": 2},
        {"key": {"publishedOnYear": 2020}, "count": 1},
        {"key": {"publishedOnYear": None}, "count": 1},
    ]
    assert {group["key"]["language"]: group["count"] for group in found["byLanguage"]["groups"]} == {
        "en": 2,
        "es": 1,
        None: 1,
    }
