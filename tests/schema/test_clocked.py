"""Fields that Python computes: those that ask what time it is say so, since their answers are not kept."""

from collections.abc import Callable, Iterator
from types import CodeType, FunctionType, ModuleType
from typing import Any

import pytest

from fund_api.core import clock
from fund_api.graph.declarations import Computed
from tests.asking import CATALOGUE

COMPUTED = {
    f"{entity.name}.{name}": field
    for entity in CATALOGUE.entities.values()
    for name, field in entity.fields.items()
    if isinstance(field, Computed)
}


def reached(function: Callable[..., Any]) -> Iterator[Any]:
    """Everything that a function, and ours that it calls, takes from its module. Any: whatever stands there."""
    waiting: list[Any] = [function]
    seen: set[FunctionType] = set()
    while waiting:
        one = waiting.pop()
        if not isinstance(one, FunctionType) or one in seen:
            continue
        seen.add(one)
        for name in _names(one.__code__):
            found = one.__globals__.get(name)
            yield found
            if isinstance(found, ModuleType) and found.__name__.startswith(("fund_api", "schema")):
                waiting += [getattr(found, each) for each in _names(one.__code__) if hasattr(found, each)]
            elif getattr(found, "__module__", "").startswith(("fund_api", "schema")):
                waiting.append(found)


def _names(code: CodeType) -> set[str]:
    inner = (each for each in code.co_consts if isinstance(each, CodeType))
    return set(code.co_names).union(*map(_names, inner))


@pytest.mark.parametrize("name", COMPUTED)
def test_what_asks_for_the_time_is_clocked_and_nothing_else(name: str) -> None:
    computed = COMPUTED[name]
    assert any(each is clock for each in reached(computed.function)) == computed.clocked


def test_there_are_both_kinds() -> None:
    assert {computed.clocked for computed in COMPUTED.values()} == {False, True}
