"""Steps: the statements of an operation on SQLite, one for each level, and how their rows are put together."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

import orjson

from fund_api.core.access import Viewer
from fund_api.graph.compile import QueryStep, Variables


@dataclass(frozen=True, slots=True)
class Asked:
    """Who asks for an operation, and when: rights follow both."""

    viewer: Viewer
    at: datetime


class Executes(Protocol):
    """What statements of SQLite are run on."""

    def execute(self, text: str, parameters: tuple[object, ...], /) -> Any:
        """A cursor over the rows. Any: sqlite3's, or SQLAlchemy's."""
        ...


Given = tuple[Variables, Asked]
"""What a request brings: its variables, and who asks."""
Slots = tuple[Any, ...]  # Any: whatever the database holds


def parameters(step: QueryStep, given: Given, parents: str | None) -> Slots:
    """The parameters of a level's statement."""
    variables, asked = given
    return step.query.bind(variables, parents, asked.viewer.id, asked.at)


def run_step(connection: Executes, step: QueryStep, given: Given, keys: list[object]) -> list[Slots]:
    """What a level brings for each of its parents' keys: its rows, then its extras."""
    level = step.step
    parents = orjson.dumps(keys).decode() if level.keyed else None
    rows = connection.execute(step.query.text, parameters(step, given, parents)).fetchall()
    prefix = level.keyed + (1 + level.extras if level.extras else 0)
    found: list[list[Slots]] = [[] for _ in keys]
    extras: list[Slots] = [()] * len(keys)
    kept: list[Slots] = []
    owners: list[int] = []
    for row in rows:
        owner = row[0] if level.keyed else 0
        if level.extras:
            extras[owner] = row[level.keyed + 1 : prefix]
            if row[level.keyed] is None:
                continue
        kept.append(row[prefix:])
        owners.append(owner)
    for owner, row in zip(owners, with_children(connection, step, given, kept), strict=True):
        found[owner].append(row)
    return [((own,) if level.wants_rows else ()) + extra for own, extra in zip(found, extras, strict=True)]


def with_children(connection: Executes, step: QueryStep, given: Given, rows: list[Slots]) -> list[Slots]:
    """The rows of a level with what each child level brings at their end."""
    if not rows:
        _check(step.children, given)
        return rows
    if not step.children:
        return rows
    brought = [
        run_step(connection, child, given, [row[child.step.parent_slot] for row in rows]) for child in step.children
    ]
    return [row + tail(slots) for row, *slots in zip(rows, *brought, strict=True)]


def _check(steps: Iterable[QueryStep], given: Given) -> None:
    """Refuse what levels are asked for, though they have no parents: the same request is refused whatever the rows."""
    for step in steps:
        parameters(step, given, None)
        _check(step.children, given)


def tail(brought: list[Slots]) -> Slots:
    """The slots of all children as they stand at the end of their parent's row: the first child's come last."""
    return tuple(slot for slots in brought for slot in slots)[::-1]
