"""Patience: what takes too long is stopped, and what nobody waits for."""

import asyncio
import time

import pytest

from fund_api.core.errors import TimedOut
from fund_api.edge.patience import ClientGone, Patience, Watch


async def never() -> None:
    await asyncio.get_running_loop().create_future()


async def test_work_that_takes_too_long_is_stopped_and_told_so() -> None:
    patience = Patience(0.1)
    began = time.monotonic()

    with pytest.raises(TimedOut) as late, Watch(patience):
        await never()

    assert 0.1 <= time.monotonic() - began < 2
    assert str(late.value) == (
        "This took longer than 0.1 seconds, the most that it may take, and nothing was done."
        " Try again in a moment; when that happens again, ask for less at once."
    )
    task = asyncio.current_task()
    assert task is not None
    assert task.cancelling() == 0  # it can go on
    assert patience.under_way == {}


async def test_work_whose_client_goes_away_is_stopped() -> None:
    patience, gone = Patience(60), asyncio.Event()

    async def work() -> None:
        with Watch(patience, gone.wait):
            await never()

    task = asyncio.create_task(work())
    await asyncio.sleep(0)
    assert list(patience.under_way) != []
    gone.set()
    with pytest.raises(ClientGone):
        await asyncio.wait_for(task, 5)
    assert patience.under_way == {}


async def test_quick_work_does_not_watch_its_client() -> None:
    asked = 0

    async def gone() -> None:
        nonlocal asked
        asked += 1
        await never()

    patience = Patience(60)
    for _ in range(100):
        with Watch(patience, gone):
            await asyncio.sleep(0)
    assert asked == 0


async def test_who_is_cancelled_by_somebody_else_stays_cancelled() -> None:
    patience = Patience(60)

    async def work() -> None:
        with Watch(patience):
            await never()

    task = asyncio.create_task(work())
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_who_is_cancelled_by_both_stays_cancelled() -> None:
    patience = Patience(0)
    told: list[int] = []

    async def work() -> None:
        try:
            with Watch(patience):
                await never()
        finally:
            told.append(task.cancelling())

    task = asyncio.create_task(work())
    await asyncio.sleep(0)
    task.cancel()
    patience.look()  # its time is up, too, before it could end
    with pytest.raises(asyncio.CancelledError):
        await task
    assert told == [1]


async def test_work_that_ends_in_spite_of_its_stop_leaves_its_task_as_it_was() -> None:
    with Watch(Patience(0)), pytest.raises(asyncio.CancelledError):
        await never()

    task = asyncio.current_task()
    assert task is not None
    assert task.cancelling() == 0
