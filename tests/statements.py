"""What is said to a database's driver, statement by statement."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event

from fund_api.core.database import Database

_NAMED = {"SELECT": r"FROM \"?(\w+)", "INSERT": r"INTO \"?(\w+)", "UPDATE": r"\"?(\w+)", "DELETE": r"FROM \"?(\w+)"}

_INSIDE = re.compile(r"\([^()]*\)")


@contextmanager
def heard(database: Database) -> Iterator[list[str]]:
    """Each statement of the engine that writes, as its verb and table, and where its transactions begin and end."""
    said: list[str] = []
    engine = database.engine.sync_engine

    def execute(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:  # Any: SQLAlchemy's own objects
        if statement != "BEGIN IMMEDIATE":  # SQLite's way to begin, which is heard as such
            said.append(_shortened(statement))

    def begin(_connection: Any) -> None:
        said.append("BEGIN")

    def commit(_connection: Any) -> None:
        said.append("COMMIT")

    listeners: dict[str, Callable[..., Any]] = {"before_cursor_execute": execute, "begin": begin, "commit": commit}
    for name, listener in listeners.items():
        event.listen(engine, name, listener)
    try:
        yield said
    finally:
        for name, listener in listeners.items():
            event.remove(engine, name, listener)


def _shortened(statement: str) -> str:
    verb, _, rest = statement.partition(" ")
    while rest != (rest := _INSIDE.sub("", rest)):  # subqueries have tables of their own
        pass
    named = re.search(_NAMED[verb], rest) if verb in _NAMED else None
    return f"{verb} {named[1]}" if named else statement
