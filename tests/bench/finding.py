"""A page of a large library with its facets on both databases: the engine's answer beside the same query by hand.

By hand means the statements that somebody would write who knows the tables and asks for nothing else, on one connection
of the database's own driver, with the rows put into JSON.
"""

import asyncio
import random
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import asyncpg
import orjson

import schema
from fund_api.core.database import Database, Dialect, prepare_sqlite
from fund_api.core.text import fold
from fund_api.core.words import search_text
from fund_api.library.tables import Publisher, Resource, ResourceKind, Revision
from fund_api.library.topic_tables import Topic, TopicResource
from tests.asking import Asker, asking
from tests.databases import Databases
from tests.postgres import Unavailable
from tests.rights.rows import Rows

RESOURCES, TOPICS, PUBLISHERS, REQUESTS = 20_000, 40, 30, 200
DOCUMENT = (Path(schema.__file__).parent / "operations" / "public" / "FindResources.graphql").read_text(
    encoding="utf-8"
)
BEGUN, NOW = datetime(1970, 1, 1, tzinfo=UTC), datetime(2026, 11, 22, tzinfo=UTC)
KINDS = [str(kind) for kind in ResourceKind]
Given = tuple[Any, ...]
Ask = Callable[[str], Awaitable[object]]
_LIVE = "r.live_from <= {now} AND (r.live_until IS NULL OR r.live_until > {now}) AND r.kind = {kind}"
_PAGE = f"""SELECT r.id, r.slug, r.title, r.summary, r.kind, r.language, r.access, r.url, r.published_on,
    r.published_on_precision, p.name
FROM revision r LEFT JOIN publisher p ON p.id = r.publisher_id
WHERE {_LIVE}
ORDER BY r.published_on DESC NULLS LAST, r.id DESC LIMIT 21"""
_COUNTED = (
    f"SELECT count(*) FROM revision r WHERE {_LIVE}",
    f"SELECT r.kind, count(*) FROM revision r WHERE {_LIVE} GROUP BY r.kind ORDER BY 2 DESC, 1",
    "SELECT t.slug, t.name, count(*) FROM revision r JOIN topic_resource l ON l.resource_id = r.id"
    f" JOIN topic t ON t.id = l.topic_id WHERE {_LIVE} GROUP BY t.slug, t.name ORDER BY 3 DESC, 1",
    f"SELECT {{year}}, count(*) FROM revision r WHERE {_LIVE} GROUP BY 1 ORDER BY 1 DESC",
    f"SELECT r.language, count(*) FROM revision r WHERE {_LIVE} GROUP BY r.language ORDER BY 2 DESC, 1",
)


async def measure() -> None:
    """Print the figures; PostgreSQL is left out, and said to be, where none can be started."""
    databases = Databases(Path(tempfile.mkdtemp(prefix="fund-bench-")))
    sys.stdout.write(
        f"a page and its facets among {RESOURCES:,} resources, milliseconds of {REQUESTS} requests: median, p95\n"
    )
    try:
        for dialect in Dialect:
            async with databases.migrated(dialect) as database:
                await _fill(database)
                async with asking(database) as asker:
                    engine = await _figures(_by_engine(asker))
                hand = await _figures(*await _by_hand(database))
                told = "  ".join(
                    f"{name} {median:.1f}, {p95:.1f}"
                    for name, (median, p95) in zip(("engine", "by hand"), (engine, hand), strict=True)
                )
                sys.stdout.write(f"{dialect:12}{told}  p95 of the engine / by hand {engine[1] / hand[1]:.2f}\n")
    except Unavailable as failure:
        sys.stdout.write(f"{failure}\n")
    await asyncio.to_thread(databases.remove)


async def _fill(database: Database) -> None:
    """Made-up resources, the same every time but for their ids."""
    chance, rows = random.Random(7), Rows()  # made-up rows
    topics = [rows.add(Topic, slug=f"topic-{n}", name=f"Topic {n}", parent_id=None) for n in range(TOPICS)]
    publishers = [rows.add(Publisher, name=f"Publisher {n}", name_folded=f"publisher {n}") for n in range(PUBLISHERS)]
    for n in range(RESOURCES):
        title = f"Resource {n} on {chance.choice(['budgets', 'charters', 'managers', 'streets'])}"
        resource = rows.add(Resource, slug=f"resource-{n}", translation_of=None)
        rows.add(
            Revision,
            **{"id": resource, "slug": f"resource-{n}", "number": 1, "title": title, "title_folded": fold(title)},
            **{"search_text": search_text(title), "body": None, "kind": chance.choice(KINDS), "access": "PUBLIC"},
            **{"language": chance.choice(["en", "en", "en", "es"]), "publisher_id": chance.choice(publishers)},
            **{"published_on": date(2005, 1, 1) + timedelta(days=chance.randrange(7_500)), "views": n % 1_000},
            **{"live_from": BEGUN, "live_until": None, "expires_at": None, "begin_told": True, "end_told": False},
        )
        for topic in chance.sample(topics, 2):
            rows.add(TopicResource, topic_id=topic, resource_id=resource)
    await rows.save(database)
    async with database.engine.connect() as connection:
        await connection.exec_driver_sql("ANALYZE")
        await connection.commit()


def _by_engine(asker: Asker) -> Ask:
    async def ask(kind: str) -> object:
        given = {"filter": {"kind": {"eq": kind}}}
        engine = asker.engine
        return orjson.dumps(await engine.answer(engine.prepare(DOCUMENT, None, given), asker.viewer))

    return ask


async def _by_hand(database: Database) -> tuple[Ask, Callable[[], Awaitable[None]]]:
    if database.dialect is Dialect.POSTGRESQL:
        return await _by_asyncpg(database)
    connection = sqlite3.connect(database.file, isolation_level=None, check_same_thread=False)
    prepare_sqlite(connection)
    statements = _statements("substr(r.published_on, 1, 4)", "?1", "?2")

    def read(kind: str) -> bytes:
        given = (NOW.strftime("%Y-%m-%dT%H:%M:%S.000000Z"), kind)
        connection.execute("BEGIN")
        found = [connection.execute(statement, given).fetchall() for statement in statements]
        connection.execute("ROLLBACK")
        return _told(found)

    async def ask(kind: str) -> object:
        return await asyncio.to_thread(read, kind)

    return ask, lambda: asyncio.to_thread(connection.close)


async def _by_asyncpg(database: Database) -> tuple[Ask, Callable[[], Awaitable[None]]]:
    connection = await asyncpg.connect(database.driver_url)
    statements = _statements("extract(year FROM r.published_on)::int", "$1", "$2")

    async def ask(kind: str) -> object:
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            return _told([await connection.fetch(statement, NOW, kind) for statement in statements])

    return ask, connection.close


def _statements(year: str, now: str, kind: str) -> list[str]:
    return [statement.format(year=year, now=now, kind=kind) for statement in (_PAGE, *_COUNTED)]


def _told(found: Sequence[Sequence[Any]]) -> bytes:
    return orjson.dumps([[tuple(row) for row in rows] for rows in found])


async def _figures(ask: Ask, close: Callable[[], Awaitable[None]] | None = None) -> tuple[float, float]:
    """Median and 95th percentile in milliseconds, after each kind was asked for once."""
    for kind in KINDS:
        await ask(kind)
    times = []
    for n in range(REQUESTS):
        start = time.perf_counter()
        await ask(KINDS[n % len(KINDS)])
        times.append(1_000 * (time.perf_counter() - start))
    if close is not None:
        await close()
    return statistics.median(times), statistics.quantiles(times, n=20)[-1]
