"""Caching: answers that have not changed are not sent again, and not made again.

An answer has a tag when it follows the data, its viewer's rights and declared moments alone: the hash of the request,
its media type, the viewer's permissions, their id where rows are seen by it, the program, and the state of the data,
which is read after the request came. After the answer the state is read again: one that changed meanwhile has no tag,
so that a tag stands for one answer. What was answered is remembered for a while by the bytes of the request and by who
asked, so that neither parsing nor planning is repeated.

Source: RFC 9110, sections 8.8.3 and 13, and RFC 9111.
"""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

import orjson
from starlette.types import Scope

from fund_api.core import clock
from fund_api.core.heads import Heads
from fund_api.core.turning_points import TurningPoints
from fund_api.edge.access_log import NOTED, Noted
from fund_api.edge.callers import Caller
from fund_api.edge.requests import Headers
from fund_api.edge.tags import names, rights_of, tag_of, takes_any
from fund_api.graph.engine import Answer
from fund_api.graph.kept import Kept

REMEMBERED = 10_000
"""Requests that are remembered, per process; the oldest are forgotten first."""
REMEMBERED_FOR = 60.0
"""Seconds for which they are: so long a document of a client's that is no longer trusted is answered, as without."""
SHARE = 8
"""A body that takes more than this part of the room is not kept."""
OVERHEAD = 500
"""Bytes that an answer takes which is kept, beside its body."""
OPTIONS = orjson.OPT_UTC_Z
PRIVATE = b"private, no-cache"
"""What other caches than the client's own must not keep, and what the client asks about before it uses it again."""
_ANYBODY, _SIGNED_IN = b"-", b"*"
"""Whom a tag is for where rows are not seen by who asks. Caches between may find an answer by its tag alone, and the
public one may be kept by all of them: who signed in never shares its tag."""

Charge = Callable[[Caller, int], None]
"""Charges a caller for a request and so many rows. Raises Refused."""
Key = tuple[bytes, str, bytes, str | None, frozenset[str]]
"""A request: its bytes by their hash, its method and media type, and the viewer's id and permissions."""


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a request that was answered."""

    identity: bytes
    """What its tag is made of beside the state of the data."""
    timed: bool
    """Whether the answer changes by the clock."""
    public: bool
    """Whether it asked nothing of its viewer."""
    rows: int
    """What it costs."""
    until: float
    """When it is forgotten, by a clock that never goes back."""
    noted: dict[str, Any] = field(default_factory=dict)  # Any: values of a log line
    """What the access log says of it."""


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer as it is sent: its body, none for 304, and the headers that it has."""

    status: int
    body: bytes
    headers: Headers


class Unchanged(Exception):
    """The client has the answer already: there is no need to run the operation."""

    def __init__(self, reply: Reply) -> None:
        super().__init__()
        self.reply = reply


class Caching:
    """Remembers requests and their answers; one object in a process."""

    def __init__(
        self,
        heads: Heads,
        points: TurningPoints,
        charge: Charge,
        *,
        program: bytes,
        public_seconds: int = 60,
        room: int = 0,
    ) -> None:
        self.bodies: Kept[Key, tuple[bytes, bytes]] = Kept(room // OVERHEAD, room)
        """The tag and the body of what each request was answered last."""
        self.requests: Kept[Key, Known] = Kept(REMEMBERED)
        self.program = program
        self._heads = heads
        self._points = points
        self.charge = charge
        self.public = b"public, max-age=%d" % public_seconds
        """What is said of answers that anybody may keep."""
        self._largest = room // SHARE

    def exchange(self, scope: Scope, raw: bytes, media: bytes, headers: Headers, caller: Caller) -> "Exchange":
        """What one request and its answer have to do with the cache; `raw` is the body, or the query string of GET."""
        viewer, method = caller.viewer, scope["method"]
        key = (sha256(raw).digest(), method, media, viewer.id, viewer.permissions)
        known = self.requests.get(key)
        if known is not None and known.until < time.monotonic():
            known = None
        shared = method == "GET" and b"authorization" not in headers
        return Exchange(self, key, caller, headers.get(b"if-none-match"), shared, known, scope.get(NOTED))

    async def standing(self, timed: bool) -> str | None:
        """The state of the data, and the last moment that passed for what changes by the clock. None: not known."""
        head = await self._heads.fresh()
        return head if not timed or head is None else await self._points.standing(head, clock.now())

    async def spared(self, timed: bool) -> str | None:
        """The same without a statement on the tables of the data; None also where that takes one."""
        head = await self._heads.fresh()
        return head if not timed or head is None else self._points.held(head, clock.now())

    def follows(self, answer: Answer) -> bool:
        """Whether an answer follows what tags are made of, and nothing else."""
        dependence = answer.plan.dependence
        return not answer.others and not dependence.unlogged and dependence.moments <= self._points.names

    def keep(self, key: Key, tag: bytes, body: bytes) -> None:
        """Keep an answer, unless it is too large."""
        if len(body) <= self._largest:
            self.bodies.keep(key, (tag, body), len(body) + OVERHEAD)

    async def close(self) -> None:
        """Let go of the connection."""
        await self._heads.close()


@dataclass(slots=True)
class Exchange:
    """One request, and what of its answer is known so far."""

    caching: Caching
    key: Key
    caller: Caller
    condition: bytes | None
    """If-None-Match."""
    shared: bool
    """Whether caches that serve many may keep the answer, as far as the request tells."""
    known: Known | None
    noted: Noted | None
    standing: str | None = None
    tag: bytes | None = None
    new: bool = False
    """Whether the request is not remembered yet."""
    expires: float = math.inf
    """When its document has to be looked up again, by a clock that never goes back."""

    async def remembered(self) -> Reply | None:
        """The answer without asking anything of the operation, if the client has it or it was kept. Raises Refused.

        Nothing is read of the data's own tables, not even the moments at which the clock changes the answer: the first
        request after a write, which has to read those, is answered in full. A 304 costs the request alone: who kept the
        answer spared the work. An answer that the process happened to have kept costs what it would cost anew, so that
        nobody can ask for more, or less, by what others asked for.
        """
        known = self.known
        if known is None:
            return None
        self.standing = standing = await self.caching.spared(known.timed)
        if standing is None:
            return None
        self.tag = tag_of(known.identity, standing)
        condition = self.condition
        if condition is not None and (names(condition, self.tag) or takes_any(condition)):
            return self._unchanged(known)
        bodies = self.caching.bodies
        if not bodies or (kept := bodies.find(self.key)) is None or kept[0] != self.tag:
            return None
        self.caching.charge(self.caller, known.rows)
        self._note(known, known.rows)
        return Reply(200, kept[1], self._headers(known))

    async def planned(self, answer: Answer, rows: int) -> None:
        """Find the tag, before anything is read. Raises Unchanged when the client has the answer already.

        That is said only when nothing of the data was read to find it out.
        """
        if not self.caching.follows(answer):
            return
        self.known, self.new = self._known(answer, rows), True
        known = self.known
        spared = await self.caching.spared(known.timed)
        self.standing = standing = spared or await self.caching.standing(known.timed)
        if standing is None:
            return
        self.tag = tag_of(known.identity, standing)
        if spared and self.condition is not None and names(self.condition, self.tag):
            raise Unchanged(self._unchanged(known))

    async def answered(self, data: dict[str, Any]) -> Reply:
        """The answer as it is sent. It has its tag, and is kept, when the state is still the one that it began in."""
        body = orjson.dumps(data, option=OPTIONS)
        known, caching = self.known, self.caching
        if known is None or self.tag is None or await caching.standing(known.timed) != self.standing:
            return Reply(200, body, {b"cache-control": PRIVATE} if self.shared else {})
        if self.new:
            caching.requests.keep(self.key, known)
        caching.keep(self.key, self.tag, body)
        if self.condition is not None and takes_any(self.condition):
            return Reply(304, b"", self._headers(known))
        return Reply(200, body, self._headers(known))

    def _known(self, answer: Answer, rows: int) -> Known:
        digest, method, media, viewer_id, permissions = self.key
        dependence = answer.plan.dependence
        who = _SIGNED_IN if viewer_id is not None else _ANYBODY
        if viewer_id is not None and dependence.viewer:
            who = viewer_id.encode()
        identity = b"%b%b%b%b %b %b " % (
            *(self.caching.program, digest, rights_of(permissions)),
            *(method.encode(), who, media),
        )
        until = min(time.monotonic() + REMEMBERED_FOR, self.expires)
        noted = dict(self.noted.asked) if self.noted is not None else {}
        return Known(identity, bool(dependence.moments), dependence.public, rows, until, noted)

    def _unchanged(self, known: Known) -> Reply:
        self.caching.charge(self.caller, 0)
        self._note(known, 0)
        return Reply(304, b"", self._headers(known))

    def _headers(self, known: Known) -> Headers:
        control = self.caching.public if self.shared and known.public else PRIVATE
        return {b"etag": self.tag or b"", b"cache-control": control}

    def _note(self, known: Known, rows: int) -> None:
        if self.noted is not None:
            self.noted.asked = known.noted | {"cost": rows}
