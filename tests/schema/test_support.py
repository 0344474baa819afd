"""From a resident's request to a campaign with its coordinator, through the schema."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

import schema
from fund_api.app import services
from fund_api.campaigns.tables import Milestone
from fund_api.core.access import PUBLIC, SYSTEM, Sender, Viewer
from fund_api.core.database import Database
from fund_api.core.writing import writing
from fund_api.graph.engine import Engine
from fund_api.graph.run import reader
from fund_api.people.roles import PERMISSIONS, Role
from tests.asking import CATALOGUE, Asker
from tests.granting import Fund
from tests.rows import count

OFFICER = Viewer(None, PERMISSIONS[Role.GRANTS_OFFICER])
ASK = """
    mutation($input: RequestCampaignSupportInput!) {
      requestCampaignSupport(input: $input) {
        request secret errors { __typename message path ... on Throttled { retryAfter } }
      }
    }
"""
STATE = "query($secret: String!) { supportRequestState(secret: $secret) { state reason campaign { title } } }"
ACCEPT = """
    mutation($id: ID!) {
      acceptSupportRequest(input: { id: $id, title: "Keep the manager", expectedVersion: 1 }) {
        secret supportRequest { state name } campaign { id title stage publishedAt } errors { message }
      }
    }
"""
COME_IN = """
    mutation($secret: String!) {
      acceptInvitation(input: { secret: $secret, name: "Ada" }) { person token errors { message } }
    }
"""


@pytest.fixture
async def engine(database: Database) -> AsyncIterator[Engine]:
    reads = reader(database, 2)
    yield Engine(CATALOGUE, reads, 100, 100_000, database, services(database))
    await reads.close()


@pytest.fixture
async def given(database: Database) -> dict[str, Any]:
    fund = Fund()
    community = fund.community("Saratoga Springs")
    await fund.save(database)
    return {
        "name": "Ada",
        "email": "ada@example.org",
        "community": community,
        "kind": "RETENTION",
        "message": "They want to abandon the manager.",
    }


async def test_a_request_becomes_a_campaign_that_its_coordinator_comes_into(
    engine: Engine, database: Database, given: dict[str, Any]
) -> None:
    public, officer = Asker(engine), Asker(engine, OFFICER)
    made = (await public(ASK, input=given))["requestCampaignSupport"]
    assert await public(STATE, secret=made["secret"]) == {
        "supportRequestState": {"state": "RECEIVED", "reason": None, "campaign": None}
    }

    accepted = (await officer(ACCEPT, id=made["request"]))["acceptSupportRequest"]
    came = (await public(COME_IN, secret=accepted["secret"]))["acceptInvitation"]

    assert accepted["errors"] == came["errors"] == []
    assert accepted["supportRequest"] == {"state": "ACCEPTED", "name": "Ada"}
    campaign = accepted["campaign"]
    assert (campaign["title"], campaign["stage"], campaign["publishedAt"]) == ("Keep the manager", "INQUIRY", None)
    ada = Viewer(came["person"], frozenset({"own:campaign:read", "own:campaign:update"}))
    seen = "query($id: ID!) { campaign(id: $id) { title availableActions } }"
    assert await Asker(engine, ada)(seen, id=campaign["id"]) == {
        "campaign": {
            "title": "Keep the manager",
            "availableActions": ["UPDATE", "RECORD_OUTCOME", "MOVE_TO_EXPLORING"],
        }
    }
    assert await public(seen, id=campaign["id"]) == {"campaign": None}
    assert await public(STATE, secret=made["secret"]) == {
        "supportRequestState": {"state": "ACCEPTED", "reason": None, "campaign": None}
    }


async def test_question_3_which_milestones_are_due_in_14_days_or_overdue(database: Database, engine: Engine) -> None:
    text = (Path(schema.__file__).parent / "operations/coordinator/DueMilestones.graphql").read_text(encoding="utf-8")
    fund = Fund()
    campaign = fund.campaign(fund.community("Saratoga Springs"))
    await fund.save(database)
    days = {"2026-03-01": None, "2026-03-16": None, "2026-03-17": None, "2026-02-01": "2026-02-01"}
    async with writing(database, SYSTEM, datetime(2026, 3, 2, tzinfo=UTC)) as tx:
        for due, done in days.items():
            dates = {"due_on": date.fromisoformat(due), "done_on": done and date.fromisoformat(done)}
            await tx.add(Milestone, "added", {"campaign_id": campaign, "kind": "EFFECTIVE", **dates})

    found = await Asker(engine)(text, until="2026-03-16")

    assert [node["dueOn"] for node in found["milestones"]["nodes"]] == ["2026-03-01", "2026-03-16"]


async def test_a_declined_request_says_why(engine: Engine, given: dict[str, Any]) -> None:
    made = (await Asker(engine)(ASK, input=given))["requestCampaignSupport"]
    decline = """
        mutation($id: ID!) {
          declineSupportRequest(input: { id: $id, reason: "It is no campaign.", expectedVersion: 1 }) { errors { message } }
        }
    """
    for viewer, errors in ((PUBLIC, ["This needs the permission fund:support:decide."]), (OFFICER, [])):
        answer = await Asker(engine, viewer)(decline, id=made["request"])
        assert [error["message"] for error in answer["declineSupportRequest"]["errors"]] == errors

    assert await Asker(engine)(STATE, secret=made["secret"]) == {
        "supportRequestState": {"state": "DECLINED", "reason": "It is no campaign.", "campaign": None}
    }


async def test_a_drive_against_a_person_is_refused_with_the_reason(
    engine: Engine, database: Database, given: dict[str, Any]
) -> None:
    answer = await Asker(engine)(ASK, input=given | {"againstPerson": True})

    [error] = answer["requestCampaignSupport"]["errors"]
    assert error["path"] == ["input", "againstPerson"]
    assert error["message"].startswith(
        "A drive against a person, such as the recall of an official, is never supported"
    )
    assert await count(database, "support_request") == 0


async def test_an_address_may_ask_ten_times_a_minute(engine: Engine, database: Database, given: dict[str, Any]) -> None:
    operation = engine.prepare(ASK, None, {"input": given})
    errors = []
    for _ in range(11):
        answer = await engine.answer(operation, PUBLIC, Sender(None, "192.0.2.7"))
        errors += answer["data"]["requestCampaignSupport"]["errors"]
    other = await engine.answer(operation, PUBLIC, Sender(None, "192.0.2.8"))

    [error] = errors
    assert error["__typename"] == "Throttled"
    assert 1 <= error["retryAfter"] <= 60
    assert other["data"]["requestCampaignSupport"]["errors"] == []
    assert await count(database, "support_request") == 11
