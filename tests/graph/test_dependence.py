"""What an answer follows beside the rows is known when its plan is made."""

from typing import Any

import pytest
import sqlalchemy as sa

import schema
from fund_api.core.access import PUBLIC, Viewer
from fund_api.core.database import Database
from fund_api.graph.dependence import ANY_MOMENT, compared
from fund_api.graph.engine import Engine
from fund_api.graph.rights import NOW, viewing
from fund_api.graph.run import reader
from fund_api.library.visibility import BOUNDARIES, REVISION, live
from fund_api.people.roles import Role, permissions_of

DECLARED = frozenset(f"{column.table.name}.{column.name}" for column in BOUNDARIES)
EDITOR = Viewer("person_x", permissions_of({Role.EDITOR}, set()))


def test_comparing_with_another_column_than_the_declared_ones_is_found() -> None:
    seen = viewing(frozenset())
    rule = sa.select(REVISION.c.id).where(live(REVISION.alias().c, seen))
    later = sa.select(REVISION.c.id).where(REVISION.c.created_at <= seen.now)
    shifted = sa.select(REVISION.c.id).where(seen.now - REVISION.c.live_from > REVISION.c.created_at)
    told = sa.select(seen.now)

    assert compared(rule, NOW) == DECLARED
    assert compared(later, NOW) == {"revision.created_at"}
    assert compared(shifted, NOW) == compared(told, NOW) == {ANY_MOMENT}


@pytest.mark.parametrize("viewer", [PUBLIC, EDITOR], ids=["public", "editor"])
async def test_every_rule_of_every_entity_compares_the_time_with_declared_columns(viewer: Viewer) -> None:
    catalogue = schema.make_catalogue()
    seen = viewing(viewer.permissions)
    found: set[str] = set()
    for entity in catalogue.entities.values():
        rows = entity.table.alias()
        restricted = [one.readable for one in entity.restrictions.values() if one.readable]
        for rule in [entity.visible, *restricted, *entity.tests.values()]:
            condition = rule(rows.c, seen) if rule else None
            if condition is not None and NOW in sa.select(condition).compile().params:
                found |= compared(sa.select(sa.literal(1)).where(condition), NOW)

    assert found <= DECLARED
    assert found or viewer is EDITOR


async def asked(database: Database, document: str, viewer: Viewer = PUBLIC) -> Any:
    """What the plan of a document depends on. Any: a Dependence."""
    engine = Engine(schema.make_catalogue(), reader(database, 1), 10, 10**6)
    answer = await engine._answer(engine.prepare(document, None, {}), viewer)
    await engine.reads.close()
    return answer.plan.dependence


async def test_what_is_the_same_for_everybody_asks_for_nothing(database: Database) -> None:
    found = await asked(database, "{ states { nodes { name communities { nodes { name } } } } }")

    assert found.public
    assert (found.moments, found.unlogged) == (frozenset(), False)


async def test_rights_the_viewer_the_time_and_unlogged_columns_are_noted(database: Database) -> None:
    notices = await asked(database, "{ notices { nodes { text } } }", EDITOR)
    resources = await asked(database, "{ resources { nodes { title } } }")
    used = await asked(database, "{ people { nodes { tokens { nodes { lastUsedAt } } } } }")
    named = await asked(database, "{ people { nodes { tokens { nodes { name } } } } }")
    actions = await asked(database, "{ campaigns { nodes { availableActions } } }")

    assert (notices.viewer, notices.public) == (True, False)
    assert (resources.public, resources.moments) == (True, DECLARED)
    assert (used.unlogged, named.unlogged) == (True, False)
    assert actions.rights
