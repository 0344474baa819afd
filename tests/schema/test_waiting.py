"""Questions 7 and 9: what awaits my decision, oldest first; and which grants somebody prepared and approved."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from fund_api.core import clock
from fund_api.core.access import PUBLIC
from fund_api.core.database import Database
from fund_api.core.ids import new_id
from tests.asking import Asker
from tests.grants.acting import NOW, make_office
from tests.grants.asking import Desk, desk
from tests.rows import table

QUEUE, CONFLICTS = "staff/MyQueue.graphql", "reporting/DutyConflicts.graphql"


@pytest.fixture
async def at(database: Database, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Desk]:
    monkeypatch.setattr(clock, "now", lambda: NOW + timedelta(days=3, hours=1))
    async with desk(await make_office(database)) as found:
        yield found


async def test_question_7_what_awaits_my_decision_oldest_first_with_its_age(at: Desk) -> None:
    paid = await at.office.signed(200_000)
    tranche = await at.office.scheduled(paid, 100_000)
    at.office.now = NOW + timedelta(days=1)
    older = await at.office.in_decision()
    at.office.now = NOW + timedelta(days=2)
    younger = await at.office.in_decision(requested=600_000)

    found = (await at.operation("approver", QUEUE))["myQueue"]

    assert [(one["action"], one["grant"]["id"], one["since"], one["days"]) for one in found] == [
        ("APPROVE_DISBURSEMENT", paid, "2026-11-22T12:00:00Z", 3),
        ("APPROVE", older, "2026-11-23T12:00:00Z", 2),
        ("APPROVE", younger, "2026-11-24T12:00:00Z", 1),
    ]
    assert [one["disbursement"] and one["disbursement"]["id"] for one in found] == [tranche, None, None]
    assert (await at.operation("payer", QUEUE))["myQueue"] == []


async def test_question_7_takes_no_more_than_is_asked_for(at: Desk) -> None:
    for _ in range(3):
        await at.office.submitted()

    assert len((await at.operation("officer", QUEUE, first=2))["myQueue"]) == 2
    for first in (0, 101):
        refusal = await Asker(at.engine).refusal("query ($first: Int) { myQueue(first: $first) { days } }", first=first)
        assert refusal == f"first lies between 1 and 100, not at {first}."


async def test_question_9_nobody_prepared_and_approved_the_same_grant(at: Desk) -> None:
    await at.office.approved()

    for name in ("approver", "reporter", "officer"):
        assert await at.operation(name, CONFLICTS) == {"dutyConflicts": []}
    for name in ("coordinator", "nobody"):
        assert await at.operation(name, CONFLICTS) == {"dutyConflicts": None}
    assert await Asker(at.engine, PUBLIC)("{ dutyConflicts { duties } }") == {"dutyConflicts": None}


async def test_question_9_finds_what_went_round_the_rules(at: Desk) -> None:
    grant = await at.office.approved()
    approver = at.office.people["approver"]
    async with at.office.database.writing() as connection:
        noted = {"id": new_id("duty"), "grant_id": grant, "person_id": approver, "duty": "PREPARER", "created_at": NOW}
        await connection.execute(table("grant_duty").insert(), noted)

    found = (await at.operation("reporter", "reporting/DutyConflicts.graphql"))["dutyConflicts"]

    assert [(one["grant"]["id"], one["duties"]) for one in found] == [(grant, ["PREPARER", "APPROVER"])]
