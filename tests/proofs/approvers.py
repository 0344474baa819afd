"""Processes that approve grants when they are told to, all at once."""

import asyncio
import multiprocessing
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from multiprocessing.connection import Connection
from typing import NamedTuple

from fund_api.core.access import Viewer
from fund_api.core.database import Database
from fund_api.core.errors import BudgetExceeded
from fund_api.core.ids import new_id
from fund_api.core.writing import writing
from fund_api.grants import decisions, programs
from fund_api.people.roles import Role, permissions_of
from tests.grants.acting import NOW, PROGRAM, Office
from tests.rows import table


class Job(NamedTuple):
    """A grant to approve, by whom and how much, in minor units."""

    grant: str
    approver: str
    amount: int
    now: datetime


class Outcome(NamedTuple):
    """What became of it: what was left when there was not enough, or a fault in words."""

    job: Job
    left: int | None = None
    fault: str | None = None

    @property
    def is_won(self) -> bool:
        """Whether the grant was approved."""
        return self.left is None and self.fault is None


async def in_decision(office: Office, name: str, appropriation: int, amount: int, number: int) -> list[Job]:
    """A program with so much money, the office's from now on, and so many grants that wait for an amount each."""
    said = {"fiscal_year_id": office.fiscal_year, "name": name, "appropriation": appropriation}
    bounds = {"grant_minimum": 1, "grant_maximum": amount, "approval_threshold": None, "reviews_needed": 0}
    async with office.acting("administrator") as tx:
        office.program = await programs.open_program(tx, PROGRAM | said | bounds)
    community = (await office.row("campaign", office.campaign))["community_id"]
    about = {"program_id": office.program, "campaign_id": office.campaign, "community_id": community}
    state = {"status": "IN_DECISION", "status_since": NOW, "purpose": "Mailings", "currency": "USD", "version": 1}
    sums = {"requested": amount, "scheduled": 0, "disbursed": 0, "returned": 0, "released": 0}
    stamps = {"provenance": "FICTIONAL", "created_at": NOW, "updated_at": NOW}
    rows = [{"id": new_id("grant")} | about | state | sums | stamps for _ in range(number)]
    async with office.database.writing() as connection:
        await connection.execute(table("grant").insert(), rows)
    people = [office.people[name] for name in ("approver", "second_approver")]
    return [Job(row["id"], people[at % 2], amount, NOW) for at, row in enumerate(rows)]


class Approvers:
    """Processes that were started."""

    def __init__(self, pipes: Sequence[Connection]) -> None:
        self._pipes = pipes

    def approve(self, jobs: Sequence[Job]) -> list[Outcome]:
        """Deal the jobs out, let all be done at once, and wait for the outcomes."""
        for number, pipe in enumerate(self._pipes):
            pipe.send(jobs[number :: len(self._pipes)])
        return [outcome for pipe in self._pipes for outcome in pipe.recv()]


@contextmanager
def approvers(database: Database, number: int) -> Iterator[Approvers]:
    """So many processes on a database, ended afterwards."""
    context = multiprocessing.get_context("spawn")
    address = database.url.render_as_string(hide_password=False)
    pipes, processes = [], []
    for _ in range(number):
        ours, theirs = context.Pipe()
        process = context.Process(target=_work, args=(address, theirs), daemon=True)
        process.start()
        pipes.append(ours)
        processes.append(process)
    try:
        yield Approvers(pipes)
    finally:
        for pipe in pipes:
            pipe.send(None)
        for process in processes:
            process.join(30)
            process.kill()


def _work(address: str, pipe: Connection) -> None:
    asyncio.run(_serve(address, pipe))


async def _serve(address: str, pipe: Connection) -> None:
    database = Database.at(address)
    while (jobs := await asyncio.to_thread(pipe.recv)) is not None:
        pipe.send(await asyncio.gather(*(approved(database, job) for job in jobs)))
    await database.close()


async def approved(database: Database, job: Job) -> Outcome:
    """Approve one grant in a transaction of its own."""
    viewer = Viewer(job.approver, permissions_of({Role.APPROVER}, set()))
    try:
        async with writing(database, viewer, job.now) as tx:
            await decisions.approve(tx, job.grant, job.amount, expected_version=1)
    except BudgetExceeded as failure:
        return Outcome(job, left=failure.available)
    except Exception as error:  # noqa: BLE001  # the entry point of a process: whatever it is, the test names it
        return Outcome(job, fault=repr(error))
    return Outcome(job)
