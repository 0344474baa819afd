"""Making the world: rows with a value in every column, and what people do by the rules, before and since."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import sqlalchemy as sa

import schema
from fund_api.campaigns import members, notices, rules
from fund_api.campaigns import tables as campaigns
from fund_api.campaigns.fiscal_tables import FiscalYear
from fund_api.campaigns.work_tables import (
    Notice,
    NoticeKind,
    OrganizationMember,
    ProcedureRule,
    SupportEngagement,
    SupportRequest,
)
from fund_api.communities import tables as communities
from fund_api.core.access import PUBLIC, SYSTEM, Viewer
from fund_api.core.columns import table_of
from fund_api.core.database import Database
from fund_api.core.writing import writing
from fund_api.grants.contribution_tables import Contribution
from fund_api.graph.catalogue import Catalogue, Entity
from fund_api.graph.engine import Engine
from fund_api.graph.run import reader
from fund_api.people import rules as people
from fund_api.people.roles import PERMISSIONS, Role
from fund_api.people.tables import ApiToken, Person, RoleAssignment
from fund_api.people.viewers import viewer_of
from tests.asking import CATALOGUE, Asker
from tests.rights import making_careers, making_grants, making_hiring, making_library
from tests.rights.lines import IN_PROGRAM, THERE, VIEWERS
from tests.rights.reading import fields_of, flat
from tests.rights.rows import DAY, NOW, Row, Rows
from tests.rights.world import ENTITIES, World, is_live
from tests.rows import fetch

LARGE = 10**15
LINKS = (
    *(campaigns.BallotMeasureSource, campaigns.CampaignResource, OrganizationMember),
    *(*making_library.LIBRARY_LINKS, *making_hiring.HIRING_LINKS, *making_careers.CAREER_LINKS),
)
STAFF = {
    "officer": Role.GRANTS_OFFICER,
    "reviewer": Role.REVIEWER,
    "second_reviewer": Role.REVIEWER,
    "approver": Role.APPROVER,
    "payer": Role.FINANCE,
}
"""People of the fund who are no viewers here."""


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
    world.state = rows.add(communities.State, code="CA", fips="06", population_source_id=source)
    by_source = {f"{name}_source_id": source for name in ("population", "website", "form")}
    world.community = rows.add(communities.Community, state_code="CA", **by_source)
    rows.add(communities.FormPeriod, community_id=world.community, source_id=source)
    rows.add(ProcedureRule, state_code="CA")
    world.fiscal_year = rows.add(FiscalYear, year=2026, ends_on=(NOW + DAY).date())
    shelf = making_library.add_library(rows, "CA")
    theirs: list[str] = []
    others: list[str] = []
    organizations: list[str] = []
    for campaign_list in (theirs, others):
        for published in (NOW, None):
            organizations.append(rows.add(campaigns.Organization, community_id=world.community))
            about = {"community_id": world.community, "organization_id": organizations[-1], "published_at": published}
            campaign = rows.add(campaigns.Campaign, stage="INQUIRY", outcome="WITHDRAWN", **about)
            campaign_list.append(campaign)
            measure = rows.add(campaigns.BallotMeasure, campaign_id=campaign)
            rows.add(campaigns.BallotMeasureSource, ballot_measure_id=measure, source_id=source)
            for resource in shelf.resources:
                rows.add(campaigns.CampaignResource, campaign_id=campaign, resource_id=resource)
            rows.add(SupportEngagement, campaign_id=campaign)
            rows.add(Contribution, campaign_id=campaign, community_id=world.community, source_id=source)
            milestone = rows.add(campaigns.Milestone, campaign_id=campaign)
    programs = [making_grants.program(rows, world.fiscal_year) for _ in range(2)]
    world.theirs = {*theirs, programs[0]}
    for state, given in (("ACCEPTED", {"campaign_id": others[1], "reason": None}), ("DECLINED", {})):
        rows.add(SupportRequest, community_id=world.community, state=state, **given)
    names = [name for name in VIEWERS if name != "PUBLIC"]
    persons = {name: _person(rows, name, others[1], milestone) for name in (*names, *STAFF, "stranger", "colleague")}
    _give_roles(rows, persons, theirs, programs[0])
    making_grants.add_grants(rows, persons, making_grants.Place(theirs, others, programs), world.community)
    making_grants.add_conflicts(rows, persons, theirs[0], organizations[2])
    making_library.add_orders(rows, shelf, persons, theirs + others)
    making_careers.add_careers(rows, world.community, shelf.area, shelf.resources[0])
    desk = making_hiring.Desk(rows, world.community, world.state, shelf.area, persons["officer"])
    requests = making_hiring.add_hiring(desk, persons, theirs, others)
    for name in names:
        rows.add(Notice, person_id=persons[name], hiring_request_id=requests[0], campaign_id=theirs[0])
    await rows.save(world.database)
    await _do(world, persons, theirs, others)
    world.viewers["PUBLIC"] = PUBLIC
    async with world.database.reading() as connection:
        for name in names:
            world.viewers[name] = await viewer_of(connection, persons[name])


async def _do(world: World, persons: dict[str, str], theirs: list[str], others: list[str]) -> None:
    """What is done by the rules, of which the log tells."""
    actor = Viewer(persons["officer"], PERMISSIONS[Role.ADMINISTRATOR])
    for at in (NOW - DAY, NOW + DAY):
        async with writing(world.database, actor, at, "request-1") as tx:
            added = await people.add_person(tx, f"Ada {at}", f"ada{at:%d}@example.org")
            await people.update_person(tx, added, name="Ada", email=f"a{at:%d}@example.org")
            for campaign in theirs + others:
                version = (await tx.row(campaigns.Campaign, campaign))["version"]
                said = {"summary": f"Said {at}"}
                await rules.update_campaign(tx, campaign, said, expected_version=version)
                await rules.add_milestone(tx, campaign, {"kind": "EFFECTIVE"})
    stranger = persons["stranger"]
    async with writing(world.database, SYSTEM, NOW + DAY) as tx:
        for campaign in theirs:
            await members.add_campaign_member(tx, campaign, persons[f"COORDINATOR{THERE}"])
            await members.add_campaign_member(tx, campaign, persons["colleague"])
        for campaign in others:
            await members.add_campaign_member(tx, campaign, stranger)
        await making_grants.come_and_go(tx, persons, theirs[1])
        for campaign in theirs + others:
            told = await notices.tell(tx, stranger, NoticeKind.MORE_INFORMATION_ASKED, "Tell us", campaign_id=campaign)
    async with writing(world.database, Viewer(stranger, frozenset()), NOW + DAY) as tx:
        await notices.mark_read(tx, told)
    for campaign in theirs + others:
        coordinator = persons["colleague" if campaign in theirs else "stranger"]
        await making_grants.tell_story(world, persons | {"coordinator": coordinator}, campaign)
        await making_hiring.tell_story(world, persons["officer"], coordinator, campaign)


def _person(rows: Rows, name: str, campaign: str, milestone: str) -> str:
    person = rows.add(Person, name=name, active=True, erased_at=None)
    rows.add(ApiToken, person_id=person, secret_hash="0" * 64)
    rows.add(Notice, person_id=person, campaign_id=campaign, milestone_id=milestone)
    return person


def _give_roles(rows: Rows, persons: dict[str, str], theirs: list[str], program: str) -> None:
    for role in Role:
        rows.add(RoleAssignment, person_id=persons[role], role=role, scope="fund")
        rows.add(RoleAssignment, person_id=persons[f"{role}{IN_PROGRAM}"], role=role, scope=program)
        if role is not Role.COORDINATOR:  # coordinators become so by joining
            for campaign in theirs:
                rows.add(RoleAssignment, person_id=persons[f"{role}{THERE}"], role=role, scope=campaign)
    for name, role in STAFF.items():
        rows.add(RoleAssignment, person_id=persons[name], role=role, scope="fund")


def _without_rights() -> Catalogue:
    """The schema's catalogue, where everybody sees everything; of rows that share an id, the one that anybody sees."""
    catalogue = schema.make_catalogue()

    def free(entity: Entity) -> Entity:
        return replace(entity, visible=entity.visible if entity.row_key != "id" else None, restrictions={})

    for name, entity in catalogue.entities.items():
        catalogue.entities[name] = catalogue.prefixes[entity.prefix] = free(entity)
    return catalogue


async def _read(world: World, open_engine: Engine) -> None:
    for name, entity in ENTITIES.items():
        rows = await _rows_of(world.database, entity.table)
        world.rows[name] = {row["id"]: row for row in sorted(rows, key=is_live)}
        document = f"query ($ids: [ID!]!) {{ nodes(ids: $ids) {{ ... on {name} {{ {fields_of(name)} }} }} }}"
        ids = list(world.rows[name])
        for start in range(0, len(ids), 100):
            answer: Any = await Asker(open_engine)(document, ids=ids[start : start + 100])
            world.truth |= {node["id"]: flat(node) for node in answer["nodes"] if node is not None}
    for model in LINKS:
        world.links[table_of(model).name] = await _rows_of(world.database, table_of(model))


async def _rows_of(database: Database, table: sa.Table) -> list[Row]:
    return [dict(zip(table.c.keys(), values, strict=True)) for values in await fetch(database, sa.select(table))]
