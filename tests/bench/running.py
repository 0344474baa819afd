"""Timing: beside peers in the harness, or alone. A time means something only beside another of the same run."""

import asyncio
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import asyncpg
import orjson

import schema
from fund_api import migrations
from fund_api.core.access import PUBLIC
from fund_api.core.database import Database
from fund_api.graph.engine import Engine
from fund_api.graph.run import reader
from tests.bench import pulling, sample
from tests.bench.counting import OPERATIONS, document, variables
from tests.bench.rows import load

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
SERVER = "postgresql://postgres@127.0.0.1:55432"
"""Where the harness keeps its PostgreSQL."""
DATABASE = f"{SERVER}/fund"
UNLIMITED = (
    "FUND_OPERATIONS=100000 FUND_CALLER_OPERATIONS=100000 FUND_CALLER_ROWS=1000000000"
    " FUND_CALLER_ROWS_PER_SECOND=1000000000 FUND_RESPONSE_CACHE=0"
)
"""All requests come from one address: what one caller may ask for is not what is measured."""


def beside_peers(harness: str, options: list[str]) -> int:
    """Set the harness up, load its rows into our own tables beside its own, check that all answer alike, and measure.

    Further options go to the harness's `run`. With --sqlite we serve the same rows from an SQLite file.
    """
    script = str(Path(harness).resolve() / "bench.sh")
    home = Path(os.environ.get("BENCH_HOME", Path.home() / ".cache" / "fund-bench"))
    subprocess.run([script, "setup"], check=True)
    address = f"sqlite:///{home / 'fund.db'}" if "--sqlite" in options else DATABASE
    asyncio.run(_prepare(address, home / "rows"))
    serve = f"exec env FUND_DATABASE_URL={address} FUND_LOAD=none {UNLIMITED} FUND_PORT=$PORT {sys.executable} -c"
    project = ["--project-cmd", f"{serve} 'from fund_api.cli import main; main()' serve", "--project-dir", str(ROOT)]
    project += ["--project-ops", str(HERE / "operations")]
    if subprocess.run([script, "check", *project], check=False).returncode:
        return 1
    gate = [] if "--sqlite" in options else ["--gate", str(Path(harness).resolve() / "gate.toml")]
    further = [option for option in options if option != "--sqlite"]
    status = subprocess.run([script, "run", *project, *gate, *further], check=False).returncode
    if address == DATABASE:
        asyncio.run(pulling.beside(home, address))
    return status


async def _prepare(address: str, rows: Path) -> None:
    """A database of our own with the harness's rows, made anew."""
    if address == DATABASE:
        server = await asyncpg.connect(f"{SERVER}/postgres")
        await server.execute("drop database if exists fund with (force)")
        await server.execute("create database fund")
        await server.close()
    else:
        for path in Path(address.removeprefix("sqlite:///")).parent.glob("fund.db*"):
            path.unlink()
    await _fill(address, rows)


async def _fill(address: str, rows: Path) -> None:
    database = Database.at(address)
    await migrations.upgrade(database)
    await load(database, rows)
    await database.close()


async def alone() -> None:
    """The project's own figures on a small world in SQLite: how long each step of an operation takes."""
    with tempfile.TemporaryDirectory() as folder:
        address = f"sqlite:///{Path(folder) / 'sample.db'}"
        sample.write(Path(folder))
        await _fill(address, Path(folder))
        database = Database.at(address)
        reads = reader(database, 1)
        sys.stdout.write("microseconds, median (of 9 cold, of 200 warm)\n")
        sys.stdout.write(f"{'':8}{'parse+validate':>16}{'compile':>10}{'warm lookup':>13}{'warm answer':>13}\n")
        for name in OPERATIONS:
            sys.stdout.write(f"{name:8}" + await _steps(name, reads) + "\n")
        await reads.close()
        await database.close()


async def _steps(name: str, reads: object) -> str:
    text, given = document(name), variables(name)
    catalogue = schema.make_catalogue()
    cold, compiling = [], []
    for _ in range(9):
        engine = Engine(catalogue, reads, 10, 10**6)  # type: ignore[arg-type]  # a reader
        start = time.perf_counter()
        operation = engine.prepare(text, name, given)
        parsed = time.perf_counter()
        await engine._answer(operation, PUBLIC)
        compiling.append(time.perf_counter() - parsed)
        cold.append(parsed - start)

    async def lookup() -> None:
        await engine._answer(engine.prepare(text, name, given), PUBLIC)

    async def answer() -> None:
        orjson.dumps(await engine.answer(engine.prepare(text, name, given), PUBLIC), option=orjson.OPT_UTC_Z)

    figures = [statistics.median(cold), statistics.median(compiling), await _median(lookup), await _median(answer)]
    widths = (16, 10, 13, 13)
    return "".join(f"{figure * 1e6:>{width},.0f}" for figure, width in zip(figures, widths, strict=True))


async def _median(run: Callable[[], Awaitable[None]]) -> float:
    times = []
    for _ in range(200):
        start = time.perf_counter()
        await run()
        times.append(time.perf_counter() - start)
    return statistics.median(times)
