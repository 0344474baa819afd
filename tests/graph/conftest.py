"""Fixtures of the engine's tests."""

from collections.abc import AsyncIterator

import pytest

from fund_api.core.database import Database
from tests.asking import Asker, asking
from tests.statements import read_by


@pytest.fixture
async def counted(loaded: Database, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[tuple[Asker, list[str]]]:
    """An engine whose drivers note every statement that reads."""
    async with asking(loaded) as ask:
        yield ask, read_by(ask.engine.reads, monkeypatch)
