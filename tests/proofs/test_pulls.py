"""Pulls at their size: what they take of memory, and what is left when either end, or the database, is killed."""

import asyncio
import os
import re
import signal
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import orjson
import pyarrow.parquet as pq
import pytest
import sqlalchemy as sa

from fund_api import migrations
from fund_api.core.database import Database, Dialect
from fund_api.graph.pull_snapshots import NAME
from tests.bench.plenty import plenty
from tests.conftest import load_reference
from tests.databases import Databases
from tests.postgres import Server as Postgres
from tests.proofs.server import PATIENCE, Program, Server
from tests.pulls.pulling import ended

GRANTS = """query Grants($after: String) {
  grants(after: $after) { edges { cursor node { id status purpose awarded { amount } submittedAt decidedAt version } } }
}"""
COMMUNITIES = "{ communities { nodes { geoid name kind population state { code name } forms { nodes { form } } } } }"
MANY, SOME = 1_000_000, 60_000
pytestmark = pytest.mark.proof


@asynccontextmanager
async def served(database: Database, folder: Path) -> AsyncIterator[Server]:
    server = Server(Program(folder, database.url.render_as_string(hide_password=False)))
    await server.start()
    try:
        yield server
    finally:
        await server.stop()


@pytest.fixture(params=list(Dialect), ids=str)
async def granted(databases: Databases, request: pytest.FixtureRequest) -> AsyncIterator[Database]:
    """A database with some grants, of one's own."""

    async def fill(database: Database) -> None:
        await plenty(database, SOME)

    async with databases.copied(request.param, "some_grants", fill) as database:
        yield database


def peak(server: Server) -> int:
    """The most memory that a server ever held, in MB."""
    return _memory(server, "VmHWM")


def _memory(server: Server, kind: str) -> int:
    [kilobytes] = re.findall(rf"{kind}:\s+(\d+) kB", Path(f"/proc/{server.pid}/status").read_text(encoding="ascii"))
    return int(kilobytes) // 1_000


def client() -> httpx.AsyncClient:
    return httpx.AsyncClient(timeout=10 * PATIENCE)


def asking(document: str, media: str, **variables: Any) -> dict[str, Any]:
    """What is sent of a request."""
    return {"json": {"query": document, "variables": variables}, "headers": {"accept": media}}


async def rows_of(server: Server, **variables: Any) -> list[dict[str, Any]]:
    """Every row that a whole pull of the grants brings."""
    async with client() as asker:
        answer = await asker.post(server.address, **asking(GRANTS, "application/jsonl", **variables))
    return [orjson.loads(line) for line in answer.content.splitlines()]


async def test_all_communities_as_json_lines_take_little_more_than_a_server_at_rest(
    databases: Databases, tmp_path: Path
) -> None:
    async with (
        databases.copied(Dialect.SQLITE, "reference", load_reference) as database,
        served(database, tmp_path) as server,
        client() as asker,
    ):
        at_rest = peak(server)
        async with asker.stream("POST", server.address, **asking(COMMUNITIES, "application/jsonl")) as answer:
            lines = [line async for line in answer.aiter_lines()]
        held, own = peak(server), _memory(server, "RssAnon")

    told = f"{held} MB, of which {at_rest} at rest; {own} of them are its own after it, the others hold programs' files"
    print(f"{len(lines):,} communities as JSON Lines: {told}")  # noqa: T201  # a proof tells
    assert len(lines) == 39_234
    assert held - at_rest < 30


@pytest.mark.parametrize("dialect", list(Dialect), ids=str)
async def test_a_million_grants_as_parquet_stay_under_200_mb(
    databases: Databases, tmp_path: Path, dialect: Dialect
) -> None:
    file = tmp_path / "grants.parquet"
    async with databases.migrated(dialect) as database:
        await plenty(database, MANY)
        async with served(database, tmp_path) as server, client() as asker:
            media = "application/vnd.apache.parquet"
            async with asker.stream("POST", server.address, **asking(GRANTS, media)) as answer:
                with file.open("wb") as into:
                    async for part in answer.aiter_raw():
                        into.write(part)
            held = peak(server)

    print(f"{MANY:,} grants as Parquet on {dialect}: {held} MB")  # noqa: T201  # a proof tells what it found
    assert pq.ParquetFile(file).metadata.num_rows == MANY
    assert held < 200


async def test_a_client_that_is_killed_leaves_no_transaction(granted: Database, tmp_path: Path) -> None:
    async with served(granted, tmp_path) as server:
        body = orjson.dumps({"query": GRANTS}).decode()
        address = server.address
        words = ["curl", "-sN", "--limit-rate", "100k", address, "-H", "accept: application/jsonl"]
        puller = await asyncio.create_subprocess_exec(
            *words, "-H", "content-type: application/json", "-d", body, stdout=asyncio.subprocess.PIPE
        )
        assert puller.stdout is not None
        await puller.stdout.readline()
        puller.kill()
        await puller.communicate()  # reads what it wrote: before that asyncio does not see that it ended
        await ended(granted)


async def test_a_server_that_is_killed_ends_no_answer_and_leaves_no_transaction(
    granted: Database, tmp_path: Path
) -> None:
    async with served(granted, tmp_path) as server:
        everything = await rows_of(server)
        got = await _broken(server, lambda: os.kill(server.pid, signal.SIGKILL))
        await ended(granted)
        await server.stop()
        await server.start()
        rest = await rows_of(server, after=got[-1]["cursor"])

    assert 0 < len(got) < SOME == len(everything)
    assert got + rest == everything


async def test_a_database_whose_connections_are_killed_ends_no_answer(databases: Databases, tmp_path: Path) -> None:
    async with databases.migrated(Dialect.POSTGRESQL) as database:
        await plenty(database, SOME)
        async with served(database, tmp_path) as server:
            everything = await rows_of(server)
            killed = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = '{NAME}'"

            async def kill() -> None:
                async with database.reading() as connection:
                    assert (await connection.execute(sa.text(killed))).all() == [(True,)]

            got = await _broken(server, lambda: asyncio.ensure_future(kill()))
            await ended(database)
            rest = await rows_of(server, after=got[-1]["cursor"])

    assert got + rest == everything


async def test_a_database_that_crashes_ends_no_answer_and_the_server_finds_it_again(tmp_path: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:  # of a short name, as sockets need it
        own = Postgres(Path(folder))
        own.start()
        try:
            database = Database.at(own.address("postgres"))
            await migrations.upgrade(database)
            await plenty(database, SOME)
            async with served(database, tmp_path) as server:
                everything = await rows_of(server)
                got = await _broken(server, own.stop)
                await database.close()
                own.resume()
                rest = await rows_of(server, after=got[-1]["cursor"])
                await ended(database)
            await database.close()
        finally:
            if own.running:
                own.stop()

    assert 0 < len(got) < SOME == len(everything)
    assert got + rest == everything


async def _broken(server: Server, strike: Any) -> list[dict[str, Any]]:
    """The whole lines of a pull in whose midst something is struck; it must not end as one that is whole.

    Any: a function whose answer nobody looks at.
    """
    got, struck = b"", False
    with pytest.raises(httpx.HTTPError):
        async with (
            client() as asker,
            asker.stream("POST", server.address, **asking(GRANTS, "application/jsonl")) as answer,
        ):
            async for part in answer.aiter_bytes():
                got += part
                if not struck and len(got) > 100_000:
                    struck = True
                    strike()
                    await asyncio.sleep(0.5)  # nothing is read meanwhile: what was sent fills the buffers
    return [orjson.loads(line) for line in got[: got.rfind(b"\n") + 1].splitlines()]
