"""Random steps, legal and not, on some requests: each is done or refused as a model in plain Python says."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
import sqlalchemy as sa
from anyio.from_thread import BlockingPortal, start_blocking_portal
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fund_api.core.database import Dialect
from fund_api.core.errors import Failure
from fund_api.core.writing import Transaction
from fund_api.hiring import assignments, audit, matching, placements, requests
from fund_api.hiring.tables import HiringStage
from tests.campaigns.acting import stored
from tests.databases import Databases
from tests.hiring.bureau import TODAY, Bureau, make_bureau, version
from tests.hiring.model import LINE, STAGES, Request
from tests.rows import contents, fetch, table

RUNS, STEPS = 6, 40
WRITTEN = ("hiring_request", "manager_placement", "follow_up", "assignment", "senior_advisor", "notice", "event")
FORWARD = st.sampled_from(["triage", "match", "move", "move", "appoint", "follow_up", "publish"])
ANY = st.sampled_from(["triage", "update", "move", "match", "withdraw", "appoint", "follow_up", "publish", "close"])
PICK = st.integers(0, 1_000)
REASON = st.sampled_from([None, "Because."])
STEP = st.one_of(st.tuples(st.just("on"), PICK, REASON), *[st.tuples(kind, PICK, REASON) for kind in (FORWARD, ANY)])
Step = tuple[str, int, str | None]
NEXT = {"RECEIVED": "triage", "OFFER": "appoint", "FOLLOW_UP": "follow_up", "CLOSED": "publish", "DECLINED": "update"}
ASSIGNMENT, PLACEMENT, FOLLOW_UP = table("assignment"), table("manager_placement"), table("follow_up")


@dataclass
class Walk:
    """The bureau and the model, side by side; the one advisor takes one request at a time."""

    bureau: Bureau
    ids: list[str] = field(default_factory=list)
    models: list[Request] = field(default_factory=list)
    reached: set[str] = field(default_factory=set)

    async def take(self, step: Step) -> None:
        what, pick, reason = step
        request, told = self.ids[pick % len(self.ids)], self.models[pick % len(self.ids)]
        to = STAGES[pick % len(STAGES)]
        if what == "on":  # the next step of the way, so that walks come far
            (what, to), reason = _next(told), None
        free = not any(one.advised for one in self.models)
        ways: dict[str, Callable[[], bool]] = {
            "triage": told.triage,
            "update": lambda: told.is_open,
            "move": lambda: told.move(to, reason),
            "match": lambda: told.match(free),
            "withdraw": told.withdraw,
            "appoint": told.appoint,
            "follow_up": lambda: told.follow_up(pick % 3),
            "publish": told.publish,
            "close": lambda: told.close("It is over."),
        }
        expected = ways[what]()
        before = await contents(self.bureau.database, WRITTEN)
        try:
            await self.act(what, request, HiringStage(to), reason, pick % 3)
            done = True
        except Failure:
            done = False
            assert await contents(self.bureau.database, WRITTEN) == before
        assert done is expected, (what, to, reason, told)
        self.reached.add(told.stage)

    async def act(self, what: str, request: str, to: HiringStage, reason: str | None, number: int) -> None:
        async with self.bureau.acting() as tx:
            at = await version(tx, request)
            if what == "triage":
                await requests.triage_request(tx, request, {}, ["ethics"], expected_version=at)
            elif what == "update":
                await requests.update_request(tx, request, {"budget": at}, expected_version=at)
            elif what == "move":
                await requests.move_request(tx, request, to, reason, expected_version=at)
            elif what == "match":
                await matching.match_advisor(tx, request, expected_version=at)
            elif what == "close":
                await requests.close_request(tx, request, "It is over.", expected_version=at)
            elif what == "appoint":
                said = {"title": "Manager", "manager_name": "Max", "appointed_on": TODAY}
                await placements.record_appointment(tx, request, said, expected_version=at)
            else:
                await self.act_on_part(tx, what, request, number)

    async def act_on_part(self, tx: Transaction, what: str, request: str, number: int) -> None:
        """What is done with an assignment, a placement or a follow-up of a request, or with none."""
        if what == "withdraw":
            row = await _part(tx, ASSIGNMENT, ASSIGNMENT.c.hiring_request_id == request, ASSIGNMENT.c.state == "OPEN")
            await assignments.withdraw_advisor(tx, row[0], "Ill.", expected_version=row[1])
        elif what == "publish":
            row = await _part(tx, PLACEMENT, PLACEMENT.c.hiring_request_id == request)
            await placements.publish_placement(tx, row[0], expected_version=row[1])
        else:
            theirs = sa.select(PLACEMENT.c.id).where(PLACEMENT.c.hiring_request_id == request).scalar_subquery()
            months = placements.FOLLOW_UP_MONTHS[number]
            row = await _part(tx, FOLLOW_UP, FOLLOW_UP.c.placement_id == theirs, FOLLOW_UP.c.months == months)
            await placements.record_follow_up(tx, row[0], TODAY, expected_version=row[1])

    async def check(self) -> None:
        for request, told in zip(self.ids, self.models, strict=True):
            assert await self.bureau.stage(request) == (told.stage, told.held, told.reason)
            columns = (PLACEMENT.c.published_at.is_not(None), FOLLOW_UP.c.months, FOLLOW_UP.c.done_on.is_not(None))
            query = sa.select(*columns).join(FOLLOW_UP).where(PLACEMENT.c.hiring_request_id == request)
            months = enumerate(placements.FOLLOW_UP_MONTHS if told.hired else ())
            assert sorted(await fetch(self.bureau.database, query)) == [
                (told.published, number, at in told.followed_up) for at, number in months
            ]
        async with self.bureau.database.reading() as connection:
            assert await audit.audit(connection) == []


def _next(told: Request) -> tuple[str, str]:
    """The step that leads further, and where to."""
    if told.stage in NEXT:
        return NEXT[told.stage], told.stage
    if told.stage in ("TRIAGED", "ADVISOR_MATCHED"):
        return "move", "PROFILE_DRAFTED"
    return "move", told.held or LINE[LINE.index(told.stage) + 1]


async def _part(tx: Transaction, rows: sa.Table, *conditions: sa.ColumnElement[bool]) -> tuple[str, int]:
    found = (await tx.connection.execute(sa.select(rows.c.id, rows.c.version).where(*conditions))).first()
    return (found[0], found[1]) if found else (f"{rows.name}_x", 1)


async def walk(databases: Databases, dialect: Dialect, steps: list[Step]) -> set[str]:
    async with databases.migrated(dialect) as database:
        bureau = await make_bureau(database)
        await bureau.add_advisor()
        walking = Walk(bureau)
        for _ in range(2):
            walking.ids.append((await bureau.request("requester")).request_id)
            walking.models.append(Request())
        for step in steps:
            await walking.take(step)
            await walking.check()
        return walking.reached


@pytest.fixture(scope="module")
def portal() -> Iterator[BlockingPortal]:
    with start_blocking_portal() as portal:
        yield portal


@pytest.mark.parametrize("dialect", list(Dialect), ids=str)
def test_every_step_is_done_or_refused_as_the_model_says(
    portal: BlockingPortal, databases: Databases, dialect: Dialect
) -> None:
    reached: set[str] = set()

    @settings(max_examples=RUNS, suppress_health_check=list(HealthCheck))
    @given(steps=st.lists(STEP, min_size=STEPS, max_size=STEPS))
    def run(steps: list[Step]) -> None:
        reached.update(portal.call(walk, databases, dialect, steps))

    run()
    assert reached >= {"ADVISOR_MATCHED", "ON_HOLD", "APPOINTED", "FOLLOW_UP", "CLOSED"}, "the walks should come far"


async def test_every_pair_of_stages_moves_as_the_model_says(databases: Databases) -> None:
    """All moves from all stages, which random walks may miss, with a reason."""
    async with databases.migrated(Dialect.SQLITE) as database:
        bureau = await make_bureau(database)
        for start in STAGES:
            request = await bureau.at(HiringStage.TRIAGED)
            held = "TRIAGED" if start == "ON_HOLD" else None
            row = table("hiring_request")
            for to in STAGES:
                reset = {"stage": start, "held_stage": held, "reason": "Set back."}
                async with database.writing() as connection:
                    await connection.execute(row.update().where(row.c.id == request).values(reset))
                expected = Request(start, held).move(to, "Because.")
                try:
                    await bureau.move(request, HiringStage(to), "Because.")
                    done = True
                except Failure:
                    done = False
                assert done is expected, f"{start} to {to}"
                assert (await stored(database, "hiring_request", request, "stage")) == (to if expected else start,)
