"""Placements of fellows: proposed within the seats, moved as the table says, and private."""

import json
from datetime import UTC, date, datetime

import pytest
import sqlalchemy as sa

from fund_api.careers import fellows
from fund_api.careers.fellowship_tables import CohortStage, FellowState
from fund_api.careers.lifecycle import FELLOW_MOVES
from fund_api.core.access import PUBLIC, Viewer
from fund_api.core.errors import InvalidTransition, InvalidValue, NotAllowed, NotFound, TooMany, VersionConflict
from tests.campaigns.acting import stored
from tests.careers.office import OFFICER, TO_SELECTING, Office
from tests.library.editors import told
from tests.rows import everything, fetch, table

Stage, State = CohortStage, FellowState
REASONS = {State.WITHDRAWN: "She found work.", State.ENDED_EARLY: "She moved away."}
WAYS: dict[FellowState, tuple[FellowState, ...]] = {
    State.PROPOSED: (),
    State.CONFIRMED: (State.CONFIRMED,),
    State.UNDERWAY: (State.CONFIRMED, State.UNDERWAY),
    State.COMPLETED: (State.CONFIRMED, State.UNDERWAY, State.COMPLETED),
    State.ENDED_EARLY: (State.CONFIRMED, State.UNDERWAY, State.ENDED_EARLY),
    State.WITHDRAWN: (State.WITHDRAWN,),
}
"""How a placement comes to a state."""


async def taken(office: Office, cohort: str) -> int:
    [found] = await stored(office.database, "fellowship_cohort", cohort, "taken")
    assert isinstance(found, int)
    return found


async def test_a_placement_takes_a_seat_and_has_the_days_of_its_cohort(office: Office) -> None:
    cohort = await office.cohort(*TO_SELECTING)

    fellow = await office.propose(cohort, fellow_email="fay@example.org")
    other = await office.propose(cohort, community_id=office.clovis, starts_on=date(2027, 4, 1))

    said = ("community_id", "state", "fellow_name", "fellow_email", "starts_on", "ends_on", "version")
    assert await stored(office.database, "fellow_placement", fellow, *said) == (
        *(office.dayton, "PROPOSED", "Fay Fellow", "fay@example.org", date(2027, 3, 1), date(2028, 2, 29), 1),
    )
    assert await stored(office.database, "fellow_placement", other, *said[:2], *said[-3:]) == (
        *(office.clovis, "PROPOSED", date(2027, 4, 1), date(2028, 2, 29), 1),
    )
    assert await taken(office, cohort) == 2
    assert await office.version("fellowship_cohort", cohort) == 3  # a seat that is taken is no new version of it


async def test_who_the_fellow_is_stands_apart_in_the_log(office: Office) -> None:
    cohort = await office.cohort(*TO_SELECTING)
    fellow = await office.propose(cohort, fellow_email="fay@example.org")
    await office.move_fellow(fellow, State.WITHDRAWN, "Fay found work.")

    change = table("event_change").c
    private = await fetch(office.database, sa.select(change.field, change.after).where(change.digest.is_not(None)))
    assert sorted(private) == [("fellow_email", None), ("fellow_name", None), ("reason", None)]
    assert await told(office.database, "fellow_placement.moved") == {"state": ('"PROPOSED"', '"WITHDRAWN"')}
    plain = json.dumps(await fetch(office.database, sa.select(change.before, change.after)))
    assert "Fay" not in plain and "fay" not in plain


async def test_fellows_are_proposed_within_the_seats_while_they_are_chosen(office: Office) -> None:
    cohort = await office.cohort(CohortStage.OPEN, seats=1)
    with pytest.raises(InvalidTransition, match="Fellows are proposed while a cohort is SELECTING; this one is OPEN"):
        await office.propose(cohort)
    await office.move_cohort(cohort, Stage.SELECTING)
    fellow = await office.propose(cohort)
    before = await everything(office.database)

    with pytest.raises(TooMany, match="No seat of the cohort is left; it has 1"):
        await office.propose(cohort)
    with pytest.raises(InvalidValue, match="seats lies between 1 and"):
        await office.update_cohort(cohort, seats=0)
    with pytest.raises(NotFound, match="There is no fellowship cohort"):
        await office.propose(f"cohort_{'0' * 26}")
    assert await everything(office.database) == before

    await office.move_fellow(fellow, State.WITHDRAWN, "She found work.")
    await office.propose(cohort)
    assert await taken(office, cohort) == 1


async def test_seats_are_never_fewer_than_are_taken(office: Office) -> None:
    cohort = await office.cohort(*TO_SELECTING, seats=3)
    for _ in range(2):
        await office.propose(cohort)
    before = await everything(office.database)

    with pytest.raises(InvalidValue, match="seats is at least 2, as many as are taken, not 1") as refused:
        await office.update_cohort(cohort, seats=1)
    assert refused.value.path == ("seats",)
    assert await everything(office.database) == before

    await office.update_cohort(cohort, seats=2)


@pytest.mark.parametrize(
    ("values", "failure", "message"),
    [
        ({"name": " "}, InvalidValue, "fellow name takes a text that is not empty"),
        ({"fellow_email": "x" * 255}, InvalidValue, "fellow email takes 1 to 254 characters"),
        ({"fellow_email": "no address"}, InvalidValue, "fellow email takes an address, as ada@example.org"),
        ({"starts_on": date(2028, 3, 1)}, InvalidValue, "ends on is the same day as starts on or later"),
        ({"community_id": f"comm_{'0' * 26}"}, NotFound, "There is no community"),
    ],
)
async def test_a_proposal_that_can_not_be_takes_no_seat(
    office: Office, values: dict[str, str], failure: type[Exception], message: str
) -> None:
    cohort = await office.cohort(*TO_SELECTING)
    before = await everything(office.database)

    with pytest.raises(failure, match=message):
        await office.propose(cohort, **values)

    assert await everything(office.database) == before


@pytest.mark.parametrize("stage", [Stage.SELECTING, Stage.UNDERWAY])
async def test_a_placement_moves_as_the_table_says_and_no_other_way(office: Office, stage: CohortStage) -> None:
    office.now = datetime(2027, 6, 1, 12, tzinfo=UTC)
    program = await office.program(kind="FELLOWSHIP")
    for start, ways in WAYS.items():
        if stage is Stage.SELECTING and start in (State.UNDERWAY, State.COMPLETED, State.ENDED_EARLY):
            continue
        allowed = [one.end for one in FELLOW_MOVES if one.start is start and stage in one.stages]
        cohort = await office.cohort(*TO_SELECTING, program=program, name=f"From {start}", seats=10)
        placements = {end: await office.propose(cohort) for end in State}
        if stage is Stage.UNDERWAY:
            await office.move_cohort(cohort, Stage.UNDERWAY)
        for end, placement in placements.items():
            for way in ways:
                await office.move_fellow(placement, way, REASONS.get(way))
            before, seats = await everything(office.database), await taken(office, cohort)
            if end in allowed:
                await office.move_fellow(placement, end, REASONS.get(end))
                assert await stored(office.database, "fellow_placement", placement, "state", "reason") == (
                    end,
                    REASONS.get(end),
                )
                assert await taken(office, cohort) == seats - (end in REASONS)
                continue
            message = f"A placement that is {start} can't become {end} while its cohort is {stage}"
            with pytest.raises(InvalidTransition, match=message) as refused:
                await office.move_fellow(placement, end, REASONS.get(end))
            assert (refused.value.current, refused.value.allowed) == (start, tuple(allowed))
            assert await everything(office.database) == before


async def test_ending_needs_a_reason_and_no_other_move_has_one(office: Office) -> None:
    fellow = await office.propose(await office.cohort(*TO_SELECTING))
    before = await everything(office.database)

    for state, reason, message in (
        (State.WITHDRAWN, None, "WITHDRAWN needs a reason"),
        (State.WITHDRAWN, " ", "reason takes a text that is not empty"),
        (State.CONFIRMED, "She is good.", "Only WITHDRAWN and ENDED_EARLY have a reason"),
    ):
        with pytest.raises(InvalidValue, match=message) as refused:
            await office.move_fellow(fellow, state, reason)
        assert refused.value.path == ("reason",)
    with pytest.raises(InvalidValue, match="Only ENDED_EARLY has another last day"):
        await office.move_fellow(fellow, State.CONFIRMED, ended_on=date(2027, 6, 1))

    assert await everything(office.database) == before


@pytest.mark.parametrize(
    ("today", "ended_on", "last"),
    [
        (datetime(2027, 6, 1, tzinfo=UTC), None, date(2027, 6, 1)),
        (datetime(2027, 6, 1, tzinfo=UTC), date(2027, 5, 14), date(2027, 5, 14)),
        (datetime(2029, 6, 1, tzinfo=UTC), None, date(2028, 2, 29)),
        (datetime(2027, 2, 1, tzinfo=UTC), None, date(2027, 3, 1)),
    ],
)
async def test_what_ends_early_has_its_own_last_day(
    office: Office, today: datetime, ended_on: date | None, last: date
) -> None:
    cohort = await office.cohort(*TO_SELECTING)
    fellow = await office.propose(cohort)
    await office.move_fellow(fellow, State.CONFIRMED)
    await office.move_cohort(cohort, Stage.UNDERWAY)
    await office.move_fellow(fellow, State.UNDERWAY)
    before = await everything(office.database)
    for wrong in (date(2027, 2, 28), date(2028, 3, 1)):
        with pytest.raises(InvalidValue, match="does not end early on") as refused:
            await office.move_fellow(fellow, State.ENDED_EARLY, "She moved away.", wrong)
        assert refused.value.path == ("ended_on",)
    assert await everything(office.database) == before

    office.now = today
    await office.move_fellow(fellow, State.ENDED_EARLY, "She moved away.", ended_on)

    assert await stored(office.database, "fellow_placement", fellow, "state", "ends_on") == ("ENDED_EARLY", last)
    assert await taken(office, cohort) == 0


@pytest.mark.parametrize(
    ("today", "last"),
    [
        (datetime(2027, 2, 1, tzinfo=UTC), date(2027, 3, 1)),
        (datetime(2027, 6, 1, tzinfo=UTC), date(2027, 6, 1)),
        (datetime(2029, 6, 1, tzinfo=UTC), date(2028, 2, 29)),
    ],
)
async def test_with_a_cohort_that_is_cancelled_its_fellows_stop_working(
    office: Office, today: datetime, last: date
) -> None:
    cohort = await office.cohort(*TO_SELECTING)
    works, waits = await office.propose(cohort), await office.propose(cohort)
    await office.move_fellow(works, State.CONFIRMED)
    await office.move_cohort(cohort, Stage.UNDERWAY)
    await office.move_fellow(works, State.UNDERWAY)

    office.now = today
    await office.move_cohort(cohort, Stage.CANCELLED, "No money.")

    said = ("state", "starts_on", "ends_on")
    assert await stored(office.database, "fellow_placement", works, *said) == ("ENDED_EARLY", date(2027, 3, 1), last)
    assert await stored(office.database, "fellow_placement", waits, *said) == (
        *("WITHDRAWN", date(2027, 3, 1), date(2028, 2, 29)),
    )


async def test_of_two_editors_the_second_reads_again(office: Office) -> None:
    fellow = await office.propose(await office.cohort(*TO_SELECTING))
    await office.move_fellow(fellow, State.CONFIRMED)
    before = await everything(office.database)

    with pytest.raises(VersionConflict):
        async with office.acting() as tx:
            await fellows.move_fellow(tx, fellow, State.WITHDRAWN, "Lost", expected_version=1)

    assert await everything(office.database) == before


@pytest.mark.parametrize("viewer", [PUBLIC, OFFICER])
async def test_only_who_looks_after_programs_places_fellows(office: Office, viewer: Viewer) -> None:
    cohort = await office.cohort(*TO_SELECTING)
    fellow = await office.propose(cohort)
    before = await everything(office.database)

    with pytest.raises(NotAllowed, match="fund:career:manage"):
        async with office.acting(viewer) as tx:
            await fellows.propose_fellow(tx, cohort, {"community_id": office.dayton, "fellow_name": "Me"})
    with pytest.raises(NotAllowed, match="fund:career:manage"):
        async with office.acting(viewer) as tx:
            await fellows.move_fellow(tx, fellow, State.CONFIRMED, expected_version=1)

    assert await everything(office.database) == before
