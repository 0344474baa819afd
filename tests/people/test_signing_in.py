"""Signing in by API tokens, and who is refused how."""

import hmac
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import datetime, timedelta

import httpx
import pytest
import sqlalchemy as sa

from fund_api.app import create_app
from fund_api.core import clock
from fund_api.core.access import PUBLIC, SYSTEM
from fund_api.core.database import Database
from fund_api.core.errors import Throttled, Unauthorized
from fund_api.core.settings import Settings
from fund_api.core.writing import writing
from fund_api.people import erasure, rules, tokens
from fund_api.people.roles import PERMISSIONS, Role
from fund_api.people.signing_in import SigningIn
from fund_api.people.throttle import FLOOD
from fund_api.people.tokens import TOKEN
from tests.people.somebody import actions, own_id, somebody
from tests.rows import fetch
from tests.statements import listening

HERE = "192.0.2.1"
WORDS = "This token is not valid: it is unknown, expired or revoked. Send Authorization: Bearer TOKEN, or nothing."


async def token(database: Database, person_id: str, **limits: datetime | Role | None) -> tuple[str, bytes]:
    """A new token's id, and the header that shows it."""
    async with writing(database, SYSTEM, clock.now()) as tx:
        token_id, text = await tokens.create_token(tx, person_id, "x", **limits)  # type: ignore[arg-type]  # of two kinds
    return token_id, b"Bearer " + text.encode()


@pytest.fixture
async def door(database: Database) -> AsyncIterator[SigningIn]:
    door = SigningIn(database)
    yield door
    await door.close()


async def test_a_token_signs_its_person_in_with_what_they_may_do_now(database: Database, door: SigningIn) -> None:
    ada = await somebody(database, "Ada", Role.REPORTER, Role.MEMBER)
    _, whole = await token(database, own_id(ada))
    _, limited = await token(database, own_id(ada), role=Role.REPORTER)
    assert await door.viewer(whole, HERE) == ada
    assert (await door.viewer(limited, HERE)).permissions == PERMISSIONS[Role.REPORTER]

    async with writing(database, SYSTEM, clock.now()) as tx:
        await rules.revoke_role(tx, own_id(ada), Role.REPORTER)
    assert (await door.viewer(whole, HERE)).permissions == PERMISSIONS[Role.MEMBER]
    assert (await door.viewer(limited, HERE)).permissions == frozenset()
    assert (await door.viewer(whole.replace(b"Bearer", b"bearer"), HERE)).id == ada.id


async def test_without_a_header_everybody_is_public_and_no_database_is_asked() -> None:
    nowhere = Database.at("postgresql://127.0.0.1:1/nowhere")
    assert await SigningIn(nowhere).viewer(None, HERE) is PUBLIC


async def test_revoked_expired_unknown_and_gone_are_refused_in_the_same_words(
    database: Database, door: SigningIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    await somebody(database, "Root", Role.ADMINISTRATOR)
    ada, inactive, erased = [own_id(await somebody(database, name)) for name in ("Ada", "Eve", "Grace")]
    good = (await token(database, ada))[1]
    revoked_id, revoked = await token(database, ada)
    short = (await token(database, ada, expires_at=clock.now() + timedelta(minutes=5)))[1]
    headers = [revoked, (await token(database, inactive))[1], (await token(database, erased))[1]]
    for header in (good, short, *headers):
        assert (await door.viewer(header, HERE)).id is not None
    async with writing(database, SYSTEM, clock.now()) as tx:
        await tokens.revoke_token(tx, revoked_id)
        await rules.deactivate(tx, inactive)
        await erasure.erase(tx, erased)
    later = clock.now() + timedelta(minutes=5)
    monkeypatch.setattr(clock, "now", lambda: later)

    wrong = good[:-1] + (b"0" if good[-1:] != b"0" else b"1")
    unknown = good.replace(good[12:38], b"01h455vb4pex5vsknk084sn02q")
    strange = [
        b"",
        b"Bearer",
        b"Bearer ",
        b"Basic YTpi",
        b"Bearer x",
        b"Bearer \xff",
        good + b"0",
        b"Bearer " + b"x" * 20_000,
    ]
    for number, header in enumerate([*headers, short, wrong, unknown, *strange]):
        with pytest.raises(Unauthorized) as refused:
            await door.viewer(header, f"192.0.2.{number}")
        assert str(refused.value) == WORDS
    assert (await door.viewer(good, HERE)).id == ada


async def test_unknown_and_revoked_tokens_cost_one_statement_and_one_comparison_like_good_ones(
    database: Database, door: SigningIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = own_id(await somebody(database, "Ada"))
    good, (revoked_id, revoked) = (await token(database, ada))[1], await token(database, ada)
    async with writing(database, SYSTEM, clock.now()) as tx:
        await tokens.revoke_token(tx, revoked_id)
    await door.viewer(good, HERE)
    await door.close()
    done: list[str] = []
    compare = hmac.compare_digest

    def noted(one: str, other: str) -> bool:
        done.append("compare")
        return compare(one, other)

    monkeypatch.setattr(hmac, "compare_digest", noted)
    with listening(database, before_cursor_execute=lambda *given: done.append(given[2].split()[0])):
        for header in (good, revoked, good.replace(good[12:38], b"01h455vb4pex5vsknk084sn02q")):
            with suppress(Unauthorized):
                await door.viewer(header, HERE)
            assert done == ["SELECT", "compare"]
            done.clear()


async def test_guessing_is_throttled_and_whoever_has_a_token_is_not_held_up(
    database: Database, door: SigningIn
) -> None:
    ada = await somebody(database, "Ada")
    _, good = await token(database, own_id(ada))
    guess = b"Bearer fund_01h455vb4pex5vsknk084sn02q_" + b"0" * 64
    for _ in range(10):
        with pytest.raises(Unauthorized):
            await door.viewer(guess, HERE)

    with pytest.raises(Throttled) as refused:
        await door.viewer(guess, HERE)
    assert 50 <= refused.value.seconds <= 60
    assert (await door.viewer(good, HERE)).id == ada.id
    with pytest.raises(Unauthorized):
        await door.viewer(guess, "192.0.2.2")


async def test_a_flood_of_wrong_tokens_is_refused_without_a_statement_and_good_ones_go_on(
    database: Database, door: SigningIn
) -> None:
    ada = own_id(await somebody(database, "Ada"))
    good, (revoked_id, revoked), new = [
        (await token(database, ada))[1], await token(database, ada), (await token(database, ada))[1]
    ]  # fmt: skip
    for header in (good, revoked):
        await door.viewer(header, "192.0.2.7")
    async with writing(database, SYSTEM, clock.now()) as tx:
        await tokens.revoke_token(tx, revoked_id)
    guesses = [b"Bearer fund_01h455vb4pex5vsknk084sn02q_" + b"%064x" % number for number in range(FLOOD)]
    for header in [revoked, *guesses[1:]]:
        with pytest.raises((Unauthorized, Throttled)):
            await door.viewer(header, HERE)

    asked: list[str] = []
    with listening(database, before_cursor_execute=lambda *given: asked.append(given[2])):
        for header in (guesses[0], new, revoked):
            with pytest.raises(Throttled) as refused:
                await door.viewer(header, HERE)
            assert 1 <= refused.value.seconds <= 60
        assert asked == []
        assert (await door.viewer(good, HERE)).id == ada
        assert (await door.viewer(new, "192.0.2.2")).id == ada
        assert (await door.viewer(new, HERE)).id == ada


async def last_used(database: Database) -> datetime | None:
    [(moment,)] = await fetch(database, sa.select(TOKEN.c.last_used_at))
    return moment if isinstance(moment, datetime) else None


async def test_the_last_use_is_written_down_once_a_minute_and_makes_no_event(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = await somebody(database, "Ada")
    _, header = await token(database, own_id(ada))
    start = clock.now()
    seen = []
    for seconds in (0, 59, 60):
        monkeypatch.setattr(clock, "now", lambda at=start + timedelta(seconds=seconds): at)
        door = SigningIn(database)
        await door.viewer(header, HERE)
        await door.viewer(header, HERE)
        await door.close()
        seen.append(await last_used(database))

    assert seen == [start, start, start + timedelta(seconds=60)]
    assert await actions(database) == ["person.added", "api_token.created"]


async def test_over_http_who_can_t_be_told_gets_401_and_who_guesses_429(database: Database) -> None:
    ada = await somebody(database, "Ada")
    token_id, header = await token(database, own_id(ada))
    app = create_app(Settings(database_url=database.url.render_as_string(hide_password=False)))
    body = {"query": "{ __typename }"}
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://fund.test") as client,
    ):
        good = await client.post("/graphql", json=body, headers={"authorization": header.decode()})
        async with writing(database, SYSTEM, clock.now()) as tx:
            await tokens.revoke_token(tx, token_id)
        wrong = [
            await client.post("/graphql", json=body, headers={"authorization": header.decode()}) for _ in range(11)
        ]
        public = await client.post("/graphql", json=body)

    assert (good.status_code, public.status_code) == (200, 200)
    assert [each.status_code for each in wrong] == [401] * 10 + [429]
    assert wrong[0].headers["www-authenticate"] == "Bearer"
    assert wrong[0].json() == {"errors": [{"message": WORDS, "extensions": {"code": "UNAUTHENTICATED"}}]}
    seconds = wrong[10].headers["retry-after"]
    assert 50 <= int(seconds) <= 60
    assert wrong[10].json() == {
        "errors": [
            {
                "message": f"Too many wrong tokens came from this address: try again in {seconds} seconds.",
                "extensions": {"code": "THROTTLED"},
            }
        ]
    }
