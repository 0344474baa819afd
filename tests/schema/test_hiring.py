"""Hiring support through the schema: from a public request to its end, and who sees what of it."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from fund_api.core.access import PUBLIC, Sender
from fund_api.core.database import Database
from fund_api.hiring.tables import HiringStage as Stage
from tests.hiring.asking import Counter, opened
from tests.rows import count

ASK = """
    mutation($input: RequestHiringSupportInput!) {
      requestHiringSupport(input: $input) {
        request secret errors { __typename message path ... on Throttled { retryAfter } }
      }
    }
"""
STATE = "query($secret: String!) { hiringRequestState(secret: $secret) { stage stageSince reason createdAt } }"
SEEN = """
    query($id: ID!) {
      hiringRequest(id: $id) {
        stage budget { amount } practiceAreas { nodes { slug } }
        contactName contactEmail contactPhone message salaryMinimum { amount } salaryMaximum { amount }
      }
    }
"""
PRIVATE = ("contactName", "contactEmail", "contactPhone", "message", "salaryMinimum", "salaryMaximum")


@pytest.fixture
async def at(database: Database, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Counter]:
    async with opened(database, monkeypatch) as counter:
        yield counter


@pytest.fixture
def given(at: Counter) -> dict[str, Any]:
    return {
        **{"community": at.bureau.community, "contactName": "Cora Diaz", "contactEmail": "cora@example.org"},
        **{"contactPhone": "555-0100", "message": "Our council voted for a manager.", "firstManager": True},
        **{"salaryMinimum": {"amount": "90000"}, "salaryMaximum": {"amount": "120000.50"}},
        **{"budget": {"amount": "0"}, "practiceAreas": ["ethics"], "targetOn": "2027-06-01"},
    }


async def worked_until_offer(at: Counter, request: str) -> None:
    """An officer takes a request up, corrects it, and moves it step by step."""
    shown = "hiringRequest { stage creationRoute searchMode interimNeeded version }"
    filled = {"creationRoute": "ORDINANCE", "searchMode": "FIRM", "interimNeeded": True}
    assert await at.do("officer", "triageRequest", shown, id=request, **filled, expectedVersion=1) == {
        "hiringRequest": {"stage": "TRIAGED", **filled, "version": 2},
        "errors": [],
    }
    updated = await at.do("officer", "updateHiringRequest", shown, id=request, searchMode=None, expectedVersion=2)
    assert (updated["hiringRequest"]["searchMode"], updated["hiringRequest"]["creationRoute"]) == (None, "ORDINANCE")
    for version, stage in enumerate(("PROFILE_DRAFTED", "RECRUITING", "FINALISTS", "OFFER"), 3):
        moved = await at.do("officer", "moveRequest", shown, id=request, to=stage, expectedVersion=version)
        assert (moved["hiringRequest"]["stage"], moved["errors"]) == (stage, [])


async def hired(at: Counter, request: str) -> tuple[str, str]:
    """An officer records an appointment; the placement, and its first follow-up."""
    made = await at.do(
        "officer",
        "recordAppointment",
        "placement { id managerName publishedAt followUps { nodes { id months dueOn doneOn version } } }",
        **{"hiringRequest": request, "title": "City Manager", "managerName": "Max Berg"},
        **{"appointedOn": "2026-11-22", "expectedVersion": 7},
    )
    planned = made["placement"]["followUps"]["nodes"]
    assert [one["dueOn"] for one in planned] == ["2027-02-22", "2027-05-22", "2027-11-22"]
    return made["placement"]["id"], planned[0]["id"]


async def test_a_public_request_is_worked_to_its_end(at: Counter, given: dict[str, Any]) -> None:
    made = (await at.ask("nobody", ASK, input=given))["requestHiringSupport"]
    assert made["errors"] == []
    assert (await at.ask("nobody", STATE, secret=made["secret"]))["hiringRequestState"] == {
        **{"stage": "RECEIVED", "stageSince": "2026-11-22T12:00:00Z", "reason": None},
        "createdAt": "2026-11-22T12:00:00Z",
    }
    await worked_until_offer(at, made["request"])
    placement, follow_up = await hired(at, made["request"])
    await at.do("officer", "moveRequest", id=made["request"], to="FOLLOW_UP", expectedVersion=8)
    said = {"doneOn": "2026-11-22", "note": "Well."}
    done = await at.do("officer", "recordFollowUp", "followUp { doneOn note }", id=follow_up, **said, expectedVersion=1)
    assert done == {"followUp": said, "errors": []}
    told = await at.do("officer", "publishPlacement", "placement { publishedAt }", id=placement, expectedVersion=1)
    assert told == {"placement": {"publishedAt": "2026-11-22T12:00:00Z"}, "errors": []}
    ended = {"id": made["request"], "reason": "All went well.", "expectedVersion": 9}
    closed = await at.do("officer", "closeRequest", "hiringRequest { stage }", **ended)
    assert closed == {"hiringRequest": {"stage": "CLOSED"}, "errors": []}
    found = (await at.ask("nobody", STATE, secret=made["secret"]))["hiringRequestState"]
    assert (found["stage"], found["reason"]) == ("CLOSED", "All went well.")


async def test_contact_and_salary_are_for_officers_and_the_assigned_advisor(at: Counter, given: dict[str, Any]) -> None:
    bureau = at.bureau
    request = (await at.ask("requester", ASK, input=given))["requestHiringSupport"]["request"]
    await bureau.triage(request)
    await bureau.add_advisor()
    assert await at.ask("advisor", SEEN, id=request) == {"hiringRequest": None}
    await bureau.match(request)

    whole = {
        **{"contactName": "Cora Diaz", "contactEmail": "cora@example.org", "contactPhone": "555-0100"},
        "message": "Our council voted for a manager.",
        **{"salaryMinimum": {"amount": "90000.00"}, "salaryMaximum": {"amount": "120000.50"}},
    }
    for who in ("officer", "advisor"):
        found = (await at.ask(who, SEEN, id=request))["hiringRequest"]
        assert {name: found[name] for name in PRIVATE} == whole
    found = (await at.ask("requester", SEEN, id=request))["hiringRequest"]
    assert (found["stage"], found["budget"], found["practiceAreas"]) == (
        *("ADVISOR_MATCHED", {"amount": "0.00"}, {"nodes": [{"slug": "ethics"}]}),
    )
    assert {name: found[name] for name in PRIVATE} == dict.fromkeys(PRIVATE)
    for who in ("nobody", "member", "approver"):
        assert await at.ask(who, SEEN, id=request) == {"hiringRequest": None}


async def test_a_manager_is_named_to_everybody_once_published(at: Counter) -> None:
    _, placement = await at.bureau.appointed()
    query = "{ managerPlacements { nodes { title managerName hiringRequest { stage } } } }"
    assert await at.ask("nobody", query) == {"managerPlacements": {"nodes": []}}

    await at.do("officer", "publishPlacement", id=placement, expectedVersion=1)

    shown = {"title": "Town Manager", "managerName": "Max Berg", "hiringRequest": None}
    assert await at.ask("nobody", query) == {"managerPlacements": {"nodes": [shown]}}


async def test_what_may_be_done_is_said_to_officers_alone(at: Counter) -> None:
    bureau = at.bureau
    await bureau.add_advisor()
    request = await bureau.at(Stage.TRIAGED)
    forward = ["MOVE_TO_POSITION_CREATION", "MOVE_TO_PROFILE_DRAFTED", "MOVE_TO_ON_HOLD"]
    assert await at.actions(request) == ["UPDATE", "MATCH_ADVISOR", *forward, "MOVE_TO_DECLINED", "CLOSE"]
    await bureau.match(request)
    assert await at.actions(request) == ["UPDATE", *forward, "CLOSE"]
    assert await at.actions(request, "advisor") == await at.actions(request, "requester") == []
    await bureau.move(request, Stage.PROFILE_DRAFTED)
    assert "MATCH_ADVISOR" not in await at.actions(request)
    await bureau.move(request, Stage.ON_HOLD, "Holidays.")
    assert await at.actions(request) == ["UPDATE", "RESUME", "CLOSE"]


async def test_a_placement_is_published_and_a_follow_up_recorded_as_long_as_there_is_one(at: Counter) -> None:
    bureau = at.bureau
    request, placement = await bureau.appointed()
    hidden = ["CORRECT_PLACEMENT", "PUBLISH_PLACEMENT"]
    assert await at.actions(request) == ["UPDATE", "MOVE_TO_FOLLOW_UP", *hidden, "CLOSE"]
    await bureau.move(request, Stage.FOLLOW_UP)
    shown = "placement { title managerName startsOn version }"
    said = {"title": "City Manager", "startsOn": "2027-01-04"}
    corrected = await at.do("officer", "correctPlacement", shown, id=placement, **said, expectedVersion=1)
    assert corrected["placement"] == said | {"managerName": "Max Berg", "version": 2}
    await at.do("officer", "publishPlacement", id=placement, expectedVersion=2)
    assert await at.actions(request) == ["UPDATE", "RECORD_FOLLOW_UP", "CLOSE"]
    for one in (await at.ask("officer", "{ followUps { nodes { id version } } }"))["followUps"]["nodes"]:
        done = {"id": one["id"], "doneOn": "2026-11-22", "expectedVersion": one["version"]}
        await at.do("officer", "recordFollowUp", **done)
    assert await at.actions(request) == ["UPDATE", "CLOSE"]
    await bureau.close(request)
    assert await at.actions(request) == []
    forgotten = await at.do("officer", "forgetManager", shown, id=placement, expectedVersion=3)
    assert forgotten["placement"] == said | {"managerName": "Erased person", "version": 4}


@pytest.mark.parametrize(
    ("changed", "message", "path"),
    [
        (
            {"salaryMinimum": {"amount": "120000.51"}},
            "The least salary, 120,000.51 USD, is more than the highest, 120,000.50 USD.",
            ["input", "salaryMinimum"],
        ),
        ({"salaryMinimum": {"amount": "0"}}, "An amount is more than 0.00.", ["input", "salaryMinimum", "amount"]),
        (
            {"budget": {"amount": "1", "currency": "EUR"}},
            "Amounts are in USD, not in EUR.",
            ["input", "budget", "currency"],
        ),
        (
            {"contactEmail": "cora"},
            "contact email takes an address, as ada@example.org.",
            ["input", "contactEmail"],
        ),
        (
            {"practiceAreas": ["ethics", "\x00"]},
            "practice areas: a text can't hold the character U+0000.",
            ["input", "practiceAreas", "1"],
        ),
    ],
)
async def test_what_can_not_be_taken_is_refused_where_it_stands(
    at: Counter, given: dict[str, Any], changed: dict[str, Any], message: str, path: list[str]
) -> None:
    refused = await at.do("nobody", "requestHiringSupport", **given | changed)

    assert refused["errors"] == [{"message": message, "path": path}]
    assert await count(at.bureau.database, "hiring_request") == 0


@pytest.mark.parametrize(
    ("name", "given", "label"),
    [
        ("addAdvisor", {"person": "person_1", "name": "Ada", "states": ["\x00"]}, "states"),
        ("updateAdvisor", {"id": "advisor_1", "states": ["\x00"], "expectedVersion": 1}, "states"),
        ("grantRole", {"person": "person_1", "role": "ADVISOR", "scope": "camp_\x00"}, "scope"),
        ("addSession", {"program": "career_1", "title": "\x00", "mode": "ONLINE"}, "title"),
        ("addSession", {"program": "career_1", "title": "A day", "mode": "ONLINE", "state": "\x00"}, "state"),
    ],
)
async def test_a_text_that_no_database_takes_is_refused_before_anything_is_looked_for(
    at: Counter, name: str, given: dict[str, Any], label: str
) -> None:
    [error] = (await at.do("officer", name, **given))["errors"]

    assert error["message"] == f"{label}: a text can't hold the character U+0000."
    assert error["path"][:2] == ["input", label]


async def test_a_move_that_is_not_allowed_says_what_is(at: Counter) -> None:
    request = await at.bureau.at(Stage.RECEIVED)

    refused = await at.do("officer", "moveRequest", id=request, to="OFFER", expectedVersion=1)

    assert refused["errors"] == [
        {
            "message": "A request in RECEIVED can't be moved to OFFER. Allowed is: ON_HOLD, DECLINED.",
            "path": None,
            "from": "RECEIVED",
            "allowed": ["UPDATE", "TRIAGE", "MOVE_TO_ON_HOLD", "MOVE_TO_DECLINED", "CLOSE"],
        }
    ]


async def test_an_address_may_ask_ten_times_a_minute(at: Counter, given: dict[str, Any]) -> None:
    operation = at.engine.prepare(ASK, None, {"input": given})
    errors = []
    for _ in range(11):
        answer = await at.engine.answer(operation, PUBLIC, Sender(None, "192.0.2.7"))
        errors += answer["data"]["requestHiringSupport"]["errors"]
    other = await at.engine.answer(operation, PUBLIC, Sender(None, "192.0.2.8"))

    [error] = errors
    assert error["__typename"] == "Throttled"
    assert 1 <= error["retryAfter"] <= 60
    assert other["data"]["requestHiringSupport"]["errors"] == []
    assert await count(at.bureau.database, "hiring_request") == 11


async def test_the_secret_is_told_once_and_another_is_nobodys(at: Counter, given: dict[str, Any]) -> None:
    once = given | {"idempotencyKey": "request-1"}

    first = await at.do("requester", "requestHiringSupport", "request secret", **once)
    again = await at.do("requester", "requestHiringSupport", "request secret", **once)

    assert again == first | {"secret": None}
    assert await at.ask("nobody", STATE, secret=first["secret"][::-1]) == {"hiringRequestState": None}
    assert await count(at.bureau.database, "hiring_request") == 1
