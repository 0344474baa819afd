"""Pages: which rows of an ordered list the arguments first, after, last, before and orderBy want."""

from fund_api.graph.arguments import Scalar, Value
from fund_api.graph.catalogue import Catalogue, Entity
from fund_api.graph.choices import DEFAULT_PAGE, PAGE_LIMIT, Direction, Nulls, OrderColumn
from fund_api.graph.cursors import Key, ended, key, linked
from fund_api.graph.declarations import Link
from fund_api.graph.errors import RequestError
from fund_api.graph.groups import MOST_GROUPS
from fund_api.graph.levels import Page

MOST_KEYS = 5
"""Keys of one orderBy."""


def page_of(
    catalogue: Catalogue, entity: Entity, arguments: dict[str, Value], *, peek: bool, via: Link | None = None
) -> Page:
    """The page that the arguments of a connection ask for. Raises RequestError when they contradict each other.

    `via` is the link that joins its rows to their parent.
    """
    first, last = arguments.get("first"), arguments.get("last")
    if first is not None and last is not None:
        raise RequestError("first and last exclude each other; ask for one of them.")
    backward = last is not None
    keys = _keys(catalogue, entity, arguments.get("orderBy"), via)
    return Page(
        keys=tuple(one.reversed() for one in keys) if backward else keys,
        size=_size(last if backward else first),
        peek=peek,
        backward=backward,
        after=_cursor(arguments.get("after")),
        before=_cursor(arguments.get("before")),
    )


def forward(page: Page) -> tuple[Key, ...]:
    """The keys in the order that was asked for, which cursors are made for."""
    return tuple(one.reversed() for one in page.keys) if page.backward else page.keys


def checked_size(size: int) -> int:
    """A page size from 1 to PAGE_LIMIT; raises RequestError for others."""
    if not 1 <= size <= PAGE_LIMIT:
        raise RequestError(f"A page holds from 1 to {PAGE_LIMIT} rows, not {size}.")
    return size


def checked_groups(size: int) -> int:
    """A number of groups from 1 to MOST_GROUPS; raises RequestError for others."""
    if not 1 <= size <= MOST_GROUPS:
        raise RequestError(f"An answer holds from 1 to {MOST_GROUPS:,} groups, not {size}.")
    return size


def _size(given: Value) -> int | Scalar:
    if given is None:
        return DEFAULT_PAGE
    if not isinstance(given, Scalar):
        raise TypeError("a page size is a number")
    checked_size(given.value)
    return given.through("size") if given.expression.startswith("v") else int(given.value)


def _cursor(given: Value) -> Scalar | None:
    return given if isinstance(given, Scalar) else None


def _keys(catalogue: Catalogue, entity: Entity, order: Value, via: Link | None) -> tuple[Key, ...]:
    if not isinstance(order, list) or not order:
        if via and via.order:
            return ended(entity, [linked(via, via.order)])
        return ended(entity, [key(entity, column, descending, nulls_last=True) for column, descending in entity.order])
    if len(order) > MOST_KEYS:
        raise RequestError(f"orderBy takes at most {MOST_KEYS} keys, not {len(order)}.")
    wanted = []
    for entry in order:
        if isinstance(entry, dict) and isinstance(entry["field"], OrderColumn):
            descending, nulls_last = entry["direction"] is Direction.DESC, entry["nulls"] is Nulls.LAST
            through = entry["field"].through
            other = (through[0], catalogue.entities[through[1]], through[2]) if through else None
            wanted.append(key(entity, entry["field"].name, descending, nulls_last, other))
    return ended(entity, wanted)
