"""What the feed tells of what happened, to whom, and which cursors it takes."""

import base64
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from fund_api.campaigns import members, rules
from fund_api.core import clock, past
from fund_api.core.access import PUBLIC, SYSTEM, Viewer
from fund_api.core.database import Database
from fund_api.core.ids import new_id
from fund_api.core.writing import writing
from fund_api.graph.run import reader
from fund_api.people import erasure, tokens
from fund_api.people.roles import Role
from fund_api.people.rules import revoke_role
from fund_api.people.signing_in import SigningIn
from schema.changes import EntityType
from tests.asking import Asker
from tests.feed.client import CHANGES, TYPES, Client, engine
from tests.granting import NOW, Fund
from tests.people.somebody import own_id, seen, somebody
from tests.rows import table

CAMPAIGN = table("campaign")
Told = list[tuple[str, str, str]]


class It:
    """A shown and a hidden campaign, and clients that know of all that they see."""

    def __init__(self, database: Database, reads: Any) -> None:  # Any: either reader
        self.database = database
        self.engine = engine(database, reads)
        self.fund = Fund()
        community = self.fund.community("Salem")
        self.shown = self.fund.campaign(community)
        self.hidden = self.fund.campaign(community, published_at=None)
        self.ada = self.fund.person("Ada", "ada@example.org")

    async def client(self, viewer: Viewer = PUBLIC) -> Client:
        client = Client(self.engine, viewer)
        await client.follow()
        return client

    async def publish(self, campaign: str) -> None:
        async with writing(self.database, SYSTEM, clock.now()) as tx:
            await rules.publish_campaign(tx, campaign, expected_version=1)

    async def retitle(self, campaign: str, title: str) -> None:
        async with self.database.writing() as connection:
            await connection.execute(CAMPAIGN.update().where(CAMPAIGN.c.id == campaign).values(title=title))

    async def remove(self, campaign: str) -> None:
        async with self.database.writing() as connection:
            await connection.execute(CAMPAIGN.delete().where(CAMPAIGN.c.id == campaign))


@pytest.fixture
async def it(database: Database) -> AsyncIterator[It]:
    reads = reader(database, 2)
    made = It(database, reads)
    await made.fund.save(database)
    yield made
    await reads.close()


async def told(client: Client) -> Told:
    return [(one["kind"], one["type"], one["id"]) for one in await client.follow()]


def test_every_entity_but_the_log_s_is_told_of() -> None:
    assert sorted(EntityType) == TYPES


async def test_nothing_happened_and_nothing_is_told(it: It) -> None:
    client = await it.client()

    assert await told(client) == []


async def test_a_first_sync_tells_everything_as_created(it: It) -> None:
    client = Client(it.engine, PUBLIC)

    assert [kind for kind, _, _ in await told(client)] == ["CREATED"] * 3
    assert sorted(row["__typename"] for row in client.rows.values()) == ["Campaign", "Community", "State"]


async def test_publishing_is_gained_and_withdrawing_is_lost(it: It) -> None:
    client = await it.client()

    await it.publish(it.hidden)
    assert await told(client) == [("GAINED", "CAMPAIGN", it.hidden)]

    async with it.database.writing() as connection:
        await connection.execute(CAMPAIGN.update().where(CAMPAIGN.c.id == it.hidden).values(published_at=None))
    assert await told(client) == [("LOST", "CAMPAIGN", it.hidden)]


async def test_a_new_row_is_created_a_changed_one_updated_and_a_deleted_one_leaves_its_id(it: It) -> None:
    client = await it.client()
    await it.retitle(it.shown, "Another drive")
    assert await told(client) == [("UPDATED", "CAMPAIGN", it.shown)]
    assert client.rows[it.shown]["Campaign_title"] == "Another drive"

    await it.remove(it.shown)
    assert await told(client) == [("DELETED", "CAMPAIGN", it.shown)]

    async with writing(it.database, SYSTEM, clock.now()) as tx:
        community = it.fund.rows["community"][0]["id"]
        values = {"community_id": community, "kind": "ADOPTION", "title": "New"}
        made = await rules.create_campaign(tx, values)
    assert await told(client) == []
    await it.publish(made)
    assert await told(client) == [("GAINED", "CAMPAIGN", made)]


async def test_what_came_and_went_in_between_is_not_told(it: It) -> None:
    client = await it.client()

    await it.publish(it.hidden)
    await it.remove(it.hidden)

    assert await told(client) == []


async def test_what_is_hidden_is_never_told_whatever_happens_to_it(it: It) -> None:
    client = await it.client()

    await it.retitle(it.hidden, "A secret drive")
    assert await told(client) == []
    await it.remove(it.hidden)
    assert await told(client) == []


async def test_a_right_that_is_given_and_taken_shows_and_hides_what_it_is_about(it: It) -> None:
    eve = await somebody(it.database, "Eve")
    client = await it.client(eve)
    async with writing(it.database, SYSTEM, NOW) as tx:
        await members.add_campaign_member(tx, it.hidden, own_id(eve))
        client.viewer = eve
    client.viewer = await seen(it.database, own_id(eve))

    gained = await told(client)
    assert ("GAINED", "CAMPAIGN", it.hidden) in gained
    assert it.hidden in client.rows

    async with writing(it.database, SYSTEM, NOW) as tx:
        await members.remove_campaign_member(tx, it.hidden, own_id(eve))
    client.viewer = await seen(it.database, own_id(eve))
    lost = await told(client)
    assert ("LOST", "CAMPAIGN", it.hidden) in lost
    assert it.hidden not in client.rows


async def test_a_token_is_told_no_more_than_it_may_see_then_and_now(it: It) -> None:
    officer = await somebody(it.database, "Olive", Role.GRANTS_OFFICER)
    async with writing(it.database, SYSTEM, NOW) as tx:
        _, text = await tokens.create_token(tx, own_id(officer), "narrow", scopes=["fund:event:read"])
    narrow = await SigningIn(it.database).viewer(f"Bearer {text}".encode(), "")
    client = await it.client(narrow)
    assert it.hidden not in client.rows

    async with writing(it.database, SYSTEM, NOW) as tx:
        await revoke_role(tx, own_id(officer), Role.GRANTS_OFFICER)
    client.viewer = await SigningIn(it.database).viewer(f"Bearer {text}".encode(), "")

    assert it.hidden not in str(await told(client))


async def test_rights_that_were_lost_do_not_reopen_the_past(it: It) -> None:
    """Somebody who may see nothing any more, with the cursor of one who may, learns what they themselves lost."""
    officer = await somebody(it.database, "Olive", Role.GRANTS_OFFICER)
    client = await it.client(officer)
    stranger = Client(it.engine, PUBLIC, client.cursor)
    await it.remove(it.hidden)

    assert await told(stranger) == []
    assert ("DELETED", "CAMPAIGN", it.hidden) in await told(client)


async def test_there_and_back_between_two_pages_loses_nothing(it: It) -> None:
    communities = [it.fund.community(f"Town {number}") for number in range(6)]
    await it.publish(it.hidden)
    client = Client(it.engine, PUBLIC)
    await client.page(1)
    assert (await client.page(1))[1] is True

    for title in ("B", "A drive"):
        await it.retitle(it.shown, title)
        await client.page(1)
    await client.follow(1)

    assert communities != []
    assert client.rows == await client.pull([*client.rows, it.shown, it.hidden])


async def test_an_erased_person_is_told_to_whoever_knew_them_and_named_nowhere_before(it: It) -> None:
    admin = await somebody(it.database, "Root", Role.ADMINISTRATOR)
    client = await it.client(admin)
    assert client.rows[it.ada]["Person_name"] == "Ada"
    async with writing(it.database, SYSTEM, NOW) as tx:
        await erasure.erase(tx, it.ada)

    changes = await told(client)

    assert ("UPDATED", "PERSON", it.ada) in changes
    assert client.rows[it.ada]["Person_name"] == "Erased person"


async def test_rows_that_are_joined_and_parted_are_told_where_they_are_listed(it: It) -> None:
    measure, source = it.fund.measure(it.shown), new_id("source")
    words = {"key": "k", "url": "https://example.org", "title": "A report", "title_folded": "a report"}
    stamps = {"provenance": "ENTERED", "created_at": NOW, "updated_at": NOW, "search_text": "report zy"}
    [values] = it.fund.rows["ballot_measure"]
    async with it.database.writing() as connection:
        await connection.execute(table("ballot_measure").insert().values(values))
        await connection.execute(table("source").insert().values({"id": source} | words | stamps))
    client = await it.client()
    link = table("ballot_measure_source")

    async with it.database.writing() as connection:
        await connection.execute(link.insert().values(ballot_measure_id=measure, source_id=source))
    assert await told(client) == [("UPDATED", "BALLOT_MEASURE", measure)]

    async with it.database.writing() as connection:
        await connection.execute(link.delete())
    assert await told(client) == [("UPDATED", "BALLOT_MEASURE", measure)]
    assert await told(client) == []


@pytest.mark.parametrize("cursor", ["", "x", "=", "AAAA", base64.b64encode(b"[]").decode(), "é", "a" * 5_000])
async def test_what_is_no_cursor_is_refused(it: It, cursor: str) -> None:
    refusal = await Asker(it.engine).refusal("query($a: String){changes(after: $a){endCursor}}", a=cursor)

    assert refusal == "This cursor is malformed; use an endCursor or a latestCursor of an earlier answer."


async def test_a_cursor_that_somebody_changed_is_refused(it: It) -> None:
    client = await it.client()
    parts = base64.urlsafe_b64decode(str(client.cursor) + "==")
    later = base64.urlsafe_b64encode(parts.replace(b"2026", b"2027")).decode().rstrip("=")
    assert later != client.cursor

    answer = await Asker(it.engine).respond("query($a: String){changes(after: $a){endCursor}}", {"a": later})

    assert answer["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"


async def test_a_cursor_from_before_the_past_was_let_go_of_has_expired(it: It) -> None:
    client = await it.client()
    await it.retitle(it.shown, "B")
    async with it.database.writing() as connection:
        await past.purge(connection, datetime.now(UTC) + past.KEPT + timedelta(days=1))

    answer = await client.ask.respond(CHANGES % "id", {"after": client.cursor, "first": 1})

    [error] = answer["errors"]
    assert error["extensions"]["code"] == "CURSOR_EXPIRED"
    assert "Pull everything anew" in error["message"]


async def test_first_and_types_say_how_much_of_what_is_told(it: It) -> None:
    client = Client(it.engine, PUBLIC)
    nodes, more = await client.page(1, ["CAMPAIGN"])

    assert ([node["type"] for node in nodes], more) == (["CAMPAIGN"], False)
    for number in (0, 101):
        refusal = await client.ask.refusal("query($n: Int!){changes(first: $n){endCursor}}", n=number)
        assert refusal == f"first lies between 1 and 100, not at {number}."
