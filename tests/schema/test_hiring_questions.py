"""Questions on hiring that come with the API: what stands still, and who helps with a first manager."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from fund_api.core.database import Database
from fund_api.hiring.tables import HiringStage as Stage
from tests.hiring.asking import Counter, opened
from tests.hiring.bureau import NOW


@pytest.fixture
async def at(database: Database, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Counter]:
    async with opened(database, monkeypatch) as counter:
        yield counter


async def test_which_requests_have_not_moved_for_14_days(at: Counter) -> None:
    bureau = at.bureau
    old = await bureau.at(Stage.RECRUITING)
    closed = await bureau.at(Stage.RECEIVED)
    await bureau.close(closed)
    bureau.now += timedelta(days=1)
    held = await bureau.at(Stage.TRIAGED)
    await bureau.move(held, Stage.ON_HOLD, "The council is new.")
    bureau.now += timedelta(days=1)
    await bureau.at(Stage.TRIAGED)
    before = (NOW + timedelta(days=2) - timedelta(seconds=1)).isoformat()

    found = await at.operation("officer", "staff/IdleHiringRequests.graphql", before=before)

    nodes = found["hiringRequests"]["nodes"]
    assert [(one["id"], one["stage"], one["reason"]) for one in nodes] == [
        (old, "RECRUITING", None),
        (held, "ON_HOLD", "The council is new."),
    ]
    assert nodes[0]["community"] == {"name": "Piqua", "state": {"code": "OH"}}
    assert (await at.operation("nobody", "staff/IdleHiringRequests.graphql", before=before))["hiringRequests"][
        "nodes"
    ] == []


async def test_we_need_a_first_manager_who_helps(at: Counter) -> None:
    await at.bureau.add_advisor()
    [found] = (await at.ask("nobody", "{ communities(first: 1) { nodes { geoid } } }"))["communities"]["nodes"]

    told = await at.operation("nobody", "coordinator/FirstManager.graphql", geoid=found["geoid"])

    assert told["community"]["state"]["advisors"]["nodes"] == [
        {"id": told["community"]["state"]["advisors"]["nodes"][0]["id"], "name": "Ann Advisor", "biography": None}
    ]
    [hiring] = [one for one in told["supportOptions"] if one["kind"] == "HIRING"]
    assert hiring["isOpen"] is True
    assert "requestHiringSupport" in hiring["howToApply"]
