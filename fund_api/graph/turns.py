"""Turns of operations on the threads that read SQLite: each can be stopped, and never stops the one after it.

asyncio's own executors take four times as many calls for the way to a thread and back.
"""

import asyncio
import sqlite3
import threading
from collections.abc import Callable
from contextlib import suppress
from contextvars import copy_context
from queue import SimpleQueue
from typing import Any

from fund_api.core.timeouts import AGAIN

Work = Callable[["Turn"], Any]
"""What a thread does in a turn. Any: what comes out of it."""


class Turn:
    """One operation: in the queue, on a thread's connection, or done with it."""

    __slots__ = ("_connection", "_lock", "_stopped", "future", "loop", "work")

    def __init__(self, work: Work, lock: threading.Lock) -> None:
        self.work = work
        self.loop = asyncio.get_running_loop()
        self.future: asyncio.Future[Any] = self.loop.create_future()
        self._lock = lock
        self._connection: sqlite3.Connection | None = None
        self._stopped = False

    def begin(self, connection: sqlite3.Connection) -> None:
        """Take a connection. Raises InterruptedError when it was stopped before, which nobody is left to be told."""
        with self._lock:
            if self._stopped:
                raise InterruptedError
            self._connection = connection

    def end(self) -> None:
        """Let go of it: from here on nothing interrupts it."""
        with self._lock:
            self._connection = None

    def stop(self) -> None:
        """Interrupt what runs, and again until it ends: between two statements SQLite does not hear it."""
        with self._lock:
            self._stopped = True
            if self._connection is not None:
                self._connection.interrupt()
                self.loop.call_later(AGAIN, self.stop)

    def done(self, result: Any, error: BaseException | None) -> None:
        """Tell what came out, unless nobody waits for it any more."""
        if self.future.done():
            return
        if error is None:
            self.future.set_result(result)
        else:
            self.future.set_exception(error)


class Threads:
    """So many threads, each started when all others are busy; turns are taken in the order in which they come."""

    def __init__(self, number: int, name: str) -> None:
        self._number = number
        self._name = name
        self._waiting: SimpleQueue[Turn | None] = SimpleQueue()
        self._lock = threading.Lock()
        self._under_way = 0
        self._all: list[threading.Thread] = []

    async def run(self, work: Work) -> Any:
        """What comes out of some work on one of the threads. It is stopped when the task that waits is cancelled."""
        context = copy_context()
        turn = Turn(lambda turn: context.run(work, turn), self._lock)
        self._under_way += 1
        if self._under_way > len(self._all) < self._number:
            self._start()
        self._waiting.put(turn)
        try:
            return await turn.future
        except asyncio.CancelledError:
            turn.stop()
            raise
        finally:
            self._under_way -= 1

    def close(self) -> None:
        """Wait until the threads have done what waits for them, and end them."""
        for _ in self._all:
            self._waiting.put(None)
        while self._all:
            self._all.pop().join()

    def _start(self) -> None:
        name = f"{self._name}-{len(self._all)}"
        thread = threading.Thread(target=_work, args=(self._waiting,), name=name, daemon=True)
        self._all.append(thread)
        thread.start()


def _work(waiting: "SimpleQueue[Turn | None]") -> None:
    """What a thread does: one turn after the other."""
    while (turn := waiting.get()) is not None:
        result, error = None, None
        try:
            result = turn.work(turn)
        except BaseException as raised:  # noqa: BLE001  # whoever waits for the turn is told, whatever it is
            error = raised
        with suppress(RuntimeError):  # the loop is closed: nobody waits
            turn.loop.call_soon_threadsafe(turn.done, result, error)
        del turn, result, error  # an idle thread keeps nothing alive
