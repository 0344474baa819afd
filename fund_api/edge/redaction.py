"""Redaction: what no log may hold is taken out of every text that goes there, wherever it comes from.

Secrets go wherever they stand: tokens of ours, JWTs, what follows Bearer, passwords in addresses. So does what says
something of a person: e-mail addresses, and the values that a database repeats when it refuses them.
"""

import math
import re
import traceback
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy.exc import StatementError

LONGEST_TEXT = 20_000
"""Characters of one text; the rest is left out, and said to be."""
LARGEST_BITS = 64
"""Of a number; a larger one is written by nobody but who tries what a log takes."""
DEEPEST = 5
"""Levels of lists and objects in a line."""
GONE = "***"
SECRETS = frozenset(
    {"authorization", "proxy-authorization", "cookie", "set-cookie", "token", "secret", "password", "api_key"}
)
"""Names whose values are never logged."""

_TEXTS = (
    (re.compile(r"(fund_[0-9a-z]{26}_)[0-9A-Za-z]+"), rf"\1{GONE}"),
    (re.compile(r"(?<![\w-])eyJ[\w-]{5,}\.[\w-]+(?:\.[\w-]*)?"), GONE),
    (re.compile(r"(?i)\b(bearer\s+)(?!fund_[0-9a-z]{26}_\*)[^\s\"',;)]+"), rf"\1{GONE}"),
    (re.compile(r"(?i)(authorization\W{1,5}(?:basic|digest|negotiate)\s+)[^\"'\r\n]+"), rf"\1{GONE}"),
    (re.compile(r"(://[^/\s:@]*:)[^/\s]+@"), rf"\1{GONE}@"),
    (re.compile(r"(?<![\w.+-])[\w.+%-]{1,64}@(?:[\w-]{1,63}\.)+[a-zA-Z]{2,24}\b"), f"{GONE}@{GONE}"),
)
_REPEATED = re.compile(r"DETAIL:|CONTEXT:|\[parameters?:|invalid input for query argument|invalid input syntax for")
"""What a database says before it repeats the values that it was given."""


def redacted(value: Any, depth: int = DEEPEST) -> Any:
    """A value as it may be logged: what JSON has, without what no log may hold. Any: whatever somebody logs."""
    if value is None or isinstance(value, bool) or (isinstance(value, int) and value.bit_length() <= LARGEST_BITS):
        return value
    if isinstance(value, float) and math.isfinite(value):
        return value
    if isinstance(value, bytes):
        return text(value.decode("utf-8", "backslashreplace"))
    if depth and isinstance(value, Mapping):
        return {text(str(name)): _named(str(name), one, depth) for name, one in value.items()}
    if depth and isinstance(value, list | tuple | set | frozenset):
        return [redacted(one, depth - 1) for one in value]
    return text(value if isinstance(value, str) else _shown(value))


def text(given: str) -> str:
    """A text without what no log may hold."""
    if (over := len(given) - LONGEST_TEXT) > 0:
        given = f"{given[:LONGEST_TEXT]} (and {over:,} characters more)"
    for shape, instead in _TEXTS:
        given = shape.sub(instead, given)
    return given


def told(error: BaseException) -> str:
    """An exception with its traceback and all that it came of, the first one first, without the values of variables."""
    parts = [_one(each) for each in _chain(error)]
    return "\n\nand of this came:\n\n".join(reversed(parts))


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """An exception and what it came of; of a group also what is in it."""
    seen: set[int] = set()
    waiting = [error]
    while waiting:
        current = waiting.pop()
        if current is None or id(current) in seen:
            continue
        seen.add(id(current))
        yield current
        waiting.append(current.__cause__ or (None if current.__suppress_context__ else current.__context__))
        if isinstance(current, BaseExceptionGroup):
            waiting.extend(current.exceptions)


def _one(error: BaseException) -> str:
    frames = "".join(traceback.format_tb(error.__traceback__))
    kind = type(error)
    return f"{frames}{kind.__module__}.{kind.__qualname__}: {_message(error)}"


def _message(error: BaseException) -> str:
    """What an exception says, but for what follows where it repeats values: of that a statement alone stays."""
    try:
        said = str(error)
    except Exception:  # noqa: BLE001  # a log must not fail on what it logs
        return "(it can't be told)"
    if found := _REPEATED.search(said):
        statement = f"\n[SQL: {error.statement}]" if isinstance(error, StatementError) else ""
        said = f"{said[: found.end()]} {GONE}{statement}"
    return text(said)


def _shown(value: object) -> str:
    """Something else as Python writes it."""
    try:
        return repr(value)
    except Exception:  # noqa: BLE001  # a log must not fail on what it logs
        return f"({type(value).__qualname__}, which can't be told)"


def _named(name: str, value: Any, depth: int) -> Any:
    return GONE if name.lower() in SECRETS else redacted(value, depth - 1)
