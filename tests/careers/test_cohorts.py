"""Cohorts: planned, changed, moved through their stages, cancelled with a reason."""

from datetime import date, timedelta

import pytest

from fund_api.careers import cohorts, lifecycle
from fund_api.careers.fellowship_tables import CohortStage, FellowState
from fund_api.careers.lifecycle import COHORT_MOVES, FELLOW_MOVES, STANDING, CohortAction
from fund_api.core.access import PUBLIC, Viewer
from fund_api.core.errors import InvalidTransition, InvalidValue, NotAllowed, VersionConflict
from tests.campaigns.acting import stored
from tests.careers.office import EDITOR, NOW, OFFICER, SPRING, TO_SELECTING, TO_UNDERWAY, Office
from tests.library.editors import actions
from tests.rows import everything

Stage, State = CohortStage, FellowState
WAYS: dict[CohortStage, tuple[CohortStage, ...]] = {
    Stage.PLANNED: (),
    Stage.OPEN: (Stage.OPEN,),
    Stage.SELECTING: TO_SELECTING,
    Stage.UNDERWAY: TO_UNDERWAY,
    Stage.COMPLETED: (*TO_UNDERWAY, Stage.COMPLETED),
}
"""How a cohort comes to a stage."""


async def test_a_cohort_is_planned_with_its_days_and_seats(office: Office) -> None:
    cohort = await office.cohort()

    state = ("name", "stage", "stage_since", "reason", "seats", "taken", "version")
    assert await stored(office.database, "fellowship_cohort", cohort, *state) == (
        *("Spring 2027", "PLANNED", NOW, None, 2, 0, 1),
    )
    await office.update_cohort(cohort, seats=3, ends_on=date(2028, 3, 31))
    assert await stored(office.database, "fellowship_cohort", cohort, "seats", "ends_on", "version") == (
        *(3, date(2028, 3, 31), 2),
    )


@pytest.mark.parametrize(
    ("values", "message", "path"),
    [
        ({"name": " "}, "name takes a text that is not empty", "name"),
        ({"seats": 0}, "seats lies between 1 and 100,000", "seats"),
        ({"applications_close_on": date(2026, 11, 30)}, "not 2026-11-30 after 2026-12-01", "applications_close_on"),
        ({"starts_on": date(2027, 1, 30)}, "starts on is the same day as applications close on or later", "starts_on"),
        ({"ends_on": date(2027, 2, 28)}, "ends on is the same day as starts on or later", "ends_on"),
    ],
)
async def test_days_follow_each_other_and_seats_are_some(
    office: Office, values: dict[str, object], message: str, path: str
) -> None:
    program = await office.program(kind="FELLOWSHIP")
    cohort = await office.cohort(program=program, name="Another")
    before = await everything(office.database)

    for act in (office.cohort(program=program, **values), office.update_cohort(cohort, **values)):
        with pytest.raises(InvalidValue, match=message) as refused:
            await act
        assert refused.value.path == (path,)

    assert await everything(office.database) == before


async def test_a_program_has_no_two_cohorts_of_one_name(office: Office) -> None:
    program = await office.program(kind="FELLOWSHIP")
    await office.cohort(program=program)
    autumn = await office.cohort(program=program, name="Autumn 2027")
    await office.cohort(program=await office.program(kind="INTERNSHIP"))
    before = await everything(office.database)

    for act in (office.cohort(program=program), office.update_cohort(autumn, name="Spring 2027")):
        with pytest.raises(InvalidValue, match=r"The program has a cohort Spring 2027 already") as refused:
            await act
        assert refused.value.path == ("name",)

    assert await everything(office.database) == before


async def test_only_programs_whose_people_work_in_communities_have_cohorts(office: Office) -> None:
    workshop = await office.program()
    before = await everything(office.database)

    with pytest.raises(InvalidValue, match="A program that is WORKSHOP has no cohorts: FELLOWSHIP and INTERNSHIP have"):
        await office.cohort(program=workshop)

    assert await everything(office.database) == before


@pytest.mark.parametrize("start", WAYS)
async def test_a_cohort_moves_as_the_table_says_and_no_other_way(office: Office, start: CohortStage) -> None:
    program = await office.program(kind="FELLOWSHIP")
    allowed = [move.end for move in COHORT_MOVES if move.start is start]
    for end in Stage:
        cohort = await office.cohort(*WAYS[start], program=program, name=f"To {end}")
        before = await everything(office.database)
        office.now += timedelta(minutes=1)
        reason = "No money." if end is Stage.CANCELLED else None
        if end in allowed:
            await office.move_cohort(cohort, end, reason)
            moved = ("stage", "stage_since", "reason")
            assert await stored(office.database, "fellowship_cohort", cohort, *moved) == (end, office.now, reason)
            continue
        with pytest.raises(InvalidTransition, match=f"A cohort in {start} can't move to {end}") as refused:
            await office.move_cohort(cohort, end, reason)
        assert (refused.value.current, refused.value.allowed) == (start, tuple(allowed))
        assert await everything(office.database) == before


async def test_cancelling_needs_a_reason_and_no_other_move_has_one(office: Office) -> None:
    cohort = await office.cohort()
    before = await everything(office.database)

    for stage, reason, message in (
        (Stage.CANCELLED, None, "CANCELLED needs a reason"),
        (Stage.CANCELLED, " ", "reason takes a text that is not empty"),
        (Stage.OPEN, "Why not?", "Only CANCELLED has a reason"),
    ):
        with pytest.raises(InvalidValue, match=message) as refused:
            await office.move_cohort(cohort, stage, reason)
        assert refused.value.path == ("reason",)

    assert await everything(office.database) == before


async def test_what_is_over_is_not_changed(office: Office) -> None:
    cohort = await office.cohort()
    await office.move_cohort(cohort, Stage.CANCELLED, "No money.")
    before = await everything(office.database)

    with pytest.raises(InvalidTransition, match="A cohort that is CANCELLED can't be changed"):
        await office.update_cohort(cohort, seats=5)

    assert await everything(office.database) == before


async def test_a_cohort_is_completed_once_no_placement_is_open(office: Office) -> None:
    cohort = await office.cohort(*TO_SELECTING)
    fellow, other = await office.propose(cohort), await office.propose(cohort)
    for placement in (fellow, other):
        await office.move_fellow(placement, State.CONFIRMED)
    await office.move_cohort(cohort, Stage.UNDERWAY)
    await office.move_fellow(fellow, State.UNDERWAY)
    before = await everything(office.database)

    with pytest.raises(InvalidTransition, match="completed once no placement is open: 2 are"):
        await office.move_cohort(cohort, Stage.COMPLETED)
    assert await everything(office.database) == before
    await office.move_fellow(fellow, State.COMPLETED)
    await office.move_fellow(other, State.WITHDRAWN, "She found work.")
    await office.move_cohort(cohort, Stage.COMPLETED)

    assert await stored(office.database, "fellowship_cohort", cohort, "stage", "taken") == ("COMPLETED", 1)


async def test_with_a_cohort_its_open_placements_are_called_off(office: Office) -> None:
    cohort = await office.cohort(*TO_SELECTING, seats=4)
    placements = [await office.propose(cohort, f"Fellow {number}") for number in range(4)]
    for placement in placements[1:]:
        await office.move_fellow(placement, State.CONFIRMED)
    await office.move_cohort(cohort, Stage.UNDERWAY)
    for placement in placements[2:]:
        await office.move_fellow(placement, State.UNDERWAY)
    await office.move_fellow(placements[3], State.COMPLETED)

    await office.move_cohort(cohort, Stage.CANCELLED, "No money.")

    told = [await stored(office.database, "fellow_placement", one, "state", "reason") for one in placements]
    assert told == [
        ("WITHDRAWN", "No money."),
        ("WITHDRAWN", "No money."),
        ("ENDED_EARLY", "No money."),
        ("COMPLETED", None),
    ]
    assert await stored(office.database, "fellowship_cohort", cohort, "stage", "taken") == ("CANCELLED", 1)
    assert (await actions(office.database))[-4:] == [*["fellow_placement.moved"] * 3, "fellowship_cohort.moved"]


async def test_of_two_editors_the_second_reads_again(office: Office) -> None:
    cohort = await office.cohort(Stage.OPEN)
    before = await everything(office.database)

    with pytest.raises(VersionConflict):
        async with office.acting() as tx:
            await cohorts.update_cohort(tx, cohort, {"seats": 5}, expected_version=1)
    with pytest.raises(VersionConflict):
        async with office.acting() as tx:
            await cohorts.move_cohort(tx, cohort, Stage.SELECTING, expected_version=1)

    assert await everything(office.database) == before


@pytest.mark.parametrize("viewer", [PUBLIC, OFFICER])
async def test_only_who_looks_after_programs_writes_cohorts(office: Office, viewer: Viewer) -> None:
    program = await office.program(kind="FELLOWSHIP")
    cohort = await office.cohort(program=program)
    before = await everything(office.database)

    with pytest.raises(NotAllowed, match="fund:career:manage"):
        async with office.acting(viewer) as tx:
            await cohorts.add_cohort(tx, program, SPRING | {"name": "Mine"})
    with pytest.raises(NotAllowed, match="fund:career:manage"):
        async with office.acting(viewer) as tx:
            await cohorts.update_cohort(tx, cohort, {"seats": 5}, expected_version=1)
    with pytest.raises(NotAllowed, match="fund:career:manage"):
        async with office.acting(viewer) as tx:
            await cohorts.move_cohort(tx, cohort, Stage.OPEN, expected_version=1)

    assert await everything(office.database) == before


# The tables of moves


def test_what_may_be_done_is_told_to_those_who_may() -> None:
    assert lifecycle.allowed(EDITOR, Stage.SELECTING, full=False) == [
        CohortAction.UPDATE,
        CohortAction.PROPOSE_FELLOW,
        CohortAction.MOVE_TO_UNDERWAY,
        CohortAction.MOVE_TO_CANCELLED,
    ]
    assert CohortAction.PROPOSE_FELLOW not in lifecycle.allowed(EDITOR, Stage.SELECTING, full=True)
    assert CohortAction.PROPOSE_FELLOW not in lifecycle.allowed(EDITOR, Stage.UNDERWAY, full=False)
    for stage in (Stage.COMPLETED, Stage.CANCELLED):
        assert lifecycle.allowed(EDITOR, stage, full=False) == []
    for viewer in (PUBLIC, OFFICER):
        assert lifecycle.allowed(viewer, Stage.SELECTING, full=False) == []


def test_every_stage_and_state_is_reached_and_what_is_open_can_be_called_off() -> None:
    assert {move.end for move in COHORT_MOVES} == set(Stage) - {Stage.PLANNED}
    assert {move.start for move in COHORT_MOVES} == set(STANDING)
    assert {move.end for move in FELLOW_MOVES} == set(State) - {State.PROPOSED}
    assert set(lifecycle.CALLED_OFF) == set(lifecycle.OPEN)
    assert all(
        (start, end) in {(one.start, one.end) for one in FELLOW_MOVES} for start, end in lifecycle.CALLED_OFF.items()
    )
