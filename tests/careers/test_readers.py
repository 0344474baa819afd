"""Who reads in the log where fellows were proposed to be."""

import pytest
import sqlalchemy as sa

from fund_api.core.access import PUBLIC, Viewer
from fund_api.core.database import Database
from fund_api.people.roles import Role, permissions_of
from tests.asking import asking
from tests.careers.office import TO_SELECTING, make_office
from tests.rows import fetch, table

EVENTS = "{ events(first: 100) { totalCount nodes { action changes { totalCount } } } }"


@pytest.mark.parametrize(
    ("roles", "found"),
    [
        ({Role.ADMINISTRATOR}, {"program", "fellowship_cohort", "fellow_placement"}),
        ({Role.REPORTER, Role.EDITOR}, {"program", "fellowship_cohort", "fellow_placement"}),
        ({Role.REPORTER}, {"program", "fellowship_cohort"}),
        ({Role.GRANTS_OFFICER}, {"program", "fellowship_cohort"}),
        ({Role.EDITOR}, set()),
    ],
    ids=lambda value: "+".join(sorted(value)) or "nothing",
)
async def test_the_log_tells_of_placements_to_those_who_look_after_programs(
    database: Database, roles: set[Role], found: set[str]
) -> None:
    office = await make_office(database)
    placement = await office.propose(await office.cohort(*TO_SELECTING))
    event, change = table("event").c, table("event_change").c
    query = sa.select(change.id).where(change.event_id == event.id, event.entity_id == placement)
    [(of_it,), *_] = await fetch(database, query)

    async with asking(database, Viewer(None, permissions_of(roles, set()))) as ask:
        events = (await ask(EVENTS))["events"]
        node = await ask("query ($id: ID!) { node(id: $id) { id } }", id=of_it)
    assert {one["action"].partition(".")[0] for one in events["nodes"]} & {*found, "fellow_placement"} == found
    assert events["totalCount"] == len(events["nodes"])
    assert (node["node"] is not None) is ("fellow_placement" in found)
    async with asking(database, PUBLIC) as ask:
        assert (await ask(EVENTS))["events"]["nodes"] == []
