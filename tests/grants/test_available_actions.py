"""What clients are told that they may do with a grant is exactly what the rules let them do."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from itertools import product

import pytest

from fund_api.campaigns import members
from fund_api.campaigns import tables as campaigns
from fund_api.campaigns.fiscal_tables import FiscalYear
from fund_api.campaigns.work_tables import CampaignMember, OrganizationMember
from fund_api.communities import tables as communities
from fund_api.core.access import SYSTEM, Viewer
from fund_api.core.database import Database, Dialect
from fund_api.core.errors import NotAllowed, NotFound
from fund_api.core.writing import Transaction, writing
from fund_api.grants.deciding_tables import Approval, Duty, GrantDuty, Recusal, Review
from fund_api.grants.lifecycle import MOVES, GrantAction, Move, moves_from
from fund_api.grants.standing import hold
from fund_api.grants.tables import AWARDED, FundingProgram, Grant, GrantStatus
from fund_api.people import rules as people
from fund_api.people.roles import Role
from fund_api.people.tables import Person, RoleAssignment
from fund_api.people.viewers import viewer_of
from tests.asking import Asker, asking
from tests.databases import Databases
from tests.rights.rows import DAY, NOW, Rows

ROLES: dict[str, list[tuple[Role, str]]] = {
    "officer": [(Role.GRANTS_OFFICER, "fund")],
    "reviewer": [(Role.REVIEWER, "fund")],
    "approver": [(Role.APPROVER, "fund")],
    "payer": [(Role.FINANCE, "fund")],
    "officer and approver": [(Role.GRANTS_OFFICER, "fund"), (Role.APPROVER, "fund")],
    "officer in the campaign": [(Role.GRANTS_OFFICER, "campaign")],
    "approver in the program": [(Role.APPROVER, "program")],
    "officer elsewhere": [(Role.GRANTS_OFFICER, "other campaign"), (Role.GRANTS_OFFICER, "other program")],
    "coordinator": [(Role.COORDINATOR, "campaign")],
    "nobody": [],
}
"""Who acts, by their roles and where they have them."""
HISTORIES = (
    *("did nothing", "reviewed", "approved", "recused", "reviewed and recused"),
    *("belongs", "belongs to the organization", "coordinates"),
    *("left since", "left before", "lost the role since", *(f"is {duty}" for duty in Duty)),
)
"""How they have come to stand to the grant."""
DUTIES = {move.duties: move for move in reversed(MOVES)}
"""A move for everything that moves may be taken as."""
ONCE = {"reviewed": GrantAction.SUBMIT_REVIEW, "approved": GrantAction.APPROVE}
"""What is refused by another rule once it was done."""


@dataclass
class Actor:
    """Somebody, and a grant in every status to which they stand alike."""

    name: str
    history: str
    person: str
    campaign: str
    grants: dict[GrantStatus, str]

    @property
    def called(self) -> str:
        return f"{self.name} who {self.history}"


@dataclass
class Scene:
    """A database with people who stand to grants in every way."""

    database: Database
    ask: Asker
    actors: list[Actor]

    async def viewer(self, actor: Actor) -> Viewer:
        async with self.database.reading() as connection:
            return await viewer_of(connection, actor.person)

    async def told(self, viewer: Viewer, grant_ids: list[str]) -> list[set[str] | None]:
        """What somebody is told that they may do with grants; None for one that they don't see."""
        document = "query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Grant { availableActions } } }"
        nodes = (await Asker(self.ask.engine, viewer)(document, ids=grant_ids))["nodes"]
        return [node and set(node["availableActions"]) for node in nodes]

    async def held(self, viewer: Viewer, actor: Actor, moves: list[Move]) -> list[bool]:
        """For which moves the rules let somebody hold the grant; everything is rolled back."""
        async with self.database.engine.connect() as connection:
            tx = Transaction(connection, viewer, NOW)
            found = [await _holds(tx, actor.grants[move.start], move) for move in moves]
            await connection.rollback()
        return found


async def _holds(tx: Transaction, grant_id: str, move: Move) -> bool:
    try:
        await hold(tx, grant_id, move.action, expected_version=1)
    except (NotAllowed, NotFound):
        return False
    return True


@pytest.fixture(scope="module", params=list(Dialect), ids=str)
async def scene(databases: Databases, request: pytest.FixtureRequest) -> AsyncIterator[Scene]:
    async with databases.migrated(request.param) as database, asking(database) as ask:
        yield Scene(database, ask, await _make(database))


async def test_available_is_what_may_be_done_to_everybody_in_every_status(scene: Scene) -> None:
    for actor in scene.actors:
        viewer = await scene.viewer(actor)
        told = await scene.told(viewer, list(actor.grants.values()))
        may = dict(zip(DUTIES, await scene.held(viewer, actor, list(DUTIES.values())), strict=True))

        for status, available in zip(actor.grants, told, strict=True):
            allowed = {move.action for move in moves_from(status) if may[move.duties]}
            done = {action for word, action in ONCE.items() if word in actor.history.split()}
            assert (available or set()) == allowed - done, f"{actor.called}: {status}"
            assert available is not None or not allowed


async def test_who_may_act_depends_on_what_a_move_may_be_taken_as_and_on_nothing_else_of_it(scene: Scene) -> None:
    two_roles = [one for one in scene.actors if one.name == "officer and approver"]
    for actor in (one for one in two_roles if one.history in ("did nothing", "is PREPARER")):
        held = await scene.held(await scene.viewer(actor), actor, list(MOVES))

        assert {duties: len(set(given)) for duties, given in _by_duties(held).items()} == dict.fromkeys(DUTIES, 1)
        assert set(held) == {True, False}


def _by_duties(held: list[bool]) -> dict[tuple[Duty, ...], list[bool]]:
    found: dict[tuple[Duty, ...], list[bool]] = {}
    for move, given in zip(MOVES, held, strict=True):
        found.setdefault(move.duties, []).append(given)
    return found


# Everybody and everything


async def _make(database: Database) -> list[Actor]:
    rows = Rows()
    source = rows.add(communities.Source)
    rows.add(communities.State, code="CA", fips="06", population_source_id=source)
    by_source = {f"{name}_source_id": source for name in ("population", "website", "form")}
    community = rows.add(communities.Community, state_code="CA", **by_source)
    year = rows.add(FiscalYear, year=2026, ends_on=(NOW + DAY).date())
    bounds = {"appropriation": 1_000, "grant_maximum": 1_000, "matching_policy": "NONE", "match_hundredths": None}
    program, other_program = (rows.add(FundingProgram, fiscal_year_id=year, **bounds) for _ in range(2))
    other = rows.add(campaigns.Campaign, community_id=community, published_at=None)
    actors = []
    for history in HISTORIES:
        organization = rows.add(campaigns.Organization, community_id=community)
        in_place = {"community_id": community, "organization_id": organization, "published_at": None}
        campaign = rows.add(campaigns.Campaign, **in_place)
        where = {"campaign": campaign, "program": program, "other campaign": other, "other program": other_program}
        grants = {status: _add_grant(rows, status, campaign, program, community) for status in GrantStatus}
        for name, roles in ROLES.items():
            actor = Actor(name, history, rows.add(Person, active=True, erased_at=None), campaign, grants)
            for role, scope in roles:
                rows.add(RoleAssignment, person_id=actor.person, role=role, scope=where.get(scope, scope))
            _tell(rows, actor, organization)
            actors.append(actor)
    await rows.save(database)
    await _end(database, actors)
    return actors


def _add_grant(rows: Rows, status: GrantStatus, campaign: str, program: str, community: str) -> str:
    """A grant of which nothing is paid."""
    about = {"campaign_id": campaign, "program_id": program, "community_id": community, "status": status}
    awarded = 100 if status in AWARDED else None
    sums = {"requested": 100, "awarded": awarded, "scheduled": 0, "disbursed": 0, "returned": 0}
    return rows.add(Grant, **about, **sums, released=awarded or 0)


def _tell(rows: Rows, actor: Actor, organization: str) -> None:
    """What is so for the histories that are rows of today."""
    person, words = actor.person, actor.history.split()
    for grant, duty in product(actor.grants.values(), Duty):
        if duty in words:
            rows.add(GrantDuty, grant_id=grant, person_id=person, duty=duty)
    for grant in actor.grants.values():
        if "reviewed" in words:
            rows.add(Review, grant_id=grant, reviewer_id=person)
        if "approved" in words:
            rows.add(Approval, grant_id=grant, approver_id=person)
        if "recused" in words:
            rows.add(Recusal, grant_id=grant, person_id=person)
    if actor.history == "belongs to the organization":
        rows.add(OrganizationMember, organization_id=organization, person_id=person)
    if actor.history in ("belongs", "coordinates"):
        rows.add(CampaignMember, campaign_id=actor.campaign, person_id=person)
    if actor.history == "coordinates" and actor.name != "coordinator":
        rows.add(RoleAssignment, person_id=person, role=Role.COORDINATOR, scope=actor.campaign)


async def _end(database: Database, actors: list[Actor]) -> None:
    """What ended, of which the log tells: before the grants were drafted, or since."""
    for word, at in (("before", NOW - DAY), ("since", NOW + DAY)):
        async with writing(database, SYSTEM, at) as tx:
            for actor in actors:
                if actor.history == f"left {word}":
                    await members.add_campaign_member(tx, actor.campaign, actor.person)
                    await members.remove_campaign_member(tx, actor.campaign, actor.person)
                if actor.history == f"lost the role {word}":
                    await people.write_role(tx, actor.person, Role.COORDINATOR, actor.campaign)
                    await people.revoke_role(tx, actor.person, Role.COORDINATOR, actor.campaign)
