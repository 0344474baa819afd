"""Rights: what is hidden is absent from lists, counts, filters and orders alike."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa

from fund_api.core.access import PUBLIC, Viewer
from fund_api.core.database import Database
from fund_api.graph.catalogue import Entity
from fund_api.graph.declarations import Restriction, Viewing
from fund_api.graph.engine import Engine
from fund_api.graph.run import reader
from tests.asking import Asker
from tests.graph.ruled import with_rules

STAFF = Viewer("person_staff", frozenset({"fund:campaign:read"}))


def ruled(entity: Entity) -> Entity:
    """Adoption campaigns are for staff, with what belongs to them; websites and how dates are known, too.

    Populations are told in Ohio alone.
    """

    def campaign(columns: Any, viewing: Viewing) -> sa.ColumnElement[bool] | None:
        return None if viewing.may("fund:campaign:read") else columns.kind != "ADOPTION"

    def measure(columns: Any, viewing: Viewing) -> sa.ColumnElement[bool] | None:
        return None if viewing.may("fund:campaign:read") else columns.kind != "ADOPTION"

    def in_ohio(columns: Any, viewing: Viewing) -> sa.ColumnElement[bool] | None:
        return sa.or_(columns.state_code == "OH", viewing.id == "person_staff")

    if entity.name == "Campaign":
        inferred = Restriction(permission="fund:campaign:read")
        return replace(entity, visible=campaign, restrictions={"date_inferred": inferred})
    if entity.name == "BallotMeasure":
        return replace(entity, visible=measure)
    if entity.name == "Community":
        website, population = Restriction(permission="fund:campaign:read"), Restriction(readable=in_ohio)
        return replace(entity, restrictions={"website": website, "population": population})
    return entity


RULED = with_rules(ruled)


@pytest.fixture(scope="module")
async def both(loaded: Database) -> AsyncIterator[tuple[Asker, Asker]]:
    """The public and staff, on one engine and so with one cache of plans."""
    reads = reader(loaded, 2)
    engine = Engine(RULED, reads, 100, 10**6)
    yield Asker(engine, PUBLIC), Asker(engine, STAFF)
    await reads.close()


HILLIARD, COLUMBIA = "3935476", "4516000"


async def test_invisible_rows_are_neither_listed_nor_counted_nor_found(both: tuple[Asker, Asker]) -> None:
    public, staff = both
    [campaign] = (await staff(f'{{ community(by: {{geoid: "{HILLIARD}"}}) {{ campaigns {{ nodes {{ id }} }} }} }}'))[
        "community"
    ]["campaigns"]["nodes"]
    document = f"""query ($id: ID!) {{
      campaigns(first: 1) {{ totalCount }} ballotMeasures {{ totalCount }}
      community(by: {{geoid: "{HILLIARD}"}}) {{ campaigns {{ totalCount nodes {{ id }} }} }}
      node(id: $id) {{ id }} nodes(ids: [$id]) {{ id }} campaign(id: $id) {{ id }} }}"""

    seen, hidden = await staff(document, **campaign), await public(document, **campaign)

    assert (seen["campaigns"]["totalCount"], hidden["campaigns"]["totalCount"]) == (52, 23)
    assert (seen["ballotMeasures"]["totalCount"], hidden["ballotMeasures"]["totalCount"]) == (54, 24)
    assert seen["community"]["campaigns"] == {"totalCount": 1, "nodes": [campaign]}
    assert hidden["community"]["campaigns"] == {"totalCount": 0, "nodes": []}
    assert (seen["node"], seen["nodes"], seen["campaign"]) == (campaign, [campaign], campaign)
    assert (hidden["node"], hidden["nodes"], hidden["campaign"]) == (None, [None], None)


@pytest.mark.parametrize(
    ("condition", "everybody", "staff_only"),
    [
        ("{campaigns: {some: {}}}", 21, 46),
        ("{campaigns: {some: {measures: {some: {passed: {eq: true}}}}}}", 7, 25),
        ("{website: {isNull: false}}", 0, 17_522),
        ('{website: {contains: "x"}}', None, None),
        ("{population: {gte: 0}}", 1_014, 28_434),
        ("{not: {population: {gte: 0}}}", 38_220, 10_800),
    ],
)
async def test_what_is_hidden_cannot_be_filtered_by(
    both: tuple[Asker, Asker], condition: str, everybody: int | None, staff_only: int | None
) -> None:
    document = f"{{ communities(filter: {condition}) {{ totalCount }} }}"
    if everybody is None:
        assert "unknown field 'contains'" in await both[0].refusal(document)
        return

    found = [(await ask(document))["communities"]["totalCount"] for ask in both]

    assert found == [everybody, staff_only]


async def test_hidden_values_are_null_and_order_as_unknown(both: tuple[Asker, Asker]) -> None:
    public, staff = both
    document = """{ communities(first: 2, orderBy: {field: POPULATION, direction: DESC}) {
      nodes { name population website } pageInfo { endCursor hasNextPage } } }"""

    seen, hidden = (await staff(document))["communities"], (await public(document))["communities"]

    assert [node["name"] for node in seen["nodes"]] == ["Los Angeles County", "New York city"]
    assert [(node["name"], node["website"]) for node in hidden["nodes"]] == [
        ("Franklin County", None),
        ("Cuyahoga County", None),
    ]
    cursor = hidden["pageInfo"]["endCursor"]
    after = """query ($after: String) { communities(first: 2, after: $after,
      orderBy: {field: POPULATION, direction: DESC}) { nodes { name population } } }"""
    assert [node["name"] for node in (await public(after, after=cursor))["communities"]["nodes"]] == [
        "Columbus city",
        "Hamilton County",
    ]


async def test_a_hidden_flag_is_null_although_it_is_always_known(both: tuple[Asker, Asker]) -> None:
    document = "{ campaigns(first: 100, filter: {kind: {ne: ADOPTION}}) { nodes { dateInferred } } }"

    seen, hidden = [
        {node["dateInferred"] for node in (await ask(document))["campaigns"]["nodes"]} for ask in reversed(both)
    ]

    assert (seen, hidden) == ({False, True}, {None})


async def test_orders_through_a_relation_see_what_the_viewer_sees(both: tuple[Asker, Asker]) -> None:
    document = """{ campaigns(first: 2, filter: {kind: {eq: RETENTION}},
      orderBy: {field: COMMUNITY_POPULATION, direction: DESC}) { nodes { community { name population } } } }"""

    seen = (await both[1](document))["campaigns"]["nodes"]
    hidden = (await both[0](document))["campaigns"]["nodes"]

    assert [node["community"]["population"] for node in seen] == [525_041, 525_041]
    assert {node["community"]["population"] for node in hidden} == {None}
