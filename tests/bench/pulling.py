"""Pulls beside COPY: the rows of one list as JSON Lines, and the same columns as PostgreSQL itself hands them out."""

import asyncio
import gc
import os
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from pathlib import Path

import asyncpg

import schema
from fund_api import migrations
from fund_api.core.access import PUBLIC
from fund_api.core.database import Database
from fund_api.graph.engine import Engine
from fund_api.graph.pulls import Rows
from fund_api.graph.run import reader
from fund_api.reporting.forms import About, FormKind
from fund_api.reporting.offered import form
from fund_api.serving import COLLECTED
from tests.bench.plenty import plenty
from tests.postgres import Server

GRANTS = 200_000
ROUNDS = 5
WANTED = 0.25
"""Of the rate of COPY."""
DOCUMENT = "{ grants { nodes { id status purpose awarded { amount } submittedAt decidedAt version provenance } } }"
COPIED = 'SELECT id, status, purpose, awarded, submitted_at, decided_at, version, provenance FROM "grant" ORDER BY id'


async def measure() -> None:
    """Print rows a second of both, the best of some rounds in turn, and their ratio."""
    async with _database() as address:
        database = Database.at(address)
        reads = reader(database, 1)
        engine = Engine(schema.make_catalogue(), reads, 10, 10**6)
        connection = await asyncpg.connect(database.driver_url)
        gc.freeze()
        gc.set_threshold(COLLECTED)  # as a server does
        pulled, copied = [], []
        for _ in range(ROUNDS):
            pulled.append(await _pulled(engine))
            copied.append(await _copied(connection))
        await connection.close()
        await reads.close()
        await database.close()
    ours, limit = GRANTS / min(pulled), GRANTS / min(copied)
    sys.stdout.write(f"JSON Lines {ours:,.0f} rows/s, COPY {limit:,.0f} rows/s: {ours / limit:.2f} ({WANTED} wanted)\n")


@asynccontextmanager
async def _database() -> AsyncIterator[str]:
    """The address of a database with the grants: where TEST_DATABASE_URL says, else on a server of its own."""
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Path(folder))
        given = os.environ.get("TEST_DATABASE_URL")
        if not given:
            server.start()
        try:
            address = given or server.address("postgres")
            database = Database.at(address)
            await migrations.upgrade(database)
            await plenty(database, GRANTS)
            await database.close()
            yield address
        finally:
            if not given:
                server.stop()


async def _pulled(engine: Engine) -> float:
    """Seconds that a pull takes, from the document to the last byte."""
    began, rows = time.perf_counter(), 0
    async with engine.pull(engine.prepare(DOCUMENT, None, {}), PUBLIC) as pull:
        writer = form(FormKind.JSONL, About(pull.columns, pull.name, pull.number))

        def made(chunk: Rows) -> int:
            return len(chunk) if writer.rows(chunk) else 0

        async with aclosing(pull.made(made)) as parts:
            async for number in parts:
                rows += number
    if rows != GRANTS:
        raise ValueError(f"{rows:,} rows were pulled, not {GRANTS:,}")
    return time.perf_counter() - began


async def _copied(connection: asyncpg.Connection) -> float:
    """Seconds that COPY takes for the same columns, its bytes thrown away."""

    async def nowhere(_part: bytes) -> None:
        await asyncio.sleep(0)

    began = time.perf_counter()
    await connection.copy_from_query(COPIED, output=nowhere)
    return time.perf_counter() - began
