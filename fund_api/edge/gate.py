"""The gate: how many operations are under way at once, of one caller and in all. In memory, per process.

A caller whose share is running waits in a line of their own, so that the readers which are left answer everybody else.
"""

import asyncio

from fund_api.edge.refusals import Refused
from fund_api.graph.errors import Code

AGAIN = 1
"""Seconds after which whom the gate refused may come again."""

Turn = asyncio.Future[None]
"""Done when an operation may begin."""


class Gate:
    """Lets operations in: of one caller `share` run at once, and `per_caller` are under way, running or waiting."""

    def __init__(self, share: int, per_caller: int, in_all: int) -> None:
        self.share = min(share, per_caller)
        self.per_caller = per_caller
        self.in_all = in_all
        self.under_way = 0
        self._running: dict[str, int] = {}
        self._lines: dict[str, list[Turn]] = {}

    def enter(self, key: str) -> Turn | None:
        """Let an operation of a caller in: None when it may begin, otherwise its turn to wait for. Raises Refused.

        Whoever was let in leaves, whatever became of them.
        """
        if self.under_way >= self.in_all:
            message = f"The server has {self.in_all} operations under way, the most that it takes: try again."
            raise Refused(503, Code.SERVER_BUSY, message, AGAIN)
        running = self._running.get(key, 0)
        if running >= self.share:
            return self._in_line(key)
        self.under_way += 1
        self._running[key] = running + 1
        return None

    def leave(self, key: str, turn: Turn | None) -> None:
        """End an operation that was let in with this turn, whether or not it came to it; the next one may begin."""
        self.under_way -= 1
        if turn is not None and (turn.cancelled() or not turn.done()):
            self._step_out(key, turn)
        elif key in self._lines and (following := next((each for each in self._lines[key] if not each.done()), None)):
            self._step_out(key, following)
            following.set_result(None)
        elif self._running[key] == 1:
            del self._running[key]
        else:
            self._running[key] -= 1

    def _in_line(self, key: str) -> Turn:
        line = self._lines.get(key, [])
        if self._running[key] + len(line) >= self.per_caller:
            message = f"You have {self.per_caller} operations under way, the most that one caller may: wait for one."
            raise Refused(429, Code.TOO_MANY_AT_ONCE, message, AGAIN)
        self.under_way += 1
        turn = asyncio.get_running_loop().create_future()
        self._lines[key] = [*line, turn]
        return turn

    def _step_out(self, key: str, turn: Turn) -> None:
        self._lines[key].remove(turn)
        if not self._lines[key]:
            del self._lines[key]
