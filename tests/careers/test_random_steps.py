"""Random steps of cohorts and placements: what is done, what is refused, and what is counted is what a model says."""

from collections.abc import Coroutine
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from random import Random

import pytest

from fund_api.careers.fellowship_tables import CohortStage, FellowState
from fund_api.core.errors import Failure
from tests.campaigns.acting import stored
from tests.careers.office import TO_SELECTING, Office
from tests.library.editors import actions

SEEDS, STEPS, SEATS = range(3), 100, 5
WEIGHTS = {"go on": 6, "any stage": 4, "cancel": 2, "propose": 30, "move fellow": 50, "seats": 8}
"""How often each step is taken: a cohort lives long enough to have fellows in every state."""

NEXT = {
    "PLANNED": {"OPEN", "CANCELLED"},
    "OPEN": {"SELECTING", "CANCELLED"},
    "SELECTING": {"UNDERWAY", "CANCELLED"},
    "UNDERWAY": {"COMPLETED", "CANCELLED"},
    "COMPLETED": set(),
    "CANCELLED": set(),
}
BECOMES = {
    ("PROPOSED", "SELECTING"): {"CONFIRMED", "WITHDRAWN"},
    ("PROPOSED", "UNDERWAY"): {"CONFIRMED", "WITHDRAWN"},
    ("CONFIRMED", "SELECTING"): {"WITHDRAWN"},
    ("CONFIRMED", "UNDERWAY"): {"UNDERWAY", "WITHDRAWN"},
    ("UNDERWAY", "UNDERWAY"): {"COMPLETED", "ENDED_EARLY"},
}
"""Both lives, written down a second time."""
ALONG = list(CohortStage)
"""The stages in the order in which a cohort takes them, and CANCELLED."""
OPEN = {"PROPOSED": "WITHDRAWN", "CONFIRMED": "WITHDRAWN", "UNDERWAY": "ENDED_EARLY"}
GONE = {"WITHDRAWN", "ENDED_EARLY"}


@dataclass
class Model:
    """A cohort in plain Python: its stage and seats, and the states of its placements."""

    stage: str = "PLANNED"
    seats: int = 2
    fellows: list[str] = field(default_factory=list)

    @property
    def taken(self) -> int:
        return len([state for state in self.fellows if state not in GONE])

    def move(self, to: str) -> bool:
        """Whether it was done; so the others."""
        if to not in NEXT[self.stage] or (to == "COMPLETED" and set(self.fellows) & set(OPEN)):
            return False
        if to == "CANCELLED":
            self.fellows = [OPEN.get(state, state) for state in self.fellows]
        self.stage = to
        return True

    def propose(self) -> bool:
        if self.stage != "SELECTING" or self.taken >= self.seats:
            return False
        self.fellows.append("PROPOSED")
        return True

    def move_fellow(self, number: int, to: str) -> bool:
        if to not in BECOMES.get((self.fellows[number], self.stage), set()):
            return False
        self.fellows[number] = to
        return True

    def set_seats(self, seats: int) -> bool:
        if not NEXT[self.stage] or seats < self.taken:
            return False
        self.seats = seats
        return True


@dataclass
class Walk:
    """Two cohorts and their models, side by side; another one begins where one is over."""

    office: Office
    program: str
    random: Random
    cohorts: list[str] = field(default_factory=list)
    models: list[Model] = field(default_factory=list)
    fellows: list[list[str]] = field(default_factory=list)
    refused: int = 0

    async def begin(self) -> None:
        """A cohort more: the second one is PLANNED, and of all others fellows are chosen already."""
        stages = () if len(self.cohorts) == 1 else TO_SELECTING
        name = f"Number {len(self.cohorts)}"
        self.cohorts.append(await self.office.cohort(*stages, program=self.program, name=name, seats=SEATS))
        self.models.append(Model(stages[-1] if stages else "PLANNED", SEATS))
        self.fellows.append([])

    async def take(self) -> None:
        at = self.random.choice([-1, -2])
        cohort, model, placed = self.cohorts[at], self.models[at], self.fellows[at]
        if not NEXT[model.stage] and self.random.random() < 1 / 4:
            await self.begin()
            return
        told = len(await actions(self.office.database))
        [what] = self.random.choices(list(WEIGHTS), list(WEIGHTS.values()))
        if what == "propose":
            expected = model.propose()
            with suppress(Failure):
                placed.append(await self.office.propose(cohort))
            assert len(placed) == len(model.fellows)
        elif what == "seats":
            seats = self.random.randint(1, 8)
            expected = await self.done(self.office.update_cohort(cohort, seats=seats), model.set_seats(seats))
        elif what != "move fellow":
            end = self.stage(what, model)
            reason = "No money." if end is CohortStage.CANCELLED else None
            expected = await self.done(self.office.move_cohort(cohort, end, reason), model.move(end))
        elif placed:
            number, to = self.move(model)
            act = self.office.move_fellow(placed[number], to, "It ended." if to in GONE else None)
            expected = await self.done(act, model.move_fellow(number, to))
        else:
            return
        if not expected:
            self.refused += 1
            assert len(await actions(self.office.database)) == told, "what is refused is not told"

    def move(self, model: Model) -> tuple[int, FellowState]:
        """Which placement is to move where: any one anywhere, or more often one to where it can."""
        ways = [(at, to) for at, state in enumerate(model.fellows) for to in BECOMES.get((state, model.stage), ())]
        if ways and self.random.random() < 2 / 3:
            number, end = self.random.choice(sorted(ways))
            return number, FellowState(end)
        return self.random.randrange(len(model.fellows)), self.random.choice(list(FellowState))

    def stage(self, what: str, model: Model) -> CohortStage:
        """The stage that a cohort is to move to."""
        if what == "cancel":
            return CohortStage.CANCELLED
        if what == "any stage":
            return self.random.choice(ALONG)
        return ALONG[min(ALONG.index(CohortStage(model.stage)) + 1, len(ALONG) - 1)]

    async def done(self, act: Coroutine[None, None, None], expected: bool) -> bool:
        try:
            await act
            done = True
        except Failure:
            done = False
        assert done is expected
        return expected

    async def check(self) -> None:
        database = self.office.database
        for cohort, model, placed in list(zip(self.cohorts, self.models, self.fellows, strict=True))[-2:]:
            found = await stored(database, "fellowship_cohort", cohort, "stage", "seats", "taken")
            assert found == (model.stage, model.seats, model.taken)
            assert [(await stored(database, "fellow_placement", one, "state"))[0] for one in placed] == model.fellows
            assert model.taken <= model.seats


@pytest.mark.parametrize("seed", SEEDS)
async def test_after_any_step_cohorts_and_placements_stand_where_the_model_does(office: Office, seed: int) -> None:
    office.now = datetime(2027, 6, 1, tzinfo=UTC)
    walking = Walk(office, await office.program(kind="FELLOWSHIP"), Random(seed))
    for _ in range(2):
        await walking.begin()
    for _ in range(STEPS):
        await walking.take()
        await walking.check()

    assert 0 < walking.refused < STEPS
    assert "WITHDRAWN" in {state for model in walking.models for state in model.fellows}
