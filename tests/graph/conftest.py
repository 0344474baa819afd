"""Fixtures of the engine's tests."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from fund_api.core.database import Database
from fund_api.graph.run import PostgresReader, SqliteReader
from tests.asking import Asker, asking


@pytest.fixture
async def counted(loaded: Database, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[tuple[Asker, list[str]]]:
    """An engine whose drivers note every statement that reads."""
    statements: list[str] = []

    def note(text: str) -> None:
        if text.startswith(("SELECT", "WITH")) and "search_index_config" not in text:  # FTS5 reads its own once
            statements.append(text)

    async with asking(loaded) as ask:
        reads = ask.engine.reads
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
        yield ask, statements
