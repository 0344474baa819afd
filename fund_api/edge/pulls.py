"""Pulls over HTTP: all rows of a list as one answer, in the form that the request accepts.

What goes wrong before the first row is an answer of its own, in JSON. After it the answer is broken off: it never ends
as one that is whole, and who pulled goes on from their last cursor.
"""

import asyncio
import time
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing, contextmanager
from dataclasses import dataclass, field
from functools import partial

import structlog
from starlette.types import Receive, Scope, Send

from fund_api.core.errors import TimedOut
from fund_api.edge.access_log import NOTED, Noted
from fund_api.edge.callers import Caller
from fund_api.edge.event_streams import ABORT, CLOSE
from fund_api.edge.refusals import Refused
from fund_api.edge.requests import BadRequest, Headers
from fund_api.edge.service import Service, late
from fund_api.edge.throttling import REQUEST
from fund_api.graph.errors import Code, RequestErrors
from fund_api.graph.operations import Operation
from fund_api.graph.pulls import Pull, Rows
from fund_api.reporting import compression, offered
from fund_api.reporting.cursors import cursor_at
from fund_api.reporting.forms import About, Form, FormKind
from fund_api.reporting.offered import NotInstalled

AGAIN = 10
"""Seconds after which whom no slot was free for may come again."""
CONTENT_TYPES = {
    FormKind.JSONL: b"application/jsonl",
    FormKind.CSV: b"text/csv; charset=utf-8; header=present",
    FormKind.PARQUET: b"application/vnd.apache.parquet",
}
_STOPPED = Refused(503, Code.SERVER_BUSY, "The server stops: pull again, after the last cursor that you have.", 1)
_log = structlog.get_logger()


class BrokenOff(Exception):
    """An answer that was begun and does not end; the server closes its connection."""


@dataclass(frozen=True, slots=True)
class Slots:
    """How many pulls a process has under way; a caller has one of them."""

    number: int
    _callers: set[str] = field(default_factory=set)

    @contextmanager
    def one(self, caller: str) -> Iterator[None]:
        """Hold a slot for a caller. Raises Refused."""
        if caller in self._callers:
            raise Refused(429, Code.TOO_MANY_AT_ONCE, "You have a pull under way: wait for its end.", AGAIN)
        if len(self._callers) >= self.number:
            message = f"The server has {self.number} pulls under way, the most that it takes: try again."
            raise Refused(503, Code.SERVER_BUSY, message, AGAIN)
        self._callers.add(caller)
        try:
            yield
        finally:
            self._callers.discard(caller)


class Packed:
    """A form and its compression: the bytes that are sent. It is used in the thread of a pull."""

    def __init__(self, form: Form, encoding: str) -> None:
        self._form = form
        self._compressor = compression.compressor(encoding)
        self._begun = False
        self.number = 0
        """Rows so far."""

    def rows(self, rows: Rows) -> bytes:
        """The next rows, the first of them behind what the form begins with."""
        head = b"" if self._begun else self._form.begin()
        self._begun = True
        self.number += len(rows)
        return self._compressor.part(head + self._form.rows(rows))

    def end(self) -> bytes:
        """What comes after them."""
        return self._compressor.part(self._form.end()) + self._compressor.end()


@dataclass(slots=True)
class Sent:
    """What was sent of an answer, by the parts that the client took."""

    send: Send
    patience: float
    begun: bool = False
    rows: int = 0
    size: int = 0
    """In bytes."""

    async def start(self, headers: Headers) -> None:
        """Begin the answer."""
        self.begun = True
        await self.send({"type": "http.response.start", "status": 200, "headers": list(headers.items())})

    async def part(self, part: bytes, *, more: bool = True) -> None:
        """Send a part; waits while the client does not take what was sent before, with a TimeoutError at last."""
        self.size += len(part)
        if part or not more:
            async with asyncio.timeout(self.patience):
                await self.send({"type": "http.response.body", "body": part, "more_body": more})


@dataclass(frozen=True, slots=True)
class Pulls:
    """Answers by pulls."""

    service: Service
    slots: Slots
    seconds: float
    """How long one may last."""
    patience: float
    """Seconds after which a client that takes nothing is sent away."""
    formulas: bool = False
    """Whether CSV may hold what a spreadsheet would run."""
    under_way: set[asyncio.Task[None]] = field(default_factory=set)

    async def answer(
        self, scope: Scope, receive: Receive, send: Send, operation: Operation, caller: Caller, *, kind: FormKind
    ) -> None:
        """Send every row. Raises RequestErrors, BadRequest and faults of ours before the first."""
        try:
            offered.check(kind)
        except NotInstalled as lacking:
            raise BadRequest(406, str(lacking)) from None
        noted: Noted | None = scope.get(NOTED)
        if noted is not None:
            noted.ask(operation, caller)
        sent = Sent(send, self.patience)
        work = asyncio.create_task(self._rows(sent, dict(scope["headers"]), operation, caller, kind))
        self.under_way.add(work)
        try:
            left = await _left_before(receive, work)
        finally:
            self.under_way.discard(work)
            if noted is not None:
                noted.asked |= {"rows": sent.rows, "bytes": sent.size}
        if not left:
            await self._ended(scope, receive, sent, work, caller)

    def stop(self) -> None:
        """Break off what is under way: the server stops."""
        for work in self.under_way:
            work.cancel()

    async def _rows(self, sent: Sent, headers: Headers, operation: Operation, caller: Caller, kind: FormKind) -> None:
        """Send a pull. Its slot is free before it ends: whoever has it all may pull again at once. Raises Refused."""
        accepted = headers.get(b"accept-encoding", b"").decode("latin-1")
        encoding = compression.IDENTITY if kind in offered.COMPRESSED else compression.chosen(accepted)
        admit = partial(self._admit, caller.key)
        with self.slots.one(caller.key):
            async with self.service.engine.pull(operation, caller.viewer, admit, self.seconds) as pull:
                about = About(pull.columns, pull.name, pull.number, self.formulas)
                packed = Packed(await pull.run(partial(offered.form, kind, about)), encoding)
                async with aclosing(pull.made(packed.rows)) as parts:
                    await self._parts(sent, parts, packed, _headers(pull, kind, encoding))
                end = await pull.run(packed.end)
        await sent.part(end, more=False)

    @staticmethod
    async def _parts(sent: Sent, parts: AsyncGenerator[bytes, None], packed: Packed, headers: Headers) -> None:
        async for part in parts:
            if not sent.begun:
                await sent.start(headers)
            sent.rows = packed.number
            await sent.part(part)

    def _admit(self, key: str, rows: int) -> None:
        self.service.throttling.take(key, REQUEST + rows, time.monotonic())

    async def _ended(
        self, scope: Scope, receive: Receive, sent: Sent, work: asyncio.Task[None], caller: Caller
    ) -> None:
        """See what became of a pull; one that did not come to its end is broken off. Raises what it ended with."""
        error = _STOPPED if work.cancelled() else work.exception()
        if error is None:
            return
        if not sent.begun:
            if isinstance(error, RequestErrors):
                self.service.refused(caller.key, error)
            raise late(error) if isinstance(error, TimedOut) else error
        stuck = isinstance(error, TimeoutError)
        if stuck or error is _STOPPED or isinstance(error, TimedOut):
            reason = "its client took nothing" if stuck else str(error)
            _log.warning("a pull was broken off", reason=reason, request_id=caller.sender.request_id)
        else:
            _log.error("a pull failed by a fault of the server", request_id=caller.sender.request_id, exc_info=error)
        cut = scope.get("extensions", {}).get(ABORT if stuck else CLOSE)
        if cut is None:
            raise BrokenOff
        cut()
        await _left(receive)


async def _left_before(receive: Receive, work: asyncio.Task[None]) -> bool:
    """Wait for the end of some work, and say whether the client left before it, which stops it."""
    leaving = asyncio.create_task(_left(receive))
    try:
        ended, _ = await asyncio.wait((work, leaving), return_when=asyncio.FIRST_COMPLETED)
        return work not in ended
    finally:
        for task in (work, leaving):
            task.cancel()
        await asyncio.gather(work, leaving, return_exceptions=True)


async def _left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _headers(pull: Pull, kind: FormKind, encoding: str) -> Headers:
    headers = {
        b"content-type": CONTENT_TYPES[kind],
        b"content-disposition": f'attachment; filename="{pull.name}.{kind}"'.encode(),
        b"fund-event": str(pull.number).encode(),
        b"fund-cursor": cursor_at(pull.feed, pull.at).encode(),
        b"cache-control": b"no-store",
        b"vary": b"Accept, Accept-Encoding, Authorization, Origin",
        b"x-accel-buffering": b"no",  # nginx would take it from us faster than its client does
    }
    return headers if encoding == compression.IDENTITY else {**headers, b"content-encoding": encoding.encode()}
