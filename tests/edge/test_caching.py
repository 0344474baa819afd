"""Tags, 304 and the cache: what is sent again, what is made again, and for whom."""

from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest

from fund_api.core import clock
from fund_api.core.access import SYSTEM
from fund_api.core.database import Database
from fund_api.core.heads import Heads
from fund_api.core.writing import writing
from fund_api.graph.engine import Engine
from fund_api.library.views import Views
from fund_api.people import rules, tokens
from fund_api.people.roles import Role
from fund_api.people.tables import FUND
from tests.edge.asking import serving
from tests.granting import Fund
from tests.library.editors import HOUR, MOMENT, NOW, Desk
from tests.people.somebody import own_id, somebody

TITLES = "{ campaigns { nodes { id title } } }"
PEOPLE = "{ people { nodes { name } } }"
STATES = "{ states { nodes { name } } }"
RESOURCES = "{ resources { nodes { title popularity } } }"
NEVER: dict[str, str] = {
    "of the viewer": "{ viewer { person { name } } }",
    "of the schema": "{ __schema { queryType { name } } }",
    "of the day": "{ printItems { nodes { canShipBy(quantity: 1) } } }",
    "when tokens were last used": "{ people { nodes { tokens { nodes { lastUsedAt } } } } }",
}
Asking = Callable[..., Awaitable[httpx.Response]]


@pytest.fixture
async def filled(database: Database) -> Database:
    fund = Fund()
    fund.campaign(fund.community("Ames"))
    await fund.save(database)
    return database


async def token_of(database: Database, person: str) -> dict[str, str]:
    async with writing(database, SYSTEM, clock.now()) as tx:
        _, text = await tokens.create_token(tx, person, "x")
    return {"authorization": f"Bearer {text}"}


async def rename(database: Database, name: str) -> None:
    async with writing(database, SYSTEM, clock.now()) as tx:
        await rules.add_person(tx, name, f"{name.lower()}@example.org")


async def post(client: httpx.AsyncClient, query: str, **headers: str) -> httpx.Response:
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    return await client.post("/graphql", json={"query": query}, headers=sent)


async def get(client: httpx.AsyncClient, query: str, **headers: str) -> httpx.Response:
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    return await client.get("/graphql", params={"query": query}, headers=sent)


def idle(monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on no operation runs."""

    async def run(*_: object, **__: object) -> Any:
        raise AssertionError("an operation ran")

    monkeypatch.setattr(Engine, "answer", run)


@pytest.mark.parametrize("ask", [get, post])
async def test_what_the_client_has_is_not_sent_again_and_nothing_runs_for_it(
    filled: Database, ask: Asking, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with serving(filled, response_cache=0) as (_, client):
        first = await ask(client, TITLES)
        tag = first.headers["etag"]
        idle(monkeypatch)
        again = [await ask(client, TITLES, if_none_match=each) for each in (tag, f"W/{tag}", f'"x", {tag}', "*")]

    assert (first.status_code, tag[0], tag[-1]) == (200, '"', '"')
    for each in again:
        assert (each.status_code, each.content, each.headers["etag"]) == (304, b"", tag)
        assert each.headers["cache-control"] == "private, no-cache"
        assert each.headers["vary"] == "Accept, Authorization, Origin"
        assert "content-type" not in each.headers


async def test_another_process_answers_304_too(filled: Database) -> None:
    async with serving(filled) as (_, client):
        tag = (await get(client, TITLES)).headers["etag"]
    async with serving(filled) as (_, other):
        assert (await get(other, TITLES, if_none_match=tag)).status_code == 304
        assert (await get(other, TITLES, if_none_match='"other"')).status_code == 200
        assert (await get(other, TITLES, if_none_match="*")).status_code == 304


async def test_media_types_and_requests_have_tags_of_their_own(filled: Database) -> None:
    newer = "application/graphql-response+json"
    async with serving(filled) as (_, client):
        answers = [
            *[await post(client, TITLES), await post(client, TITLES, accept=newer)],
            *[await get(client, TITLES), await post(client, STATES)],
        ]

    assert len({answer.headers["etag"] for answer in answers}) == 4
    assert answers[1].headers["content-type"].startswith(newer)


async def test_an_answer_that_was_kept_is_the_same_and_costs_the_same(
    filled: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with serving(filled, caller_rows=1_000, caller_rows_per_second=10) as (_, client):
        first = await post(client, STATES)  # 500 for the document, its parts, and what it touches
        idle(monkeypatch)
        kept = [await post(client, STATES) for _ in range(60)]
    statuses = [each.status_code for each in kept]

    assert kept[0].content == first.content
    assert kept[0].headers["etag"] == first.headers["etag"]
    assert statuses[0] == 200
    assert statuses[-1] == 429


async def test_a_commit_of_another_process_is_seen_at_once(database: Database) -> None:
    ada = await somebody(database, "Ada", Role.ADMINISTRATOR)
    signed = await token_of(database, own_id(ada))
    other = Database.at(database.url.render_as_string(hide_password=False))
    async with serving(database) as (_, client):
        before = await post(client, PEOPLE, **signed)
        await rename(other, "Bob")
        after = await post(client, PEOPLE, if_none_match=before.headers["etag"], **signed)
    await other.close()

    assert [len(each.json()["data"]["people"]["nodes"]) for each in (before, after)] == [1, 2]


async def test_nobody_gets_what_was_kept_for_somebody_else(database: Database) -> None:
    document = "{ notices { nodes { text } } people { nodes { name } } }"
    people = [await somebody(database, name, Role.ADMINISTRATOR) for name in ("Ada", "Bob")]
    signed = [await token_of(database, own_id(each)) for each in people]
    async with serving(database) as (app, client):
        for headers in (*signed, {}):
            await post(client, document, **headers)
        keys = list(app.edge.graphql.caching.bodies)

    assert {viewer for _, _, _, viewer, _ in keys} == {own_id(people[0]), own_id(people[1]), None}


async def test_a_role_that_was_given_changes_the_answer(database: Database) -> None:
    ada = own_id(await somebody(database, "Ada"))
    await somebody(database, "Bob")
    signed = await token_of(database, ada)
    async with serving(database) as (_, client):
        before = await post(client, PEOPLE, **signed)
        async with writing(database, SYSTEM, clock.now()) as tx:
            await rules.grant_role(tx, ada, Role.ADMINISTRATOR, FUND)
        after = await post(client, PEOPLE, if_none_match=before.headers.get("etag", "-"), **signed)

    assert after.status_code == 200
    assert after.content != before.content


async def test_a_revoked_token_gets_no_304(database: Database) -> None:
    ada = own_id(await somebody(database, "Ada", Role.ADMINISTRATOR))
    async with writing(database, SYSTEM, clock.now()) as tx:
        token, text = await tokens.create_token(tx, ada, "x")
    signed = {"authorization": f"Bearer {text}"}
    async with serving(database) as (_, client):
        tag = (await post(client, PEOPLE, **signed)).headers["etag"]
        async with writing(database, SYSTEM, clock.now()) as tx:
            await tokens.revoke_token(tx, token)
        after = await post(client, PEOPLE, if_none_match=tag, **signed)

    assert after.status_code == 401


async def test_what_goes_live_by_the_clock_alone_is_seen_at_that_moment(database: Database) -> None:
    desk = await Desk(database).create()
    await desk.schedule(NOW + HOUR, NOW + 2 * HOUR)
    async with serving(database) as (_, client):
        found, tags = [], []
        for moment in (NOW, NOW + HOUR - MOMENT, NOW + HOUR, NOW + 2 * HOUR - MOMENT, NOW + 2 * HOUR, NOW):
            with clock.at(moment):
                answer = await post(client, RESOURCES)
            found.append(len(answer.json()["data"]["resources"]["nodes"]))
            tags.append(answer.headers["etag"])

    assert found == [0, 0, 1, 1, 0, 0]
    assert tags[0] == tags[1] == tags[5]
    assert len({tags[0], tags[2], tags[4]}) == 3
    assert tags[2] == tags[3]


async def test_writes_of_which_no_event_tells_are_seen(database: Database) -> None:
    desk = await Desk(database).create()
    await desk.publish()
    views = Views()
    async with serving(database) as (_, client):
        with clock.at(NOW):
            before = await post(client, RESOURCES)
            views.count(desk.resource, ["somebody"], NOW)
            await views.flush(database, NOW)
            after = await post(client, RESOURCES, if_none_match=before.headers["etag"])

    assert [each.json()["data"]["resources"]["nodes"][0]["popularity"] for each in (before, after)] == [0, 1]


@pytest.mark.parametrize("what", list(NEVER))
async def test_what_changes_otherwise_has_no_tag(database: Database, what: str) -> None:
    ada = own_id(await somebody(database, "Ada", Role.ADMINISTRATOR))
    signed = await token_of(database, ada)
    async with serving(database) as (app, client):
        answers = [await post(client, NEVER[what], **signed) for _ in range(2)]

    assert [each.status_code for each in answers] == [200, 200]
    assert not any("etag" in each.headers for each in answers)
    assert not app.edge.graphql.caching.bodies


async def test_errors_and_costs_are_never_kept(filled: Database) -> None:
    wrong = {"query": "query ($first: Int) { states(first: $first) { nodes { name } } }", "variables": {"first": -1}}
    async with serving(filled) as (app, client):
        refused = [await client.post("/graphql", json=wrong, headers={"if-none-match": "*"}) for _ in range(2)]
        told = await client.post("/graphql", json={"query": STATES, "extensions": {"cost": True}})

    for each in refused:
        assert (each.status_code, each.headers["cache-control"]) == (200, "no-store")
        assert "errors" in each.json()
    assert "etag" not in told.headers
    assert not app.edge.graphql.caching.bodies


async def test_only_what_asks_nothing_of_its_viewer_is_public(filled: Database) -> None:
    ada = own_id(await somebody(filled, "Ada"))
    signed = await token_of(filled, ada)
    async with serving(filled, public_seconds=300) as (_, client):
        answers = {
            "public": await get(client, STATES),
            "kept": await get(client, STATES),
            "rights": await get(client, TITLES),
            "signed": await get(client, STATES, **signed),
            "post": await post(client, STATES),
            "viewer": await get(client, "{ viewer { person { name } } }"),
        }

    public, private = "public, max-age=300", "private, no-cache"
    assert {name: each.headers["cache-control"] for name, each in answers.items()} == {
        **{"public": public, "kept": public, "rights": private},
        **{"signed": private, "post": private, "viewer": private},
    }


async def test_the_cache_is_bounded_in_bytes(filled: Database) -> None:
    async with serving(filled, response_cache=1) as (app, client):
        bodies = app.edge.graphql.caching.bodies
        for number in range(2_500):
            app.edge.graphql.caching.keep((b"%d" % number, "GET", b"", None, frozenset()), b"", b"x" * 1_000)
        full = bodies.weight
        app.edge.graphql.caching.keep((b"large", "GET", b"", None, frozenset()), b"", b"x" * 200_000)
        await get(client, TITLES)

    assert 990_000 < full <= 1_000_000
    assert not any(key[0] == b"large" for key in bodies)
    assert bodies.weight <= 1_000_000


async def test_without_a_database_that_says_its_last_event_answers_have_no_tag(
    filled: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def unsaid(_: Heads) -> None:
        return None

    monkeypatch.setattr(Heads, "fresh", unsaid)
    async with serving(filled) as (_, client):
        answers = [await post(client, TITLES) for _ in range(2)]

    assert [each.status_code for each in answers] == [200, 200]
    assert not any("etag" in each.headers for each in answers)


async def test_an_answer_during_which_something_was_written_has_no_tag(
    filled: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = Engine.answer

    async def writing_beside(*given: Any, **named: Any) -> Any:
        answer = await run(*given, **named)
        await rename(filled, "Eve")
        return answer

    async with serving(filled) as (app, client):
        monkeypatch.setattr(Engine, "answer", writing_beside)
        answer = await post(client, TITLES)

    assert (answer.status_code, "etag" in answer.headers) == (200, False)
    assert not app.edge.graphql.caching.bodies
