"""Fellows of whom something is corrected, and those who are erased: in the log, and in what retries get, too."""

import json
from datetime import date

import pytest
import sqlalchemy as sa

from fund_api.careers import fellows
from fund_api.careers.fellowship_tables import CohortStage, FellowState
from fund_api.core import events
from fund_api.core.access import PUBLIC, Viewer
from fund_api.core.errors import InvalidValue, NotAllowed, NotFound, VersionConflict
from fund_api.core.idempotency import Request, claim, keep
from tests.campaigns.acting import stored
from tests.careers.office import OFFICER, TO_SELECTING, Office
from tests.library.editors import actions
from tests.rows import everything, fetch, table

PRIVATE = ("fellow_name", "fellow_email", "reason")


async def placed(office: Office, *ways: FellowState) -> str:
    """A fellow with an address, brought to a state."""
    cohort = await office.cohort(*TO_SELECTING)
    fellow = await office.propose(cohort, fellow_email="fay@example.org")
    for way in ways:
        await office.move_fellow(fellow, way, "Fay found work." if way is FellowState.WITHDRAWN else None)
    return fellow


async def kept(office: Office) -> str:
    """All that the log, its private values and the answers for retries say."""
    tables = ("event_change", "private_change", "idempotency_key")
    return json.dumps([await fetch(office.database, sa.select(table(name))) for name in tables], default=str)


async def test_what_is_said_of_a_fellow_is_corrected(office: Office) -> None:
    fellow = await placed(office)

    await office.update_fellow(fellow, fellow_name="Faye Fellow", fellow_email="faye@example.org")
    await office.update_fellow(fellow, starts_on=date(2027, 4, 1), ends_on=date(2027, 12, 31), fellow_email=None)

    said = ("fellow_name", "fellow_email", "starts_on", "ends_on", "state", "version")
    assert await stored(office.database, "fellow_placement", fellow, *said) == (
        *("Faye Fellow", None, date(2027, 4, 1), date(2027, 12, 31), "PROPOSED", 3),
    )
    change = table("event_change").c
    assert "Faye" not in json.dumps(await fetch(office.database, sa.select(change.before, change.after)))


async def test_one_whose_placement_ended_is_corrected_too(office: Office) -> None:
    fellow = await placed(office, FellowState.WITHDRAWN)

    await office.update_fellow(fellow, fellow_name="Faye Fellow")

    assert await stored(office.database, "fellow_placement", fellow, "fellow_name", "state", "version") == (
        *("Faye Fellow", "WITHDRAWN", 3),
    )


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"fellow_name": None}, "fellow name is needed"),
        ({"fellow_name": " "}, "fellow name takes a text that is not empty"),
        ({"fellow_email": "no address"}, "fellow email takes an address, as ada@example.org"),
        ({"ends_on": date(2027, 2, 28)}, "ends on is the same day as starts on or later"),
    ],
)
async def test_a_correction_that_can_not_be_changes_nothing(
    office: Office, values: dict[str, str | date | None], message: str
) -> None:
    fellow = await placed(office)
    before = await everything(office.database)

    with pytest.raises(InvalidValue, match=message):
        await office.update_fellow(fellow, **values)

    assert await everything(office.database) == before


async def test_nothing_says_any_more_who_an_erased_fellow_was(office: Office) -> None:
    fellow = await placed(office, FellowState.WITHDRAWN)
    await office.update_fellow(fellow, fellow_name="Fay Fellow-Diaz")
    async with office.acting() as tx:
        await claim(tx, Request("key", "does", "document"))
        await keep(tx, "key", fellow, "Fay Fellow")
    assert "Fay" in await kept(office)

    await office.erase_fellow(fellow)

    assert await stored(office.database, "fellow_placement", fellow, *PRIVATE, "state", "version") == (
        *("Erased person", None, "Erased person", "WITHDRAWN", 4),
    )
    left = await kept(office)
    assert ("Fay" in left, "fay@" in left, fellow in left) == (False, False, True)
    assert (await actions(office.database))[-1] == "fellow_placement.erased"
    async with office.database.snapshot() as connection:
        log = await events.audit(connection)
    assert (log.broken, log.erased > 0) == (None, True)


async def test_another_fellow_and_what_the_log_says_of_them_stay(office: Office) -> None:
    cohort = await office.cohort(CohortStage.OPEN, CohortStage.SELECTING)
    fellow, other = await office.propose(cohort), await office.propose(cohort, "Bea Ito")

    await office.erase_fellow(fellow)

    assert await stored(office.database, "fellow_placement", fellow, *PRIVATE) == ("Erased person", None, None)
    assert await stored(office.database, "fellow_placement", other, *PRIVATE, "version") == ("Bea Ito", None, None, 1)
    assert "Bea Ito" in await kept(office)


async def test_of_two_editors_the_second_reads_again(office: Office) -> None:
    fellow = await placed(office, FellowState.CONFIRMED)
    before = await everything(office.database)

    with pytest.raises(VersionConflict):
        async with office.acting() as tx:
            await fellows.update_fellow(tx, fellow, {"fellow_name": "Lost"}, expected_version=1)
    with pytest.raises(VersionConflict):
        async with office.acting() as tx:
            await fellows.erase_fellow(tx, fellow, expected_version=1)
    with pytest.raises(NotFound, match="There is no fellow placement"):
        async with office.acting() as tx:
            await fellows.erase_fellow(tx, f"fellow_{'0' * 26}", expected_version=1)

    assert await everything(office.database) == before


@pytest.mark.parametrize("viewer", [PUBLIC, OFFICER])
async def test_only_who_looks_after_programs_corrects_and_erases(office: Office, viewer: Viewer) -> None:
    fellow = await placed(office)
    before = await everything(office.database)

    with pytest.raises(NotAllowed, match="fund:career:manage"):
        async with office.acting(viewer) as tx:
            await fellows.update_fellow(tx, fellow, {"fellow_name": "Me"}, expected_version=1)
    with pytest.raises(NotAllowed, match="fund:career:manage"):
        async with office.acting(viewer) as tx:
            await fellows.erase_fellow(tx, fellow, expected_version=1)

    assert await everything(office.database) == before
