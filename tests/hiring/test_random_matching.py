"""Random acts on requests and their advisors: after each of them everybody has what a model in plain Python says.

The model knows which advisor a match takes, which acts are refused, and what a conflict ends.
"""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass

import pytest
import sqlalchemy as sa
from anyio.from_thread import BlockingPortal, start_blocking_portal
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fund_api.core.database import Dialect
from fund_api.core.errors import Failure
from fund_api.hiring import requests
from fund_api.hiring.tables import HiringStage
from tests.advisors.office import Office, make_office, no_fault
from tests.databases import Databases
from tests.hiring.matches import CREATING, DRAFTED, HELD, MATCHED, RECRUITING, TRIAGED, Advisor, Model, Request
from tests.printing.shop import version
from tests.rows import fetch, table

RUNS, STEPS = 6, 35
REQUESTS = 5
NAMES = ("Ada", "Bea")
STAGES = (TRIAGED, MATCHED, CREATING, DRAFTED, RECRUITING, HELD)
ACTS = (
    *("match", "match", "match", "name", "move", "move", "move", "withdraw", "complete"),
    *("declare", "declare", "capacity", "stop", "close"),
)
PICK = st.integers(0, 1_000)
STEP = st.tuples(st.sampled_from(ACTS), PICK, PICK, st.integers(0, 3))
Step = tuple[str, int, int, int]


@dataclass
class Walk:
    """The office and the model, side by side."""

    office: Office
    communities: list[str]
    advisors: list[str]
    requests: list[str]
    model: Model

    async def take(self, step: Step) -> None:
        """One act on both: they agree on whether it is done."""
        what, first, second, number = step
        fitting = self.model.fitting(what) if number else []  # now and then what can't be done
        chosen = fitting[first % len(fitting)] if fitting else first % len(self.requests)
        advisor = second % len(self.advisors)
        real, modelled = getattr(self, what)(chosen, second if what == "move" else advisor, number)
        try:
            await real()
            done = True
        except Failure:
            done = False
        assert done is modelled(), f"{what} of request {chosen} and advisor {advisor}, {number}"

    def match(self, chosen: int, _advisor: int, _number: int) -> "Act":
        return self.matched(chosen, None)

    def name(self, chosen: int, advisor: int, _number: int) -> "Act":
        return self.matched(chosen, advisor)

    def matched(self, chosen: int, named: int | None) -> "Act":
        real, model = self.office, self.model
        whom = None if named is None else self.advisors[named]
        return (
            lambda: real.match(self.requests[chosen], whom),
            lambda: model.match(model.requests[chosen], named, real.now),
        )

    def declare(self, _chosen: int, advisor: int, number: int) -> "Act":
        real, community = self.office, number % len(self.communities)
        return (
            lambda: real.declare(self.advisors[advisor], community_id=self.communities[community]),
            lambda: self.model.declare(advisor, community, real.now),
        )

    def withdraw(self, chosen: int, _advisor: int, _number: int) -> "Act":
        return self.ended(chosen, self.office.withdraw)

    def complete(self, chosen: int, _advisor: int, _number: int) -> "Act":
        return self.ended(chosen, self.office.complete)

    def ended(self, chosen: int, end: Callable[[str], Awaitable[None]]) -> "Act":
        async def real() -> None:
            await end(await self.latest(self.requests[chosen]))

        return real, lambda: self.model.leave(self.model.requests[chosen], self.office.now)

    def capacity(self, _chosen: int, advisor: int, number: int) -> "Act":
        whom = self.advisors[advisor]
        return (
            lambda: self.office.update(whom, self.office.as_advisor(whom), capacity=number),
            lambda: self.model.set_capacity(advisor, number),
        )

    def stop(self, _chosen: int, advisor: int, _number: int) -> "Act":
        active = not self.model.advisors[advisor].active
        return (
            lambda: self.office.update(self.advisors[advisor], active=active),
            lambda: self.model.turn_over(advisor),
        )

    def move(self, chosen: int, pick: int, number: int) -> "Act":
        request = self.requests[chosen]
        ways = self.model.ways(self.model.requests[chosen]) if number else STAGES
        to = ways[pick % len(ways)] if ways else MATCHED

        async def real() -> None:
            async with self.office.acting() as tx:
                read = await version(tx, "hiring_request", request)
                await requests.move_request(tx, request, HiringStage(to), "So.", expected_version=read)

        return real, lambda: self.model.move(self.model.requests[chosen], to)

    def close(self, chosen: int, _advisor: int, _number: int) -> "Act":
        request = self.requests[chosen]

        async def real() -> None:
            async with self.office.acting() as tx:
                read = await version(tx, "hiring_request", request)
                await requests.close_request(tx, request, "So.", expected_version=read)

        return real, lambda: self.model.close(self.model.requests[chosen], self.office.now)

    async def latest(self, request: str) -> str:
        """The assignment of a request that began last; one that is not there before there is any."""
        rows = table("assignment").c
        query = sa.select(rows.id).where(rows.hiring_request_id == request).order_by(rows.created_at.desc()).limit(1)
        found = await fetch(self.office.database, query)
        return str(found[0][0]) if found else f"assign_{'0' * 26}"

    async def check(self) -> None:
        """Every row is as the model says, and so is who would be proposed."""
        request, assignment = table("hiring_request"), table("assignment")
        is_open = sa.and_(assignment.c.hiring_request_id == request.c.id, assignment.c.state == "OPEN")
        query = sa.select(request.c.id, request.c.stage, request.c.held_stage, assignment.c.advisor_id)
        rows = await fetch(self.office.database, query.select_from(request.outerjoin(assignment, is_open)))
        assert {key: (stage, held, whom) for key, stage, held, whom in rows} == {
            key: (one.stage, one.held, None if one.advisor is None else self.advisors[one.advisor])
            for key, one in zip(self.requests, self.model.requests, strict=True)
        }
        columns = table("senior_advisor").c
        counted = dict(await fetch(self.office.database, sa.select(columns.id, columns.open_assignments)))
        assert counted == {advisor: self.model.open(number) for number, advisor in enumerate(self.advisors)}
        for place in range(len(self.communities)):
            proposed = [self.advisors[number] for number in self.model.proposed(self.model.requests[place])]
            assert await self.office.proposed(self.requests[place]) == proposed
        await no_fault(self.office)


Act = tuple[Callable[[], Awaitable[object]], Callable[[], bool]]
"""An act on the database, and the same on the model."""


async def walk(databases: Databases, dialect: Dialect, steps: list[Step]) -> None:
    async with databases.migrated(dialect) as database:
        office = await make_office(database)
        communities = [office.dayton, office.akron]
        advisors = [await office.advisor(name, capacity=3) for name in NAMES]
        made = [await office.request(communities[number % 2]) for number in range(REQUESTS)]
        model = Model([Advisor(name, 3) for name in NAMES], [Request(number % 2) for number in range(REQUESTS)])
        walking = Walk(office, communities, advisors, made, model)
        for step in steps:
            await walking.take(step)
            await walking.check()


@pytest.fixture(scope="module")
def portal() -> Iterator[BlockingPortal]:
    with start_blocking_portal() as portal:
        yield portal


@pytest.mark.parametrize("dialect", list(Dialect), ids=str)
def test_after_any_step_everybody_has_the_advisor_that_a_model_says(
    portal: BlockingPortal, databases: Databases, dialect: Dialect
) -> None:
    @settings(max_examples=RUNS, suppress_health_check=list(HealthCheck))
    @given(steps=st.lists(STEP, min_size=STEPS, max_size=STEPS))
    def run(steps: list[Step]) -> None:
        portal.call(walk, databases, dialect, steps)

    run()
