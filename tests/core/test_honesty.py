"""A demonstration: what is written there is fictional, what is real there stays as it is, and neither becomes the other."""

from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime

import pytest
import sqlalchemy as sa

from fund_api.campaigns import members, rules, support
from fund_api.campaigns.tables import Campaign, Milestone
from fund_api.core import events, installation
from fund_api.core.access import SYSTEM
from fund_api.core.database import Database
from fund_api.core.errors import NotAllowed
from fund_api.core.events import EVENT
from fund_api.core.facts import Provenance
from fund_api.core.writing import Transaction, writing
from fund_api.people import invitations
from fund_api.people import rules as people
from fund_api.people.roles import Role
from tests.granting import Fund
from tests.rows import count, everything, fetch, table

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
DAY = date(2027, 3, 2)
REAL = ("state", "community", "campaign", "milestone", "ballot_measure", "resource", "revision", "topic", "hub_section")


async def make_demo(database: Database) -> tuple[str, str]:
    """Make a database with a real and a fictional campaign a demonstration; their ids."""
    fund = Fund()
    real = fund.campaign(fund.community("Saratoga Springs"), election_on=DAY)
    fund.milestone(real)
    fund.measure(real)
    await fund.save(database)
    async with database.writing() as connection:
        for name in REAL:
            await connection.execute(table(name).update().values(provenance="REPORTED"))
    made_up = Fund({}, fund.numbers)
    campaign = made_up.campaign(made_up.community("Fable (fictional)", "OH"))
    await made_up.save(database)
    await installation.make_demo(database, "Nothing here is true.", NOW)
    return real, campaign


async def community_of(database: Database, campaign: str) -> str:
    rows = table("campaign").c
    [(found,)] = await fetch(database, sa.select(rows.community_id).where(rows.id == campaign))
    return str(found)


async def test_a_database_is_a_standard_installation_until_it_says_otherwise(database: Database) -> None:
    assert await installation.installed(database) == installation.STANDARD

    await installation.make_demo(database, "Nothing here is true.", NOW)

    found = await installation.installed(database)
    assert (found.is_demo, found.notice, found.ready_at) == (True, "Nothing here is true.", None)
    await installation.finish_demo(database, NOW)
    assert (await installation.installed(database)).ready_at == NOW


async def test_what_is_written_in_a_demonstration_is_fictional(database: Database) -> None:
    _, campaign = await make_demo(database)
    async with writing(database, SYSTEM, NOW) as tx:
        person = await people.add_person(tx, "Coordinator (fictional)", "coordinator@example.org")
        await members.add_campaign_member(tx, campaign, person)
        await rules.add_milestone(tx, campaign, {"kind": "EFFECTIVE", "due_on": DAY})

    for name in ("person", "campaign_member", "role_assignment", "milestone", "event"):
        rows = table(name)
        query = sa.select(rows.c.provenance).distinct().where(rows.c.provenance != "REPORTED")
        assert await fetch(database, query) == [("FICTIONAL",)], name


async def test_what_is_written_elsewhere_is_entered(database: Database) -> None:
    async with writing(database, SYSTEM, NOW) as tx:
        person = await people.add_person(tx, "Ada", "ada@example.org")
        await people.grant_role(tx, person, Role.EDITOR)

    for name in ("person", "role_assignment", "event"):
        assert await fetch(database, sa.select(table(name).c.provenance).distinct()) == [("ENTERED",)]


async def test_an_event_that_is_called_real_afterwards_breaks_the_chain(database: Database) -> None:
    await make_demo(database)
    async with writing(database, SYSTEM, NOW) as tx:
        await people.add_person(tx, "Coordinator (fictional)", "coordinator@example.org")
    async with database.engine.connect() as connection:
        assert (await events.audit(connection)).broken is None
        trigger = "event_no_update" if database.dialect == "sqlite" else "event_no_change ON event"
        await connection.execute(sa.text(f"DROP TRIGGER {trigger}"))
        await connection.execute(EVENT.update().values(provenance=Provenance.ENTERED))

        broken = (await events.audit(connection)).broken
        await connection.rollback()

    assert broken is not None
    assert broken.endswith("is not as it was written.")


Act = Callable[[Transaction, str], Awaitable[object]]


async def rename(tx: Transaction, campaign: str) -> None:
    await rules.update_campaign(tx, campaign, {"title": "A better name"}, expected_version=1)


async def complete(tx: Transaction, campaign: str) -> None:
    [row] = await tx.rows(sa.select(table("milestone")).where(table("milestone").c.campaign_id == campaign))
    await rules.complete_milestone(tx, row["id"], NOW.date(), expected_version=1)


async def remove(tx: Transaction, campaign: str) -> None:
    [row] = await tx.rows(sa.select(table("milestone")).where(table("milestone").c.campaign_id == campaign))
    await tx.remove(Milestone, "removed", row["id"])


async def alter(tx: Transaction, campaign: str) -> None:
    await tx.alter(Campaign, "renamed", await tx.row(Campaign, campaign), {"title": "A better name"})


async def directly(tx: Transaction, campaign: str) -> None:
    rows = table("campaign")
    await tx.connection.execute(rows.update().where(rows.c.id == campaign).values(title="A better name"))


async def many_at_once(tx: Transaction, campaign: str) -> None:
    rows = table("campaign")
    change = rows.update().where(rows.c.id == sa.bindparam("this")).values(title=sa.bindparam("new"))
    await tx.connection.execute(change, [{"this": "camp_1", "new": "A"}, {"this": campaign, "new": "B"}])


@pytest.mark.parametrize("act", [rename, complete, remove, alter, directly, many_at_once])
async def test_what_is_real_in_a_demonstration_stays_as_it_was_loaded(database: Database, act: Act) -> None:
    real, _ = await make_demo(database)
    before = await everything(database)

    with pytest.raises(
        NotAllowed, match=r"^This is a demonstration: what is real in it stays as it was loaded, and this"
    ):
        async with writing(database, SYSTEM, NOW) as tx:
            await act(tx, real)

    assert await everything(database) == before


@pytest.mark.parametrize("act", [rename, alter, directly, many_at_once])
async def test_what_is_fictional_can_be_changed(database: Database, act: Act) -> None:
    _, campaign = await make_demo(database)
    async with writing(database, SYSTEM, NOW) as tx:
        await act(tx, campaign)

    rows = table("campaign").c
    [(title,)] = await fetch(database, sa.select(rows.title).where(rows.id == campaign))
    assert title in ("A better name", "B")


async def ask_for_support(tx: Transaction, campaign: str) -> None:
    values = {"name": "Ada", "email": "ada@example.org", "kind": "ADOPTION", "message": "Help"}
    community = (await tx.row(Campaign, campaign))["community_id"]
    await support.request_campaign_support(tx, values | {"community_id": community})


async def begin(tx: Transaction, campaign: str) -> None:
    community = (await tx.row(Campaign, campaign))["community_id"]
    await rules.create_campaign(tx, {"community_id": community, "title": "A drive", "kind": "ADOPTION"})


async def add_milestone(tx: Transaction, campaign: str) -> None:
    await rules.add_milestone(tx, campaign, {"kind": "EFFECTIVE"})


async def join(tx: Transaction, campaign: str) -> None:
    person = await people.add_person(tx, "Coordinator (fictional)", "coordinator@example.org")
    await members.add_campaign_member(tx, campaign, person)


async def coordinate(tx: Transaction, campaign: str) -> None:
    person = await people.add_person(tx, "Coordinator (fictional)", "coordinator@example.org")
    await people.grant_role(tx, person, Role.COORDINATOR, campaign)


async def invite(tx: Transaction, campaign: str) -> None:
    await invitations.write_invitation(tx, "coordinator@example.org", Role.COORDINATOR, campaign)


async def insert(tx: Transaction, campaign: str) -> None:
    row = {"kind": "EFFECTIVE", "version": 1, "provenance": "FICTIONAL", "created_at": NOW, "updated_at": NOW}
    rows = [row | {"id": f"mile_01h455vb4pex5vsknk084sn02{end}", "campaign_id": campaign} for end in "qr"]
    await tx.connection.execute(table("milestone").insert().values(rows))


async def move(tx: Transaction, campaign: str) -> None:
    """Move a fictional milestone to this campaign."""
    rows = table("campaign").c
    own = (await tx.rows(sa.select(rows.id).where(rows.provenance == "FICTIONAL")))[0]["id"]
    milestone = await rules.add_milestone(tx, own, {"kind": "EFFECTIVE"})
    await tx.change(Milestone, "moved", milestone, {"campaign_id": campaign})


PARTS = [
    (ask_for_support, "support request", "community"),
    (begin, "campaign", "community"),
    (add_milestone, "milestone", "campaign"),
    (join, "campaign member", "campaign"),
    (coordinate, "role assignment", "campaign"),
    (invite, "invitation", "campaign"),
    (insert, "milestone", "campaign"),
    (move, "milestone", "campaign"),
]


@pytest.mark.parametrize(("act", "part", "whole"), PARTS, ids=lambda each: getattr(each, "__name__", None))
async def test_nothing_fictional_becomes_part_of_something_real(
    database: Database, act: Act, part: str, whole: str
) -> None:
    real, campaign = await make_demo(database)
    before = await everything(database)

    with pytest.raises(NotAllowed) as refused:
        async with writing(database, SYSTEM, NOW) as tx:
            await act(tx, real)

    example = "the fictional communities of the state ZZ" if whole == "community" else "those that are fictional"
    assert str(refused.value) == (
        f"This is a demonstration: nothing that is made up in it, as this {part}, becomes a part of something real, as"
        f' that {whole} is. Choose one of {example}: its name ends in "(fictional)".'
    )
    assert await everything(database) == before
    async with writing(database, SYSTEM, NOW) as tx:
        await act(tx, campaign)


async def test_no_rule_can_pass_something_made_up_off_as_real(database: Database) -> None:
    _, campaign = await make_demo(database)
    row = {"id": "mile_01h455vb4pex5vsknk084sn02q", "campaign_id": campaign, "kind": "EFFECTIVE", "version": 1}
    row |= {"provenance": "ENTERED", "created_at": NOW, "updated_at": NOW}

    with pytest.raises(ValueError, match="milestone is written in a demonstration without saying that it is fictional"):
        async with writing(database, SYSTEM, NOW) as tx:
            await tx.connection.execute(table("milestone").insert(), row)

    assert await count(database, "milestone") == 1
