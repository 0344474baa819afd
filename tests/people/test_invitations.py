"""Invitations: in by a secret, once, within seven days."""

import asyncio
from datetime import timedelta

import pytest
import sqlalchemy as sa

from fund_api.core.access import PUBLIC, SYSTEM
from fund_api.core.columns import table_of
from fund_api.core.database import Database
from fund_api.core.errors import InvalidValue, NotAllowed
from fund_api.core.writing import writing
from fund_api.people import invitations, rules, tokens
from fund_api.people.roles import PERMISSIONS, Role
from fund_api.people.tables import Invitation
from fund_api.people.tokens import TOKEN
from fund_api.people.viewers import PERSON
from tests.people.somebody import NOW, actions, log, own_id, seen, somebody
from tests.rows import count, everything, fetch, table

INVITATION = table_of(Invitation)


async def invited(database: Database, email: str = "grace@example.org", role: Role = Role.EDITOR) -> tuple[str, str]:
    async with writing(database, SYSTEM, NOW) as tx:
        return await invitations.invite(tx, email, role)


async def test_an_invitation_brings_somebody_new_in_with_its_role_and_a_token(database: Database) -> None:
    invitation_id, secret = await invited(database)
    async with writing(database, PUBLIC, NOW) as tx:
        person_id, token = await invitations.accept_invitation(tx, secret, "Grace Hopper")

    assert (await seen(database, person_id)).permissions == PERMISSIONS[Role.EDITOR]
    assert await fetch(database, sa.select(PERSON.c.name, PERSON.c.email)) == [("Grace Hopper", "grace@example.org")]
    query = sa.select(INVITATION.c.id, INVITATION.c.accepted_at, INVITATION.c.person_id, INVITATION.c.expires_at)
    assert await fetch(database, query) == [(invitation_id, NOW, person_id, NOW + timedelta(days=7))]
    shown = tokens.read(token)
    assert shown is not None
    assert await fetch(database, sa.select(TOKEN.c.id, TOKEN.c.scopes, TOKEN.c.expires_at)) == [
        (shown.token_id, None, NOW + timedelta(days=90))
    ]
    assert await actions(database) == [
        "invitation.sent",
        "person.added",
        "invitation.accepted",
        "role_assignment.granted",
        "api_token.created",
    ]


async def test_secrets_and_addresses_stay_out_of_the_open_log(database: Database) -> None:
    _, secret = await invited(database)

    assert secret not in str(await everything(database))
    assert tokens.hashed(secret) not in await log(database)
    assert await count(database, "event_change", table("event_change").c.after.contains("grace")) == 0


async def test_somebody_known_keeps_their_name_and_gets_a_token_for_the_new_role_alone(database: Database) -> None:
    grace = await somebody(database, "Grace", Role.ADMINISTRATOR)
    _, secret = await invited(database, "GRACE@example.org")
    async with writing(database, PUBLIC, NOW) as tx:
        person_id, _ = await invitations.accept_invitation(tx, secret, "Somebody else")

    assert person_id == grace.id
    assert await fetch(database, sa.select(PERSON.c.name)) == [("Grace",)]
    assert await fetch(database, sa.select(TOKEN.c.scopes)) == [(" ".join(sorted(PERMISSIONS[Role.EDITOR])),)]


async def test_every_invitation_that_does_not_open_is_refused_in_the_same_words(database: Database) -> None:
    await somebody(database, "Root", Role.ADMINISTRATOR)
    gone = await somebody(database, "Gone")
    _, expired = await invited(database, "a@example.org")
    revoked_id, revoked = await invited(database, "b@example.org")
    _, used = await invited(database, "c@example.org")
    _, inactive = await invited(database, "gone@example.org")
    later = NOW + timedelta(days=7)
    async with writing(database, SYSTEM, NOW) as tx:
        await invitations.revoke_invitation(tx, revoked_id)
        await invitations.revoke_invitation(tx, revoked_id)
        await rules.deactivate(tx, own_id(gone))
        await invitations.accept_invitation(tx, used, "C")
    before = await everything(database)

    for secret, now in ((expired, later), (revoked, NOW), (used, NOW), (inactive, NOW), ("0" * 64, NOW), ("", NOW)):
        with pytest.raises(InvalidValue) as refused:
            async with writing(database, PUBLIC, now) as tx:
                await invitations.accept_invitation(tx, secret, "Eve")
        assert str(refused.value) == invitations.REFUSAL
    assert await everything(database) == before


async def test_an_invitation_is_used_once_however_many_try(database: Database) -> None:
    _, secret = await invited(database)

    async def accept(number: int) -> str:
        async with writing(database, PUBLIC, NOW) as tx:
            person_id, _ = await invitations.accept_invitation(tx, secret, f"Grace {number}")
        return person_id

    done = await asyncio.gather(*(accept(number) for number in range(10)), return_exceptions=True)

    assert sum(isinstance(one, str) for one in done) == 1
    assert {str(one) for one in done if isinstance(one, Exception)} == {invitations.REFUSAL}
    assert await count(database, "person") == await count(database, "api_token") == 1


async def test_two_invitations_to_one_address_accepted_at_once_make_one_person(database: Database) -> None:
    secrets = [(await invited(database, role=role))[1] for role in (Role.EDITOR, Role.REPORTER)]

    async def accept(secret: str) -> str:
        async with writing(database, PUBLIC, NOW) as tx:
            person_id, _ = await invitations.accept_invitation(tx, secret, "Grace")
        return person_id

    done = await asyncio.gather(*map(accept, secrets), return_exceptions=True)

    assert await count(database, "person") == 1
    assert all(isinstance(one, str | InvalidValue) for one in done)


async def test_nobody_invites_themselves(database: Database) -> None:
    admin = await somebody(database, "Ada", Role.ADMINISTRATOR)
    async with writing(database, admin, NOW) as tx:
        _, secret = await invitations.invite(tx, "ada@example.org", Role.APPROVER)
    before = await everything(database)

    with pytest.raises(NotAllowed, match="Nobody raises their own rights"):
        async with writing(database, PUBLIC, NOW) as tx:
            await invitations.accept_invitation(tx, secret, "Ada")

    assert await everything(database) == before


async def test_one_accepts_while_signed_in(database: Database) -> None:
    ada = await somebody(database, "Ada")
    _, secret = await invited(database, "ada@example.org")
    async with writing(database, ada, NOW) as tx:
        await invitations.accept_invitation(tx, secret, "Ada")

    assert (await seen(database, own_id(ada))).permissions == PERMISSIONS[Role.EDITOR]


async def test_what_was_accepted_can_t_be_taken_back(database: Database) -> None:
    invitation_id, secret = await invited(database)
    async with writing(database, PUBLIC, NOW) as tx:
        await invitations.accept_invitation(tx, secret, "Grace")
    with pytest.raises(NotAllowed, match="This invitation was accepted: revoke the role instead"):
        async with writing(database, SYSTEM, NOW) as tx:
            await invitations.revoke_invitation(tx, invitation_id)

    assert await fetch(database, sa.select(INVITATION.c.revoked_at)) == [(None,)]
