"""Caches of bounded size."""

from collections import OrderedDict
from collections.abc import Hashable
from typing import TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Kept(OrderedDict[K, V]):
    """A cache of the `size` entries that were used last."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self.size = size

    def find(self, key: K) -> V | None:
        """The entry, which then counts as used."""
        value = self.get(key)
        if value is not None:
            self.move_to_end(key)
        return value

    def keep(self, key: K, value: V) -> V:
        """Add an entry, dropping the one that was unused for longest."""
        self[key] = value
        if len(self) > self.size:
            self.popitem(last=False)
        return value
