"""Senior advisors through the schema: who is told whom a request could have, and how one is erased."""

from collections.abc import AsyncIterator

import pytest

from fund_api.app import services
from fund_api.core import clock
from fund_api.core.access import SYSTEM
from fund_api.core.database import Database
from fund_api.core.writing import writing
from fund_api.graph.engine import Engine
from fund_api.graph.run import reader
from fund_api.hiring.tables import HiringStage as Stage
from fund_api.people import rules
from fund_api.people.roles import Role
from fund_api.people.tables import FUND
from tests.asking import CATALOGUE
from tests.campaigns.acting import stored
from tests.hiring.asking import Counter
from tests.hiring.bureau import make_bureau
from tests.rows import everything

PROPOSALS = """
    query($id: ID!) {
      advisorProposals(hiringRequest: $id) { covering proposals { advisor { name } why } leftOut { obstacle advisors } }
    }
"""


@pytest.fixture
async def at(database: Database, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Counter]:
    """A bureau with an advisor, an administrator and a reporter."""
    bureau = await make_bureau(database)
    async with writing(database, SYSTEM, bureau.now) as tx:
        for who, role in (("administrator", Role.ADMINISTRATOR), ("reporter", Role.REPORTER)):
            bureau.people[who] = await rules.add_person(tx, who.title(), f"{who}@example.org")
            await rules.write_role(tx, bureau.people[who], role, FUND)
    await bureau.add_advisor()
    monkeypatch.setattr(clock, "now", lambda: bureau.now)
    reads = reader(database, 2)
    yield Counter(bureau, Engine(CATALOGUE, reads, 100, 100_000, database, services(database)))
    await reads.close()


async def test_hiring_officers_are_told_whom_a_request_could_have_and_nobody_else_is(at: Counter) -> None:
    request = await at.bureau.at(Stage.TRIAGED)

    assert await at.ask("officer", PROPOSALS, id=request) == {
        "advisorProposals": {
            "covering": 1,
            "proposals": [
                {
                    "advisor": {"name": "Ann Advisor"},
                    "why": "Covers OH; 0 of 1 assignments open; no conflict with Piqua.",
                }
            ],
            "leftOut": [],
        }
    }
    for who in ("nobody", "requester", "member", "approver", "advisor", "administrator", "reporter"):
        assert await at.ask(who, PROPOSALS, id=request) == {"advisorProposals": None}, who
    assert await at.ask("officer", PROPOSALS, id=f"hire_{'0' * 26}") == {"advisorProposals": None}


async def test_an_advisor_who_is_erased_advises_nobody_and_is_named_nowhere(at: Counter) -> None:
    bureau = at.bureau
    request = await bureau.at(Stage.TRIAGED)
    assignment = await bureau.match(request)

    erased = await at.do("administrator", "erasePerson", "person { name }", id=bureau.people["advisor"])

    assert erased == {"person": {"name": "Erased person"}, "errors": []}
    ended = await stored(bureau.database, "assignment", assignment, "state", "reason")
    assert ended == ("WITHDRAWN", "The advisor was erased.")
    assert await bureau.stage(request) == ("TRIAGED", None, None)
    advisors = "{ seniorAdvisors { nodes { name biography active openAssignments } } }"
    gone = {"name": "Erased person", "biography": None, "active": False, "openAssignments": 0}
    assert await at.ask("officer", advisors) == {"seniorAdvisors": {"nodes": [gone]}}
    assert await at.ask("nobody", advisors) == {"seniorAdvisors": {"nodes": []}}
    assert "Ann Advisor" not in str(await everything(bureau.database))
