"""The parts of statements: they are counted while a plan is compiled, which takes as long as they are many.

Neither the length of a document nor that of its variables says how many there will be: each condition of a filter
stands in the statement once for each list and each count that is asked of the rows it chooses.
"""

from dataclasses import dataclass

from fund_api.graph.arguments import Value
from fund_api.graph.limits import exceeded

_QUANTIFIERS = frozenset({"some", "every", "none"})
LIST, JOINED, COLUMNS = 10, 5, 4
"""A list or a count of one and a row that is joined count for so many conditions, and so many columns for one."""


@dataclass(slots=True)
class Parts:
    """How many parts there are so far, of those that one operation may need."""

    allowed: int
    number: int = 0
    foreseen: int = 0
    """Those of the lists that were walked so far, none of which is made yet."""

    def take(self, number: int) -> None:
        """Count parts before they are made. Raises RequestErrors when there are too many."""
        self.number += number
        if self.number > self.allowed:
            raise exceeded("parts", self.number, self.allowed)

    def foresee(self, condition: Value, uses: int) -> None:
        """Count the lists to come, each with this filter. Raises RequestErrors when there will be too many."""
        self.foreseen += uses * (LIST + _conditions(condition))
        if self.foreseen > self.allowed:
            raise exceeded("parts", self.foreseen, self.allowed)


def _conditions(tree: Value) -> int:
    """The parts that a filter needs at the least, by its form alone."""
    if isinstance(tree, list):
        return sum(map(_conditions, tree))
    if not isinstance(tree, dict):
        return 0
    own = 0 if tree.keys() <= _QUANTIFIERS else len(tree)
    return own + sum(JOINED * _is_joined(name, inner) + _conditions(inner) for name, inner in tree.items())


def _is_joined(name: str, inner: Value) -> bool:
    """Whether a condition is surely one on rows of another entity: one that tests a row's key alone may need none."""
    if not isinstance(inner, dict) or name == "not" or inner.keys() <= _QUANTIFIERS:
        return False
    below = [one for one in inner.values() if isinstance(one, dict)]
    deeper = any(isinstance(one, dict) for each in below for one in each.values())
    return name in _QUANTIFIERS or deeper or (len(inner) > 1 and bool(below))
