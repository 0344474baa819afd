"""API tokens: whose they are, what they may do, and that nobody can read them again."""

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from fund_api.core.access import SYSTEM, Viewer
from fund_api.core.database import Database
from fund_api.core.errors import InvalidValue, NotAllowed, NotFound
from fund_api.core.writing import writing
from fund_api.people import rules, tokens
from fund_api.people.roles import PERMISSIONS, Role
from fund_api.people.tokens import TOKEN
from tests.people.somebody import NOW, actions, log, own_id, somebody
from tests.rows import count, everything, fetch


async def test_a_token_is_told_once_and_only_its_hash_is_kept(database: Database) -> None:
    ada = await somebody(database, "Ada", Role.EDITOR)
    async with writing(database, ada, NOW) as tx:
        token_id, text = await tokens.create_token(tx, own_id(ada), "Laptop", expires_at=NOW + timedelta(days=1))

    shape = re.fullmatch(r"fund_([0-9a-z]{26})_([0-9a-f]{64})", text)
    assert shape is not None
    assert token_id == f"token_{shape[1]}"
    assert tokens.read(text) == tokens.Presented(token_id, tokens.hashed(shape[2]))
    query = sa.select(TOKEN.c.id, TOKEN.c.person_id, TOKEN.c.name, TOKEN.c.secret_hash)
    assert await fetch(database, query) == [(token_id, ada.id, "Laptop", tokens.hashed(shape[2]))]
    assert shape[2] not in str(await everything(database))
    assert tokens.hashed(shape[2]) not in await log(database)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "fund_",
        "fund_01h455vb4pex5vsknk084sn02q_",
        f"fund_01h455vb4pex5vsknk084sn02q_{'a' * 63}",
        f"fund_01h455vb4pex5vsknk084sn02q_{'a' * 65}",
        f"fund_01h455vb4pex5vsknk084sn02q_{'A' * 64}",
        f"fund_01h455vb4pex5vsknk084sn02q_{'a' * 64}\n",
        f"Fund_01h455vb4pex5vsknk084sn02q_{'a' * 64}",
        f"fund_91h455vb4pex5vsknk084sn02q_{'a' * 64}",
    ],
)
def test_what_can_t_be_a_token_is_none(text: str) -> None:
    assert tokens.read(text) is None


def test_secrets_differ() -> None:
    assert len({tokens.new_secret() for _ in range(1_000)}) == 1_000


async def scopes_of(database: Database) -> list[str | None]:
    return [scopes for (scopes,) in await fetch(database, sa.select(TOKEN.c.scopes))]


async def test_a_token_is_limited_to_scopes_or_to_a_role_of_its_person(database: Database) -> None:
    ada = await somebody(database, "Ada", Role.REPORTER, Role.GRANTS_OFFICER)
    async with writing(database, SYSTEM, NOW) as tx:
        await tokens.create_token(tx, own_id(ada), "all")
        await tokens.create_token(tx, own_id(ada), "role", role=Role.REPORTER)
        await tokens.create_token(tx, own_id(ada), "scopes", scopes=["fund:event:read"])

    assert await scopes_of(database) == [
        None,
        "fund:budget:read fund:campaign:read fund:event:read fund:grant:read fund:hiring:read",
        "fund:event:read",
    ]


async def test_who_makes_a_token_without_managing_people_limits_it_to_what_they_may_do_now(database: Database) -> None:
    ada = await somebody(database, "Ada", Role.REPORTER)
    async with writing(database, ada, NOW) as tx:
        await tokens.create_token(tx, own_id(ada), "all")

    assert await scopes_of(database) == [
        "fund:budget:read fund:campaign:read fund:event:read fund:grant:read fund:hiring:read"
    ]


@pytest.mark.parametrize(
    ("role", "scopes", "message"),
    [
        (None, ["fund:event:read", "fund:person:manage", "x"], "its person may not fund:person:manage, x."),
        (Role.APPROVER, None, "A token can't have the role APPROVER, which its person does not have."),
        (None, [], "The token could do nothing: name at least one scope that its person has."),
        (Role.REPORTER, ["fund:event:read"], "A token is limited by a role or by scopes, not by both."),
    ],
)
async def test_a_token_is_no_wider_than_its_person(
    database: Database, role: Role | None, scopes: list[str] | None, message: str
) -> None:
    ada = await somebody(database, "Ada", Role.REPORTER)
    with pytest.raises(InvalidValue, match=re.escape(message)):
        async with writing(database, SYSTEM, NOW) as tx:
            await tokens.create_token(tx, own_id(ada), "x", role=role, scopes=scopes)

    assert await count(database, "api_token") == 0


async def test_a_limited_token_makes_no_wider_one(database: Database) -> None:
    ada = await somebody(database, "Ada", Role.REPORTER)
    limited = Viewer(ada.id, frozenset({"fund:campaign:read"}))
    with pytest.raises(
        InvalidValue,
        match=r"The token would be too wide: you may not fund:budget:read, fund:event:read, fund:grant:read,"
        r" fund:hiring:read\.",
    ):
        async with writing(database, limited, NOW) as tx:
            await tokens.create_token(tx, own_id(ada), "x", role=Role.REPORTER)
    assert await count(database, "api_token") == 0

    async with writing(database, limited, NOW) as tx:
        await tokens.create_token(tx, own_id(ada), "x")
    assert await scopes_of(database) == ["fund:campaign:read"]


async def test_an_administrator_makes_tokens_for_anybody_active(database: Database) -> None:
    admin = await somebody(database, "Ada", Role.ADMINISTRATOR)
    grace = await somebody(database, "Grace", Role.APPROVER)
    async with writing(database, admin, NOW) as tx:
        await tokens.create_token(tx, own_id(grace), "x", role=Role.APPROVER)
        await rules.deactivate(tx, own_id(grace))
    with pytest.raises(NotAllowed, match="Only somebody active can have a token"):
        async with writing(database, admin, NOW) as tx:
            await tokens.create_token(tx, own_id(grace), "y")

    assert await scopes_of(database) == [" ".join(sorted(PERMISSIONS[Role.APPROVER]))]


async def test_a_token_expires_in_the_future(database: Database) -> None:
    ada = own_id(await somebody(database, "Ada", Role.EDITOR))
    with pytest.raises(InvalidValue, match="must expire in the future"):
        async with writing(database, SYSTEM, NOW) as tx:
            await tokens.create_token(tx, ada, "x", expires_at=NOW)

    assert await count(database, "api_token") == 0


async def test_one_revokes_one_s_own_token_and_an_administrator_anybody_s(database: Database) -> None:
    admin, ada, eve = [
        await somebody(database, name, role)
        for name, role in (("Root", Role.ADMINISTRATOR), ("Ada", Role.EDITOR), ("Eve", Role.EDITOR))
    ]
    async with writing(database, ada, NOW) as tx:
        first, _ = await tokens.create_token(tx, own_id(ada), "first")
        second, _ = await tokens.create_token(tx, own_id(ada), "second")
    before = await everything(database)
    with pytest.raises(NotFound) as hidden:
        async with writing(database, eve, NOW) as tx:
            await tokens.revoke_token(tx, first)
    with pytest.raises(NotFound) as absent:
        async with writing(database, eve, NOW) as tx:
            await tokens.revoke_token(tx, "token_1")
    assert str(hidden.value).replace(first, "") == str(absent.value).replace("token_1", "")
    assert await everything(database) == before

    for viewer, token_id in ((ada, first), (admin, second), (admin, first)):
        async with writing(database, viewer, NOW) as tx:
            await tokens.revoke_token(tx, token_id)
    assert await fetch(database, sa.select(TOKEN.c.revoked_at)) == [(NOW,), (NOW,)]
    assert (await actions(database))[-2:] == ["api_token.revoked", "api_token.revoked"]
