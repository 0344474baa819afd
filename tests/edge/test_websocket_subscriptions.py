"""Subscriptions over websockets: in order, for as long as the client listens and may."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from graphql import get_introspection_query

from tests.edge.talking import (
    COMPLETE,
    INIT,
    NEXT,
    RESTART,
    TYPENAME,
    UNKNOWN,
    Served,
    add_people,
    following,
    last_event,
    listening,
    new_token,
    numbers,
    served,
    talking,
)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    settings = {"FUND_LIVE_CONNECTIONS": "3", "FUND_SOCKET_OPERATIONS": "2", "FUND_LIVE_PATIENCE": "1"}
    with served(tmp_path_factory.mktemp("subscriptions"), **settings) as found:
        yield found


async def test_what_happens_is_told_in_order_and_who_comes_back_misses_nothing(server: Served) -> None:
    async with talking(server, token=server.token) as talk:
        await talk.say(following(after=last_event(server)))
        first = add_people(server, 3)
        assert numbers(await talk.heard(len(first))) == first
    missed = add_people(server, 2)
    async with talking(server, token=server.token) as talk:
        await talk.say(following(after=first[-1]))
        told = numbers(await talk.heard(len(missed)))
        later = add_people(server, 1)

        assert (told, numbers(await talk.heard(len(later)))) == (missed, later)


async def test_two_subscriptions_on_a_socket_are_told_side_by_side_and_one_can_end(server: Served) -> None:
    start = last_event(server)
    async with talking(server, token=server.token) as talk:
        await talk.say(following("a", start), following("b", start))
        first = add_people(server, 1)
        heard = await talk.heard(2 * len(first))
        await talk.say({"id": "a", "type": "complete"})
        assert await talk.ask(TYPENAME) == [NEXT, COMPLETE]
        second = add_people(server, 1)
        alone = await talk.heard(len(second))

    assert {name: numbers([each for each in heard if each["id"] == name]) for name in "ab"} == {"a": first, "b": first}
    assert ({each["id"] for each in alone}, numbers(alone)) == ({"b"}, second)


async def test_a_subscription_that_can_t_be_told_ends_with_its_errors(server: Served) -> None:
    async with talking(server, token=server.token) as talk:
        await talk.say(following(after=1_000_000))
        error = await talk.hear()
        [told] = error["payload"]

        assert (error["type"], told["extensions"]["code"]) == ("error", "BAD_USER_INPUT")
        assert await talk.ask(TYPENAME) == [NEXT, COMPLETE]


async def test_a_revoked_token_ends_a_subscription_at_once_and_closes_the_socket(server: Served) -> None:
    secret, revoke = new_token(server)
    async with talking(server, token=secret) as talk:
        await talk.say(following(after=last_event(server)))
        told = add_people(server, 1)
        assert numbers(await talk.heard(len(told))) == told
        revoke()
        error = await talk.hear()
        assert error == {"id": "1", "type": "error", "payload": [_unauthenticated()]}
        assert await talk.hear() == (4403, UNKNOWN)


def _unauthenticated() -> dict[str, Any]:
    return {"message": UNKNOWN, "extensions": {"code": "UNAUTHENTICATED"}}


async def test_a_socket_runs_so_many_operations_at_the_same_time(server: Served) -> None:
    async with talking(server, token=server.token) as talk:
        await talk.say(following("a"), following("b"), following("c"))
        [error] = (refused := await talk.hear())["payload"]
        assert (refused["id"], refused["type"], error["extensions"]) == ("c", "error", {"code": "TOO_MANY"})
        assert error["message"] == "This socket runs 2 operations, the most that one may: complete some."
        await talk.say({"id": "a", "type": "complete"})
        assert await talk.ask(TYPENAME) == [NEXT, COMPLETE]


async def test_a_caller_holds_so_many_sockets_and_others_go_on(server: Served) -> None:
    async with (
        talking(server, token=server.token),
        talking(server, token=server.token),
        talking(server, token=server.token) as third,
        talking(server),
    ):
        async with talking(server, begin=False) as fourth:
            await fourth.say(INIT | {"payload": {"authorization": f"Bearer {server.token}"}})
            told = "You hold 3 live connections, the most that one caller may: close some."
            assert await fourth.hear() == (4421, told)
        await third.socket.close()
        async with talking(server, token=server.token) as again:
            assert await again.ask(TYPENAME) == [NEXT, COMPLETE]


async def test_who_takes_nothing_is_sent_away_with_a_reason_and_others_go_on(tmp_path: Path) -> None:
    document, told = {"query": get_introspection_query()}, "You took nothing for 1 second: connect again"
    with served(tmp_path, FUND_LIVE_PATIENCE="1") as server:
        async with (
            talking(server, token=server.token, max_queue=1, max_size=None) as slow,
            talking(server) as other,
        ):
            await slow.say(*({"id": str(number), "type": "subscribe", "payload": document} for number in range(50)))
            waited = time.monotonic() + 3
            while time.monotonic() < waited:
                assert await other.ask(TYPENAME) == [NEXT, COMPLETE]
            heard = [await slow.hear()]
            while isinstance(heard[-1], dict):
                heard.append(await slow.hear())

    assert heard[-1] == (4420, f"{told}, and continue after the last number that you have.")
    assert 0 < sum(each["type"] == "complete" for each in heard[:-1]) < 50


async def test_a_stop_closes_all_sockets_at_once_so_that_clients_come_back(tmp_path: Path) -> None:
    with listening(tmp_path) as server:
        async with talking(server, token=server.token) as busy, talking(server) as idle:
            await busy.say(following())
            assert await busy.ask(TYPENAME, "2") == [NEXT | {"id": "2"}, COMPLETE | {"id": "2"}]
            started = time.monotonic()
            server.process.terminate()
            assert [await busy.hear(), await idle.hear()] == [(1012, RESTART)] * 2
        assert "Traceback" not in server.stopped()

    assert time.monotonic() - started < 8
