"""Counting instead of timing: what the four operations cost in things that no other process can change.

python -m tests.bench count             prints the table
python -m tests.bench count --write     keeps it as tests/bench/counts.json
"""

import asyncio
import cProfile
import json
import pstats
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import orjson
from starlette.types import Message

from fund_api import migrations
from fund_api.app import Application, create_app
from fund_api.core import clock
from fund_api.core.access import PUBLIC
from fund_api.core.database import Database
from fund_api.core.settings import Settings
from fund_api.graph.compile import Plan
from fund_api.graph.steps import Asked, run_step
from tests.bench import sample
from tests.bench.rows import load

HERE = Path(__file__).parent
KEPT = HERE / "counts.json"
OPERATIONS = ("Board", "Detail", "Light", "Export")
REQUESTS = 20

_HEADERS = [(b"content-type", b"application/json")]
Counts = dict[str, int]


def document(name: str) -> str:
    """The text of one of the operations."""
    return (HERE / "operations" / f"{name}.graphql").read_text(encoding="utf-8")


def variables(name: str) -> dict[str, Any]:
    """Its variables on the sample."""
    return {"id": f"camp_{7:026d}"} if name == "Detail" else {}


@asynccontextmanager
async def endpoint() -> AsyncIterator[Application]:
    """An application on the sample, in an SQLite file."""
    with tempfile.TemporaryDirectory() as folder:
        address = f"sqlite:///{Path(folder) / 'sample.db'}"
        database = Database.at(address)
        await migrations.upgrade(database)
        sample.write(Path(folder))
        await load(database, Path(folder))
        await database.close()
        app = create_app(Settings(database_url=address, response_cache=0))  # what an answer costs, not what spares it
        async with app.router.lifespan_context(app):
            yield app


async def count() -> dict[str, Counts]:
    """For each operation: statements, rows fetched, plans compiled for REQUESTS requests, calls of one of them."""
    found = {}
    async with endpoint() as asked:
        for name in OPERATIONS:
            body = orjson.dumps({"query": document(name), "operationName": name, "variables": variables(name)})
            plans = len(asked.edge.service.engine.plans)
            for _ in range(REQUESTS):
                await _ask(asked, body)
            compiled = len(asked.edge.service.engine.plans) - plans
            plan = next(reversed(asked.edge.service.engine.plans.values())).plan
            statements, rows = _read(asked, plan, variables(name))
            calls = await _calls(asked, body)
            found[name] = {"statements": statements, "rows": rows, "compiled": compiled, "calls": calls}
    return found


async def _ask(asked: Application, body: bytes) -> None:
    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Message) -> None:
        assert message.get("status", 200) == 200

    scope = {"type": "http", "method": "POST", "path": "/graphql", "headers": _HEADERS, "query_string": b""}
    await asked(scope, receive, send)


def _read(asked: Application, plan: Plan, given: dict[str, Any]) -> tuple[int, int]:
    """Statements and rows, as the connection of a reader sees them."""
    connection = asked.edge.service.engine.reads._connection()  # type: ignore[attr-defined]  # the sample is in SQLite
    statements: list[str] = []
    rows = 0

    def counted(cursor: Any, row: tuple[Any, ...]) -> tuple[Any, ...]:
        nonlocal rows
        rows += 1
        return row

    connection.set_trace_callback(statements.append)
    connection.row_factory = counted
    asked_by = Asked(PUBLIC, clock.now())
    for step in plan.steps:
        run_step(connection, step, (given, asked_by), [None])
    connection.set_trace_callback(None)
    connection.row_factory = None
    return len(statements), rows


async def _calls(asked: Application, body: bytes) -> int:
    """Python function calls in the event loop's thread for one warm request."""
    await asyncio.sleep(0)  # timers that are due are no part of the request
    profile = cProfile.Profile()
    profile.enable()
    await _ask(asked, body)
    profile.disable()
    calls: int = pstats.Stats(profile).total_calls  # type: ignore[attr-defined]  # typeshed leaves it out
    return calls


def told(found: dict[str, Counts]) -> str:
    """The counts as a table."""
    kept = json.loads(KEPT.read_text(encoding="utf-8")) if KEPT.exists() else {}
    lines = [f"{'':8}" + "".join(f"{column:>22}" for column in next(iter(found.values())))]
    for name, counts in found.items():
        before = kept.get(name, {})
        cells = (f"{value} (kept {before.get(column, '-')})" for column, value in counts.items())
        lines.append(f"{name:8}" + "".join(f"{cell:>22}" for cell in cells))
    return "\n".join(lines)


def keep(found: dict[str, Counts]) -> None:
    """Write the counts to be compared with."""
    KEPT.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")


def python() -> str:
    """The Python that counted: another one calls other functions."""
    return ".".join(map(str, sys.version_info[:2]))
