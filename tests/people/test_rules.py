"""People and their roles: who may change them, and what stays true whatever they do."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
import sqlalchemy as sa

from fund_api.core.access import PUBLIC, SYSTEM, Viewer
from fund_api.core.database import Database
from fund_api.core.errors import InvalidTransition, InvalidValue, NotAllowed, NotFound, VersionConflict
from fund_api.core.writing import Transaction, writing
from fund_api.people import erasure, invitations, rules, tokens
from fund_api.people.roles import PERMISSIONS, Role
from fund_api.people.viewers import PERSON
from tests.granting import Fund
from tests.people.somebody import NOW, actions, audited, log, own_id, seen, somebody
from tests.rows import count, everything, fetch

LAST = "The last administrator can't be removed: make somebody else an administrator first."
Rule = Callable[[Transaction, str], Awaitable[object]]


async def test_an_administrator_adds_people_without_rights(database: Database) -> None:
    admin = await somebody(database, "Ada", Role.ADMINISTRATOR)
    async with writing(database, admin, NOW) as tx:
        added = await rules.add_person(tx, " Grace Hopper", "Grace@Example.org")

    query = sa.select(PERSON.c.name, PERSON.c.email, PERSON.c.email_folded, PERSON.c.active)
    assert await fetch(database, query.where(PERSON.c.id == added)) == [
        ("Grace Hopper", "Grace@Example.org", "grace@example.org", True)
    ]
    assert await seen(database, added) == Viewer(added, frozenset())


RULES: dict[str, Rule] = {
    "add_person": lambda tx, _: rules.add_person(tx, "Eve", "eve@example.org"),
    "update_person": lambda tx, person: rules.update_person(tx, person, name="Eve"),
    "deactivate": rules.deactivate,
    "reactivate": rules.reactivate,
    "erase": erasure.erase,
    "grant_role": lambda tx, person: rules.grant_role(tx, person, Role.EDITOR),
    "revoke_role": lambda tx, person: rules.revoke_role(tx, person, Role.ADMINISTRATOR),
    "create_token": lambda tx, person: tokens.create_token(tx, person, "x"),
    "invite": lambda tx, _: invitations.invite(tx, "eve@example.org", Role.EDITOR),
    "revoke_invitation": invitations.revoke_invitation,
}


@pytest.mark.parametrize("name", RULES)
async def test_who_does_not_manage_people_can_t_change_them(database: Database, name: str) -> None:
    ada = await somebody(database, "Ada", Role.ADMINISTRATOR)
    others = [PUBLIC, await somebody(database, "Eve", *(role for role in Role if role is not Role.ADMINISTRATOR))]
    before = await everything(database)

    for viewer in others:
        with pytest.raises(NotAllowed, match="needs the permission fund:person:manage"):
            async with writing(database, viewer, NOW) as tx:
                await RULES[name](tx, own_id(ada))

    assert await everything(database) == before


@pytest.mark.parametrize(
    "email",
    [
        "",
        "ada",
        "ada@example",
        "a da@example.org",
        "ada@@example.org",
        "ada@-example.org",
        "josé@example.org",
        "ada@exa\x00mple.org",
        f"{'a' * 65}@example.org",
        f"ada@{'a.' * 130}org",
    ],
)
async def test_what_is_no_email_address_is_refused(database: Database, email: str) -> None:
    with pytest.raises(InvalidValue, match=r"^email") as refused:
        async with writing(database, SYSTEM, NOW) as tx:
            await rules.add_person(tx, "Ada", email)

    assert refused.value.path == ("email",)
    assert await count(database, "person") == 0


async def test_an_address_belongs_to_one_person(database: Database) -> None:
    await somebody(database, "Ada")
    eve = await somebody(database, "Eve")
    before = await everything(database)

    with pytest.raises(InvalidValue, match=r"Somebody with the e-mail address ADA@example.org is there already\."):
        async with writing(database, SYSTEM, NOW) as tx:
            await rules.add_person(tx, "Another", "ADA@example.org")
    with pytest.raises(InvalidValue, match=r"Somebody with the e-mail address ada@Example.org is there already\."):
        async with writing(database, SYSTEM, NOW) as tx:
            await rules.update_person(tx, own_id(eve), email="ada@Example.org")

    assert await everything(database) == before


async def test_an_update_changes_what_is_given_and_loses_no_other(database: Database) -> None:
    ada = own_id(await somebody(database, "Ada"))
    async with writing(database, SYSTEM, NOW) as tx:
        await rules.update_person(tx, ada, name="Ada King", expected_version=1)
    with pytest.raises(VersionConflict):
        async with writing(database, SYSTEM, NOW) as tx:
            await rules.update_person(tx, ada, email="king@example.org", expected_version=1)

    query = sa.select(PERSON.c.name, PERSON.c.email, PERSON.c.version)
    assert await fetch(database, query) == [("Ada King", "ada@example.org", 2)]


async def test_a_role_in_a_campaign_gives_its_permissions_there_alone(database: Database) -> None:
    fund = Fund()
    campaign = fund.campaign(fund.community("Saratoga Springs"))
    await fund.save(database)
    ada = await somebody(database, "Ada", Role.APPROVER, scope=campaign)
    assert ada.permissions == {
        *("own:campaign:read", "own:event:read", "own:budget:read"),
        *("own:grant:read", "own:grant:decide", "own:review:read"),
    }

    async with writing(database, SYSTEM, NOW) as tx:
        await rules.grant_role(tx, own_id(ada), Role.REPORTER)
    assert (await seen(database, own_id(ada))).permissions == ada.permissions | PERMISSIONS[Role.REPORTER]
    async with writing(database, SYSTEM, NOW) as tx:
        await rules.revoke_role(tx, own_id(ada), Role.APPROVER, campaign)
    assert (await seen(database, own_id(ada))).permissions == PERMISSIONS[Role.REPORTER]


@pytest.mark.parametrize(
    ("scope", "failure", "message"),
    [
        (
            "everywhere",
            InvalidValue,
            'A role holds in "fund", which is everywhere, or in a campaign or program, by its id.',
        ),
        ("state_01h455vb4pex5vsknk084sn02q", InvalidValue, 'A role holds in "fund"'),
        ("camp_01h455vb4pex5vsknk084sn02q", NotFound, "There is no campaign camp_01h455vb4pex5vsknk084sn02q"),
    ],
)
async def test_a_role_holds_only_in_what_is_there(
    database: Database, scope: str, failure: type[Exception], message: str
) -> None:
    ada = await somebody(database, "Ada")
    with pytest.raises(failure, match=message):
        async with writing(database, SYSTEM, NOW) as tx:
            await rules.grant_role(tx, own_id(ada), Role.ADVISOR, scope)

    assert await count(database, "role_assignment") == 0


async def test_a_role_is_granted_once_and_one_that_is_not_there_can_t_be_revoked(database: Database) -> None:
    ada = own_id(await somebody(database, "Ada", Role.EDITOR))
    async with writing(database, SYSTEM, NOW) as tx:
        await rules.grant_role(tx, ada, Role.EDITOR)
    with pytest.raises(NotFound, match=f"{ada} does not have the role MEMBER in fund."):
        async with writing(database, SYSTEM, NOW) as tx:
            await rules.revoke_role(tx, ada, Role.MEMBER)

    assert await actions(database) == ["person.added", "role_assignment.granted"]


async def test_nobody_raises_their_own_rights(database: Database) -> None:
    admin = await somebody(database, "Ada", Role.ADMINISTRATOR)
    with pytest.raises(NotAllowed, match="Nobody raises their own rights"):
        async with writing(database, admin, NOW) as tx:
            await rules.grant_role(tx, own_id(admin), Role.APPROVER)

    assert await seen(database, own_id(admin)) == admin
    assert await count(database, "role_assignment") == 1


async def test_somebody_inactive_has_no_rights_until_they_are_back(database: Database) -> None:
    ada = await somebody(database, "Ada", Role.EDITOR)
    async with writing(database, SYSTEM, NOW) as tx:
        await rules.deactivate(tx, own_id(ada))
    assert await seen(database, own_id(ada)) == PUBLIC
    async with writing(database, SYSTEM, NOW) as tx:
        await rules.reactivate(tx, own_id(ada))
    assert await seen(database, own_id(ada)) == ada


REMOVALS: dict[str, Rule] = {
    "revoke": lambda tx, person: rules.revoke_role(tx, person, Role.ADMINISTRATOR),
    "deactivate": rules.deactivate,
    "erase": erasure.erase,
}


@pytest.mark.parametrize("removal", REMOVALS)
async def test_the_last_administrator_can_t_be_removed(database: Database, removal: str) -> None:
    ada = await somebody(database, "Ada", Role.ADMINISTRATOR)
    gone = await somebody(database, "Eve", Role.ADMINISTRATOR)
    async with writing(database, SYSTEM, NOW) as tx:
        await rules.deactivate(tx, own_id(gone))
    before = await everything(database)

    with pytest.raises(NotAllowed) as refused:
        async with writing(database, SYSTEM, NOW) as tx:
            await REMOVALS[removal](tx, own_id(ada))

    assert str(refused.value) == LAST
    assert await everything(database) == before


@pytest.mark.parametrize("second", REMOVALS)
@pytest.mark.parametrize("first", REMOVALS)
async def test_of_two_administrators_who_remove_each_other_at_once_one_stays(
    database: Database, first: str, second: str
) -> None:
    ada, eve = [await somebody(database, name, Role.ADMINISTRATOR) for name in ("Ada", "Eve")]

    async def remove(actor: Viewer, other: Viewer, removal: str) -> None:
        async with writing(database, actor, NOW) as tx:
            await REMOVALS[removal](tx, own_id(other))

    done = await asyncio.gather(remove(ada, eve, first), remove(eve, ada, second), return_exceptions=True)

    assert sorted(str(one) for one in done) == ["None", LAST]
    left = [await seen(database, own_id(each)) for each in (ada, eve)]
    assert sum(viewer.may("fund:person:manage") for viewer in left) == 1


async def test_erasing_takes_everything_that_names_the_person_and_the_chain_stays_whole(database: Database) -> None:
    await somebody(database, "Root", Role.ADMINISTRATOR)
    async with writing(database, SYSTEM, NOW) as tx:
        _, secret = await invitations.invite(tx, "grace@example.org", Role.EDITOR)
        await invitations.invite(tx, "Grace@example.org", Role.MEMBER)
    async with writing(database, PUBLIC, NOW) as tx:
        grace, _ = await invitations.accept_invitation(tx, secret, "Grace Hopper")
    async with writing(database, SYSTEM, NOW) as tx:
        await rules.update_person(tx, grace, name="Grace Murray")
    assert "Grace" in await log(database)

    async with writing(database, SYSTEM, NOW) as tx:
        await erasure.erase(tx, grace)

    everywhere = str(await everything(database)).lower()
    assert "grace" not in everywhere
    query = sa.select(PERSON.c.name, PERSON.c.email, PERSON.c.active, PERSON.c.erased_at, PERSON.c.version)
    assert await fetch(database, query.where(PERSON.c.id == grace)) == [("Erased person", None, False, NOW, 3)]
    assert (await actions(database))[-4:] == [
        "role_assignment.revoked",
        "api_token.revoked",
        "invitation.revoked",
        "person.erased",
    ]
    found = await audited(database)
    assert (found.broken, found.erased) == (None, 5)  # two names, an address of the person, two of invitations
    with pytest.raises(InvalidTransition, match="An erased person can't be changed"):
        async with writing(database, SYSTEM, NOW) as tx:
            await rules.reactivate(tx, grace)
