"""Requests for support: made by anybody, decided by staff, looked up by their secret."""

import pytest
import sqlalchemy as sa

from fund_api.campaigns import support
from fund_api.campaigns.support import Requested
from fund_api.core.access import PUBLIC, Viewer
from fund_api.core.database import Database
from fund_api.core.errors import InvalidTransition, InvalidValue, NotAllowed, NotFound, VersionConflict
from fund_api.core.writing import Row, writing
from fund_api.people.roles import Role, permissions_of
from tests.campaigns.acting import NOW, REPORTER, all_of, coordinator, stored
from tests.granting import Fund
from tests.rows import count, fetch, table


class Asking:
    """A community, somebody of the staff, and somebody who asks."""

    def __init__(self) -> None:
        self.fund = Fund()
        self.community = self.fund.community("Saratoga Springs")
        officer = self.fund.person("Officer")
        self.officer = Viewer(officer, permissions_of({Role.GRANTS_OFFICER}, set()))

    @property
    def values(self) -> Row:
        who = {"name": "Ada", "email": "Ada@example.org", "community_id": self.community}
        return who | {"kind": "RETENTION", "message": "They want to end our manager's office."}


async def requested(database: Database, it: Asking) -> Requested:
    await it.fund.save(database)
    async with writing(database, PUBLIC, NOW) as tx:
        return await support.request_campaign_support(tx, it.values)


async def looked_up(database: Database, secret: str) -> Row:
    async with database.engine.connect() as connection:
        return await support.look_up(connection, secret)


async def test_anybody_asks_and_looks_up_by_a_secret_that_is_not_stored(database: Database) -> None:
    it = Asking()
    made = await requested(database, it)

    found = await looked_up(database, made.secret)

    assert (found["id"], found["state"], found["reason"], found["decided_at"]) == (
        made.request_id,
        "RECEIVED",
        None,
        None,
    )
    assert set(found) == {"id", "state", "reason", "campaign_id", "created_at", "decided_at"}
    rows = await fetch(database, sa.select(table("support_request")))
    assert made.secret not in str(rows)
    with pytest.raises(NotFound, match="There is no request with this secret"):
        await looked_up(database, made.secret[:-1])


async def test_what_is_private_stands_apart_in_the_log(database: Database) -> None:
    await requested(database, Asking())

    change = table("event_change")
    told = await fetch(database, sa.select(change.c.field, change.c.after).where(change.c.digest.is_not(None)))
    assert sorted(told) == [("email", None), ("message", None), ("name", None)]


async def test_a_request_against_a_person_is_refused_with_the_reason(database: Database) -> None:
    it = Asking()
    await it.fund.save(database)

    with pytest.raises(InvalidValue) as refused:
        async with writing(database, PUBLIC, NOW) as tx:
            await support.request_campaign_support(tx, it.values, against_person=True)

    assert str(refused.value) == (
        "A drive against a person, such as the recall of an official, is never supported:"
        " the fund helps to change or to defend a form of government."
    )
    assert refused.value.path == ("against_person",)
    assert await count(database, "support_request") == 0


@pytest.mark.parametrize(
    "email", ["ada", "ada@", "@example.org", "ada@example.org, eve@example.org", "a\nb@example.org"]
)
async def test_a_request_needs_an_address(database: Database, email: str) -> None:
    it = Asking()
    await it.fund.save(database)

    with pytest.raises(InvalidValue, match="email takes an address"):
        async with writing(database, PUBLIC, NOW) as tx:
            await support.request_campaign_support(tx, it.values | {"email": email})

    assert await count(database, "support_request") == 0


async def test_an_accepted_request_is_a_campaign_and_says_whom_to_invite(database: Database) -> None:
    it = Asking()
    made = await requested(database, it)

    async with writing(database, it.officer, NOW) as tx:
        accepted = await support.accept_support_request(tx, made.request_id, "Keep our manager", expected_version=1)

    assert (accepted.name, accepted.email) == ("Ada", "Ada@example.org")
    columns = ("community_id", "title", "kind", "stage", "published_at")
    assert await stored(database, "campaign", accepted.campaign_id, *columns) == (
        it.community,
        "Keep our manager",
        "RETENTION",
        "INQUIRY",
        None,
    )
    decided = ("state", "campaign_id", "decided_at", "decided_by", "version")
    assert await stored(database, "support_request", made.request_id, *decided) == (
        "ACCEPTED",
        accepted.campaign_id,
        NOW,
        it.officer.id,
        2,
    )
    assert (await looked_up(database, made.secret))["state"] == "ACCEPTED"
    assert await count(database, "notice") == 0


async def test_who_asked_is_told_when_they_are_a_person_here(database: Database) -> None:
    it = Asking()
    ada = it.fund.person("Ada", "ada@example.org")
    made = await requested(database, it)

    async with writing(database, it.officer, NOW) as tx:
        accepted = await support.accept_support_request(tx, made.request_id, "Keep our manager", expected_version=1)

    text = "Your request for support was accepted: Keep our manager"
    assert await all_of(database, "notice", "person_id", "kind", "campaign_id", "text", "read_at") == [
        (ada, "SUPPORT_ACCEPTED", accepted.campaign_id, text, None)
    ]


async def test_a_declined_request_has_a_reason(database: Database) -> None:
    it = Asking()
    made = await requested(database, it)

    with pytest.raises(InvalidValue, match="reason takes a text that is not empty"):
        async with writing(database, it.officer, NOW) as tx:
            await support.decline_support_request(tx, made.request_id, " ", expected_version=1)
    async with writing(database, it.officer, NOW) as tx:
        await support.decline_support_request(tx, made.request_id, "No vote is planned.", expected_version=1)

    found = await looked_up(database, made.secret)
    assert (found["state"], found["reason"], found["decided_at"]) == ("DECLINED", "No vote is planned.", NOW)


async def test_a_request_is_decided_once(database: Database) -> None:
    it = Asking()
    made = await requested(database, it)
    with pytest.raises(VersionConflict):
        async with writing(database, it.officer, NOW) as tx:
            await support.accept_support_request(tx, made.request_id, "Keep it", expected_version=2)
    assert await count(database, "campaign") == 0
    async with writing(database, it.officer, NOW) as tx:
        await support.decline_support_request(tx, made.request_id, "No.", expected_version=1)

    with pytest.raises(InvalidTransition, match="Only a request that is RECEIVED can be decided; this one is DECLINED"):
        async with writing(database, it.officer, NOW) as tx:
            await support.accept_support_request(tx, made.request_id, "Keep it", expected_version=2)

    assert await count(database, "campaign") == 0


async def test_only_who_may_decides(database: Database) -> None:
    it = Asking()
    made = await requested(database, it)

    for viewer in (PUBLIC, REPORTER, coordinator("person_x")):
        with pytest.raises(NotAllowed, match="fund:support:decide"):
            async with writing(database, viewer, NOW) as tx:
                await support.accept_support_request(tx, made.request_id, "Keep it", expected_version=1)
        with pytest.raises(NotAllowed, match="fund:support:decide"):
            async with writing(database, viewer, NOW) as tx:
                await support.decline_support_request(tx, made.request_id, "No.", expected_version=1)

    assert await stored(database, "support_request", made.request_id, "state", "version") == ("RECEIVED", 1)
