"""Everybody sees and does exactly what the table says, on every path of the schema."""

from collections.abc import AsyncIterator

import pytest

from fund_api.core.database import Dialect
from fund_api.graph.declarations import Listing, Lookup, NodeLookup, Search, Stats
from fund_api.people.roles import Role
from tests.asking import CATALOGUE
from tests.databases import Databases
from tests.rights import acting, reading
from tests.rights.lines import MUTATION_LINES, READABLE, RESTRICTED_LINES, ROW_LINES, VIEWERS
from tests.rights.making import world_in
from tests.rights.world import ENTITIES, World


@pytest.fixture(scope="module", params=list(Dialect), ids=str)
async def world(databases: Databases, request: pytest.FixtureRequest) -> AsyncIterator[World]:
    async with databases.migrated(request.param) as database, world_in(database) as world:
        yield world


@pytest.fixture(scope="module", params=list(Dialect), ids=str)
async def acted(databases: Databases, request: pytest.FixtureRequest) -> AsyncIterator[World]:
    """A world in which something is done."""
    async with databases.migrated(request.param) as database, world_in(database) as world:
        yield world


# The table is complete


def test_every_field_of_every_entity_has_its_place_in_the_table() -> None:
    fields = {(name, each) for name, entity in ENTITIES.items() for each in entity.type.fields}
    restricted = {(name, each) for name, each, _ in RESTRICTED_LINES}
    named = READABLE | restricted

    assert not fields - named, f"FIELDS in matrix_fields.py lacks {sorted(fields - named)}"
    assert not named - fields, f"matrix.py names fields that are not there: {sorted(named - fields)}"
    assert not READABLE & restricted


def test_every_entity_has_its_rows_in_the_table() -> None:
    missing = ENTITIES.keys() - {entity for entity, _ in ROW_LINES}

    assert not missing, f"ROWS in matrix.py lacks {sorted(missing)}"
    assert not {entity for entity, _ in ROW_LINES} - ENTITIES.keys()


def test_every_mutation_has_its_line_in_the_table() -> None:
    mutations = CATALOGUE.schema.mutation_type
    assert mutations is not None
    named = {mutation for mutation, _ in MUTATION_LINES}

    assert not mutations.fields.keys() - named, f"MUTATIONS lacks {sorted(mutations.fields.keys() - named)}"
    assert not named - mutations.fields.keys()


def test_every_root_field_is_walked() -> None:
    walked = (Listing, Lookup, NodeLookup, Search, Stats)
    unknown = {name for name in CATALOGUE.query.fields if not isinstance(CATALOGUE.roots.get(name), walked)}

    # who has a request's secret sees its state, whoever they are: tests/schema/test_support.py and tests/hiring;
    # test_waiting.py has the rest, test_library_editing.py what editors read; what officers are proposed and what is
    # everybody's is in tests/advisors, tests/finding, tests/careers and tests/library/test_views.py; tests/feed compares
    # what changes with what pages show
    free = {"supportOptions", "translation", "popular", "deadlines", "installation"}
    secrets = {"supportRequestState", "hiringRequestState"}
    others = {
        "changes",
        "viewer",
        "myQueue",
        "dutyConflicts",
        "advisorProposals",
        "drafts",
        "revisions",
        "compareRevisions",
    }
    assert unknown == others | free | secrets, f"no walk leads through {sorted(unknown)}: see reading.py"


def test_the_world_has_rows_of_every_line_and_a_value_in_every_field(world: World) -> None:
    kinds = {
        (entity, world.which(entity, row, viewer))
        for entity, rows in world.rows.items()
        for row in rows.values()
        for viewer in VIEWERS
    }
    empty = {
        (entity, name)
        for entity, rows in world.rows.items()
        for name in next(world.truth[row] for row in rows if row in world.truth)
        if all(world.truth[row][name] is None for row in rows if row in world.truth)
    }

    assert kinds == ROW_LINES.keys()
    assert empty == set()
    assert set(VIEWERS) >= set(Role)


# What is seen


@pytest.mark.parametrize("viewer", VIEWERS)
async def test_rows_and_fields_are_seen_as_the_table_says_by_id_and_from_every_parent(
    world: World, viewer: str
) -> None:
    for entity in ENTITIES:
        await reading.nodes(world, viewer, entity)


@pytest.mark.parametrize("viewer", VIEWERS)
async def test_rows_and_fields_are_seen_as_the_table_says_in_every_list(world: World, viewer: str) -> None:
    for root in reading.LISTINGS:
        await reading.listing(world, viewer, root)


@pytest.mark.parametrize("viewer", VIEWERS)
async def test_rows_are_found_as_the_table_says_one_by_one_in_figures_and_events(world: World, viewer: str) -> None:
    await reading.one_by_one(world, viewer)


@pytest.mark.parametrize("viewer", VIEWERS)
async def test_nobody_finds_rows_by_what_they_can_not_read(world: World, viewer: str) -> None:
    await reading.filtered(world, viewer)


@pytest.mark.parametrize("viewer", VIEWERS)
async def test_rows_are_found_as_the_table_says_by_searching(world: World, viewer: str) -> None:
    await reading.search(world, viewer)


@pytest.mark.parametrize("viewer", VIEWERS)
async def test_everybody_is_told_who_they_are(world: World, viewer: str) -> None:
    told = (await world.asker(viewer)("{ viewer { person { id name email } permissions } }"))["viewer"]
    person = world.viewers[viewer].id

    assert told["permissions"] == sorted(world.viewers[viewer].permissions)
    assert told["person"] == (person and {name: world.truth[person][name] for name in ("id", "name", "email")})


# What is done


@pytest.mark.parametrize("viewer", VIEWERS)
async def test_everybody_does_what_the_table_says_and_a_refusal_changes_nothing(acted: World, viewer: str) -> None:
    await acting.act(acted, viewer)
