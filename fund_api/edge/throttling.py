"""A leaky bucket of rows for each caller: what they ask for flows in, and drains at a constant rate. Per process.

An operation costs the rows that it may touch, which are known before it runs, and REQUEST more; a document that has to
be read first, because nobody sent it lately, costs DOCUMENT, and a request that is refused REFUSED. Nothing is done for
which there is no room.
"""

import math
from collections import OrderedDict
from dataclasses import dataclass

from fund_api.core.text import several
from fund_api.edge.refusals import Refused, Told
from fund_api.graph.errors import Code

REQUEST = 10
DOCUMENT = 500
REFUSED = 100
CALLERS = 10_000
"""Callers that are remembered; those who asked longest ago are forgotten first."""


@dataclass(slots=True)
class Bucket:
    """How many rows were in it at a second of a clock that never goes back."""

    level: float
    at: float


class Throttling:
    """The buckets of all callers: each holds `capacity` rows, and `rate` of them drain in a second."""

    def __init__(self, capacity: int, rate: int) -> None:
        self.capacity = capacity
        self.rate = rate
        self._buckets: OrderedDict[str, Bucket] = OrderedDict()

    def take(self, key: str, rows: int, now: float) -> None:
        """Let so many rows flow into a caller's bucket, at most as many as it holds.

        Raises Refused, and takes nothing, when they don't fit.
        """
        buckets, capacity = self._buckets, self.capacity
        bucket = buckets.get(key)
        if bucket is None:
            bucket = self._new(key, now)
        else:
            buckets.move_to_end(key)
        drained = bucket.level - (now - bucket.at) * self.rate
        bucket.level, bucket.at = drained if drained > 0 else 0.0, now
        level = bucket.level + (rows if rows < capacity else capacity)
        if level > capacity:
            raise self._refusal(bucket.level, level - capacity)
        bucket.level = level

    def check(self, key: str, rows: int, now: float) -> None:
        """Take nothing. Raises Refused when so many rows would not fit."""
        level = self._level(key, now)
        if level + rows > self.capacity:
            raise self._refusal(level, level + rows - self.capacity)

    def told(self, key: str, now: float) -> Told:
        """What a caller is told of their bucket."""
        return self._told(self._level(key, now))

    def _level(self, key: str, now: float) -> float:
        bucket = self._buckets.get(key)
        return 0.0 if bucket is None else max(0.0, bucket.level - (now - bucket.at) * self.rate)

    def _new(self, key: str, now: float) -> Bucket:
        bucket = self._buckets[key] = Bucket(0.0, now)
        if len(self._buckets) > CALLERS:
            self._buckets.popitem(last=False)
        return bucket

    def _refusal(self, level: float, over: float) -> Refused:
        seconds = math.ceil(over / self.rate)
        message = (
            f"You asked for more rows than the {self.capacity:,} that one caller may have at once;"
            f" {self.rate:,} come back each second. Try again in {several(seconds, 'second')}."
        )
        return Refused(429, Code.THROTTLED, message, seconds, self._told(level))

    def _told(self, level: float) -> Told:
        return {
            "throttle": {
                "limit": self.capacity,
                "remaining": math.floor(self.capacity - level),
                "restoreRate": self.rate,
            }
        }
