"""What people look for: programs and sessions by kind, mode, state, practice area, day, price and seats."""

from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path

import pytest

import schema
from fund_api.core.database import Database
from tests.asking import Asker, asking
from tests.careers.office import make_office

DAY = date(2027, 3, 8)
LATER = date(2027, 6, 1)
FINDS = """
    query ($programs: ProgramFilter, $sessions: SessionFilter) {
      programs(filter: $programs) { nodes { name } }
      sessions(filter: $sessions) { nodes { title } }
    }
"""


@pytest.fixture
async def ask(database: Database) -> AsyncIterator[Asker]:
    """Asks, as everybody, a database with four published programs and a draft; a session of each is named after it."""
    office = await make_office(database)
    online = await office.publish(await office.program("ethics", name="Ethics", kind="COURSE"))
    await office.session(online, title="Ethics", starts_on=DAY, price=0)
    ohio = await office.publish(await office.program("finance", name="Budgets", state_code="OH"))
    hall = {"mode": "IN_PERSON", "place": "City Hall, Dayton", "state_code": "OH"}
    full = await office.session(ohio, title="Budgets", starts_on=LATER, price=25_000, capacity=10, **hall)
    await office.register(full, 10)
    both = await office.publish(await office.program("ethics", "finance", name="Coaching", kind="COACHING"))
    room = {"mode": "HYBRID", "place": "Library, Clovis", "state_code": "CA"}
    seats = await office.session(both, title="Coaching", starts_on=LATER, capacity=2, **room)
    await office.register(seats, 1)
    mixed = await office.publish(await office.program(name="Mixed"))
    await office.session(mixed, title="Mixed", starts_on=DAY, price=20_000, capacity=1, **hall)
    gone = await office.session(mixed, title="Mixed, cancelled", starts_on=LATER, price=10_000)
    await office.cancel_session(gone)
    draft = await office.program("ethics", name="Draft", state_code="OH")
    await office.session(draft, title="Draft", price=0)
    async with asking(database) as asker:
        yield asker


TAKES_PLACE = {"cancelledAt": {"isNull": True}}
FILTERS: dict[str, tuple[object, object, list[str]]] = {
    "kind": (
        {"kind": {"eq": "COURSE"}},
        {"program": {"kind": {"eq": "COURSE"}}},
        ["Ethics"],
    ),
    "mode": (
        {"sessions": {"some": {"mode": {"in": ["ONLINE", "HYBRID"]}} | TAKES_PLACE}},
        {"mode": {"in": ["ONLINE", "HYBRID"]}} | TAKES_PLACE,
        ["Coaching", "Ethics"],
    ),
    "state": (
        {"sessions": {"some": {"state": {"code": {"eq": "OH"}}}}},
        {"state": {"code": {"eq": "OH"}}},
        ["Budgets", "Mixed"],
    ),
    "state that it is for": (
        {"state": {"code": {"eq": "OH"}}},
        {"program": {"state": {"code": {"eq": "OH"}}}},
        ["Budgets"],
    ),
    "practice area": (
        {"practiceAreas": {"some": {"slug": {"eq": "ethics"}}}},
        {"program": {"practiceAreas": {"some": {"slug": {"eq": "ethics"}}}}},
        ["Coaching", "Ethics"],
    ),
    "first day": (
        {"sessions": {"some": {"startsOn": {"gte": "2027-04-01"}} | TAKES_PLACE}},
        {"startsOn": {"gte": "2027-04-01"}} | TAKES_PLACE,
        ["Budgets", "Coaching"],
    ),
    "highest price": (
        {"sessions": {"some": {"price": {"lte": "200.00"}} | TAKES_PLACE}},
        {"price": {"lte": "200.00"}} | TAKES_PLACE,
        ["Ethics", "Mixed"],
    ),
    "seats": (
        {"sessions": {"some": {"hasSeats": {"eq": True}, "seatsLeft": {"isNull": False}}}},
        {"hasSeats": {"eq": True}, "seatsLeft": {"isNull": False}},
        ["Coaching", "Mixed"],
    ),
    "no seats": (
        {"sessions": {"some": {"hasSeats": {"eq": False}}}},
        {"hasSeats": {"eq": False}},
        ["Budgets"],
    ),
    "all of them, in one session": (
        {
            "kind": {"eq": "WORKSHOP"},
            "sessions": {
                "some": {
                    **{"mode": {"eq": "IN_PERSON"}, "state": {"code": {"eq": "OH"}}, "startsOn": {"lte": "2027-03-31"}},
                    **{"price": {"lte": "200.00"}, "hasSeats": {"eq": True}} | TAKES_PLACE,
                }
            },
        },
        {
            **{"program": {"kind": {"eq": "WORKSHOP"}}, "mode": {"eq": "IN_PERSON"}, "state": {"code": {"eq": "OH"}}},
            **{"startsOn": {"lte": "2027-03-31"}, "price": {"lte": "200.00"}, "hasSeats": {"eq": True}} | TAKES_PLACE,
        },
        ["Mixed"],
    ),
}


async def test_programs_and_sessions_are_found_by_all_that_people_look_for(ask: Asker) -> None:
    for what, (of_programs, of_sessions, names) in FILTERS.items():
        found = await ask(FINDS, programs=of_programs, sessions=of_sessions)
        assert sorted(one["name"] for one in found["programs"]["nodes"]) == names, what
        assert sorted(one["title"] for one in found["sessions"]["nodes"]) == names, what


async def test_the_operation_finds_programs_with_the_sessions_that_fit(ask: Asker) -> None:
    document = (Path(schema.__file__).parent / "operations/public/FindPrograms.graphql").read_text(encoding="utf-8")

    every = await ask(document)
    assert [one["name"] for one in every["programs"]["nodes"]] == ["Budgets", "Coaching", "Ethics", "Mixed"]
    found = await ask(document, programs={"kind": {"ne": "COACHING"}}, sessions={"startsOn": {"gte": "2027-04-01"}})
    assert [(one["name"], len(one["sessions"]["nodes"])) for one in found["programs"]["nodes"]] == [("Budgets", 1)]
    [budgets] = found["programs"]["nodes"]
    [session] = budgets["sessions"]["nodes"]
    assert (session["title"], session["price"]["amount"], session["hasSeats"]) == ("Budgets", "250.00", False)


async def test_free_is_a_price_and_an_unknown_one_is_none(ask: Asker) -> None:
    found = await ask(FINDS, sessions={"price": {"eq": "0.00"}})
    assert [one["title"] for one in found["sessions"]["nodes"]] == ["Ethics"]

    found = await ask(FINDS, sessions={"price": {"isNull": True}})
    assert [one["title"] for one in found["sessions"]["nodes"]] == ["Coaching"]
