"""Every mutation, done by everybody, each on something of its own: what the table says is done, or refused how."""

import sqlalchemy as sa
from graphql import get_named_type

from fund_api.app import services
from fund_api.core.columns import Table
from fund_api.grants.tables import AWARDED
from tests.asking import CATALOGUE
from tests.rights.inputs import INPUTS
from tests.rights.lines import IF_SEEN, MUTATION_LINES, ROW_LINES, Line, is_limited
from tests.rights.matrix import PERMITLESS
from tests.rights.rows import Rows
from tests.rights.targets import Input, Target
from tests.rights.world import World
from tests.rows import fetch

DONE = "DONE"
AT_ONCE = 10
"""Mutations in one document."""


Case = tuple[str, Input, str, str]
"""A mutation, its input, what the table says that it ends with, and on what it is done."""


def told(viewer: str, mutation: str, which: str, *, theirs: bool) -> str:
    """What the table says that a viewer gets."""
    line = MUTATION_LINES[mutation, which]
    if mutation == "createToken" and which == "oneself" and viewer in PERMITLESS:
        return "InvalidValue"
    if line.holds(viewer, theirs=theirs):
        return DONE
    if line.others == IF_SEEN:
        return "NotAllowed" if _sight(mutation, line, which).holds(viewer, theirs=theirs) else "NotFound"
    return line.others


def _sight(mutation: str, line: Line, which: str) -> Line:
    """Who sees what a mutation is done on: an assignment, a campaign, or a grant in its status."""
    if mutation == "logActivity":
        return ROW_LINES["Assignment", which]
    if not line.status:
        return ROW_LINES["Campaign", which]
    shown = which == "published" and line.status in AWARDED
    return ROW_LINES["Grant", "awarded and published" if shown else "any other"]


def cases(viewer: str) -> list[tuple[str, str, bool]]:
    """Every mutation, on what, and whether it belongs to a campaign or program of the viewer's."""
    found = []
    for mutation, which in MUTATION_LINES:
        if which in ("oneself", "advised") and viewer == "PUBLIC":
            continue  # who has not signed in is nobody
        found.append((mutation, which, False))
        if is_limited(viewer) and which in ("draft", "published"):
            found.append((mutation, which, True))
    return found


async def act(world: World, viewer: str) -> None:
    """Do all that is refused, which changes nothing, and then all that is not."""
    world.engine.services = services(world.database)  # nobody is slowed down for those before
    rows = Rows()
    refused: list[Case] = []
    done: list[Case] = []
    for mutation, which, theirs in cases(viewer):
        given = INPUTS[mutation](Target(world, rows, viewer, mutation, which, theirs))
        expected = told(viewer, mutation, which, theirs=theirs)
        (done if expected == DONE else refused).append((mutation, given, expected, f"{which}, theirs: {theirs}"))
    await rows.save(world.database)
    before = await _counts(world)
    await _run(world, viewer, refused)
    assert await _counts(world) == before, f"what {viewer} was refused has changed something"
    await _run(world, viewer, done)
    assert (await _counts(world))["event"] >= before["event"] + len(done), f"not all that {viewer} did is in the log"


async def _run(world: World, viewer: str, given: list[Case]) -> None:
    mutations = CATALOGUE.schema.mutation_type
    assert mutations is not None
    for start in range(0, len(given), AT_ONCE):
        page = given[start : start + AT_ONCE]
        kinds = [get_named_type(mutations.fields[name].args["input"].type).name for name, *_ in page]
        declared = ", ".join(f"$i{number}: {kind}!" for number, kind in enumerate(kinds))
        fields = [f"m{n}: {name}(input: $i{n}) {{ errors {{ __typename }} }}" for n, (name, *_) in enumerate(page)]
        inputs = {f"i{number}": values for number, (_, values, _, _) in enumerate(page)}
        answer = await world.asker(viewer)(f"mutation ({declared}) {{ {' '.join(fields)} }}", **inputs)
        for number, (name, _, expected, where) in enumerate(page):
            errors = [error["__typename"] for error in answer[f"m{number}"]["errors"]]
            assert (errors or [DONE]) == [expected], f"{viewer}: {name}, {where}"


async def _counts(world: World) -> dict[str, int]:
    """How many rows every table has."""
    tables = Table.metadata.sorted_tables
    counted = [sa.select(sa.func.count()).select_from(each).scalar_subquery() for each in tables]
    [numbers] = await fetch(world.database, sa.select(*counted))
    return {table.name: number for table, number in zip(tables, numbers, strict=True)}
