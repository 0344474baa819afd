"""Whoever follows the log is told exactly what they may read of it, and nothing of grants that they don't see."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from fund_api.core.database import Dialect
from fund_api.graph.errors import RequestErrors
from tests.databases import Databases
from tests.live.following import desk_of
from tests.rights.lines import VIEWERS
from tests.rights.making import world_in
from tests.rights.world import World

EVENT = "id number action entityId changes(first: 100) { nodes { field before after privateValues { before after } } }"
READ = f"""
query ($after: Int!) {{
  events(filter: {{number: {{gt: $after}}}}, orderBy: [{{field: NUMBER, direction: ASC}}], first: 100) {{
    nodes {{ {EVENT} }}
  }}
}}
"""
FOLLOW = f"subscription {{ changes(after: 0) {{ number event {{ {EVENT} }} }} }}"
GRANT = "subscription ($id: ID!) { grantChanged(id: $id, after: 0) { number event { entityId } grant { id } } }"


@pytest.fixture(scope="module", params=list(Dialect), ids=str)
async def world(databases: Databases, request: pytest.FixtureRequest) -> AsyncIterator[World]:
    async with databases.migrated(request.param) as database, world_in(database) as world:
        yield world


async def read(world: World, viewer: str) -> list[Any]:
    """Every event that a viewer sees, as a query tells it."""
    ask, found = world.asker(viewer), list[Any]()
    while True:
        page = (await ask(READ, after=found[-1]["number"] if found else 0))["events"]["nodes"]
        found += page
        if len(page) < 100:
            return found


@pytest.mark.parametrize("viewer", VIEWERS)
async def test_what_is_told_is_what_can_be_read(world: World, viewer: str) -> None:
    expected = await read(world, viewer)
    desk = desk_of(world.engine, world.database)
    follower = desk.follow(FOLLOW, world.viewers[viewer])

    told = await follower.next(len(expected))
    assert [one["changes"]["event"] for one in told] == expected
    assert [one["changes"]["number"] for one in told] == [one["number"] for one in expected]
    assert await follower.is_quiet(0.05)


@pytest.mark.parametrize("viewer", VIEWERS)
async def test_a_grant_is_followed_by_those_who_see_it_and_with_the_parts_that_they_see(
    world: World, viewer: str
) -> None:
    ask, desk, readable = world.asker(viewer), desk_of(world.engine, world.database), await read(world, viewer)
    for grant in world.rows["Grant"]:
        seen = (await ask("query ($id: ID!) { node(id: $id) { id } }", id=grant))["node"]
        follower = desk.follow(GRANT, world.viewers[viewer], id=grant)
        if seen is None:
            with pytest.raises(RequestErrors, match="There is no grant"):
                await follower.next()
            continue
        parts = {
            row["id"]
            for entity, rows in world.rows.items()
            for row in rows.values()
            if row.get("grant_id") == grant
            and (await ask("query ($id: ID!) { node(id: $id) { id } }", id=row["id"]))["node"]
        }
        expected = [(one["number"], one["entityId"]) for one in readable if one["entityId"] in {grant, *parts}]
        told = await follower.next(len(expected))
        assert [(one["grantChanged"]["number"], one["grantChanged"]["event"]["entityId"]) for one in told] == expected
        assert {one["grantChanged"]["grant"]["id"] for one in told} <= {grant}
        assert await follower.is_quiet(0.05)
