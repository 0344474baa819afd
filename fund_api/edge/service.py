"""What every way to ask has in common, over HTTP or a websocket: the same documents, limits and answers."""

import asyncio
import time
from collections.abc import AsyncGenerator, Coroutine
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import structlog
from graphql import GraphQLError

from fund_api.core.commits import Commits, GoingAway
from fund_api.core.errors import TimedOut
from fund_api.edge.callers import Caller
from fund_api.edge.documents import KnownDocuments
from fund_api.edge.gate import Gate, Turn
from fund_api.edge.patience import ClientGone, Gone, Patience, Watch
from fund_api.edge.refusals import Refused
from fund_api.edge.requests import Request, SignIn
from fund_api.edge.throttling import DOCUMENT, REFUSED, REQUEST, Throttling
from fund_api.graph.engine import Engine, Planned
from fund_api.graph.errors import Code, RequestErrors
from fund_api.graph.live import Delivery, Follower, Recheck
from fund_api.graph.operations import Operation
from fund_api.people.roles import READ_SCHEMA
from fund_api.people.throttle import network

__all__ = ["Delivery", "GoingAway", "Recheck", "Service"]

Answer = dict[str, Any]  # Any: what JSON holds
_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Service:
    """Answers GraphQL requests, whatever they came by, so that no caller can hurt the others."""

    engine: Engine
    sign_in: SignIn
    documents: KnownDocuments
    commits: Commits
    throttling: Throttling
    gate: Gate
    patience: Patience
    tells_schema: bool = True
    """Whether everybody may ask about the schema."""
    unbroken: set[asyncio.Task[Answer]] = field(default_factory=set)
    """Mutations that were begun, which are finished whether or not somebody waits for their answers."""

    async def prepare(self, request: Request, caller: Caller) -> Operation:
        """The operation that a request means. Raises RequestErrors."""
        key = caller.key
        try:
            text = await self.documents.text_of(request, partial(self.check, key))
            return self.engine.prepare(
                text,
                request.name,
                request.variables,
                asks_cost=request.asks_cost,
                introspects=self.tells_schema or caller.viewer.may(READ_SCHEMA),
                unknown=partial(self._take, key, DOCUMENT),
            )
        except TimedOut as failure:
            raise late(failure) from None
        except RequestErrors as error:
            self.refused(key, error)
            raise

    async def answer(
        self, operation: Operation, caller: Caller, gone: Gone | None = None, planned: Planned | None = None
    ) -> Answer:
        """The response to a query or a mutation. Raises RequestErrors, ClientGone, and what `planned` raises.

        `gone` waits until the client went away, which ends a query, and a mutation that has not begun.
        """
        key = caller.key
        try:
            work = self._in_turn(operation, caller, key, self.gate.enter(key), gone=gone, planned=planned)
            return await (self._unbroken(work) if operation.mutates else work)
        except TimedOut as failure:
            raise late(failure) from None
        except RequestErrors as error:
            self.refused(key, error)
            raise

    def stream(
        self, operation: Operation, caller: Caller, recheck: Recheck, after: int | None = None
    ) -> AsyncGenerator[Delivery, None]:
        """What a subscription tells, from after an event on; `recheck` says who asks by then.

        What it reads is charged as if it were asked for, and waits where a request would be refused. Raises
        RequestErrors for what can't be told, Unauthorized once they may not ask any more, and GoingAway when the
        server stops.
        """
        key = caller.key
        self._take(key, DOCUMENT)
        who = Follower(caller.viewer, recheck, partial(self._admit, key))
        return self.engine.stream(operation, who, self.commits).deliveries(after)

    def admit(self, address: str) -> None:
        """Count a request beside /graphql from an address. Raises Refused."""
        self._take(network(address), REQUEST)

    def check(self, key: str) -> None:
        """Raise Refused for a caller whose request would not be answered, whatever it is."""
        self.throttling.check(key, REQUEST, time.monotonic())

    def charge(self, caller: Caller, rows: int) -> None:
        """Charge a request that is answered without an operation, and so many rows. Raises Refused."""
        self._take(caller.key, REQUEST + rows)

    def stop(self) -> None:
        """Let everybody go who follows a subscription, so that the server can stop."""
        self.commits.stop()

    async def close(self) -> None:
        """Wait for the mutations that nobody waits for any more."""
        await asyncio.gather(*self.unbroken, return_exceptions=True)

    async def _admit(self, key: str, rows: int) -> None:
        """Wait until so many rows may be read for somebody who follows. Raises GoingAway."""
        while True:
            try:
                return self._take(key, REQUEST + rows)
            except Refused as refused:
                await self.commits.pause(refused.seconds)

    async def _in_turn(
        self,
        operation: Operation,
        caller: Caller,
        key: str,
        turn: Turn | None,
        *,
        gone: Gone | None,
        planned: Planned | None,
    ) -> Answer:
        def admit(rows: int) -> None:
            self._take(key, REQUEST + rows)

        mutates = operation.mutates
        try:
            with Watch(self.patience, gone):
                if turn is not None:
                    await turn
                if not mutates:
                    response = await self.engine.answer(operation, caller.viewer, caller.sender, admit, planned)
            if mutates:
                response = await self.engine.answer(operation, caller.viewer, caller.sender, admit)
        finally:
            self.gate.leave(key, turn)
        if operation.asks_cost:
            response.setdefault("extensions", {}).update(self.throttling.told(key, time.monotonic()))
        return response

    def _take(self, key: str, rows: int) -> None:
        self.throttling.take(key, rows, time.monotonic())

    def refused(self, key: str, error: RequestErrors) -> None:
        """Count a request that was refused, unless it was for what it would have cost."""
        if error.code is not Code.THROTTLED:
            self._take(key, REFUSED)

    async def _unbroken(self, work: Coroutine[Any, Any, Answer]) -> Answer:
        """Do it to its end, even when whoever waits for it is stopped."""
        task = asyncio.create_task(work)
        self.unbroken.add(task)
        task.add_done_callback(self.unbroken.discard)
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            task.add_done_callback(_log_fault)
            raise


def late(failure: TimedOut) -> RequestErrors:
    """The answer to what took too long."""
    return RequestErrors([GraphQLError(str(failure))], Code.OPERATION_TIMEOUT)


def _log_fault(task: asyncio.Task[Answer]) -> None:
    """Log what went wrong by a fault of ours when nobody is left to be answered."""
    error = None if task.cancelled() else task.exception()
    if error is not None and not isinstance(error, RequestErrors | TimedOut | ClientGone):
        _log.error("a mutation that nobody waited for failed by a fault of the server", exc_info=error)
