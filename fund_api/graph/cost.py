"""Cost: how many rows an operation may touch, known before anything runs.

It is counted on the compiled levels, so fragments are expanded and skipped fields gone: each list as many rows as its
page may hold, each row once for itself, once for every to-one row joined to it and once for each full VALUES that are
told of it (a text for one more with every 500 characters that it may have), times the rows of the lists around it. A
figure about a whole list costs as much as FIGURE rows; stats, a search, and an order by another entity's column look at
a whole table and cost as much as SCAN rows, and so does each root field that a resolver of ours answers; one about the
schema costs what it tells. A mutation costs as much as MUTATION rows, and what its payload may hold.
"""

from collections.abc import Callable, Iterable

from fund_api.graph.errors import Code, RequestError
from fund_api.graph.levels import Level

VALUES = 10
FIGURE = 10
SCAN = 1_000
MUTATION = 100

Admit = Callable[[int], None]
"""Is told what an operation costs before any of it runs, and may raise RequestErrors to refuse it."""


def source(levels: Iterable[Level]) -> str:
    """The source of the number of rows that levels may touch; page sizes may come with the request."""
    return " + ".join(_level(level) for level in levels) or "0"


def check(rows: int, limit: int) -> None:
    """Raise RequestError for an operation that may touch more than `limit` rows."""
    if rows > limit:
        raise RequestError(
            f"This operation may touch {rows:,} rows; {limit:,} are allowed."
            " Ask for smaller pages (first, last) or for fewer lists inside lists.",
            Code.TOO_COSTLY,
        )


def _level(level: Level) -> str:
    if level.grouping is not None:
        return str(SCAN)
    around = FIGURE * len(level.extras) + SCAN * (
        level.sought is not None or any(key.through for key in level.page.keys)
    )
    if not level.wants_rows:
        return str(around)
    each = 1 + len(level.joins) + level.values // VALUES
    return f"{around} + {level.size} * ({each} + {source(level.children)})"
