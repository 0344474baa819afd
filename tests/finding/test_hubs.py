"""A topic's hub is read section by section, in one statement on PostgreSQL."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

import schema
from fund_api.core import clock
from fund_api.core.database import Database, Dialect
from tests.asking import Asker, asking
from tests.finding.shelf import NOW, Shelf
from tests.statements import read_by

HUB = (Path(schema.__file__).parent / "operations" / "public" / "TopicHub.graphql").read_text(encoding="utf-8")
SECTIONS = [("Popular", ["Ethics", "Crisis"]), ("Reading", ["Crisis", "Budgets", "Ethics"]), ("Empty", [])]


@pytest.fixture
async def ask(database: Database, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Asker]:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    shelf = Shelf()
    crisis, ethics, budgets = (shelf.resource(title) for title in ("Crisis", "Ethics", "Budgets"))
    later = shelf.resource("Embargoed", live_from=NOW + timedelta(seconds=1))
    topic = shelf.topic("Leadership", crisis, ethics, later)
    shelf.section(topic, "Popular", ethics, later, crisis)
    shelf.section(topic, "Reading", later, crisis, budgets, ethics)
    shelf.section(topic, "Empty")
    await shelf.save(database)
    async with asking(database) as ask:
        yield ask


async def sections(ask: Asker) -> list[tuple[str, list[str]]]:
    found = (await ask(HUB))["topic"]["sections"]["nodes"]
    return [(one["title"], [resource["title"] for resource in one["resources"]["nodes"]]) for one in found]


async def test_the_sections_hold_what_was_put_there_in_its_order(ask: Asker) -> None:
    assert await sections(ask) == SECTIONS
    assert (await ask(HUB))["topic"]["resources"]["totalCount"] == 2


async def test_a_resource_stands_in_its_place_from_the_moment_it_is_live(
    ask: Asker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW + timedelta(seconds=1))

    assert await sections(ask) == [
        ("Popular", ["Ethics", "Embargoed", "Crisis"]),
        ("Reading", ["Embargoed", "Crisis", "Budgets", "Ethics"]),
        ("Empty", []),
    ]
    assert (await ask(HUB))["topic"]["resources"]["totalCount"] == 3


async def test_the_hub_is_one_statement_on_postgresql_and_one_a_level_on_sqlite(
    ask: Asker, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    statements = read_by(ask.engine.reads, monkeypatch)

    await ask(HUB)
    await asyncio.sleep(0)  # asyncpg hands its log over in the next turn of the loop

    assert len(statements) == (1 if database.dialect is Dialect.POSTGRESQL else 9)
