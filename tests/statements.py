"""What is said to a database's driver, statement by statement."""

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest
from sqlalchemy import event

from fund_api.core.database import Database
from fund_api.graph.run import PostgresReader, Reads, SqliteReader

_NAMED = {"SELECT": r"FROM \"?(\w+)", "INSERT": r"INTO \"?(\w+)", "UPDATE": r"\"?(\w+)", "DELETE": r"FROM \"?(\w+)"}

_INSIDE = re.compile(r"\([^()]*\)")


@contextmanager
def heard(database: Database) -> Iterator[list[str]]:
    """Each statement of the engine that writes, as its verb and table, and where its transactions begin and end."""
    said: list[str] = []

    def execute(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:  # Any: SQLAlchemy's own objects
        if statement != "BEGIN IMMEDIATE":  # SQLite's way to begin, which is heard as such
            said.append(_shortened(statement))

    def begin(_connection: Any) -> None:
        said.append("BEGIN")

    def commit(_connection: Any) -> None:
        said.append("COMMIT")

    with listening(database, before_cursor_execute=execute, begin=begin, commit=commit):
        yield said


@contextmanager
def listening(database: Database, **listeners: Callable[..., Any]) -> Iterator[None]:
    """Listen to events of the engine that writes, by their names, until the block ends: the engine outlives the test.

    Any: what SQLAlchemy gives a listener, and what it may answer.
    """
    engine = database.engine.sync_engine
    with ExitStack() as stack:
        for name, listener in listeners.items():
            event.listen(engine, name, listener)
            stack.callback(event.remove, engine, name, listener)
        yield


def read_by(reads: Reads, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every statement that the engine's drivers read by from now on, as it comes."""
    statements: list[str] = []

    def note(text: str) -> None:
        if text.startswith(("SELECT", "WITH")) and "search_index_config" not in text:  # FTS5 reads its own once
            statements.append(text)

    if isinstance(reads, PostgresReader):
        connect = reads._connect

        async def logged() -> Any:
            connection = await connect()
            connection.add_query_logger(lambda record: note(record.query))
            return connection

        monkeypatch.setattr(reads, "_connect", logged)
    elif isinstance(reads, SqliteReader):
        open_ = reads._connection

        def traced() -> Any:
            connection = open_()
            connection.set_trace_callback(note)
            return connection

        monkeypatch.setattr(reads, "_connection", traced)
    return statements


def _shortened(statement: str) -> str:
    verb, _, rest = statement.partition(" ")
    while rest != (rest := _INSIDE.sub("", rest)):  # subqueries have tables of their own
        pass
    named = re.search(_NAMED[verb], rest) if verb in _NAMED else None
    return f"{verb} {named[1]}" if named else statement
