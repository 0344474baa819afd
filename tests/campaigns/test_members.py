"""Whose campaign it is, and what that lets them do."""

import pytest

from fund_api.campaigns import members, rules
from fund_api.core.access import PUBLIC, SYSTEM, Viewer
from fund_api.core.database import Database
from fund_api.core.errors import InvalidValue, NotAllowed, NotFound
from fund_api.core.writing import writing
from fund_api.people import invitations, tokens
from fund_api.people.roles import Role, permissions_of
from tests.campaigns.acting import NOW, REPORTER, STAFF, all_of, coordinator, give_role, stored
from tests.granting import Fund
from tests.rows import count

CHANGE = {"summary": "Changed"}


class Two:
    """Two campaigns that are not published, each with a member, and a third person."""

    def __init__(self) -> None:
        self.fund = Fund()
        community = self.fund.community("Saratoga Springs")
        self.ada, self.bob, self.eve = (self.fund.person(name) for name in ("Ada", "Bob", "Eve"))
        self.ours = self.fund.campaign(community, published_at=None)
        self.theirs = self.fund.campaign(community, published_at=None)
        self.fund.member(self.ours, self.ada)
        self.fund.member(self.theirs, self.bob)


async def two(database: Database) -> Two:
    found = Two()
    await found.fund.save(database)
    return found


async def change(database: Database, viewer: Viewer, campaign_id: str, version: int = 1) -> None:
    async with writing(database, viewer, NOW) as tx:
        await rules.update_campaign(tx, campaign_id, CHANGE, expected_version=version)


async def test_members_change_their_own_campaign_and_do_not_even_see_another(database: Database) -> None:
    it = await two(database)

    await change(database, coordinator(it.ada), it.ours)
    with pytest.raises(NotFound, match=f"There is no campaign {it.theirs}"):
        await change(database, coordinator(it.ada), it.theirs)

    assert await stored(database, "campaign", it.ours, "summary", "version") == ("Changed", 2)
    assert await stored(database, "campaign", it.theirs, "summary", "version") == (None, 1)


async def test_who_sees_a_campaign_and_may_not_change_it_is_told_so(database: Database) -> None:
    it = await two(database)
    published = it.fund.campaign(it.fund.community("Elsewhere"))
    fresh = Fund(rows={"campaign": [row for row in it.fund.rows["campaign"] if row["id"] == published]})
    fresh.rows["community"] = [it.fund.rows["community"][-1]]
    await fresh.save(database)

    message = "This needs the permission fund:campaign:update, or own:campaign:update and to belong to the campaign."
    for viewer, campaign_id in ((PUBLIC, published), (coordinator(it.ada), published), (REPORTER, it.ours)):
        with pytest.raises(NotAllowed) as refused:
            await change(database, viewer, campaign_id)
        assert str(refused.value) == message

    assert await all_of(database, "campaign", "summary") == [(None,)] * 3


async def test_a_role_counts_in_its_own_campaign_alone(database: Database) -> None:
    it = await two(database)
    await give_role(database, it.eve, Role.COORDINATOR, it.ours)
    await give_role(database, it.eve, Role.ADVISOR, it.theirs)
    eve = Viewer(it.eve, permissions_of(set(), {Role.COORDINATOR, Role.ADVISOR}))

    await change(database, eve, it.ours)
    with pytest.raises(NotAllowed):
        await change(database, eve, it.theirs)

    assert await stored(database, "campaign", it.theirs, "version") == (1,)


async def test_a_member_without_the_permission_changes_nothing(database: Database) -> None:
    it = await two(database)
    narrow = Viewer(it.ada, frozenset({"own:campaign:read"}))

    with pytest.raises(NotAllowed):
        await change(database, narrow, it.ours)

    assert await stored(database, "campaign", it.ours, "version") == (1,)


async def test_a_new_member_becomes_the_campaign_s_coordinator(database: Database) -> None:
    it = await two(database)

    async with writing(database, coordinator(it.ada), NOW) as tx:
        member = await members.add_campaign_member(tx, it.ours, it.eve)

    assert await stored(database, "campaign_member", member, "campaign_id", "person_id") == (it.ours, it.eve)
    assert await all_of(database, "role_assignment", "person_id", "role", "scope") == [(it.eve, "COORDINATOR", it.ours)]
    assert await all_of(database, "event", "action", "campaign_id") == [
        ("campaign_member.added", it.ours),
        ("role_assignment.granted", it.ours),
    ]
    with pytest.raises(InvalidValue, match="a member of the campaign already") as refused:
        async with writing(database, STAFF, NOW) as tx:
            await members.add_campaign_member(tx, it.ours, it.eve)
    assert refused.value.path == ("person",)  # as the input of the mutation calls it


async def test_a_coordinator_who_was_invited_becomes_a_member_too_and_once(database: Database) -> None:
    it = await two(database)
    for name in ("Fay", "Somebody else"):
        async with writing(database, SYSTEM, NOW) as tx:
            _, secret = await invitations.invite(tx, "fay@example.org", Role.COORDINATOR, it.ours)
        async with writing(database, PUBLIC, NOW) as tx:
            fay, token = await members.accept_invitation(tx, secret, name)
        assert tokens.read(token) is not None

    assert (it.ours, fay) in await all_of(database, "campaign_member", "campaign_id", "person_id")
    assert await count(database, "campaign_member") == 3
    assert await all_of(database, "role_assignment", "person_id", "role", "scope") == [(fay, "COORDINATOR", it.ours)]
    await change(database, coordinator(fay), it.ours)


@pytest.mark.parametrize(("role", "scope"), [(Role.ADVISOR, "ours"), (Role.COORDINATOR, "fund")])
async def test_no_other_invitation_makes_a_member(database: Database, role: Role, scope: str) -> None:
    it = await two(database)
    async with writing(database, SYSTEM, NOW) as tx:
        _, secret = await invitations.invite(tx, "fay@example.org", role, it.ours if scope == "ours" else scope)
    async with writing(database, PUBLIC, NOW) as tx:
        await members.accept_invitation(tx, secret, "Fay")

    assert await count(database, "campaign_member") == 2


async def test_a_removed_member_loses_the_role_there(database: Database) -> None:
    it = await two(database)
    async with writing(database, STAFF, NOW) as tx:
        await members.add_campaign_member(tx, it.ours, it.eve)
        await members.add_campaign_member(tx, it.theirs, it.eve)

    async with writing(database, STAFF, NOW) as tx:
        await members.remove_campaign_member(tx, it.ours, it.eve)

    assert await all_of(database, "role_assignment", "person_id", "scope") == [(it.eve, it.theirs)]
    with pytest.raises(NotFound, match=f"There is no campaign {it.ours}"):
        await change(database, coordinator(it.eve), it.ours)
    with pytest.raises(NotFound, match="This person is no member of the campaign"):
        async with writing(database, STAFF, NOW) as tx:
            await members.remove_campaign_member(tx, it.ours, it.eve)


async def test_strangers_add_and_remove_nobody(database: Database) -> None:
    it = await two(database)

    for viewer in (PUBLIC, coordinator(it.bob)):
        with pytest.raises(NotFound):
            async with writing(database, viewer, NOW) as tx:
                await members.add_campaign_member(tx, it.ours, it.bob)
        with pytest.raises(NotFound):
            async with writing(database, viewer, NOW) as tx:
                await members.remove_campaign_member(tx, it.ours, it.ada)

    assert await count(database, "campaign_member") == 2
    assert await count(database, "role_assignment") == await count(database, "event") == 0


async def test_who_left_can_t_become_a_member(database: Database) -> None:
    it = Two()
    gone = it.fund.person("Gone", active=False)
    await it.fund.save(database)

    with pytest.raises(InvalidValue, match="Only a person who is active"):
        async with writing(database, STAFF, NOW) as tx:
            await members.add_campaign_member(tx, it.ours, gone)

    assert await count(database, "campaign_member") == 2
