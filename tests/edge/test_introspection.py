"""Who may ask about the schema, and that answering does not hold up others."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from graphql import build_client_schema, get_introspection_query

from fund_api.app import Application, create_app
from fund_api.core import clock
from fund_api.core.access import SYSTEM
from fund_api.core.database import Database
from fund_api.core.settings import Settings
from fund_api.core.writing import writing
from fund_api.people import rules, tokens
from fund_api.people.roles import READ_SCHEMA, Role

PAGE = Path(__file__).parents[2] / "docs" / "limits.md"
WHOLE = get_introspection_query(input_value_deprecation=True)
KIND = '{ __type(name: "State") { name } }'
NEAR = "{ states { totalCounts } }"


async def token_of(database: Database, role: Role) -> str:
    """The token of somebody new with this role."""
    async with writing(database, SYSTEM, clock.now()) as tx:
        person = await rules.add_person(tx, role.title(), f"{role.lower()}@example.org")
        await rules.grant_role(tx, person, role, "fund")
        _, token = await tokens.create_token(tx, person, "x")
    return token


@asynccontextmanager
async def client_of(database: Database, **settings: Any) -> AsyncIterator[tuple[httpx.AsyncClient, Application]]:
    app = create_app(Settings(database_url=database.url.render_as_string(hide_password=False), **settings))
    transport = httpx.ASGITransport(app=app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://fund.test") as client,
    ):
        yield client, app


async def ask(client: httpx.AsyncClient, document: str, token: str = "", **variables: Any) -> Any:
    headers = {"authorization": f"Bearer {token}"} if token else {}
    body = {"query": document, "variables": variables}
    return (await client.post("/graphql", json=body, headers=headers)).json()


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({}, True),
        ({"host": "0.0.0.0"}, False),
        ({"host": "0.0.0.0", "introspection": "on"}, True),
        ({"introspection": "off"}, False),
    ],
    ids=str,
)
async def test_everybody_may_ask_about_the_schema_where_the_setting_says_so(
    database: Database, settings: dict[str, Any], told: bool
) -> None:
    async with client_of(database, **settings) as (client, _):
        kind = await ask(client, KIND)
        wrong = await ask(client, NEAR)
        name = await ask(client, "{ __typename states { __typename } }")

    suggestion = " Did you mean 'totalCount'?" if told else ""
    assert wrong["errors"][0]["message"] == f"Cannot query field 'totalCounts' on type 'StateConnection'.{suggestion}"
    assert name == {"data": {"__typename": "Query", "states": {"__typename": "StateConnection"}}}
    if told:
        assert kind == {"data": {"__type": {"name": "State"}}}
    else:
        [error] = kind["errors"]
        assert (kind.keys(), error["extensions"]) == ({"errors"}, {"code": "INTROSPECTION_DISABLED"})
        assert error["message"] == (
            "The schema is told of to administrators alone here: send the token of one."
            " FUND_INTROSPECTION=on opens it to everybody."
        )
        assert f"\n> {error['message']}\n" in PAGE.read_text(encoding="utf-8")


async def test_administrators_may_always_ask_and_nobody_else(database: Database) -> None:
    admin, officer = [await token_of(database, role) for role in (Role.ADMINISTRATOR, Role.GRANTS_OFFICER)]
    async with client_of(database, introspection="off") as (client, _):
        answers = [await ask(client, KIND, token) for token in (admin, officer, "", admin)]
        suggested = await ask(client, NEAR, admin)

    assert [answer.keys() for answer in answers] == [{"data"}, {"errors"}, {"errors"}, {"data"}]
    assert suggested["errors"][0]["message"].endswith("Did you mean 'totalCount'?")
    assert READ_SCHEMA == "fund:schema:read"


async def test_variables_are_suggested_no_names_either(database: Database) -> None:
    document = "query ($f: StateFilter) { states(filter: $f) { totalCount } }"
    async with client_of(database, introspection="off") as (client, _):
        answer = await ask(client, document, f={"cod": {"eq": "OH"}})

    assert "Did you mean" not in answer["errors"][0]["message"]
    assert "'cod'" in answer["errors"][0]["message"]


async def test_the_schema_is_read_once_for_each_question(loaded: Database) -> None:
    async with client_of(loaded) as (client, app):
        first, *others = await asyncio.gather(*(ask(client, WHOLE) for _ in range(3)))
        kept = app.edge.graphql.service.engine.introspection.kept

        assert build_client_schema(first["data"]).get_type("Community")
        assert others == [first, first]
        assert len(kept) == 1
        assert 100_000 < kept.weight < 5_000_000


async def test_questions_with_other_variables_or_names_have_other_answers(loaded: Database) -> None:
    document = """
        query A($name: String!, $more: Boolean!) {
          one: __type(name: $name) { name kind @include(if: $more) }
          states { totalCount }
          __type(name: "Nothing") { name }
        }
        query B { __type(name: "Int") { kind } }
    """
    async with client_of(loaded) as (client, _):

        async def a(name: str, more: bool) -> Any:
            body = {"query": document, "operationName": "A", "variables": {"name": name, "more": more}}
            return (await client.post("/graphql", json=body)).json()

        told = [await a("State", True), await a("State", False), await a("Int", True), await a("State", True)]
        other = (await client.post("/graphql", json={"query": document, "operationName": "B"})).json()

    assert [answer["data"]["one"] for answer in told] == [
        {"name": "State", "kind": "OBJECT"},
        {"name": "State"},
        {"name": "Int", "kind": "SCALAR"},
        {"name": "State", "kind": "OBJECT"},
    ]
    assert list(told[0]["data"]) == ["one", "states", "__type"]
    assert (told[0]["data"]["states"], told[0]["data"]["__type"]) == ({"totalCount": 52}, None)
    assert other == {"data": {"__type": {"kind": "SCALAR"}}}


async def test_questions_about_the_schema_have_a_price(loaded: Database) -> None:
    async with client_of(loaded) as (client, _):
        body = {"query": f"{KIND[:-1]} __schema {{ description }} }}", "extensions": {"cost": True}}
        told = (await client.post("/graphql", json=body)).json()
        dear = await ask(
            client,
            "{__schema {"
            + " ".join(f"a{i}: types {{ fields {{ type {{ fields {{ name }} }} }} }}" for i in range(20))
            + "}}",
        )

    assert told["extensions"]["cost"]["rows"] == 2_000
    [error] = dear["errors"]
    assert error["extensions"]["code"] == "TOO_COSTLY"
