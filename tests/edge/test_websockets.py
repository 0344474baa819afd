"""GraphQL over websockets: what clients ask and what they hear."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from schema import manifest
from tests.edge.talking import (
    ASKING,
    COMPLETE,
    HELLO,
    INIT,
    NEXT,
    PROTOCOL,
    TYPENAME,
    UNKNOWN,
    Served,
    listening,
    new_token,
    served,
    talking,
)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("websockets"), FUND_BODY_LIMIT="10000") as found:
        yield found


async def test_a_query_is_answered_by_its_data_and_its_end(server: Served) -> None:
    async with talking(server) as talk:
        assert talk.socket.subprotocol == PROTOCOL
        assert await talk.ask(TYPENAME) == [NEXT, COMPLETE]
        named = {"query": "query A { a: __typename } query B { b: __typename }", "operationName": "B"}
        assert (await talk.ask(named))[0]["payload"] == {"data": {"b": "Query"}}


async def test_a_mutation_is_answered_as_over_http(server: Served) -> None:
    document = """mutation {
      addPerson(input: { name: "Ada", email: "ada@example.org", idempotencyKey: "once" }) { person { id name } }
    }"""
    async with talking(server, token=server.token) as talk:
        [first, end] = await talk.ask({"query": document})
    again = server.post(document, server.token)

    assert (first["payload"], end) == (again, COMPLETE)
    assert again["data"]["addPerson"]["person"]["name"] == "Ada"


async def test_a_document_is_answered_by_its_identifier(server: Served) -> None:
    async with talking(server) as talk:
        [answer, end] = await talk.ask({"documentId": manifest.named()["WinRates"]})
        assert (answer["type"], "errors" in answer["payload"], end) == ("next", False, COMPLETE)
        assert await talk.ask({"documentId": manifest.named()["WinRates"], "query": ""}) == [answer, end]
        [error] = await talk.ask({"documentId": "sha256:" + "0" * 64})
        assert error["payload"][0]["extensions"]["code"] == "PERSISTED_DOCUMENT_NOT_FOUND"
        assert await talk.ask(TYPENAME) == [NEXT, COMPLETE]


async def test_who_asks_what_an_operation_costs_is_told_what_is_left(server: Served) -> None:
    async with talking(server) as talk:
        [answer, _] = await talk.ask(TYPENAME | {"extensions": {"cost": True}})

    told = answer["payload"]["extensions"]
    assert told["cost"] == {"rows": 0, "limit": 100_000}
    assert (told["throttle"]["limit"], told["throttle"]["restoreRate"]) == (1_000_000, 20_000)
    assert 900_000 < told["throttle"]["remaining"] < 1_000_000


async def test_who_has_no_room_left_is_refused_operation_by_operation(tmp_path: Path) -> None:
    with served(tmp_path, FUND_CALLER_ROWS="1000", FUND_CALLER_ROWS_PER_SECOND="10") as server:
        async with talking(server) as talk:
            unknown = [{"documentId": f"sha256:{number:064x}"} for number in range(30)]  # each costs 100
            codes = [(await talk.ask(one))[-1]["payload"][0]["extensions"]["code"] for one in unknown]
            again = (await talk.ask(TYPENAME))[-1]

    assert (codes[0], codes[-1]) == ("PERSISTED_DOCUMENT_NOT_FOUND", "THROTTLED")
    assert again["payload"][0]["extensions"]["code"] == "THROTTLED"


async def test_each_operation_is_a_line_of_the_access_log_without_its_variables(tmp_path: Path) -> None:
    document = "query States($code: String!) { state(code: $code) { name } }"
    with listening(tmp_path, FUND_ACCESS_LOG="true") as server:
        async with talking(server) as talk:
            await talk.ask({"query": document, "variables": {"code": "secret"}})
            await talk.ask({"query": "{"})
        await server.stream(document, {"code": "secret"})
        printed = server.stopped()

    lines = [json.loads(line) for line in printed.splitlines() if line.startswith("{")]
    named = [(line["method"], line["status"], line.get("operation")) for line in lines]
    assert sorted(named, key=str) == [
        ("OPERATION", None, "States"),
        ("OPERATION", None, None),
        ("POST", 200, "States"),
        ("WEBSOCKET", None, None),
    ]
    assert all(line["milliseconds"] >= 0 and line["path"] == "/graphql" for line in lines)
    assert "secret" not in printed


async def test_an_operation_that_can_t_be_answered_ends_with_its_errors_and_the_socket_stays(server: Served) -> None:
    async with talking(server) as talk:
        [error] = await talk.ask({"query": "{ nothing }"})
        assert (error["id"], error["type"], len(error["payload"])) == ("1", "error", 1)
        assert error["payload"][0]["extensions"] == {"code": "GRAPHQL_VALIDATION_FAILED"}
        [error] = await talk.ask({"query": "query A { __typename } query B { __typename }"})
        assert error["payload"][0]["extensions"] == {"code": "BAD_REQUEST"}
        assert await talk.ask(TYPENAME) == [NEXT, COMPLETE]


async def test_many_operations_run_side_by_side_and_each_has_its_end(server: Served) -> None:
    names = [str(number) for number in range(15)]  # fewer than one caller may have under way
    async with talking(server) as talk:
        await talk.say(*({"id": name, "type": "subscribe", "payload": TYPENAME} for name in names))
        heard = await talk.heard(2 * len(names))

    for name in names:
        assert [each["type"] for each in heard if each["id"] == name] == ["next", "complete"]


async def test_a_ping_is_answered_before_and_after_the_beginning(server: Served) -> None:
    async with talking(server, begin=False) as talk:
        await talk.say({"type": "ping"}, INIT, {"type": "ping", "payload": {"a": 1}}, {"type": "pong"}, ASKING)
        assert await talk.heard(5) == [{"type": "pong"}, HELLO, {"type": "pong"}, NEXT, COMPLETE]


async def test_an_operation_that_the_client_completes_frees_its_id(server: Served) -> None:
    async with talking(server) as talk:
        end = {"id": "1", "type": "complete"}
        await talk.say(ASKING, end, ASKING, end, {"id": "unknown", "type": "complete"}, ASKING | {"id": "2"})
        heard = [await talk.hear()]
        while heard[-1] != {"id": "2", "type": "complete"}:
            heard.append(await talk.hear())

    assert {each["type"] for each in heard} == {"next", "complete"}


@pytest.mark.parametrize("spelling", ["authorization", "Authorization"])
async def test_who_signs_in_by_the_first_message_is_known(server: Served, spelling: str) -> None:
    async with talking(server, begin=False) as talk:
        await talk.say(INIT | {"payload": {spelling: f"Bearer {server.token}", "other": [1]}})
        assert await talk.hear() == HELLO
        [answer, _] = await talk.ask({"query": "{ viewer { person { name } } }"})

    assert answer["payload"]["data"]["viewer"]["person"]["name"]


async def test_who_signs_in_at_the_handshake_is_known_and_the_first_message_wins(server: Served) -> None:
    right, wrong = ({"authorization": f"Bearer {token}"} for token in (server.token, "wrong"))
    async with talking(server, additional_headers=right) as talk:
        [answer, _] = await talk.ask({"query": "{ viewer { person { name } } }"})
        assert answer["payload"]["data"]["viewer"]["person"]["name"]
    async with talking(server, token=server.token, additional_headers=wrong) as talk:
        assert await talk.ask(TYPENAME) == [NEXT, COMPLETE]
    async with talking(server, begin=False, additional_headers=wrong) as talk:
        await talk.say(INIT)
        assert await talk.hear() == (4403, UNKNOWN)


async def test_a_token_that_is_revoked_ends_the_conversation_with_the_next_operation(server: Served) -> None:
    secret, revoke = new_token(server)
    async with talking(server, token=secret) as talk:
        assert await talk.ask(TYPENAME) == [NEXT, COMPLETE]
        revoke()
        [error] = await talk.ask(TYPENAME)

        assert error["payload"] == [{"message": UNKNOWN, "extensions": {"code": "UNAUTHENTICATED"}}]
        assert await talk.hear() == (4403, UNKNOWN)
