"""Sessions: added to a program, changed, counted, cancelled."""

from datetime import UTC, date, datetime

import pytest

from fund_api.careers import sessions
from fund_api.core.access import PUBLIC, Viewer
from fund_api.core.errors import InvalidTransition, InvalidValue, NotAllowed, NotFound, VersionConflict
from tests.campaigns.acting import stored
from tests.careers.office import DAY, NOW, OFFICER, Office
from tests.library.editors import actions, told
from tests.rows import everything

HALL = {"mode": "IN_PERSON", "place": "City Hall, Dayton", "state_code": "OH"}
EVENING = {"starts_at": "2027-03-08T18:00", "ends_at": "2027-03-08T20:00", "time_zone": "America/New_York"}


async def test_a_session_lasts_whole_days_or_hours(office: Office) -> None:
    program = await office.program()

    days = await office.session(program, ends_on=date(2027, 3, 9))
    evening = await office.session(program, **EVENING, **HALL, price=9_900, capacity=20)

    when = ("starts_on", "ends_on", "starts_at", "ends_at", "time_zone")
    assert await stored(office.database, "program_session", days, *when) == (
        *(date(2027, 3, 8), date(2027, 3, 9), None, None, None),
    )
    assert await stored(office.database, "program_session", evening, *when) == (
        *(date(2027, 3, 8), date(2027, 3, 8)),
        *(datetime(2027, 3, 8, 23, tzinfo=UTC), datetime(2027, 3, 9, 1, tzinfo=UTC), "America/New_York"),
    )
    counted = ("price", "currency", "capacity", "registered", "seats_left", "has_seats", "version")
    assert await stored(office.database, "program_session", evening, *counted) == (9_900, "USD", 20, 0, 20, True, 1)
    assert await stored(office.database, "program_session", days, *counted) == (None, "USD", None, 0, None, True, 1)


async def test_when_a_session_takes_place_is_said_as_a_whole(office: Office) -> None:
    session = await office.session(await office.program(), **EVENING)

    with pytest.raises(InvalidValue, match="time zone is needed"):
        await office.update_session(session, starts_at="2027-03-08T17:00", ends_at="2027-03-08T20:00")
    await office.update_session(session, **EVENING | {"starts_at": "2027-03-08T17:00"})
    assert await told(office.database, "program_session.updated") == {
        "starts_at": ('"2027-03-08T23:00:00.000000+00:00"', '"2027-03-08T22:00:00.000000+00:00"')
    }
    await office.update_session(session, starts_on=date(2027, 4, 1))
    when = ("starts_on", "ends_on", "starts_at", "ends_at", "time_zone", "version")
    assert await stored(office.database, "program_session", session, *when) == (
        *(date(2027, 4, 1), date(2027, 4, 1), None, None, None, 3),
    )
    await office.update_session(session, title="Another name")
    assert await stored(office.database, "program_session", session, "starts_on") == (date(2027, 4, 1),)


WRONG: list[tuple[dict[str, object], str, str]] = [
    ({"title": " "}, "title takes a text that is not empty", "title"),
    ({"mode": "IN_PERSON"}, "A session that is IN_PERSON takes place somewhere", "place"),
    ({"mode": "HYBRID"}, "A session that is HYBRID takes place somewhere", "place"),
    ({"place": "City Hall"}, "An online session has no place", "place"),
    ({"state_code": "ZZ"}, "There is no state ZZ", "state"),
    ({"capacity": 0}, "capacity lies between 1 and 100,000, not at 0", "capacity"),
    ({"price": -1}, "price lies between 0", "price"),
    ({"registration_url": "mailto:ada@example.org"}, "registration url takes a web address", "registration_url"),
    ({"registration_closes_on": date(2027, 3, 9)}, "Registration closes on the last day", "registration_closes_on"),
    ({"starts_on": date(1492, 10, 12)}, "starts on lies between 1900-01-01 and 2199-12-31", "starts_on"),
    ({"starts_on": date(2027, 3, 8), "ends_on": date(2027, 3, 7)}, "ends on is the same day as", "ends_on"),
]


@pytest.mark.parametrize(("values", "message", "path"), WRONG)
async def test_what_can_not_be_is_refused(office: Office, values: dict[str, object], message: str, path: str) -> None:
    program = await office.program()
    session = await office.session(program)
    before = await everything(office.database)

    for act in (office.session(program, **values), office.update_session(session, **values)):
        with pytest.raises(InvalidValue, match=message) as refused:
            await act
        assert refused.value.path == (path,)

    assert await everything(office.database) == before


async def test_a_session_that_goes_online_loses_its_place(office: Office) -> None:
    session = await office.session(await office.program(), **HALL)

    with pytest.raises(InvalidValue, match="takes place somewhere"):
        await office.update_session(session, place=None)
    await office.update_session(session, mode="ONLINE")

    assert await stored(office.database, "program_session", session, "mode", "place", "state_code") == (
        *("ONLINE", None, "OH"),
    )


async def test_registrations_are_counted_up_to_the_capacity(office: Office) -> None:
    session = await office.session(await office.program(), capacity=20)

    await office.register(session, 19)
    seats = ("registered", "seats_left", "has_seats")
    assert await stored(office.database, "program_session", session, *seats) == (19, 1, True)
    await office.register(session, 20)
    assert await stored(office.database, "program_session", session, *seats) == (20, 0, False)
    before = await everything(office.database)
    with pytest.raises(InvalidValue, match="20 can attend, and 21 registered") as refused:
        await office.register(session, 21)
    assert refused.value.path == ("registered",)
    with pytest.raises(InvalidValue, match="19 can attend, and 20 registered") as refused:
        await office.update_session(session, capacity=19)
    assert refused.value.path == ("capacity",)
    with pytest.raises(InvalidValue, match="registered lies between 0 and 100,000"):
        await office.register(session, -1)
    assert await everything(office.database) == before

    await office.update_session(session, capacity=None)
    await office.register(session, 200)
    assert await stored(office.database, "program_session", session, *seats) == (200, None, True)


async def test_a_cancelled_session_stays_with_its_reason_and_is_not_changed_any_more(office: Office) -> None:
    session = await office.session(await office.program())
    with pytest.raises(InvalidValue, match="reason takes a text that is not empty"):
        await office.cancel_session(session, " ")

    await office.cancel_session(session, "The hall burnt down.")

    assert await stored(office.database, "program_session", session, "cancelled_at", "reason", "version") == (
        *(NOW, "The hall burnt down.", 2),
    )
    before = await everything(office.database)
    for act in (
        office.cancel_session(session),
        office.update_session(session, title="Again"),
        office.register(session, 1),
    ):
        with pytest.raises(InvalidTransition, match="It was cancelled"):
            await act
    assert await everything(office.database) == before
    assert await actions(office.database) == ["program.added", "program_session.added", "program_session.cancelled"]


async def test_of_two_editors_the_second_reads_again(office: Office) -> None:
    session = await office.session(await office.program())
    await office.register(session, 1)
    before = await everything(office.database)

    with pytest.raises(VersionConflict):
        async with office.acting() as tx:
            await sessions.update_session(tx, session, {"title": "Lost"}, expected_version=1)
    with pytest.raises(VersionConflict):
        async with office.acting() as tx:
            await sessions.cancel_session(tx, session, "Lost", expected_version=1)
    with pytest.raises(VersionConflict):
        async with office.acting() as tx:
            await sessions.record_registrations(tx, session, 2, expected_version=1)

    assert await everything(office.database) == before


@pytest.mark.parametrize("viewer", [PUBLIC, OFFICER])
async def test_only_who_looks_after_programs_writes_sessions(office: Office, viewer: Viewer) -> None:
    program = await office.program()
    session = await office.session(program)
    before = await everything(office.database)

    with pytest.raises(NotAllowed, match="fund:career:manage"):
        async with office.acting(viewer) as tx:
            await sessions.add_session(tx, program, DAY)
    with pytest.raises(NotAllowed, match="fund:career:manage"):
        async with office.acting(viewer) as tx:
            await sessions.update_session(tx, session, {"title": "Mine"}, expected_version=1)
    with pytest.raises(NotAllowed, match="fund:career:manage"):
        async with office.acting(viewer) as tx:
            await sessions.cancel_session(tx, session, "No.", expected_version=1)
    with pytest.raises(NotAllowed, match="fund:career:manage"):
        async with office.acting(viewer) as tx:
            await sessions.record_registrations(tx, session, 1, expected_version=1)

    assert await everything(office.database) == before


async def test_a_session_belongs_to_a_program_that_is_there(office: Office) -> None:
    before = await everything(office.database)
    with pytest.raises(NotFound, match="There is no program program_"):
        await office.session(f"program_{'0' * 26}")
    assert await everything(office.database) == before
