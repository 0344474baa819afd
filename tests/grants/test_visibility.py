"""Who sees what of grants, by the conditions themselves: everywhere, in one campaign, in one program, or as the public."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any

import pytest
import sqlalchemy as sa

from fund_api.campaigns import rules
from fund_api.core.access import PUBLIC, LookingAs, Viewer
from fund_api.core.database import Database
from fund_api.grants import programs, visibility
from fund_api.grants.standing import SEEING
from fund_api.people.roles import Role
from fund_api.people.viewers import viewer_of
from tests.grants.acting import PROGRAM, Office, make_office
from tests.grants.joining import ALL_ROLES, hire, join, organize, system
from tests.rows import table

ALL = "award draft hidden other"
OURS, THEIRS = "award draft other", "hidden"
OF_PROGRAM = "award draft hidden"


@dataclass
class World:
    """Two campaigns, ours and theirs, which is not published; two programs; and their grants by name.

    Ours has a draft, an award, and an application to the other program, in decision; theirs has an award, hidden.
    """

    office: Office
    grants: dict[str, str]
    scopes: dict[str, str]

    async def seen(self, viewer: Viewer, name: str, rule: Callable[..., Any], key: str = "grant_id") -> str:
        """The grants, or programs, of which a viewer sees rows of a table by a rule."""
        columns = table(name).c
        condition = rule(columns, LookingAs(viewer))
        query = sa.select(columns[key]).where(sa.true() if condition is None else condition)
        async with self.office.database.reading() as connection:
            found = set((await connection.scalars(query)).all())
        return " ".join(sorted(one for one, value in (self.grants | self.scopes).items() if value in found))

    async def all_seen(self, viewer: Viewer) -> dict[str, str]:
        """Of which grants a viewer sees what, and of which programs the money; without what they see nothing of."""
        found = {
            "grants": await self.seen(viewer, "grant", visibility.grant, "id"),
            "insiders": await self.seen(viewer, "grant", visibility.insiders, "id"),
            "budgets of grants": await self.seen(viewer, "budget_line", visibility.inside),
            "duties": await self.seen(viewer, "grant_duty", visibility.staff),
            "scores": await self.seen(viewer, "review", visibility.review),
            "budgets": await self.seen(viewer, "funding_program", visibility.budget, "id"),
            "ledger": await self.seen(viewer, "ledger_entry", visibility.entry, "program_id"),
        }
        return {name: seen for name, seen in found.items() if seen}

    async def viewer(self, name: str) -> Viewer:
        async with self.office.database.reading() as connection:
            return await viewer_of(connection, self.office.people[name])


async def second_program(office: Office) -> str:
    async with office.acting("administrator") as tx:
        values = PROGRAM | {"name": "Another", "fiscal_year_id": office.fiscal_year}
        return await programs.open_program(tx, values)


async def their_award(office: Office, campaign: str) -> str:
    """A grant of their campaign, by its own coordinator."""
    await hire(office, "rival")
    await join(office, "rival", campaign)
    ours = office.campaign, office.people["coordinator"]
    office.campaign, office.people["coordinator"] = campaign, office.people["rival"]
    grant = await office.approved()
    office.campaign, office.people["coordinator"] = ours
    return grant


@pytest.fixture
async def world(database: Database) -> AsyncIterator[World]:
    office = await make_office(database)
    grants = {"draft": await office.drafted(), "award": await office.approved()}
    community = (await office.row("campaign", office.campaign))["community_id"]
    async with system(office) as tx:
        said = {"community_id": community, "title": "Theirs", "kind": "ADOPTION"}
        theirs = await rules.create_campaign(tx, said)
    grants["hidden"] = await their_award(office, theirs)
    scopes = {"ours": office.campaign, "theirs": theirs, "first program": office.program}
    scopes["second program"] = office.program = await second_program(office)
    grants["other"] = await office.in_decision()
    yield World(office, grants, scopes)


def inside(grants: str, **more: str) -> dict[str, str]:
    """What somebody sees who sees these grants from the inside, and the award that the public sees."""
    public = " ".join(sorted({"award", *grants.split()}))
    return {"grants": public, "insiders": grants, "budgets of grants": grants} | more


SHOWN = {"grants": "award"}
MONEY = {"budgets": "first program second program", "ledger": "first program second program"}
SCORED = "award hidden other"

EVERYWHERE = {
    Role.GRANTS_OFFICER: inside(ALL, duties=ALL, scores=SCORED, **MONEY),
    Role.APPROVER: inside(ALL, duties=ALL, scores=SCORED, **MONEY),
    Role.REVIEWER: inside(ALL, duties=ALL, scores=SCORED),
    Role.FINANCE: inside(ALL, duties=ALL, **MONEY),
    Role.REPORTER: inside(ALL, duties=ALL, **MONEY),
    Role.ADMINISTRATOR: inside(ALL, duties=ALL, **MONEY),
    **dict.fromkeys((Role.MEMBER, Role.COORDINATOR, Role.HIRING_OFFICER, Role.ADVISOR, Role.EDITOR), SHOWN),
}
IN_OURS = {
    Role.GRANTS_OFFICER: inside(OURS, duties=OURS, scores="award other"),
    Role.APPROVER: inside(OURS, duties=OURS, scores="award other"),
    Role.REVIEWER: inside(OURS, duties=OURS, scores="award other"),
    Role.FINANCE: inside(OURS, duties=OURS),
    Role.REPORTER: inside(OURS, duties=OURS),
    Role.ADMINISTRATOR: inside(OURS, duties=OURS),
    Role.COORDINATOR: inside(OURS),
    **dict.fromkeys((Role.MEMBER, Role.HIRING_OFFICER, Role.ADVISOR, Role.EDITOR), SHOWN),
}
FIRST = {"budgets": "first program", "ledger": "first program"}
IN_PROGRAM = {
    Role.GRANTS_OFFICER: inside(OF_PROGRAM, duties=OF_PROGRAM, scores="award hidden", **FIRST),
    Role.APPROVER: inside(OF_PROGRAM, duties=OF_PROGRAM, scores="award hidden", **FIRST),
    Role.REVIEWER: inside(OF_PROGRAM, duties=OF_PROGRAM, scores="award hidden"),
    Role.FINANCE: inside(OF_PROGRAM, duties=OF_PROGRAM, **FIRST),
    Role.REPORTER: inside(OF_PROGRAM, duties=OF_PROGRAM, **FIRST),
    Role.ADMINISTRATOR: inside(OF_PROGRAM, duties=OF_PROGRAM, **FIRST),
    **dict.fromkeys((Role.MEMBER, Role.COORDINATOR, Role.HIRING_OFFICER, Role.ADVISOR, Role.EDITOR), SHOWN),
}


async def test_the_public_and_who_has_no_role_see_what_was_awarded_to_published_campaigns(world: World) -> None:
    assert await world.all_seen(PUBLIC) == SHOWN
    assert await world.all_seen(await world.viewer("nobody")) == SHOWN


async def test_a_campaigns_people_see_their_own_grants_without_what_the_fund_says_of_them(world: World) -> None:
    assert await world.all_seen(await world.viewer("coordinator")) == inside(OURS)
    assert await world.all_seen(await world.viewer("rival")) == inside(THEIRS)


@pytest.mark.parametrize(
    ("scope", "expected"), [("fund", EVERYWHERE), ("ours", IN_OURS), ("first program", IN_PROGRAM)]
)
async def test_every_role_sees_its_part_where_it_holds(
    world: World, scope: str, expected: dict[Role, dict[str, str]]
) -> None:
    assert set(expected) == set(Role)
    for role in Role:
        await hire(world.office, f"a-{role}", role, scope=world.scopes.get(scope, scope))
        assert await world.all_seen(await world.viewer(f"a-{role}")) == expected[role], role


async def test_roles_in_several_places_add_up(world: World) -> None:
    office = world.office
    await hire(office, "somebody", Role.FINANCE, scope=world.scopes["second program"])
    await join(office, "somebody", world.scopes["theirs"])

    seen = await world.all_seen(await world.viewer("somebody"))

    second = {"budgets": "second program", "ledger": "second program"}
    assert seen == inside("hidden other", duties="other", **second)


async def test_members_of_the_organization_see_what_the_campaigns_people_see_with_the_right_to(world: World) -> None:
    office = world.office
    await hire(office, "citizen", Role.COORDINATOR, scope=world.scopes["theirs"])
    await hire(office, "neighbour")
    await organize(office, "citizen", "neighbour")

    assert await world.all_seen(await world.viewer("citizen")) == inside(ALL)
    assert await world.all_seen(await world.viewer("neighbour")) == SHOWN


async def test_who_belongs_to_the_campaign_sees_none_of_its_scores_with_whatever_roles(world: World) -> None:
    office = world.office
    await hire(office, "everything", *ALL_ROLES)
    await join(office, "everything")
    await hire(office, "there", *ALL_ROLES, scope=world.scopes["ours"])
    await join(office, "there")

    everything, there = [await world.all_seen(await world.viewer(name)) for name in ("everything", "there")]

    assert everything == inside(ALL, duties=ALL, scores="hidden", **MONEY)
    assert there == inside(OURS, duties=OURS)


async def test_a_limited_token_sees_no_more_than_it_says(world: World) -> None:
    office = world.office
    async with office.database.reading() as connection:
        limited = await viewer_of(connection, office.people["officer"], frozenset({"fund:budget:read"}))
        mine = await viewer_of(connection, office.people["coordinator"], frozenset({"own:event:read"}))

    assert await world.all_seen(limited) == SHOWN | MONEY
    assert await world.all_seen(mine) == SHOWN


async def test_an_award_of_a_campaign_is_seen_once_the_campaign_is_published(world: World) -> None:
    async with system(world.office) as tx:
        await rules.publish_campaign(tx, world.scopes["theirs"], expected_version=1)

    assert await world.all_seen(PUBLIC) == {"grants": "award hidden"}


@pytest.mark.parametrize("held", [set(), {"own:grant:read"}, {"fund:grant:read"}], ids=["none", "own", "fund"])
def test_what_is_seen_of_a_grant_depends_on_no_other_permission_than_acts_are_made_for(held: set[str]) -> None:
    asked = []

    class Somebody(Viewer):
        def may(self, permission: str) -> bool:
            asked.append(permission)
            return super().may(permission)

    visibility.grant(table("grant").c, LookingAs(Somebody(None, frozenset(held))))

    assert {"fund:grant:read"} <= set(asked) <= set(SEEING)
