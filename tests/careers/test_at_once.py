"""Many who propose at once: no cohort ever has more fellows than seats, and what is counted is what is there."""

import asyncio

import pytest

from fund_api.careers.fellowship_tables import CohortStage, FellowState
from fund_api.careers.lifecycle import GIVEN_BACK
from fund_api.core.database import Database
from fund_api.core.errors import InvalidTransition, InvalidValue, TooMany, VersionConflict
from tests.campaigns.acting import stored
from tests.careers.office import TO_SELECTING, Office, make_office
from tests.rows import count, table
from tests.waiting import waiting

AT_ONCE = 20
Stage, State = CohortStage, FellowState


async def counted(office: Office, cohort: str) -> tuple[int, int]:
    """How many seats are taken, and how many placements take one."""
    [taken] = await stored(office.database, "fellowship_cohort", cohort, "taken")
    rows = table("fellow_placement").c
    held = [rows.state != str(state) for state in GIVEN_BACK]
    assert isinstance(taken, int)
    return taken, await count(office.database, "fellow_placement", rows.cohort_id == cohort, *held)


async def test_of_20_at_once_as_many_are_proposed_as_there_are_seats(office: Office) -> None:
    cohort = await office.cohort(*TO_SELECTING, seats=7)

    found = await asyncio.gather(*(office.propose(cohort) for _ in range(AT_ONCE)), return_exceptions=True)

    assert [type(one) for one in found if not isinstance(one, str)] == [TooMany] * 13
    assert await counted(office, cohort) == (7, 7)


async def test_seats_that_come_back_go_to_others_once(office: Office) -> None:
    cohort = await office.cohort(*TO_SELECTING, seats=5)
    placed = [await office.propose(cohort) for _ in range(5)]

    found = await asyncio.gather(
        *(office.move_fellow(one, State.WITHDRAWN, "No.") for one in placed * 2),
        *(office.propose(cohort) for _ in range(10)),
        return_exceptions=True,
    )

    failures = [one for one in found if isinstance(one, BaseException)]
    assert all(isinstance(one, TooMany | InvalidTransition | VersionConflict) for one in failures), failures
    assert len([one for one in found[:10] if one is None]) == 5
    new = len([one for one in found[10:] if isinstance(one, str)])
    assert await counted(office, cohort) == (new, new)
    assert new <= 5


# On PostgreSQL, where writers run side by side


@pytest.fixture
async def there(postgres: Database) -> Office:
    return await make_office(postgres)


async def test_who_takes_seats_away_sees_who_takes_one(there: Office) -> None:
    cohort = await there.cohort(*TO_SELECTING, seats=2)
    await there.propose(cohort)

    async with there.acting() as tx:
        await tx.connection.execute(table("fellowship_cohort").update().values(taken=2))
        fewer = await waiting(there.database, there.update_cohort(cohort, seats=1))
    with pytest.raises(InvalidValue, match="seats is at least 2"):
        await fewer

    assert await stored(there.database, "fellowship_cohort", cohort, "seats", "taken") == (2, 2)


async def test_who_proposes_sees_that_the_cohort_was_cancelled(there: Office) -> None:
    cohort = await there.cohort(*TO_SELECTING, seats=2)
    fellow = await there.propose(cohort)

    async with there.acting() as tx:
        await tx.connection.execute(table("fellowship_cohort").update().values(stage="CANCELLED", reason="No money."))
        late = await waiting(there.database, there.propose(cohort))
        moving = asyncio.create_task(there.move_fellow(fellow, State.CONFIRMED))
    for task in (late, moving):
        with pytest.raises(InvalidTransition, match="CANCELLED"):
            await task

    assert await counted(there, cohort) == (1, 1)
