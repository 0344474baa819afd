"""Programs and fellowships through the schema: announced by editors, read by everybody, fellows by nobody else."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest

from fund_api.app import services
from fund_api.core.access import PUBLIC
from fund_api.core.database import Database
from fund_api.graph.engine import Engine
from fund_api.graph.run import reader
from tests.asking import CATALOGUE, Asker
from tests.careers.office import EDITOR, OFFICER, Office, make_office
from tests.rows import count, everything

ERRORS = "errors { __typename code message path ... on InvalidTransition { from allowed } }"
ADD_PROGRAM = f"""
    mutation ($input: AddProgramInput!) {{
      addProgram(input: $input) {{
        program {{
          id slug name kind kindBasis state {{ code }} practiceAreas {{ nodes {{ slug }} }} publishedAt version provenance
        }}
        {ERRORS}
      }}
    }}
"""
PUBLISH = f"""
    mutation ($input: PublishProgramInput!) {{
      publishProgram(input: $input) {{ program {{ version }} {ERRORS} }}
    }}
"""
ADD_SESSION = f"""
    mutation ($input: AddSessionInput!) {{
      addSession(input: $input) {{
        session {{
          id startsOn endsOn startsAt endsAt timeZone mode place state {{ code }} price {{ amount currency }}
          capacity registered seatsLeft hasSeats version
        }}
        {ERRORS}
      }}
    }}
"""
UPDATE_SESSION = f"""
    mutation ($input: UpdateSessionInput!) {{
      updateSession(input: $input) {{ session {{ price {{ amount }} place mode version }} {ERRORS} }}
    }}
"""
ADD_COHORT = f"""
    mutation ($input: AddCohortInput!) {{
      addCohort(input: $input) {{ cohort {{ id stage seats taken availableActions version }} {ERRORS} }}
    }}
"""
MOVE_COHORT = f"""
    mutation ($input: MoveCohortInput!) {{
      moveCohort(input: $input) {{ cohort {{ stage reason availableActions version }} {ERRORS} }}
    }}
"""
PROPOSE = f"""
    mutation ($input: ProposeFellowInput!) {{
      proposeFellow(input: $input) {{
        placement {{ id state fellowName fellowEmail community {{ name }} cohort {{ taken }} version }} {ERRORS}
      }}
    }}
"""
MOVE_FELLOW = f"""
    mutation ($input: MoveFellowInput!) {{
      moveFellow(input: $input) {{ placement {{ state reason endsOn cohort {{ taken }} }} {ERRORS} }}
    }}
"""
ADD_SCHOLARSHIP = f"""
    mutation ($input: AddScholarshipInput!) {{
      addScholarship(input: $input) {{
        scholarship {{ id name amount {{ amount currency }} deadlineOn cancelledAt version }} {ERRORS}
      }}
    }}
"""
UPDATE_CHAPTER = f"""
    mutation ($input: UpdateChapterInput!) {{
      updateChapter(input: $input) {{ chapter {{ active version }} {ERRORS} }}
    }}
"""
ADD_CHAPTER = f"""
    mutation ($input: AddChapterInput!) {{
      addChapter(input: $input) {{ chapter {{ id active community {{ name }} version }} {ERRORS} }}
    }}
"""
FELLOWS = """
    {
      fellowshipCohorts { nodes { stage availableActions taken placements { nodes { state } } } }
      fellowPlacements { nodes { state fellowName fellowEmail reason community { name } } }
    }
"""
HALL = {"mode": "IN_PERSON", "place": "City Hall, Dayton", "state": "OH"}
EVENING = {"startsAt": "2027-03-08T18:00", "endsAt": "2027-03-08T20:00", "timeZone": "America/New_York"}


@dataclass(frozen=True)
class Bureau:
    """The office of the tests, and everybody who asks there."""

    office: Office
    engine: Engine

    async def does(self, document: str, **values: Any) -> Any:
        """What a mutation answers to an editor."""
        [answer] = (await Asker(self.engine, EDITOR)(document, input=values)).values()
        return answer

    async def done(self, document: str, **values: Any) -> Any:
        """What a mutation that is done answers with."""
        answer = await self.does(document, **values)
        assert answer.pop("errors") == []
        [found] = answer.values()
        return found


@pytest.fixture
async def bureau(database: Database) -> AsyncIterator[Bureau]:
    office, reads = await make_office(database), reader(database, 2)
    yield Bureau(office, Engine(CATALOGUE, reads, 100, 100_000, database, services(database, 10)))
    await reads.close()


async def fellowship(bureau: Bureau, **values: Any) -> Any:
    """A published fellowship's cohort."""
    program = await bureau.office.publish(await bureau.office.program(name="Fellows", kind="FELLOWSHIP"))
    days = {"applicationsOpenOn": "2026-12-01", "applicationsCloseOn": "2027-01-31"}
    work = {"startsOn": "2027-03-01", "endsOn": "2028-02-29"}
    return await bureau.done(ADD_COHORT, program=program, name="2027", seats=1, **days, **work, **values)


async def test_an_editor_announces_a_program_that_others_see_once_it_is_published(bureau: Bureau) -> None:
    program = await bureau.done(
        ADD_PROGRAM, name="Budgets", kind="WORKSHOP", state="OH", practiceAreas=["ethics"], idempotencyKey="one"
    )

    assert program == {
        **{"id": program["id"], "slug": "budgets", "name": "Budgets", "kind": "WORKSHOP", "kindBasis": "EDITORIAL"},
        **{"state": {"code": "OH"}, "practiceAreas": {"nodes": [{"slug": "ethics"}]}, "publishedAt": None},
        **{"version": 1, "provenance": "ENTERED"},
    }
    again = await bureau.done(
        ADD_PROGRAM, name="Budgets", kind="WORKSHOP", state="OH", practiceAreas=["ethics"], idempotencyKey="one"
    )
    assert again == program
    everybody = Asker(bureau.engine, PUBLIC)
    document = '{ program(by: { slug: "budgets" }) { name } }'
    assert (await everybody(document))["program"] is None
    assert await bureau.done(PUBLISH, id=program["id"], expectedVersion=1) == {"version": 2}
    assert (await everybody(document))["program"] == {"name": "Budgets"}
    assert await count(bureau.office.database, "event") == 2


async def test_a_session_is_said_in_hours_of_its_place_and_read_in_utc(bureau: Bureau) -> None:
    program = await bureau.office.program()

    session = await bureau.done(
        ADD_SESSION, program=program, title="Budgets", price={"amount": "99.50"}, capacity=20, **EVENING, **HALL
    )

    assert session == {
        **{"id": session["id"], "startsOn": "2027-03-08", "endsOn": "2027-03-08", "timeZone": "America/New_York"},
        **{"startsAt": "2027-03-08T23:00:00Z", "endsAt": "2027-03-09T01:00:00Z", "mode": "IN_PERSON"},
        **{"place": "City Hall, Dayton", "state": {"code": "OH"}, "price": {"amount": "99.50", "currency": "USD"}},
        **{"capacity": 20, "registered": 0, "seatsLeft": 20, "hasSeats": True, "version": 1},
    }
    changed = await bureau.done(UPDATE_SESSION, id=session["id"], mode="ONLINE", price=None, expectedVersion=1)
    assert changed == {"price": None, "place": None, "mode": "ONLINE", "version": 2}


@pytest.mark.parametrize(
    ("values", "path"),
    [
        ({"startsAt": "2027-03-14T02:30", "endsAt": "2027-03-14T06:00", "timeZone": "America/Chicago"}, "startsAt"),
        (EVENING | {"timeZone": "EST/EDT"}, "timeZone"),
        (EVENING | {"startsOn": "2027-03-08"}, "startsAt"),
        ({}, "startsOn"),
        (EVENING | {"state": "ZZ"}, "state"),
        (EVENING | {"registrationUrl": "javascript:alert(1)"}, "registrationUrl"),
        (EVENING | {"price": {"amount": "-1"}}, "price"),
    ],
)
async def test_what_is_wrong_of_a_session_is_named_as_the_client_wrote_it(
    bureau: Bureau, values: dict[str, Any], path: str
) -> None:
    program = await bureau.office.program()
    before = await everything(bureau.office.database)

    answer = await bureau.does(ADD_SESSION, program=program, title="Budgets", mode="ONLINE", **values)

    assert answer["session"] is None
    [error] = answer["errors"]
    assert (error["__typename"], error["path"][:2]) == ("InvalidValue", ["input", path])
    assert await everything(bureau.office.database) == before


async def test_a_cohort_says_what_may_be_done_with_it_to_those_who_may(bureau: Bureau) -> None:
    cohort = await fellowship(bureau)
    assert cohort["availableActions"] == ["UPDATE", "MOVE_TO_OPEN", "MOVE_TO_CANCELLED"]

    opened = await bureau.done(MOVE_COHORT, id=cohort["id"], to="OPEN", expectedVersion=1)
    assert opened["availableActions"] == ["UPDATE", "MOVE_TO_SELECTING", "MOVE_TO_CANCELLED"]
    selecting = await bureau.done(MOVE_COHORT, id=cohort["id"], to="SELECTING", expectedVersion=2)
    assert "PROPOSE_FELLOW" in selecting["availableActions"]
    await bureau.done(PROPOSE, cohort=cohort["id"], community=bureau.office.dayton, fellowName="Fay")
    answer = await bureau.does(MOVE_COHORT, id=cohort["id"], to="PLANNED", expectedVersion=3)
    assert answer["errors"] == [
        {
            **{"__typename": "InvalidTransition", "code": "INVALID_TRANSITION", "path": None, "from": "SELECTING"},
            "message": "A cohort in SELECTING can't move to PLANNED. Allowed is: UNDERWAY, CANCELLED.",
            "allowed": ["UNDERWAY", "CANCELLED"],
        }
    ]
    read = "{ fellowshipCohorts { nodes { availableActions } } }"
    for viewer, actions in (
        (PUBLIC, []),
        (OFFICER, []),
        (EDITOR, ["UPDATE", "MOVE_TO_UNDERWAY", "MOVE_TO_CANCELLED"]),
    ):
        found = await Asker(bureau.engine, viewer)(read)
        assert found["fellowshipCohorts"]["nodes"] == [{"availableActions": actions}]


async def test_everybody_sees_who_hosts_and_nobody_else_who_the_fellow_is(bureau: Bureau) -> None:
    cohort = await fellowship(bureau)
    for version, stage in enumerate(("OPEN", "SELECTING"), 1):
        await bureau.done(MOVE_COHORT, id=cohort["id"], to=stage, expectedVersion=version)
    who = {"fellowName": "Fay", "fellowEmail": "fay@example.org"}
    placement = await bureau.done(PROPOSE, cohort=cohort["id"], community=bureau.office.dayton, **who)
    assert placement == {
        **{"id": placement["id"], "state": "PROPOSED", "community": {"name": "Dayton"}, "cohort": {"taken": 1}},
        **{"version": 1, **who},
    }
    full = await bureau.does(PROPOSE, cohort=cohort["id"], community=bureau.office.dayton, fellowName="Bea")
    assert [(one["code"], one["message"]) for one in full["errors"]] == [
        ("INVALID_VALUE", "No seat of the cohort is left; it has 1.")
    ]
    for viewer in (PUBLIC, OFFICER):
        assert (await Asker(bureau.engine, viewer)(FELLOWS))["fellowPlacements"]["nodes"] == []

    await bureau.done(MOVE_FELLOW, id=placement["id"], to="CONFIRMED", expectedVersion=1)
    for viewer in (PUBLIC, OFFICER):
        assert (await Asker(bureau.engine, viewer)(FELLOWS))["fellowPlacements"]["nodes"] == [
            {
                **{"state": "CONFIRMED", "fellowName": None, "fellowEmail": None, "reason": None},
                "community": {"name": "Dayton"},
            }
        ]
    ended = await bureau.done(
        MOVE_FELLOW, id=placement["id"], to="WITHDRAWN", reason="She found work.", expectedVersion=2
    )
    assert ended == {
        **{"state": "WITHDRAWN", "reason": "She found work.", "endsOn": "2028-02-29", "cohort": {"taken": 0}},
    }
    assert (await Asker(bureau.engine, PUBLIC)(FELLOWS))["fellowPlacements"]["nodes"] == []


async def test_a_scholarship_is_some_money_with_a_deadline(bureau: Bureau) -> None:
    program = await bureau.office.publish(await bureau.office.program())
    given = {"program": program, "name": "Books", "deadlineOn": "2100-01-31"}

    scholarship = await bureau.done(ADD_SCHOLARSHIP, **given, amount={"amount": "500.00"})
    nothing = await bureau.does(ADD_SCHOLARSHIP, **given | {"name": "None"}, amount={"amount": "0.00"})

    assert scholarship == {
        **{"id": scholarship["id"], "name": "Books", "amount": {"amount": "500.00", "currency": "USD"}},
        **{"deadlineOn": "2100-01-31", "cancelledAt": None, "version": 1},
    }
    assert [one["path"] for one in nothing["errors"]] == [["input", "amount", "amount"]]
    late = await bureau.does(ADD_SCHOLARSHIP, **given | {"deadlineOn": "2020-01-31"})
    assert [one["path"] for one in late["errors"]] == [["input", "deadlineOn"]]


async def test_a_chapter_that_is_not_active_any_more_is_not_shown(bureau: Bureau) -> None:
    of = {"university": "Wright State", "state": "OH", "community": bureau.office.dayton}
    chapter = await bureau.done(ADD_CHAPTER, name="Students", **of)
    everybody = Asker(bureau.engine, PUBLIC)
    document = "{ studentChapters { nodes { name } } }"
    assert (await everybody(document))["studentChapters"]["nodes"] == [{"name": "Students"}]

    changed = await bureau.done(UPDATE_CHAPTER, id=chapter["id"], active=False, expectedVersion=1)

    assert changed == {"active": False, "version": 2}
    assert (await everybody(document))["studentChapters"]["nodes"] == []
