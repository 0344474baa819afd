"""The deadlines that come next: which there are, and who is told of which."""

from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from fund_api.careers import deadlines
from fund_api.core import clock
from fund_api.core.access import PUBLIC, Viewer
from fund_api.core.database import Database, Dialect
from fund_api.core.limits import Limits
from fund_api.graph.compile import Late, Plan, Variables
from fund_api.graph.run import Reads
from fund_api.graph.snapshots import Snapshot
from fund_api.graph.steps import Asked
from fund_api.people.roles import Role, permissions_of
from tests.asking import asking
from tests.careers.offers import NOW, Offers

TODAY = NOW.date()
DAY = timedelta(days=1)
DEADLINES = """query ($within: Int! = 30, $first: Int! = 20, $state: String) {
  deadlines(within: $within, first: $first, state: $state) {
    kind on title daysLeft program { name } session { title } cohort { name } scholarship { name } state { code }
  }
}"""
LOOKS_AFTER = Viewer(None, permissions_of({Role.EDITOR}, set()))


@dataclass
class Counting:
    """Reads that are counted; the plan of an operation without root fields of the engine's reads nothing."""

    reads: Reads
    dialect: Dialect
    place: str
    count: int = 0

    async def read(self, plan: Plan, variables: Variables, late: Late, asked: Asked) -> dict[str, Any]:
        self.count += plan.query is not None or plan.steps != ()
        return await self.reads.read(plan, variables, late, asked)

    def snapshot(self) -> AbstractAsyncContextManager[Snapshot]:
        return self.reads.snapshot()

    async def close(self) -> None:
        await self.reads.close()


@pytest.fixture(autouse=True)
def clocked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)


async def told(database: Database, it: Offers | None = None, viewer: Viewer = PUBLIC, **asked: Any) -> Any:
    """What is told of them; Any: JSON."""
    if it is not None:
        await it.save(database)
    async with asking(database, viewer) as ask:
        ask.engine.services = {"database": database}
        return (await ask(DEADLINES, **asked))["deadlines"]


async def names(database: Database, it: Offers | None = None, viewer: Viewer = PUBLIC, **asked: Any) -> list[str]:
    return [one["title"] for one in await told(database, it, viewer, **asked)]


async def test_each_says_what_it_is_for_and_how_many_days_are_left(database: Database) -> None:
    it = Offers()
    program, ohio = it.program("Fellows"), it.program("Academy", state="OH")
    it.scholarship(program, "Books", TODAY + 3 * DAY, state="CA")
    it.cohort(ohio, "Class of 2027", TODAY + DAY)
    it.session(program, "Seminar", registration_closes_on=TODAY)

    nothing = dict.fromkeys(("session", "cohort", "scholarship", "state"))
    assert await told(database, it) == [
        nothing
        | {"kind": "REGISTRATION", "on": "2026-03-02", "title": "Seminar", "daysLeft": 0}
        | {"program": {"name": "Fellows"}, "session": {"title": "Seminar"}},
        nothing
        | {"kind": "COHORT_APPLICATION", "on": "2026-03-03", "title": "Academy: Class of 2027", "daysLeft": 1}
        | {"program": {"name": "Academy"}, "cohort": {"name": "Class of 2027"}, "state": {"code": "OH"}},
        nothing
        | {"kind": "SCHOLARSHIP", "on": "2026-03-05", "title": "Books", "daysLeft": 3}
        | {"program": {"name": "Fellows"}, "scholarship": {"name": "Books"}, "state": {"code": "CA"}},
    ]


async def test_what_passed_was_cancelled_or_takes_no_applications_has_none(database: Database) -> None:
    it = Offers()
    program = it.program()
    gone: dict[str, Any] = {"cancelled_at": NOW, "reason": "Too few came."}
    it.session(program, "Cancelled", registration_closes_on=TODAY + DAY, **gone)
    it.session(program, "Passed", registration_closes_on=TODAY - DAY)
    it.session(program, "Open to the end")
    it.scholarship(program, "Taken back", TODAY + DAY, cancelled_at=NOW)
    for stage in ("PLANNED", "OPEN", "SELECTING", "UNDERWAY", "COMPLETED", "CANCELLED"):
        it.cohort(program, stage, TODAY + DAY, stage=stage, reason="So it is.")

    assert await names(database, it) == ["Academy: PLANNED", "Academy: OPEN"]


async def test_the_window_is_of_days_and_the_next_ones_come_first(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    it = Offers()
    program = it.program()
    for ahead in (366, 365, 31, 30, 1, 0):
        it.scholarship(program, str(ahead), TODAY + ahead * DAY)

    assert await names(database, it) == ["0", "1", "30"]
    assert await names(database, within=1) == ["0", "1"]
    assert await names(database, within=365) == ["0", "1", "30", "31", "365"]
    assert await names(database, first=2) == ["0", "1"]
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 3, 3, 0, 0, tzinfo=UTC))
    assert await names(database) == ["1", "30", "31"]


async def test_a_state_has_its_own_and_those_for_all(database: Database) -> None:
    it = Offers()
    program, ohio = it.program(), it.program("Ohio's", state="OH")
    it.scholarship(program, "For all", TODAY)
    it.scholarship(program, "For California", TODAY + DAY, state="CA")
    it.scholarship(ohio, "For Ohio", TODAY + 2 * DAY)
    it.scholarship(ohio, "For Californians in Ohio", TODAY + 3 * DAY, state="CA")
    it.session(ohio, "In California", state="CA", registration_closes_on=TODAY + 4 * DAY)

    assert await names(database, it, state="OH") == ["For all", "For Ohio"]
    assert await names(database, state="CA") == [
        *("For all", "For California", "For Californians in Ohio", "In California"),
    ]
    assert await names(database, state="oh") == ["For all", "For Ohio"]


async def test_deadlines_of_what_is_no_state_are_refused(database: Database) -> None:
    it = Offers()
    it.scholarship(it.program(), "For all", TODAY, state="OH")
    await it.save(database)

    async with asking(database) as ask:
        ask.engine.services = {"database": database}
        for state in ("ZZ", "zz", "", "OHI", "%"):
            assert await ask.refusal(DEADLINES, state=state) == f"There is no state {state}."


async def test_drafts_have_deadlines_for_who_looks_after_programs_alone(database: Database) -> None:
    it = Offers()
    draft = it.program("Draft", published_at=None)
    it.scholarship(draft, "Books", TODAY)
    it.cohort(draft, "Class", TODAY)
    it.session(draft, "Seminar", registration_closes_on=TODAY)

    assert await names(database, it) == []
    assert sorted(await names(database, viewer=LOOKS_AFTER)) == ["Books", "Draft: Class", "Seminar"]


@pytest.mark.parametrize(("name", "most"), [("within", 365), ("first", 100)])
async def test_numbers_have_their_bounds(database: Database, name: str, most: int) -> None:
    async with asking(database) as ask:
        ask.engine.services = {"database": database}
        for number in (0, -1, most + 1):
            refusal = await ask.refusal(DEADLINES, **{name: number})
            assert refusal == f"{name} lies between 1 and {most}, not at {number}."
        assert (await ask(DEADLINES, **{name: most})) == {"deadlines": []}


async def test_entities_of_deadlines_are_read_by_one_statement_each(database: Database) -> None:
    it = Offers()
    for number in range(30):
        program = it.program(f"Program {number}", state="OH")
        it.scholarship(program, f"Books {number}", TODAY + number * DAY)
        it.scholarship(program, f"Travel {number}", TODAY + number * DAY, state="CA")
    it.session(it.program("Hidden", published_at=None), registration_closes_on=TODAY)
    await it.save(database)

    async with asking(database) as ask:
        ask.engine.services = {"database": database}
        ask.engine.reads = counting = Counting(ask.engine.reads, database.dialect, ask.engine.reads.place)
        found = (await ask(DEADLINES, first=100))["deadlines"]

    assert counting.count == 3  # programs, scholarships and states; there is no session and no cohort
    assert sorted((one["title"], one["program"]["name"], one["scholarship"]["name"]) for one in found) == sorted(
        (f"{what} {number}", f"Program {number}", f"{what} {number}")
        for number in range(30)
        for what in ("Books", "Travel")
    )
    assert {(one["title"].split()[0], one["state"]["code"]) for one in found} == {("Books", "OH"), ("Travel", "CA")}


async def test_what_two_aliases_select_of_one_entity_is_what_each_selects(database: Database) -> None:
    it = Offers()
    it.scholarship(it.program("Fellows"), "Books", TODAY)
    await it.save(database)
    document = """
        { a: deadlines { ...named } b: deadlines { ...named program { kind } } }
        fragment named on Deadline { program { name } }
    """

    async with asking(database) as ask:
        ask.engine.services = {"database": database}
        assert await ask(document) == {
            "a": [{"program": {"name": "Fellows"}}],
            "b": [{"program": {"name": "Fellows", "kind": "WORKSHOP"}}],
        }


async def test_asking_many_times_at_once_costs_too_much_before_anything_is_read(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with asking(database) as ask:
        ask.engine.services = {"database": database}
        ask.engine.limits = Limits(aliases=101, root_fields=101)  # those that a document has by default stop it before
        many = [f"a{number}: deadlines(first: 100) {{ on }}" for number in range(101)]
        asked: list[str] = []
        coming = deadlines.coming

        async def told(*given: Any, **more: Any) -> Any:  # Any: as the rule has it
            asked.append("asked")
            return await coming(*given, **more)

        monkeypatch.setattr(deadlines, "coming", told)
        assert (await ask.refusal("{" + " ".join(many) + "}")).startswith(
            "This operation may touch 101,000 rows; 100,000 are allowed."
        )
        assert asked == []
        assert len(await ask("{" + " ".join(many[:3]) + "}")) == len(asked) == 3
