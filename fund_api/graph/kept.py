"""Caches of bounded size."""

from collections import OrderedDict
from collections.abc import Hashable
from typing import TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Kept(OrderedDict[K, V]):
    """A cache of the entries that were used last: at most `size`, together no heavier than `room`."""

    def __init__(self, size: int, room: float = float("inf")) -> None:
        super().__init__()
        self.size = size
        self.room = room
        self.weights: dict[K, int] = {}
        self.weight = 0

    def find(self, key: K) -> V | None:
        """The entry, which then counts as used."""
        value = self.get(key)
        if value is not None:
            self.move_to_end(key)
        return value

    def keep(self, key: K, value: V, weight: int = 0) -> V:
        """Add an entry, dropping those that were unused for longest."""
        self[key] = value
        self.weight += weight - self.weights.get(key, 0)
        self.weights[key] = weight
        while len(self) > self.size or self.weight > self.room:
            oldest, _ = self.popitem(last=False)
            self.weight -= self.weights.pop(oldest)
        return value
