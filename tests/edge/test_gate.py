"""The gate: so many at once for one caller and in all, first come, first served."""

import asyncio
import random

import pytest

from fund_api.edge.gate import Gate
from fund_api.edge.refusals import Refused


def refused(gate: Gate, key: str) -> tuple[int, str, int]:
    with pytest.raises(Refused) as refusal:
        gate.enter(key)
    return refusal.value.status, refusal.value.code, refusal.value.seconds


async def test_who_has_a_full_share_running_waits_in_line_and_is_let_in_in_turn() -> None:
    gate = Gate(share=2, per_caller=4, in_all=10)

    assert [gate.enter("ada"), gate.enter("ada")] == [None, None]
    third, fourth = gate.enter("ada"), gate.enter("ada")
    assert third is not None
    assert fourth is not None
    assert refused(gate, "ada") == (429, "TOO_MANY_AT_ONCE", 1)
    assert gate.enter("bob") is None  # others are let in at once

    gate.leave("ada", None)
    assert (third.done(), fourth.done()) == (True, False)
    gate.leave("ada", None)
    assert fourth.done()
    gate.leave("ada", third)
    gate.leave("ada", fourth)
    gate.leave("bob", None)
    assert (gate.under_way, gate._running, gate._lines) == (0, {}, {})


async def test_the_whole_server_takes_only_so_many() -> None:
    gate = Gate(share=2, per_caller=4, in_all=3)
    turns = {key: gate.enter(key) for key in ("ada", "bob", "eve")}

    assert refused(gate, "mia") == (503, "SERVER_BUSY", 1)
    gate.leave("eve", turns["eve"])
    assert gate.enter("mia") is None


async def test_who_goes_away_while_waiting_gives_their_place_to_the_next() -> None:
    gate = Gate(share=1, per_caller=4, in_all=10)
    gate.enter("ada")
    first, second, third = (gate.enter("ada") for _ in range(3))
    assert first is not None
    assert second is not None
    assert third is not None
    first.cancel()
    second.cancel()
    gate.leave("ada", first)

    gate.leave("ada", None)  # the second was cancelled, and has not left yet
    assert third.done()
    gate.leave("ada", second)
    gate.leave("ada", third)
    assert (gate.under_way, gate._running, gate._lines) == (0, {}, {})


async def test_a_race_of_many_who_come_wait_and_give_up_never_passes_the_limits_and_loses_no_place() -> None:
    gate, chance = Gate(share=3, per_caller=8, in_all=20), random.Random(1)
    running = dict.fromkeys("abcd", 0)
    told: list[str] = []

    async def ask(key: str) -> None:
        try:
            turn = gate.enter(key)
        except Refused as refusal:
            told.append(refusal.code)
            return
        try:
            if turn is not None:
                await turn
            running[key] += 1
            assert running[key] <= 3
            try:
                for _ in range(chance.randrange(4)):
                    await asyncio.sleep(0)
            finally:
                running[key] -= 1
        finally:
            gate.leave(key, turn)
            told.append("left")

    tasks = []
    for _ in range(2_000):
        tasks.append(asyncio.create_task(ask(chance.choice("abcd"))))
        if chance.random() < 0.3:
            chance.choice(tasks).cancel()
        if chance.random() < 0.3:
            await asyncio.sleep(0)
        assert gate.under_way <= 20
    await asyncio.gather(*tasks, return_exceptions=True)

    assert (gate.under_way, gate._running, gate._lines) == (0, {}, {})
    assert set(told) == {"left", "TOO_MANY_AT_ONCE", "SERVER_BUSY"}
    assert [task for task in tasks if not task.cancelled() and task.exception()] == []
