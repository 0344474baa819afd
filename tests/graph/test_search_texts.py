"""Full-text search against a reference in Python: any text, any query, rows that change; on both databases."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fund_api.core.database import Database, Dialect
from fund_api.core.ids import stable_id
from fund_api.core.text import fold
from fund_api.core.words import places, search_text
from fund_api.graph.terms import parse
from tests.asking import Asker, asking
from tests.databases import Databases
from tests.rows import table

SOURCE = table("source")
NOW = datetime(2026, 1, 1, tzinfo=UTC)
TEXTS = [
    "1e5abc and 1e5",
    "2020 2021 02020",
    "3.14 1/2 ½ ¼",
    "a",
    "a a a b",
    "b a",
    "ab abc",
    "AND OR NOT NEAR",
    "adopt adopted adoption",
    "box zebra jazz zy zx zwzz",
    "Cañada CANADA canada",
    "cafe\u0301 café",
    "foo@example.org https://example.org/a-b?c=d#e",
    "O'Fallon O’Fallon Oʻahu",
    "Straße STRASSE",
    "İstanbul ǅ ﬁre",
    "東京 שלום عربى हिन्दी ไทย",
    "🙂 a🙂b",
    "-5e-10 +1 0x1F",
    "under_score __init__",
    "<b>bold</b> &amp; 'quote' \"double\" \\back",
    "²³ Ⅳ ① ㎏",
    "x" * 100 + " " + "y" * 64,
    "city cities City's",
]
PIECES = (
    [piece for text in TEXTS for piece in text.split()] + list("\"*'^-:()|&!<>\\ ") + ["“", "AND", "zw", "a*", '"a b"']
)
QUERIES = st.one_of(
    st.text(max_size=40),
    st.lists(st.sampled_from(PIECES), max_size=6).map(" ".join),
    st.lists(st.sampled_from(PIECES), max_size=6).map("".join),
)
FIND = "query ($query: String!) { search(query: $query, first: 100) { totalCount nodes { ... on Source { title } } } }"
LISTED = "query ($query: String!) { sources(filter: {search: $query}, first: 100) { nodes { title } } }"


def row(title: str) -> dict[str, object]:
    words = {"title": title, "title_folded": fold(title), "search_text": search_text(title)}
    stamps = {"provenance": "FICTIONAL", "created_at": NOW, "updated_at": NOW}
    return {"id": stable_id("source", title), "key": title, **words, **stamps}


def expected(query: str) -> set[str]:
    """The texts in which each term of the query matches somewhere."""
    terms, found = parse(query), set()
    for text in TEXTS:
        words = places(text)
        if terms and all(any(term.matches(words, at) for at in range(len(words))) for term in terms):
            found.add(text)
    return found


@pytest.fixture(scope="module")
async def texts(databases: Databases) -> AsyncIterator[list[Asker]]:
    """Asks engines on both databases, whose only rows are the texts."""

    async def fill(database: Database) -> None:
        async with database.writing() as connection:
            await connection.execute(SOURCE.insert(), [row(text) for text in TEXTS])

    async with AsyncExitStack() as stack:
        found = []
        for dialect in Dialect:
            database = await stack.enter_async_context(databases.filled(dialect, "texts", fill))
            found.append(await stack.enter_async_context(asking(database)))
        yield found


@given(query=QUERIES)
@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_any_query_finds_what_the_reference_finds(texts: list[Asker], query: str) -> None:
    query = query[:200]
    for ask in texts:
        found = (await ask(FIND, query=query))["search"]
        titles = [node["title"] for node in found["nodes"]]
        assert len(titles) == len(set(titles)) == found["totalCount"]
        listed = {node["title"] for node in (await ask(LISTED, query=query))["sources"]["nodes"]}
        assert set(titles) == listed == expected(query)


@pytest.mark.parametrize("text", TEXTS)
async def test_every_text_is_found_by_itself_and_by_its_phrase(texts: list[Asker], text: str) -> None:
    for ask in texts:
        for query in (text, f'"{text.replace(chr(34), " ")}"'):
            found = (await ask(FIND, query=query))["search"]["nodes"]
            assert {"title": text} in found


async def test_rows_that_change_are_found_by_what_they_say_now(database: Database) -> None:
    old, new = row("old words"), row("new words")
    async with asking(database) as ask:
        async with database.writing() as connection:
            await connection.execute(SOURCE.insert(), [old, row("other words")])
        async with database.writing() as connection:
            changed = {name: new[name] for name in ("title", "title_folded", "search_text")}
            await connection.execute(SOURCE.update().where(SOURCE.c.id == old["id"]).values(changed))
            await connection.execute(SOURCE.update().values(publisher="somebody"))
        counts = {"old": 0, "new": 1, "words": 2}
        assert {word: (await ask(FIND, query=word))["search"]["totalCount"] for word in counts} == counts
        async with database.writing() as connection:
            await connection.execute(SOURCE.delete().where(SOURCE.c.id == old["id"]))
        counts = {"old": 0, "new": 0, "words": 1}
        assert {word: (await ask(FIND, query=word))["search"]["totalCount"] for word in counts} == counts


async def test_a_word_after_300_repetitions_is_found_in_its_place(database: Database) -> None:
    async with database.writing() as connection:
        await connection.execute(SOURCE.insert(), {**row("x"), "search_text": search_text("a " * 300 + "b c")})
    async with asking(database) as ask:
        for query, count in (('"b c"', 1), ('"a b"', 0), ("a c", 1)):
            assert (await ask(FIND, query=query))["search"]["totalCount"] == count
