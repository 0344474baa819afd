"""How many statements an operation takes: one on PostgreSQL, one for each level of lists on SQLite."""

import asyncio

import pytest

from fund_api.core.database import Database, Dialect
from tests.asking import Asker

BOARD = """query ($first: Int!) { campaigns(first: $first) {
  nodes { title community { name state { name } } measures { nodes { question } } } } }"""
DEEP = """{
  states(first: 2, filter: {code: {in: ["CA", "FL"]}}) { totalCount nodes {
    communities(first: 20, filter: {campaigns: {some: {}}}) { totalCount nodes { campaigns(first: 2) { nodes { measures(first: 3) { nodes { sources(first: 3) { totalCount nodes { url } }
    } } } } forms { totalCount } } } } }
  campaigns(first: 1) { totalCount pageInfo { hasNextPage } }
  community(by: {geoid: "0664000"}) { name }
}"""


@pytest.mark.parametrize("size", [1, 10, 50])
async def test_the_board_is_2_statements_on_sqlite_and_1_on_postgresql(
    counted: tuple[Asker, list[str]], loaded: Database, size: int
) -> None:
    ask, statements = counted

    data = await ask(BOARD, first=size)
    await asyncio.sleep(0)  # asyncpg hands its log over in the next turn of the loop

    assert len(data["campaigns"]["nodes"]) == size
    assert len(statements) == (2 if loaded.dialect is Dialect.SQLITE else 1)


async def test_depth_and_root_fields_do_not_add_statements_on_postgresql(
    counted: tuple[Asker, list[str]], loaded: Database
) -> None:
    ask, statements = counted

    await ask(DEEP)
    await asyncio.sleep(0)  # asyncpg hands its log over in the next turn of the loop

    assert len(statements) == (8 if loaded.dialect is Dialect.SQLITE else 1)


async def test_stats_are_one_statement_each_on_sqlite_and_part_of_the_one_on_postgresql(
    counted: tuple[Asker, list[str]], loaded: Database
) -> None:
    ask, statements = counted

    await ask("""{
      kinds: campaignStats(groupBy: [KIND, COMMUNITY_STATE_CODE]) {
        totalCount
        groups { key { communityStateCode } a: countWhere(filter: {measures: {some: {}}}) b: share(filter: {}) }
      }
      grantStats { groups { requested { perResident } communities { count } } }
      campaigns(first: 1) { totalCount }
    }""")
    await asyncio.sleep(0)  # asyncpg hands its log over in the next turn of the loop

    assert len(statements) == (3 if loaded.dialect is Dialect.SQLITE else 1)
