"""Approvals a second on both databases: one after the other, and eight at once."""

import asyncio
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from fund_api.core.database import Database, Dialect
from tests.databases import Databases
from tests.grants.acting import Office, make_office
from tests.postgres import Unavailable
from tests.proofs.approvers import Job, approved, in_decision

ROUNDS, APPROVALS = 3, 200
AMOUNT = 100


async def measure() -> None:
    """Print the figures; PostgreSQL is left out, and said to be, where none can be started."""
    databases = Databases(Path(tempfile.mkdtemp(prefix="fund-bench-")))
    sys.stdout.write(f"approvals a second: median of {ROUNDS} rounds of {APPROVALS}, least to most\n")
    try:
        for dialect in Dialect:
            async with databases.migrated(dialect) as database:
                office = await make_office(database)
                for at_once in (1, 8):
                    sys.stdout.write(f"{dialect:12}{at_once:>2} at once  {await _figures(office, at_once)}\n")
    except Unavailable as failure:
        sys.stdout.write(f"{failure}\n")
    await asyncio.to_thread(databases.remove)


async def _figures(office: Office, at_once: int) -> str:
    found = []
    for number in range(ROUNDS):
        jobs = await in_decision(office, f"{at_once} {number}", AMOUNT * APPROVALS, AMOUNT, APPROVALS)
        start = time.perf_counter()
        await asyncio.gather(*(_one_by_one(office.database, jobs[one::at_once]) for one in range(at_once)))
        found.append(APPROVALS / (time.perf_counter() - start))
    return f"{statistics.median(found):,.0f} ({min(found):,.0f} to {max(found):,.0f})"


async def _one_by_one(database: Database, jobs: Sequence[Job]) -> None:
    for job in jobs:
        outcome = await approved(database, job)
        if not outcome.is_won:
            raise RuntimeError(f"{job.grant} was not approved: {outcome}")
