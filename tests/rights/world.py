"""A small world with something of every entity: theirs and not theirs, published and not, before and since."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import sqlalchemy as sa

import schema
from fund_api.campaigns import members, notices, rules
from fund_api.campaigns import tables as campaigns
from fund_api.campaigns.work_tables import Notice, NoticeKind, ProcedureRule, SupportEngagement, SupportRequest
from fund_api.communities import tables as communities
from fund_api.core.access import PUBLIC, SYSTEM, Viewer
from fund_api.core.columns import table_of
from fund_api.core.database import Database
from fund_api.core.writing import writing
from fund_api.grants.tables import Grant
from fund_api.graph.catalogue import Catalogue, Entity
from fund_api.graph.engine import Engine
from fund_api.graph.run import reader
from fund_api.library.tables import Resource
from fund_api.people import rules as people
from fund_api.people.roles import PERMISSIONS, Role
from fund_api.people.tables import ApiToken, Person, RoleAssignment
from fund_api.people.viewers import viewer_of
from tests.asking import CATALOGUE, Asker
from tests.rights.matrix import RESTRICTED_LINES, ROW_LINES, THERE, VIEWERS
from tests.rights.rows import DAY, NOW, Row, Rows
from tests.rows import fetch

ENTITIES = CATALOGUE.entities
LARGE = 10**15
OWNED = ("Person", "ApiToken", "RoleAssignment", "Notice", "CampaignMember")
PARTS = ("Campaign", "BallotMeasure", "Milestone", "Grant", "SupportEngagement")


@dataclass
class World:
    """The database, who looks at it, and what it holds, read without the engine."""

    database: Database
    engine: Engine
    viewers: dict[str, Viewer] = field(default_factory=dict)
    theirs: set[str] = field(default_factory=set)
    """The campaigns in which those who have a role in a campaign have it."""
    rows: dict[str, dict[str, Row]] = field(default_factory=dict)
    """Every row by the name of its entity and by its id."""
    links: dict[str, list[Row]] = field(default_factory=dict)
    truth: dict[str, Row] = field(default_factory=dict)
    """The fields of every entity by its id, as the engine reads them where there are no rights."""
    community: str = ""

    def asker(self, viewer: str) -> Asker:
        return Asker(self.engine, self.viewers[viewer])

    def campaign_of(self, entity: str, row: Row) -> Row | None:
        """The campaign that a row belongs to, if to any."""
        if entity == "EventChange":
            row = self.rows["Event"][row["event_id"]]
        found = row["id"] if entity == "Campaign" else row.get("campaign_id")
        return self.rows["Campaign"].get(str(found)) if entity != "SupportRequest" else None

    def which(self, entity: str, row: Row, viewer: str) -> str:
        """What the table calls a row."""
        if entity in OWNED:
            owner = row["id"] if entity == "Person" else row["person_id"]
            return "oneself" if owner == self.viewers[viewer].id else "somebody else"
        campaign = self.campaign_of(entity, row)
        if entity in PARTS:
            return "published" if campaign and campaign["published_at"] else "draft"
        if entity not in ("Event", "EventChange"):
            return "all"
        event = row if entity == "Event" else self.rows["Event"][row["event_id"]]
        kind = event["action"].partition(".")[0]
        if campaign is None or kind == "notice":
            return "of no campaign"
        if kind in ("campaign_member", "role_assignment", "support_request"):
            return "of its people"
        if not campaign["published_at"]:
            return "draft"
        return "since published" if event["at"] >= campaign["published_at"] else "before published"

    def is_theirs(self, entity: str, row: Row) -> bool:
        campaign = self.campaign_of(entity, row)
        return campaign is not None and campaign["id"] in self.theirs

    def sees(self, viewer: str, entity: str, row: Row) -> bool:
        """Whether the table says that a viewer sees a row."""
        line = ROW_LINES[entity, self.which(entity, row, viewer)]
        return line.holds(viewer, theirs=self.is_theirs(entity, row))

    def seen(self, viewer: str, entity: str) -> list[Row]:
        return [row for row in self.rows[entity].values() if self.sees(viewer, entity, row)]

    def told(self, viewer: str, entity: str, row: Row) -> Row:
        """The fields of a row as the table says that a viewer reads them."""
        told = dict(self.truth[row["id"]])
        for (name, field_name), line in RESTRICTED_LINES.items():
            holds = line.holds(viewer, theirs=self.is_theirs(entity, row))
            if name == entity and field_name == "availableActions":
                told[field_name] = holds
            elif name == entity and not holds:
                told[field_name] = None
        return told

    @cached_property
    def samples(self) -> list[tuple[str, Row]]:
        """One row of every kind that the table tells apart."""
        found: dict[object, tuple[str, Row]] = {}
        for entity, rows in self.rows.items():
            for row in rows.values():
                names = tuple(self.which(entity, row, viewer) for viewer in VIEWERS if entity in OWNED) or (
                    self.which(entity, row, "PUBLIC"),
                )
                found.setdefault((entity, names, self.is_theirs(entity, row)), (entity, row))
        return list(found.values())


@asynccontextmanager
async def world_in(database: Database) -> AsyncIterator[World]:
    """The world, made in an empty database."""
    reads = reader(database, 4)
    world = World(database, Engine(CATALOGUE, reads, 10_000, LARGE, database))
    open_engine = Engine(_without_rights(), reads, 1_000, LARGE)
    try:
        await _make(world)
        await _read(world, open_engine)
        yield world
    finally:
        await reads.close()


async def _make(world: World) -> None:
    rows = Rows()
    source = rows.add(communities.Source)
    rows.add(communities.State, code="CA", fips="06", population_source_id=source)
    by_source = {f"{name}_source_id": source for name in ("population", "website", "form")}
    world.community = rows.add(communities.Community, state_code="CA", **by_source)
    rows.add(communities.FormPeriod, community_id=world.community, source_id=source)
    rows.add(ProcedureRule, state_code="CA")
    organization = rows.add(campaigns.Organization, community_id=world.community)
    resource = rows.add(Resource)
    theirs: list[str] = []
    others: list[str] = []
    for campaign_list in (theirs, others):
        for published in (NOW, None):
            about = {"community_id": world.community, "organization_id": organization, "published_at": published}
            campaign = rows.add(campaigns.Campaign, stage="INQUIRY", outcome="WITHDRAWN", **about)
            campaign_list.append(campaign)
            measure = rows.add(campaigns.BallotMeasure, campaign_id=campaign)
            rows.add(campaigns.BallotMeasureSource, ballot_measure_id=measure, source_id=source)
            rows.add(campaigns.CampaignResource, campaign_id=campaign, resource_id=resource)
            rows.add(Grant, campaign_id=campaign, requested=300, awarded=200, disbursed=100)
            rows.add(SupportEngagement, campaign_id=campaign)
            milestone = rows.add(campaigns.Milestone, campaign_id=campaign)
    world.theirs = set(theirs)
    for state, given in (("ACCEPTED", {"campaign_id": others[1], "reason": None}), ("DECLINED", {})):
        rows.add(SupportRequest, community_id=world.community, state=state, **given)
    persons = {name: _person(rows, name, others[1], milestone) for name in VIEWERS if name != "PUBLIC"}
    stranger, colleague, officer = (
        _person(rows, name, others[1], milestone) for name in ("stranger", "colleague", "officer")
    )
    _give_roles(rows, persons, theirs)
    rows.add(RoleAssignment, person_id=officer, role=Role.GRANTS_OFFICER, scope="fund")
    await rows.save(world.database)
    coordinator = persons[f"COORDINATOR{THERE}"]
    actor = Viewer(officer, PERMISSIONS[Role.ADMINISTRATOR])
    for at in (NOW - DAY, NOW + DAY):
        async with writing(world.database, actor, at, "request-1") as tx:
            added = await people.add_person(tx, f"Ada {at}", f"ada{at:%d}@example.org")
            await people.update_person(tx, added, name="Ada", email=f"a{at:%d}@example.org")
            for campaign in theirs + others:
                version = (await tx.row(campaigns.Campaign, campaign))["version"]
                said = {"summary": f"Said {at}"}
                await rules.update_campaign(tx, campaign, said, expected_version=version)
                await rules.add_milestone(tx, campaign, {"kind": "EFFECTIVE"})
    async with writing(world.database, SYSTEM, NOW + DAY) as tx:
        for campaign in theirs:
            await members.add_campaign_member(tx, campaign, coordinator)
            await members.add_campaign_member(tx, campaign, colleague)
        for campaign in others:
            await members.add_campaign_member(tx, campaign, stranger)
        for campaign in theirs + others:
            told = await notices.tell(tx, stranger, NoticeKind.MORE_INFORMATION_ASKED, "Tell us", campaign_id=campaign)
    async with writing(world.database, Viewer(stranger, frozenset()), NOW + DAY) as tx:
        await notices.mark_read(tx, told)
    world.viewers["PUBLIC"] = PUBLIC
    async with world.database.reading() as connection:
        for name, person in persons.items():
            world.viewers[name] = await viewer_of(connection, person)


def _person(rows: Rows, name: str, campaign: str, milestone: str) -> str:
    person = rows.add(Person, name=name, active=True, erased_at=None)
    rows.add(ApiToken, person_id=person, secret_hash="0" * 64)
    rows.add(Notice, person_id=person, campaign_id=campaign, milestone_id=milestone)
    return person


def _give_roles(rows: Rows, persons: dict[str, str], theirs: list[str]) -> None:
    for role in Role:
        rows.add(RoleAssignment, person_id=persons[role], role=role, scope="fund")
        if role is not Role.COORDINATOR:  # coordinators become so by joining
            for campaign in theirs:
                rows.add(RoleAssignment, person_id=persons[f"{role}{THERE}"], role=role, scope=campaign)


def _without_rights() -> Catalogue:
    """The schema's catalogue, where everybody sees everything."""
    catalogue = schema.make_catalogue()

    def free(entity: Entity) -> Entity:
        return replace(entity, visible=None, restrictions={})

    for name, entity in catalogue.entities.items():
        catalogue.entities[name] = catalogue.prefixes[entity.prefix] = free(entity)
    return catalogue


async def _read(world: World, open_engine: Engine) -> None:
    from tests.rights.reading import fields_of, flat  # noqa: PLC0415  # it stands on this module

    for name, entity in ENTITIES.items():
        found = await fetch(world.database, sa.select(entity.table))
        rows = [dict(zip(entity.table.c.keys(), values, strict=True)) for values in found]
        world.rows[name] = {row["id"]: row for row in rows}
        document = f"query ($ids: [ID!]!) {{ nodes(ids: $ids) {{ ... on {name} {{ {fields_of(name)} }} }} }}"
        ids = list(world.rows[name])
        for start in range(0, len(ids), 100):
            answer: Any = await Asker(open_engine)(document, ids=ids[start : start + 100])
            world.truth |= {node["id"]: flat(node) for node in answer["nodes"]}
    for table in (table_of(campaigns.BallotMeasureSource), table_of(campaigns.CampaignResource)):
        found = await fetch(world.database, sa.select(table))
        world.links[table.name] = [dict(zip(table.c.keys(), values, strict=True)) for values in found]
